"""Steps, letters and marks without any door: recorded, or refused with what would satisfy the guard."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from builders.case_desk import NOW, PNG, Desk, a_desk, about_the_head, insult, review

from alerts.access.knowing import Access
from alerts.ladder.advance import Refusal
from alerts.letters.kinds import LetterKind
from data.cases import CaseState, Event
from data.effects import utc_now
from data.errors import InputError
from data.rungs import Rung
from data.steps.acts import Done, Refused, Remedy
from data.steps.asking import Asked
from data.steps.codes import Check, Decision
from data.steps.keeping import Noted
from data.store import owners as owner_store
from data.store.alerts.alerts import keep_out
from data.store.cases import cases as case_store
from data.types import About, Mark, Marked, Route, Severity
from monitor.act.casework.finding import find_case, find_case_in_danger
from monitor.act.letter import NotDrafted, draft_letter
from monitor.act.mark import mark
from monitor.act.step import find_host, foresee, look_again, open_case, record_look, refused, take_step
from monitor.cli.commands.options import HomeOptions
from monitor.home.wiring import open_session
from monitor.matters.replaying import access_to, load_case


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


FACTS = {"contact": "01632 960 002", "complaints_url": "https://oakfield.example.sch.uk/complaints"}


def _reviewed(desk):
    desk("open", review(desk), "--as", "holt")


@pytest.fixture
def fair(tmp_path):
    """A case of fair criticism, which is answered."""
    return a_desk(tmp_path, _reviewed)


def test_a_letter_is_drafted_written_and_recorded_by_its_hash(fair, tmp_path):
    done = draft_letter(session(fair), "1", LetterKind.REPLY, FACTS, later(), out=tmp_path / "letters")
    assert isinstance(done, Done)
    assert [path.suffix for path in done.made.paths] == [".txt", ".eml", ".pdf"]
    assert all(path.exists() for path in done.made.paths)
    assert steps(fair)[-1].written == done.made.facts


def test_without_what_it_must_know_there_is_no_letter(fair):
    before = steps(fair)
    with pytest.raises(NotDrafted, match="contact"):
        draft_letter(session(fair), "1", LetterKind.REPLY, {}, later())
    assert steps(fair) == before


def test_a_letter_of_a_closed_case_is_refused_and_not_written(fair, tmp_path):
    fair("close", "1", "--mistaken", "--as", "holt", "--why", "By mistake")
    out = tmp_path / "letters"
    with pytest.raises(NotDrafted, match="There is no letter reply"):
        draft_letter(session(fair), "1", LetterKind.REPLY, FACTS, later(), out=out)
    assert not out.exists()


def test_what_somebody_decided_whom_the_alert_keeps_out_since_stands_no_more(tmp_path):
    desk = Desk(tmp_path)
    story = desk.story(
        "gate", alert=True, route=Route.PLATFORM_REPORT, severity=Severity.TODAY, content_class="C2",
        about=About.STAFF,
    )  # fmt: skip
    weigh = ("--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d")
    for words in (
        ("open", story, "--as", "holt"),
        ("classify", "1", "C2", "--why", "A pile-on.", "--as", "holt"),
        ("step", "weigh", "1", *weigh, "--as", "holt"),
        ("step", "decide", "1", "--seek", "--why", "It grows.", "--as", "holt"),
    ):
        done = desk(*words)
        assert done.code == 0, done.err
    with desk.store.read() as con:
        assert load_case(con, "0001").state is CaseState.SEEKING
        ((alert,),) = con.execute("SELECT id FROM alerts").fetchall()
    with desk.store.write("test") as con:
        keep_out(con, {alert: ("holt",)}, NOW)
    with desk.store.read() as con:
        known = load_case(con, "0001")
    assert (known.decision, known.state) == (None, CaseState.TRIAGE)


@pytest.fixture
def raised(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt",), severity=Severity.TODAY, route=Route.RESPOND)
    desk.story("danger", alert=True, told=("holt",), severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
    return desk


def marked(raised, story, wanted, person="holt"):
    reader = HomeOptions(home=raised.home).reader(person)
    with raised.store.write("test") as con:
        return mark(con, reader, story, "900001", wanted, NOW)


def standing(raised, story):
    with raised.store.read() as con:
        return owner_store.marks(con, [story]).get(story)


def test_a_mark_is_set_and_taken_back(raised):
    set_ = Marked("story-fair", "900001", Mark.NOT_US, "holt", NOW)
    assert marked(raised, "story-fair", Mark.NOT_US) == Done(set_)
    assert standing(raised, "story-fair") == set_
    assert marked(raised, "story-fair", None) == Done(None)
    assert standing(raised, "story-fair") is None


def test_what_somebody_else_marked_stays_as_it_is_and_is_given(raised):
    marked(raised, "story-fair", Mark.NOT_US)
    came = marked(raised, "story-fair", Mark.ANSWERED, "ash")
    assert isinstance(came, Done)
    assert came.made is not None
    assert (came.made.mark, came.made.person_id) == (Mark.NOT_US, "holt")


@pytest.mark.parametrize(
    ("story", "wanted", "person", "guard"),
    [
        ("story-danger", Mark.NOT_US, "holt", "reason"),
        ("story-fair", Mark.NOT_US, "vale", "offered"),
        ("story-fair", None, "vale", "offered"),
    ],
)
def test_what_is_not_on_offer_is_refused_with_a_reason_and_changes_nothing(
    raised, story, wanted, person, guard
):
    came = marked(raised, story, wanted, person)
    assert isinstance(came, Refused)
    assert (came.guard, came.remedies) == (guard, ())
    assert came.reason
    assert standing(raised, story) is None
