"""What `schoolgate evaluate` adds on request: a report, all of TweetEval, another model side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from classifiers.evaluation.evaluate import OWN_FILES, evaluate
from classifiers.evaluation.public_tests import ALL_ROWS, MOST_ROWS, TWEETS, tweet_figures
from classifiers.evaluation.report.page import write_report
from classifiers.scoring.heads import SCORED, TextScorer
from classifiers.scoring.huggingface_scorer import HuggingFaceScorer
from classifiers.scoring.onnx_scorer import Scorer
from data.errors import InputError


def report_on(
    folder: Path, data: Path, scorer: TextScorer, before: Path | None, *, tweets: bool
) -> list[str]:
    """Writes the report on what `data` holds; `before` is the folder of an earlier model."""
    earlier = Scorer(before, earlier=True) if before else None
    return [str(path) for path in write_report(folder, data, OWN_FILES, scorer, earlier, tweets=tweets)]


def whole_tweets(data: Path, scorer: TextScorer) -> list[str]:
    """TweetEval on every row. Raises InputError where it is not there."""
    for test in TWEETS:
        if not (data / test.file).is_file():
            raise InputError(f"⟨all⟩ measures the whole of TweetEval, and {data / test.file} is not there.")
    return [f"{name + ' (all rows)':<58} {found}" for name, found in tweet_figures(data, scorer).items()]


def comparison(
    data: Path, scorer: TextScorer, model: str, labels: Sequence[str], *, every: bool
) -> list[str]:
    """A line for each figure that both have: the shipped model, then the other."""
    other = other_model(model, labels)
    found = compared(data, scorer, other, ALL_ROWS if every else MOST_ROWS)
    if not found:
        raise InputError(f"Nothing in {data} is labelled with what {model} answers.")
    head = f"{'figure':<58} shipped  {other.version}"
    return [head, *(f"{name:<58} {ours:.3f}    {theirs:.3f}" for name, (ours, theirs) in found.items())]


def other_model(name: str, labels: Sequence[str]) -> HuggingFaceScorer:
    """The model of that name or folder; each of `labels` is `THEIRS=ours`, such as `LABEL_1=abuse:hate`.

    Raises InputError where a label is none of ours or is not written so, ModelMissing without the extra
    `torch` or the model.
    """
    if not labels:
        raise InputError(f"Say what {name} answers: ⟨label⟩ THEIRS=OURS, such as ⟨label⟩ LABEL_1=abuse:hate.")
    pairs = dict(_pair(label) for label in labels)
    scorer = HuggingFaceScorer(name, pairs)
    scorer.score(["A word."])
    return scorer


def _pair(label: str) -> tuple[str, str]:
    theirs, _, ours = label.partition("=")
    if not theirs or ours not in SCORED:
        raise InputError(f"“{label}” is not THEIRS=OURS. Ours are {', '.join(SCORED)}.")
    return theirs, ours


def compared(folder: Path, ours: TextScorer, other: TextScorer, most: int) -> dict[str, tuple[float, float]]:
    """(shipped, other) by figure: those that the other model's labels allow. Themes are not compared."""
    theirs = evaluate(folder, other, most)
    own = evaluate(folder, ours, most)
    return {
        name: (own[name], value)
        for name, value in theirs.items()
        if name in own and not name.startswith("themes.")
    }
