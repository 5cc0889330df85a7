"""What part somebody has in a matter: the same matter asks each for something else. Pure."""

from __future__ import annotations

from alerts.access.matter import Matter
from alerts.access.offices import ADULTS_OF_THE_SCHOOL
from data.matters import ReaderPart as ReaderPart
from data.types import Person


def part_of(person: Person | None, matter: Matter) -> ReaderPart:
    """The part of this person, None where nobody is named. A target who comes first must act all the same."""
    if person is None:
        return ReaderPart.OTHER
    if person.id in matter.told:
        return ReaderPart.ASKS if _somebody_else_is_asked(person, matter) else ReaderPart.ACTS
    return ReaderPart.TARGET if person.id in matter.threatened else ReaderPart.OTHER


def _somebody_else_is_asked(person: Person, matter: Matter) -> bool:
    """Is it aimed at an adult of the school who is not this person? Nobody is asked for children or the
    site."""
    if matter.threatened:
        return person.id not in matter.threatened
    return matter.about in ADULTS_OF_THE_SCHOOL
