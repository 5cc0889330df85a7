"""`schoolgate alerts`: what is open, by number and without words, and taking one at the shell."""

from __future__ import annotations

import pytest
from builders.case_desk import Desk, a_desk, about_the_head, disclosure, insult
from builders.case_desk import run as typed
from support.for_each import for_each
from typer.testing import CliRunner

from data.store.engine import connect
from data.types import Route, Severity
from monitor.act.give import give
from monitor.cli.app import app
from monitor.config.home.paths import own_account


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, lambda desk: (insult(desk), disclosure(desk), about_the_head(desk)))


def alerts(desk, *words):
    return typed("alerts", *words, "--home", str(desk.home))


def number(desk, story):
    with desk.store.read() as con:
        ((found,),) = con.execute("SELECT number FROM alerts WHERE story_id = $s", {"s": story}).fetchall()
    return found


@for_each("reader", [(), ("--as", "pike"), ("--as", "fern")])
def test_the_list_has_numbers_and_no_words_whoever_asks(desk, reader):
    said = " ".join(alerts(desk, "list", *reader).out.split())
    assert number(desk, "story-insult") in said
    assert f"{number(desk, 'story-disclosure')}" in said
    assert "with the DSL" in said
    assert not [
        word for word in ("insult", "child", "harm", "removal", "safeguarding") if word in said.lower()
    ]


def test_who_may_not_know_of_one_is_not_told_its_number(desk):
    assert number(desk, "story-accused") not in alerts(desk, "list", "--as", "holt").out
    assert "No alert begins with" in alerts(desk, "ack", number(desk, "story-accused"), "--as", "holt").err


def test_whoever_takes_one_and_the_others_are_mailed_that_it_was_typed(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt", "ash"), severity=Severity.TODAY, route=Route.RESPOND)
    done = alerts(desk, "ack", number(desk, "story-fair"), "--as", "ash")
    assert done.code == 0, done.err
    with desk.store.read() as con:
        sent = con.execute("SELECT person_id, body FROM outbox WHERE kind = 'answer' ORDER BY 1").fetchall()
    assert [person for person, _ in sent] == ["ash", "holt"]
    assert all("Lee Ash" in body and "typed" in body for _, body in sent)
    (took,) = desk.entries("alert_acked")
    assert took.actor == "ash"
    assert {"taken_by:shell", f"os_account:{own_account()}"} <= set(took.codes)


def test_who_was_neither_told_nor_asked_takes_none(desk):
    done = alerts(desk, "ack", number(desk, "story-insult"), "--as", "holt")
    assert (done.code, desk.entries("alert_acked")) == (2, [])
    assert "neither told" in done.err


def test_the_list_asks_no_more_of_the_store(home, monkeypatch):
    """Each statement costs some milliseconds of planning, however little it finds; these may only fall."""
    asked, execute = [], connect.ParsedOnce.execute

    def counted(con, *given):
        asked.append(given[0])
        return execute(con, *given)

    monkeypatch.setattr(connect.ParsedOnce, "execute", counted)
    CliRunner().invoke(app, ["alerts", "list", "--home", str(home)])
    assert 0 < len(asked) <= 12


def test_a_case_of_it_is_theirs_too_and_the_ladder_says_so(tmp_path):
    desk = Desk(tmp_path)
    told = ("holt", "ash")
    desk.story("fair", alert=True, told=told, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    desk.open("story-fair", "holt", "It insults.")
    with desk.store.write("a test") as con:
        done = give(con, desk.session("holt"), "story-fair", "900001", "ash", desk.clock())
        sent = con.execute("SELECT kind FROM outbox WHERE person_id = 'ash' AND kind <> 'instant'").fetchall()
    assert (done.made.person, sent) == ("ash", [("case",)])
