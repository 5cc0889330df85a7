"""Who lets others in at the desk and who shuts them out: nobody learns more of a matter by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.access.offices import DAY_CODE, WAYS_IN, hold
from data.people import schools_of
from data.types import Person, School


def looks_after_ways_in(person: Person) -> bool:
    """Do they let others in while mail is down, and end what is open on a lost telephone?"""
    return hold(person, WAYS_IN)


def looks_after_ways_of(by: Person, person: Person, schools: Iterable[School]) -> bool:
    """Do they so for this person, at a school of both?"""
    here = schools_of(by, schools)
    return looks_after_ways_in(by) and any(s in here for s in schools_of(person, schools))


def gives_day_code(person: Person) -> bool:
    """Do they tell others the code of the day?"""
    return hold(person, DAY_CODE)
