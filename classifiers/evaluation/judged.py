"""Labelled posts beside what the whole program says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.intervals import Estimate, clusters, share
from classifiers.evaluation.labelled_items import as_if_ours
from classifiers.scoring.heads import TextScorer
from classifiers.triage import judge_items
from data.types import Relevance, School, Severity, Verdict

GRAVE = "weighed:severe"
"""The name of the number of a verdict that says how likely the post is grave."""


@dataclass(frozen=True, slots=True)
class JudgedPost:
    """One labelled post, the verdict on it, and the number of its cluster."""

    item: Mapping[str, Any]
    verdict: Verdict
    cluster: int

    @property
    def ours(self) -> bool:
        """Is it about the school?"""
        return bool(self.item["relevant"])

    @property
    def grave(self) -> bool:
        """Does it need action today or at once?"""
        return bool(self.ours and self.item["severity"] >= Severity.TODAY)

    @property
    def at_once(self) -> bool:
        """Does it need action within the hour?"""
        return bool(self.ours and self.item["severity"] >= Severity.THIS_HOUR)

    @property
    def as_if(self) -> int:
        """Severity; of a real post that which it would have if it were ours."""
        return int(as_if_ours(self.item)["severity"])

    @property
    def kept(self) -> bool:
        """Was it not dismissed as about somebody else?"""
        return self.verdict.relevance is not Relevance.NOT_ABOUT

    @property
    def alerted(self) -> bool:
        """Did it alert?"""
        return self.verdict.severity >= Severity.TODAY

    @property
    def seen(self) -> bool:
        """Did it alert, or was it shown under “worth a look”?"""
        return self.alerted or self.verdict.look

    @property
    def likely(self) -> float:
        """How likely the program finds it that the post is grave, 0..1."""
        return dict(self.verdict.scores).get(GRAVE, 0.0)


def judged_posts(
    items: Sequence[Mapping[str, Any]], schools: Mapping[str, School], scorer: TextScorer
) -> list[JudgedPost]:
    """Every item with its verdict; items and verdicts are those of `schoolgate triage`."""
    verdicts = (verdict for _, verdict in judge_items(items, schools, scorer))
    numbers = clusters(items).tolist()
    return [JudgedPost(*found) for found in zip(items, verdicts, numbers, strict=True)]


def share_of(posts: Sequence[JudgedPost], holds: Callable[[JudgedPost], bool]) -> Estimate:
    """The share of the posts for which something holds."""
    return share([holds(post) for post in posts], clusters_of(posts))


def clusters_of(posts: Sequence[JudgedPost]) -> NDArray[np.int64]:
    """The clusters of the posts."""
    return np.asarray([post.cluster for post in posts], dtype=np.int64)
