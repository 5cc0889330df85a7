"""One step of a case: checked, recorded, and who is told. Pure: the caller gives the time and the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from alerts.access.acts import Act
from alerts.access.offices import office_of_subject
from alerts.ladder.guards.steps import FIRST, section_141f_applies, was_gone, wrong_facts
from alerts.ladder.mails import messages_for_steps
from alerts.ladder.refusals import refusal_of_guard, without_row
from alerts.ladder.replay import (
    OfTheirs,
    after,
    back,
    choose_way_to_inform,
    is_return,
    promised_until,
    replay,
    seen_from,
    still_there,
    with_derived_state,
)
from alerts.ladder.rules import (
    SCHOOLGATE,
    Guard,
    StepAttempt,
    due,
    ids_to_inform,
    imminent,
    meant_by,
    opens_ladder,
    still_left_out,
)
from alerts.ladder.rules import Advance as Advance
from alerts.ladder.rules import Refusal as Refusal
from alerts.ladder.rules import Rules as Rules
from alerts.ladder.transitions import OF_RUNGS, ON_LADDER, TABLE
from alerts.places import at_place, has_to_be_gone, name_place, numbers, place_of
from data.cases import Case, CaseState, CaseStep, Event, seen_gone
from data.content_class import ContentClass
from data.rungs import CaseClock
from data.steps import classes
from data.steps.classes import (
    Accused,
    Answered,
    Asked,
    Classified,
    Decided,
    Proposed,
    Reclassified,
    StaffPost,
    Step,
    Targeted,
)
from data.steps.codes import BypassRoute, Capacity, Decision, Ending, PlaceRole, StaffMatter, StepKind
from data.types import About

_OUTCOMES: dict[Ending, Step] = {Ending.REMOVED: classes.SeenRemoved(), Ending.CHANGED: classes.SeenChanged()}
_OUTCOMES |= {Ending.STANDING: classes.LeftStanding()}
"""The endings that the governors' report counts, and the step that records each."""
_OF_DECISIONS = {Decision.SEEK: CaseClock.BASILDON_24H, Decision.STOP: CaseClock.REVIEW_30D}

_LANES = {
    StaffMatter.CHILD: BypassRoute.SAFEGUARDING, StaffMatter.ALLEGATION: BypassRoute.STAFF_ALLEGATION,
}  # fmt: skip
"""The way past the ladder of what somebody who works here posted."""


def begin(case_id: str, urn: str, event: Event, now: datetime, rules: Rules) -> Advance | Refusal:
    """Open a case (`now` aware). Raises ValueError for another event, or facts that may not be."""
    if event.kind is not StepKind.OPENED:
        raise ValueError("a case begins with its opening")
    if wrong := wrong_facts(event.said):
        raise ValueError(f"the opening of a case is without, or has odd: {', '.join(wrong)}")
    at = _utc(event.when or now)
    opening = CaseStep(case_id, 1, urn, event.said, event.actor, at, _utc(now), event.why.strip())
    case = replay([opening])
    attempt = StepAttempt(case, event, at, _utc(now), rules)
    if missing := _first_refusal(attempt, FIRST):
        return missing
    case, steps = _add_lock(case, [opening], attempt)
    return Advance(case, tuple(steps), messages_for_steps(None, case, steps, _utc(now), rules))


