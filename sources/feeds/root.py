"""Is a document a feed? Told by the element it begins with, never by words or markup that its items hold."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BEGINS = re.compile(
    r"<(?:(?P<page>html|head|body|!doctype\s{1,9}html)|(?:[\w-]{1,40}:)?(?:rss|feed|rdf|channel|item|entry))"
    r"(?=[\s/>])",
    re.IGNORECASE,
)
_FAR = 100_000


def is_feed(text: str) -> bool:
    """Does an element of a feed stand in it, and before any of a web page? Comments do not count."""
    start = text[:_FAR]
    end = start.rfind("-->") + 3
    begins = _BEGINS.search(_COMMENT.sub("", start[:end]) + start[end:] if end > 2 else start)
    return begins is not None and begins["page"] is None
