"""Measures a model on public test splits, dev.jsonl and the project's held-out items; the floor it must hold.

The floor is figures that may rise and never fall, tied to the data they were measured on.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
from numpy.typing import NDArray

from classifiers.scoring.network import TextScorer
from classifiers.scoring.onnx_scorer import Scorer, file_digest
from classifiers.scoring.persons import reader_of
from classifiers.triage import triage_items
from classifiers.verdicts.verdict_reasons import themes_of
from data.errors import InputError
from data.register.national_lists import read_schools
from data.types import ABUSE_LABELS, THEMES, Route, Severity
from research.evaluation.labelled_items import item_text, labelled_posts, read_items
from research.evaluation.made_tests import FUNCTIONS, functions
from research.evaluation.metrics import auc, f1, macro_f1, recall_at, triage_metrics
from research.evaluation.public_tests import MOST_ROWS, PUBLIC_TESTS, Column, best, columns, public_figures
from research.evaluation.shipped import without_reader

FLOOR_FILE = Path(__file__).parents[2] / "classifiers" / "quality_floor.toml"

SECTIONS = {
    "public": "public sets",
    "dev": "dev.jsonl",
    "holdout": "the held-out posts",
    "hand": "a hand that chose nothing",
    "themes": "themes of posts",
    "functions": "functions in twins",
    "dev_read": "dev.jsonl, read again",
    "holdout_read": "the held-out posts, read again",
    "hand_read": "a hand that chose nothing, read again",
    "functions_read": "functions in twins, read again",
}

MARGIN = {"public": 0.01, "themes": 0.03} | dict.fromkeys(set(SECTIONS) - {"public", "themes"}, 0.02)
"""How far below a measured figure its floor is set: processors round eight-bit products differently."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Floor:
    """The least value of each figure (`section.name`) and the SHA-256 of the files it was measured on."""

    floors: Mapping[str, float]
    data: Mapping[str, str]
    model: str = ""


def read_floor(path: Path) -> Floor:
    """The floor file. Raises InputError where it cannot be read as one."""
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        floors = {
            f"{section}.{name}": float(value)
            for section in SECTIONS
            for name, value in facts.get(section, {}).items()
        }
        return Floor(floors, dict(facts.get("data", {})), str(facts.get("model", "")))
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        raise InputError(f"{path} cannot be read as a floor file: {fault}") from None


def write_floor(path: Path, floor: Floor) -> None:
    """Writes the file completely or not at all."""
    page = tomlkit.document()
    page.add(
        tomlkit.comment(
            "Written by `python -P -m research.evaluation.measure`; it only rises. More: page “model”."
        )
    )
    page["model"] = floor.model
    page["data"] = dict(sorted(floor.data.items()))
    for section in SECTIONS:
        start = f"{section}."
        page[section] = {
            k.removeprefix(start): v for k, v in sorted(floor.floors.items()) if k.startswith(start)
        }
    draft = path.with_suffix(".draft")
    draft.write_text(tomlkit.dumps(page), encoding="utf-8")
    draft.replace(path)


def check(floor: Floor, figures: Mapping[str, float], data: Mapping[str, str]) -> list[str]:
    """A sentence for each fault; empty where every figure of the measured sections holds.

    Faults are a figure below its floor, a figure without a floor, a floor without a figure, and data other
    than those the floor was measured on.
    """
    faults = [
        f"{name} has changed since the floor was set: its SHA-256 is {digest[:12]}…"
        for name, digest in sorted(data.items())
        if floor.data.get(name) != digest
    ]
    sections = {name.partition(".")[0] for name in figures}
    for name, least in sorted(floor.floors.items()):
        if name.partition(".")[0] in sections and name not in figures:
            faults.append(f"{name} has a floor of {least:.3f} and was not measured")
    for name, value in sorted(figures.items()):
        least = floor.floors.get(name, math.nan)
        if math.isnan(least):
            faults.append(f"{name} is {value:.3f} and has no floor")
        elif not value >= least:
            faults.append(f"{name} is {value:.3f}, below its floor of {least:.3f}")
    return faults


def raised(
    floor: Floor, figures: Mapping[str, float], data: Mapping[str, str], model: str, *, lower: bool = False
) -> Floor:
    """The floor after a measurement: each figure less its margin, where that is higher.

    `lower` sets every measured figure, down as well as up; a reviewer sees the flag in the command and the
    lower number in the file.
    """
    floors = dict(floor.floors)
    for name, value in figures.items():
        if math.isnan(value):
            raise InputError(f"{name} could not be measured, so no floor can be set on it.")
        least = math.floor((value - MARGIN[name.partition(".")[0]]) * 1000 + _ROUNDING) / 1000
        floors[name] = least if lower else max(least, floors.get(name, least))
    return Floor(floors, {**floor.data, **data}, model)


BETTER_LOW = ("false_alarms", "alerts_on_irrelevant", "fair_removals", "looks")
"""Shares that should be small; their complement is measured, so that for every figure higher is better."""


