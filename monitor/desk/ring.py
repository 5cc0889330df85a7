"""Whom to ring before anybody reads what was handed in: on the pages that take it, on that of whoever is
threatened, and on the poster."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.access.offices import gives_day_code, rung_as
from data.evidence.handed_in import Whom
from data.types import Person, School
from data.words.say import Words
from monitor.act.report_in import to_ring
from monitor.config.load import Config


@dataclass(frozen=True, slots=True)
class ToRing:
    """One line: what it says, and the number to ring, "" where none is known."""

    said: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.said}, {self.number}" if self.number else self.said

    @property
    def dialled(self) -> str:
        """What a telephone dials, "" where the number is none by itself (“extension 204”)."""
        found = re.sub(r"[\s()./-]", "", self.number)
        return found if re.fullmatch(r"\+?\d{6,15}", found) else ""


def ring_lines(
    config: Config,
    school: School,
    about: Whom | None,
    w: Words,
    me: Person | None = None,
    *,
    named: bool = True,
) -> list[ToRing]:
    """Whom to ring besides 999, never oneself (`me`), by office, number and, unless not `named`, name; before
    it is said whom it is about, whom else if it is about the first.
    """
    first, other = _leads(config, school, about, me)
    asks_office = me is None or not gives_day_code(me)  # those who do may be the office
    lines = []
    if first is not None:
        lines.append(_line("then", first, w, named=named, asks_office=asks_office))
    if first is not None and other is not None and other != first:
        lines.append(_line("instead", other, w, named=named, asks_office=asks_office))
    return lines


def _leads(
    config: Config, school: School, about: Whom | None, me: Person | None
) -> tuple[Person | None, Person | None]:
    first = to_ring(config, school.urn, about, me)
    return first, to_ring(config, school.urn, Whom.DSL, me) if about is None else None


def _line(key: str, person: Person, w: Words, *, named: bool, asks_office: bool) -> ToRing:
    office = w(f"digest.who.{rung_as(person).value}")
    office = office if office[1:2].isupper() else office[:1].lower() + office[1:]
    who = [
        office,
        *([person.name] if named else []),
        *([w("desk.tell.ring.no_number")] if asks_office and not person.phone else []),
    ]
    return ToRing(w(f"desk.tell.ring.{key}", who=", ".join(who)), person.phone or "")
