"""`schoolgate evaluate`: hold the model against the quality floor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def run(*, data: Path | None, floor: Path | None, say: Callable[[str], None]) -> int:
    """Print the figures; 0 where none is under its floor, else 1."""
    from classifiers.evaluation.evaluate import main_evaluate

    lines, code = main_evaluate(data, floor)
    for line in lines:
        say(line)
    return code
