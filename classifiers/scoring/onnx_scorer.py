"""Scores with the model that comes with Schoolgate, on the processor: a network (ONNX, int8), and n-grams, a
second opinion. Its card, `model/card.json`, names the files beside it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from classifiers.scoring.network import (
    MAX_CHARS,
    MAX_CONTEXT_TOKENS,
    READ,
    SCORED,
    Floats,
    WordPieces,
    cut_windows,
    over_windows,
    probabilities,
    sigmoid,
    switch_off,
    tokenise,
)
from classifiers.scoring.ngrams import MEND, OPINIONS, Ngrams
from classifiers.scoring.persons import PARTS, AskedPerson, PersonReader, PersonWindows, run_parts
from data.errors import InputError, ModelMissing
from data.frozen import freeze
from data.types import Scores

MODEL_DIR = Path(__file__).parents[1] / "model"
CARD = "card.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
NGRAM_FILE = "ngrams.npz"
MOST_TOKENS = 512
"""The longest window that a network of this family has places for."""

_BESIDE_WORDS = MAX_CONTEXT_TOKENS + 3
"""What of a window may be taken by the line of context and the three marks."""


@freeze
class Card:
    """The facts of the card that scoring needs. `labels` are those of the outputs, in order; `scale` and
    `shift` calibrate the logits of all but the themes. `ngrams` says that the folder has such a member,
    `parts` that the network knows those of persons."""

    version: str
    labels: tuple[str, ...]
    window_tokens: int
    overlap_tokens: int
    scale: tuple[float, ...]
    shift: tuple[float, ...]
    ngrams: bool = False
    parts: bool = False


def read_card(folder: Path, asked: Sequence[str] = SCORED) -> Card:
    """The card of a model folder, its files checked against the SHA-256 it gives.

    Raises ModelMissing where the card or a file is missing or differs, or where the labels are not those
    `asked` for. Raises InputError where a number is not finite, or where windows of that length would not
    move on through a long text.
    """
    facts = _facts(folder / CARD)
    try:
        for name in dict.fromkeys((MODEL_FILE, TOKENIZER_FILE, *facts["files"])):
            path = folder / name
            if not path.is_file():
                raise ModelMissing(f"There is no model: {path} is missing. {MEND}")
            if file_digest(path) != facts["files"][name]:
                raise ModelMissing(f"{path} is not the file its card names: its SHA-256 differs. {MEND}")
        labels = tuple(facts["labels"])
        if labels != tuple(asked):
            raise ModelMissing(
                f"The model in {folder} has different labels from those Schoolgate asks for. {MEND}"
            )
        # every window must hold words that the one before it does not
        tokens, overlap = int(facts["window"]["tokens"]), int(facts["window"]["overlap"])
        if tokens > MOST_TOKENS or not 0 <= overlap < tokens - _BESIDE_WORDS:
            raise InputError(
                f"{folder / CARD}, “window”: tokens {tokens} with overlap {overlap} cannot be used. Tokens "
                f"may be at most {MOST_TOKENS}, and the overlap from 0 to less than tokens - "
                f"{_BESIDE_WORDS}. {MEND}"
            )
        return Card(
            version=str(facts["version"]),
            labels=labels,
            window_tokens=tokens,
            overlap_tokens=overlap,
            scale=tuple(facts["calibration"]["scale"]),
            shift=tuple(facts["calibration"]["shift"]),
            ngrams=NGRAM_FILE in facts["files"],
            parts=tuple(facts.get("parts", {}).get("labels", ())) == PARTS,
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ModelMissing(
            f"{folder / CARD} is not a model card Schoolgate can read ({fault!r}). {MEND}"
        ) from None


def read_figures(folder: Path = MODEL_DIR) -> Mapping[str, float]:
    """The card's figures on sealed posts, by its own names. Raises ModelMissing where there are none."""
    try:
        figures = _facts(folder / CARD)["measured"]["sealed"][-1]["figures"]
        return {name: float(one["value"]) for name, one in figures.items() if one["value"] is not None}
    except (LookupError, TypeError, ValueError) as fault:
        raise ModelMissing(f"{folder / CARD} says nothing of what was measured ({fault!r}). {MEND}") from None


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"), parse_float=_finite, parse_constant=_finite)
    except FileNotFoundError:
        raise ModelMissing(f"There is no model: {path} is missing. {MEND}") from None
    except _NotFinite as fault:
        raise InputError(f"{path}: {fault} is not a finite number. {MEND}") from None
    except ValueError as fault:
        raise ModelMissing(f"{path} is damaged: {fault}. {MEND}") from None
    if not isinstance(facts, dict):
        raise ModelMissing(f"{path} is damaged: it holds no table. {MEND}")
    return facts


class _NotFinite(ValueError):
    """A number of the card that is none."""


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise _NotFinite(written)
    return number


