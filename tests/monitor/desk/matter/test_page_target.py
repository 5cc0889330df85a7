"""The page of somebody a threat is aimed at: they answer for themselves, by the steps of their case."""

from __future__ import annotations

import pytest
from builders.alert import DSL
from builders.page import DANGER, WORDS, PageDesk, form_of, words_of

from data.steps.codes import StepKind, Support
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.types import About, Harm, Meant, Route
from monitor.act.casework.from_alert import open_case
from monitor.matters.replaying import load_case


def aimed_at(who):
    """A threat to that person."""
    meant = (Meant(f"person:{who}", 1.0, "name", Harm.VIOLENCE),)
    return {**DANGER, "about": About.STAFF, "endangers": meant}


THREAT = aimed_at("vale")


@pytest.fixture
def desk(tmp_path):
    """A threat to a teacher, whose alert went to the head and to the teacher; its case is open."""
    desk = PageDesk(tmp_path, told=("head", "vale"), **THREAT)
    begin(desk)
    return desk


def begin(desk):
    with desk.store.write("test") as con:
        open_case(con, desk.context, desk.alert, desk.clock())


def say(desk, **answers):
    form = desk.form("vale")
    desk.wait(seconds=5)
    return desk.browser.post(desk.path("vale"), data={**form, **answers, "do": "own_word"})


def steps(desk):
    with desk.store.read() as con:
        found = case_store.all_steps(con, story_ids=["s-one"])
        return [(s.kind, s.actor) for one in found.values() for s in one if s.actor == "vale"]


def case(desk):
    with desk.store.read() as con:
        (number,) = case_store.all_steps(con, story_ids=["s-one"])
        return load_case(con, number)


def mails(desk):
    with desk.store.read() as con:
        sql = "SELECT person_id, body FROM outbox WHERE kind = 'case' AND withdrawn_at IS NULL ORDER BY ALL"
        return [(who, body) for who, body in con.execute(sql).fetchall() if "answered for themselves" in body]


def test_their_page_says_how_far_it_is_and_what_they_may_say_and_no_word_of_it(desk):
    page = desk.get("vale")
    said = words_of(page)
    assert "Somebody has written or said something about you that may be a threat." in said
    assert "Who has it Nobody has taken it yet." in said
    assert [o for o in ("I am safe", "I would like support", "Yes, they may be told") if o in said] == [
        "I am safe", "I would like support", "Yes, they may be told",
    ]  # fmt: skip
    assert not [word for word in (WORDS[:20], "larch-dad", "example.org/one", "Holt") if word in page.text]


def test_their_page_names_whom_they_may_ring(desk):
    said = words_of(desk.get("vale"))
    assert "Who to ring" in said
    assert f"At school, ring: safeguarding lead, {DSL.name}" in said


def test_what_they_say_is_recorded_as_their_own_steps_in_one_answer(desk):
    page = say(desk, safe="safe", support="accepted", police="given")
    assert steps(desk) == [
        (StepKind.SAFE, "vale"), (StepKind.SUPPORT, "vale"), (StepKind.CONSENT_GIVEN, "vale"),
    ]  # fmt: skip
    assert "Those who deal with it are told." in words_of(page)
    assert "You would like support. You agree to the police being told." in words_of(page)


def test_who_decides_is_told_in_one_mail_where_nobody_has_it(desk):
    say(desk, safe="safe", support="accepted", police="refused")
    ((who, body),) = mails(desk)
    body = " ".join(body.split())
    assert who == "head"
    assert "They say that they are safe. They would like support" in body
    assert "They do not agree to the police being told." in body


def test_who_has_it_is_told_alone_of_what_is_not_about_the_police(desk):
    with desk.store.write("test") as con:
        alert_store.ack(con, desk.alert.id, "deputy", desk.clock())
    say(desk, safe="safe")
    assert [who for who, _ in mails(desk)] == ["deputy"]


def test_they_take_back_what_they_agreed_to(desk):
    say(desk, police="given")
    assert "Yes, they may be told" not in words_of(desk.get("vale"))
    say(desk, police="withdrawn")
    assert case(desk).consent.value == "withdrawn"


def test_nothing_chosen_records_nothing(desk):
    page = say(desk, safe="", support="")
    assert "Nothing was recorded: choose at least one answer." in words_of(page)
    assert steps(desk) == []


def test_what_the_ladder_refuses_is_neither_offered_nor_recorded(desk):
    form = desk.form("vale")
    desk.wait(seconds=5)
    before = desk.rows()
    page = desk.browser.post(desk.path("vale"), data={**form, "police": "withdrawn", "do": "own_word"})
    assert "No longer: I take my answer back" not in words_of(page)
    assert desk.rows() == before


@pytest.mark.parametrize("who", ["head", "deputy", "dsl"])
def test_nobody_else_answers_for_them(desk, who):
    form = form_of(desk.get(who))
    desk.wait(seconds=5)
    page = desk.browser.post(desk.path(who), data={**form, "safe": "safe", "do": "own_word"})
    assert "Nothing was changed" in words_of(page)
    assert steps(desk) == []


def test_where_no_case_is_open_their_word_begins_it_and_nobody_who_was_told_is_told_again(tmp_path):
    route = {**THREAT, "route": Route.REQUEST_REMOVAL}
    desk = PageDesk(tmp_path, told=("head", "vale"), **route)
    say(desk, support="accepted")
    found = case(desk)
    assert (found.target, found.support, found.support_by) == ("vale", Support.ACCEPTED, "vale")
    with desk.store.read() as con:
        sent = con.execute("SELECT person_id FROM outbox WHERE kind = 'case' AND withdrawn_at IS NULL")
        assert sent.fetchall() == [("head",)]


def test_a_look_at_the_page_begins_no_case(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "vale"), **(THREAT | {"route": Route.REQUEST_REMOVAL}))
    before = desk.rows()
    desk.get("vale")
    assert desk.rows() == before


def test_who_comes_first_must_act_and_may_say_so_for_themselves_too(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **aimed_at("head"))
    begin(desk)
    assert "I am safe" in words_of(desk.press("read", "head"))


def test_whom_it_may_accuse_is_offered_nothing(tmp_path):
    accused = {**THREAT, "accuses": (Meant("person:vale", 1.0, "name"),)}
    desk = PageDesk(tmp_path, told=("head",), **accused)
    assert desk.get("vale").status_code == 410


def test_what_they_said_is_shown_back_to_them_and_that_they_are_safe_with_its_time(desk):
    assert "What holds so far" not in words_of(desk.get("vale"))
    shown = words_of(say(desk, safe="safe", support="accepted"))
    said = "You said that you are safe (09:00, Tuesday 17 November). You would like support."
    assert said in shown
    assert said in words_of(desk.get("vale"))
