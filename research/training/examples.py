"""What the model learns from: a text and the targets known of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.scoring.network import HEADS, LABELS
from classifiers.text.model_text import model_text
from data.errors import InputError
from data.types import ABUSE_LABELS
from research.evaluation.labelled_items import as_if_ours, bucket, item_text, read_items
from research.training.own_posts.groups import groups

OWN_DATA = Path(__file__).with_name("data")
CORRECTIONS = "corrections.json"
"""Label slips found by cross-validation: by id what was, what is, and the rule."""

DISTRESS = Path(__file__).with_name("distress.jsonl")
"""Real posts of distress, without their words: origin, labels and the SHA-256 of the text."""

HOLDOUT_ONE_IN = 10
"""One group of items in so many is held out: the stack is fitted there, and the heads are measured."""

UNKNOWN = math.nan

AUXILIARY = ("lexical", "insult", "toxic", "identity_attack", "violence")
"""Labels of public sets that the product does not use; they teach tone and are not exported."""

_NOISE = ("trx-",)
"""The items of a file in which nothing is about a school, or grave."""

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
    """The project's own labelled items as (training, held out); what belongs together is never parted."""
    items = [item for path in sorted(folder.glob("*.jsonl")) for item in read_items(path)]
    corrected = (
        json.loads((folder / CORRECTIONS).read_text("utf-8")) if (folder / CORRECTIONS).exists() else {}
    )
    items = [item | corrected[item["id"]]["now"] if item["id"] in corrected else item for item in items]
    sides: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for item, group in zip(items, groups(items), strict=True):
        sides[bucket(group, HOLDOUT_ONE_IN) == 0].append(item)
    return sides


def distress_items(corpus: Path) -> list[dict[str, Any]]:
    """Real posts of distress with their words, which stand in the corpus alone and are never held out.

    Raises InputError where the words of one are not there.
    """
    texts = {
        hashlib.sha256(item["text"].encode("utf-8")).hexdigest(): item["text"]
        for name in ("real_train", "real_more")
        for item in read_items(corpus / "triage" / f"{name}.jsonl")
    }
    items = read_items(DISTRESS)
    if missing := [item["id"] for item in items if item["sha256"] not in texts]:
        raise InputError(f"{corpus / 'triage'}: {len(missing)} posts of {DISTRESS} are not in it.")
    return [item | {"text": texts[item["sha256"]]} for item in items]


def own_example(item: Mapping[str, Any]) -> Example:
    """Targets of a labelled item.

    For one that is not about the school only that fact is learnt; where the words are about nothing that
    concerns any school, also that they are not grave. A real post teaches apart from that how grave it would
    be if it were ours, unless its label says that this is doubtful. Talk of school that is tied to none is a
    note in the real posts and nothing in the composed ones: only the latter teach relevance, less those
    composed in the voice of real posts.
    """
    targets: dict[str, float] = {"relevant": float(item["relevant"])}
    if item["relevant"]:
        for name in ("sentiment", "about"):
            targets |= _one_of(name, item[name])
    if (judged := as_judged(item)) is not None:
        targets |= {f"abuse:{label}": float(label in judged["abuse"]) for label in ABUSE_LABELS}
        targets |= {f"severity:{level}": float(judged["severity"] >= level) for level in (3, 4)}
        targets |= _one_of("route", judged["route"])
    elif nobodys_matter(item):
        targets |= {"severity:3": 0.0, "severity:4": 0.0} | _one_of("route", "note")
    if item["relevant"] and item["severity"] <= 1 if item.get("origin") else "as_if" in item:
        del targets["relevant"]
    return Example(item_text(item), targets)


def as_judged(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Severity, route and abuse that an item teaches: of a real post as if it were ours; None where it
    teaches none of them.
    """
    if item.get("doubtful"):
        return None
    return as_if_ours(item) if item["relevant"] or "as_if" in item else None


def nobodys_matter(item: Mapping[str, Any]) -> bool:
    """Is it of a file in which nothing concerns a school? What is another school's may be grave."""
    return not item["relevant"] and item["id"].startswith(_NOISE)


def without_context(item: Mapping[str, Any], example: Example) -> Example:
    """The same item as a source without channel, title and stars would show it."""
    return Example(model_text("", "", item["text"], None), example.targets)


def sentiment(value: str) -> dict[str, float]:
    """Targets of a sentiment label."""
    return _one_of("sentiment", value)


def _one_of(name: str, value: str) -> dict[str, float]:
    head = next(head for head in HEADS if head.name == name)
    return {column: float(label == value) for column, label in zip(head.columns, head.labels, strict=True)}
