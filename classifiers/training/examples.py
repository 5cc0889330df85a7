"""What the model learns from: a text and the targets known of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.evaluation.labelled_items import bucket, item_text, normal_form, read_items
from classifiers.scoring.heads import HEADS, LABELS
from classifiers.text.model_text import model_text
from data.types import ABUSE_LABELS

OWN_DATA = Path(__file__).with_name("data")
HOLDOUT_ONE_IN = 19
UNKNOWN = math.nan

_TWIN_IS_LEARNT = frozenset(
    {
        "trb-0276",
        "trd-0398",
        "trd-0495",
        "trf-0058",
        "trf-0085",
        "trf-0106",
        "trh-0032",
        "trh-0175",
        "trh-0295",
        "trh-0320",
        "trh-0404",
    }
)
"""They share many words with a training item but have no pair key: neither trained on nor held out."""

AUXILIARY = ("offensive", "insult", "toxic", "identity_attack", "violence")
"""Labels of public sets that the product does not use; they teach tone and are not exported."""

COLUMNS = (*LABELS, *(f"auxiliary:{label}" for label in AUXILIARY))


@dataclass(frozen=True, slots=True)
class Example:
    """A model text and its targets by column, 0..1; a column that is not named is unknown."""

    text: str
    targets: Mapping[str, float]

    def row(self) -> list[float]:
        """The targets in the order of COLUMNS, NaN where unknown."""
        return [self.targets.get(column, UNKNOWN) for column in COLUMNS]


def own_items(folder: Path = OWN_DATA) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The project's own labelled items as (training, held out), contrast pairs kept whole.

    A copy of a held-out text is in neither, nor is a near copy of a text that is trained on.
    """
    items = [item for path in sorted(folder.glob("*.jsonl")) for item in read_items(path)]
    chosen = [item for item in items if bucket(item.get("pair") or item["id"], HOLDOUT_ONE_IN) == 0]
    ids, forms = {item["id"] for item in chosen}, {normal_form(item["text"]) for item in chosen}
    kept = [item for item in items if item["id"] not in ids and normal_form(item["text"]) not in forms]
    return kept, [item for item in chosen if item["id"] not in _TWIN_IS_LEARNT]


def own_example(item: Mapping[str, Any]) -> Example:
    """Targets of a labelled item; for one that is not about the school only that fact is learnt."""
    targets: dict[str, float] = {"relevant": float(item["relevant"])}
    if item["relevant"]:
        targets |= {f"abuse:{label}": float(label in item["abuse"]) for label in ABUSE_LABELS}
        targets |= {f"severity:{level}": float(item["severity"] >= level) for level in (3, 4)}
        for name in ("sentiment", "about", "route"):
            targets |= _one_of(name, item[name])
    return Example(item_text(item), targets)


def without_context(item: Mapping[str, Any], example: Example) -> Example:
    """The same item as a source without channel, title and stars would show it."""
    return Example(model_text("", "", item["text"], None), example.targets)


def sentiment(value: str) -> dict[str, float]:
    """Targets of a sentiment label."""
    return _one_of("sentiment", value)


def _one_of(name: str, value: str) -> dict[str, float]:
    head = next(head for head in HEADS if head.name == name)
    return {column: float(label == value) for column, label in zip(head.columns, head.labels, strict=True)}
