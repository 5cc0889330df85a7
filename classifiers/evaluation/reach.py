"""The figures by which the whole program is held, each with its range; see docs/model.md."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.intervals import Estimate, class_rows, from_rows, from_sums, mean_f1
from classifiers.evaluation.judged import JudgedPost, clusters_of, share_of
from data.frozen import lazy_pattern
from data.judged import in_another_language
from data.types import Sentiment, Severity
from data.web.channels import PRESS

Floats = NDArray[np.float64]

BINS = 10
LEAST_LIKELY = 0.10
"""Calibration is measured on posts that are given this likelihood of being grave, or more."""

_FAIR = ("crit_", "hn_", "neu_looks")
_CALM_NEWS = lazy_pattern(r"clear|drill|hoax|acquit|false_alarm|sentenced|good")
_REMOVALS = ("request_removal", "platform_report")
GROUPS = {
    "ignore": "ignore", "note": "calm", "thank": "calm", "respond": "answer", "request_removal": "removal",
    "platform_report": "removal", "safeguarding": "urgent", "police_now": "urgent",
}  # fmt: skip
"""Routes that lead to the same people: noted or thanked for, answered, taken down, told at once."""


def school_figures(posts: Sequence[JudgedPost]) -> dict[str, Estimate]:
    """What is told and shown, what is not ours, route and tone, on school posts."""
    own = [post for post in posts if post.ours]
    others = [post for post in posts if not post.ours]
    return {
        **_reached("grave", [post for post in own if post.grave]),
        **_reached("at_once", [post for post in own if post.at_once]),
        **_reached("urgent", [post for post in own if GROUPS[post.item["route"]] == "urgent"]),
        "false_alarms": share_of([post for post in own if not post.grave], lambda post: post.alerted),
        "alerts_on_others": share_of(others, lambda post: post.alerted),
        "looks": share_of(posts, lambda post: post.verdict.look and not post.alerted),
        "looks_in_another_language": share_of(
            posts, lambda post: post.verdict.look and not post.alerted and in_another_language(post.verdict)
        ),
        "fair_comment_to_removal": share_of(
            [p for p in own if _fair(p)], lambda p: p.verdict.route.value in _REMOVALS
        ),
        "about_precision": share_of([post for post in posts if post.kept], lambda post: post.ours),
        "about_kept": share_of(own, lambda post: post.kept),
        "about_dismissed": share_of(others, lambda post: not post.kept),
        "route_groups": share_of(
            posts, lambda post: GROUPS[post.item["route"]] == GROUPS[post.verdict.route.value]
        ),
        "tone": tone(own),
    }


def press_figures(posts: Sequence[JudgedPost]) -> dict[str, Estimate]:
    """Adverse, favourable and calm news of the school."""
    press = [post for post in posts if post.ours and post.item["channel"] in PRESS]
    adverse = [post for post in press if post.item["severity"] >= Severity.RESPOND]
    calm = [post for post in press if post.item["severity"] < Severity.RESPOND]
    praise = [post for post in calm if post.item["sentiment"] == "positive"]
    return {
        "press_adverse_seen": share_of(adverse, _noticed),
        "press_adverse_severity": share_of(
            adverse, lambda post: post.verdict.severity == post.item["severity"]
        ),
        "press_praise_calm": share_of(praise, lambda post: post.verdict.severity < Severity.RESPOND),
        "press_cleared_above_note": share_of([p for p in calm if _cleared(p)], _noticed),
        "press_other_calm_above_note": share_of(
            [p for p in calm if p.item["sentiment"] != "positive" and not _cleared(p)], _noticed
        ),
    }


def real_figures(posts: Sequence[JudgedPost]) -> dict[str, Estimate]:
    """Real public posts, taken as if a search had found them for a school and as if they were ours."""
    grave = [post for post in posts if post.as_if >= Severity.TODAY]
    harmless = [post for post in posts if post.as_if < Severity.TODAY]
    return {
        "real_alerts_per_1000": _per_thousand(share_of(harmless, lambda post: post.alerted)),
        "real_looks_per_1000": _per_thousand(
            share_of(posts, lambda post: post.verdict.look and not post.alerted)
        ),
        **_reached("real_grave", grave),
        **_reached("real_at_once", [post for post in grave if post.as_if >= Severity.THIS_HOUR]),
    }


def _reached(name: str, posts: Sequence[JudgedPost]) -> dict[str, Estimate]:
    """How many of them alerted, and how many alerted or were shown."""
    return {
        f"{name}_alerted": share_of(posts, lambda post: post.alerted),
        f"{name}_seen": share_of(posts, lambda post: post.seen),
    }


def tone(posts: Sequence[JudgedPost]) -> Estimate:
    """Macro-F1 of the tone towards the school."""
    labels = [label.value for label in Sentiment]
    rows = class_rows(
        [post.item["sentiment"] for post in posts], [post.verdict.sentiment.value for post in posts], labels
    )
    return from_sums(rows, clusters_of(posts), mean_f1)


def calibration_bins(posts: Sequence[JudgedPost]) -> list[tuple[float, float, int]]:
    """(mean likelihood given, share that is grave, posts) in bins of equal size, from the least likely up.

    Only posts kept as ours or unsure, and given LEAST_LIKELY or more.
    """
    _, given, so = _given(posts)
    return _bins(given, so)


def calibration_error(posts: Sequence[JudgedPost]) -> Estimate:
    """The mean distance, over the bins, between the likelihood given and the share that is grave."""
    chosen, given, so = _given(posts)

    def distance(rows: NDArray[np.int64]) -> float:
        bins = _bins(given[rows], so[rows])
        return sum(n * abs(given - so) for given, so, n in bins) / sum(n for *_, n in bins)

    return from_rows(distance, clusters_of(chosen))


def _given(posts: Sequence[JudgedPost]) -> tuple[list[JudgedPost], Floats, Floats]:
    chosen = [post for post in posts if post.kept and post.likely >= LEAST_LIKELY]
    so = [float(post.as_if >= Severity.TODAY) for post in chosen]
    return chosen, np.asarray([post.likely for post in chosen]), np.asarray(so)


def _bins(given: Floats, so: Floats) -> list[tuple[float, float, int]]:
    parts = np.array_split(np.argsort(given, kind="stable"), BINS)
    return [(float(given[part].mean()), float(so[part].mean()), len(part)) for part in parts if len(part)]


def _fair(post: JudgedPost) -> bool:
    trait = str(post.item.get("trait", ""))
    return post.item["route"] == "respond" or (not post.grave and trait.startswith(_FAIR))


def _noticed(post: JudgedPost) -> bool:
    return post.verdict.severity >= Severity.RESPOND


def _cleared(post: JudgedPost) -> bool:
    return post.item["sentiment"] != "positive" and bool(_CALM_NEWS.search(str(post.item.get("trait", ""))))


def _per_thousand(found: Estimate) -> Estimate:
    return Estimate(1000 * found.value, 1000 * found.low, 1000 * found.high, found.n)
