"""Find schools of a register by what somebody types: words of name and place, a postcode, a number. Pure.

A school's number is its key in the register (URN, SEED, DE reference), or its DfE number: the authority's
three digits and its own four, as 815/4202, 815-4202 or 8154202.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from functools import cached_property

from data.register.national_lists import SHIPPED, attribution, lists_of, read_register
from data.register.school_names import core, normalise, normalise_all
from data.types import School

MOST = 20
_NEAR_ENOUGH = 80.0
_PARTS = re.compile(r"[\s/.-]")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2})\b", re.IGNORECASE)
_FACTS = operator.attrgetter("name", "street", "locality", "town", "county", "local_authority", "postcode")


def pick_number(schools: Sequence[School], typed: str) -> list[School]:
    """Schools with that number: those whose key it is first, then those whose DfE number it is."""
    number = _PARTS.sub("", typed)
    by_key = [s for s in schools if number and s.urn in (number, typed.strip())]
    return by_key + [s for s in schools if number and s.dfe == number]


def near_numbers(schools: Sequence[School], number: str, limit: int) -> list[School]:
    """Schools whose number differs from it by one digit, or by two that changed places."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    wanted, numbers = _PARTS.sub("", number), ([s.urn for s in schools], [s.dfe for s in schools])
    hits = [process.extract(wanted, n, scorer=OSA.distance, score_cutoff=1, limit=limit) for n in numbers]
    return [schools[at] for found in hits for _number, _distance, at in found][:limit]


class SchoolSearch:
    """A search among the schools of a register. What it compares with is worked out once, at the first."""

    def __init__(self, schools: Sequence[School]) -> None:
        self.schools = schools

    def offer(self, typed: str, limit: int = MOST) -> list[School]:
        """Schools that may be meant, best first: those found, else those near."""
        return self.find(typed, limit) or self.near(typed, limit)

    def find(self, typed: str, limit: int) -> list[School]:
        """Schools whose number it is, else those with all its words in name or address, best first.

        A word may be the beginning of one (“knares”). Those with all of them in their name come first, and of
        them the most like the query; among equals the order of the register holds. An empty query finds
        nothing."""
        wanted = normalise(_POSTCODE.sub(r"\1 \2", typed))
        words = [f" {word}" for word in wanted.split()]
        if (numbered := pick_number(self.schools, typed)) or not words:
            return numbered[:limit]
        from rapidfuzz import fuzz, process

        groups: tuple[list[int], list[int]] = ([], [])
        for n, text in enumerate(self._texts):
            if all(word in text for word in words):
                groups[not all(word in self._names[n] for word in words)].append(n)
        found = list[int]()
        for group in groups:
            places = [self._names[n] + self._towns[n] for n in group]
            best = process.extract(wanted, places, scorer=fuzz.token_sort_ratio, limit=limit)
            found += [group[at] for _name, _score, at in best]
        return [self.schools[n] for n in found[:limit]]

    def near(self, typed: str, limit: int) -> list[School]:
        """Schools of a name or number like it, where none is found: a slip of the pen, a name half known."""
        from rapidfuzz import fuzz, process

        if _PARTS.sub("", typed).isdecimal():
            return near_numbers(self.schools, typed, limit)
        scores = dict[int, float]()
        for names, scorer in ((self._kernels, fuzz.ratio), (self._kernels_in_towns, fuzz.token_set_ratio)):
            hits = process.extract(core(typed), names, scorer=scorer, score_cutoff=_NEAR_ENOUGH, limit=limit)
            for _name, score, at in hits:
                scores[at] = max(score, scores.get(at, 0))
        return [self.schools[at] for at in sorted(scores, key=lambda at: -scores[at])[:limit]]

    @cached_property
    def _texts(self) -> list[str]:
        return _pad_all([" ".join((*_FACTS(school), school.trust or "")) for school in self.schools])

    @cached_property
    def _names(self) -> list[str]:
        return _pad_all([school.name for school in self.schools])

    @cached_property
    def _towns(self) -> list[str]:
        return _pad_all([school.town for school in self.schools])

    @cached_property
    def _kernels(self) -> list[str]:
        return [core(school.name) for school in self.schools]

    @cached_property
    def _kernels_in_towns(self) -> list[str]:
        return list(map("".join, zip(self._kernels, self._towns, strict=True)))


def _pad_all(texts: list[str]) -> list[str]:
    return [f" {text}" for text in normalise_all(texts)]


def shipped_search() -> tuple[SchoolSearch, str]:
    """A search of the register that comes with Schoolgate, and the line to show with what it offers."""
    return SchoolSearch(read_register(SHIPPED)), attribution(lists_of(SHIPPED))


def school_line(school: School) -> str:
    """One school as one line: number, name, place, postcode, authority, DfE number."""
    place = ", ".join(dict.fromkeys(part for part in (school.locality, school.town) if part))
    number = f"DfE {school.dfe[:3]}/{school.dfe[3:]}" if school.dfe else ""
    facts = (school.name, place, school.postcode, school.local_authority, number)
    return f"{school.urn}  " + " · ".join(fact for fact in facts if fact)
