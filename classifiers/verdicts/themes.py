"""What a text is about, from the model's probabilities: two themes at most, and none where it is unsure."""

from __future__ import annotations

from collections.abc import Mapping

from data.types import THEMES

LINE = 0.5
"""The probability from which a theme is named. The shipped model's is set so that most named are right."""

MOST = 2

_THEME = "theme:"
_END = len(_THEME)


def themes_of(scores: Mapping[str, float]) -> tuple[str, ...]:
    """A text's themes, surest first, from its probabilities by label; themes the model does not score are
    left out.
    """
    sure = [theme for theme in THEMES if scores.get(f"theme:{theme}", 0.0) >= LINE]
    return tuple(sorted(sure, key=lambda theme: -scores[f"theme:{theme}"])[:MOST])


def without_themes(scores: Mapping[str, float], named: tuple[str, ...]) -> list[tuple[str, float]]:
    """The scores without those of themes that are not named: a verdict keeps what led to it."""
    return [pair for pair in scores.items() if pair[0][:_END] != _THEME or pair[0][_END:] in named]
