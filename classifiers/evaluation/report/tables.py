"""What is alerted, shown and wrong, by kind of post: each figure with its range."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifiers.evaluation.report.intervals import Estimate
from classifiers.evaluation.report.judged import JudgedPost, share_of
from classifiers.text.language import recognise

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


def _labels(item: Mapping[str, Any]) -> Sequence[str]:
    return item["abuse"] or ("none",)


def _trait(item: Mapping[str, Any]) -> Sequence[str]:
    """The group of the trait; real posts are divided by what they are."""
    group, _, rest = str(item.get("trait") or "none").partition("_")
    return (f"real {rest.replace('_', ' ')}",) if group == "real" else (group,)


def _language(item: Mapping[str, Any]) -> Sequence[str]:
    known = item.get("lang")
    return (str(known) if known else recognise(f"{item['title'] or ''}\n{item['text']}").value,)


def _length(item: Mapping[str, Any]) -> Sequence[str]:
    words = len(item["text"].split())
    return (next((name for limit, name in _LENGTHS if words < limit), _LONGEST),)


WAYS: Mapping[str, Callable[[Mapping[str, Any]], Sequence[str]]] = {
    "label": _labels,
    "route": lambda item: (item["route"],),
    "channel": lambda item: (item["channel"],),
    "trait group": _trait,
    "language": _language,
    "length": _length,
}
