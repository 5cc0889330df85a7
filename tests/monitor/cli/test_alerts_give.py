"""`schoolgate alerts give`: a matter is somebody else's, or comes back at a time."""

from __future__ import annotations

import pytest
from builders.case_desk import NOW, Desk, run

from data.store import owners as owner_store
from data.types import Owner, Route, Severity

UNTIL = "2026-11-18T12:00"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    desk = Desk(tmp_path)
    told = ("holt", "ash")
    desk.story("fair", alert=True, told=told, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW)
    return desk


def give(desk, to, *words, by="holt"):
    home = ("--home", str(desk.home))
    (alert,) = run("alerts", "list", "--as", "holt", "--json", *home).data
    return run("alerts", "give", alert["id"], "--to", to, "--as", by, *words, *home)


def owner(desk):
    with desk.store.read() as con:
        return owner_store.records(con, ["story-fair"]).owners.get("story-fair")


def mails(desk):
    with desk.store.read() as con:
        return con.execute("SELECT person_id, subject, body FROM outbox WHERE kind = 'question'").fetchall()


def test_it_is_theirs_and_a_mail_with_the_note_says_so(desk):
    done = give(desk, "ash", "--why", "You know the family.")
    assert (done.code, done.err) == (0, "")
    assert "is with Lee Ash" in done.out
    assert owner(desk) == Owner("ash", NOW, "holt")
    ((to, subject, body),) = mails(desk)
    assert to == "ash"
    assert "it is yours now" in subject
    assert "Jane Holt has given it to you" in body
    assert "“You know the family.”" in body


def test_it_may_come_back_and_whoever_has_it_may_be_asked_again(desk):
    give(desk, "ash", "--until", UNTIL)
    assert owner(desk).until is not None
    assert "It goes back on" in mails(desk)[0][2]
    give(desk, "ash", "--ask-again", UNTIL, by="ash")
    assert owner(desk).ask_at is not None
    assert len(mails(desk)) == 1


@pytest.mark.parametrize(
    ("to", "words"),
    [("vale", ()), ("stranger", ()), ("ash", ("--until", "2026-11-01T12:00")), ("ash", ("--until", "soon"))],
)
def test_it_goes_to_nobody_who_may_not_read_it_nor_for_a_time_that_is_over(desk, to, words):
    done = give(desk, to, *words)
    assert done.code != 0
    assert owner(desk) is None
    assert mails(desk) == []


def test_a_case_of_it_is_theirs_too_and_the_ladder_says_so(desk):
    opened = run(
        "case", "open", "story-fair", "--why", "It insults.", "--as", "holt", "--home", str(desk.home)
    )
    assert opened.code == 0, opened.err
    assert give(desk, "ash").code == 0
    assert owner(desk).person == "ash"
    assert mails(desk) == []
    (row,) = run("case", "list", "--as", "ash", "--json", "--home", str(desk.home)).data
    assert (row["assigned_to"], row["has_it"]["person"]) == ("ash", "ash")
    with desk.store.read() as con:
        told = con.execute("SELECT person_id FROM outbox WHERE kind = 'case'").fetchall()
    assert ("ash",) in told
