"""A danger ends: as over or as none, once two say so whom it neither threatens nor may accuse."""

import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import DSL
from builders.matter_page import MatterPage
from builders.mention import URN
from builders.page import CHILD, DANGER, STREET, PageDesk, buttons_of, form_of, words_of

from alerts.facts import Agenda
from alerts.links import DeskLinks
from alerts.notices.book import Book
from data.cases import Event
from data.errors import InputError
from data.matters import ActKind
from data.rungs import CaseClock
from data.steps.acts import Done
from data.steps.classes import Accused, Noted, Targeted
from data.steps.codes import Became
from data.store import alerts as alert_store
from data.store.weekly import count_became
from data.types import About, Harm, Mark, Meant
from data.words.say import words
from monitor.act.step import record_step
from monitor.desk.pages import matter as matter_pages
from monitor.matters.reader import load_case
from monitor.matters.today import open_today

W = words("en")
WHY = "Rang the family: all are safe."
BOTH = {ActKind.OVER, ActKind.NO_DANGER}


@pytest.fixture
def at():
    """Makes a matter that is judged so; nothing of what is done to it stays."""
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(MatterPage.made(**given))


def threat_to(who):
    meant = (Meant(f"person:{who}" if who.islower() else who, 1.0, "name", Harm.VIOLENCE),)
    return {**DANGER, "about": About.STAFF, "endangers": meant}


@pytest.fixture
def danger(at):
    return at(told=("dsl", "head"), **DANGER)


def begun(it):
    """Something was recorded of it, so that its case is open."""
    assert it.press("happened", "dsl", what="otherwise", why="Rang the family.").became == "happened"
    it.wait(minutes=1)
    return it


def offered(it, who):
    page = it.page(who, read=True)
    return BOTH & {ActKind(one) for one in page.buttons}


def cases(it):
    return it.rows("SELECT closed_at IS NOT NULL, ending FROM cases")


# ------------------------------------------------------------------ over, or none: said by two


@pytest.mark.parametrize(("act", "mark"), [("over", Mark.OVER), ("no_danger", Mark.TOO_GRAVE)])
def test_each_is_one_question_with_a_reason_and_ends_it_once_a_second_agrees(danger, act, mark):
    assert offered(danger, "dsl") == BOTH
    assert [form.why_wanted for form in danger.page("dsl", ask=act).page.forms] == [True]
    assert danger.press(act, "dsl", why=" ").became == "not reason"
    assert danger.press(act, "dsl", why=WHY).became == "wrong"
    assert (danger.is_open(), danger.follows("dsl")) == (True, [("waits", 0)])
    assert danger.press(act, "dsl", why=WHY).became == "not second_person"
    danger.wait(minutes=1)
    danger.press("agree", "head", what="yes")
    assert (danger.is_open(), danger.mark()) == (False, (mark, "head"))


def test_what_became_of_it_is_asked_and_counted_once_a_second_agrees(danger):
    week = (URN, danger.now - timedelta(days=1), danger.now + timedelta(days=1))
    offered = {act: set(danger.page("dsl", ask=act).offers("became")) for act in ("over", "no_danger")}
    assert offered["over"] == {*Became} - {Became.MISREAD}
    assert offered["no_danger"] == {Became.HOAX, Became.MISREAD, Became.UNKNOWN}
    assert danger.press("over", "dsl", why=WHY, became="").became == "not right"
    danger.press("over", "dsl", why=WHY, became="arrested")
    assert count_became(danger.con, *week) == {}
    danger.wait(minutes=1)
    danger.press("agree", "head", what="yes")
    assert count_became(danger.con, *week) == {"arrested": 1}
    assert danger.rows("SELECT became FROM said_wrong ORDER BY said_at") == [("arrested",), (None,)]


def test_who_says_the_same_by_the_same_button_is_the_second(danger):
    danger.press("over", "dsl", why=WHY)
    danger.press("over", "head", why="So they are.")
    assert danger.mark() == (Mark.OVER, "head")


