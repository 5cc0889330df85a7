"""Who reports to whom, and so who may say of criticism that it is not fair comment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from alerts.access.knowing import with_words
from alerts.access.matter import Matter, conflicted, people_here
from alerts.access.offices import ACTS, OFFICE_ABOUT, Concern, above, holders, roles_of
from data.types import Person


def meant(matter: Matter, named: Collection[str], people: Iterable[Person]) -> frozenset[str]:
    """Ids of those it means: `named` in it, accused or aimed at, and whoever holds the office that it is
    about."""
    ids = {*named, *matter.subjects, *matter.threatened}
    office = OFFICE_ABOUT.get(matter.about)
    return frozenset(p.id for p in people_here(matter, people) if p.id in ids or office in p.roles)


def reports_to_one(person: Person, ids: Collection[str], people: Iterable[Person]) -> bool:
    """Does this person report to one of these (ids), directly or through others?"""
    return not above(person.roles).isdisjoint(roles_of(people, ids))


def independent(person: Person, ids: Collection[str], people: Iterable[Person]) -> bool:
    """Is this person neither one of these nor reporting to one?"""
    return person.id not in ids and not reports_to_one(person, ids, people)


def overseers(ids: Collection[str], people: Sequence[Person]) -> tuple[Person, ...]:
    """Who is told that comment on these is to be called something else: the chair, or who stands in."""
    found: tuple[Person, ...] = ()
    for tier in ACTS[Concern.HEAD]:
        found += tuple(p for p in holders(people, *tier) if independent(p, ids, people))
        if any(p.email for p in found):
            break
    return found


def confirmers(matter: Matter, ids: Collection[str], people: Iterable[Person]) -> tuple[Person, ...]:
    """Who may say so, alone or as the second person: whoever reads it, or is told of it, and is independent
    of all whom it means."""
    here = people_here(matter, people)
    told = {p.id for p in (*overseers(ids, here), *with_words(matter, here))}
    free = (p for p in here if independent(p, ids, here) and not conflicted(p, matter, here))
    return tuple(p for p in free if p.id in told)
