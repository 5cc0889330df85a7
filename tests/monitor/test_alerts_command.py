"""`schoolgate alerts`: what may be shown, to whom, and what is written down about it."""

from __future__ import annotations

import json

import duckdb
import pytest
from typer.testing import CliRunner

from data.errors import InputError
from monitor.cli import app

SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "Year 3", "Year 6")


def run(*words):
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def alerts_of(home):
    return json.loads(run("alerts", "list", "--json", "--home", str(home)).stdout)


def one(home, *, restricted):
    return next(a for a in alerts_of(home) if a["restricted"] is restricted)


def about_the_head(home):
    con = duckdb.connect(str(home / "schoolgate.duckdb"), read_only=True)
    found = con.execute("SELECT id FROM alerts WHERE list_contains(excluded, 't-quillfeather')").fetchone()
    con.close()
    return found[0]


def audit(home, action):
    con = duckdb.connect(str(home / "schoolgate.duckdb"), read_only=True)
    rows = con.execute("SELECT actor FROM audit WHERE action = $a", {"a": action}).fetchall()
    con.close()
    return [actor for (actor,) in rows]


def test_the_list_puts_the_gravest_first(home):
    severities = [a["severity"] for a in alerts_of(home)]
    assert severities == sorted(severities, reverse=True)


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_a_restricted_matter_shows_only_as_with_the_dsl(home, extra):
    listed = run("alerts", "list", *extra, "--home", str(home)).stdout
    shown = run("alerts", "show", one(home, restricted=True)["id"], *extra, "--home", str(home)).stdout
    for text in (listed, shown):
        assert "with the DSL" in text
        assert not [s for s in SECRETS if s in text]


def test_another_alert_says_why_and_who(home):
    shown = run("alerts", "show", one(home, restricted=False)["id"], "--home", str(home)).stdout
    assert "to tell:" in shown
    assert "  - " in shown


def test_an_alert_is_found_by_the_beginning_of_its_id(home):
    wanted = one(home, restricted=False)["id"]
    assert wanted in run("alerts", "show", wanted[:8].upper(), "--home", str(home)).stdout


def test_an_unknown_id_says_how_to_see_the_known_ones(home):
    with pytest.raises(InputError, match="schoolgate alerts list"):
        run("alerts", "show", "zzzz", "--home", str(home))


def test_a_restricted_text_needs_a_reason(home):
    wanted = one(home, restricted=True)["id"]
    with pytest.raises(InputError, match="--reason"):
        run("alerts", "show", wanted, "--restricted", "--as", "i-larkspur", "--home", str(home))


def test_a_restricted_text_is_printed_to_the_dsl_and_audited(home):
    shown = []
    for alert in alerts_of(home):
        if alert["restricted"]:
            shown.append(run(
                "alerts", "show", alert["id"], "--restricted", "--as", "i-larkspur",
                "--reason", "I am the DSL on duty", "--home", str(home),
            ).stdout)  # fmt: skip
    assert any("stepdad" in text for text in shown)
    assert audit(home, "restricted_read") == ["i-larkspur"] * len(shown)


def test_the_subject_of_an_allegation_cannot_read_it_in_any_role(home):
    with pytest.raises(InputError, match="not for t-quillfeather"):
        run("alerts", "show", about_the_head(home), "--restricted", "--as", "t-quillfeather",
            "--reason", "I am the deputy DSL", "--home", str(home))  # fmt: skip
    assert audit(home, "restricted_read") == []


def test_somebody_outside_the_audience_cannot_read_a_restricted_text(home):
    with pytest.raises(InputError, match="not for b-thistlewood"):
        run("alerts", "show", one(home, restricted=True)["id"], "--restricted", "--as", "b-thistlewood",
            "--reason", "curious", "--home", str(home))  # fmt: skip


def test_an_acknowledged_alert_leaves_the_open_list_and_is_audited(home):
    wanted = one(home, restricted=False)["id"]
    assert "is with" in run("alerts", "ack", wanted, "--as", "i-larkspur", "--home", str(home)).stdout
    assert wanted not in [a["id"] for a in alerts_of(home)]
    assert wanted in run("alerts", "list", "--all", "--json", "--home", str(home)).stdout
    assert "i-larkspur" in audit(home, "alert_acked")


def test_its_subject_cannot_acknowledge_an_alert(home):
    with pytest.raises(InputError, match="not for t-quillfeather"):
        run("alerts", "ack", about_the_head(home), "--as", "t-quillfeather", "--home", str(home))


def test_an_unknown_person_is_told_who_is_known(home):
    with pytest.raises(InputError, match="i-larkspur"):
        run("alerts", "ack", one(home, restricted=False)["id"], "--as", "nobody", "--home", str(home))
