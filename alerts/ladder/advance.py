"""One step of a case: checked, recorded, and who is told. Pure: the caller gives the time and the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from alerts.access.acts import Act
from alerts.access.offices import office_of_subject
from alerts.ladder.clocks import due
from alerts.ladder.guards.first import FIRST, wrong_facts
from alerts.ladder.guards.keeping import section_141f_applies
from alerts.ladder.notify import outbox
from alerts.ladder.reclassifying import meant_by, said_of_it
from alerts.ladder.recorded_on_behalf import OF_THEIRS, how_told
from alerts.ladder.refusals import not_allowed, refused
from alerts.ladder.replay import after, replay
from alerts.ladder.replay_requests import back, seen_gone
from alerts.ladder.rules import SCHOOLGATE, StepAttempt, imminent, moment, opens_ladder, several
from alerts.ladder.rules import Advance as Advance
from alerts.ladder.rules import Refusal as Refusal
from alerts.ladder.rules import Rules as Rules
from alerts.ladder.transitions import ON_LADDER
from data.cases import BypassRoute, Case, CaseState, CaseStep, Check, Ending, Event, StepKind
from data.rungs import CaseClock, Rung
from data.types import About

_OUTCOMES = {
    Ending.REMOVED: StepKind.REMOVED,
    Ending.CHANGED: StepKind.CHANGED,
    Ending.STANDING: StepKind.STANDING,
}
"""The endings that the governors' report counts, and the step that records each."""
_OF_DECISIONS = {"seek": CaseClock.BASILDON_24H, "stop": CaseClock.REVIEW_30D}


def begin(case_id: str, urn: str, event: Event, now: datetime, rules: Rules) -> Advance | Refusal:
    """Opens a case (event OPENED, `now` aware): with its bypass route, its lock and who is told.

    Raises ValueError for another event, or facts that are not what they may be.
    """
    if event.kind is not StepKind.OPENED:
        raise ValueError("a case begins with its opening")
    if wrong := wrong_facts(event):
        raise ValueError(f"the opening of a case is without, or has odd: {', '.join(wrong)}")
    event = _given(event)
    at = _utc(event.when or now)
    opening = CaseStep(
        case_id, 1, urn, event.kind, event.actor, at, _utc(now), event.why.strip(), dict(event.facts)
    )
    case = replay([opening])
    attempt = StepAttempt(case, event, at, _utc(now), rules)
    if missing := refused(attempt, FIRST):
        return missing
    steps = [opening]
    if _to_be_locked(case, rules):
        steps.append(_step(case, Event(StepKind.LOCKED, SCHOOLGATE), attempt))
        case = after(case, steps[-1])
    return Advance(case, tuple(steps), outbox(None, case, steps, _utc(now), rules))


def advance(case: Case, event: Event, now: datetime, rules: Rules) -> Advance | Refusal:
    """The case after one more step (`now` aware), or why the step is refused; then nothing changes."""
    event = _danger(event, _utc(now)) if imminent(event) else _given(event)
    attempt = StepAttempt(case, event, _utc(event.when or now), _utc(now), rules)
    if missing := not_allowed(attempt):
        return missing
    then, steps = case, []
    for each in _with_consequences(attempt):
        step = _step(then, each, attempt)
        then = after(then, step)
        steps.append(step)
    if _to_be_locked(then, rules) and case.lane is not BypassRoute.STAFF_ALLEGATION:
        steps.append(_step(then, Event(StepKind.LOCKED, SCHOOLGATE), attempt))
        then = after(then, steps[-1])
    return Advance(then, tuple(steps), outbox(case, then, steps, attempt.now, rules))


def _given(event: Event) -> Event:
    """Without empty facts, except that empty `subjects` means nobody is a subject any more."""
    facts = {name: said for name, said in event.facts.items() if said or name == "subjects"}
    return replace(event, facts=facts)


def _danger(event: Event, now: datetime) -> Event:
    """That 999 was rung, without any fact that does not fit: nothing stops it from being recorded."""
    odd = wrong_facts(event)
    said = {name: value for name, value in _given(event).facts.items() if name not in odd}
    if (received := moment(said.get("received_at", ""))) and received > now:
        said.pop("received_at")
    ahead = event.when is not None and _utc(event.when) > now
    return replace(event, facts=said, when=None if ahead else event.when)


def _with_consequences(attempt: StepAttempt) -> Iterable[Event]:
    """The step itself, and the outcome or the return that follows from it."""
    event = attempt.event
    if event.kind is StepKind.CLOSED and (outcome := _OUTCOMES.get(Ending(attempt.fact("ending")))):
        yield replace(event, kind=outcome, facts={})
    yield _said_in_full(attempt)
    if _shows_return(attempt):
        copy = {"mention": attempt.fact("mention")} if event.kind is StepKind.COPY_FOUND else {}
        yield Event(StepKind.CAME_BACK, event.actor, facts=copy, when=event.when)


