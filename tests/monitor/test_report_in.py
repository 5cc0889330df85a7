"""`schoolgate report-in`: what a person saw; no picture enters before they said what it is not."""

from __future__ import annotations

import hashlib
import json

import duckdb
import pytest
from typer.testing import CliRunner

from data.errors import InputError
from monitor.cli import app

INSULT = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."


def run(home, *words, answer=None):
    result = CliRunner().invoke(app, ["report-in", *words, "--home", str(home)], input=answer)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def query(home, sql):
    con = duckdb.connect(str(home / "schoolgate.duckdb"), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def vault(home):
    return [p for p in (home / "evidence").rglob("*") if p.is_file()] if (home / "evidence").exists() else []


def test_a_report_is_judged_like_everything_else(home):
    said = json.loads(run(home, "--text", INSULT, "--channel", "facebook", "--json"))
    assert said["severity"] == 3
    assert said["alert"]


def test_it_says_why_in_words(home):
    assert "  - " in run(home, "--text", INSULT, "--channel", "facebook")


def test_who_reported_it_stands_beside_the_audit_not_in_it(home):
    run(home, "--text", INSULT, "--seen-by", "Front office")
    assert ("reported_in",) in query(home, "SELECT action FROM audit")
    assert ("Front office",) in query(home, "SELECT note FROM audit_notes")
    assert "Front office" not in str(query(home, "SELECT CAST(a AS VARCHAR) FROM audit a"))


def test_a_file_that_shows_no_child_is_kept_under_its_hash(home, tmp_path):
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"\x89PNG invented")
    run(home, "--text", INSULT, "--file", str(shot), "--no-child-image")
    wanted = hashlib.sha256(b"\x89PNG invented").hexdigest()
    assert [p.name for p in vault(home)] == [wanted]
    assert query(home, "SELECT sha256, media_type FROM evidence") == [(wanted, "image/png")]


@pytest.mark.parametrize(
    ("words", "answer"),
    [(("--child-image",), None), ((), "yes\n"), ((), "unknown\n"), ((), "maybe\n")],
)
def test_a_file_that_may_show_a_child_is_not_opened_and_goes_to_the_dsl(home, tmp_path, words, answer):
    shot = tmp_path / "not-there.png"  # it is never opened, so it need not be there
    said = run(home, "--url", "https://example.org/p/1", "--text", "what it shows", "--author", "somebody",
               "--file", str(shot), *words, answer=answer)  # fmt: skip
    assert "not opened" in said
    assert "With the DSL" in said
    assert vault(home) == []
    texts = query(
        home, "SELECT url, author, text FROM restricted_texts WHERE url = 'https://example.org/p/1'"
    )
    assert [(url, author) for url, author, _ in texts] == [("https://example.org/p/1", None)]
    assert "what it shows" not in str(texts)


def test_the_question_answered_no_lets_the_file_in(home, tmp_path):
    shot = tmp_path / "shot.jpg"
    shot.write_bytes(b"\xff\xd8 invented")
    run(home, "--text", INSULT, "--file", str(shot), answer="no\n")
    assert len(vault(home)) == 1


def test_the_same_report_twice_changes_nothing(home):
    words = ("--text", INSULT, "--url", "https://example.org/p/2")
    run(home, *words)
    assert "reported before" in run(home, *words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Say what was seen"),
        (("--text", "x", "--channel", "telegraph"), "not one we know"),
        (("--text", "x", "--url", "example"), "not a web address"),
        (("--text", "x", "--seen-at", "yesterday"), "not a time"),
        (("--text", "x", "--school", "123"), "no such school"),
    ],
)
def test_bad_input_says_what_is_wrong_and_how_to_mend_it(home, words, told):
    with pytest.raises(InputError, match=told):
        run(home, *words)


def test_a_file_that_cannot_be_read_stores_nothing(home, tmp_path):
    before = query(home, "SELECT count(*) FROM mentions")
    with pytest.raises(InputError, match="Nothing was stored"):
        run(home, "--text", INSULT, "--file", str(tmp_path / "none.png"), "--no-child-image")
    assert query(home, "SELECT count(*) FROM mentions") == before
