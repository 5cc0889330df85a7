"""What holds, locks, chronologies and notes on a person's data want before they are recorded."""

from __future__ import annotations

from alerts.ladder.clocks import s5_applies
from alerts.ladder.deciders import heads
from alerts.ladder.rules import StepAttempt, moment
from alerts.ladder.standing import OF_PRIVACY
from data.content_class import class_spec
from data.types import Role

UNLOCK_GROUNDS = frozenset(("charge", "publication", "waiver", "court_order"))


def privacy_clock(look: StepAttempt) -> bool:
    """A note may start or end what is owed to a person about their data."""
    held = {w.clock for w in look.case.waits}
    starts, ends = look.fact("starts"), look.fact("ends")
    return starts in ("", *OF_PRIVACY - held) and (not ends or ends in OF_PRIVACY & held)


def _holders(look: StepAttempt) -> bool:
    held = set(look.actor.roles) if look.actor else set()
    return bool(held & {Role.DSL, Role.DPO}) or look.actor in heads(look.case, look.rules)


def may_hold(look: StepAttempt) -> bool:
    """The head (who stands in, where it is about the head), the DSL or the data protection officer."""
    return _holders(look)


def not_held(look: StepAttempt) -> bool:
    """Not held already."""
    return look.case.hold_by is None


def held(look: StepAttempt) -> bool:
    """There is a hold to be released."""
    return look.case.hold_by is not None


def review_ahead(look: StepAttempt) -> bool:
    """A hold has a day on which it is reviewed, and that day lies ahead."""
    review = moment(look.fact("review"))
    return review is not None and review > look.now


def another_releases(look: StepAttempt) -> bool:
    """Who set a hold does not release it."""
    return look.event.actor != look.case.hold_by


def lock_nation(look: StepAttempt) -> bool:
    """Section 141F of the Education Act 2002 is law in England and Wales alone."""
    return s5_applies(look.rules.school.nation)


def not_locked(look: StepAttempt) -> bool:
    """Not locked already."""
    return not look.case.locked


def locked(look: StepAttempt) -> bool:
    """There is a lock to be taken off."""
    return look.case.locked


def may_unlock(look: StepAttempt) -> bool:
    """The head (who stands in, where it is about the head), the DSL or the data protection officer."""
    return _holders(look)


def unlock_ground(look: StepAttempt) -> bool:
    """A charge, publication by the Secretary of State or the Education Workforce Council, waiver, court."""
    return look.fact("ground") in UNLOCK_GROUNDS


def head_approves(look: StepAttempt) -> bool:
    """The head approves a chronology; the chair, where it is about the head."""
    return look.actor in heads(look.case, look.rules)


def harassment(look: StepAttempt) -> bool:
    """Within an open case of harassment, hate or threats alone."""
    return class_spec(look.case.content_class).course


def chronology_person(look: StepAttempt) -> bool:
    """One author's public posts about the one person whom the case is about."""
    return look.case.target is not None and look.fact("person") == look.case.target
