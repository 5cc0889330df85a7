"""Scoring texts for all homes: each text once, wherever it was read."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.heads import TextScorer
from data.errors import SchoolgateError
from data.ids import digest
from data.types import Scores
from monitor.config.settings import ModelSettings
from monitor.fleet.work import ToScore

log = logging.getLogger("schoolgate.fleet")

REMEMBERED = 20_000
"""So many texts' scores one scorer remembers, some 6 MB: a story goes round within hours."""

Remembered = OrderedDict[str, tuple[NDArray[np.float32], bool]]


@dataclass
class Scoring:
    """A worker of `Stage.SCORE`. What it remembers are hashes and numbers, never a text."""

    model: ModelSettings
    _known: Remembered = field(default_factory=OrderedDict)
    _labels: tuple[str, ...] = ()
    _name: str = ""

    @cached_property
    def _scorer(self) -> TextScorer:
        from monitor.pipeline.judges import scorer

        return scorer(self.model)

    def __call__(self, work: ToScore) -> Scores:
        """The scores of these texts, aligned; NaN for one that cannot be scored now.

        Raises what the model raises where it cannot be used at all.
        """
        hashes = [text_key(text) for text in work.texts]
        new = {h: text for h, text in zip(hashes, work.texts, strict=True) if h not in self._known}
        if new:
            self._score(new)
        for h in self._known.keys() & set(hashes):
            self._known.move_to_end(h)
        none = np.full(len(self._labels), np.nan, np.float32), False
        rows = [self._known.get(h, none) for h in hashes]
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        values = np.stack([row for row, _ in rows]) if rows else np.zeros((0, 0), np.float32)
        return Scores(self._labels, values, tuple(cut for _, cut in rows), self._name)

    def _score(self, new: Mapping[str, str]) -> None:
        """Where it fails for all together each is scored by itself; one that cannot be is tried again by
        whoever asks next.
        """
        try:
            self._remember(list(new), self._scorer.score(list(new.values())))
            return
        except Exception as error:  # noqa: BLE001 - a library's own: what fails is found one by one
            log.error("in=score texts=%d fault=%s", len(new), type(error).__name__)
        self._remember([], self._scorer.score([]))
        for key, text in new.items():
            with suppress(Exception):
                self._remember([key], self._scorer.score([text]))

    def _remember(self, hashes: Sequence[str], scores: Scores) -> None:
        self._labels, self._name = scores.labels, scores.model
        for i, h in enumerate(hashes):
            self._known[h] = scores.values[i].copy(), scores.cut(i)


def text_key(text: str) -> str:
    """Stands for a text as the model is given it."""
    return digest("scored", text)


class Wanting(BaseException):
    """Texts that are to be judged have no scores yet. No fault: nothing that keeps one reading's fault from
    the others may take it for one."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        super().__init__()
        self.texts = texts


class GivenScores:
    """A TextScorer that knows the scores it was given. Raises Wanting for texts without."""

    def __init__(self, given: Sequence[tuple[Sequence[str], Scores]]) -> None:
        self._at = {text: (scores, i) for texts, scores in given for i, text in enumerate(texts)}

    def score(self, texts: Sequence[str]) -> Scores:
        """The scores of these texts, aligned."""
        missing = tuple(text for text in texts if text not in self._at)
        if missing:
            raise Wanting(missing)
        rows = [self._at[text] for text in texts]
        if any(np.isnan(scores.values[i]).any() for scores, i in rows):
            raise SchoolgateError("A text could not be scored.")
        first = rows[0][0]
        values = np.stack([scores.values[i] for scores, i in rows])
        return Scores(first.labels, values, tuple(scores.cut(i) for scores, i in rows), first.model)