def advance(case: Case, event: Event, now: datetime, rules: Rules) -> Advance | Refusal:
    """The case after one more step (`now` aware), or why the step is refused; then nothing changes. A case
    that is at one of its places takes a step there, unless the step names another."""
    event = replace(event, said=name_place(case, event.said))
    case = with_derived_state(at_place(case, 1)) if case.place > 1 else case
    now = _utc(now)
    if imminent(event):  # that 999 was rung nothing stops from being recorded: without a time that lies ahead
        said = event.said
        if isinstance(said, Asked) and said.received_at is not None and said.received_at > now:
            said = replace(said, received_at=None)
        ahead = event.when is not None and _utc(event.when) > now
        event = replace(event, said=said, when=None if ahead else event.when)
    attempt = StepAttempt(_there(case, event), event, _utc(event.when or now), now, rules)
    if missing := _not_allowed(attempt):
        return missing
    then, steps = case, []
    for each in _with_consequences(attempt):
        step = _step(then, each, attempt)
        then = after(then, step)
        steps.append(step)
    if case.lane is not BypassRoute.STAFF_ALLEGATION:
        then, steps = _add_lock(then, steps, attempt)
    return Advance(then, tuple(steps), messages_for_steps(case, then, steps, attempt.now, rules))


def _there(case: Case, event: Event) -> Case:
    n = place_of(event.said)
    return case if n is None else seen_from(case, n)


def _not_allowed(attempt: StepAttempt) -> Refusal | None:
    rows, danger = TABLE.get((attempt.case.state, attempt.event.kind), ()), imminent(attempt.event)
    row = next((row for row in rows if row.imminent is danger), None)
    if row is None:
        return _first_refusal(attempt, FIRST) or without_row(attempt)
    # the guards of its rung are asked once its own facts are known to hold
    own = _first_refusal(attempt, (*(() if row.imminent else FIRST), *row.guards))
    return own or (_first_refusal(attempt, OF_RUNGS[attempt.rung]) if row.of_rung else None)


def _first_refusal(attempt: StepAttempt, guards: Iterable[Guard]) -> Refusal | None:
    failed = next((guard for guard in guards if not guard(attempt)), None)
    return refusal_of_guard(failed.__name__, attempt) if failed else None


def _with_consequences(attempt: StepAttempt) -> Iterable[Event]:
    event, said = attempt.event, attempt.step
    if isinstance(said, classes.Closed) and (outcome := _OUTCOMES.get(said.ending)):
        yield replace(event, said=outcome)
    yield replace(event, said=_said_in_full(attempt))
    if isinstance(said, StaffPost) and said.what in _LANES:
        to_lane = Classified(content_class=ContentClass.SAFEGUARDING, lane=_LANES[said.what])
        yield replace(event, said=to_lane)
    if _shows_return(attempt):
        back_as = (
            classes.CameBack(mention=said.mention, place=numbers(attempt.case)[-1] + 1)
            if isinstance(said, classes.CopyFound)
            else classes.CameBack(place=said.place if isinstance(said, classes.Checked) else None)
        )
        yield Event(back_as, event.actor, when=event.when)


def _said_in_full(attempt: StepAttempt) -> Step:
    """Add what the rules add: capacity, rung continued, whom it is about, how the person learns."""
    case, rules = attempt.case, attempt.rules
    match attempt.step:
        case Decided() as said:
            decider = attempt.actor_may(Act.DECIDE)
            return replace(said, capacity=Capacity.DECIDER if decider else Capacity.DELEGATE)
        case Classified() | Reclassified() | Proposed() as said if opens_ladder(case, attempt.event):
            # who is told of a step that opens the ladder against comment, and who it is about from then on
            told = replace(said, overseers=ids_to_inform(case, attempt.event, rules) or said.overseers)
            about = office_of_subject(meant_by(case, attempt.event, rules), rules.people)
            if about and not isinstance(told, Proposed) and case.about in _WIDER:
                return replace(told, about=about)
            return told
        case classes.Reopened() as said:
            return replace(said, rung=case.rung)
        case classes.CopyFound(what=None) as said:
            return replace(said, what=PlaceRole.COPY)
        case Targeted(subjects=tuple()) | Accused() as said:
            return replace(said, about=_about(attempt, said))
    if isinstance(attempt.step, OfTheirs):
        return replace(attempt.step, informed=choose_way_to_inform(attempt.event, case, rules))
    return attempt.step


