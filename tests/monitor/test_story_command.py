"""`schoolgate story`: each place, each verdict, each reason; nothing of a restricted matter."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from monitor.cli import app

SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "Dad, Year 3")


def run(*words):
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.stdout
    return result.stdout


def rows(home, *extra):
    return json.loads(run("story", "list", "--json", *extra, "--home", str(home)))


def test_every_story_is_listed_newest_first(home):
    seen = [r["last_seen"] for r in rows(home)]
    assert len(seen) > 5
    assert seen == sorted(seen, reverse=True)


def test_a_limit_is_kept(home):
    assert len(rows(home, "--limit", "2")) == 2


def test_the_story_in_three_feeds_shows_every_place_and_its_edit(home):
    wanted = next(r for r in rows(home) if "choir" in r.get("title", "").lower())
    assert wanted["mentions"] == 3
    text = run("story", "show", wanted["id"][:10], "--home", str(home))
    assert "version 2" in text
    assert text.count("choir") >= 3


def test_a_verdict_is_shown_with_its_reasons(home):
    wanted = next(r for r in rows(home) if not r["restricted"] and r["route"] == "respond")
    shown = json.loads(run("story", "show", wanted["id"], "--json", "--home", str(home)))
    assert all(m["reasons"] for m in shown["mentions_of_it"] if not m["restricted"])


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_a_restricted_story_gives_away_nothing(home, extra):
    texts = [run("story", "list", *extra, "--home", str(home))]
    texts += [
        run("story", "show", r["id"], *extra, "--home", str(home)) for r in rows(home) if r["restricted"]
    ]
    assert len(texts) > 1
    for text in texts:
        assert "with the DSL" in text
        assert not [s for s in SECRETS if s in text]


def test_unsure_lists_only_what_may_be_another_school(home):
    assert all(r.get("relevance") in (None, "unsure") for r in rows(home, "--unsure"))


def test_look_lists_only_what_is_worth_a_look(home):
    listed = rows(home, "--look")
    assert listed
    assert not any(r["restricted"] for r in listed)
