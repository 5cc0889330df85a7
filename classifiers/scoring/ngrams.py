"""The n-gram member: a logistic regression over hashed words and pieces of words, as arrays.

It reads some ten thousand short texts a second: a second opinion beside the network's.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.network import LABELS, MAX_CHARS, Floats, probabilities
from classifiers.text.model_text import CONTEXT_END
from classifiers.text.words import undisguise
from data.errors import ModelMissing

# What it sees of a text: hashed words, pairs and pieces of words, made by the same functions in training and
# in scoring. A feature is a number below BUCKETS, the same on every machine. Neutral words that tell when it
# is, or who somebody is, are all read as one, so that none of them weighs more than another.

BUCKETS = 1 << 17
GRAMS = (2, 3, 4, 5)
"""The lengths of the pieces of a word, counted with a blank before and after it."""

MAX_WORD_CHARS = 40
MOST_TIMES = 64

STEP = 16
"""Weights of features are whole sixteenths, so that sums are exact in any order."""

Ints = NDArray[np.int64]
T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[?!]")
_PIECE, _SINGLE, _PAIR, _CONTEXT = (np.uint64(2 * n + 1) for n in range(0x5EED, 0x5EED + 4))
_RADIX = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - BUCKETS.bit_length() + 1)
_HALF = np.uint64(29)


def _alike(stand_in: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), stand_in)


_ALIKE = {
    **_alike("someday", """
        today tonight tomorrow yesterday tmrw tmr tomoz 2moro 2nite tonite monday tuesday wednesday thursday
        friday saturday sunday mon tue tues wed thur thurs fri weekend
    """),
    **_alike("somebody", """
        gay lesbian bisexual bi straight trans transgender queer lgbt lgbtq nonbinary
        muslim muslims islam islamic christian christians catholic catholics protestant jewish jew jews hindu
        hindus sikh sikhs buddhist buddhists atheist
        black white asian african caribbean arab roma gypsy traveller travellers british english irish welsh
        scottish polish romanian bulgarian lithuanian ukrainian russian albanian portuguese spanish italian
        french german turkish kurdish syrian iraqi iranian afghan indian pakistani bangladeshi chinese somali
        nigerian ghanaian american
        autistic autism adhd dyslexic dyspraxic epileptic diabetic deaf blind disabled downs down's wheelchair
    """),
}  # fmt: skip


class Counted(NamedTuple):
    """The features of some texts. Rows are ascending, and within one row nothing is named twice. `words` are
    the distinct words of all; `word` points into them and `times` says how often a text has it. `pair` and
    `context` are buckets of word pairs and of what stands in the line of context."""

    words: list[str]
    row: Ints
    word: Ints
    times: Ints
    pair_row: Ints
    pair: Ints
    context_row: Ints
    context: Ints


def count(texts: Sequence[str]) -> Counted:
    """The features of model texts (`classifiers.text.model_text`), disguised words undone and as they are."""
    index: dict[str, int] = {}
    said: list[list[int]] = []
    tallies: list[dict[int, int]] = []
    headings: list[list[str]] = []
    for text in texts:
        heading, _, body = text.partition(CONTEXT_END) if CONTEXT_END in text else ("", "", text)
        meant, hidden = _split_disguised(body[:MAX_CHARS])
        read = [index.setdefault(word, len(index)) for word in meant]
        unseen = [index.setdefault(word, len(index)) for word in hidden]
        said.append(read)
        tallies.append(dict(Counter(read)) | dict.fromkeys(unseen, 1))
        # Family of the channel, stars, the words of the title, and whether anything is disguised
        family, *rest = heading.split(" | ")
        stars = [part for part in rest[:1] if part.endswith(" of 5 stars")]
        title = _words(" | ".join(rest[len(stars) :]).lower())
        told = [f"|{part}" for part in (family, *stars)] + ["|disguised"] * bool(hidden)
        headings.append(list(dict.fromkeys([*told, *title])))
    words = list(index)
    row, word = _flat(tallies)
    context_row, context = _flat(headings)
    return Counted(
        words,
        row,
        np.fromiter(word, np.int64, len(row)),
        np.fromiter((min(n, MOST_TIMES) for tally in tallies for n in tally.values()), np.int64, len(row)),
        *_pairs(words, said),
        context_row,
        _bucket(_hashes(context), _CONTEXT),
    )


def _flat(lists: Sequence[Collection[T]]) -> tuple[Ints, Iterator[T]]:
    """All entries of the lists, and before them the number of the list of each."""
    return np.repeat(np.arange(len(lists)), [len(one) for one in lists]), chain.from_iterable(lists)


def singles(words: Sequence[str]) -> Ints:
    """The bucket of each word by itself."""
    return _bucket(_hashes(words), _SINGLE)


def pieces(words: Sequence[str]) -> tuple[Ints, Ints]:
    """(word, bucket) of every piece of every word, words ascending: runs of GRAMS letters."""
    letters = np.frombuffer(
        "".join(f" {word} " for word in words).encode("utf-32-le", "surrogatepass"), "<u4"
    )
    owner = np.repeat(np.arange(len(words)), [len(word) + 2 for word in words])
    rolled = letters.astype(np.uint64)
    found, owners = [], []
    for n in range(2, max(GRAMS) + 1):
        rolled = rolled[:-1] * _RADIX + letters[n - 1 :].astype(np.uint64) + np.uint64(n)
        whole = owner[: len(rolled)] == owner[n - 1 :]
        if n in GRAMS:
            found.append(_bucket(rolled[whole], _PIECE))
            owners.append(owner[: len(rolled)][whole])
    order = np.argsort(np.concatenate(owners), kind="stable")
    return np.concatenate(owners)[order], np.concatenate(found)[order]


def damp_counts(times: Ints) -> Ints:
    """Damp how much a word counts that is there so often, in sixteenths: 1 + ln(times)."""
    return _DAMPED[times]


_DAMPED = np.asarray([0] + [round(STEP * (1 + math.log(n))) for n in range(1, MOST_TIMES + 1)], np.int64)


def _split_disguised(body: str) -> tuple[list[str], list[str]]:
    """The words as they are meant, and those that were disguised as they stand there."""
    plain, meant = body.lower(), undisguise(body).text
    said = _words(meant)
    if plain == meant:
        return said, []
    known = set(said)
    return said, [word for word in dict.fromkeys(_words(plain)) if word not in known]


def _words(text: str) -> list[str]:
    return [_ALIKE.get(word, word)[:MAX_WORD_CHARS] for word in _WORD.findall(text)]


def _pairs(words: Sequence[str], said: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """(row, bucket) of each pair of neighbouring words, once a text."""
    row, read = _flat(said)
    hashes = _hashes(words)[np.fromiter(read, np.int64, len(row))]
    together = row[:-1] == row[1:]
    mixed = hashes[:-1] * _RADIX + (hashes[1:] ^ (hashes[1:] << _HALF))
    keys = np.unique(row[:-1][together] * BUCKETS + _bucket(mixed[together], _PAIR))
    return keys // BUCKETS, keys % BUCKETS


def _hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    return np.fromiter((crc32(word.encode("utf-8", "surrogatepass")) for word in words), np.uint64)


def _bucket(hashes: NDArray[np.uint64], kind: np.uint64) -> Ints:
    """Spreads hashes evenly over the buckets, each kind of feature in its own way."""
    mixed = (hashes ^ (hashes >> _HALF)) * _SPREAD * kind
    mixed = (mixed ^ (mixed >> _HALF)) * _SPREAD
    return (mixed >> _SHIFT).astype(np.int64)


NGRAM_COLUMNS = (*LABELS, "urgent", "removal")
"""What the member answers: the network's labels, and the two pairs of routes that are for acting."""

