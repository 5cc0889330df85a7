"""Finds the thresholds on labelled items: `python -P -m classifiers.evaluation.calibrate --corpus DIR`.

Deterministic: the same model and items give the same file. In order: the weight of signals, where an alert
begins (by the share of false alarms), where a look begins (by the share of looks), the route, the urgency,
the labels, and last the tone and route of harmless items. `--halves` writes nothing: it shows how much better
the figures look on the items the thresholds were found on than on others.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

from classifiers.evaluation.calibrate_lines import (
    GRID,
    Doubt,
    LabelledCase,
    alert_line,
    apart,
    calm_right,
    hour_right,
    label_lines,
    lanes_right,
    look_line,
    ranking,
    relevant_line,
    removal_line,
    urgent_line,
)
from classifiers.evaluation.labelled_items import bucket, read_items
from classifiers.evaluation.triage_metrics import triage_metrics
from classifiers.linking.linker import Linker
from classifiers.scoring.heads import TextScorer
from classifiers.scoring.model_card import file_digest
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.find import find_signals
from classifiers.text.model_text import model_text
from classifiers.triage import link_items, mention_of, triage_items
from classifiers.verdicts.subject import subject
from classifiers.verdicts.thresholds import THRESHOLDS_FILE, Thresholds
from data.register.schools_json import read_schools
from data.types import School, Scores

_BIASES = tuple(round(-1.5 + 0.25 * step, 2) for step in range(13))

HALVINGS = 3
"""How many times the items are split in half; twice as many halves are measured."""

Item = Mapping[str, Any]
Objective = Callable[[Thresholds], float]


class ScoredOnce:
    """A scorer that remembers: the same items are asked for by the cases, by the doubts and by each half."""

    def __init__(self, scorer: TextScorer) -> None:
        self._scorer = scorer
        self._at: dict[str, int] = {}
        self._known: Scores | None = None

    def score(self, texts: Sequence[str]) -> Scores:
        """One row per text, in their order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._at]
        if new or self._known is None:
            self._known = self._with(self._scorer.score(new))
            self._at |= {text: len(self._at) + i for i, text in enumerate(new)}
        rows, known = [self._at[text] for text in texts], self._known
        return replace(known, values=known.values[rows], truncated=tuple(map(known.cut, rows)))

    def _with(self, more: Scores) -> Scores:
        before = self._known
        if before is None:
            return more
        cut = tuple(s.cut(i) for s in (before, more) for i in range(len(s.values)))
        return replace(more, values=np.concatenate((before.values, more.values)), truncated=cut)


def cases(items: Sequence[Item], schools: Mapping[str, School], scorer: TextScorer) -> list[LabelledCase]:
    """The relevant labelled items, scored."""
    own = [item for item in items if item["relevant"]]
    mentions = [mention_of(item) for item in own]
    scores = scorer.score([model_text(m.channel, m.title, m.text, m.rating) for m in mentions])
    found = []
    for i, (item, mention) in enumerate(zip(own, mentions, strict=True)):
        school = schools[str(item["school"])]
        signals = find_signals(mention, school, ())
        about, _ = subject(f"{mention.title}\n{mention.text}", scores.row(i), signals, school, ())
        found.append(LabelledCase(item, scores.row(i), signals, about))
    return found


def doubts(items: Sequence[Item], schools: Mapping[str, School], scorer: TextScorer) -> list[Doubt]:
    """All labelled items, with what matters for relevance."""
    mentions = [mention_of(item) for item in items]
    matches = link_items(items, mentions, schools, Linker(list(schools.values())))
    scores = scorer.score([model_text(m.channel, m.title, m.text, m.rating) for m in mentions])
    seen = [scores.row(i)["relevant"] for i in range(len(items))]
    return [
        Doubt(match.score, value, bool(item["relevant"]))
        for match, value, item in zip(matches, seen, items, strict=True)
    ]


