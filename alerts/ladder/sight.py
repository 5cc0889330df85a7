"""Who may see a case, and who may read it: asked of `alerts.access`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, conflicted, matter_of_case
from alerts.access.offices import OFFICE_ABOUT as MEANT
from alerts.access.offices import OFFICERS as OFFICES
from alerts.access.offices import office_of_subject as meant
from alerts.access.reading import reads
from data.cases import Case
from data.types import Person, Role, School

__all__ = ["MEANT", "OFFICES", "kept_out", "lead_kept_out", "may_read", "may_see", "meant"]


def _matter(case: Case, person: Person) -> Matter:
    return matter_of_case(case, School(case.urn, "", members=person.urns))


def may_see(case: Case, person: Person, people: Collection[Person] = ()) -> bool:
    return access(person, _matter(case, person), people) >= Access.STATUS


def may_read(case: Case, person: Person, people: Collection[Person] = ()) -> bool:
    if not people:
        return reads(person, _matter(case, person), people)
    return access(person, _matter(case, person), people) is Access.WORDS


def kept_out(case: Case, person: Person) -> bool:
    return conflicted(person, _matter(case, person))


def lead_kept_out(case: Case, people: Iterable[Person]) -> bool:
    leads = [p for p in people if Role.DSL in p.roles]
    return bool(leads) and all(kept_out(case, p) for p in leads)