def _said_in_full(attempt: StepAttempt) -> Event:
    """With what the rules add: in which capacity it was decided, which rung it continues from, who it is
    about given who is accused, and how a person learns what was recorded on their behalf.
    """
    event, facts = attempt.event, dict(attempt.event.facts)
    if event.kind is StepKind.DECIDED:
        facts["as"] = "decider" if attempt.actor_may(Act.DECIDE) else "delegate"
    if opens_ladder(attempt.case, event):
        facts |= _of_people(attempt)
    if event.kind is StepKind.REOPENED and attempt.case.rung:
        facts["rung"] = attempt.case.rung.value
    if event.kind is StepKind.TARGET and "subjects" in facts:
        facts["about"] = _about(attempt).value
    if event.kind in OF_THEIRS and (told := how_told(event, attempt.case, attempt.rules)):
        facts["informed"] = told.value
    return replace(event, facts=facts)


def _of_people(attempt: StepAttempt) -> dict[str, str]:
    """Who is told of a step that opens the ladder against comment, and who it is about from then on."""
    case, rules = attempt.case, attempt.rules
    told = dict(said_of_it(case, attempt.event, rules))
    about = office_of_subject(meant_by(case, attempt.event, rules), rules.people)
    if about and attempt.event.kind is not StepKind.PROPOSED and case.about in _WIDER:
        told["about"] = about.value
    return told


_WIDER = frozenset((About.SCHOOL, About.STAFF, About.GOVERNOR, About.OTHER))
"""What a post may be about that means somebody of the school besides."""


def _about(attempt: StepAttempt) -> About:
    """Who it is about, given who may be accused now; no longer anybody who was accused before."""
    case, people = attempt.case, attempt.rules.people
    if found := office_of_subject(several(attempt.event.facts, "subjects"), people):
        return found
    cleared = case.about is office_of_subject(case.subjects, people)
    return (office_of_subject([attempt.fact("person")], people) or About.STAFF) if cleared else case.about


def _shows_return(attempt: StepAttempt) -> bool:
    """Was it gone, and does this step show that it is back?"""
    case, kind = attempt.case, attempt.event.kind
    gone = case.state is CaseState.CONFIRMING or case.ending in (Ending.REMOVED, Ending.CHANGED)
    if not gone:
        return False
    if kind is StepKind.COPY_FOUND:
        return True
    if kind is not StepKind.CHECKED:
        return False
    confirmed = case.state is CaseState.CLOSED or any(c.result is Check.GONE for c in case.checks)
    return confirmed and back(case, Check(attempt.fact("result")))


def _to_be_locked(case: Case, rules: Rules) -> bool:
    """A teacher accused by a pupil may not be named (Education Act 2002, s.141F): locked until that is
    clear.
    """
    allegation = case.lane is BypassRoute.STAFF_ALLEGATION
    return allegation and not case.locked and section_141f_applies(rules.school.nation)


def _step(case: Case, event: Event, attempt: StepAttempt) -> CaseStep:
    clock, due_at = "", None
    if started := _clock_of(case, event, attempt.at):
        means, profile = attempt.rules.means, attempt.rules.profile
        clock = started[0].value
        due_at = due(*started, calendar=means.calendar, zone=means.zone, profile=profile)
    return CaseStep(
        case_id=case.id,
        n=case.steps + 1,
        urn=case.urn,
        kind=event.kind,
        actor=event.actor,
        done_at=attempt.at,
        recorded_at=attempt.now,
        why=event.why.strip(),
        facts=event.facts,
        due_at=due_at,
        clock=clock,
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _clock_of(case: Case, event: Event, at: datetime) -> tuple[CaseClock, datetime] | None:
    """The clock that this step starts and since when it runs (UTC), None if it starts none.

    It runs from when the thing happened, however late that is recorded.
    """
    match event.kind:
        case StepKind.DECIDED:
            clock = _OF_DECISIONS.get(event.facts["decision"])
            return (clock, at) if clock else None
        case StepKind.ASKED if case.state in ON_LADDER:
            return _asked(event, at)
        case StepKind.ANSWERED if event.facts.get("poster_told_at"):
            return CaseClock.POSTER_5D, moment(event.facts["poster_told_at"]) or at
        case StepKind.NOTED if event.facts.get("starts"):
            return CaseClock(event.facts["starts"]), at
        case StepKind.STANDING:
            return CaseClock.REVIEW_30D, at
        case StepKind.CAME_BACK | StepKind.REOPENED if case.decision == "seek":
            return CaseClock.BASILDON_24H, at
        case StepKind.CHECKED if case.decided_at and _still_there(case, event):
            return CaseClock.BASILDON_24H, case.decided_at
    return None


def _asked(event: Event, at: datetime) -> tuple[CaseClock, datetime]:
    since = moment(event.facts.get("received_at", "")) or at
    return Rung(event.facts["rung"]).spec.clock_of(event.facts.get("kind", "")), since


def _still_there(case: Case, event: Event) -> bool:
    """Said to be gone, never seen gone, and still there: the first decision's clock keeps running."""
    claimed = case.state is CaseState.CONFIRMING and case.decision == "seek" and not seen_gone(case)
    return claimed and back(case, Check(event.facts["result"]))
