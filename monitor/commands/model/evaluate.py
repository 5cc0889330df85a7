"""`schoolgate evaluate`: hold the model against the quality floor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.options import finish
from monitor.terminal.output import say


def evaluate(
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder with the public sets and the labelled posts."),
    ] = None,
    floor: Annotated[
        Path | None, typer.Option("--floor", help="A floor file other than the built-in.")
    ] = None,
) -> None:
    """Measure the model and hold it against the quality floor.

    \b
    Examples:
      schoolgate evaluate
      schoolgate evaluate --data ../corpus
    """
    from classifiers.evaluation.evaluate import main_evaluate

    lines, code = main_evaluate(data, floor)
    for line in lines:
        say(line)
    finish(code)
