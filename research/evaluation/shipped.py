"""The models that ship, as the program puts them together; one of before; and answers without calibration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np

from classifiers.scoring.network import LABELS, READ, SCORED, Floats, TextScorer
from classifiers.scoring.onnx_scorer import CARD, Scorer, read_card
from data.errors import ModelMissing

READER_DIR = Path(__file__).parents[2] / "reader" / "schoolgate_reader"


def shipped_models() -> Scorer:
    """The small network with the checkout's reader. Raises ModelMissing where that is not there."""
    if not (READER_DIR / CARD).is_file():
        raise ModelMissing(f"The second reader is not in {READER_DIR}.")
    return Scorer(reader=Scorer(READER_DIR, labels=READ))


def without_reader(scorer: TextScorer) -> TextScorer:
    """The same model alone; what it has scored it remembers."""
    alone = copy(scorer)
    if hasattr(alone, "reader"):
        alone.reader = None
    return alone


class EarlierScorer(Scorer):
    """A model of before: its network alone, and what it has no label for counts as unlikely."""

    def __init__(self, folder: Path, labels: tuple[str, ...] = SCORED) -> None:
        super().__init__(folder, labels=labels)
        try:
            known = tuple(json.loads((folder / CARD).read_text(encoding="utf-8"))["labels"])
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise ModelMissing(f"{folder / CARD} is no card of an earlier model ({fault!r}).") from None
        if unknown := set(known) - set(labels):
            raise ModelMissing(f"The model in {folder} answers for {', '.join(sorted(unknown))}: not asked.")
        own = read_card(folder, known)
        fitted = dict(zip(own.labels, zip(own.scale, own.shift, strict=True), strict=False))
        scale, shift = zip(*(fitted.get(label, (1.0, 0.0)) for label in labels), strict=True)
        self._card = replace(own, labels=labels, ngrams=False, scale=scale, shift=shift)
        self._places = [labels.index(label) for label in known]

    def _run(self, ids: Sequence[Sequence[int]]) -> Floats:
        logits = super()._run(ids)
        found = np.full((len(logits), len(self._labels)), -30.0, np.float32)
        found[:, self._places] = logits
        return found


def first_logits(scorer: Scorer, texts: Sequence[str]) -> Floats:
    """The network's output for each text's first window, before calibration `[n, len(LABELS)]`."""
    windows = scorer._windows(texts)
    first = np.searchsorted(np.asarray(windows.owner), np.arange(len(texts)))
    return scorer._run([windows.ids[i] for i in first.tolist()])[:, : len(LABELS)]
