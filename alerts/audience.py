"""Who is told: asked of `alerts.access`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from alerts.access.meant import alleged_of, threatened
from alerts.access.offices import ADULTS_OF_THE_SCHOOL, ENOUGH, LAST_RESORT
from alerts.access.recipients import Recipients as Audience
from alerts.access.recipients import leadership, recipients, to_be_raised
from data.types import Person, Policy, School, Verdict

__all__ = [
    "ADULTS_OF_THE_SCHOOL",
    "ENOUGH",
    "LAST_RESORT",
    "Audience",
    "alleged_of",
    "audience",
    "leadership",
    "threatened",
]


def audience(
    verdicts: Sequence[Verdict],
    lead: Verdict,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    barred: Collection[str] = (),
    named: Collection[str] = (),
) -> Audience:
    return recipients(to_be_raised(verdicts, lead, people, school, policy, barred, named), people)
