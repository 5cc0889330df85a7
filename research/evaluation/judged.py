"""Labelled posts beside what the whole program says of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.network import TextScorer
from classifiers.text.language import recognise_language
from classifiers.triage import judge_items
from data.judged import in_another_language
from data.types import Relevance, Route, School, Scores, Sentiment, Severity, Verdict
from data.web.channels import PRESS
from research.evaluation.labelled_items import as_if_ours, item_text
from research.evaluation.metrics import (
    Estimate,
    auc,
    class_rows,
    clusters,
    from_rows,
    from_sums,
    mean_f1,
    recall_at,
    share,
)
from research.evaluation.public_tests import columns

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


Floats = NDArray[np.float64]

BINS = 10
LEAST_LIKELY = 0.10
"""Calibration is measured on posts that are given this likelihood of being grave, or more."""

_FAIR = ("crit_", "hn_", "neu_looks")
_CALM_NEWS = re.compile(r"clear|drill|hoax|acquit|false_alarm|sentenced|good")
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


FALSE_ALARMS = 0.03

Ranking = NDArray[np.float64]

_ALARMING = re.compile(
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


LEAST_POSTS = 5
"""Kinds with fewer posts are counted together as `the rest`."""

REST = "the rest"
_LENGTHS = ((10, "under 10 words"), (31, "10 to 30 words"), (81, "31 to 80 words"))
_LONGEST = "over 80 words"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One kind of post: how many there are, how many of them are grave, and what became of them."""

    name: str
    posts: int
    grave: int
    alerted: Estimate
    seen: Estimate
    false_alarms: Estimate
    looks: Estimate

    def facts(self) -> dict[str, Any]:
        """The row for JSON."""
        estimates = ("alerted", "seen", "false_alarms", "looks")
        counts: dict[str, Any] = {"name": self.name, "posts": self.posts, "grave": self.grave}
        return counts | {name: getattr(self, name).facts() for name in estimates}


def grouped(posts: Sequence[JudgedPost]) -> dict[str, list[GroupRow]]:
    """A table for each way of dividing the posts."""
    return {name: _table(posts, keys) for name, keys in WAYS.items()}


def _table(posts: Sequence[JudgedPost], keys: Callable[[Mapping[str, Any]], Sequence[str]]) -> list[GroupRow]:
    groups: dict[str, list[JudgedPost]] = defaultdict(list)
    for post in posts:
        for key in keys(post.item):
            groups[key].append(post)
    large = {name: found for name, found in groups.items() if len(found) >= LEAST_POSTS}
    rest: dict[Hashable, JudgedPost] = {
        id(post): post for name, found in groups.items() if name not in large for post in found
    }
    rows = [_row(name, large[name]) for name in sorted(large)]
    return [*rows, _row(REST, list(rest.values()))] if rest else rows


def _row(name: str, posts: Sequence[JudgedPost]) -> GroupRow:
    grave = [post for post in posts if post.grave]
    harmless = [post for post in posts if not post.grave]
    return GroupRow(
        name,
        len(posts),
        len(grave),
        share_of(grave, lambda post: post.alerted),
        share_of(grave, lambda post: post.seen),
        share_of(harmless, lambda post: post.alerted),
        share_of(harmless, lambda post: post.seen and not post.alerted),
    )


def _trait(item: Mapping[str, Any]) -> Sequence[str]:
    """The group of the trait; real posts are divided by what they are."""
    group, _, rest = str(item.get("trait") or "none").partition("_")
    return (f"real {rest.replace('_', ' ')}",) if group == "real" else (group,)


def _language(item: Mapping[str, Any]) -> Sequence[str]:
    known = item.get("lang")
    return (str(known) if known else recognise_language(f"{item['title'] or ''}\n{item['text']}").value,)


def _length(item: Mapping[str, Any]) -> Sequence[str]:
    words = len(item["text"].split())
    return (next((name for limit, name in _LENGTHS if words < limit), _LONGEST),)


WAYS: Mapping[str, Callable[[Mapping[str, Any]], Sequence[str]]] = {
    "label": lambda item: item["abuse"] or ("none",),
    "route": lambda item: (item["route"],),
    "channel": lambda item: (item["channel"],),
    "trait group": _trait,
    "language": _language,
    "length": _length,
}
