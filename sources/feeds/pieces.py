"""A damaged feed, item by item: one that is broken takes none of the others with it.

The text is cut where items begin and end, and each piece is read as a feed of its own, by the quick way or
the tolerant one. A section that runs over the border of two items was never closed, and hides nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sources.feeds.entries import Entry, FeedDocument
from sources.feeds.quick_xml import read_quick
from sources.feeds.xml_feed import read_xml

_ITEM = r"(?:[\w-]{1,40}:)?(?:item|entry)(?=[\s/>])"
_MARK = re.compile(rf"(?P<section><!\[CDATA\[|<!--)|<(?P<end>/?)(?P<name>{_ITEM})", re.IGNORECASE)
_BORDER = re.compile(rf"</{_ITEM}\s*>\s*<{_ITEM}", re.IGNORECASE)
_ROOT = re.compile(r"<((?:[\w-]{1,40}:)?(rss|feed|rdf))(?=[\s>])[^>]*>", re.IGNORECASE)
_LONGEST_HEAD = 4_000
_MOST_ALONE = 200  # the tolerant way takes a millisecond for the smallest feed
_DAMAGED = "The feed's XML is damaged. What could be read was kept."


def read_pieces(text: str) -> FeedDocument | None:
    """What every item of an ill-formed feed says; None where the text shows no item."""
    pieces = list(_pieces(text))
    if not pieces:
        return None
    frame = _frame(text[: pieces[0].start])
    feed = read_xml(frame.around("", whole=True))
    quick = [_quickly(piece.text, frame) for piece in pieces]
    bad = [number for number, entries in enumerate(quick) if entries is None]
    step = max(1, len(bad) // _MOST_ALONE)
    slow = {
        group[0]: _slowly("".join(pieces[n].text for n in group), frame)
        for group in (bad[at : at + step] for at in range(0, len(bad), step))
    }
    found = [entry for n, entries in enumerate(quick) for entry in entries or slow.get(n, ())]
    empty = sum(1 for number in slow if not slow[number])
    told = (_DAMAGED, *((f"Items of which nothing could be read: {empty}.",) if empty else ()))
    return replace(feed, format=feed.format or "feed", entries=tuple(found), warnings=told)


class _Piece(NamedTuple):
    start: int
    text: str


def _pieces(text: str) -> Iterator[_Piece]:
    """Each item from its beginning to its end, or to the next one's beginning; a closing tag is added."""
    opened: tuple[int, str] | None = None
    for begins, name in _marks(text):
        if opened:
            yield _Piece(opened[0], f"{text[opened[0] : begins]}</{opened[1]}>")
        opened = None if name.startswith("/") else (begins, name)
    if opened:
        yield _Piece(opened[0], f"{text[opened[0] :]}</{opened[1]}>")


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Where items begin and end (“/item”), outside of sections that hide them."""
    borders = [border.start() for border in _BORDER.finditer(text)]
    at = 0
    while found := _MARK.search(text, at):
        at = found.end()
        if found["section"]:
            at = _section_end(text, found, borders)
        else:
            yield found.start(), found["end"] + found["name"]


def _section_end(text: str, opening: re.Match[str], borders: Sequence[int]) -> int:
    """Past the section; past its opening alone where it would run over the border of two items."""
    nearest = bisect_left(borders, opening.start())
    limit = borders[nearest] if nearest < len(borders) else len(text)
    end = text.find("]]>" if "[" in opening[0] else "-->", opening.end(), limit)
    return opening.end() if end < 0 else end + 3


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around an item that is read alone: the feed's own head, or its root alone."""

    head: str
    root: str
    closing: str

    def around(self, piece: str, *, whole: bool) -> str:
        return f"{self.head if whole else self.root}{piece}{self.closing}"


def _frame(head: str) -> _Frame:
    root = _ROOT.search(head)
    if root is None:
        return _Frame("<rss version='2.0'><channel>", "<rss version='2.0'><channel>", "</channel></rss>")
    bare = root[0] + {"rss": "<channel>", "rdf": "<channel/>"}.get(root[2].lower(), "")
    inside = head.rfind("<channel") > head.rfind("</channel")
    closing = f"</channel></{root[1]}>" if root[2].lower() == "rss" else f"</{root[1]}>"
    whole = head[root.start() :] + ("" if inside or root[2].lower() != "rss" else "<channel>")
    return _Frame(whole if len(whole) <= _LONGEST_HEAD else bare, bare, closing)


def _quickly(piece: str, frame: _Frame) -> tuple[Entry, ...] | None:
    feed = read_quick(frame.around(piece, whole=True)) or read_quick(frame.around(piece, whole=False))
    return feed.entries if feed and feed.entries else None


def _slowly(pieces: str, frame: _Frame) -> tuple[Entry, ...]:
    """By the tolerant way; by the root alone where the feed's head hides its items."""
    found = read_xml(frame.around(pieces, whole=True)).entries
    return found or read_xml(frame.around(pieces, whole=False)).entries