def calibrate(found: Sequence[LabelledCase], doubtful: Sequence[Doubt]) -> Thresholds:
    """Thresholds from the relevant cases, and from all items where relevance is concerned."""
    t = _best(Thresholds(), "relevant_model", (0.5, 1.0, 1.5, 2.0, 2.5), lambda x: apart(doubtful, x))
    t = replace(t, relevant_line=relevant_line(doubtful, t))
    for name, values in (
        ("signal_strong", (0.5, 1.0, 1.5, 2.0)),
        ("signal_weak", (0.0, 0.3, 0.6, 0.9)),
        ("signal_clears", (0.0, 0.5, 1.0, 1.5)),
    ):
        t = _best(t, name, values, lambda x: ranking(found, x))
    t = replace(t, alert=alert_line(found, t))
    t = replace(t, look=look_line(found, t, len(doubtful)))
    for name in ("urgent_bias", "police_bias", "request_bias", "urgent_bias"):
        t = _best(t, name, _BIASES, lambda x: lanes_right(found, x))
    t = replace(t, removal=removal_line(found, t))
    t = replace(t, alert=urgent_line(found, t))
    t = replace(t, look=look_line(found, t, len(doubtful)))
    t = _best(t, "this_hour", GRID, lambda x: hour_right(found, x))
    t = replace(t, abuse=label_lines(found))
    for name in (
        "respond_bias",
        "thank_bias",
        "neutral_bias",
        "positive_bias",
        "respond_bias",
        "neutral_bias",
    ):
        t = _best(t, name, _BIASES, lambda x: calm_right(found, x))
    return t


def halves(items: Sequence[Item]) -> Iterator[tuple[list[Item], list[Item]]]:
    """(items to find thresholds on, items to measure), both ways round for each split by hash.

    Contrast pairs stay together.
    """
    for turn in range(HALVINGS):
        sides: tuple[list[Item], list[Item]] = ([], [])
        for item in items:
            sides[bucket(f"{turn}:{item.get('pair') or item['id']}", 2)].append(item)
        yield sides
        yield sides[::-1]


def measure_by_halves(
    items: Sequence[Item], schools: Mapping[str, School], scorer: TextScorer
) -> dict[str, float]:
    """The mean of each half's figures with the thresholds found on the other half."""
    scorer, found = ScoredOnce(scorer), defaultdict[str, list[float]](list)
    for learnt, measured in halves(items):
        t = calibrate(cases(learnt, schools, scorer), doubts(learnt, schools, scorer))
        answers = triage_items(measured, schools, scorer, thresholds=t)
        for name, value in triage_metrics(measured, answers).items():
            found[name].append(value)
    return {name: sum(values) / len(values) for name, values in found.items()}


def _best(t: Thresholds, name: str, values: Iterable[float], objective: Objective) -> Thresholds:
    """The value of one field with the highest objective; of equals, the one nearest the present value."""
    present = float(getattr(t, name))
    ranked = sorted(values, key=lambda value: abs(value - present))
    tried = [replace(t, **{name: value}) for value in ranked]  # type: ignore[arg-type]
    return max(tried, key=lambda one: round(objective(one), 6))


def write(path: Path, t: Thresholds, measured: Mapping[str, Any]) -> None:
    """Writes the thresholds and what they were measured on; the file is written completely or not at all."""
    page = tomlkit.document()
    page.add(
        tomlkit.comment("Written by `python -P -m classifiers.evaluation.calibrate`. See docs/judging.md.")
    )
    fields = asdict(t)
    abuse = fields.pop("abuse")
    for key, value in fields.items():
        page[key] = value
    page["abuse"] = abuse
    page["measured"] = measured
    draft = path.with_suffix(".draft")
    draft.write_text(tomlkit.dumps(page), encoding="utf-8")
    draft.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrates on `triage/dev.jsonl` of the corpus, writes the thresholds, prints the figures.

    With `--halves` it writes nothing and prints how thresholds found on one half do on the other.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="the folder that holds triage/dev.jsonl")
    parser.add_argument("--out", type=Path, default=THRESHOLDS_FILE, help="where the thresholds go")
    parser.add_argument(
        "--halves",
        action="store_true",
        help="write nothing; thresholds from one half, figures from the other",
    )
    given = parser.parse_args(arguments)
    dev = given.corpus / "triage" / "dev.jsonl"
    items, schools = read_items(dev), read_schools(given.corpus / "triage" / "schools.json")
    scorer = Scorer()
    if given.halves:
        _print(measure_by_halves(items, schools, scorer))
        return 0
    once = ScoredOnce(scorer)
    found = calibrate(cases(items, schools, once), doubts(items, schools, once))
    figures = triage_metrics(items, triage_items(items, schools, once, thresholds=found))
    rounded = {name: round(value, 4) for name, value in figures.items()}
    write(given.out, found, {"model": scorer.version, "data": file_digest(dev), **rounded})
    _print(figures)
    return 0


def _print(figures: Mapping[str, float]) -> None:
    sys.stdout.writelines(f"{name:28} {value:.3f}\n" for name, value in figures.items())


if __name__ == "__main__":
    sys.exit(main())