def decision_figures(items: Path, schools: Path, scorer: TextScorer) -> dict[str, float]:
    """How good the answers of `schoolgate triage` are on labelled items; higher is better.

    Shares that should be small appear as `no_…`, one minus the share.
    """
    labelled = read_items(items)
    found = triage_metrics(labelled, triage_items(labelled, read_schools(schools), scorer))
    return {
        f"no_{name}" if name in BETTER_LOW else name: 1.0 - value if name in BETTER_LOW else value
        for name, value in found.items()
    }


def theme_figures(items: Sequence[Mapping[str, Any]], scorer: TextScorer) -> dict[str, float]:
    """`precision`, `recall`, `f1` over all themes named or labelled; `macro_f1` is the mean over themes.

    `quiet` is the share of the posts without a theme for which none was named.
    """
    named = name_themes(items, scorer)
    pairs = [(set(item["themes"]), set(found)) for item, found in zip(items, named, strict=True)]
    frequent = [t for t in THEMES if sum(t in labelled for labelled, _ in pairs) >= LEAST_POSITIVES]
    hits, said, labelled = (sum(counts) for counts in zip(*(_counts(pairs, t) for t in THEMES), strict=True))
    empty = [found for wanted, found in pairs if not wanted]
    return {
        "precision": hits / said if said else 1.0,
        "recall": hits / labelled if labelled else 1.0,
        "f1": f1(hits, said, labelled),
        "macro_f1": float(np.mean([f1(*_counts(pairs, theme)) for theme in frequent])) if frequent else 1.0,
        "quiet": sum(not found for found in empty) / len(empty) if empty else 1.0,
    }


def name_themes(items: Sequence[Mapping[str, Any]], scorer: TextScorer) -> list[tuple[str, ...]]:
    """The themes named for each item."""
    scores = scorer.score([item_text(item) for item in items])
    return [themes_of(scores.row(i)) for i in range(len(items))]


def _counts(pairs: Sequence[tuple[set[str], set[str]]], theme: str) -> tuple[int, int, int]:
    """(rightly named, named, labelled) for one theme."""
    return (
        sum(theme in labelled and theme in named for labelled, named in pairs),
        sum(theme in named for _, named in pairs),
        sum(theme in labelled for labelled, _ in pairs),
    )


LEAST_POSITIVES = 5
"""A label with fewer positives in a set is not measured on it."""

OWN_FILES = {
    "dev": ("triage/dev.jsonl", "triage/schools.json"),
    "holdout": ("holdout.jsonl", "holdout_schools.json"),
    "hand": ("hand.jsonl", "hand_schools.json"),
}
"""Where a folder for measuring may hold labelled school posts, and their schools."""

OWN_SETS = {section: items for section, (items, _) in OWN_FILES.items()}

THEMES_FILE = "themes.jsonl"
"""Where a folder for measuring may hold posts labelled with their themes."""


def evaluate(folder: Path, scorer: TextScorer, most: int = MOST_ROWS) -> dict[str, float]:
    """Every figure that the contents of `folder` and the scorer's labels allow, by `section.set.what`.

    Sections: `public` (needs `datasets/`; `most` rows of each split), `dev` (`triage/dev.jsonl`), `holdout`
    (`holdout.jsonl`), `hand` (`hand.jsonl`: by a hand that chose nothing), `themes` (`themes.jsonl`).
    Figures are in 0..1; higher is better.
    """
    figures: dict[str, float] = {}
    for test in PUBLIC_TESTS:
        if (folder / test.file).is_file():
            figures |= public_figures(folder, test, scorer, most)
    for section, name in OWN_SETS.items():
        if (folder / name).is_file():
            found = measure_items(labelled_posts(folder / name), scorer)
            figures |= {f"{section}.{what}": value for what, value in found.items()}
    if (folder / THEMES_FILE).is_file():
        found = theme_figures(read_items(folder / THEMES_FILE), scorer)
        figures |= {f"themes.{what}": value for what, value in found.items()}
    return figures


def measured_files(folder: Path) -> dict[str, str]:
    """SHA-256 of the files `evaluate` reads in `folder`, by their path in it, and of the functions."""
    names = [*(test.file for test in PUBLIC_TESTS), *OWN_SETS.values(), THEMES_FILE]
    found = {name: file_digest(folder / name) for name in names if (folder / name).is_file()}
    return found | {FUNCTIONS.name: file_digest(FUNCTIONS)}


def measure_items(items: Sequence[Mapping[str, Any]], scorer: TextScorer) -> dict[str, float]:
    """How well the heads do on labelled school posts; all but `relevant` on the relevant ones.

    A head that the scorer lacks is left out.
    """
    scores = scorer.score([item_text(item) for item in items])
    relevant = _truth(items, lambda item: item["relevant"])
    own = [item for item in items if item["relevant"]]
    column = {label: values[relevant] for label, values in columns(scores).items()}
    figures: dict[str, float] = {}
    if "relevant" in scores.labels:
        figures["relevant_auc"] = auc(columns(scores)["relevant"], relevant)
    if "severity:3" in scores.labels:
        figures |= _severity_figures(column, own)
    figures |= _head_figures(column, own)
    for label in ABUSE_LABELS:
        truth_of = np.asarray([label in item["abuse"] for item in own])
        if truth_of.sum() >= LEAST_POSITIVES and f"abuse:{label}" in column:
            figures[f"{label}_auc"] = auc(column[f"abuse:{label}"], truth_of)
    return figures


