"""What closing a case needs: an ending that fits its state, and nothing left undone."""

from __future__ import annotations

from operator import or_

from alerts.access.acts import Act
from alerts.ladder.replay import GONE_ENDINGS
from alerts.ladder.rules import StepAttempt
from alerts.places import at_counted_places, seen_twice
from data.cases import CaseState
from data.rungs import OF_PRIVACY
from data.steps.codes import BypassRoute, Check, Ending, Support, ToWarn
from data.steps.keeping import Closed


def _ending(attempt: StepAttempt) -> Ending:
    """Return how it is to end. Raises ValueError for a step that ends nothing."""
    if isinstance(attempt.step, Closed):
        return attempt.step.ending
    raise ValueError(f"nothing is ended by a step {attempt.step.kind}")


_ENDS = {
    CaseState.TRIAGE: {Ending.STANDING, Ending.ANSWERED, Ending.HANDED_OVER, Ending.MISTAKEN},
    CaseState.FAIR_COMMENT: {Ending.ANSWERED, Ending.HANDED_OVER, Ending.MISTAKEN},
    CaseState.BYPASSED: {Ending.HANDED_OVER},
    CaseState.SEEKING: {Ending.STANDING, Ending.HANDED_OVER, Ending.MISTAKEN},
    CaseState.WAITING: {Ending.STANDING, Ending.HANDED_OVER, Ending.MISTAKEN},
}


def ending_fits(attempt: StepAttempt) -> bool:
    """Each state has its endings; `two_checks` judges removed and changed. What nobody has judged is neither
    left up nor answered before somebody has said what it is."""
    if attempt.case.is_unjudged and _ending(attempt) in (Ending.STANDING, Ending.ANSWERED):
        return False
    ends = _ENDS.get(attempt.case.state, set(Ending) - {Ending.JOINED})
    return _ending(attempt) in ends | set(GONE_ENDINGS)


def two_checks(attempt: StepAttempt) -> bool:
    """Seen gone (or changed) twice, a day apart, at each place not left standing (Basildon 9.4)."""
    ending = _ending(attempt)
    if ending not in GONE_ENDINGS:
        return True
    if attempt.case.state is not CaseState.CONFIRMING:
        return False
    gone, changed = (
        [seen_twice(here, wanted) for here in at_counted_places(attempt.case)]
        for wanted in (Check.GONE, Check.CHANGED)
    )
    if ending is Ending.REMOVED:
        return all(gone)
    return any(changed) and all(map(or_, gone, changed))


def copies_taken(attempt: StepAttempt) -> bool:
    """Nothing ends as gone while a held copy of it is no place of the case, so that nobody looked there."""
    return _ending(attempt) not in GONE_ENDINGS or not attempt.rules.copies


def reason_to_end(attempt: StepAttempt) -> bool:
    """Why it was left up, or was a mistake."""
    return _ending(attempt) not in (Ending.STANDING, Ending.MISTAKEN) or bool(attempt.why)


def decider_to_stand(attempt: StepAttempt) -> bool:
    """Only a decider leaves a post up, whatever the ending is called: an answered post stays up too (fair
    comment aside), and so does one closed as a mistake after removal was sought or which blew a whistle."""
    sought = attempt.case.is_whistleblowing or (
        attempt.case.decision == "seek" and not attempt.case.delegated
    )
    stands = {Ending.STANDING: True, Ending.ANSWERED: not attempt.case.fair, Ending.MISTAKEN: sought}
    if not stands.get(_ending(attempt)) or attempt.case.decision not in (None, "seek"):
        return True
    return attempt.actor_may(Act.DECIDE)


def referred(attempt: StepAttempt) -> bool:
    """Check that it went to somebody named, to the police where 999 was rung; an allegation further."""
    case = attempt.case
    police = case.call_to_999 is not None and case.lane is not BypassRoute.STAFF_ALLEGATION
    return _ending(attempt) is not Ending.HANDED_OVER or bool(case.referred_to) or police


def danger_warned(attempt: StepAttempt) -> bool:
    """A threat for which 999 was rung is not handed over before everybody who is to be warned of it was."""
    return _ending(attempt) is not Ending.HANDED_OVER or not attempt.case.to_warn_first


def outcome_said(attempt: StepAttempt) -> bool:
    """After the hour of a danger it is noted whether anything happened; or a decider says why not."""
    excused = bool(attempt.why) and attempt.actor_may(Act.DECIDE)
    return excused or not attempt.rules.unsaid(attempt.case, attempt.now)


def gate_warned(attempt: StepAttempt) -> bool:
    """Check that those meant and the gate were warned of an hour named, or a decider says why not."""
    excused = bool(attempt.why) and attempt.actor_may(Act.DECIDE)
    return (
        excused or attempt.rules.danger_at is None or {ToWarn.TARGET, ToWarn.SITE} <= {*attempt.case.warned}
    )


def responded(attempt: StepAttempt) -> bool:
    """Check that it was answered, or that a reason says why it needs no answer."""
    answered = attempt.case.responded_at is not None or bool(attempt.why)
    return _ending(attempt) is not Ending.ANSWERED or answered


def support_offered(attempt: StepAttempt) -> bool:
    """The person aimed at was offered support (Basildon 9.6)."""
    offered = attempt.case.support is not Support.NOT_OFFERED
    return attempt.case.target is None or offered or _ending(attempt) is Ending.MISTAKEN


def promises_kept(attempt: StepAttempt) -> bool:
    """Everything owed to a person about their data has been done."""
    return not any(w.clock in OF_PRIVACY for w in attempt.case.waits)
