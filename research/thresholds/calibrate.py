"""Finds the stack and the thresholds: `python -P -m research.thresholds.calibrate --corpus DIR`.

Deterministic: the same models and items give the same files. The stack is fitted on `triage/dev.jsonl` of the
corpus, on the posts of some hands (`hands/`) and on those held out of training that are in no contrast pair;
the thresholds are found on the same items, each judged by a stack that was fitted without it, and so are
those for posts that the second reader has read. In order: where something is about the school, where an alert
and a look begin (by their cost in a week drawn from dev and the hands: `week.py`), the route, the urgency,
the labels, and last the tone and route of harmless items. Nothing is found on the held-out pairs: they show
what it is worth on the hardest posts. `--halves` writes nothing: it shows how much better the figures look on
the items the thresholds were found on than on others.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import starmap
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

from classifiers.linking.linker import Linker
from classifiers.scoring.network import READ, TextScorer
from classifiers.scoring.onnx_scorer import MODEL_DIR, Scorer, file_digest
from classifiers.scoring.persons import reader_of
from classifiers.signals.catalogue import find_signals
from classifiers.text.language import recognise_language
from classifiers.text.model_text import mention_text
from classifiers.triage import answer, judge_items, link_items, mention_of
from classifiers.verdicts.subject import find_subject
from classifiers.verdicts.verdict_reasons import THRESHOLDS_FILE, Thresholds, read_thresholds
from classifiers.verdicts.weigh import STACK_FILE, Likelihoods, Stack, was_read, weigh, with_reading
from data.register.national_lists import read_schools
from data.types import Relevance, School, Scores, Severity
from research.evaluation.judged import GROUPS
from research.evaluation.labelled_items import bucket, read_items
from research.evaluation.metrics import triage_metrics
from research.evaluation.shipped import READER_DIR
from research.thresholds.lines import (
    GRID,
    Doubt,
    LabelledCase,
    calm_right,
    hour_right,
    label_lines,
    lanes_right,
    ours_line,
    removal_line,
)
from research.thresholds.stack import ItemEvidence, cross_fitted, fit_stack, stack_figures, write_stack
from research.thresholds.week import Found, Stream, cheapest, drawn, look_line, telling

_BIASES = tuple(round(-1.5 + 0.25 * step, 2) for step in range(13))

HALVINGS = 3
"""How many times the items are split in half; twice as many halves are measured."""

HELD_OUT = Path(__file__).parents[2] / "tests" / "fixtures" / "triage"
"""Where the posts held out of training lie, beside their schools."""

HANDS = Path(__file__).with_name("hands")

Item = Mapping[str, Any]
Objective = Callable[[Thresholds], float]


class ScoredOnce:
    """A scorer that remembers: the same items are asked for by the stack and by each half."""

    def __init__(self, scorer: TextScorer) -> None:
        self._scorer = scorer
        reader = reader_of(scorer)
        self.reader: ScoredOnce | None = ScoredOnce(reader) if reader else None
        self._at: dict[str, int] = {}
        self._known: Scores | None = None

    def score(self, texts: Sequence[str]) -> Scores:
        """One row per text, in their order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._at]
        if new or self._known is None:
            self._known = self._with(self._scorer.score(new))
            self._at |= {text: len(self._at) + i for i, text in enumerate(new)}
        rows, known = [self._at[text] for text in texts], self._known
        return replace(known, values=known.values[rows], truncated=tuple(map(known.is_cut, rows)))

    def _with(self, more: Scores) -> Scores:
        before = self._known
        if before is None:
            return more
        cut = tuple(s.is_cut(i) for s in (before, more) for i in range(len(s.values)))
        return replace(more, values=np.concatenate((before.values, more.values)), truncated=cut)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled items with the schools they name."""

    items: Sequence[Item]
    schools: Mapping[str, School]


def read_again(found: Sequence[ItemEvidence], reader: TextScorer) -> list[ItemEvidence]:
    """The same items as the stack is told of them where the second reader has read them."""
    readings = reader.score([mention_text(mention_of(one.item)) for one in found])
    return [replace(one, scores=with_reading(one.scores, readings.row(i))) for i, one in enumerate(found)]


def evidence(labelled: Labelled, scorer: TextScorer) -> list[ItemEvidence]:
    """All that the stack is told of each item."""
    items, schools = labelled.items, labelled.schools
    mentions = [mention_of(item) for item in items]
    matches = link_items(items, mentions, schools, Linker(list(schools.values())))
    scores = scorer.score([mention_text(m) for m in mentions])
    found = []
    for i, (item, mention, match) in enumerate(zip(items, mentions, matches, strict=True)):
        school, text = schools[str(item["school"])], f"{mention.title}\n{mention.text}"
        signals = find_signals(mention, school, ())
        about, _ = find_subject(text, scores.row(i), signals, school, ())
        found.append(ItemEvidence(item, scores.row(i), signals, match, recognise_language(text), about))
    return found


def hands() -> list[Labelled]:
    """The posts of the hands that wrote without seeing each other, each with its schools."""
    return [
        Labelled(read_items(path), read_schools(path.with_name(f"{path.stem}_schools.json")))
        for path in sorted(HANDS.glob("*.jsonl"))
    ]


def calibrate(found: Sequence[ItemEvidence], likely: Sequence[Likelihoods]) -> Thresholds:
    """Thresholds from labelled items, each with what a stack makes of it that was fitted without it."""
    pairs = list(zip(found, likely, strict=True))
    relevant = [
        LabelledCase(one.item, one.scores, one.signals, one.about, said)
        for one, said in pairs
        if one.item["relevant"]
    ]
    doubtful = [Doubt(said.ours, bool(one.item["relevant"])) for one, said in pairs]
    natural = [(one, said) for one, said in pairs if not one.item["id"].startswith("tr")]
    week = drawn([_in_a_week(one, said) for one, said in natural])
    return thresholds(relevant, doubtful, week, read=all(was_read(one.scores) for one in found))


def _in_a_week(one: ItemEvidence, said: Likelihoods) -> Found:
    weighed = weigh(one.scores, one.signals, Thresholds(alert=1.0), said)
    ours = bool(one.item["relevant"])
    kept = 0.0 if one.match.relevance is Relevance.NOT_ABOUT else 1.0
    return Found(
        GROUPS[one.item["route"]],
        kept * said.grave,
        firm=bool(kept) and weighed.severe >= 1.0,
        ours=ours,
        grave=ours and one.item["severity"] >= Severity.TODAY,
        hour=ours and one.item["severity"] >= Severity.THIS_HOUR,
    )


def chosen_line() -> float:
    """Return the line of what was read again, as it stands: it was chosen on an ordinary month and on hard
    posts that nothing was fitted on."""
    standing = read_thresholds()
    return (standing.read or standing).alert


def thresholds(
    found: Sequence[LabelledCase], doubtful: Sequence[Doubt], week: Stream, *, read: bool = False
) -> Thresholds:
    """Thresholds from the relevant cases, from all items where relevance is concerned, and from a week; for
    posts that the second reader has `read`, or for those that it may still.
    """
    alert = chosen_line() if read else min(cheapest(week), telling(week))
    look = look_line(week, alert)
    t = Thresholds(ours=ours_line(doubtful), signal_strong=1.5, alert=alert, look=look)
    for name in ("urgent_bias", "police_bias", "request_bias", "urgent_bias"):
        t = _best(t, name, _BIASES, lambda x: lanes_right(found, x))
    t = replace(t, removal=removal_line(found, t))
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


def measure_by_halves(dev: Labelled, held: Labelled, scorer: TextScorer) -> dict[str, float]:
    """The mean of each half's figures with what was found on the other half and on those held out."""
    scorer, found = ScoredOnce(scorer), defaultdict[str, list[float]](list)
    beside = [one for labelled in (held, *hands()) for one in evidence(labelled, scorer)]
    of_item = {one.item["id"]: one for one in evidence(dev, scorer)}
    for learnt, measured in halves(dev.items):
        t, stack, _ = calibrated([*(of_item[item["id"]] for item in learnt), *beside], scorer.reader)
        answers = starmap(answer, judge_items(measured, dev.schools, scorer, thresholds=t, stack=stack))
        for name, value in triage_metrics(measured, answers).items():
            found[name].append(value)
    return {name: sum(values) / len(values) for name, values in found.items()}


