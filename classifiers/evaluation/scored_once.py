"""A scorer that remembers what it was asked: to measure is to ask for the same posts several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from classifiers.scoring.heads import TextScorer
from data.types import Scores


class ScoredOnce:
    """A scorer that remembers: the same items are asked for by the stack and by each half."""

    def __init__(self, scorer: TextScorer) -> None:
        self._scorer = scorer
        self._at: dict[str, int] = {}
        self._known: Scores | None = None

    def score(self, texts: Sequence[str]) -> Scores:
        """One row per text, in their order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._at]
        if new or self._known is None:
            self._known = self._with(self._scorer.score(new))
            self._at |= {text: len(self._at) + i for i, text in enumerate(new)}
        rows, known = [self._at[text] for text in texts], self._known
        return replace(known, values=known.values[rows], truncated=tuple(map(known.cut, rows)))

    def _with(self, more: Scores) -> Scores:
        before = self._known
        if before is None:
            return more
        cut = tuple(s.cut(i) for s in (before, more) for i in range(len(s.values)))
        return replace(more, values=np.concatenate((before.values, more.values)), truncated=cut)
