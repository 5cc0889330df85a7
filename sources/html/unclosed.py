"""What one post of a page opens and never closes: a comment, a title, a quoted value. It hides no other post.

It is made words where it shows that its end was another's: the elements around it end within it, and the next
begin. So is the end of the page itself, where more of the page follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from sources.html.sanitise import beginning

_MOST = 20  # each is looked through to its end
_SECTION = re.compile(
    r"<(?:!--(?!-?>)|(?P<end>/(?:body|html)\b)|(?P<name>title|textarea|style|xmp|iframe|script)(?=[\s/>]))",
    re.IGNORECASE,
)
_COMMENT_END = re.compile("--!?>")
_VALUE = re.compile(r"=\s*+(?:\"([^\"<]*+<[^\"]*+)|'([^'<]*+<[^']*+))")
_TAG_BEFORE = re.compile(r"<[a-zA-Z](?:[^<>\"'=]|=(?!\s*+[\"'])|=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+\Z")
_FRAME = re.compile(r"<(/?)(?:div|article|section|table|tr|td|li|blockquote)(?=[\s/>])", re.IGNORECASE)


def closed(page: str) -> str:
    """As much of the page as is read, with what was left open in it made words."""
    page = beginning(page)
    places = sorted({*islice(_sections(page), _MOST), *_values(page)})
    ends = [*places, len(page)]
    parts = (page[at + 1 : end] for at, end in zip(places, ends[1:], strict=True))
    return "&lt;".join((page[: ends[0]], *parts))


def _sections(page: str) -> Iterator[int]:
    """Where a comment, or an element in which a parser sees no other, has no end before the next begins."""
    at = 0
    while found := _SECTION.search(page, at):
        at = found.end()
        if found["end"]:
            if all(frame[1] for frame in _FRAME.finditer(page, at)):
                return
            yield found.start()
            continue
        name = found["name"]
        end = (re.compile(f"</{name}", re.IGNORECASE) if name else _COMMENT_END).search(page, at)
        inside = page[at : end.start() if end else None]
        nested = found[0] in inside and found[0].lower() != "<script"  # which may well write another
        if (nested or end is None) and _ends_its_frame(inside):
            yield found.start()
        elif end is None:
            return
        else:
            at = end.end()


def _values(page: str) -> Iterator[int]:
    """Where a tag begins that has a value with no end of its own."""
    at = tried = 0
    while tried < _MOST and (found := _VALUE.search(page, at)):
        at = found.end()
        if _ends_its_frame(found[1] or found[2]):
            at, tried = found.start() + 1, tried + 1
            tag = page.rfind("<", 0, found.start())
            if tag >= 0 and _TAG_BEFORE.match(page[tag : found.start()]):
                yield tag


def _ends_its_frame(markup: str) -> bool:
    """Does an element end in it that did not begin there, and another begin after it?"""
    depth = 0
    for found in _FRAME.finditer(markup):
        if depth < 0 and not found[1]:
            return True
        depth += -1 if found[1] else 1
    return False
