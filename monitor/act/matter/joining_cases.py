"""Two cases that are one: the later is closed, and its places go on as places of the first.

The first is whose removal was decided first, else whose case was opened first: no decision puts its target
off. What was asked, answered and seen at a place comes along as it was, so that its clocks run on there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.access.knowing import Access, access
from alerts.ladder.advance import Refusal
from alerts.ladder.replay import after, replay, that_hold
from alerts.places import numbers, place_of
from data.cases import Case, CasePlace, CaseStep, Consent, Event
from data.rungs import EMERGENCY, OF_PRIVACY
from data.steps.acts import Refused
from data.steps.asking import Answered, Asked
from data.steps.codes import PlaceRole
from data.steps.keeping import Checked, CopyFound, EvidenceKept, Hosted, Joined, Noted, PlaceLeft
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from monitor.act.casework.steps import rehearse
from monitor.home.wiring import Session
from monitor.matters.reader import load_case, matter_of

_COMES_ALONG = (Asked, Answered, Checked, EvidenceKept, Hosted, PlaceLeft)


def in_order(one: Case, other: Case) -> tuple[Case, Case]:
    """Which of the two stays, and which becomes part of it."""

    def first(case: Case) -> tuple[bool, datetime, datetime, str]:
        decided = case.sought.since if case.sought else case.decided_at
        return decided is None, decided or case.opened_at, case.opened_at, case.id

    stays, goes = sorted((one, other), key=first)
    return stays, goes


def apart(session: Session, stays: Case, goes: Case) -> Refused | None:
    """Why the two must stay two, in words that say what to do; None where they may be one."""
    settled = (_kind, lambda c: c.content_class, lambda c: c.threatens)
    barred = {
        "closed": stays.closed_at or goes.closed_at,
        "kind": any(of(stays) != of(goes) for of in settled),
        "left_out": {*stays.subjects} != {*goes.subjects} or _opens(session, stays, goes),
        "target": goes.target not in (None, stays.target),
        "consent": goes.consent not in (Consent.NOT_ASKED, stays.consent),
        "decision": goes.decision not in (None, stays.decision),
        "open": stays.proposal or goes.proposal or stays.called or goes.called,
        "held": goes.hold_by,
        "owed": any(w.clock in OF_PRIVACY for w in goes.waits),
        "twice": {p.mention_id for p in stays.places if p.mention_id} & {p.mention_id for p in goes.places},
    }
    why = next((name for name, bars in barred.items() if bars), "")
    return Refused(why, _WHY[why].format(stays.id, goes.id)) if why else None


def _kind(case: Case) -> tuple[object, ...]:
    return case.lane, case.restricted, case.locked, case.fair


def _opens(session: Session, stays: Case, goes: Case) -> bool:
    """Could somebody read by it what they may not now, or learn of a case of which they may know nothing?"""
    people = session.config.people
    first, later = (matter_of(case, session.config) for case in (stays, goes))
    both = [(access(p, first, people), access(p, later, people)) for p in people]
    return any(here > there or (there and here is Access.NOTHING) for here, there in both)


def join(
    con: Connection, session: Session, stays: Case, goes: Case, why: str, now: datetime
) -> Refused | None:
    """Makes one case of two that nothing keeps apart, in the caller's transaction; why not, where it may not
    be. Nobody is written to."""
    by, steps = session.person.id, that_hold(case_store.steps(con, goes.id))
    closes, comes = Joined(case=stays.id, closes=True), Joined(case=goes.id)
    for case, step in ((goes, closes), (stays, comes)):
        came = rehearse(session.context, case, Event(step, by, why), now)
        if isinstance(came, Refusal):
            return Refused(came.guard, f"{came.said} {came.remedy}" if why.strip() else _REASON)
    along = [step for here in goes.places for step in _along(stays, goes, here, steps)]
    runs = next((w for w in goes.waits if goes.sought and w.clock == goes.sought.clock), None)
    opening = _step(stays, replace(comes, taken=len(along)), by, now, why)
    if runs is not None:
        opening = replace(opening, due_at=runs.due_at, clock=runs.clock)
    whole = [opening, *(replace(s, case_id=stays.id, actor=by, recorded_at=now) for s in along)]
    then = stays
    for i, each in enumerate(whole):
        whole[i] = replace(each, n=stays.steps + 1 + i)
        then = after(then, whole[i])
    if _standing_at(then)[len(stays.places) :] != _standing_at(goes):
        return Refused("came_back", _WHY["came_back"].format(stays.id, goes.id))
    closing = _step(goes, closes, by, now, why)
    case_store.put(con, after(goes, closing), [closing], (), now)
    case_store.put(con, then, whole, (), now)
    return None


def _along(stays: Case, goes: Case, here: CasePlace, steps: list[CaseStep]) -> list[CaseStep]:
    """The steps that make a place of the one case a place of the other, with what was done there."""
    n = numbers(stays)[-1] + numbers(goes).index(here.n) + 1
    role = PlaceRole.ITEM if here.role is PlaceRole.POST else here.role
    found = CopyFound(mention=here.mention_id or "", url=here.url, what=role, channel=here.channel)
    theirs = [
        replace(s, said=replace(s.said, place=n))
        for s in steps
        if isinstance(s.said, _COMES_ALONG) and place_of(s.said) == here.n
    ]
    opened = replace(
        steps[0], said=found, done_at=goes.opened_at, why="", due_at=None, clock="", otherwise={}
    )
    return [opened, *theirs]


def _standing_at(case: Case) -> list[tuple[object, ...]]:
    """How each of its places stands, what is asked there and not answered, and how it was seen."""
    asked = [[(a.rung, a.at) for a in p.askings if a.rung is not EMERGENCY] for p in case.places]
    return [(p.stands, p.said_gone_at, p.checks, a) for p, a in zip(case.places, asked, strict=True)]


def _step(case: Case, said: Joined, by: str, now: datetime, why: str) -> CaseStep:
    return CaseStep(case.id, case.steps + 1, case.urn, said, by, now, now, why=why.strip())


def part(con: Connection, session: Session, stays: Case, goes: Case, now: datetime) -> Refused | None:
    """Makes two of them again, each as it was; why not, where the case has gone on since."""
    undone = []
    for case, other in ((goes, stays), (stays, goes)):
        steps = case_store.steps(con, case.id)
        held = ((s, s.said) for s in reversed(steps) if isinstance(s.said, Joined))
        made, said = next((step, said) for step, said in held if said.case == other.id)
        last = made.n + (said.taken or 0)
        if any(not isinstance(s.said, Noted) for s in steps if s.n > last):
            return Refused("since", _WHY["since"].format(case.id))
        undone.append((steps, _step(case, replace(said, undone=True), session.person.id, now, made.why)))
    for steps, back in undone:
        case_store.put(con, replay([*steps, back]), [back], (), now)
        case_store.drop_places(con, load_case(con, back.case_id))
    return None


_REASON = "Both have a case, and the later is closed by it: say why they are one."
_KEEP = "Else keep both, and add single posts to case {0} as places"
_WHY = {
    "closed": f"A case that is closed goes on nowhere: open it again first. {_KEEP}",
    "kind": (
        "Case {0} and case {1} are not of one kind: both must have one class, and be both on the ladder, "
        "both fair comment, or both with the safeguarding lead. Say first what each is."
    ),
    "left_out": (
        "Case {0} and case {1} are not for the same people, and somebody could learn what they may not now. "
        "Whom one leaves out, the other must. Else keep both."
    ),
    "target": (
        "Case {1} is aimed at somebody whom case {0} does not name: support and consent are each "
        "person’s own. If it is the same person, say so first in case {0}. Else keep both."
    ),
    "consent": (
        "Consent to tell the police stands otherwise in case {1} than in case {0}. Record first in case {0} "
        "what was answered."
    ),
    "decision": (
        "Case {1} was decided otherwise than case {0}. Decide the same in both first. Else keep both."
    ),
    "open": (
        "In one of them a proposal waits for a second person, or 999 was rung. Settle the proposal first; "
        f"what 999 was rung for ends in its own case. {_KEEP}"
    ),
    "held": "Case {1} is on hold: that is ended first, or keep both.",
    "owed": "Case {1} owes somebody an answer about their data. Note there first that it was given.",
    "twice": "Case {0} has a post of case {1} as a place already. Close case {1} instead.",
    "came_back": f"At a place of case {{1}} it was gone and came back: that stays in its own case. {_KEEP}",
    "since": "Case {0} has gone on since they were joined, so they cannot be two again.",
}
