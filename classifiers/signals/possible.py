"""Which of many patterns a text may match at all, found in one pass, so that most are never tried. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from ahocorasick_rs import AhoCorasick, MatchKind

_MOST = 400
_ONE_LETTER = 0.15
_COMMON_WORDS = """
    a about account all an and are as at been day do for get give go got had has have her his i if in is it
    just know like look made me miss mr mrs my no not of on or our out page school see send so still that the
    their them they this to trip us want was we week went were will with year you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_WIDE_ESCAPES = frozenset("wWdDsS")
_SPELT_OUT = {"n": "\n", "t": "\t"}
_NO_WIDTH = frozenset("bBAZ")
_QUANTIFIES = frozenset("?*+{")
_QUANTIFIER = re.compile(r"(\?|\*|\+|\{(\d*),?\d*\})\??")
_GROUP = re.compile(r"\((?:\?(?::|=|!|<=|<!))?")
_PLAIN = re.compile(r"[^\\\[\](){}|.^$?*+]+(?![?*+{])")
"""Letters that stand for themselves, but the one that a quantifier follows."""
_CLASS = re.compile(r"\[(\^?)(\]?(?:\\.|[^\]])*)\]")

_RANGE = re.compile(r"(.)-(.)")


@dataclass(frozen=True, slots=True)
class _Literal:
    """`exact` is everything it can match, if that is little; one of `needed` is in whatever it matches.

    A piece that `repeats` matches one of `exact`, or several in a row.
    """

    exact: frozenset[str] | None = None
    needed: frozenset[str] | None = None
    repeats: bool = False


_EMPTY = _Literal(frozenset(("",)))
_ANYTHING = _Literal()


@lru_cache(maxsize=8)
def literals(pattern: str) -> frozenset[str]:
    """Pieces of which at least one is in every match of the pattern; none where no such pieces are known.

    Raises ValueError on syntax that is not read here.
    """
    piece, _ = _either(pattern, 0)
    found = sorted(_known_letters(piece) or ())
    if not found:
        return frozenset()
    matcher = AhoCorasick(found, matchkind=MatchKind.Standard)
    return frozenset(x for x in found if len(matcher.find_matches_as_indexes(x, overlapping=True)) == 1)


def _known_letters(piece: _Literal) -> frozenset[str] | None:
    if piece.exact is not None:
        return None if "" in piece.exact else piece.exact
    return piece.needed


def _either(pattern: str, at: int) -> tuple[_Literal, int]:
    """The alternatives from `at` up to the end of their group, and where they end."""
    piece, at = _sequence(pattern, at)
    parts = [piece]
    while at < len(pattern) and pattern[at] == "|":
        piece, at = _sequence(pattern, at + 1)
        parts.append(piece)
    if len(parts) == 1:
        return parts[0], at
    known = [_known_letters(part) for part in parts]
    needed = None if None in known else frozenset(x for some in known for x in some or ())
    exact = [part.exact for part in parts]
    if None in exact or any(part.repeats for part in parts):
        return _Literal(needed=needed), at
    return _Literal(frozenset(x for some in exact for x in some or ()), needed), at


def _sequence(pattern: str, at: int) -> tuple[_Literal, int]:
    pieces = []
    while at < len(pattern) and pattern[at] not in "|)":
        piece, at = _atom(pattern, at)
        if pattern[at : at + 1] in _QUANTIFIES and (quantifier := _QUANTIFIER.match(pattern, at)):
            piece, at = _repeat_literal(piece, quantifier), quantifier.end()
        pieces.append(piece)
    return _chain(pieces), at


def _atom(pattern: str, at: int) -> tuple[_Literal, int]:
    if plain := _PLAIN.match(pattern, at):
        return _Literal(frozenset((plain[0],))), plain.end()
    char = pattern[at]
    if char == "(" and (group := _GROUP.match(pattern, at)):
        if pattern.startswith("?", group.end()):
            raise ValueError(f"a group that is not read here: {pattern[at : at + 9]}")
        piece, end = _either(pattern, group.end())
        return piece if group[0] in ("(", "(?:") else _EMPTY, end + 1
    if char == "[" and (chars := _CLASS.match(pattern, at)):
        return _one_of(chars), chars.end()
    if char == "\\":
        return _literal_of_escape(pattern[at + 1]), at + 2
    if char in "^$":
        return _EMPTY, at + 1
    return _ANYTHING if char == "." else _Literal(frozenset(char)), at + 1


def _literal_of_escape(char: str) -> _Literal:
    if char in _NO_WIDTH:
        return _EMPTY
    if char in _WIDE_ESCAPES:
        return _ANYTHING
    if char in _SPELT_OUT:
        return _Literal(frozenset(_SPELT_OUT[char]))
    if char.isalnum():
        raise ValueError(f"an escape that is not read here: {char}")
    return _Literal(frozenset(char))


def _one_of(chars: re.Match[str]) -> _Literal:
    """A class of single characters; with a negation or an escape it may be anything."""
    if chars[1] or "\\" in chars[2]:
        return _ANYTHING
    spread = _RANGE.sub(lambda r: "".join(map(chr, range(ord(r[1]), ord(r[2]) + 1))), chars[2])
    return _Literal(frozenset(spread))


def _repeat_literal(piece: _Literal, quantifier: re.Match[str]) -> _Literal:
    sign, least = quantifier[1], quantifier[2]
    if sign == "?":
        return _Literal(piece.exact | {""}) if piece.exact is not None else _ANYTHING
    if sign == "*" or (least is not None and not int(least or 0)):
        return _ANYTHING
    if sign == "+" and piece.exact is not None:
        return _Literal(piece.exact, repeats=True)
    return _Literal(needed=_known_letters(piece))


def _chain(pieces: list[_Literal]) -> _Literal:
    """Pieces one after another: neighbours that are known exactly are joined while there are few."""
    run, found, whole = frozenset(("",)), [], True
    for piece in pieces:
        if piece.exact is None:
            found += [run, piece.needed or frozenset()]
            run, whole = frozenset(("",)), False
        elif len(run) * len(piece.exact) > _MOST:
            found.append(run)
            run, whole = piece.exact, False
        else:
            run = frozenset(map("".join, product(run, piece.exact)))
        if piece.repeats and piece.exact is not None:
            found.append(run)
            run, whole = piece.exact, False
    if whole:
        return _Literal(run)
    best = min((x for x in (*found, run) if x and "" not in x), key=_chance, default=None)
    return _Literal(needed=best)


def _chance(pieces: frozenset[str]) -> float:
    """Roughly how often one of them occurs in a text by chance; 1 and more is useless."""
    return sum(_ONE_LETTER ** len(x.strip()) if x.strip() not in _COMMON else 1.0 for x in pieces) or 1.0


class PossiblePatterns:
    """One automaton over the pieces of text that the patterns need (`literals`)."""

    def __init__(self, patterns: Iterable[str]) -> None:
        by_piece: dict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for i, pattern in enumerate(patterns):
            pieces = literals(pattern)
            if not pieces:
                self._always.append(i)
            for piece in pieces:
                by_piece[piece].append(i)
        self._matcher = AhoCorasick(list(by_piece), matchkind=MatchKind.Standard, store_patterns=False)
        self._owners = list(by_piece.values())

    def of(self, text: str) -> set[int]:
        """The places, in the order given, of the patterns that may match; the others cannot."""
        found = set(self._always)
        for piece in {hit[0] for hit in self._matcher.find_matches_as_indexes(text, overlapping=True)}:
            found.update(self._owners[piece])
        return found
