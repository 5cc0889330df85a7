"""The right to come to a page of the desk, and to let others in: it shows nobody more of a matter. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.access.offices import DAY_CODE, REPORT_READERS, REPORT_SIGNERS, SAFEGUARDERS, WAYS_IN, hold
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


def keeps_room(person: Person) -> bool:
    """Is the safeguarding room theirs, as far as each matter is?"""
    return hold(person, SAFEGUARDERS)


def reads_reports(person: Person) -> bool:
    """Do they read the governors' reports, or sign them?"""
    return hold(person, (*REPORT_READERS, *REPORT_SIGNERS))
