"""The models that ship, as the program puts them together: the small network, and the second reader."""

from __future__ import annotations

from copy import copy
from pathlib import Path

from classifiers.scoring.network import READ, TextScorer
from classifiers.scoring.onnx_scorer import CARD, Scorer
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
