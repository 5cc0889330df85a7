"""Other bearers of a name, as far as the register or the configured namesakes say, and its places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from data.register.school_names import normalise, outward, places_in
from data.types import Namesake, School


class Gazetteer:
    """The places of the register and the areas in which each of them lies; built at the first question."""

    def __init__(self, schools: Sequence[School]) -> None:
        self._schools = schools

    def __bool__(self) -> bool:
        return bool(self._schools)

    @cached_property
    def _areas(self) -> dict[str, frozenset[str]]:
        areas: dict[str, set[str]] = defaultdict(set)
        plain = lru_cache(maxsize=None)(normalise)
        for school in self._schools:
            own = {plain(area) for area in _area_names(school)} - {""}
            for place in _named(school):
                areas[plain(place)] |= own
        areas.pop("", None)
        return {place: frozenset(found) for place, found in areas.items()}

    def elsewhere(self, place: str, school: School) -> bool | None:
        """Is the place, in normal form, away from the school's own area? None where it is not known."""
        areas = self._areas.get(place)
        return None if areas is None else not areas & _areas(school)


def _areas(school: School) -> frozenset[str]:
    return frozenset(normalise(area) for area in _area_names(school)) - {""}


def _area_names(school: School) -> tuple[str, ...]:
    """Council, post town and its district: what a school has in common with the villages around it."""
    return school.local_authority, school.town, outward(school.postcode)


def _named(school: School) -> Iterator[str]:
    for given in (school.locality, school.town, school.county, school.local_authority):
        yield from given.split(",")


_SCHOOLS = frozenset({"school", "independent school", "special school", "college", "nursery"})
_SAME_WORD = {"catholic": "rc"}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Another school: the words of its name, and where it is, in normal form."""

    words: frozenset[str]
    places: tuple[str, ...]


def of_register(schools: Iterable[School]) -> tuple[Bearer, ...]:
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


def of_namesakes(namesakes: Iterable[Namesake]) -> tuple[Bearer, ...]:
    """One for each namesake that is a school in this country."""
    return tuple(_bearer(n.name, n.place.split(",")) for n in namesakes if n.kind in _SCHOOLS)


def how_many(name: str, places: Collection[str], others: Sequence[Bearer]) -> int:
    """How many schools may be called `name`, in normal form, and lie in all of `places`, ours included.

    A school may be called by any of the words of its name: “St Mary's Primary” is what people say of
    “St Mary's Catholic Primary School”.
    """
    said = _united(name.split())
    return 1 + sum(said <= other.words and all(p in other.places for p in places) for other in others)


def _bearer(name: str, places: Iterable[str]) -> Bearer:
    return Bearer(_words(name), tuple({normalise(place) for place in places} - {""}))


@lru_cache(maxsize=1024)
def _words(name: str) -> frozenset[str]:
    return _united([*normalise(name).split(), "the", "school"])


def _united(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_SAME_WORD.get(word, word) for word in words)
