"""How requests, answers and checks of the address change a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.ladder import derived_state
from alerts.ladder.rules import imminent
from alerts.places import counts, everywhere, numbers, seen_twice, standing
from data.cases import Asking, Case, CasePlace, CaseState, CaseStep, PostCheck, RunningClock, seen_gone
from data.rungs import OF_PRIVACY, CaseClock, Rung
from data.steps.asking import Answered, Asked
from data.steps.codes import Check, RungAnswer
from data.steps.keeping import CameBack, Checked, CopyFound, Reopened
from data.steps.kinds import Step

_SAID_GONE = frozenset((RungAnswer.REMOVED, RungAnswer.AMENDED))


def asked(case: Case, step: CaseStep, said: Asked) -> Case:
    """One more rung was asked; its clock runs from when the request was received, if that is known.

    An earlier decision to answer it or leave it alone no longer holds.
    """
    if case.decision in ("answer", "stop"):
        case = derived_state.without(derived_state.undecided(case), CaseClock.REVIEW_30D)
    rung, since = said.rung, said.received_at or step.done_at
    asking = Asking(
        rung=rung,
        by=step.actor,
        at=since,
        kind=said.way,
        channel=said.channel,
        reference=said.reference,
        due_at=step.due_at,
        clock=step.clock,
        written_at=said.written_at,
        sent_at=step.done_at,
        received_at=said.received_at,
        kept=said.kept,
        sender=said.sender,
        place=case.place,
    )
    higher = case.rung is None or rung.spec.order > case.rung.spec.order
    case = replace(case, rung=rung if higher else case.rung, askings=(*case.askings, asking), left=False)
    if promised(case, said, step.done_at):
        case = replace(case, letter_by=None)
    if imminent(step):
        case = replace(case, unexplained=not step.why, warned=())
    return derived_state.started(case, step, since)


def promised(case: Case, said: Asked, at: datetime) -> datetime | None:
    """Until when the letter drafted last leaves its author time, where this says that it went out; None for
    any other asking, or once that is over.
    """
    spec, by = said.rung.spec, case.letter_by
    theirs = spec.clock is CaseClock.AUTHOR_DAYS and not spec.spoken(said.way)
    return by if theirs and by and by > at else None


def answered(case: Case, step: CaseStep, said: Answered) -> Case:
    """What came back from the newest open asking of a rung, and from the same one asked before it."""
    rung, result = said.rung, said.result
    i = open_asking(case, rung, said.way)
    if i is None:
        return case
    if said.poster_told_at:
        return _poster_told(case, i, step, said.poster_told_at)
    kind = case.askings[i].kind
    while i is not None:
        asking = case.askings[i]
        done = replace(
            asking,
            answer=result,
            answered_at=step.done_at,
            reference=said.reference or asking.reference,
            answer_kept=said.kept,
            talked_at=said.talked_at,
        )
        case = _with(_stopped(case, asking), i, done)
        i = open_asking(case, rung, kind)
    if result not in _SAID_GONE or case.said_gone_at is not None:
        return case
    return _said_gone(case, step.done_at, amended=result is RungAnswer.AMENDED)


def _poster_told(case: Case, i: int, step: CaseStep, told: datetime) -> Case:
    """The operator told the poster: the notice is not answered yet, and the poster's days run."""
    asking = case.askings[i]
    case = _stopped(case, asking)
    case = _with(case, i, replace(asking, at=told, due_at=step.due_at, clock=step.clock))
    return derived_state.started(case, step, told)


def open_asking(case: Case, rung: Rung, kind: str | None = None) -> int | None:
    """Which asking of this rung (of one kind, where given) has no answer yet: the newest, None for none."""
    rows = range(len(case.askings) - 1, -1, -1)
    for i in rows:
        asking = case.askings[i]
        if asking.rung is rung and asking.answer is None and kind in (None, asking.kind):
            return i
    return None


def open_clock(case: Case, rung: Rung, kind: str | None = None) -> RunningClock | None:
    """The clock of that asking, None where there is none."""
    i = open_asking(case, rung, kind)
    return None if i is None else case.askings[i].running


