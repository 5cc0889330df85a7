"""What is alerted, shown and wrong, by kind of post: each figure with its range."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.intervals import Estimate
from classifiers.evaluation.judged import JudgedPost, share_of
from classifiers.text.language import recognise

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
    return _page("How true the likelihoods are", "likelihood given", "share that is grave", parts, list(sets))


def precision_recall_picture(curves: Mapping[str, Curve]) -> str:
    """A curve of (recall, precision) for each name."""
    parts = [
        _line(_thinned(*curve), colour, dash)
        for curve, colour, dash in zip(curves.values(), _COLOURS, _DASHES, strict=False)
    ]
    return _page("Finding grave posts", "recall", "precision", parts, list(curves))


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


def _page(title: str, across: str, up: str, parts: Sequence[str], names: Sequence[str]) -> str:
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
    return (str(known) if known else recognise(f"{item['title'] or ''}\n{item['text']}").value,)


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
