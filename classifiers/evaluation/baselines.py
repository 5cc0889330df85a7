"""Who ranks grave posts best: a list of words, n-grams, the network, an earlier model, the program whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.intervals import Estimate, from_rows
from classifiers.evaluation.judged import JudgedPost, clusters_of
from classifiers.evaluation.labelled_items import item_text
from classifiers.evaluation.metrics import auc, recall_at
from classifiers.evaluation.public_tests import columns
from classifiers.scoring.heads import TextScorer
from data.frozen import lazy_pattern
from data.types import Route, Scores

FALSE_ALARMS = 0.03

Ranking = NDArray[np.float64]

_ALARMING = lazy_pattern(
    r"\b(?:kill|murder|stab|shoot|shot|bomb|gun|knife|knives|machete|weapon|burn|petrol|threat|attack|beat|batter"
    r"|punch|slap|hurt|bruis|abus|rape|assault|grop|touch|groom|nude|naked|sext|paedo|pedo|perv|molest|drug|dealer"
    r"|weed|cocaine|drunk|suicid|self.?harm|overdose|die|dead|death|hang|cut|missing|bull|harass|racis|homophob"
    r"|nazi|terror|isis|hate|scum|disgrace|liar|thief|fraud|stole|address|lives at|number plate|leak"
    r"|fake account|police|999|safeguarding|scared|afraid|danger|blackmail|ransom|fight)\w*",
    re.IGNORECASE,
)
"""What somebody would put on a list of alarming words who had an afternoon for it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """One way of ranking, how well it tells grave posts from the others, and its rank of each post."""

    name: str
    area: Estimate
    recall: Estimate
    ranks: Ranking


def baselines(
    posts: Sequence[JudgedPost], scorer: TextScorer, before: TextScorer | None = None
) -> list[Baseline]:
    """Every way that there is, the simplest first; `recall` is at FALSE_ALARMS of the harmless ones."""
    scores = scorer.score([item_text(post.item) for post in posts])
    found = {"word list": np.asarray([_alarming(post) for post in posts])}
    if "ngram:severity:3" in scores.labels:
        found["n-grams alone"] = columns(scores)["ngram:severity:3"].astype(float)
    if before is not None:
        earlier = before.score([item_text(post.item) for post in posts])
        found[f"network before ({earlier.model})"] = network_severe(earlier)
    found["network alone"] = network_severe(scores)
    found["all together"] = np.asarray([post.likely for post in posts])
    return [_baseline(name, ranks, posts) for name, ranks in found.items()]


def network_severe(scores: Scores) -> Ranking:
    """What the network alone says: the mean log-odds of severity 3 and of a route that acts."""
    found = columns(scores)
    acting = np.sum([found[f"route:{r.value}"] for r in Route if r.urgent or r.removal], axis=0)
    return (_log_odds(found["severity:3"]) + _log_odds(acting)) / 2


def precision_recall(ranks: Ranking, truth: NDArray[np.bool_]) -> tuple[Ranking, Ranking]:
    """(recall, precision) at every line, from the highest down."""
    order = np.argsort(-ranks, kind="stable")
    hits = truth[order].cumsum()
    last = np.append(np.diff(ranks[order]) != 0, True)
    return (hits / max(truth.sum(), 1))[last], (hits / np.arange(1, len(order) + 1))[last]


def truth_of(posts: Sequence[JudgedPost]) -> NDArray[np.bool_]:
    """Which posts are grave."""
    return np.asarray([post.grave for post in posts])


def _baseline(name: str, ranks: Ranking, posts: Sequence[JudgedPost]) -> Baseline:
    truth, of = truth_of(posts), clusters_of(posts)
    return Baseline(
        name,
        from_rows(lambda rows: auc(ranks[rows], truth[rows]), of),
        from_rows(lambda rows: recall_at(ranks[rows], truth[rows], FALSE_ALARMS), of),
        ranks,
    )


def _alarming(post: JudgedPost) -> float:
    item: Mapping[str, str] = post.item
    return float(len(_ALARMING.findall(f"{item['title'] or ''} {item['text']}")))


def _log_odds(chances: NDArray[np.float32]) -> Ranking:
    held = np.clip(chances.astype(float), 1e-4, 1 - 1e-4)
    odds: Ranking = np.log(held / (1 - held))
    return odds