OPINIONS = {
    "ngram:severity:3": "severity:3", "ngram:severity:4": "severity:4", "ngram:urgent": "urgent",
    "ngram:relevant": "relevant", "ngram:respond": "route:respond", "ngram:removal": "removal",
}  # fmt: skip
"""The columns of `Scores` that hold the member's own opinion, and which of its columns each is."""

BLOCKS = (1.0, 1.4, 0.5)
"""How much each block of features counts, of length one by itself: pieces of words, words, context."""

_BATCH_CHARS = 60_000
_WORDS_AT_ONCE = 2_000
_MOST_KNOWN = 20_000

MEND = "Install Schoolgate again, or train the model again (⟪docs⟫ model)."
"""What to do about a folder whose files do not belong together."""

Table = NDArray[np.int8]


class Ngrams:
    """The member from its file. Sums are of whole numbers, so a text has one answer in any batch. Raises
    ModelMissing where the file answers for other labels."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as read:
            self._table: Table = read["table"]
            self._idf: Ints = read["idf"].astype(np.int64)
            self._scale: Floats = read["scale"]
            self._bias: Floats = read["bias"]
        if self._table.shape != (BUCKETS, len(NGRAM_COLUMNS)):
            raise ModelMissing(f"{path} answers for other labels than Schoolgate asks for. {MEND}")
        self._known: dict[str, int] = {}
        self._sums = np.zeros((0, len(NGRAM_COLUMNS)), np.int32)
        self._squares = np.zeros(0, np.int64)

    def score(self, texts: Sequence[str]) -> Floats:
        """Probabilities by OPINIONS `[n, opinions]` of model texts, in order."""
        odds = [self._odds(batch) for batch in batches(texts)]
        logits = np.concatenate(odds) if odds else np.zeros((0, len(NGRAM_COLUMNS)), np.float32)
        return probabilities(logits)[:, [NGRAM_COLUMNS.index(column) for column in OPINIONS.values()]]

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
