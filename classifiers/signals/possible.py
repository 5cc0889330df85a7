"""Which of many patterns a text may match at all, found in one pass, so that most are never tried. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from classifiers.signals.literals import literals


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
