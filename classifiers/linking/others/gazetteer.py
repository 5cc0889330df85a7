"""The places of the register, and which of them lie near a school."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from classifiers.linking.name_forms import normalise, outward
from data.types import School


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
