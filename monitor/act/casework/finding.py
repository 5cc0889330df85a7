"""A case is found by its number."""

from __future__ import annotations

from alerts.access.knowing import Access
from alerts.ladder.replay import seen_from
from data.cases import Case
from data.errors import InputError
from data.store.engine.connect import Connection
from monitor.config.home.lookup import whole_number
from monitor.home.wiring import Session
from monitor.matters.reader import access_to, found_case


def find_case(con: Connection, session: Session, number: str, *, least: Access = Access.WORDS) -> Case:
    """The case of that number, for somebody who may know at `least` so much of it; “4-2” is case 4 at
    its second place.

    Raises InputError where there is none for them: somebody it may accuse gets the same answer as for a
    number that was never given.
    """
    number, place = without_place(number)
    case, person = found_case(con, whole_number(number)), session.person
    seen = access_to(case, person, session.config) if case else Access.NOTHING
    if case is None or seen is Access.NOTHING:
        raise InputError(f"There is no case {whole_number(number)}. Those there are stand at the desk.")
    if seen < least:
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
