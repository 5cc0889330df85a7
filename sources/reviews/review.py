"""One review as shown on its page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Review:
    """One review, with times as written in the document.

    `id` is unique on its channel, "" if unknown; `url` is absolute, "" if the review has none of its own.
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
