"""The n-gram member of the cascade: a logistic regression over hashed words and pieces of words, as arrays.

It reads some ten thousand short texts a second. What it surely dismisses need not be read by the network;
of the rest it has an opinion of its own beside the network's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.heads import LABELS, Floats, probabilities
from classifiers.scoring.ngram_features import (
    BUCKETS,
    STEP,
    Counted,
    Ints,
    count,
    damp_counts,
    pieces,
    singles,
)
from classifiers.scoring.windows import MAX_CHARS
from data.errors import ModelMissing

NGRAM_COLUMNS = (*LABELS, "urgent", "removal")
"""What the member answers: the network's labels, and the two pairs of routes that are for acting."""

OPINIONS = {
    "ngram:severity:3": "severity:3", "ngram:severity:4": "severity:4", "ngram:urgent": "urgent",
    "ngram:relevant": "relevant", "ngram:respond": "route:respond", "ngram:removal": "removal",
}  # fmt: skip
"""The columns of `Scores` that hold the member's own opinion, and which of its columns each is."""

GRAVE = ("ngram:severity:3", "ngram:severity:4", "ngram:urgent")
"""The opinions by which something may be grave."""

BLOCKS = (1.0, 1.4, 0.5)
"""How much each block of features counts, of length one by itself: pieces of words, words, context."""

_BATCH_CHARS = 60_000
_WORDS_AT_ONCE = 2_000
_MOST_KNOWN = 20_000

_SHAPE = (BUCKETS, len(NGRAM_COLUMNS))
MEND = "Install Schoolgate again, or train the model anew (⟪docs⟫ model)."
"""What to do about a folder whose files do not belong together."""

Table = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines below which a text is surely dismissed: less likely than `relevant` to be about a school, and
    less than `grave` to be severity 3, severity 4, child protection or police.
    """

    relevant: float
    grave: float

    def dismiss(self, opinions: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
        """Which texts are dismissed, by their probabilities under the names of OPINIONS."""
        grave = np.maximum.reduce([opinions[name] for name in GRAVE])
        dismissed: NDArray[np.bool_] = (opinions["ngram:relevant"] < self.relevant) & (grave < self.grave)
        return dismissed


class Ngrams:
    """The member from its file. Sums are of whole numbers, so a text has one answer in any batch.

    `facts` are what training wrote about it: its data, its settings, its figures. Raises ModelMissing where
    the file answers for other labels.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as read:
            self._table: Table = read["table"]
            self._idf: Ints = read["idf"].astype(np.int64)
            self._scale: Floats = read["scale"]
            self._bias: Floats = read["bias"]
            self.facts: dict[str, Any] = json.loads(bytes(read["facts"]))
        if self._table.shape != _SHAPE:
            raise ModelMissing(f"{path} answers for other labels than Schoolgate asks for. {MEND}")
        self._known: dict[str, int] = {}
        self._sums = np.zeros((0, len(NGRAM_COLUMNS)), np.int32)
        self._squares = np.zeros(0, np.int64)

    def score(self, texts: Sequence[str]) -> Floats:
        """Probabilities by NGRAM_COLUMNS `[n, columns]` of model texts, in order."""
        odds = [self._odds(batch) for batch in batches(texts)]
        logits = np.concatenate(odds) if odds else np.zeros((0, len(NGRAM_COLUMNS)), np.float32)
        return probabilities(logits)

    def _odds(self, texts: Sequence[str]) -> Floats:
        found = count(texts)
        parts = (self._pieces(found, len(texts)), *self._buckets(found, len(texts)))
        sums = sum(
            share * total / np.sqrt(np.maximum(square, 1))[:, None]
            for share, (total, square) in zip(BLOCKS, parts, strict=True)
        )
        return np.asarray(sums * self._scale + self._bias, np.float32)

    def _pieces(self, found: Counted, n: int) -> tuple[Ints, Ints]:
        """Sum of the weights of the pieces of a text's words, and the square of their length."""
        places = self._places(found.words)[found.word]
        times = damp_counts(found.times)
        totals = sum_by_owner(self._sums[places] * times[:, None], found.row, n)
        return totals, sum_by_owner(self._squares[places] * times * times, found.row, n)

    def _buckets(self, found: Counted, n: int) -> Iterator[tuple[Ints, Ints]]:
        """The same for whole words with their pairs, and for the line of context."""
        alone = singles(found.words)[found.word]
        times = damp_counts(found.times)
        words = sum_by_owner(self._table[alone] * times[:, None], found.row, n)
        squares = sum_by_owner((self._idf[alone] * times) ** 2, found.row, n)
        pairs, pair_squares = self._each(found.pair, found.pair_row, n)
        yield words + pairs, squares + pair_squares
        yield self._each(found.context, found.context_row, n)

    def _each(self, buckets: Ints, row: Ints, n: int) -> tuple[Ints, Ints]:
        totals = sum_by_owner(self._table[buckets].astype(np.int64) * STEP, row, n)
        return totals, sum_by_owner((self._idf[buckets] * STEP) ** 2, row, n)

    def _places(self, words: Sequence[str]) -> Ints:
        """Find where the sums over the pieces of each word are; words met before are remembered."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
            self._sums, self._squares = self._sums[:0], self._squares[:0]
        new = [word for word in words if word not in self._known]
        for start in range(0, len(new), _WORDS_AT_ONCE):
            some = new[start : start + _WORDS_AT_ONCE]
            owner, bucket = pieces(some)
            self._known |= {word: len(self._known) + i for i, word in enumerate(some)}
            totals = sum_by_owner(self._table[bucket], owner, len(some)).astype(np.int32)
            self._sums = np.concatenate((self._sums, totals))
            squares = sum_by_owner(self._idf[bucket] ** 2, owner, len(some))
            self._squares = np.concatenate((self._squares, squares))
        return np.fromiter((self._known[word] for word in words), np.int64, len(words))


def opinions(answers: Floats) -> Floats:
    """The columns of OPINIONS, in their order, of what `Ngrams.score` answered."""
    return answers[:, [NGRAM_COLUMNS.index(column) for column in OPINIONS.values()]]


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, some at a time, so that long ones do not need more memory."""
    batch: list[str] = []
    chars = 0
    for text in texts:
        batch.append(text)
        chars += min(len(text), MAX_CHARS)
        if chars >= _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def sum_by_owner(values: NDArray[Any], owner: Ints, n: int) -> Ints:
    """Exact sums of whole numbers by owner, `n` of them; owners are ascending, and some may have none."""
    out = np.zeros((n, *values.shape[1:]), np.int64)
    if len(owner):
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        out[owner[starts]] = np.add.reduceat(values, starts, axis=0, dtype=np.int64)
    return out


def write(path: Path, table: Table, idf: Ints, scale: Floats, bias: Floats, facts: dict[str, Any]) -> None:
    """Writes the member's file; the same arrays give the same bytes."""
    if table.shape != _SHAPE:
        raise ValueError(f"a table of {table.shape}")
    told = np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), np.uint8)
    np.savez_compressed(path, table=table, idf=idf.astype(np.uint8), scale=scale, bias=bias, facts=told)
