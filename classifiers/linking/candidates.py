"""Which schools may a text be about? One automaton over the names of all schools."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from classifiers.linking.bearers import street_of
from classifiers.linking.document import Doc
from classifiers.linking.name_forms import forms
from classifiers.linking.school_profile import touching
from data.register.namesakes import core_of
from data.register.school_names import INSTITUTION, SCHOOLISH, normalise, outward, places_in
from data.types import School

_FEW = 2
_LONG_WORD = 8
_PLACE_WORDS = 4


class Index:
    """Names and places of the given schools; built on first use."""

    def __init__(self, schools: Sequence[School]) -> None:
        self._all = schools

    def candidates(self, padded: str) -> list[str]:
        """URNs of the schools that a text in normal form, padded with blanks, may name; in a fixed order.

        A name shared by more than two schools, or one that is an ordinary phrase, counts only together with a
        place of its bearer.
        """
        hits = _longest(self._automaton.find_matches_as_indexes(padded, overlapping=True))
        if not hits:
            return []
        near: set[int] | None = None
        chosen: set[int] = set()
        for hit in hits:
            bearers, plain = self._bearers[hit]
            if plain or len(bearers) > _FEW:
                near = self._near(padded) if near is None else near
                chosen.update(near.intersection(bearers))
            else:
                chosen.update(bearers)
        return [self._all[i].urn for i in sorted(chosen)]

    @cached_property
    def _table(self) -> dict[str, tuple[list[int], bool]]:
        table: dict[str, tuple[list[int], bool]] = {}
        for i, school in enumerate(self._all):
            for text, plain in _patterns(school):
                bearers, was = table.setdefault(text, ([], plain))
                if not bearers or bearers[-1] != i:
                    bearers.append(i)
                if was and not plain:
                    table[text] = (bearers, False)
        return table

    @cached_property
    def _bearers(self) -> list[tuple[tuple[int, ...], bool]]:
        return [(tuple(found), plain) for found, plain in self._table.values()]

    @cached_property
    def _automaton(self) -> AhoCorasick:
        patterns = [f" {text} " for text in self._table]
        built = AhoCorasick(
            patterns,
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )
        _ = self._bearers
        del self._table
        return built

    @cached_property
    def _places(self) -> dict[str, tuple[int, ...]]:
        places: dict[str, list[int]] = defaultdict(list)
        for i, school in enumerate(self._all):
            own = (school.locality, school.town, school.county, school.local_authority, school.postcode)
            given = (*own, *places_in(school.name))
            for place in {
                normalise(place) for place in (*given, outward(school.postcode), street_of(school))
            }:
                if place and f" {place} " not in f" {core_of(school)} ":
                    places[place].append(i)
        return {place: tuple(found) for place, found in places.items()}

    def _near(self, padded: str) -> set[int]:
        """Schools with one of their places in the text."""
        words = padded.split()
        near: set[int] = set()
        for start, word in enumerate(words):
            if word in self._first_words:
                for stop in range(start + 1, min(start + _PLACE_WORDS, len(words)) + 1):
                    near.update(self._places.get(" ".join(words[start:stop]), ()))
        return near

    @cached_property
    def _first_words(self) -> frozenset[str]:
        return frozenset(place.partition(" ")[0] for place in self._places)


def _longest(found: list[tuple[int, int, int]]) -> set[int]:
    """Those (pattern, start, stop) not inside a longer one: “Park Primary” is not “Hyde Park Primary”."""
    if len(found) < _FEW:
        return {hit for hit, _, _ in found}
    kept: set[int] = set()
    reached = -1
    for hit, _, stop in sorted(found, key=lambda f: (f[1], -f[2])):
        if stop > reached:
            kept.add(hit)
            reached = stop
    return kept


def _patterns(school: School) -> list[tuple[str, bool]]:
    """The forms to look for; True for those that say little alone."""
    found = forms(school)
    kernel = core_of(school)
    patterns = [  # an ordinary phrase has nothing in it that suggests a school; one short word is no name
        (form.text, not set(form.text.split()) & SCHOOLISH)
        for form in found
        if form.code not in ("initials", "core_name")
        or (form.code == "core_name" and (" " in form.text or len(form.text) >= _LONG_WORD))
    ]
    if kernel not in INSTITUTION:
        patterns += [(f"{kernel} {word}", True) for word in ("school", "primary", "academy") if kernel]
    return patterns


class Touch:
    """Which schools have any fact in a text: one automaton over their facts."""

    def __init__(self, schools: Iterable[School]) -> None:
        table: dict[str, set[str]] = defaultdict(set)
        for school in schools:
            for fact in touching(school):
                table[fact].add(school.urn)
        self._urns = list(table.values())
        self._automaton = AhoCorasick(list(table), matchkind=MatchKind.Standard, store_patterns=False)

    def urns(self, doc: Doc) -> set[str]:
        """The schools to examine closely."""
        return set().union(*self._held(doc))

    def few(self, doc: Doc, most: int) -> set[str]:
        """The same of many schools: a fact that more than `most` share counts only together with others."""
        held = self._held(doc)
        shared = Counter(urn for urns in held if len(urns) > most for urn in urns)
        least = 2
        while len([urn for urn, facts in shared.items() if facts >= least]) > most:
            least += 1
        touched = (urn for urn, facts in shared.items() if facts >= least)
        return set(touched).union(*(urns for urns in held if len(urns) <= most))

    def _held(self, doc: Doc) -> list[set[str]]:
        """The schools of each fact in the text."""
        text = f"{doc.both} {doc.raw.lower()}"
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [self._urns[fact] for fact in {fact for fact, _, _ in hits}]
