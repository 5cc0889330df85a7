"""A matter has one number, its case's or its alert's: what somebody types is found by either."""

from __future__ import annotations

from alerts.access.knowing import Access
from alerts.ladder.derived_state import seen_from
from data.cases import Case
from data.errors import InputError
from data.people import people_of
from data.store.engine.connect import Connection
from monitor.config.home.lookup import whole_number
from monitor.home.wiring import Session
from monitor.matters.one import alerts_meant, cases_meant
from monitor.matters.reader import access_to, access_to_stories, found_case

RING_FIRST = (
    "If anybody may be in danger, ring 999 and tell whoever leads the school on the day: "
    "this only writes it down."
)


def _meant(con: Connection, session: Session, given: str) -> Case | None:
    """The case that is meant by its own number, else by its alert's; None where there is none that this
    person may know of.

    Raises InputError where an alert has several cases, or none yet.
    """
    case = _known(con, session, whole_number(given))
    if case is not None or not given.strip() or given.strip().startswith("#"):
        return case
    person, config = session.person, session.config
    cases = cases_meant(con, given, lambda found: {c.id: access_to(c, person, config) for c in found})
    if len(cases) > 1:
        raise InputError(
            f"“{given}” is an alert with several cases, or the beginning of several alerts. "
            f"Which case is it? {', '.join(case.id for case in cases[:5])}"
        )
    if not cases:
        _refuse_without_case(con, session, given)
    return cases[0] if cases else None


def _known(con: Connection, session: Session, number: str) -> Case | None:
    case = found_case(con, number)
    known = case is not None and access_to(case, session.person, session.config) > Access.NOTHING
    return case if known else None


def _refuse_without_case(con: Connection, session: Session, given: str) -> None:
    """Raises InputError where it is an alert that this person may know of: it has no case yet."""
    found = alerts_meant(con, given)
    known = access_to_stories(con, session.config, session.person, {a.story_id: a.urn for a in found})
    if told := [a for a, least in found.items() if known.get(a.story_id, Access.NOTHING) >= least]:
        number = told[0].number
        raise InputError(f"There is no case about alert {number} yet. Its page at the desk opens one.")


def find_case(con: Connection, session: Session, number: str, *, reading: bool = True) -> Case:
    """The case of that number, or of its alert, for somebody who may read it; without `reading`, who may know
    its status. “4-2” is case 4 at its second place.

    Raises InputError where there is none for them: somebody it may accuse gets the same answer as for a
    number that was never given.
    """
    number, place = without_place(number)
    case, person = _meant(con, session, number), session.person
    if case is None:
        raise InputError(f"There is no case {whole_number(number)}. Those there are stand at the desk.")
    seen = access_to(case, person, session.config)
    if seen < (Access.WORDS if reading else Access.STATUS):
        raise InputError(f"Case {case.id} is not for {person.id}. {_WHERE_TO_ASK[seen]}")
    return turned(case, place)


def without_place(number: str) -> tuple[str, int]:
    """A number as it was typed, and which place of the case it names: “4-2” is the second of case 4."""
    case, _, place = number.strip().rpartition("-")
    return (case, int(place)) if case and place.isdecimal() else (number, 1)


def turned(case: Case, place: int) -> Case:
    """The case at that place. Raises InputError where it has none of that number."""
    known = [here.n for here in case.places]
    if place not in known:
        there = ", ".join(f"{case.id}-{n}" if n > 1 else case.id for n in known)
        raise InputError(f"Case {case.id} has no place {place}. It has: {there}.")
    return seen_from(case, place) if len(known) > 1 else case


_WHERE_TO_ASK = {
    Access.EXISTS: "It is with the DSL: ask there.",
    Access.STATUS: "Its page at the desk shows its state.",
}


def find_case_in_danger(con: Connection, session: Session, number: str) -> Case:
    """The open case of that number, for anybody at its school, even a subject: to record a 999 call only.

    Raises InputError where there is none; somebody who may not read it is told the same of a closed one.
    """
    number, _ = without_place(number)
    wanted, person, config = whole_number(number), session.person, session.config
    try:
        case = found_case(con, wanted) or _meant(con, session, number)
    except InputError as error:
        raise InputError(f"{error.text} {RING_FIRST}") from None
    school = config.school(case.urn) if case else None
    here = school is not None and bool(people_of(school, [person]))
    shut = case is not None and case.closed_at and access_to(case, person, config) is not Access.WORDS
    if case is None or not here or shut:
        raise InputError(f"There is no open case {wanted}. {RING_FIRST}")
    return case
