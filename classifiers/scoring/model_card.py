"""The model's card: reads `model/card.json` and checks that the files beside it are those it names."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.scoring.heads import SCORED
from classifiers.scoring.ngrams import MEND, Lines
from classifiers.scoring.windows import MAX_CONTEXT_TOKENS
from data.errors import InputError, ModelMissing

MODEL_DIR = Path(__file__).parents[1] / "model"
CARD = "card.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
NGRAM_FILE = "ngrams.npz"
MOST_TOKENS = 512
"""The longest window that a network of this family has places for."""

_BESIDE_WORDS = MAX_CONTEXT_TOKENS + 3
"""What of a window may be taken by the line of context and the three marks."""


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of the card that scoring needs. `labels` are those of the outputs, in order; `scale` and
    `shift` calibrate the logits of all but the themes. `lines` say what the n-gram member dismisses; None
    where the folder has no such member."""

    version: str
    labels: tuple[str, ...]
    window_tokens: int
    overlap_tokens: int
    scale: tuple[float, ...]
    shift: tuple[float, ...]
    lines: Lines | None = None


def read_card(folder: Path, asked: Sequence[str] = SCORED, *, earlier: bool = False) -> Card:
    """The card of a model folder, its files checked against the SHA-256 it gives.

    Raises ModelMissing where the card or a file is missing or differs, or where the labels are not those
    `asked` for; an `earlier` model may lack some, and its n-grams are not read. Raises InputError where
    a number is not finite, or where windows of that length would not move on through a long text.
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
        if labels != tuple(asked) and not (earlier and set(labels) <= set(asked)):
            raise ModelMissing(
                f"The model in {folder} has different labels from those Schoolgate asks for. {MEND}"
            )
        tokens, overlap = _window(facts, folder / CARD)
        return Card(
            version=str(facts["version"]),
            labels=labels,
            window_tokens=tokens,
            overlap_tokens=overlap,
            scale=tuple(facts["calibration"]["scale"]),
            shift=tuple(facts["calibration"]["shift"]),
            lines=None if earlier else _lines(facts),
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


def _window(facts: Mapping[str, Any], path: Path) -> tuple[int, int]:
    """Length and overlap: every window must hold words that the one before it does not."""
    tokens, overlap = int(facts["window"]["tokens"]), int(facts["window"]["overlap"])
    if tokens <= MOST_TOKENS and 0 <= overlap < tokens - _BESIDE_WORDS:
        return tokens, overlap
    raise InputError(
        f"{path}, “window”: tokens {tokens} with overlap {overlap} cannot be used. Tokens may be at most "
        f"{MOST_TOKENS}, and the overlap from 0 to less than tokens - {_BESIDE_WORDS}. {MEND}"
    )


def _lines(facts: Mapping[str, Any]) -> Lines | None:
    if NGRAM_FILE not in facts["files"]:
        return None
    found = facts["ngrams"]["lines"]
    return Lines(float(found["relevant"]), float(found["grave"]))


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
