"""Scores with the model that comes with Schoolgate, on the processor: n-grams, then a network (ONNX, int8).

The n-grams are a second opinion. What they surely dismiss, neither about a school nor grave, the network does
not read: a text in a hundred, which saves less than they cost.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from classifiers.scoring.heads import LABELS, SCORED, Floats, TextScorer, over_windows, probabilities
from classifiers.scoring.model_card import MODEL_DIR, MODEL_FILE, NGRAM_FILE, TOKENIZER_FILE, Card, read_card
from classifiers.scoring.ngrams import OPINIONS, Ngrams, opinions
from classifiers.scoring.windows import MAX_CHARS, WordPieces, cut_windows, switch_off, tokenise
from data.types import Scores

MAX_WINDOWS = 24
_LACKING = -30.0
_NONE: Floats = np.zeros(0, np.float32)
REMEMBERED = 50_000
_SLOWER = ["SkipLayerNormFusion"]
"""What onnxruntime would put together by itself, and then take six times as long over."""


class _Windows(NamedTuple):
    """Token ids of every window, and the text each belongs to."""

    ids: list[list[int]]
    owner: list[int]
    truncated: list[bool]


class Scorer:
    """Texts in, probabilities out. Nothing is loaded before the first text. Safe in threads.

    `folder` holds `card.json`, `model.onnx`, `tokenizer.json` and, where there is an n-gram member,
    `ngrams.npz`; raises ModelMissing where one is missing or is not the file the card names. Texts are those
    of `classifiers.text.model_text.model_text`. Columns are `labels` (SCORED, or READ for the second reader)
    and, with n-grams, OPINIONS; without `dismiss` the network reads every text. Of an `earlier` model only
    the network reads, and what it has no label for counts as unlikely. `reader` reads again what is worth it.
    """

    def __init__(
        self,
        folder: Path = MODEL_DIR,
        threads: int = 2,
        labels: tuple[str, ...] = SCORED,
        reader: TextScorer | None = None,
        *,
        dismiss: bool = True,
        earlier: bool = False,
    ) -> None:
        self._folder = folder
        self._labels = labels
        self.reader = reader
        self._earlier = earlier
        self._threads = threads
        self._dismiss = dismiss
        self._ngrams: Ngrams | None = None
        self._card: Card | None = None
        self._loaded: tuple[WordPieces, Any] | None = None
        self._known: OrderedDict[bytes, tuple[Floats, bool]] = OrderedDict()
        self._lock = Lock()

    @property
    def version(self) -> str:
        """The model's name as verdicts record it; it changes with every training."""
        return self._read_card().version

    def score(self, texts: Sequence[str]) -> Scores:
        """Probabilities of each text, in order. Texts already scored by this process are remembered."""
        keys = [
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts
        ]
        with self._lock:
            known = {key: self._known[key] for key in keys if key in self._known}
            if len(known) < len(set(keys)):
                self._load()
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        found = known | dict(zip(fresh, self._judge(list(fresh.values())), strict=True))
        with self._lock:
            for key in keys:
                self._known[key] = found[key]
                self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        labels = (*self._labels, *OPINIONS) if self._read_card().lines else self._labels
        values = np.zeros((len(texts), len(labels)), dtype=np.float32)
        for i, key in enumerate(keys):
            values[i] = found[key][0]
        return Scores(labels, values, tuple(found[key][1] for key in keys), self.version)

    def logits(self, texts: Sequence[str]) -> Floats:
        """The model's output for each text's first window, before calibration `[n, len(LABELS)]`."""
        windows = self._windows(texts)
        first = np.searchsorted(np.asarray(windows.owner), np.arange(len(texts)))
        return self._run([windows.ids[i] for i in first.tolist()])[:, : len(LABELS)]

    def _judge(self, texts: Sequence[str]) -> list[tuple[Floats, bool]]:
        """Row and truncation of each text: from the network, or from the n-grams where they dismiss it."""
        member, lines = self._member(), self._read_card().lines
        if member is None or lines is None:
            return self._network(texts)
        answers = member.score(texts)
        own = opinions(answers)
        sure = lines.dismiss(dict(zip(OPINIONS, own.T, strict=True))) & self._dismiss
        read = iter(self._network([text for text, done in zip(texts, sure, strict=True) if not done]))
        rows = []
        for text, done, answer, opinion in zip(texts, sure, answers, own, strict=True):
            row, cut_off = (_unread(answer), len(text) > MAX_CHARS) if done else next(read)
            rows.append((np.concatenate((row, opinion)), cut_off))
        return rows

    def _network(self, texts: Sequence[str]) -> list[tuple[Floats, bool]]:
        if not texts:
            return []
        card, windows = self._read_card(), self._windows(texts)
        logits = self._run(windows.ids)
        heads = slice(len(card.scale))
        logits[:, heads] = logits[:, heads] * np.asarray(card.scale, np.float32) + np.asarray(
            card.shift, np.float32
        )
        # the columns in the order of the labels; those that the model lacks are unlikely
        found = np.full((len(logits), len(self._labels)), _LACKING, np.float32)
        found[:, [self._labels.index(label) for label in card.labels]] = logits
        values = probabilities(found)
        return list(zip(_by_text(values, windows, self._labels), windows.truncated, strict=True))

    def _windows(self, texts: Sequence[str]) -> _Windows:
        card, (pieces_of, _) = self._read_card(), self._load()
        windows = _Windows([], [], [len(text) > MAX_CHARS for text in texts])
        for i, (context, words) in enumerate(tokenise(pieces_of, texts)):
            pieces = cut_windows(context, words, card.window_tokens, card.overlap_tokens, pieces_of.marks)
            windows.ids.extend(pieces[:MAX_WINDOWS])
            windows.owner.extend([i] * min(len(pieces), MAX_WINDOWS))
            windows.truncated[i] |= len(pieces) > MAX_WINDOWS
        return windows

    def _run(self, ids: Sequence[Sequence[int]]) -> Floats:
        """Logits of token rows, by the card's labels, in order, each run by itself on one of `threads` cores.

        In a batch the range of the eight-bit activations is that of all its rows, so a text's answer would
        depend on its neighbours (docs/decisions/0008). The longest are begun first, so that no core waits
        for one long text at the end.
        """
        _, session = self._load()
        rows: list[Floats] = [_NONE] * len(ids)
        longest_first = iter(sorted(range(len(ids)), key=lambda i: -len(ids[i])))

        def work() -> None:
            for i in longest_first:  # every thread takes the next from the same iterator
                tokens = np.asarray([ids[i]], dtype=np.int64)
                outputs = session.run(None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
                rows[i] = np.concatenate([output[0] for output in outputs], dtype=np.float32)

        with ThreadPoolExecutor(self._threads) as pool:
            deque(pool.map(lambda _: work(), range(min(self._threads, len(ids)))), maxlen=0)
        return np.stack(rows) if rows else np.zeros((0, len(self._labels)), dtype=np.float32)

    def _read_card(self) -> Card:
        if self._card is None:
            self._card = read_card(self._folder, self._labels, earlier=self._earlier)
        return self._card

    def _member(self) -> Ngrams | None:
        if self._ngrams is None and self._read_card().lines is not None:
            self._ngrams = Ngrams(self._folder / NGRAM_FILE)
        return self._ngrams

    def _load(self) -> tuple[WordPieces, Any]:
        """Word pieces and session; loading takes about a second, so it waits for the first text."""
        if self._loaded is None:
            self._read_card()
            self._loaded = (
                WordPieces(self._folder / TOKENIZER_FILE),
                load_session(self._folder / MODEL_FILE),
            )
        return self._loaded


def _by_text(values: Floats, windows: _Windows, labels: Sequence[str]) -> list[Floats]:
    """One row for each text, from those of its windows."""
    if len(values) == len(windows.truncated):
        return list(values)
    tokens = np.asarray([len(ids) for ids in windows.ids], dtype=np.float32)
    ends = np.searchsorted(np.asarray(windows.owner), np.arange(len(windows.truncated) + 1))
    spans = [slice(int(a), int(b)) for a, b in pairwise(ends)]
    return [over_windows(values[span], tokens[span], labels) for span in spans]


def _unread(answer: Floats) -> Floats:
    """The columns of SCORED for a text that the network does not read: the n-grams' own, and no theme."""
    return np.concatenate((answer[: len(LABELS)], np.zeros(len(SCORED) - len(LABELS), np.float32)))


def load_session(path: Path) -> Any:
    """An onnxruntime session; each run keeps to the thread that asks for it."""
    switch_off()
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # Windows' own builds know no variable
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )
