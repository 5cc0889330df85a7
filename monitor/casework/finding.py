"""A matter has one number, its case's or its alert's: what somebody types is found by either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.access.knowing import Access
from alerts.instant.number import short_number
from data.errors import InputError
from data.people import people_of
from data.store.alerts import alerts as alert_store
from data.store.cases.one_matter import cases_of_alerts
from monitor.casework.matters import access_to_stories
from monitor.casework.steps import access_to, found_case
from monitor.lookup import whole_number

if TYPE_CHECKING:
    from data.cases import Case
    from data.store.engine.connect import Connection
    from monitor.session import Session


RING_FIRST = (
    "If anybody may be in danger, ring 999 and tell whoever leads the school on the day: "
    "this only writes it down."
)


def number_meant(con: Connection, session: Session, given: str) -> str:
    """The number of the case that is meant by its own number, or by the beginning of its alert's.

    What is the number of a case means that case. Raises InputError where an alert has several cases, or none
    yet; of what this person may not know as of what is not there.
    """
    number = whole_number(given)
    if _known(con, session, number) or given.strip().startswith("#"):
        return number
    beginning = given.strip().lower()
    of_alerts = cases_of_alerts(con, beginning) if beginning else {}
    known = [n for numbers in of_alerts.values() for n in numbers if _known(con, session, n)]
    if len(known) > 1:
        raise InputError(
            f"“{given}” is an alert with several cases, or the beginning of several alerts. "
            f"Which case is it? {', '.join(known[:5])}"
        )
    if not known:
        _refuse_without_case(con, session, beginning)
    return known[0] if known else number


def _known(con: Connection, session: Session, number: str) -> bool:
    case = found_case(con, number)
    return case is not None and access_to(case, session.person, session.config) > Access.NOTHING


def _refuse_without_case(con: Connection, session: Session, beginning: str) -> None:
    """Raises InputError where it is an alert that this person may know of: it has no case yet."""
    found = [
        a for a in alert_store.list_alerts(con, open_only=False) if beginning and a.id.startswith(beginning)
    ]
    known = access_to_stories(con, session.config, session.person, {a.story_id: a.urn for a in found})
    if told := [a for a in found if known.get(a.story_id, Access.NOTHING) > Access.NOTHING]:
        number = short_number(told[0])
        raise InputError(
            f"There is no case about alert {number} yet. "
            f"To open one: schoolgate case open {number} --as {session.person.id}"
        )


def find_case(con: Connection, session: Session, number: str, *, reading: bool = True) -> Case:
    """The case of that number, or of its alert, for somebody who may read it; without `reading`, who may know
    its status.

    Raises InputError where there is none for them: somebody it may accuse gets the same answer as for a
    number that was never given.
    """
    wanted, person = number_meant(con, session, number), session.person
    case = found_case(con, wanted)
    seen = access_to(case, person, session.config) if case else Access.NOTHING
    if case is None or seen is Access.NOTHING:
        raise InputError(
            f"There is no case {wanted}. To see those there are: schoolgate case list --as {person.id}"
        )
    if seen < (Access.WORDS if reading else Access.STATUS):
        raise InputError(f"Case {wanted} is not for {person.id}. {_WHERE_TO_ASK[seen].format(person.id)}")
    return case


_WHERE_TO_ASK = {
    Access.EXISTS: "It is with the DSL: ask there.",
    Access.STATUS: "To see its state: schoolgate case list --as {}",
}


def find_case_in_danger(con: Connection, session: Session, number: str) -> Case:
    """The open case of that number, for anybody at its school, even a subject: to record a 999 call only.

    Raises InputError where there is none; somebody who may not read it is told the same of a closed one.
    """
    wanted, person, config = _in_danger(con, session, number), session.person, session.config
    case = found_case(con, wanted)
    school = config.school(case.urn) if case else None
    here = school is not None and bool(people_of(school, [person]))
    shut = case is not None and case.closed_at and access_to(case, person, config) is not Access.WORDS
    if case is None or not here or shut:
        raise InputError(f"There is no open case {wanted}. {RING_FIRST}")
    return case


def _in_danger(con: Connection, session: Session, given: str) -> str:
    try:
        return number_meant(con, session, given)
    except InputError as error:
        raise InputError(f"{error} {RING_FIRST}") from None
