"""What the police rung needs, and the consent of the person targeted.

A school's policy (Basildon 9.5) asks for that consent before the police are told of a threat to a member
of staff. Imminent danger waits for nobody and passes none of these guards.
"""

from __future__ import annotations

from alerts.access.acts import Act
from alerts.ladder.rules import StepAttempt
from data.cases import Case, Consent
from data.content_class import Police, class_spec
from data.steps import asking
from data.steps.codes import Decision
from data.types import ADULTS_OF_THE_SCHOOL

OVERRIDES = frozenset(asking.OVERRIDE_GROUNDS)


def imminent_reason(attempt: StepAttempt) -> bool:
    """Why 999 was rung is recorded before the case ends; at the time, nothing is asked."""
    return not attempt.case.unexplained


def decided_to_report(attempt: StepAttempt) -> bool:
    """A named person decided to seek removal, or to report it alone."""
    return attempt.case.decision in (Decision.SEEK, Decision.REPORT_ONLY)


def police_matter(attempt: StepAttempt) -> bool:
    """A class that may be a crime, or a reason why it may be one."""
    return class_spec(attempt.case.content_class).police >= Police.AFTER_ANOTHER or bool(attempt.why)


def police_last(attempt: StepAttempt) -> bool:
    """At once for threats, hate, sexual content and other crime; else after a rung, or with a reason."""
    at_once = class_spec(attempt.case.content_class).police is Police.AT_ONCE
    before = any(a.rung is not attempt.rung for a in attempt.case.askings)
    return at_once or before or bool(attempt.why)


def consent_wanted(case: Case) -> bool:
    """Is a member of staff targeted? No consent is needed for children, the site or extremism. A named target
    is always asked, whatever the class."""
    adult = case.about in ADULTS_OF_THE_SCHOOL and class_spec(case.content_class).consent
    return case.target is not None or adult


def target_named(attempt: StepAttempt) -> bool:
    """The person who has to consent is named."""
    return not consent_wanted(attempt.case) or attempt.case.target is not None


def consent(attempt: StepAttempt) -> bool:
    """The member of staff agrees to the police being told (Basildon 9.5), or a recorded ground overrides."""
    given = attempt.case.consent in (Consent.GIVEN, Consent.OVERRIDDEN)
    return not consent_wanted(attempt.case) or given


def consent_told(attempt: StepAttempt) -> bool:
    """Check that whom others recorded consent for was told, by mail or letter; not of an override."""
    told = attempt.case.consent_told
    return attempt.case.consent is not Consent.GIVEN or told is None or told.has_reached


def consent_person(attempt: StepAttempt) -> bool:
    """The person targeted is asked, and the answer is theirs, whoever records it."""
    match attempt.step:
        case (
            asking.ConsentAsked(person=person)
            | asking.ConsentGiven(person=person)
            | asking.ConsentRefused(person=person)
            | asking.ConsentWithdrawn(person=person)
            | asking.SaidSafe(person=person)
        ):
            return attempt.case.target is not None and person == attempt.case.target
    return True


def consent_asked(attempt: StepAttempt) -> bool:
    """An answer follows its question; the person may also answer unasked."""
    return attempt.case.consent is Consent.ASKED or attempt.event.actor == attempt.case.target


def consent_was_given(attempt: StepAttempt) -> bool:
    """Only consent that was given can be withdrawn."""
    return attempt.case.consent is Consent.GIVEN


def head_overrides(attempt: StepAttempt) -> bool:
    """The head may override a member of staff's answer; the stand-in, if it is about the head."""
    return attempt.actor_may(Act.APPROVE)


def override_ground(attempt: StepAttempt) -> bool:
    """A child or somebody else at risk, or a risk to life: nothing else overrides."""
    return not isinstance(attempt.step, asking.ConsentOverridden) or attempt.step.ground in OVERRIDES
