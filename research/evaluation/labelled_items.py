"""Labelled items, and which of them are for measuring: one rule for training and evaluation."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from classifiers.text.model_text import model_text
from data.errors import InputError

HELD_ONE_IN = 5
"""Public sets without a test split keep one row in five, by hash of the text, for measuring."""

SPLIT_HERE = ("nhs_patient_feedback", "jigsaw_toxic_partial")

_LETTERS = re.compile(r"[\W_]+")

_OF_A_POST = (
    *("channel", "title", "text", "rating", "school"),
    *("relevant", "sentiment", "abuse", "severity", "route", "about"),
)


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
    lines = path.read_text(encoding="utf-8").split("\n")  # JSON may hold U+2028 and its like
    return [json.loads(line) for line in lines if line.strip()]


def labelled_posts(path: Path) -> list[dict[str, Any]]:
    """The same of a file that somebody else may have written. Raises InputError naming what is wrong."""
    try:
        items = read_items(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not JSON lines in UTF-8 ({error}).") from error
    for number, item in enumerate(items, 1):
        missing = [name for name in _OF_A_POST if not isinstance(item, dict) or name not in item]
        if missing:
            raise InputError(f"{path}, post {number}: “{missing[0]}” is missing; it must be labelled.")
    return items


def as_if_ours(item: Mapping[str, Any]) -> dict[str, Any]:
    """Severity, route and abuse labels of an item; of a real post those it would have if it were ours."""
    return {name: item.get("as_if" + after, item.get(name)) for name, after in _AS_IF.items()}


_AS_IF = {"severity": "", "route": "_route", "abuse": "_abuse"}


def item_text(item: Mapping[str, Any]) -> str:
    """The model text of a labelled item."""
    return model_text(
        item["channel"], item["title"] or "", item["text"], item["rating"], item.get("quoted") or ""
    )
