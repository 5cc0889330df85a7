"""`schoolgate evaluate`: hold the model against the quality floor, and report on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from monitor.cli.commands.options import finish
from monitor.terminal.output import say


def evaluate(
    data: Annotated[
        Path | None, Option("--data", help="Folder with the public sets and the labelled posts.")
    ] = None,
    floor: Annotated[Path | None, Option("--floor", help="A floor file other than the built-in.")] = None,
    report: Annotated[
        Path | None,
        Option("--report", help="Folder for tables and pictures; it is made where it is missing."),
    ] = None,
    before: Annotated[
        Path | None, Option("--before", help="Folder of an earlier model, for the report.")
    ] = None,
    compare: Annotated[
        str | None,
        Option("--compare", metavar="MODEL", help="A Hugging Face model on this machine, side by side."),
    ] = None,
    label: Annotated[
        list[str] | None,
        Option("--label", metavar="THEIRS=OURS", help="With --compare: a label of it, and ours."),
    ] = None,
    every: Annotated[
        bool, Option("--all", help="TweetEval on every row of its test splits, not on a part.")
    ] = False,
) -> None:
    """Measure the model and hold it against the quality floor.

    \b
    Examples:
      schoolgate evaluate --data ../corpus
      schoolgate evaluate --data ../corpus --all --report measured --before ../model-before
      schoolgate evaluate --data ../corpus --compare NAME --label LABEL_1=abuse:hate
    """
    from classifiers.evaluation.evaluate import main_evaluate
    from classifiers.evaluation.floor import FLOOR_FILE
    from classifiers.evaluation.report.asked import comparison, report_on, whole_tweets
    from classifiers.scoring.onnx_scorer import Scorer

    scorer = Scorer()
    lines, code = main_evaluate(data, floor or FLOOR_FILE, scorer)
    if data is not None and every:
        lines += whole_tweets(data, scorer)
    if data is not None and report:
        lines += report_on(report, data, scorer, before, tweets=every)
    if data is not None and compare:
        lines += comparison(data, scorer, compare, label or (), every=every)
    for line in lines:
        say(line)
    finish(code)
