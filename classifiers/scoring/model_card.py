"""The model's card: reads `model/card.json` and checks that the files beside it are those it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.scoring.heads import SCORED
from classifiers.scoring.ngrams import MEND, Lines
from data.errors import ModelMissing

MODEL_DIR = Path(__file__).parents[1] / "model"
CARD = "card.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
NGRAM_FILE = "ngrams.npz"


@dataclass(frozen=True, slots=True)
class Card:
    """What scoring needs from the card. `labels` are those of the outputs, in order; `scale` and `shift`
    calibrate the logits of all but the themes.

    `lines` say what the n-gram member dismisses; None where the folder has no such member.
    """

    version: str
    labels: tuple[str, ...]
    window_tokens: int
    overlap_tokens: int
    scale: tuple[float, ...]
    shift: tuple[float, ...]
    lines: Lines | None = None


def read_card(folder: Path, *, earlier: bool = False) -> Card:
    """The card of a model folder, its files checked against the SHA-256 it gives.

    Raises ModelMissing where the card or a file is missing or differs, or where the labels are not those this
    version asks for; an `earlier` model may lack some, and its n-grams are not read.
    """
    facts = _facts(folder / CARD)
    try:
        for name in (MODEL_FILE, TOKENIZER_FILE, *([NGRAM_FILE] if NGRAM_FILE in facts["files"] else [])):
            _verify(folder / name, facts["files"][name])
        labels = tuple(facts["labels"])
        if labels != SCORED and not (earlier and set(labels) <= set(SCORED)):
            raise ModelMissing(
                f"The model in {folder} has different labels from those Schoolgate asks for. {MEND}"
            )
        return Card(
            version=str(facts["version"]),
            labels=labels,
            window_tokens=int(facts["window"]["tokens"]),
            overlap_tokens=int(facts["window"]["overlap"]),
            scale=tuple(facts["calibration"]["scale"]),
            shift=tuple(facts["calibration"]["shift"]),
            lines=None if earlier else _lines(facts),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ModelMissing(
            f"{folder / CARD} is not a model card Schoolgate can read ({fault!r}). {MEND}"
        ) from None


def _lines(facts: Mapping[str, Any]) -> Lines | None:
    if NGRAM_FILE not in facts["files"]:
        return None
    found = facts["ngrams"]["lines"]
    return Lines(float(found["relevant"]), float(found["grave"]))


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelMissing(f"There is no model: {path} is missing. {MEND}") from None
    except ValueError as fault:
        raise ModelMissing(f"{path} is damaged: {fault}. {MEND}") from None
    if not isinstance(facts, dict):
        raise ModelMissing(f"{path} is damaged: it holds no table. {MEND}")
    return facts


def file_digest(path: Path) -> str:
    """SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verify(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelMissing(f"There is no model: {path} is missing. {MEND}")
    if file_digest(path) != expected:
        raise ModelMissing(f"{path} is not the file its card names: its SHA-256 differs. {MEND}")
