"""What the second reader learns of four facts: who is in danger, did wrong or is wronged, and what is asked.

`facts.txt` holds a line a post: its id and five words of letters, `-` where there is none. All that nobody
labelled and that is plainly calm teaches that nothing of the kind is in it. The labels are learnt
by small networks over the reader's states, as the themes are; its encoder and first heads stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.network import FACTS
from data.types import Severity
from research.evaluation.labelled_items import bucket
from research.training.examples import as_judged
from research.training.own_posts.groups import groups
from research.training.themes.network import TokenHead
from research.training.themes.teach import ThemeSettings

FACT_FILE = Path(__file__).with_name("facts.txt")
OF_FACTS = TokenHead("facts", ("layer_norm_16", "layer_norm_24"), len(FACTS))
"""Reads what the eighth and the last of twelve layers give of each token."""

SETTINGS = replace(ThemeSettings(), seed=20261126, nets=4, epochs=5, hidden=128, rare=2.0)

LETTERS = (
    {"c": "danger:child", "p": "danger:person", "s": "danger:site"},
    {"h": "wrong:head", "s": "wrong:staff", "p": "wrong:pupil", "o": "wrong:other", "C": "wrong:to_child"},
    {"h": "limb:harmed", "o": "limb:offence", "r": "limb:risk", "u": "limb:unsuitable"},
    {"t": "wronged:threatened", "f": "wronged:filmed", "i": "wronged:impersonated", "e": "wronged:exposed",
     "s": "wronged:smeared"},
    {"a": "asks:answer", "t": "asks:thanks", "n": "asks:nothing", "r": "asks:removal"},
)  # fmt: skip
"""What each letter of the five words says."""

LEAST_POSITIVES = 8
"""A fact with fewer positives among what is held out is not measured."""
_ASKS = {"thank": "asks:thanks", "note": "asks:nothing", "respond": "asks:answer"}


def labelled(items: Sequence[Mapping[str, Any]], path: Path = FACT_FILE) -> dict[str, frozenset[str]]:
    """The facts of each item that has any known, by id."""
    lines = (
        line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    read = {
        item_id: frozenset(
            of[letter] for of, word in zip(LETTERS, words, strict=True) for letter in word.strip("-")
        )
        for item_id, *words in lines
    }
    found = {}
    for item in items:
        if item["id"] in read:
            found[item["id"]] = read[item["id"]]
        elif _calm(item):
            asks = _ASKS.get(item["route"], "asks:nothing") if item["relevant"] else "asks:nothing"
            found[item["id"]] = frozenset((asks,))
    return found


def _calm(item: Mapping[str, Any]) -> bool:
    """Is it calm and without any label, a real post as if it were ours? Criticism may tell of a wrong."""
    judged = as_judged(item)
    return judged is not None and judged["severity"] < Severity.RESPOND and not judged["abuse"]


def truth(items: Sequence[Mapping[str, Any]], known: Mapping[str, frozenset[str]]) -> NDArray[np.bool_]:
    """Which facts each item has `[n, len(FACTS)]`."""
    return np.asarray([[fact in known[item["id"]] for fact in FACTS] for item in items])


def lines(chances: NDArray[np.float32], right: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The logit of each fact by which its probabilities, on posts that were not learnt from, come to as many
    as there are: what the weight of rare facts added is taken off again.
    """
    odds = np.log(np.clip(chances, 1e-6, 1 - 1e-6) / (1 - np.clip(chances, 1e-6, 1 - 1e-6)))
    found = []
    for mine, truth in zip(odds.T, right.T, strict=True):
        low, high = -10.0, 10.0
        for _ in range(40):
            middle = (low + high) / 2
            many = (1 / (1 + np.exp(middle - mine))).mean() > truth.mean()
            low, high = (middle, high) if many else (low, middle)
        found.append(low)
    return np.asarray(found, np.float32)


def parts(items: Sequence[Mapping[str, Any]], count: int) -> list[int]:
    """The part of each item: what belongs together is in one."""
    return [bucket(f"facts:{group}", count) for group in groups(items)]