def test_refused_by_the_second_it_goes_on(danger):
    danger.press("over", "dsl", why=WHY)
    danger.press("agree", "head", agrees="no", why="He is not found yet.")
    assert (danger.is_open(), danger.mark()) == (True, None)


def test_of_what_is_no_danger_neither_is_offered(at):
    calm = at(told=("dsl", "head"), **STREET)
    assert offered(calm, "head") == set()
    assert calm.press("over", "head", why=WHY).became == "not changed"


@pytest.mark.parametrize(("who", "able"), [("head", "dsl"), ("dsl", "head")])
def test_whom_it_threatens_is_neither_of_the_two(at, who, able):
    it = at(told=(who, able), **threat_to(who))
    assert (offered(it, able), offered(it, who)) == (BOTH, set())
    it.press("over", able, why=WHY)
    asked = it.rows("SELECT person_id FROM outbox WHERE body LIKE '%asks you to agree%'")
    assert asked
    assert (who,) not in asked
    assert it.press("agree", who, what="yes", why="I am fine.").became == "not changed"
    assert it.is_open()


def test_whom_it_may_accuse_learns_nothing_and_is_not_asked(at):
    it = at(told=("dsl",), **(CHILD | {"accuses": (Meant("person:head", 1.0, "name"),)}))
    it.press("no_danger", "dsl", why="The father was seen, not he.")
    asked = it.rows("SELECT person_id FROM outbox WHERE body LIKE '%asks you to agree%'")
    assert asked
    assert ("head",) not in asked
    assert it.look("head") is None


# -------------------------------------------------------------------- with a case, and in a lane


def test_a_false_alarm_of_a_lane_is_ended_by_the_lead_with_a_second_though_its_case_is_open(at):
    lead = begun(at(told=("dsl",), **CHILD))
    assert lead.press("no_danger", "dsl", why="A line of a play.").became == "wrong"
    assert (cases(lead), lead.mark()) == ([(False, None)], (Mark.SAID_TOO_GRAVE, "dsl"))
    lead.wait(minutes=1)
    lead.press("agree", "head", what="yes")
    assert (cases(lead), lead.mark()) == ([(True, "mistaken")], (Mark.TOO_GRAVE, "head"))
    assert "unmark" not in lead.page("dsl", read=True).buttons, "its case stays closed"


def test_of_a_danger_that_is_over_the_case_goes_on_where_something_is_left_to_do(at):
    it = begun(at(told=("dsl",), **CHILD))
    it.press("over", "dsl", why=WHY)
    it.wait(minutes=1)
    it.press("agree", "head", what="yes")
    assert (cases(it), it.mark()) == ([(False, None)], (Mark.OVER, "head"))


def groups_on_today(it, who):
    config = it.desk.context.config
    person = next(p for p in config.people if p.id == who)
    links = DeskLinks("https://desk.example.org", b"secret", {})
    (part,) = open_today(it.con, config, person, it.now, links, Book())
    return [one.group for one in part.chosen.matters]


@pytest.mark.parametrize(("judged", "who", "stays"), [(DANGER, "head", False), (CHILD, "dsl", True)])
def test_what_two_have_ended_leaves_today_but_for_a_case_in_which_something_is_owed(at, judged, who, stays):
    it = begun(at(told=("dsl", "head"), **judged))
    assert groups_on_today(it, who) == [Agenda.DANGER]
    it.press("over", "dsl", why=WHY)
    assert groups_on_today(it, who) == [Agenda.DANGER], "one alone ends nothing"
    it.wait(minutes=1)
    it.press("agree", "head", what="yes")
    it.wait(minutes=1)
    groups = groups_on_today(it, who)
    assert (bool(groups), Agenda.DANGER in groups) == (stays, False)
    raised_again(it)
    assert Agenda.DANGER in groups_on_today(it, who)


