"""Which schools are set up, and how each is written: facts of the register, and proposals for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from data.errors import InputError
from data.register.namesakes import propose_aliases, propose_namesakes
from data.register.national_lists import read_register
from data.types import School
from monitor.setup.school_search import line, near_numbers


def entries(found: Sequence[School], one: bool, all_schools: Sequence[School]) -> tuple[School, ...]:
    """The entries with proposals; `one` makes a single school of all that was found."""
    numbers = {school.urn for school in found} if one else set()
    others = [school for school in all_schools if school.urn not in numbers]
    schools = [_proposed(school, others) for school in found]
    return (_united(schools),) if one else tuple(schools)


def _proposed(school: School, register: Sequence[School]) -> School:
    """The school with the aliases people are likely to use and the namesakes the register knows."""
    others = [other for other in register if other.urn != school.urn]
    return replace(
        school,
        aliases=propose_aliases(school, others),
        namesakes=propose_namesakes(school, others),
    )


def _united(schools: Sequence[School]) -> School:
    """One school of several numbers: the first one's facts; the others' names are aliases of it."""
    first, *others = schools
    names = (*first.aliases, *(name for other in others for name in (other.name, *other.aliases)))
    return replace(
        first,
        members=tuple(school.urn for school in schools),
        aliases=tuple(name for name in dict.fromkeys(names) if name != first.name),
        namesakes=tuple(dict.fromkeys(n for school in schools for n in school.namesakes)),
    )


def look_up(urns: Sequence[str], all_schools: Sequence[School], register: Path) -> list[School]:
    """The schools of these numbers, each once, in that order.

    Raises InputError for the first that is missing: closed, or perhaps another number was meant.
    """
    known = {school.urn: school for school in all_schools}
    for urn in urns:
        if urn not in known:
            raise InputError(_not_there(urn, all_schools, register))
    return [known[urn] for urn in dict.fromkeys(urns)]


def _not_there(urn: str, all_schools: Sequence[School], register: Path) -> str:
    closed = next((s for s in read_register(register, closed=True) if s.urn == urn), None)
    if closed:
        return (
            f"URN {urn} is closed, or not open yet, in {register.name}: {line(closed)}. A school that became "
            f"an academy has a new number. To find it: schoolgate schools find {closed.name!r}"
        )
    near = "; ".join(line(school) for school in near_numbers(all_schools, urn, 3))
    hint = f" One digit away: {near}." if near else ""
    return f"URN {urn} is not in {register.name}.{hint} To find a school: schoolgate schools find WORDS"
