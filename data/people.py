"""Which people belong to a school. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from data.types import Person, School


def people_of(school: School, people: Iterable[Person]) -> tuple[Person, ...]:
    """Those of every school, of this one, or of one of its members, in their order."""
    keys = {school.urn, *school.members}
    return tuple(p for p in people if not p.urns or keys & set(p.urns))
