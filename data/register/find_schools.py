"""Find schools of a register by what somebody types: words of name and place, a postcode, a number. Pure.

A school's number is its key in the register (URN, SEED, DE reference), or its DfE number: the authority's
three digits and its own four, as 815/4202, 815-4202 or 8154202.
"""

from __future__ import annotations

import heapq
import math
import operator
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from data.register.national_lists import SHIPPED, attribution, lists_of, read_register
from data.register.school_names import normalise, normalise_all
from data.types import School

MOST = 20
_NEAR_ENOUGH = 0.6
"""The share of the typed words' weight that a school must match to be offered."""
_WHOLE, _PART, _SPELT_LIKE = (1.0, 0.9), (0.8, 0.7), 0.65
"""The worth of a match: a whole word, in name or town and elsewhere; its beginning; one spelt like it."""
_SHORT, _LONG = 4, 7
"""A shorter word is not corrected; one as long may have two slips."""
_PARTS = re.compile(r"[\s/.-]")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2})\b", re.IGNORECASE)
_REST = operator.attrgetter("street", "county", "local_authority", "postcode")


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

        A word may be the beginning of one (“knares”), which counts less than a whole one; and a word of name
        or town counts more than one of the rest of the address. Among equals the most like the query come
        first, then the order of the register holds. An empty query finds nothing."""
        wanted = normalise(_POSTCODE.sub(r"\1 \2", typed))
        if (numbered := pick_number(self.schools, typed)) or not wanted:
            return numbered[:limit]
        rarest, *others = sorted(map(self._find_word, wanted.split()), key=len)
        scores = {
            n: have + sum(o[n] for o in others) for n, have in rarest.items() if all(n in o for o in others)
        }
        return self._best(wanted, scores, limit)

    def near(self, typed: str, limit: int) -> list[School]:
        """Schools of a number like it, or with most of its words, where none has all: each word by how few
        schools have it, and one that is spelt like it for less (a slip of the pen, a name half known)."""
        if _PARTS.sub("", typed).isdecimal():
            return near_numbers(self.schools, typed, limit)
        wanted = normalise(typed)
        scores, most = defaultdict[int, float](float), 0.0
        for word in wanted.split():
            found = dict.fromkeys(self._find_spelt_like(word), _SPELT_LIKE) | self._find_word(word)
            weight = math.log(len(self.schools) + 1) - math.log(len(found) + 1)
            most += weight
            for n, have in found.items():
                scores[n] += weight * have
        enough = {n: round(score, 1) for n, score in scores.items() if score >= most * _NEAR_ENOUGH}
        return self._best(wanted, enough, limit)

    def _best(self, wanted: str, scores: Mapping[int, float], limit: int) -> list[School]:
        from rapidfuzz import fuzz

        names = {n: (normalise(self.schools[n].name), self._places[n]) for n in scores}
        like = {n: max(fuzz.token_sort_ratio(wanted, one) for one in both) for n, both in names.items()}
        best = heapq.nsmallest(limit, scores, key=lambda n: (-scores[n], -like[n], n))
        return [self.schools[n] for n in best]

    def _find_word(self, word: str) -> dict[int, float]:
        """Schools that have the word or one that begins so, and how well that fits, 0..1."""
        found = dict[int, float]()
        for (vocabulary, schools), whole, part in zip(self._words, _WHOLE, _PART, strict=True):
            at = bisect_left(vocabulary, word)
            for one in vocabulary[at : bisect_left(vocabulary, f"{word}\uffff", at)]:
                fits = whole if one == word else part
                found |= {n: fits for n in schools[one] if found.get(n, 0) < fits}
        return found

    def _find_spelt_like(self, word: str) -> Iterator[int]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slips = 0 if len(word) < _SHORT else 1 if len(word) < _LONG else 2
        for vocabulary, schools in self._words if slips else ():
            for one, _, _ in process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=slips):
                yield from schools[one]

    @cached_property
    def _words(self) -> tuple[tuple[list[str], Mapping[str, list[int]]], ...]:
        """The words of names and towns, then those of the rest, in order; and which schools have each."""
        rest = normalise_all([" ".join((*_REST(school), school.trust or "")) for school in self.schools])
        made = []
        for texts in (self._places, rest):
            schools = defaultdict[str, list[int]](list)
            for n, text in enumerate(texts):
                for word in dict.fromkeys(text.split()):
                    schools[word].append(n)
            made.append((sorted(schools), schools))
        return tuple(made)

    @cached_property
    def _places(self) -> list[str]:
        return normalise_all([f"{s.name} {s.locality} {s.town}" for s in self.schools])


def shipped_search() -> tuple[SchoolSearch, str]:
    """A search of the register that comes with Schoolgate, and the line to show with what it offers."""
    return SchoolSearch(read_register(SHIPPED)), attribution(lists_of(SHIPPED))


def school_line(school: School) -> str:
    """One school as one line: number, name, place, postcode, authority, DfE number."""
    place = ", ".join(dict.fromkeys(part for part in (school.locality, school.town) if part))
    number = f"DfE {school.dfe[:3]}/{school.dfe[3:]}" if school.dfe else ""
    facts = (school.name, place, school.postcode, school.local_authority, number)
    return f"{school.urn}  " + " · ".join(fact for fact in facts if fact)
