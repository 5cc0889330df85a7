"""Labelled items, and which of them are for measuring: one rule for training and evaluation."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from classifiers.text.model_text import model_text

HELD_ONE_IN = 5
"""Public sets without a test split keep one row in five, by hash of the text, for measuring."""

SPLIT_HERE = ("nhs_patient_feedback", "jigsaw_toxic_partial")

_LETTERS = re.compile(r"[\W_]+")


def normal_form(text: str) -> str:
    """Letters and digits in lower case: two texts of one form count as the same text."""
    return _LETTERS.sub(" ", text.casefold()).strip()


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `count` places the smallest place it hangs together with, by these pairs."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for pair in pairs:
        low, high = sorted((root(pair[0]), root(pair[1])))
        parent[high] = low
    return [root(i) for i in range(count)]


def bucket(key: str, buckets: int) -> int:
    """A stable number below `buckets` for a key: splits do not move when rows are added."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big") % buckets


def held_for_measuring(name: str, text: str) -> bool:
    """Is this row of a set without a test split kept from training?"""
    return name in SPLIT_HERE and bucket(normal_form(text), HELD_ONE_IN) == 0


def read_items(path: Path) -> list[dict[str, Any]]:
    """The labelled items of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def item_text(item: Mapping[str, Any]) -> str:
    """The model text of a labelled item."""
    return model_text(item["channel"], item["title"] or "", item["text"], item["rating"])