def test_a_case_that_was_opened_since_it_was_asked_keeps_nobody_from_agreeing(danger):
    danger.press("no_danger", "dsl", why="A line of a play.")
    danger.wait(minutes=1)
    danger = begun(danger)
    danger.press("agree", "head", what="yes")
    assert (cases(danger), danger.mark()) == ([(True, "mistaken")], (Mark.TOO_GRAVE, "head"))


def test_of_what_was_no_danger_a_case_goes_on_where_something_is_still_owed(danger):
    danger = begun(danger)
    owed = Event(Noted(starts=CaseClock.DP_COMPLAINT_30D), "head", "A parent complains.")
    (case,) = danger.look("head").view.cases
    session = danger.desk.session("head")
    assert isinstance(record_step(danger.con, session, case, owed, danger.now), Done)
    danger.wait(minutes=1)
    assert danger.press("no_danger", "dsl", why="A line of a play.").became == "wrong"
    danger.wait(minutes=1)
    assert danger.press("agree", "head", what="yes").became == "agree"
    assert (cases(danger), danger.mark()) == ([(False, None)], (Mark.TOO_GRAVE, "head"))


def test_what_a_case_refuses_is_said_as_it_says_it(tmp_path, monkeypatch):
    def refuse(*_):
        raise InputError("The school still owes a person something about their data.")

    desk = PageDesk(tmp_path, told=("dsl", "head"), **DANGER)
    monkeypatch.setattr(matter_pages, "carry_out", refuse)
    form = {**form_of(desk.press("read")), "do": "over", "why": WHY}
    page = desk.browser.post(desk.path(), data=form)
    assert W("page.not.refused", why="The school still owes a person something") in words_of(page)
    assert (W("page.not.changed") in words_of(page), WHY in page.text) == (False, True)


# ------------------------------------------- what may have ended it is said, and asks whether it did

RANG = {"what": "rang_999", "by": "head", "when": "2026-11-17T08:50", "why": "They come at ten."}


@pytest.mark.parametrize("judged", [DANGER, CHILD])
def test_a_call_to_999_is_shown_with_when_who_and_its_number_where_typed_and_asks_whether_it_is_over(
    at, judged
):
    it = at(told=("dsl", "head"), **judged)
    assert W("page.ends.asks") not in words_on(it)
    it.press("happened", "dsl", **RANG)
    call = W("page.police_called", who=DSL.name, clock="08:50", day="Tuesday 17 November")
    said = words_on(it)
    assert (call in said, W("page.ends.asks") in said) == (True, True)
    assert "Their number" not in said
    it.press("happened", "dsl", **RANG, reference="CAD 1234")
    assert W("page.police_reference", number="CAD 1234") in words_on(it)
    assert it.mark() is None


def test_that_somebody_else_was_warned_asks_nothing_of_the_kind(danger):
    danger.press("happened", "dsl", what="warned_site", why="The office rang.")
    assert W("page.ends.asks") not in words_on(danger)


def words_on(it):
    page = it.page("dsl", read=True).page
    return " ".join((*page.notes, *(said for _, said in page.facts)))


# --------------------------------------------- the second person's mail: proof, then one button


def agreeing(desk):
    """The address in the mail of whom is asked."""
    with desk.store.open_reader() as con:
        sql = "SELECT person_id, body FROM outbox WHERE body LIKE '%asks you to agree%'"
        found = dict(con.execute(sql).fetchall())
    return re.search(r"https?://\S+(/m/\S+ask=agree)", found["head"]).group(1)


@pytest.fixture
def asked(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), proved=False, **DANGER)
    with desk.store.write("test") as con:
        MatterPage(desk, con).press("over", "dsl", why=WHY)
    return desk


