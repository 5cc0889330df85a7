"""Suggestions for a school's configuration: short forms people use, and other schools with its name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.register.school_names import (
    WORDS,
    core,
    is_street,
    normalise,
    normalise_all,
    outward,
    places_in,
    separate_names,
    spoken_name,
    words_of,
)
from data.types import Namesake, School

_MOST = 12
_SELECTIVE = frozenset({"grammar", "high", "college", "academy"})
_LEVELS = ("Primary", "Junior", "Infant", "High", "Grammar", "Comprehensive", "Academy", "College")
_COMMON = 5
_TITLED = re.compile(
    r"(?:sir|dame|lord|lady|king|queen|prince|princess|duke|earl|bishop|archbishop|cardinal|pope|father|sister|"
    r"canon|dr|captain|admiral|blessed|venerable|st) (?!.*\bs\b)\w"
)
_OWNED = re.compile(r"['’]s?(?=\s|$)")
_FIRST_NAMES, _LAND = words_of(WORDS["first_names"]), words_of(WORDS["land"])


@dataclass(frozen=True, slots=True)
class Register:
    """The names in a register, worked out once: who has one, and what else it is the name of.

    All in normal form: `bearers` by the core of their names; `places` are its towns, villages, counties and
    authorities; `people` its heads, `first_names` those that several of them have."""

    bearers: Mapping[str, tuple[School, ...]]
    places: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    first_names: frozenset[str] = _FIRST_NAMES


def register_of_names(schools: Iterable[School]) -> Register:
    """Return the names in a register. Takes about a second for all schools of England."""
    bearers: dict[str, list[School]] = defaultdict(list)
    places: set[str] = set()
    heads: set[str] = set()
    for school in schools:
        bearers[core_of(school)].append(school)
        places.update((school.locality, school.town, school.county, school.local_authority))
        heads.update(separate_names(school.head))
    people = [_strip_title(name) for name in normalise_all(sorted(heads))]
    often = Counter(name.split()[0] for name in people if " " in name)
    return Register(
        bearers={name: tuple(found) for name, found in bearers.items()},
        places=frozenset(normalise_all(sorted(p for p in places if p and not is_street(p)))),
        people=frozenset(people),
        first_names=_FIRST_NAMES | {name for name, n in often.items() if n >= _COMMON and len(name) > 2},
    )


NOTHING_KNOWN = Register({})


def propose_aliases(school: School, register: Register = NOTHING_KNOWN) -> tuple[str, ...]:
    """Short forms people are likely to write, likeliest first, none equal to the name.

    The spoken name without its denomination (“Basildon Primary”), with the place (“St Mary's Thornbeck”), and
    the initials of a grammar school, high school, college or academy of three words or more. A bare core of
    several words is suggested only where no other school of the register has it, and it is nobody's and no
    place's name: those are `doubtful_aliases`."""
    name = name_without_place(school)
    kernel = spoken_core(name)
    if not kernel:
        return ()
    given = (*places_in(school.name), school.locality, school.town)
    place = next((p for p in given if p and not is_street(p)), "")
    level = next((word for word in _LEVELS if word.lower() in normalise(name).split()), "")
    proposed = [f"{kernel} {level}"] if level else []
    if level == "Comprehensive":
        proposed += [f"{kernel} School", f"{kernel} Comp"]
    text = normalise(kernel)
    if place and normalise(place) not in text and text not in normalise(place):
        proposed.append(f"{kernel} {place}")
    if _is_alone(school, register) and not _somebody_or_somewhere(kernel, school, register):
        proposed.append(kernel)
    words = normalise(name).removeprefix("the ").split()
    if len(words) >= 3 and set(words) & _SELECTIVE and "primary" not in words:
        initials = "".join(word[0] for word in words).upper()
        if 3 <= len(initials) <= 6:
            proposed.append(f"{initials} {place}".strip())
    known = {normalise(school.name)}
    return tuple(p for p in dict.fromkeys(proposed) if normalise(p) not in known)


def doubtful_aliases(school: School, register: Register = NOTHING_KNOWN) -> tuple[str, ...]:
    """The bare core of the name, where it is a place's or a person's too: to be asked for."""
    kernel = spoken_core(name_without_place(school))
    if not kernel or normalise(kernel) == normalise(school.name) or not _is_alone(school, register):
        return ()
    return (kernel,) if _somebody_or_somewhere(kernel, school, register) else ()


def propose_namesakes(school: School, register: Register) -> tuple[Namesake, ...]:
    """Other schools with the same core, at most twelve: nearest first, then most similar in name."""
    others = _find_others(school, register)
    others.sort(
        key=lambda other: (-_nearness(school, other), normalise(other.name) != normalise(school.name))
    )
    return tuple(Namesake(other.name, place_of_school(other)) for other in others[:_MOST])


def place_of_school(school: School) -> str:
    """Return “Upper Basildon, Reading, Berkshire”: the narrowest place first, without repeats."""
    parts = (school.locality, school.town, school.county or school.local_authority)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def name_without_place(school: School) -> str:
    """Return its name as it is said, without its place where that stands first or last, or in brackets."""
    return spoken_name(school.name, (school.locality, school.town))


def core_of(school: School) -> str:
    """The core of the name as it is said: what bearers of one name have in common."""
    return core(name_without_place(school))


def spoken_core(name: str) -> str:
    """The core of a name as it is written there: “St Mary's” of “St Mary's C of E Primary School”."""
    words = spoken_name(name).split()
    wanted = core(name)
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            text = " ".join(words[start:stop])
            if normalise(text) == wanted:
                return text
    return ""


def _find_others(school: School, register: Register) -> list[School]:
    own = {school.urn, *school.members}
    return [other for other in register.bearers.get(core_of(school), ()) if other.urn not in own]


def _is_alone(school: School, register: Register) -> bool:
    return " " in core_of(school) and not _find_others(school, register)


def _somebody_or_somewhere(kernel: str, school: School, register: Register) -> bool:
    text = normalise(kernel)
    own = {normalise(p) for p in (school.locality, school.town, school.county, school.local_authority)}
    return text in register.places or text in own or is_street(kernel) or _is_person(kernel, register)


def _is_person(kernel: str, register: Register) -> bool:
    """“Sir Isaac Newton”, “Ada Example”; but no “St Mary's”, which is how people name a school."""
    text = normalise(kernel)
    if text in register.people:
        return True
    if _OWNED.search(kernel):
        return False
    first, *_, last = text.split()
    return bool(_TITLED.match(text)) or (first in register.first_names and last not in _LAND)


def _strip_title(name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if first in ("mr", "mrs", "miss", "ms", "mx", "dr", "rev", "sir", "dame", "prof") else name


def _nearness(one: School, other: School) -> int:
    """0..15: the same district, town, authority, county, in that order of weight."""
    area = outward(one.postcode).rstrip("0123456789")
    pairs = (
        (outward(one.postcode), outward(other.postcode), 8),
        (one.town, other.town, 4),
        (one.local_authority, other.local_authority, 2),
        (area, outward(other.postcode).rstrip("0123456789"), 1),
    )
    return sum(weight for mine, theirs, weight in pairs if mine and mine == theirs)
