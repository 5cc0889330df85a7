"""Which labelled items belong together, so that no split parts them: pairs, threads, near copies. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from research.evaluation.labelled_items import joined, normal_form

SHINGLE = 3
"""How many words in a row count as a run."""

MANY, SOME, SHARE = 9, 5, 0.15
"""Near copies share so many runs; or so many fewer if they are that share of the shorter text's."""

_COMMON = 60
_MOST_OF_A_THREAD = 40

Item = Mapping[str, Any]


def groups(items: Sequence[Item]) -> list[str]:
    """For each item the smallest id of its group.

    Together are: items of one contrast pair, those under one title of one school (a thread; not a title with
    more than forty, which is a listing), texts of one form, and near copies.
    """
    members: dict[int, str] = {}
    roots = joined(len(items), _together(items))
    for place, item in zip(roots, items, strict=True):
        members[place] = min(members.get(place, str(item["id"])), str(item["id"]))
    return [members[place] for place in roots]


def _together(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    keyed: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if form := normal_form(item["text"]):
            keyed["form", form].append(i)
        if item.get("pair"):
            keyed["pair", item["pair"]].append(i)
        if item["title"]:
            keyed["thread", item["school"], item["title"]].append(i)
    for key, places in keyed.items():
        if key[0] != "thread" or len(places) <= _MOST_OF_A_THREAD:
            yield from ((places[0], other) for other in places[1:])
    yield from _near_copies([_shingles(item["text"]) for item in items])


def _shingles(text: str) -> frozenset[str]:
    words = normal_form(text).split()
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def _near_copies(shingled: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for i, shingles in enumerate(shingled):
        for shingle in shingles:
            holders[shingle].append(i)
    rare = Counter(_pairs(places for places in holders.values() if len(places) <= _COMMON))
    common = {shingle for shingle, places in holders.items() if len(places) > _COMMON}
    beside = [shingles & common for shingles in shingled]
    for (a, b), count in rare.items():
        if beside[a] and beside[b]:
            count += len(beside[a] & beside[b])
        if count >= MANY or (count >= SOME and count >= SHARE * min(len(shingled[a]), len(shingled[b]))):
            yield a, b


def _pairs(places: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    for holders in places:
        yield from combinations(holders, 2)