def test_a_look_at_the_link_of_the_second_does_nothing_and_shows_nothing(asked):
    address, before = agreeing(asked), asked.rows()
    page = asked.browser.get(address)
    assert W("page.code.heading") in words_of(page)
    assert (WHY in page.text, buttons_of(page)) == (False, ["send_code"])
    asked.browser.head(address)
    proof = asked.context.links.proof(address.removeprefix("/m/").partition("?")[0], asked.clock())
    asked.wait(seconds=5)
    asked.browser.post(address, data={"proof": proof, "do": "agree", "what": "yes"})
    assert asked.rows() == before


def test_of_what_is_the_leads_it_is_read_first_and_then_has_one_button(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **CHILD)
    with desk.store.write("test") as con:
        MatterPage(desk, con).press("no_danger", "dsl", why=WHY)
    desk.path("head")
    address = agreeing(desk)
    page = desk.browser.get(address)
    assert (buttons_of(page)[:1], WHY in page.text) == (["read"], False)
    desk.wait(seconds=5)
    page = desk.browser.post(address, data=form_of(page) | {"do": "read"})
    assert (buttons_of(page), WHY in page.text) == (["agree"], True)


def test_with_the_code_it_shows_what_is_asked_and_why_with_one_button_which_ends_it(asked):
    address = agreeing(asked)
    for do in ("send_code", "prove"):
        form = form_of(asked.browser.get(address)) | {"do": do}
        asked.wait(seconds=5)
        code = asked.mailed[-1].body.splitlines()[0] if do == "prove" else ""
        page = asked.browser.post(address, data=form | {"code": code})
    assert (buttons_of(page), WHY in page.text) == (["agree"], True)
    asked.wait(seconds=5)
    asked.browser.post(address.partition("?")[0], data=form_of(page) | {"do": "agree"})
    assert asked.mark().mark is Mark.OVER


# ------------------------------------------------------- what was asked before counts no more


def raised_again(it):
    """Something new raises it: the people are as they were."""
    it.wait(minutes=10)
    again = replace(it.desk.alert, times=2, raised_at=it.now)
    alert_store.put_alerts(it.con, [again], it.now)
    it.wait(minutes=1)


def test_raised_again_since_the_first_asked_it_takes_two_anew(danger):
    danger.press("over", "dsl", why=WHY)
    raised_again(danger)
    assert "agree" not in danger.page("head", read=True).buttons
    assert danger.press("agree", "head", what="yes").became == "not changed"
    danger.press("over", "head", why=WHY)
    assert (danger.is_open(), danger.mark()) == (True, (Mark.SAID_OVER, "head"))
    danger.press("over", "dsl", why=WHY)
    assert (danger.is_open(), danger.mark()) == (False, (Mark.OVER, "dsl"))


def test_who_asked_before_it_was_raised_again_may_ask_once_more(danger):
    danger.press("over", "dsl", why=WHY)
    raised_again(danger)
    assert danger.press("over", "dsl", why="Now he is held.").became == "wrong"
    danger.press("agree", "head", what="yes")
    assert (danger.is_open(), danger.mark()) == (False, (Mark.OVER, "head"))


@pytest.mark.parametrize("said", [Accused(people=("dsl",)), Targeted(person="dsl")])
def test_who_asked_counts_no_more_once_it_may_accuse_or_is_aimed_at_them(at, said):
    it = begun(at(told=("dsl", "head", "deputy"), **DANGER))
    it.press("over", "dsl", why=WHY)
    it.wait(minutes=1)
    assert "agree" in it.page("head", read=True).buttons
    (case_id,) = it.rows("SELECT id FROM cases")[0]
    case = load_case(it.con, case_id)
    record_step(it.con, it.desk.session("head"), case, Event(said, "head", "She is meant."), it.now)
    assert "agree" not in it.page("head", read=True).buttons
    it.press("over", "head", why=WHY)
    assert it.mark() == (Mark.SAID_OVER, "head")
    it.press("agree", "deputy", what="yes")
    assert it.mark() == (Mark.OVER, "deputy")
