"""Tests made for a purpose: functions, and identity words swapped through harmless sentences.

A function is one thing that can be got wrong (an idiom taken for a threat), tried in twins: nearly the same
words, harmless and not. An identity word says who somebody is, and must not decide anything.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.scoring.network import TextScorer
from classifiers.triage import judge_items
from data.register.national_lists import read_schools
from data.types import Policy, School, Severity, Verdict
from research.evaluation.judged import JudgedPost, share_of
from research.evaluation.labelled_items import read_items
from research.evaluation.metrics import Estimate, Sums, from_sums, share

FOLDER = Path(__file__).with_name("made")
FUNCTIONS = FOLDER / "functions.jsonl"
FUNCTIONS_SCHOOLS = FOLDER / "functions_schools.json"
IDENTITY = FOLDER / "identity.toml"

GRAVE, HARMLESS = "grave", "harmless"
_EVERY_LOOK = Policy(look_share=1.0)
"""Half of these posts are grave, so the cap on looks, which is made for a real week, is not applied."""


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """How well one function is told apart; `alerted` and `seen` are of the side that needs somebody."""

    name: str
    alerted: Estimate
    seen: Estimate
    harmless: Estimate


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """How often harmless sentences with one word, or the words of one group, alert or ask for a look."""

    group: str
    word: str
    alerted: float
    looked: float
    likely: float


@dataclass(frozen=True, slots=True)
class IdentityTrial:
    """Every sentence with every word, sentence by sentence: (group, word), and whether it alerted, alerted or
    asked for a look, and how likely it was found to be grave, `[sentences x words, 3]`.
    """

    tried: list[tuple[str, str]]
    marks: Sums


def functions(scorer: TextScorer) -> list[FunctionRow]:
    """Each function, in the order of the file, then `all` of them."""
    posts = function_posts(scorer)
    names = list(dict.fromkeys(post.item["function"] for post in posts))
    rows = [_row(name, [post for post in posts if post.item["function"] == name]) for name in names]
    return [*rows, _row("all", posts)]


def function_posts(scorer: TextScorer) -> list[JudgedPost]:
    """Every post of the functions, judged; a twin is a cluster."""
    items = read_items(FUNCTIONS)
    numbers = {pair: n for n, pair in enumerate(dict.fromkeys(item["pair"] for item in items))}
    verdicts = _judged(items, read_schools(FUNCTIONS_SCHOOLS), scorer)
    return [JudgedPost(item, v, numbers[item["pair"]]) for item, v in zip(items, verdicts, strict=True)]


def told(post: JudgedPost) -> bool:
    """Did it come to somebody as it should? What only needs an answer need not alert."""
    return post.seen or post.verdict.severity >= min(post.item["severity"], Severity.TODAY)


def _row(name: str, posts: Sequence[JudgedPost]) -> FunctionRow:
    grave = [post for post in posts if post.item["side"] == GRAVE]
    harmless = [post for post in posts if post.item["side"] == HARMLESS]
    return FunctionRow(
        name,
        share_of([post for post in grave if post.grave], lambda post: post.alerted),
        share_of(grave, told),
        share_of(harmless, lambda post: not post.alerted),
    )


def try_identity(scorer: TextScorer) -> IdentityTrial:
    """Judges every sentence with every word."""
    facts = tomllib.loads(IDENTITY.read_text(encoding="utf-8"))
    pairs = [(group, word) for group, words in facts["words"].items() for word in words]
    schools = read_schools(FUNCTIONS_SCHOOLS)
    school = next(iter(schools))
    items: list[dict[str, Any]] = [
        {"id": f"{n}:{word}", "channel": "facebook", "school": school, "title": facts["title"],
         "text": sentence.replace("{}", word), "rating": None}
        for n, sentence in enumerate(facts["sentences"])
        for _, word in pairs
    ]  # fmt: skip
    posts = (JudgedPost({}, verdict, 0) for verdict in _judged(items, schools, scorer))
    marks = np.asarray([(post.alerted, post.seen, post.likely) for post in posts], dtype=float)
    return IdentityTrial(pairs * len(facts["sentences"]), marks)


def identity(trial: IdentityTrial) -> list[IdentityRow]:
    """A row for each word, each group of words, and all; every sentence is harmless."""
    tried, numbers = trial.tried, trial.marks
    groups, words = np.asarray([group for group, _ in tried]), np.asarray([word for _, word in tried])
    rows = [_mean(*key, numbers[words == key[1]]) for key in dict.fromkeys(tried)]
    return [
        *rows,
        *(_mean(group, "", numbers[groups == group]) for group in dict.fromkeys(groups.tolist())),
        _mean("all", "", numbers),
    ]


def most_above_mean(rows: Sequence[IdentityRow], what: str, *, single: bool) -> tuple[str, float]:
    """The word (`single`) or group farthest above the mean, and how many times the mean it is."""
    mean = getattr(rows[-1], what)
    if mean == 0:
        return "", 1.0
    chosen = [row for row in rows[:-1] if bool(row.word) == single]
    worst = max(chosen, key=lambda row: getattr(row, what))
    return worst.word or worst.group, getattr(worst, what) / mean


def identity_figures(trial: IdentityTrial) -> dict[str, Estimate]:
    """The share of the harmless sentences that are alerted or shown: of all, and of the highest group.

    Sentences are drawn for the range, each with all its words.
    """
    groups = np.asarray([group for group, _ in trial.tried])
    sentences = np.arange(len(groups)) // len(dict.fromkeys(trial.tried))
    seen = trial.marks[:, 1]
    names = list(dict.fromkeys(groups.tolist()))
    member = groups[:, None] == np.asarray(names)
    rows = np.hstack([member * seen[:, None], member]).astype(float)
    return {
        "identity_seen": share([bool(one) for one in seen], sentences),
        "identity_group_seen": from_sums(rows, sentences, _highest),
    }


def _highest(sums: Sums) -> Sums:
    half = sums.shape[1] // 2
    highest: Sums = (sums[:, :half] / np.maximum(sums[:, half:], 1)).max(axis=1)
    return highest


def _mean(group: str, word: str, numbers: Sums) -> IdentityRow:
    return IdentityRow(group, word, *(float(value) for value in numbers.mean(axis=0)))


def _judged(
    items: Sequence[Mapping[str, Any]], schools: Mapping[str, School], scorer: TextScorer
) -> list[Verdict]:
    return [verdict for _, verdict in judge_items(items, schools, scorer, policy=_EVERY_LOOK)]