_WIDER = frozenset((About.SCHOOL, About.STAFF, About.GOVERNOR, About.OTHER))
"""What a post may be about that means somebody of the school besides."""


def _about(attempt: StepAttempt, said: Targeted | Accused) -> About:
    """Say who it is about, given who may be accused now. A child's, with an adult named, is an allegation."""
    case, people = attempt.case, attempt.rules.people
    left, accused = still_left_out(case, said)
    if found := office_of_subject([p for p in left if p in accused or p not in case.conflicted], people):
        return found
    if isinstance(said, Accused) and accused and case.lane is BypassRoute.SAFEGUARDING:
        return About.STAFF
    cleared = case.about is office_of_subject([p for p in case.subjects if p not in case.conflicted], people)
    target = (said.person if isinstance(said, Targeted) else "") or case.target or ""
    return (office_of_subject([target], people) or About.STAFF) if cleared else case.about


def _shows_return(attempt: StepAttempt) -> bool:
    """Was it gone, and does this step show it back? What was left, or a search result, never is."""
    case, said, gone = attempt.case, attempt.step, was_gone(attempt)
    if isinstance(said, classes.CopyFound):
        return gone and said.what is not PlaceRole.SEARCH
    there = case.said_gone_at is not None and has_to_be_gone(case)
    confirmed = gone and there and (case.state is CaseState.CLOSED or seen_gone(case.checks))
    return isinstance(said, classes.Checked) and confirmed and back(case, said.result)


def _add_lock(case: Case, steps: list[CaseStep], attempt: StepAttempt) -> tuple[Case, list[CaseStep]]:
    """Add the lock where an accused teacher may not be named yet (Education Act 2002, s.141F)."""
    allegation = case.lane is BypassRoute.STAFF_ALLEGATION
    if case.locked or not allegation or not section_141f_applies(attempt.rules.school.nation):
        return case, steps
    lock = _step(case, Event(classes.Locked(), SCHOOLGATE), attempt)
    return after(case, lock), [*steps, lock]


def _step(case: Case, event: Event, attempt: StepAttempt) -> CaseStep:
    clock, due_at = "", None
    if started := _clock_of(_there(case, event), event, attempt.at):
        means, profile = attempt.rules.means, attempt.rules.profile
        clock = started[0].value
        due_at = due(*started, calendar=means.calendar, zone=means.zone, profile=profile)
        if clock == CaseClock.BASILDON_24H and case.sought and not is_return(case, event.said):
            due_at = case.sought.due_at  # no later decision puts it off
        if isinstance(event.said, Asked):
            due_at = promised_until(case, event.said, attempt.at) or due_at
    step = CaseStep(case.id, case.steps + 1, case.urn, event.said, event.actor, attempt.at, attempt.now)
    return replace(step, why=event.why.strip(), due_at=due_at, clock=clock)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _clock_of(case: Case, event: Event, at: datetime) -> tuple[CaseClock, datetime] | None:
    """The clock that this step starts and its beginning (UTC), when the thing happened; None without."""
    match event.said:
        case Decided(decision=decision):
            clock = _OF_DECISIONS.get(decision)
            return (clock, at) if clock else None
        case Asked() as said if imminent(event) or case.state in ON_LADDER:
            clock = CaseClock.WARN_1H if imminent(event) else said.rung.spec.clock_of(said.way)
            return clock, said.received_at or at
        case Answered(poster_told_at=datetime() as told):
            return CaseClock.POSTER_5D, told
        case classes.Noted(starts=CaseClock() as clock):
            return clock, at
        case classes.LeftStanding():
            return CaseClock.REVIEW_30D, at
        case classes.CameBack() | classes.Reopened() if case.decision == Decision.SEEK:
            return CaseClock.BASILDON_24H, at
        case classes.Checked(result=result) if case.decision == Decision.SEEK and still_there(case, result):
            return (CaseClock.BASILDON_24H, case.sought.since) if case.sought else None
    return None
