"""The features of texts as a sparse matrix, weighed as `classifiers.scoring.ngrams` weighs them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.scoring.ngrams import (
    BLOCKS,
    BUCKETS,
    STEP,
    Ints,
    batches,
    count,
    damp_counts,
    pieces,
    singles,
)


def idf_of(texts: Sequence[str]) -> Ints:
    """For each feature, in sixteenths, how rare it is: 1 + ln((1 + texts) / (1 + those with it))."""
    seen = np.zeros(BUCKETS, np.int64)
    for batch in batches(texts):
        found = count(batch)
        owner, piece = pieces(found.words)
        spread, pick = _spread(owner, found.word, len(found.words))
        every = (
            found.row[spread] * BUCKETS + piece[pick],
            found.row * BUCKETS + singles(found.words)[found.word],
            found.pair_row * BUCKETS + found.pair,
            found.context_row * BUCKETS + found.context,
        )
        np.add.at(seen, np.unique(np.concatenate(every)) % BUCKETS, 1)
    rare: Ints = np.rint(STEP * (1 + np.log((1 + len(texts)) / (1 + seen)))).astype(np.int64)
    return rare


def matrix(texts: Sequence[str], idf: Ints) -> csr_matrix:
    """One row of features per text, as `classifiers.scoring.ngrams` weighs them."""
    blocks, first = [], 0
    for batch in batches(texts):
        for row, feature, value in _entries(batch, idf):
            blocks.append((row + first, feature, value))
        first += len(batch)
    rows, features, values = (np.concatenate(part) for part in zip(*blocks, strict=True))
    found = csr_matrix((values, (rows, features)), shape=(first, BUCKETS))
    found.sum_duplicates()
    return found


def _entries(texts: Sequence[str], idf: Ints) -> list[tuple[Ints, Ints, NDArray[np.float64]]]:
    """(row, feature, value) of a batch: pieces of words, words with their pairs, the line of context."""
    found = count(texts)
    owner, piece = pieces(found.words)
    spread, pick = _spread(owner, found.word, len(found.words))
    times = damp_counts(found.times) / STEP
    alone = singles(found.words)[found.word]
    ones = np.ones(len(found.pair))
    parts = (
        (found.row[spread], piece[pick], times[spread] * idf[piece[pick]]),
        (
            np.concatenate((found.row, found.pair_row)),
            np.concatenate((alone, found.pair)),
            np.concatenate((times * idf[alone], ones * idf[found.pair])),
        ),
        (found.context_row, found.context, idf[found.context].astype(np.float64)),
    )
    return [
        (row, feature, share * value / _length(row, value, len(texts)))
        for share, (row, feature, value) in zip(BLOCKS, parts, strict=True)
    ]


def _length(row: Ints, value: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    length: NDArray[np.float64] = np.sqrt(np.bincount(row, value**2, n))[row]
    return length


def _spread(owner: Ints, word: Ints, n: int) -> tuple[Ints, Ints]:
    """For entries that name words: each entry as often as its word has pieces, and those pieces."""
    starts = np.searchsorted(owner, np.arange(n + 1))
    sizes = np.diff(starts)[word]
    spread = np.repeat(np.arange(len(word)), sizes)
    within = np.arange(len(spread)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return spread, starts[word][spread] + within
