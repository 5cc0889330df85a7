"""What holds, locks, chronologies and notes about a person's data need before they are recorded."""

from __future__ import annotations

from alerts.access.acts import Act
from alerts.ladder.rules import StepAttempt
from data.content_class import class_spec
from data.rungs import OF_PRIVACY
from data.steps.keeping import UNLOCKING, ChronologyApproved, Held, Noted, Unlocked

UNLOCK_GROUNDS = frozenset(UNLOCKING)


def privacy_clock(attempt: StepAttempt) -> bool:
    """A note may start or end what is owed to a person about their data."""
    held = {w.clock for w in attempt.case.waits}
    if not isinstance(attempt.step, Noted):
        return True
    starts, ends = attempt.step.starts, attempt.step.ends
    return starts in (None, *OF_PRIVACY - held) and (ends is None or ends in OF_PRIVACY & held)


def may_hold(attempt: StepAttempt) -> bool:
    """The head (or the stand-in, if it is about the head), the DSL or the data protection officer."""
    return attempt.actor_may(Act.HOLD)


def not_held(attempt: StepAttempt) -> bool:
    """Not held already."""
    return attempt.case.hold_by is None


def held(attempt: StepAttempt) -> bool:
    """Check that there is a hold to be released."""
    return attempt.case.hold_by is not None


def review_ahead(attempt: StepAttempt) -> bool:
    """A hold has a review day in the future."""
    return not isinstance(attempt.step, Held) or attempt.step.review > attempt.now


def another_releases(attempt: StepAttempt) -> bool:
    """Whoever set a hold may not release it."""
    return attempt.event.actor != attempt.case.hold_by


def lock_nation(attempt: StepAttempt) -> bool:
    """Section 141F of the Education Act 2002 is law where the school is."""
    return section_141f_applies(attempt.rules.school.nation)


def section_141f_applies(nation: str) -> bool:
    """Is it an offence there to name a teacher accused by a pupil before a charge? Section 141F of the
    Education Act 2002 (Education Act 2011, section 13): schools in England and Wales."""
    return nation in ("england", "wales")


def not_locked(attempt: StepAttempt) -> bool:
    """Not locked already."""
    return not attempt.case.locked


def locked(attempt: StepAttempt) -> bool:
    """Check that there is a lock to take off."""
    return attempt.case.locked


def may_unlock(attempt: StepAttempt) -> bool:
    """The head (or the stand-in, if it is about the head), the DSL or the data protection officer."""
    return attempt.actor_may(Act.HOLD)


def unlock_ground(attempt: StepAttempt) -> bool:
    """A charge, publication by the Secretary of State or the Education Workforce Council, waiver, court."""
    return not isinstance(attempt.step, Unlocked) or attempt.step.ground in UNLOCK_GROUNDS


def head_approves(attempt: StepAttempt) -> bool:
    """The head approves a chronology; the chair, if it is about the head."""
    return attempt.actor_may(Act.APPROVE)


def harassment(attempt: StepAttempt) -> bool:
    """Only within an open case of harassment, hate or threats."""
    return class_spec(attempt.case.content_class).course


def chronology_person(attempt: StepAttempt) -> bool:
    """One author's public posts about the one person the case is about."""
    of = attempt.step.person if isinstance(attempt.step, ChronologyApproved) else None
    return attempt.case.target is not None and of == attempt.case.target
