"""The one thing to do next in a case, and by when: worked out once, for every door. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.access.acts import Act
from alerts.access.guidance import staff_places
from alerts.ladder.advance import Refusal, advance
from alerts.ladder.guards.asking import AUTHOR, urgent
from alerts.ladder.refusals import remedy_of
from alerts.ladder.replay import seen_from
from alerts.ladder.rules import Rules, has_been_tried, second_persons
from alerts.places import at_counted_places, unasked_places
from data.cases import Asking, Case, CaseState, Consent, Event, RunningClock
from data.rungs import EMERGENCY
from data.steps.acts import Values
from data.steps.codes import Decision, Ending, RungAnswer, StaffMatter, StepKind
from data.steps.keeping import Closed
from monitor.act.casework.steps import NextStep, next_steps

LOOK, CAPTURE, WAIT = "look_again", "capture", "wait"
FOR_A_REASON = ("police_matter", "police_last")
"""Guards of the police that a written reason satisfies."""


@dataclass(frozen=True, slots=True)
class NextAct:
    """An act (a kind of step, a function of `monitor.act`, WAIT, or "" for nothing), and what is settled of
    it; `due` is what runs until then."""

    act: str
    values: Values = ()
    due: RunningClock | None = None


def next_act(case: Case, ways: Sequence[NextStep], person_id: str, now: datetime, rules: Rules) -> NextAct:
    """Choose what this person does next, of all that `ways` allows; where others must act first, that it
    waits.

    Somebody who let their time go by is waited for no more: the next is asked.
    """
    due = case.due(now)
    if (urgent := _urgent_act(case, person_id, now, rules)) is not None:
        return NextAct(*urgent, due)
    if (found := _act_by_state(case, person_id, now, rules)) is not None:
        return NextAct(*found, due)
    pending = [a for a in case.askings if a.answer is None and not a.rung.spec.emergency]
    if awaited := [a for a in pending if a.is_awaited(now)]:
        clocks = [clock for a in awaited if (clock := a.running) is not None]
        asked = any(a.rung.spec.of_site for a in case.since_sought(case.askings))
        beside = None if asked else _site_act(case, ways)
        due = due if beside else min(clocks, key=lambda c: c.due_at, default=None)
        return NextAct(*(beside or (StepKind.ANSWERED, _of(awaited[-1]))), due)
    if case.classified_by is None:
        return NextAct(StepKind.CLASSIFIED, (), due)
    found = _ladder_act(case, ways, now)
    if pending and found[0] in (WAIT, StepKind.DECIDED):  # nobody else is left: that nothing came is said
        none: Values = (("result", RungAnswer.NONE.value),)
        found = StepKind.ANSWERED, (*_of(pending[-1]), *none)
    return NextAct(*found, due)


def place_next(case: Case, person_id: str, now: datetime, rules: Rules) -> int:
    """The place of the next act: another where a site can be asked and none is, once here one is or cannot be
    (each has the 24 hours of Basildon 9.3); else where nobody is asked, unless a time is over here.
    """
    here, left = case.place, unasked_places(case)
    sought = at_counted_places(case) if case.decision == Decision.SEEK else ()
    for there in sorted(sought, key=lambda each: each.place != here):
        if there.said_gone_at or any(a.rung.spec.of_site for a in there.askings):
            continue
        there = seen_from(case, there.place)
        after = next_act(there, next_steps(there, person_id, now, rules), person_id, now, rules)
        if after.act not in (StepKind.ANSWERED, StepKind.DECIDED, WAIT, LOOK, ""):
            return there.place
    late = any(w.place == here for w in case.late(now))
    return here if late or here in left or not left else left[0]


def _of(asking: Asking) -> Values:
    return (("rung", asking.rung.value), ("kind", asking.kind))


_Next = tuple[str, Values]


def _urgent_act(case: Case, person_id: str, now: datetime, rules: Rules) -> _Next | None:
    """Find what comes before everything: a danger of which people are still to be warned, a word on a
    call.
    """
    if case.state is CaseState.CLOSED:
        return "", ()
    if rules.unsaid(case, now):
        return StepKind.NOTED, ()
    if case.to_warn:
        return StepKind.WARNED, (("who", case.to_warn[0].value),)
    if case.unexplained:
        return StepKind.NOTED, ()
    if (of_staff := _staff_act(case, person_id, rules)) is not None:
        return of_staff
    if case.proposal is not None:
        able = any(p.id == person_id for p in second_persons(case, rules))
        return (StepKind.TURNED_DOWN if able else WAIT), ()
    return None


def _staff_act(case: Case, person_id: str, rules: Rules) -> _Next | None:
    """What comes first of what somebody who works here posted: what it is, and of what stays up who hears
    of it; None where it is as any other."""
    if case.state is CaseState.BYPASSED:
        return None
    if case.wants_staff_matter:
        return StepKind.STAFF_POST, ()
    if not case.stays_up:
        return None
    if case.staff_matter is StaffMatter.OUTSIDE:
        return StepKind.CLOSED, _ends(Ending.MISTAKEN)
    if case.responded_at or (case.referred_to and not case.is_whistleblowing):
        return StepKind.CLOSED, _ends(Ending.ANSWERED if case.responded_at else Ending.HANDED_OVER)
    if case.is_whistleblowing and any(p.id == person_id for p in rules.who_may(Act.DECIDE, case)):
        return StepKind.RESPONDED, ()
    if case.referred_to:
        return WAIT, ()
    to = (*staff_places(case, rules.school.nation, rules.people), "chair")[0]
    return StepKind.REFERRED, (("to", to),)


def _act_by_state(case: Case, person_id: str, now: datetime, rules: Rules) -> _Next | None:
    """Find what follows from where it is, if that is not on the ladder or nearly done."""
    if case.state is CaseState.FAIR_COMMENT:
        answered = case.responded_at is not None
        if case.enquiry and rules.profile.press_approval and not (case.approved or answered):
            return StepKind.APPROVED, ()
        return (StepKind.CLOSED, _ends(Ending.ANSWERED)) if answered else (StepKind.RESPONDED, ())
    if case.state is CaseState.BYPASSED:
        told = bool(case.referred_to)
        return (StepKind.CLOSED, _ends(Ending.HANDED_OVER)) if told else (StepKind.REFERRED, ())
    if case.state is CaseState.CONFIRMING:
        ends = advance(case, Event(Closed(ending=Ending.REMOVED), person_id, "-"), now, rules)
        if isinstance(ends, Refusal):
            return (remedy_of(ends.guard, case, rules.copies) if ends.copies else None) or (LOOK, ())
        return StepKind.CLOSED, _ends(Ending.REMOVED)
    if case.decision == Decision.ANSWER:
        answered = case.responded_at is not None
        return (StepKind.CLOSED, _ends(Ending.ANSWERED)) if answered else (StepKind.RESPONDED, ())
    if case.decision == Decision.STOP:
        return StepKind.CLOSED, _ends(Ending.STANDING)
    return None


def _ends(how: Ending) -> Values:
    return (("ending", how.value),)


def _ladder_act(case: Case, ways: Sequence[NextStep], now: datetime) -> _Next:
    """Choose on the ladder: of a threat, and where somebody agreed to it, the police; else the lowest rung
    that may be asked and was not, who helps before who hosts; or what the first that may not be is without.
    """
    police = next((way for way in ways if way.rung is EMERGENCY), None)
    agreed = case.consent is Consent.GIVEN
    if (case.threatens or agreed) and not case.to_police and police is not None:
        if police.refusal is None or (agreed and police.refusal.guard in FOR_A_REASON):
            return StepKind.ASKED, (("rung", police.rung.value), ("kind", police.kind))
        if police.refusal.guard == "consent" and case.consent is Consent.NOT_ASKED:
            return StepKind.CONSENT_ASKED, (("person", case.target or ""),)
    case = replace(case, askings=case.since_sought(case.askings))  # all again, of a post that is back
    left = [w for w in ways if not has_been_tried(case, w.rung, now, w.kind) and w.rung is not EMERGENCY]
    sites = [way for way in left if way.rung.spec.of_site]
    if urgent(case) and any(way.refusal and way.refusal.guard == "evidence_held" for way in sites):
        return CAPTURE, ()  # then the site can be asked beside the author
    # who was asked in another way comes last
    left.sort(
        key=lambda way: (has_been_tried(case, way.rung, now), way.rung.spec.order, way.rung.spec.of_site)
    )
    by_author = any(a.rung is AUTHOR for here in case.places for a in here.askings)
    if by_author and not any(a.rung.spec.of_site for a in case.askings) and (found := _site_act(case, sites)):
        return found
    stop = StepKind.DECIDED, (("decision", Decision.STOP.value),)
    return _first(left, case) or ((WAIT, ()) if case.due(now) else stop)


def _site_act(case: Case, ways: Sequence[NextStep]) -> _Next | None:
    """Find who is asked while the author's answer is awaited, so that the school's own time for a site is
    kept (Basildon 9.3); None where nobody can be asked, or the author has that time first.
    """
    sites = [way for way in ways if way.rung.spec.of_site]
    late = [way for way in sites if way.refusal is None or way.refusal.guard != "author_first"]
    return _first(late, case) if case.sought and len(late) == len(sites) else None


def _first(left: Sequence[NextStep], case: Case) -> _Next | None:
    """The first of these that may be asked; else what the first is without that is no asking. That nobody
    knows the author comes last: it stops nobody but them."""
    if now_open := next((way for way in left if way.refusal is None), None):
        return StepKind.ASKED, (("rung", now_open.rung.value), ("kind", now_open.kind))
    found = [remedy_of(way.refusal.guard, case) for way in left if way.refusal is not None]
    acts = [act for act in found if act is not None and act[0] != StepKind.ASKED]
    return min(acts, key=lambda act: act[0] == StepKind.AUTHOR, default=None)
