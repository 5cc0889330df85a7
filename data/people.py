"""Which people belong to a school. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from data.types import Person, School

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""An address that every mail server accepts: plain letters (no SMTPUTF8), nothing that needs quoting."""


def schools_of(person: Person, schools: Iterable[School]) -> tuple[School, ...]:
    """The schools that somebody belongs to, in their order."""
    keys = set(person.urns)
    return tuple(s for s in schools if not keys or s.urn in keys or not keys.isdisjoint(s.members))


def people_of(school: School, people: Iterable[Person]) -> tuple[Person, ...]:
    """The people of every school, of this one, or of one of its members, in their order."""
    keys = {school.urn, *school.members}
    return tuple(p for p in people if not p.urns or keys & set(p.urns))


def find_person(people: Iterable[Person], person_id: str | None) -> Person | None:
    """The person of that id; None where they are none of these."""
    return next((p for p in people if p.id == person_id), None)


def away(people: Iterable[Person], now: datetime) -> frozenset[str]:
    """Ids of those of them who are away at that time."""
    return frozenset(p.id for p in people if p.away_until is not None and now < p.away_until)


class PeopleBySchool:
    """People of each school, made once, at the first use, with each answer kept."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people = tuple(people)
        self._kept: dict[frozenset[str], tuple[Person, ...]] = {}

    def of(self, school: School) -> tuple[Person, ...]:
        """Return the same as `people_of`; the same tuple each time."""
        return self.at(frozenset((school.urn, *school.members)))

    def at(self, keys: frozenset[str]) -> tuple[Person, ...]:
        """Those of the school with these keys, its own and its members'; the same tuple each time."""
        if keys not in self._kept:
            here = sorted({i for key in ("", *keys) for i in self._places.get(key, ())})
            self._kept[keys] = tuple(self._people[i] for i in here)
        return self._kept[keys]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The places in the list of those of a URN; those of every school under an empty one."""
        found = defaultdict(list)
        for i, person in enumerate(self._people):
            for urn in person.urns or ("",):
                found[urn].append(i)
        return found
