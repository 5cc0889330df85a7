"""Which people belong to a school. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.types import Person, School

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""An address that every mail server accepts: plain letters (no SMTPUTF8), nothing that needs quoting."""


def schools_of(person: Person, schools: Iterable[School]) -> tuple[School, ...]:
    """The schools that somebody belongs to, in their order."""
    return tuple(school for school in schools if people_of(school, (person,)))


def people_of(school: School, people: Iterable[Person]) -> tuple[Person, ...]:
    """The people of every school, of this one, or of one of its members, in their order."""
    keys = {school.urn, *school.members}
    return tuple(p for p in people if not p.urns or keys & set(p.urns))
