"""One review as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Review:
    """One review; times as they stand in the document.

    `id` is unique on its channel, "" without one; `url` absolute, "" where the review has none of its own.
    """

    text: str
    title: str = ""
    author: str = ""
    published: str = ""
    edited: str = ""
    rating: float | None = None
    id: str = ""
    url: str = ""
    quoted: str = ""
