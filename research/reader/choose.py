"""How well a network does on posts kept apart: severity, irony, the press, Welsh, the parts of persons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.persons import PARTS
from classifiers.text.model_text import family_of
from research.evaluation.metrics import auc, recall_at
from research.reader.rows import Item, Meeting
from research.training.examples import COLUMNS

Floats = NDArray[np.float32]

FALSE_ALARMS = 0.02
"""The share of harmless posts that may alert: one in fifty."""

_SEVERE = 3
_IRONY = ("irony", "sarc", "thank", "thx", "praise", "soft_harm")
"""What the kinds of posts are called that tell of harm as if they thanked for it."""
_GRAVE = COLUMNS.index("severity:3")


def figures_of(items: Sequence[Item], labels: Floats) -> dict[str, float]:
    """How well what is ours is told apart by severity 3, from logits `[n, len(COLUMNS)]`; each in 0..1.

    `severe.auc` and `severe.recall` (where one harmless post in fifty alerts), `irony.auc` (harm told as
    thanks or in irony against true thanks), `press.auc`, `welsh.auc`. A number of posts stands beside each
    (`….n`: of the rarer kind). Not a number where one of the two kinds is not there.
    """
    scores = labels[:, _GRAVE]
    severe = np.asarray([item["severity"] >= _SEVERE for item in items])
    ours = np.asarray([bool(item["relevant"]) for item in items])
    press = ours & np.asarray([family_of(item["channel"]) == "news" for item in items])
    thanks = ours & np.asarray([_is_thanks(item) for item in items])
    welsh = ours & np.asarray([item.get("language") == "cy" for item in items])
    found: dict[str, float] = {}
    for name, among in (("severe", ours), ("irony", thanks), ("press", press), ("welsh", welsh)):
        truth = severe[among]
        found[f"{name}.auc"] = auc(scores[among], truth)
        found[f"{name}.n"] = float(min(truth.sum(), (~truth).sum()))
    found["severe.recall"] = recall_at(scores[ours], severe[ours], FALSE_ALARMS)
    return found


def figures_of_parts(meetings: Sequence[Meeting], parts: Floats) -> dict[str, float]:
    """AUC of each part, from logits `[n, len(PARTS)]`, and of being accused of harm or crime; in 0..1."""
    truth = np.asarray([meeting.parts for meeting in meetings]) == 1.0
    found: dict[str, float] = {}
    asked = {part: [place] for place, part in enumerate(PARTS)}
    asked["accused"] = [PARTS.index("harm"), PARTS.index("crime")]
    for part, places in asked.items():
        holds = truth[:, places].any(axis=1)
        found[f"{part}.auc"] = auc(parts[:, places].max(axis=1), holds)
        found[f"{part}.n"] = float(holds.sum())
    return found


def in_words(figures: Mapping[str, float]) -> str:
    """One line: each figure with the number of posts or persons that it rests on, where it has one."""
    said = []
    for name, value in figures.items():
        if name.endswith(".n"):
            continue
        count = figures.get(f"{name.rpartition('.')[0]}.n")
        shown = "–" if math.isnan(value) else f"{value:.3f}"
        said.append(f"{name} {shown}" + (f" ({count:.0f})" if count is not None else ""))
    return ", ".join(said)


def _is_thanks(item: Item) -> bool:
    """Is it thanks, true ones or such as tell of harm?"""
    kind = str(item.get("trait") or "")
    if item["severity"] >= _SEVERE:
        return any(word in kind for word in _IRONY)
    return bool(item["route"] == "thank" or kind.startswith("true_thanks"))
