"""What is recorded on behalf of the person targeted: whose it is, how they learn of it, in which words.

People know what they record themselves. What somebody else records is mailed to the person at once; if they
have no e-mail address a letter is handed over, and until it is made the police are not told on the strength
of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from alerts.ladder.rules import Rules
from data.cases import Case, CaseStep, Event
from data.ids import digest
from data.steps import asking
from data.steps.codes import HowTold, StepKind
from data.steps.kinds import Step
from data.types import Person

CONSENT = frozenset(
    (
        StepKind.CONSENT_GIVEN,
        StepKind.CONSENT_REFUSED,
        StepKind.CONSENT_WITHDRAWN,
        StepKind.CONSENT_OVERRIDDEN,
    )
)
SUPPORT = frozenset((StepKind.SUPPORT,))
OfTheirs = (
    asking.ConsentGiven
    | asking.ConsentRefused
    | asking.ConsentWithdrawn
    | asking.ConsentOverridden
    | asking.SupportStep
)
"""What only the person can say, or what overrides them."""
LETTER = "recorded_for_you"


def for_whom(step: CaseStep | Event, case: Case) -> str | None:
    """The id of the person somebody else recorded it for; None if they said it themselves, or it is
    nobody's.
    """
    match step.said:
        case (
            asking.ConsentGiven(person=said)
            | asking.ConsentRefused(person=said)
            | asking.ConsentWithdrawn(person=said)
            | asking.SupportStep(person=said)
        ):
            person = said or case.target
        case asking.ConsentOverridden():
            person = case.target
        case _:
            return None
    return person if person != step.actor else None


def code_of(said: Step) -> str:
    """What the catalogue calls it: what became of support, or of what they were asked."""
    return said.status if isinstance(said, asking.SupportStep) else said.kind.removeprefix("consent_")


def how_told(step: CaseStep | Event, case: Case, rules: Rules) -> HowTold | None:
    """How the person it was recorded for learns of it; None if nobody else recorded it."""
    whose = for_whom(step, case)
    if whose is None:
        return None
    person = rules.person(whose)
    return HowTold.MAIL if person is not None and by_mail(person, case, rules) else HowTold.OWED


def by_mail(person: Person, case: Case, rules: Rules) -> bool:
    """May this person be written to about the case, and does mail reach them?"""
    return bool(person.email) and not rules.conflicted(person, case)


def key(case: Case, n: int, person_id: str) -> str:
    """What names the message to a person about the steps of a case up to this one."""
    return digest("case", case.urn, case.id, str(n), person_id)


def mail_of(case: Case, steps: Sequence[CaseStep], kinds: Collection[StepKind]) -> str:
    """The key of the mail that told of the newest step of these kinds; empty where there was none."""
    step = next((s for s in reversed(steps) if s.kind in kinds), None)
    whose = for_whom(step, case) if step else None
    return key(case, step.n, whose) if step and whose and informed(step) is HowTold.MAIL else ""


def informed(step: CaseStep) -> HowTold | None:
    """How the person it was recorded for was to learn of it, as the step says."""
    return step.said.informed if isinstance(step.said, OfTheirs) else None
