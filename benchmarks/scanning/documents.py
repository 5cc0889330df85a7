"""The feeds that `scanning/server.py` serves: short invented posts as they come in life, drawn by seed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

TEXTS = Path(__file__).resolve().parents[2] / "research" / "training" / "data"
SHORT = (30, 220)
"""The least and the most letters of a post."""
OURS, GRAVE, COPIED, SHARED = 0.38, 0.02, 0.05, 0.02
"""Shares of the posts: about the school and not grave; about it and grave; another feed's words at an address
of their own; another feed's post at its own address.
"""
NAMED = (
    "Oakfield Primary School in Northvale: {}",
    "{} That is Oakfield Primary, Northvale.",
    "{} #OakfieldPrimary Oakfield Primary School Northvale",
)


@dataclass(frozen=True, slots=True)
class Post:
    """One item of a feed; `guid` is its address, which another feed may list too."""

    guid: str
    text: str
    published: datetime


def feeds(count: int, posts: int, now: datetime, seed: int = 16) -> list[bytes]:
    """`count` RSS documents with `posts` new items each."""
    rng = random.Random(seed)
    ours, grave, others = _texts(rng)
    written: list[Post] = []
    documents = []
    for feed in range(count):
        items = [
            _post(rng, f"https://talk.example.org/{feed}-{n}", ours, grave, others, written, now)
            for n in range(posts)
        ]
        items = list({post.guid: post for post in items}.values())
        documents.append(_document(items))
        written += items
    return documents


def held(documents: Sequence[bytes]) -> int:
    """How many items the documents hold together."""
    return sum(body.count(b"<item>") for body in documents)


def _texts(rng: random.Random) -> tuple[list[str], list[str], list[str]]:
    """Those about the school, those of them that are grave, and those about nobody's."""
    kinds: dict[str, set[str]] = {"ours": set(), "grave": set(), "others": set()}
    for path in sorted(TEXTS.glob("*.jsonl")):
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            if SHORT[0] < len(row["text"]) < SHORT[1]:
                kind = ("grave" if row["severity"] >= 3 else "ours") if row["relevant"] else "others"
                kinds[kind].add(row["text"])
    ours, grave, others = (sorted(kinds[kind]) for kind in ("ours", "grave", "others"))
    for kind in (ours, grave, others):
        rng.shuffle(kind)
    return ours, grave, others


def _post(
    rng: random.Random,
    name: str,
    ours: list[str],
    grave: list[str],
    others: list[str],
    written: Sequence[Post],
    now: datetime,
) -> Post:
    """A new post, or one that an earlier feed has already; a text that was drawn is not drawn again."""
    drawn = rng.random()
    published = now - timedelta(seconds=rng.randrange(600, 24 * 3600))
    if written and drawn < SHARED:
        return rng.choice(written)
    if written and drawn < SHARED + COPIED:
        return Post(name, rng.choice(written).text, published)
    kind = rng.choices((ours, grave, others), (OURS, GRAVE, 1.0 - OURS - GRAVE))[0]
    text = kind.pop()
    kind.insert(0, text)
    return Post(name, rng.choice(NAMED).format(text) if kind is not others else text, published)


def _document(posts: Sequence[Post]) -> bytes:
    items = "".join(
        f"<item><title>{escape(post.text.partition('.')[0][:60])}</title>"
        f"<link>{post.guid}</link><guid>{post.guid}</guid>"
        f"<pubDate>{format_datetime(post.published.astimezone(UTC))}</pubDate>"
        f"<description>{escape(escape(post.text))}</description></item>"
        for post in posts
    )
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Talk</title>'
        f"<link>https://talk.example.org/</link>{items}</channel></rss>"
    ).encode()
