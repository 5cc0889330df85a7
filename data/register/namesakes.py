"""Suggestions for a school's configuration: short forms people use, and other schools with its name."""

from __future__ import annotations

from collections.abc import Sequence

from data.register.school_names import core, normalise, outward
from data.types import Namesake, School

_MOST = 12
_SELECTIVE = frozenset({"grammar", "high", "college", "academy"})
_LEVELS = ("Primary", "Junior", "Infant", "High", "Grammar", "Academy", "College")


def propose_aliases(school: School, register: Sequence[School] = ()) -> tuple[str, ...]:
    """Short forms people are likely to write, likeliest first, none equal to the name.

    The spoken name without its denomination (“Basildon Primary”), with the place (“St Mary's Thornbeck”), and
    the initials of a grammar school, high school, college or academy of three words or more. A bare core of
    one ordinary word is suggested only where no other school in `register` has it.
    """
    kernel = spoken_core(school.name)
    if not kernel:
        return ()
    place = school.locality or school.town
    level = next((word for word in _LEVELS if word.lower() in normalise(school.name).split()), "")
    proposed = [f"{kernel} {level}"] if level else []
    if place and normalise(place) not in normalise(kernel):
        proposed.append(f"{kernel} {place}")
    if _alone(school, register):
        proposed.append(kernel)
    words = normalise(school.name).removeprefix("the ").split()
    if len(words) >= 3 and set(words) & _SELECTIVE and "primary" not in words:
        initials = "".join(word[0] for word in words).upper()
        if 3 <= len(initials) <= 6:
            proposed.append(f"{initials} {place}".strip())
    known = {normalise(school.name)}
    return tuple(p for p in dict.fromkeys(proposed) if normalise(p) not in known)


def propose_namesakes(school: School, register: Sequence[School]) -> tuple[Namesake, ...]:
    """Other schools with the same core, at most twelve: nearest first, then most similar in name."""
    own = {school.urn, *school.members}
    kernel = core(school.name)
    others = [other for other in register if other.urn not in own and core(other.name) == kernel]
    others.sort(
        key=lambda other: (-_nearness(school, other), normalise(other.name) != normalise(school.name))
    )
    return tuple(Namesake(other.name, place_of(other)) for other in others[:_MOST])


def place_of(school: School) -> str:
    """“Upper Basildon, Reading, Berkshire”: the narrowest place first, without repeats."""
    parts = (school.locality, school.town, school.county or school.local_authority)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def spoken_core(name: str) -> str:
    """The core of a name as it is written there: “St Mary's” of “St Mary's C of E Primary School”."""
    words = name.split(",")[0].split()
    wanted = core(name)
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            text = " ".join(words[start:stop])
            if normalise(text) == wanted:
                return text
    return ""


def _alone(school: School, register: Sequence[School]) -> bool:
    kernel = core(school.name)
    covered = {school.urn, *school.members}
    return " " in kernel and not any(core(o.name) == kernel and o.urn not in covered for o in register)


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
