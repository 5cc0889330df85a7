"""A folder with everything that was measured: a page, the same numbers as JSON, and two pictures a set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifiers.evaluation.baselines import Baseline, baselines, precision_recall, truth_of
from classifiers.evaluation.evaluate import OWN_FILES, evaluate
from classifiers.evaluation.intervals import Estimate
from classifiers.evaluation.judged import JudgedPost, judged_posts
from classifiers.evaluation.labelled_items import read_items
from classifiers.evaluation.made_tests import (
    FunctionRow,
    IdentityRow,
    functions,
    identity,
    identity_figures,
    most_above_mean,
    try_identity,
)
from classifiers.evaluation.public_tests import (
    ALL_ROWS,
    HATECHECK_FILE,
    MOST_ROWS,
    TWEETS,
    hatecheck_figures,
    tweet_figures,
)
from classifiers.evaluation.reach import (
    calibration_bins,
    calibration_error,
    press_figures,
    real_figures,
    school_figures,
)
from classifiers.evaluation.tables import GroupRow, grouped, precision_recall_picture, reliability
from classifiers.scoring.heads import SCORED, TextScorer
from classifiers.scoring.huggingface_scorer import HuggingFaceScorer
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.verdicts.thresholds import read_thresholds
from data.errors import InputError
from data.register.schools_json import read_schools

PAGE, FACTS = "report.md", "report.json"
RELIABILITY = "reliability.svg"

Figures = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class MeasuredSet:
    """One set of posts: school posts with tables and baselines, or real ones."""

    name: str
    posts: Sequence[JudgedPost]
    figures: Figures
    tables: Mapping[str, Sequence[GroupRow]]
    baselines: Sequence[Baseline]


@dataclass(frozen=True, slots=True)
class MadeTests:
    """The functions, the identity words, and what is measured on public sets in full."""

    functions: Sequence[FunctionRow]
    identity: Sequence[IdentityRow]
    figures: Figures
    hatecheck: Mapping[str, float]


def write_report(
    folder: Path,
    data: Path,
    files: Mapping[str, tuple[str, str]],
    scorer: TextScorer,
    before: TextScorer | None = None,
    *,
    tweets: bool = False,
) -> list[Path]:
    """Writes the report into `folder` and gives the files written.

    `files` names the sets in `data`: items and schools. `before` is an earlier model to rank beside the
    shipped one; `tweets` measures the whole of TweetEval.
    """
    sets = [
        measured
        for name, (items, schools) in files.items()
        if (data / items).is_file() and (data / schools).is_file()
        for measured in _measured(name, data / items, data / schools, scorer, before)
    ]
    made = _made_tests(data, scorer, tweets=tweets)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {**_pictures(sets), PAGE: "\n".join(_page(sets, made)) + "\n", FACTS: _as_json(sets, made)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _measured(
    name: str, items: Path, schools: Path, scorer: TextScorer, before: TextScorer | None
) -> Iterator[MeasuredSet]:
    """The school posts of a file, then its real posts: those that name their origin."""
    known, labelled = read_schools(schools), read_items(items)
    composed = [item for item in labelled if not item.get("origin")]
    real = [item for item in labelled if item.get("origin")]
    if composed:
        posts = judged_posts(composed, known, scorer)
        figures = {**school_figures(posts), **press_figures(posts), "calibration": calibration_error(posts)}
        yield MeasuredSet(name, posts, figures, grouped(posts), baselines(posts, scorer, before))
    if real:
        posts = judged_posts(real, known, scorer)
        figures = {**real_figures(posts), "calibration": calibration_error(posts)}
        yield MeasuredSet(f"{name}, real posts", posts, figures, grouped(posts), ())


def _made_tests(data: Path, scorer: TextScorer, *, tweets: bool) -> MadeTests:
    trial = try_identity(scorer)
    figures = identity_figures(trial)
    if tweets and all((data / test.file).is_file() for test in TWEETS):
        figures |= tweet_figures(data, scorer)
    hatecheck = {}
    if (data / HATECHECK_FILE).is_file():
        hatecheck = hatecheck_figures(data, scorer, read_thresholds().label("hate"))
    return MadeTests(functions(scorer), identity(trial), figures, hatecheck)


def _pictures(sets: Sequence[MeasuredSet]) -> dict[str, str]:
    found = {RELIABILITY: reliability({one.name: calibration_bins(one.posts) for one in sets})}
    for one in sets:
        if one.baselines:
            truth = truth_of(one.posts)
            curves = {base.name: precision_recall(base.ranks, truth) for base in one.baselines}
            found[_curves_file(one)] = precision_recall_picture(curves)
    return found


def _curves_file(one: MeasuredSet) -> str:
    return f"precision_recall_{one.name}.svg"


def _page(sets: Sequence[MeasuredSet], made: MadeTests) -> Iterator[str]:
    yield from ("# What was measured", "")
    yield from ("Ranges hold 95 in 100 draws of whole threads and pairs (1,000 draws, seeded).", "")
    for one in sets:
        yield from (f"## {one.name}", "", f"{len(one.posts):,} posts.", "")
        yield from _figures(one.figures)
        if one.baselines:
            yield from _baselines(one)
        for way, rows in one.tables.items():
            yield from _groups(f"{one.name} by {way}", rows)
    yield from (f"![How true the likelihoods are]({RELIABILITY})", "")
    yield from _functions(made.functions)
    yield from _identity(made.identity)
    yield from _figures(made.figures)
    if made.hatecheck:
        yield from ("| HateCheck | |", "|---|---|")
        yield from (f"| {name} | {value:.3f} |" for name, value in made.hatecheck.items())


def _figures(figures: Figures) -> list[str]:
    return _table(
        ("figure", "value (range)", "posts"),
        ((name, found, f"{found.n:,}") for name, found in figures.items()),
    )


def _baselines(one: MeasuredSet) -> list[str]:
    heads = ("what ranks", "AUC", "recall at false alarms .03")
    rows = ((base.name, base.area, base.recall) for base in one.baselines)
    return [
        *_table(heads, rows),
        f"![Finding grave posts]({_curves_file(one).replace(' ', '%20')})",
        "",
    ]


def _groups(title: str, rows: Sequence[GroupRow]) -> list[str]:
    shares = ("grave alerted", "grave alerted or shown", "others alerted", "others shown")
    heads = ("", "posts", "grave", *shares)
    cells = ((r.name, r.posts, r.grave, r.alerted, r.seen, r.false_alarms, r.looks) for r in rows)
    return [f"### {title}", "", *_table(heads, cells)]


def _functions(rows: Sequence[FunctionRow]) -> list[str]:
    heads = (
        *("function", "twins", "grave: alerted"),
        *("grave: alerted, shown or answered", "harmless: no alert"),
    )
    cells = ((r.name.replace("_", " "), r.harmless.n, r.alerted, r.seen, r.harmless) for r in rows)
    return ["## Functions in twins", "", *_table(heads, cells)]


def _identity(rows: Sequence[IdentityRow]) -> list[str]:
    cells = [
        (row.word or f"all {row.group}", *(f"{share:.3f}" for share in (row.alerted, row.looked, row.likely)))
        for row in rows
    ]
    worst = [most_above_mean(rows, what, single=True) for what in ("alerted", "looked", "likely")]
    highest = ("highest word, times the mean", *(f"{word or 'none'} {times:.2f}" for word, times in worst))
    heads = ("", "alerted", "alerted or shown", "mean likelihood")
    return ["## Identity words in harmless sentences", "", *_table(heads, [*cells, highest])]


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    cells = (heads, ["---"] * len(heads), *rows)
    return [*("| " + " | ".join(str(cell) for cell in row) + " |" for row in cells), ""]


def _as_json(sets: Sequence[MeasuredSet], made: MadeTests) -> str:
    measured = {
        one.name: {
            "figures": _facts(one.figures),
            "tables": {way: [row.facts() for row in rows] for way, rows in one.tables.items()},
            "baselines": {
                base.name: {"auc": base.area.facts(), "recall": base.recall.facts()} for base in one.baselines
            },
            "reliability": calibration_bins(one.posts),
        }
        for one in sets
    }
    facts: dict[str, Any] = {"model": sets[0].posts[0].verdict.model if sets else "", "sets": measured}
    facts["functions"] = {
        row.name: {name: getattr(row, name).facts() for name in ("alerted", "seen", "harmless")}
        for row in made.functions
    }
    facts["identity"] = [asdict(row) for row in made.identity]
    facts["figures"] = _facts(made.figures)
    facts["hatecheck"] = dict(made.hatecheck)
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def _facts(figures: Figures) -> dict[str, Any]:
    return {name: found.facts() for name, found in figures.items()}


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