def _severity_figures(column: Mapping[str, Column], own: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    grave = _truth(own, lambda item: item["severity"] >= Severity.TODAY)
    urgent = [route for route in Route if route.urgent]
    lane = _truth(own, lambda item: item["route"] in urgent)
    lane_scores: Column = np.sum([column[f"route:{route.value}"] for route in urgent], axis=0)
    hour = _truth(own, lambda item: item["severity"] >= Severity.THIS_HOUR)
    return {
        "severity3_auc": auc(column["severity:3"], grave),
        "severity3_recall_at_5": recall_at(column["severity:3"], grave, 0.05),
        "severity4_auc": auc(column["severity:4"], hour),
        "lane_auc": auc(lane_scores, lane),
        "lane_recall_at_5": recall_at(lane_scores, lane, 0.05),
    }


def _head_figures(column: Mapping[str, Column], own: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Tone, subject and route: the likeliest of each."""
    figures: dict[str, float] = {}
    for name in ("sentiment", "about", "route"):
        labels = tuple(label.partition(":")[2] for label in column if label.startswith(f"{name}:"))
        truth = [item[name] for item in own]
        if labels and name == "sentiment":
            figures["sentiment_macro_f1"] = macro_f1(best(column, name, labels), truth)
        elif labels:
            right = [a == b for a, b in zip(best(column, name, labels), truth, strict=True)]
            figures[f"{name}_accuracy"] = float(np.mean(right))
    return figures


def _truth(items: Sequence[Mapping[str, Any]], holds: Any) -> NDArray[np.bool_]:
    return np.asarray([bool(holds(item)) for item in items])


def hold_against_floor(data: Path, floor: Path | None, scorer: TextScorer) -> tuple[list[str], int]:
    """A line for each figure and each fault, and 1 where the floor does not hold; without one, 0.

    `data` holds `datasets/`, `triage/dev.jsonl`, `holdout.jsonl` or `themes.jsonl`, whatever there is; the
    figures are those of the heads and, where the schools file is beside the items, of the whole decision.
    Raises InputError where it holds none.
    """
    figures = all_figures(data, scorer)
    lines = [f"{name:<58} {value:.3f}" for name, value in sorted(figures.items())]
    if floor is None:
        return lines, 0
    faults = check(read_floor(floor), figures, measured_files(data))
    measured = {name.partition(".")[0] for name in figures}
    for section, title in SECTIONS.items():
        if section not in measured:
            lines.append(f"floor on {title}: not checked")
        elif not any(fault.startswith(f"{section}.") for fault in faults):
            lines.append(f"floor on {title}: held")
    return [*lines, *faults], int(bool(faults))


def all_figures(data: Path, scorer: TextScorer) -> dict[str, float]:
    """The figures of `evaluate`, of the whole decision and of the functions; of these two also with the
    second reader (`dev_read.…`), where the scorer has one.

    Raises InputError where there is nothing to measure on.
    """
    alone, reads = without_reader(scorer), reader_of(scorer) is not None
    figures = evaluate(data, alone)
    if not figures:
        expected = ", ".join(("datasets/*.parquet", *OWN_SETS.values(), THEMES_FILE))
        raise InputError(f"{data} holds nothing to measure on: none of {expected}.")
    for section, (items, schools) in OWN_FILES.items():
        if (data / items).is_file() and (data / schools).is_file():
            found = decision_figures(data / items, data / schools, alone)
            figures |= {f"{section}.decision.{what}": value for what, value in found.items()}
            found = decision_figures(data / items, data / schools, scorer) if reads else {}
            figures |= {f"{section}_read.{what}": value for what, value in found.items()}
    figures |= _function_figures("functions", alone)
    return figures | (_function_figures("functions_read", scorer) if reads else {})


def _function_figures(section: str, scorer: TextScorer) -> dict[str, float]:
    whole = functions(scorer)[-1]
    found = {"alerted": whole.alerted, "seen": whole.seen, "harmless": whole.harmless}
    return {f"{section}.{name}": figure.value for name, figure in found.items()}


def raise_floor(path: Path, folders: Sequence[Path], scorer: Scorer, *, lower: bool = False) -> str:
    """Raises the floors in the file to the figures measured now in these folders; says how many there are."""
    floor = read_floor(path) if path.exists() else Floor({}, {})
    for folder in folders:
        figures, digests = all_figures(folder, scorer), measured_files(folder)
        floor = raised(floor, figures, digests, scorer.version, lower=lower)
    write_floor(path, floor)
    return f"{path} has {len(floor.floors)} floors."
