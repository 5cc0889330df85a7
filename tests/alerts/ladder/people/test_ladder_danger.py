"""Imminent danger: that 999 was rung is written down by anybody, past every guard, while the case is open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import NOW, VICE
from builders.ladder import DAY, HOUR, PEOPLE, Climb, in_state, rules
from builders.steps import an_event
from support.for_each import for_each

from alerts.access.knowing import Access
from alerts.ladder.advance import Advance, advance
from alerts.ladder.replay import replay
from data.cases import Case, CaseState
from data.rungs import CaseClock, Rung
from data.steps.codes import Relationship, StepKind
from data.types import About, Person, Role, Route

DANGER = {"rung": "police", "imminent": "yes"}
ROLES = tuple(
    Person(role.value, f"{role.value} Somebody", (role,), f"{role.value}@example.org") for role in Role
)
EVERYBODY = (*PEOPLE, *ROLES, Person("nothing", "Lin Dale", ()))
OPEN = [state for state in CaseState if state is not CaseState.CLOSED]
ODD = {
    "as it is": {},
    "restricted": {"restricted": True},
    "locked": {"locked": True},
    "on hold": {"hold_by": "dpo"},
    "by a pupil": {"relationship": Relationship.PUPIL},
    "not safe": {"contact_safe": False},
    "everybody accused": {"subjects": tuple(p.id for p in EVERYBODY)},
    "about the head": {"about": About.HEAD},
    "aimed at the head": {"target": "head"},
    "a delegate's decision": {"decision": "seek", "delegated": True},
    "of extremism": {"content_class": "C9"},
}


def rang(case: Case, person: str, why: str = "", **facts: str) -> object:
    event = an_event(StepKind.ASKED, person, why, {**DANGER, **facts})
    return advance(case, event, NOW + DAY, rules(people=EVERYBODY))


@for_each("state", OPEN)
@for_each("odd", ODD)
def test_999_passes_every_guard_in_every_open_state_by_anybody(state: CaseState, odd: str) -> None:
    case = replace(_made(state), **ODD[odd])
    for person in EVERYBODY:
        done = rang(case, person.id)
        assert isinstance(done, Advance), (state, odd, person.id, done)
        assert done.case.state is (case.state if case.state in _STAYS else CaseState.WAITING)
        assert done.case.rung is Rung.POLICE


_STAYS = (CaseState.FAIR_COMMENT, CaseState.BYPASSED, CaseState.CONFIRMING)
_MADE = {state: in_state(state).case for state in CaseState}


def _made(state: CaseState) -> Case:
    return _MADE[state]


@pytest.mark.parametrize("state", [CaseState.TRIAGE, CaseState.SEEKING, CaseState.WAITING])
def test_what_is_not_imminent_is_guarded_as_before(state: CaseState) -> None:
    assert in_state(state).not_asked(Rung.POLICE, "He is here.", "governor", imminent="no") in (
        "actor",
        "may_see",
    )
    assert in_state(state).not_asked(Rung.POLICE, "He is here.", "teacher", imminent="no") == "may_see"
    fair = in_state(CaseState.FAIR_COMMENT)
    assert fair.not_asked(Rung.POLICE, "He is here.", imminent="no") == "fair_comment"
    assert fair.not_asked(Rung.POLICE, "He is here.") == "fair_comment"
    assert in_state(CaseState.BYPASSED).not_asked(Rung.POLICE, "He is here.", "dsl", imminent="no") == "lane"


@pytest.mark.parametrize("rung", [r for r in Rung if r is not Rung.POLICE])
def test_that_something_is_imminent_opens_no_other_rung(rung: Rung) -> None:
    fair = in_state(CaseState.FAIR_COMMENT)
    assert fair.not_asked(rung, "He is here.", imminent="yes") == "fair_comment"


def test_who_is_nobody_of_the_school_and_the_program_itself_write_nothing() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    assert case.not_asked(Rung.POLICE, "Now.", "stranger", imminent="yes") == "actor"
    assert case.not_asked(Rung.POLICE, "Now.", "schoolgate", imminent="yes") == "actor"


def test_a_closed_case_says_that_it_is_closed() -> None:
    assert in_state(CaseState.CLOSED).not_asked(Rung.POLICE, "Now.", imminent="yes") == "closed"


def test_what_is_dated_ahead_is_left_out_and_nothing_is_refused() -> None:
    case = in_state(CaseState.TRIAGE)
    ahead = (case.now + DAY).isoformat()
    done = case.attempt(
        StepKind.ASKED, "teacher", at=case.now + DAY, received_at=ahead, kind="letter",
        reference="42", **DANGER,
    )  # fmt: skip
    assert isinstance(done, Advance)
    (step,) = done.steps
    assert step.done_at == step.recorded_at
    assert step.written == {**DANGER, "kind": "letter", "reference": "42"}


def test_a_call_that_is_received_this_very_moment_is_recorded_with_its_time() -> None:
    case = in_state(CaseState.TRIAGE)
    now = (case.now + HOUR).isoformat()  # when the climb takes its next step
    done = case.attempt(StepKind.ASKED, "teacher", received_at=now, **DANGER)
    assert isinstance(done, Advance)
    assert done.steps[0].written["received_at"] == now


def test_fair_comment_and_what_is_off_the_ladder_stay_so_and_wait_for_nobody() -> None:
    for state in (CaseState.FAIR_COMMENT, CaseState.BYPASSED):
        case = in_state(state).ask(Rung.POLICE, "He is here.", "teacher", imminent="yes")
        assert case.case.state is state
        assert {w.clock for w in case.case.waits} == {CaseClock.WARN_1H}
        assert case.not_asked(Rung.PLATFORM_REPORT, "Quick.", "dsl") in ("fair_comment", "lane")


def test_why_is_written_down_before_the_case_ends() -> None:
    case = in_state(CaseState.FAIR_COMMENT).ask(Rung.POLICE, "", "teacher", imminent="yes")
    case.take(StepKind.RESPONDED, how="phone")
    assert case.refused(StepKind.CLOSED, "head", "Answered.", ending="answered") == "imminent_reason"
    case.take(StepKind.NOTED, "head", "She had seen a knife.")
    case.take(StepKind.CLOSED, "head", "Answered.", ending="answered")


def test_where_why_was_said_nothing_more_is_wanted() -> None:
    case = in_state(CaseState.FAIR_COMMENT).ask(Rung.POLICE, "She had seen a knife.", imminent="yes")
    assert not case.case.unexplained
    assert replay(case.steps) == case.case


def test_whoever_leads_is_told_at_once_at_any_hour_and_no_subject_is() -> None:
    case = Climb("C0", About.SCHOOL, route=Route.RESPOND, subjects="deputy_dsl")
    case.now = NOW.replace(hour=2)
    done = case.take(StepKind.ASKED, "teacher", "A knife.", **DANGER)
    assert {m.person_id for m in done.outbox} == {"head", "dsl"}
    assert {m.due_at for m in done.outbox} == {case.now}
    assert all("999" in m.subject and "knife" not in m.subject + m.body for m in done.outbox)


def test_of_what_is_about_the_head_the_chair_is_told() -> None:
    case = Climb("C0", About.HEAD, route=Route.RESPOND)
    done = case.take(StepKind.ASKED, "teacher", "A knife.", **DANGER)
    assert {"chair", "dsl"} <= {m.person_id for m in done.outbox}
    assert VICE.id not in {m.person_id for m in done.outbox}


@pytest.mark.parametrize("route", [Route.RESPOND, Route.REQUEST_REMOVAL])
def test_only_who_may_read_the_case_is_told_how_it_is_read(route: Route) -> None:
    case = Climb("C2", About.HEAD, route=route)
    done = case.take(StepKind.ASKED, "teacher", "A knife.", **DANGER)
    told = {m.person_id: m.body for m in done.outbox}
    assert {"chair", "dsl"} <= set(told)
    read = {p.id for p in PEOPLE if p.id in told and case.rules.access(p, case.case) is Access.WORDS}
    assert {who for who, body in told.items() if "schoolgate case" in body} == read
    assert "chair" in read
    assert route is Route.RESPOND or len(read) < len(told)


def test_after_999_the_case_lists_whom_to_warn_and_asks_for_it_within_an_hour() -> None:
    case = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "At the gate.", imminent="yes")
    assert case.case.to_warn == ("target", "site", "authority")
    assert [(w.clock, w.due_at - w.since) for w in case.case.waits] == [(CaseClock.WARN_1H, HOUR)]
    case.take(StepKind.WARNED, who="target")
    case.take(StepKind.WARNED, "it", who="site")
    assert case.case.to_warn == ("authority",)
    assert case.case.over(case.now)
    case.take(StepKind.WARNED, "dsl", who="authority")
    assert (case.case.to_warn, case.case.waits) == ((), ())
    case.ask(Rung.POLICE, "He is back.", imminent="yes")
    assert case.case.to_warn[0] == "target"


def test_past_the_ladder_too_those_in_danger_are_to_be_warned_and_where_nobody_rang_nobody_is() -> None:
    lane = in_state(CaseState.BYPASSED).ask(Rung.POLICE, "He is here.", "dsl", imminent="yes")
    assert {w.clock for w in lane.case.waits} == {CaseClock.WARN_1H}
    assert Climb("C6", About.SCHOOL).sought().ask(Rung.POLICE).case.to_warn == ()


def test_a_call_to_999_that_was_recorded_before_has_the_clock_that_it_had() -> None:
    case = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "At the gate.", imminent="yes")
    before = replace(case.steps[-1], clock=CaseClock.CHASE_2_WORKING_DAYS.value)
    then = replay([*case.steps[:-1], before])
    assert then.to_warn == ()
    assert {w.clock for w in then.waits} == {CaseClock.CHASE_2_WORKING_DAYS}


def _threat_after_all(**facts: str) -> Climb:
    """A child’s matter in which 999 was rung, and which the lead then calls a threat to a member of staff."""
    case = in_state(CaseState.BYPASSED).ask(Rung.POLICE, "He is here.", "dsl", imminent="yes")
    case.take(StepKind.WARNED, "dsl", who="site")
    case.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    return case


def test_what_the_lead_calls_a_threat_after_all_keeps_the_call_and_whom_to_warn() -> None:
    case = _threat_after_all().case
    assert (case.lane, case.rung, case.to_warn) == (None, Rung.POLICE, ("target", "authority"))
    assert case.called is not None
    assert CaseClock.WARN_1H in {w.clock for w in case.waits}


def test_of_a_threat_after_all_who_decides_is_told_that_999_was_rung_or_to_think_of_it() -> None:
    rung = _threat_after_all()
    (head,) = [m for m in rung.sent if m.person_id == "head" and "999 was rung" in m.subject][-1:]
    assert head.due_at == rung.now
    quiet = in_state(CaseState.BYPASSED)
    done = quiet.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    assert ["tell the police?" in m.subject for m in done.outbox if m.person_id == "head"] == [True]


def test_whom_a_threat_after_all_is_aimed_at_reads_that_it_is_who_deals_with_it_and_what_they_are_owed() -> (
    None
):
    case = _threat_after_all()
    (mail,) = case.take(StepKind.TARGET, "dsl", person="teacher").outbox
    assert (mail.person_id, mail.due_at) == ("teacher", case.now)
    assert mail.subject.startswith("Words about you: please read this. If you are in danger ring 999")
    for words in (
        "ring 999 now",
        "may be a threat",
        "asked to deal with it: Jane Holt",
        "entitled to support",
    ):
        assert words in " ".join(mail.body.split())
    assert not case.take(StepKind.TARGET, "dsl", person="teacher").outbox


def test_whom_the_lead_named_before_it_was_called_a_threat_reads_it_then() -> None:
    case = in_state(CaseState.BYPASSED)
    assert "teacher" not in {m.person_id for m in case.take(StepKind.TARGET, "dsl", person="teacher").outbox}
    done = case.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    assert "teacher" in {m.person_id for m in done.outbox}


def test_once_the_police_have_it_a_case_may_end_as_handed_over_but_for_an_allegation() -> None:
    case = warned(_threat_after_all())
    case.take(StepKind.CLOSED, "head", "The police have it.", ending="handed_over")
    staff = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    staff.ask(Rung.POLICE, "He is here.", "dsl", imminent="yes")
    assert staff.refused(StepKind.CLOSED, "dsl", "They have it.", ending="handed_over") == "referred"


def warned(case: Climb) -> Climb:
    for who in case.case.to_warn:
        case.take(StepKind.WARNED, "head", who=who.value)
    return case


@pytest.mark.parametrize("content_class", ["C6", "C10"])
def test_a_threat_is_not_handed_over_before_everybody_who_is_to_be_warned_was(content_class: str) -> None:
    case = Climb(content_class, About.PUPIL, route=Route.POLICE_NOW, audience="head")
    case.ask(Rung.POLICE, "He is at the gate.", imminent="yes")
    case.take(StepKind.WARNED, "head", who="target")
    assert case.refused(StepKind.CLOSED, "head", "They have it.", ending="handed_over") == "danger_warned"
    left = case.attempt(StepKind.CLOSED, "head", "They have it.", ending="handed_over")
    assert "the gate and the site and the local authority or the trust" in left.said
    warned(case).take(StepKind.CLOSED, "head", "They have it.", ending="handed_over")


def test_a_child_in_danger_elsewhere_is_handed_over_without_a_warning_at_the_gate() -> None:
    case = in_state(CaseState.BYPASSED)
    case.ask(Rung.POLICE, "He is beaten at home.", "dsl", imminent="yes")
    case.take(StepKind.CLOSED, "dsl", "They have it.", ending="handed_over")


def test_every_mail_of_a_case_of_which_somebody_said_danger_now_says_so_first_with_999() -> None:
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING, danger_now="yes", audience="dsl")
    case.take(StepKind.ASSIGNED, "dsl", person="deputy_dsl")
    case.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    case.take(StepKind.TARGET, "dsl", person="teacher")
    assert {"dsl", "deputy_dsl", "head", "teacher"} <= {*case.told()}
    for mail in case.sent:
        first = mail.body.split("\n\n")[1]
        assert first.startswith("Whoever brought it says that somebody is in danger now."), mail.subject
        assert "999" in first
        assert "999" in mail.subject
