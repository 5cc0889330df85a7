"""What a text is about, from the model's probabilities: two themes at most, and none where it is unsure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from data.types import THEMES

LINE = 0.5
"""The probability from which a theme is named. The shipped model's is set so that most named are right."""

MOST = 2


def themes_of(scores: Mapping[str, float]) -> tuple[str, ...]:
    """A text's themes, surest first, from its probabilities by label; themes the model does not score are
    left out.
    """
    sure = [theme for theme in THEMES if scores.get(f"theme:{theme}", 0.0) >= LINE]
    return tuple(sorted(sure, key=lambda theme: -scores[f"theme:{theme}"])[:MOST])


def left_out(label: str, named: tuple[str, ...]) -> bool:
    """Is it the score of a theme that is not named? A verdict keeps what led to it, and no more."""
    theme = _theme(label)
    return theme is not None and theme not in named


@cache
def _theme(label: str) -> str | None:
    head, _, theme = label.partition(":")
    return theme if head == "theme" else None