def checked(case: Case, step: CaseStep, said: Checked) -> Case:
    """A check of the address: gone starts the confirmation, present ends it.

    A person seeing that it changed enough, though nobody was asked, starts it too.
    """
    result = said.result
    if case.state is CaseState.CLOSED:
        return _checked_since(case, PostCheck(result, step.done_at))
    if case.state is CaseState.CONFIRMING:
        if back(case, result):
            return opened_again(case, step)
        return replace(case, checks=(*case.checks, PostCheck(result, step.done_at)))
    amended = result is Check.CHANGED and said.amended is True
    if result is Check.GONE or amended:
        gone = _said_gone(case, step.done_at, amended=amended)
        return replace(gone, checks=(PostCheck(result, step.done_at),))
    return case


def _checked_since(case: Case, look: PostCheck) -> Case:
    """A check after the end. A search result, and what was left, are gone and back again without opening it;
    what was left counts as gone once it was seen so twice.
    """
    if not counts(case) and back(case, look.result):
        return derived_state.not_gone(case)
    went = not counts(case) and look.result is Check.GONE and case.said_gone_at is None
    since = look.at if went else case.said_gone_at
    case = replace(case, checks=(*case.checks, look), said_gone_at=since, recheck_at=None)
    return replace(case, left=case.left and not seen_twice(case))


def back(case: Case, result: Check) -> bool:
    """Does this check show that the post is there, although it was said to be gone?

    A changed post counts as gone if the answer was that it was amended, until it has been seen gone
    completely.
    """
    if result is Check.CHANGED:
        return seen_gone(case.checks) or not case.amended
    return result is Check.PRESENT


def still_there(case: Case, found: Check) -> bool:
    """Does this check show that it was said to be gone, and never was? Not what was gone and came back."""
    return case.state is CaseState.CONFIRMING and not seen_gone(case.checks) and back(case, found)


def copy_found(case: Case, said: CopyFound) -> Case:
    """The same matter elsewhere: one more place, unless it was named before places were told apart."""
    if said.mention and said.mention not in case.copies:
        case = replace(case, copies=(*case.copies, said.mention))
    if said.what is None:
        return case
    n = numbers(case)[-1] + 1
    new = CasePlace(n=n, role=said.what, mention_id=said.mention or None, url=said.url, channel=said.channel)
    return replace(case, others=(*case.others, new))


def left(case: Case) -> Case:
    """The case with that place left standing: nothing is waited for there any more, nor said to be gone."""
    waits = tuple(w for w in case.waits if w.place != case.place)
    return derived_state.not_gone(replace(case, left=True, waits=waits))


def opened_again(case: Case, step: CaseStep) -> Case:
    """Without its end, and as if it had never been said to be gone where it is back, or, opened by a person,
    anywhere: removal is sought again from the rung it had reached.
    """
    bare = derived_state.not_gone
    there = everywhere(case, bare) if isinstance(step.said, Reopened) else bare(case)
    there = replace(there, ending=None, closed_at=None)
    if anew(case, step.said):
        there = replace(there, sought=None, sought_by=None)
    return derived_state.sought(there, step, case.decided_by)


def anew(case: Case, said: Step) -> bool:
    """Does this say that a post that was gone is back, so that the school's own target runs anew?"""
    reopened = isinstance(said, Reopened) and case.ending in derived_state.GONE_ENDINGS
    return reopened or isinstance(said, CameBack)


def _said_gone(case: Case, at: datetime, *, amended: bool) -> Case:
    """Nothing is waited for at that place any more, nor for the whole once no other stands."""
    there = replace(case, said_gone_at=at, amended=amended, checks=(), left=False)
    kept = frozenset((0,) if standing(there) else ()) | {p.n for p in case.others}
    waits = (w for w in case.waits if w.clock in OF_PRIVACY or w.place in kept)
    return replace(there, waits=tuple(waits))


def _with(case: Case, i: int, asking: Asking) -> Case:
    return replace(case, askings=(*case.askings[:i], asking, *case.askings[i + 1 :]))


def _stopped(case: Case, asking: Asking) -> Case:
    """Without the clock of one asking."""
    return replace(case, waits=tuple(w for w in case.waits if w != asking.running))
