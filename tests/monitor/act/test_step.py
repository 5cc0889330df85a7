"""A step taken without any door: recorded, or refused with what would satisfy the guard."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from builders.case_desk import PNG, a_desk, about_the_head, insult

from alerts.access.knowing import Access
from alerts.ladder.advance import Refusal
from data.cases import Event
from data.effects import utc_now
from data.errors import InputError
from data.rungs import Rung
from data.steps.acts import Done, Refused, Remedy
from data.steps.asking import Asked
from data.steps.codes import Check, Decision
from data.steps.keeping import Noted
from data.store.cases import cases as case_store
from data.types import About, Route, Severity
from monitor.act.casework.finding import find_case, find_case_in_danger
from monitor.act.step import find_host, foresee, look_again, open_case, record_look, refused, take_step
from monitor.home.wiring import open_session
from monitor.matters.replaying import access_to


def later() -> datetime:
    """A moment after all that was done so far, whenever the suite began."""
    return utc_now() + timedelta(minutes=5)


"""A case is opened by a command, at the true time."""


def _opened(desk):
    desk("open", insult(desk), "--as", "holt")
    desk("classify", "1", "C2", "--as", "holt", "--why", "He is insulted")


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, _opened)


def session(desk, person="holt"):
    return open_session(person, desk.home, None)


def steps(desk):
    with desk.store.read() as con:
        return case_store.steps(con, "0001")


def test_a_step_is_recorded_with_who_took_it_and_when(desk):
    now = later()
    done = take_step(session(desk), "1", Event(Noted(), "holt", "She rang"), now)
    assert isinstance(done, Done)
    assert done.made.steps == (steps(desk)[-1],)
    assert (done.made.steps[0].actor, done.made.steps[0].done_at) == ("holt", now)


def test_a_step_may_be_made_of_the_case_that_is_found(desk):
    def note(case):
        return Event(Noted(), "holt", f"Case {case.id}")

    take_step(session(desk), "1", note, later())
    assert steps(desk)[-1].why == "Case 0001"


def test_a_refusal_is_a_value_that_names_what_would_satisfy_its_guard_and_changes_nothing(desk):
    before = steps(desk)
    no = take_step(session(desk), "1", Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert isinstance(no, Refused)
    assert no.guard == "evidence_held"
    assert no.reason
    assert no.wanted
    assert no.remedies == (Remedy("capture", (("case", "0001"),), (), "holt"),)
    assert steps(desk) == before


def test_a_decision_is_the_act_of_whoever_decides(desk):
    shot = desk.home / "shot.png"
    shot.write_bytes(PNG)
    desk("capture", "1", "--file", str(shot), "--no-child-image", "--not-known", "rest", "--as", "holt")
    weighed = ("--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d")
    desk("step", "weigh", "1", *weighed, "--as", "holt")
    no = take_step(session(desk, "ash"), "1", Event(Asked(rung=Rung.HOST), "ash"), later())
    assert isinstance(no, Refused)
    seek = Remedy("decided", (("case", "0001"), ("decision", Decision.SEEK)), ("why",), "holt")
    assert (no.guard, no.remedies) == ("decided_to_seek", (seek,))


def test_nobody_takes_a_step_in_a_case_that_is_not_theirs(desk):
    with pytest.raises(InputError, match="There is no case 0001"):
        take_step(session(desk, "vale"), "1", Event(Noted(), "vale", "x"), later())


def test_what_will_be_refused_is_known_before_anything_is_asked_for(desk):
    at_work = session(desk)
    with desk.store.read() as con:
        case = find_case(con, at_work, "1")
    no = foresee(at_work, case, Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert no == take_step(at_work, "1", Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert foresee(at_work, case, Event(Noted(), "holt", "x"), later()) is None


def test_anybody_may_record_a_call_for_help(desk):
    call = Event(Asked(rung=Rung.POLICE, imminent=True), "vale", "He is at the gate")
    done = take_step(session(desk, "vale"), "1", call, later(), find=find_case_in_danger)
    assert isinstance(done, Done)
    assert steps(desk)[-1].actor == "vale"


def test_a_case_is_opened_once(desk):
    story = about_the_head(desk)
    done = open_case(session(desk, "marsh"), story, None, "", later())
    assert isinstance(done, Done)
    assert access_to(done.made.case, session(desk, "marsh").person, session(desk).config) is Access.WORDS
    with pytest.raises(InputError, match="is open about this post"):
        open_case(session(desk, "marsh"), story, None, "", later())


def test_what_somebody_saw_is_recorded(desk):
    done = record_look(session(desk), "1", Check.GONE, "It is gone", None, later())
    assert isinstance(done, Done)
    assert (done.made.seen.check, steps(desk)[-1].why) == (Check.GONE, "It is gone")


def test_of_a_closed_case_nothing_is_fetched(desk):
    desk("close", "1", "--mistaken", "--as", "holt", "--why", "By mistake")
    for no in (
        look_again(session(desk), "1", partial(_never, "fetched"), lambda: later()),
        record_look(session(desk), "1", Check.GONE, "It is gone", None, later()),
        find_host(session(desk), "1", "", later(), ask=True),
    ):
        assert isinstance(no, Refused)
    reopen = Remedy("reopened", (("case", "0001"),), ("why",), "holt")
    no = take_step(session(desk), "1", Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert isinstance(no, Refused)
    assert (no.guard, no.remedies) == ("closed", (reopen,))


def _never(what, *_):
    raise AssertionError(what)


def test_what_is_known_of_the_host_is_given_without_asking(desk):
    done = find_host(session(desk), "1", "", later(), ask=False)
    assert isinstance(done, Done)
    case, url = done.made
    assert (case.id, url.startswith("https://")) == ("0001", True)


def _of_staff(desk):
    """What is alleged of a member of staff, with the DSL; the head acts in it."""
    story = desk.story(
        "allegation", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.STAFF,
        content_class="C11", subject_person="vale", restricted=True, abuse=("safeguarding",), alert=True,
        told=("pike", "holt"),
    )  # fmt: skip
    desk("open", story, "--as", "pike")


@pytest.mark.parametrize(("person", "named"), [("holt", False), ("pike", True)])
def test_in_a_locked_case_a_refusal_names_those_it_is_about_to_a_safeguarding_lead_alone(
    tmp_path, person, named
):
    at_work = session(a_desk(tmp_path, _of_staff), person)
    with at_work.store.read() as con:
        case = find_case(con, at_work, "1")
    assert case.locked
    assert "vale" in case.subjects
    told = refused(at_work, case, Refusal("lane", "It is about Sam Vale.", "Ask Lee Ash, not Sam Vale."))
    who = "Sam Vale" if named else "(name withheld)"
    assert (told.reason, told.wanted) == (f"It is about {who}.", f"Ask Lee Ash, not {who}.")