def calibrated(
    told: Sequence[ItemEvidence], reader: TextScorer | None
) -> tuple[Thresholds, Stack, dict[str, float]]:
    """Thresholds and stack with and without the second reader, and the figures of the stack."""
    likely, stack = cross_fitted(told), fit_stack(told)
    found, figures = calibrate(told, likely), stack_figures(told, likely)
    if reader is None:
        return found, stack, figures
    read = read_again(told, reader)
    likely = cross_fitted(read)
    figures |= {f"read.{name}": value for name, value in stack_figures(read, likely).items()}
    both = {**stack, "reader": fit_stack(read)["reader"]}
    return replace(found, read=calibrate(read, likely)), both, figures


def _best(t: Thresholds, name: str, values: Iterable[float], objective: Objective) -> Thresholds:
    """The value of one field with the highest objective; of equals, the one nearest the present value."""
    present = float(getattr(t, name))
    ranked = sorted(values, key=lambda value: abs(value - present))
    tried = [replace(t, **{name: value}) for value in ranked]  # type: ignore[arg-type]
    return max(tried, key=lambda one: round(objective(one), 6))


def write(path: Path, t: Thresholds, measured: Mapping[str, Any]) -> None:
    """Writes the thresholds and what they were measured on; the file is written completely or not at all."""
    page = tomlkit.document()
    page.add(tomlkit.comment("Written by `python -P -m research.thresholds.calibrate`. See docs/judging.md."))
    fields = asdict(t)
    abuse, read = fields.pop("abuse"), fields.pop("read")
    page |= {**fields, "abuse": abuse}
    if read:
        page["read"] = {key: value for key, value in read.items() if key != "read"}
    page["measured"] = measured
    draft = path.with_suffix(".draft")
    draft.write_text(tomlkit.dumps(page), encoding="utf-8")
    draft.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Finds the stack and the thresholds, writes them, prints the figures.

    With `--halves` it writes nothing and prints how what was found on one half does on the other.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="the folder that holds triage/dev.jsonl")
    parser.add_argument("--held", type=Path, default=HELD_OUT, help="the folder that holds holdout.jsonl")
    parser.add_argument("--out", type=Path, default=THRESHOLDS_FILE.parent, help="where both files go")
    parser.add_argument("--model", type=Path, default=MODEL_DIR, help="the folder of the model")
    parser.add_argument("--reader", type=Path, default=READER_DIR, help="the folder of the second reader")
    parser.add_argument(
        "--halves", action="store_true", help="write nothing; all found on one half, figures from the other"
    )
    given = parser.parse_args(arguments)
    files = (given.corpus / "triage" / "dev.jsonl", given.held / "holdout.jsonl")
    dev = Labelled(read_items(files[0]), read_schools(given.corpus / "triage" / "schools.json"))
    every = Labelled(read_items(files[1]), read_schools(given.held / "holdout_schools.json"))
    held = replace(every, items=[item for item in every.items if not item.get("pair")])
    reader = Scorer(given.reader, labels=READ)
    scorer = Scorer(given.model, reader=reader)
    if given.halves:
        _print(measure_by_halves(dev, held, scorer))
        return 0
    once = ScoredOnce(scorer)
    told = [*evidence(dev, once), *evidence(held, once)]
    told += [one for hand in hands() for one in evidence(hand, once)]
    found, stack, of_stack = calibrated(told, once.reader)
    pairs = replace(every, items=[item for item in every.items if item.get("pair")])
    figures = _figures(dev, once, found, stack)
    beside = {f"pairs.{name}": value for name, value in _figures(pairs, once, found, stack).items()}
    digests = {"data": file_digest(files[0]), "held": file_digest(files[1])}
    source = {"model": scorer.version, "reader": reader.version, **digests}
    write(given.out / THRESHOLDS_FILE.name, found, {**source, **figures})
    write_stack(given.out / STACK_FILE.name, stack, {**source, **of_stack})
    _print({**figures, **beside, **of_stack})
    return 0


def _figures(labelled: Labelled, scorer: TextScorer, t: Thresholds, stack: Stack) -> dict[str, float]:
    answers = starmap(
        answer, judge_items(labelled.items, labelled.schools, scorer, thresholds=t, stack=stack)
    )
    return {name: round(value, 4) for name, value in triage_metrics(labelled.items, answers).items()}


def _print(figures: Mapping[str, float]) -> None:
    sys.stdout.writelines(f"{name:32} {value:.3f}\n" for name, value in figures.items())


if __name__ == "__main__":
    sys.exit(main())
