"""Stable ids and hashes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

T = TypeVar("T")

REPLY_REF = re.compile(r"\[ref:([a-z2-7]{16})\]")
"""How a subject bears what a reply is told by (`Links.reply_ref`)."""

PLAIN_FEED = "blog"
"""The channel that ids of a plain feed's items are made with, also where they are a newspaper's."""


def digest(*parts: str) -> str:
    """SHA-256 as 64 hex digits over the parts, joined by U+001F so that none runs into the next."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def mention_id(channel: str, platform_id: str) -> str:
    """16 hex digits over the channel and the platform's id, or the canonical address without one."""
    return digest(channel, platform_id)[:16]


def each_once(*parts: Iterable[T]) -> tuple[T, ...]:
    """All of these parts, in order, each of them once."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def squeeze(text: str) -> str:
    """The text with each run of white space as one blank, and none at the ends."""
    return " ".join(text.split())


def text_hash(title: str, text: str) -> str:
    """SHA-256 of title and text in lower case, white space squeezed: a version's content."""
    return digest(squeeze(title).casefold(), squeeze(text).casefold())


def number_of(alert: str, open_cases: Iterable[str] = ()) -> str:
    """The one number of a matter, as mails, digest, page and lists call it: that of its oldest open case,
    else its alert’s. `open_cases` are those of the alert's story, for its school, the oldest first."""
    return next(iter(open_cases), alert)