def file_digest(path: Path) -> str:
    """SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


MAX_WINDOWS = 24
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
    and, with n-grams, OPINIONS. `reader` reads again what is worth it.
    """

    def __init__(
        self,
        folder: Path = MODEL_DIR,
        threads: int = 2,
        labels: tuple[str, ...] = SCORED,
        reader: PersonReader | None = None,
    ) -> None:
        self._folder = folder
        self._labels = labels
        self.reader = reader
        self._threads = threads
        self._ngrams: Ngrams | None = None
        self._card: Card | None = None
        self._loaded: tuple[WordPieces, Any] | None = None
        self._persons: PersonWindows | None = None
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
        labels = (*self._labels, *OPINIONS) if self._read_card().ngrams else self._labels
        values = np.zeros((len(texts), len(labels)), dtype=np.float32)
        for i, key in enumerate(keys):
            values[i] = found[key][0]
        return Scores(labels, values, tuple(found[key][1] for key in keys), self.version)

    def _judge(self, texts: Sequence[str]) -> list[tuple[Floats, bool]]:
        """Row and truncation of each text, with the n-grams' opinion behind the network's."""
        if not texts:
            return []
        card, windows = self._read_card(), self._windows(texts)
        logits = self._run(windows.ids)
        heads = slice(len(card.scale))
        logits[:, heads] = logits[:, heads] * np.asarray(card.scale, np.float32) + np.asarray(
            card.shift, np.float32
        )
        rows = _by_text(probabilities(logits), windows, self._labels)
        if card.ngrams:
            self._ngrams = self._ngrams or Ngrams(self._folder / NGRAM_FILE)
            rows = [np.concatenate(both) for both in zip(rows, self._ngrams.score(texts), strict=True)]
        return list(zip(rows, windows.truncated, strict=True))

    def _windows(self, texts: Sequence[str]) -> _Windows:
        card, (pieces_of, _) = self._read_card(), self._load()
        windows = _Windows([], [], [len(text) > MAX_CHARS for text in texts])
        for i, (context, words) in enumerate(tokenise(pieces_of, texts)):
            pieces = cut_windows(context, words, card.window_tokens, card.overlap_tokens, pieces_of.marks)
            windows.ids.extend(pieces[:MAX_WINDOWS])
            windows.owner.extend([i] * min(len(pieces), MAX_WINDOWS))
            windows.truncated[i] |= len(pieces) > MAX_WINDOWS
        return windows

    def read_persons(self, asked: Sequence[AskedPerson]) -> Scores:
        """Give how likely each of PARTS is of each person in their post, in order; of a long post that
        window counts where it is likeliest. Raises ModelMissing where the model knows no such parts."""
        if not asked:
            return Scores(PARTS, np.zeros((0, len(PARTS)), dtype=np.float32))
        if not self._read_card().parts:
            raise ModelMissing(f"The model in {self._folder} knows no parts of persons. {MEND}")
        with self._lock:
            self._load()
            self._persons = self._persons or PersonWindows(self._folder / TOKENIZER_FILE)
        mark, ids, starts = self._persons.mark, list[list[int]](), list[int]()
        for post, person in asked:
            starts.append(len(ids))
            ids += self._persons.windows(person, post)[:MAX_WINDOWS]
        logits = self._run_each(ids, lambda session, row: run_parts(session, row, mark))
        return Scores(PARTS, sigmoid(np.maximum.reduceat(logits, starts)), model=self.version)

    def _run(self, ids: Sequence[Sequence[int]]) -> Floats:
        """Logits of token rows, by the card's labels, in order."""
        outputs = ["logits", "facts"] if self._labels == READ else None

        def ask(session: Any, row: Sequence[int]) -> Floats:
            tokens = np.asarray([row], dtype=np.int64)
            found = session.run(outputs, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
            return np.concatenate([output[0] for output in found], dtype=np.float32)

        return self._run_each(ids, ask)

    def _run_each(self, ids: Sequence[Sequence[int]], ask: Callable[[Any, Sequence[int]], Floats]) -> Floats:
        """Answer what is asked of token rows, in order, each run by itself on one of `threads` cores.

        In a batch the range of the eight-bit activations is that of all its rows, so a text's answer would
        depend on its neighbours (docs/decisions/0008). The longest are begun first, so that no core waits
        for one long text at the end.
        """
        _, session = self._load()
        rows: list[Floats] = [_NONE] * len(ids)
        longest_first = iter(sorted(range(len(ids)), key=lambda i: -len(ids[i])))

        def work() -> None:
            for i in longest_first:  # every thread takes the next from the same iterator
                rows[i] = ask(session, ids[i])

        with ThreadPoolExecutor(self._threads) as pool:
            deque(pool.map(lambda _: work(), range(min(self._threads, len(ids)))), maxlen=0)
        return np.stack(rows) if rows else np.zeros((0, len(self._labels)), dtype=np.float32)

    def _read_card(self) -> Card:
        if self._card is None:
            self._card = read_card(self._folder, self._labels)
        return self._card

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
