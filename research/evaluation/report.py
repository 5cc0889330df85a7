"""A folder with everything that was measured: a page, the same numbers as JSON, and two pictures a set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.huggingface_scorer import HuggingFaceScorer
from classifiers.scoring.network import SCORED, TextScorer
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.errors import InputError
from data.register.national_lists import read_schools
from research.evaluation.judged import (
    Baseline,
    GroupRow,
    JudgedPost,
    baselines,
    calibration_bins,
    calibration_error,
    grouped,
    judged_posts,
    precision_recall,
    press_figures,
    real_figures,
    school_figures,
    truth_of,
)
from research.evaluation.labelled_items import read_items
from research.evaluation.made_tests import (
    FunctionRow,
    IdentityRow,
    functions,
    identity,
    identity_figures,
    most_above_mean,
    try_identity,
)
from research.evaluation.measure import OWN_FILES, evaluate
from research.evaluation.metrics import Estimate
from research.evaluation.public_tests import (
    ALL_ROWS,
    HATECHECK_FILE,
    MOST_ROWS,
    TWEETS,
    hatecheck_figures,
    tweet_figures,
)
from research.evaluation.shipped import EarlierScorer

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
    texts = {
        **_pictures(sets),
        PAGE: "\n".join(_page(sets, made)) + "\n",
        FACTS: _as_json(sets, made, getattr(scorer, "version", "")),
    }
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
    return [*_table(heads, rows), f"![Finding grave posts]({_curves_file(one).replace(' ', '%20')})", ""]


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


def _as_json(sets: Sequence[MeasuredSet], made: MadeTests, version: str) -> str:
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
    facts: dict[str, Any] = {"model": version, "sets": measured}
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
    earlier = EarlierScorer(before) if before else None
    return [str(path) for path in write_report(folder, data, OWN_FILES, scorer, earlier, tweets=tweets)]


def whole_tweets(data: Path, scorer: TextScorer) -> list[str]:
    """TweetEval on every row. Raises InputError where it is not there."""
    for test in TWEETS:
        if not (data / test.file).is_file():
            raise InputError(f"--all measures the whole of TweetEval, and {data / test.file} is not there.")
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
        raise InputError(f"Say what {name} answers: --label THEIRS=OURS, such as --label LABEL_1=abuse:hate.")
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


_SIDE, _LEFT, _TOP, _RIGHT, _FOOT = 320, 60, 40, 220, 56
_COLOURS = ("#1b6ca8", "#b3541e", "#3c7a3c", "#7a3c78", "#555555", "#a88a1b")
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4", "1 4")
_POINTS = 200

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def reliability(sets: Mapping[str, Sequence[tuple[float, float, int]]]) -> str:
    """For each set of posts its bins (likelihood given, share that is grave, posts); area is the count."""
    parts = [_line(((0, 0), (1, 1)), "#999999", "3 3")]
    most = max((n for bins in sets.values() for *_, n in bins), default=1)
    for (name, bins), colour, dash in zip(sets.items(), _COLOURS, _DASHES, strict=False):
        points = [(given, so) for given, so, _ in bins]
        parts.append(_line(points, colour, dash))
        parts += [_dot(given, so, 7 * (n / most) ** 0.5, colour, name) for given, so, n in bins]
    return _picture(
        "How true the likelihoods are", "likelihood given", "share that is grave", parts, list(sets)
    )


def precision_recall_picture(curves: Mapping[str, Curve]) -> str:
    """A curve of (recall, precision) for each name."""
    parts = [
        _line(_thinned(*curve), colour, dash)
        for curve, colour, dash in zip(curves.values(), _COLOURS, _DASHES, strict=False)
    ]
    return _picture("Finding grave posts", "recall", "precision", parts, list(curves))


def _thinned(recall: NDArray[np.float64], precision: NDArray[np.float64]) -> list[tuple[float, float]]:
    chosen = np.unique(np.linspace(0, len(recall) - 1, _POINTS).astype(int))
    return [(float(recall[i]), float(precision[i])) for i in chosen]


def _place(x: float, y: float) -> tuple[float, float]:
    return _LEFT + x * _SIDE, _TOP + (1 - y) * _SIDE


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(*point) for point in points))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _dot(x: float, y: float, radius: float, colour: str, name: str) -> str:
    across, down = _place(x, y)
    said = escape(f"{name}: {x:.2f} given, {y:.2f} so")
    return (
        f'<circle cx="{across:.1f}" cy="{down:.1f}" r="{max(radius, 2):.1f}" fill="{colour}"'
        ' fill-opacity="0.6">'
        f"<title>{said}</title></circle>"
    )


def _picture(title: str, across: str, up: str, parts: Sequence[str], names: Sequence[str]) -> str:
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
        *_axes(across, up),
        *parts,
        *_legend(names),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _axes(across: str, up: str) -> list[str]:
    left, foot = _place(0, 0)
    found = [
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#444444"/>',
        f'<text x="{_LEFT + _SIDE / 2}" y="{foot + 42}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(18 {_TOP + _SIDE / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>",
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _place(tick, tick)
        found.append(f'<text x="{x}" y="{foot + 18}" text-anchor="middle">{tick:g}</text>')
        found.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    return found


def _legend(names: Sequence[str]) -> list[str]:
    found = []
    x = _LEFT + _SIDE + 14
    for i, (name, colour, dash) in enumerate(zip(names, _COLOURS, _DASHES, strict=False)):
        y = _TOP + 14 + 22 * i
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        found.append(
            f'<line x1="{x}" x2="{x + 26}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"{dashed}/>'
        )
        found.append(f'<text x="{x + 32}" y="{y + 4}">{escape(name)}</text>')
    return found
