"""Which schools are set up, and how each is written: facts of the register, and proposals for the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.access.recipients import in_office
from data.errors import InputError
from data.register.namesakes import Register, doubtful_aliases, names_of, propose_aliases, propose_namesakes
from data.register.national_lists import read_register
from data.register.school_names import normalise
from data.register.websites import host, of_many
from data.types import Person, Role, School
from monitor.setup.school_search import line, near_numbers
from monitor.terminal.wording import KEY_OF_OUR_OWN

_LONGEST_KEY = 40
MOST_ASKED = 2
"""So many names are asked for at most, of one school."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A school as it would be written, and the short names that are also a place's or a person's.

    Whether people say those for the school, only the school knows: they are asked for, and else left out.
    """

    school: School
    asked: tuple[str, ...] = ()

    def saying(self, names: Iterable[str]) -> School:
        """The school with those of the names asked for that people do say."""
        said = {name: None for name in (*self.school.aliases, *names)}
        return replace(self.school, aliases=tuple(said))


def alike(found: Sequence[School]) -> list[list[School]]:
    """Those that may be one school in several numbers, by head and postcode both. Ask; never take it."""
    groups: dict[tuple[str | None, str], list[School]] = defaultdict(list)
    for school in found:
        if school.head and school.postcode:
            groups[school.head, school.postcode].append(school)
    return [group for group in groups.values() if len(group) > 1]


def grouped(found: Sequence[School], one: Sequence[Sequence[School]] = ()) -> list[list[School]]:
    """Every school by itself, in their order, but those of a group in `one` together."""
    whole = {school.urn: list(group) for group in one for school in group}
    groups = (whole.get(school.urn, [school]) for school in found)
    return list({group[0].urn: group for group in groups}.values())


def entries(groups: Sequence[Sequence[School]], all_schools: Sequence[School]) -> tuple[Entry, ...]:
    """An entry for each group; aliases and namesakes are worked out against all other schools."""
    register = names_of(all_schools)
    return tuple(_entry(group, all_schools, register) for group in groups)


def headed(schools: Sequence[School], people: Sequence[Person]) -> tuple[School, ...]:
    """The schools with the head that a person has named, in place of the one the register has."""
    return tuple(_headed(school, people) for school in schools)


def _headed(school: School, people: Sequence[Person]) -> School:
    heads = [person.name for person in in_office(school, people, (Role.HEAD,))]
    return replace(school, head=" and ".join(heads)) if heads else school


def _entry(group: Sequence[School], all_schools: Sequence[School], register: Register) -> Entry:
    numbers = tuple(school.urn for school in group)
    known = [_proposed(replace(s, members=numbers if len(group) > 1 else ()), register) for s in group]
    asked = [name for school in known for name in doubtful_aliases(school, register)]
    whole = _united(known) if len(group) > 1 else known[0]
    if len(group) > 1:
        whole = replace(whole, domain=whole.domain or _own_host(group, all_schools))
    return Entry(whole, tuple(dict.fromkeys(asked))[:MOST_ASKED])


def _own_host(group: Sequence[School], all_schools: Sequence[School]) -> str | None:
    """The host that these share and nobody else has."""
    found = {host(school.website) for school in group}
    name = found.pop()
    if found or name is None or of_many(name):
        return None
    numbers = {school.urn for school in group}
    others = (host(s.website) for s in all_schools if name in s.website.lower() and s.urn not in numbers)
    return None if name in others else name


def _proposed(school: School, register: Register) -> School:
    """The school with the aliases people are likely to use and the namesakes the register knows."""
    return replace(
        school,
        aliases=propose_aliases(school, register),
        namesakes=propose_namesakes(school, register),
    )


def _united(schools: Sequence[School]) -> School:
    """One school of several numbers: the first one's facts; the others' names are aliases of it."""
    first, *others = schools
    names = (*first.aliases, *(name for other in others for name in (other.name, *other.aliases)))
    return replace(
        first,
        aliases=tuple(name for name in dict.fromkeys(names) if name != first.name),
        namesakes=tuple(dict.fromkeys(n for school in schools for n in school.namesakes)),
    )


def own_key(name: str) -> str:
    """The key of a school that has no number: `own-oakfield-nursery`."""
    words = "-".join(word for word in normalise(name).split() if word.isascii())
    return f"{KEY_OF_OUR_OWN}{words or 'school'}"[:_LONGEST_KEY].rstrip("-")


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
