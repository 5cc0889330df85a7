"""Whom to ring before anybody reads what was handed in: on the pages that take it, and on the poster."""

from __future__ import annotations

from data.evidence.handed_in import Whom
from data.types import Person, School
from data.words.say import Words
from monitor.act.report_in import to_ring
from monitor.config.load import Config


def ring_lines(
    config: Config, school: School, about: Whom | None, w: Words, me: Person | None = None
) -> list[str]:
    """Whom to ring besides 999, never oneself (`me`); before it is said whom it is about, whom else if it is
    about the first.
    """
    first, other = _leads(config, school, about)
    lines = []
    if first is not None and first != me:
        lines.append(w("desk.tell.ring.then", who=_reach(first)))
    if first is not None and other is not None and other not in (first, me):
        lines.append(w("desk.tell.ring.instead", name=first.name, who=_reach(other)))
    return lines


def without_number(config: Config, school: School) -> list[Person]:
    """Those to be rung whose telephone number the settings do not know."""
    return [person for person in dict.fromkeys(_leads(config, school, None)) if person and not person.phone]


def _leads(config: Config, school: School, about: Whom | None) -> tuple[Person | None, Person | None]:
    first = to_ring(config, school.urn, about)
    return first, to_ring(config, school.urn, Whom.DSL) if about is None else None


def _reach(person: Person) -> str:
    return f"{person.name}, {person.phone}" if person.phone else person.name
