"""Other bearers of a name, as far as the register or the configured namesakes say, and its places.

Where neither knows, whether the name is made of words that others bear, and the towns of this country.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from classifiers.linking.document import COMMON_NAMES
from data.register.school_names import INSTITUTION, normalise, outward, places_in, spoken_name
from data.types import Namesake, School


class Gazetteer:
    """The places of the register and the areas in which each of them lies; built at the first question.

    Of other towns of this country it knows the area of their postcodes.
    """

    def __init__(self, schools: Sequence[School]) -> None:
        self._schools = schools

    def __bool__(self) -> bool:
        """Is there a register?"""
        return bool(self._schools)

    def lists(self, school: School) -> bool:
        """Is the school in the register, so that its namesakes are too? Most nurseries are not."""
        return not self._numbers.isdisjoint((school.urn, *school.members))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(school.urn for school in self._schools)

    @cached_property
    def _areas(self) -> dict[str, frozenset[str]]:
        areas: dict[str, set[str]] = defaultdict(set)
        plain = lru_cache(maxsize=None)(normalise)
        for school in self._schools:
            own = {plain(area) for area in _area_names(school)} - {""}
            for place in _names_of(school):
                areas[plain(place)] |= own
        areas.pop("", None)
        return {place: frozenset(found) for place, found in areas.items()}

    def elsewhere(self, place: str, school: School) -> bool | None:
        """Is the place, in normal form, away from the school's own area? None where that is not known.

        A town that the register lacks may be one of our area unless its postcodes begin in another way.
        """
        if (areas := self._areas.get(place)) is not None:
            return not areas & (frozenset(normalise(area) for area in _area_names(school)) - {""})
        theirs = _post_towns().get(place)
        ours = _postcode_areas(school) if theirs else None
        return True if theirs and ours and ours.isdisjoint(theirs) else None


@cache
def _post_towns() -> dict[str, frozenset[str]]:
    """Each town of `post_towns.toml` with the postcode areas that it is in."""
    read = files("classifiers.linking").joinpath("post_towns.toml").read_text(encoding="utf-8")
    towns: dict[str, frozenset[str]] = {}
    for area, listed in tomllib.loads(read).items():
        for town in " ".join(listed.split()).split(", "):
            towns[town] = towns.get(town, frozenset()) | {area.lower()}
    return towns


def _postcode_areas(school: School) -> frozenset[str]:
    """The letters with which its postcode begins; where it has none, those of its town."""
    if area := re.match(r"[a-z]{1,2}(?=\d)", normalise(school.postcode)):
        return frozenset((area[0],))
    places = (normalise(place) for place in (school.town, school.locality))
    return next((areas for place in places if (areas := _post_towns().get(place))), frozenset())


def is_common(name: str, places: Iterable[str]) -> bool:
    """Is it a name that others are likely to bear: made of words that many have, and without its own place?

    So are “St Mary's” and “Little Acorns Nursery”, and a name that only says what it is: “The Academy”.
    `places` are the school's own, in normal form.
    """
    text = normalise(spoken_name(name))
    words = set(text.split()) - INSTITUTION - COMMON_NAMES
    return not any(word.removesuffix("s") not in COMMON_NAMES for word in words) and not any(
        f" {place} " in f" {text} " for place in places
    )


def _area_names(school: School) -> tuple[str, ...]:
    """Council, post town and its district: what a school has in common with the villages around it."""
    return school.local_authority, school.town, outward(school.postcode)


def _names_of(school: School) -> Iterator[str]:
    for given in (school.locality, school.town, school.county, school.local_authority):
        yield from given.split(",")


_SCHOOLS = frozenset({"school", "independent school", "special school", "college", "nursery"})
_SAME_WORD = {"catholic": "rc"}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Another school: the words of its name, and where it is, in normal form."""

    words: frozenset[str]
    places: tuple[str, ...]


def bearers_in_register(schools: Iterable[School]) -> tuple[Bearer, ...]:
    """One for each school of the register."""
    found = []
    for school in schools:
        wide = [*places_in(school.name), school.locality, school.town, school.county, school.local_authority]
        narrow = [street_of(school), school.postcode, outward(school.postcode)]
        found.append(_bearer(school.name, [*narrow, *(part for place in wide for part in place.split(","))]))
    return tuple(found)


def street_of(school: School) -> str:
    """The street without its number."""
    return school.street.split(",")[0].lstrip("0123456789- ")


def bearers_among_namesakes(namesakes: Iterable[Namesake]) -> tuple[Bearer, ...]:
    """One for each namesake that is a school in this country."""
    return tuple(_bearer(n.name, n.place.split(",")) for n in namesakes if n.kind in _SCHOOLS)


def count_bearers(name: str, places: Collection[str], others: Sequence[Bearer]) -> int:
    """Count the schools that may be called `name`, in normal form, and lie in all of `places`, ours included.

    A school may be called by any of the words of its name: “St Mary's Primary” is what people say of
    “St Mary's Catholic Primary School”.
    """
    said = _unite_words(name.split())
    return 1 + sum(
        said <= other.words and all(any(f" {p} " in f" {q} " for q in other.places) for p in places)
        for other in others
    )


def _bearer(name: str, places: Iterable[str]) -> Bearer:
    return Bearer(_words(name), tuple({normalise(place) for place in places} - {""}))


@lru_cache(maxsize=1024)
def _words(name: str) -> frozenset[str]:
    return _unite_words([*normalise(name).split(), "the", "school"])


def _unite_words(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_SAME_WORD.get(word, word) for word in words)
