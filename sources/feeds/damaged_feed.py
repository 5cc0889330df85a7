"""Reads a damaged feed item by item, so that one broken item does not lose the others.

The text is cut where items begin and end, and each piece is read as a feed of its own, by the quick parser
or the tolerant one. A section that crosses from one item to the next was never closed, and hides nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sources.feeds.entries import FeedDocument, FeedEntry, named_once
from sources.feeds.quick_xml import read_quick
from sources.html.parsers import parse_feed, parse_xml
from sources.html.sanitise import LONGEST, first_read, piece
from sources.item_time import each


def read_xml(text: str) -> FeedDocument:
    """The feed in this text, with warnings about what could not be read."""
    found = parse_feed(text)
    if isinstance(found, str):
        return FeedDocument("", warnings=(f"The XML cannot be read ({found}).",))
    feed = found.get("feed") or {}
    # an Atom entry without an author has its feed's (RFC 4287); RSS names the editor there
    signed = _text(feed, "author") if found.get("version", "").startswith("atom") else ""
    read = [_entry(raw, signed) for raw in found.get("entries", ())]
    entries = tuple(entry for entry in read if not entry.empty)
    kind = found.get("version") or ("feed" if entries else "")
    return FeedDocument(
        format=kind,
        title=_text(feed, "title"),
        addresses=named_once(_text(feed, "link"), _text(feed, "id"), *_links(feed, "self", "via")),
        entries=entries,
        next=next(_links(feed, "next"), ""),
        warnings=tuple(_complaints(found)) if kind else (),
    )


def _complaints(found: Mapping[str, Any]) -> Iterator[str]:
    fault = found.get("bozo_exception")
    if fault is not None and type(fault).__name__ != "CharacterEncodingOverride":
        line = getattr(fault, "getLineNumber", lambda: None)()
        where = f" at line {line}" if line else ""
        yield f"The feed's XML is damaged{where}. What could be read was kept."


def _entry(raw: Mapping[str, Any], signed: str) -> FeedEntry:
    # the longest text of the item: its full content, or the summary
    contents = [_text(content, "value") for content in raw.get("content") or ()]
    return FeedEntry(
        id=_text(raw, "id"),
        # FeedBurner gives the true address separately
        link=_text(raw, "feedburner_origlink") or _text(raw, "link") or next(_links(raw, "alternate"), ""),
        title=_text(raw, "title"),
        body=max((*contents, _text(raw, "summary")), key=len),
        author=_text(raw, "author") or signed,
        times=_texts(raw, "published", "created", "updated"),
        edits=_texts(raw, "updated"),
        outlet=_text(raw.get("source") or {}, "title") or _text(raw, "news_source"),
        parent=_text(raw.get("thr_in-reply-to") or raw.get("in-reply-to") or {}, "ref"),
    )


def _links(raw: Mapping[str, Any], *rels: str) -> Iterator[str]:
    for link in raw.get("links") or ():
        if link.get("rel") in rels and link.get("href"):
            yield link["href"]


def _text(raw: Mapping[str, Any], key: str) -> str:
    """A stored value; `dict.get` because feedparser's own lookup warns and guesses."""
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _texts(raw: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text(raw, key) for key in keys)))


def cut_items(text: str) -> tuple[str, tuple[str, ...]]:
    """A feed too large to be read whole, with each of its items cut to what one may hold; and what was left.

    As many items are kept as one document may have.
    """
    pieces = list(_pieces(text))
    if not pieces:
        return text, ()
    short = [_cut(piece.text) for piece in pieces]
    cut = sum(len(item) < len(piece.text) for item, piece in zip(short, pieces, strict=True))
    kept, unread = first_read(short, str, "items")
    head = text[: pieces[0].start]
    frame = _frame(head)
    opening = head if len(head) < LONGEST else frame.opening
    return f"{opening}{''.join(kept)}{frame.closing}", (*unread, *beginnings(cut))


def beginnings(cut: int) -> tuple[str, ...]:
    """What is said of items that were cut."""
    return (f"Items of which only the beginning was read: {cut}.",) if cut else ()


def _cut(item: str) -> str:
    """The item with 200,000 characters of each text in it and 5,000 tags."""
    outside, *sections = item.split("<![CDATA[")
    parted = [section.partition("]]>") for section in sections]
    texts = _runs(outside) + "".join(
        f"<![CDATA[{inside[:LONGEST]}{end}{_runs(after)}" for inside, end, after in parted
    )
    short = piece(texts)
    return short if short == texts else short + item[item.rindex("</") :]


def _runs(text: str) -> str:
    if len(text) < LONGEST:
        return text
    runs = (run if len(run) < LONGEST else _PART.sub("", run[:LONGEST]) for run in text.split("<"))
    return "<".join(runs)


_PART = re.compile(r"&[^;&]{0,40}\Z")
"""The beginning of a reference that was cut."""
_ITEM = r"(?:[\w-]{1,40}:)?(?:item|entry)(?=[\s/>])"
_MARK = re.compile(rf"(?P<section><!\[CDATA\[|<!--)|<(?P<end>/?)(?P<name>{_ITEM})", re.IGNORECASE)
_BORDER = re.compile(rf"</{_ITEM}\s*>\s*<{_ITEM}", re.IGNORECASE)
_ROOT = re.compile(r"<((?:[\w-]{1,40}:)?(rss|feed|rdf))(?=[\s>])[^>]*>", re.IGNORECASE)
_CDATA_END, _COMMENT_END = re.compile("]]>"), re.compile("-->")
_SAYS = re.compile(r">\s*+[^<\s]|<!\[CDATA\[\s*+[^]]")
"""An item that says anything: an empty one is no loss."""
_LONGEST_HEAD = 4_000
_MOST_ALONE = 200  # the tolerant parser takes a millisecond for the smallest feed
_DAMAGED = "The feed's XML is damaged at line {}. What could be read was kept."


def read_pieces(text: str) -> FeedDocument | None:
    """Every readable item of an ill-formed feed; None if the text has no item."""
    pieces = list(_pieces(text))
    if not pieces:
        return None
    head = text[: pieces[0].start]
    frame = _frame(head)
    kept, unread = first_read(pieces, lambda piece: piece.text, "items")
    found, bad, late = _read_each([piece.text for piece in kept], frame)
    entries = tuple(entry for piece in found for entry in piece)
    feed = read_xml(head + frame.closing)
    damage = _DAMAGED.format(text.count("\n", 0, kept[bad].start) + 1)
    lost = 0 if late else sum(_SAYS.search(piece.text) is not None for piece in kept) - len(entries)
    left, said = (*unread, *late), [damage]
    if lost > 0:
        left = (*left, damage)
        said.append(f"Items of which nothing could be read: {lost}.")
    warnings = tuple(dict.fromkeys((*said, *left)))
    return replace(feed, format=feed.format or "feed", entries=entries, warnings=warnings, unread=left)


def _read_each(
    pieces: Sequence[str], frame: _Frame
) -> tuple[list[tuple[FeedEntry, ...]], int, tuple[str, ...]]:
    """The entries of every piece, the number of the first odd one (0 if none), and what was late.

    If the quick parser gives up on many pieces, they are read several at a time.
    """
    found = [_quickly(piece, frame) for piece in pieces]
    bad = [number for number, entries in enumerate(found) if not entries]
    step = max(1, len(bad) // _MOST_ALONE)
    groups = [bad[at : at + step] for at in range(0, len(bad), step)]

    def tolerantly(group: Sequence[int]) -> None:
        found[group[0]] = read_xml(frame.around("".join(pieces[number] for number in group))).entries

    _, late = each(tolerantly, groups)
    return found, next(iter(bad), 0), late


def _quickly(piece: str, frame: _Frame) -> tuple[FeedEntry, ...]:
    feed = read_quick(frame.around(piece))
    return feed.entries if feed else ()


class _ItemText(NamedTuple):
    start: int
    text: str


def _pieces(text: str) -> Iterator[_ItemText]:
    """Each item up to its end or the next one's beginning, with a closing tag added."""
    opened: tuple[int, str] | None = None
    for begins, name in _marks(text):
        if opened:
            yield _ItemText(opened[0], f"{text[opened[0] : begins]}</{opened[1]}>")
        opened = None if name.startswith("/") else (begins, name)
    if opened:
        yield _ItemText(opened[0], f"{text[opened[0] :]}</{opened[1]}>")


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Where items begin and end (“/item”), outside sections that hide them."""
    borders = _places(_BORDER, text)
    ends = {"<![CDATA[": _places(_CDATA_END, text), "<!--": _places(_COMMENT_END, text)}
    at = 0
    while found := _MARK.search(text, at):
        at = found.end()
        if found["section"]:
            end = _next(ends[found["section"].upper()], at)
            # skip the section, or only its opening if it would cross from one item to the next
            at = end if end is not None and end <= (_next(borders, at) or end) else at
        else:
            yield found.start(), found["end"] + found["name"]


def _places(pattern: re.Pattern[str], text: str) -> list[int]:
    return [found.start() for found in pattern.finditer(text)]


def _next(places: Sequence[int], at: int) -> int | None:
    number = bisect_left(places, at)
    return places[number] if number < len(places) else None


@dataclass(frozen=True, slots=True)
class _Frame:
    """The markup put around an item that is read alone."""

    opening: str
    closing: str

    def around(self, pieces: str) -> str:
        return f"{self.opening}{pieces}{self.closing}"


def _frame(head: str) -> _Frame:
    """The feed's own head if intact and short, else only its root: the rest would hide the items."""
    root = _ROOT.search(head)
    if root is None:
        return _Frame("<rss version='2.0'><channel>", "</channel></rss>")
    form = root[2].lower()
    opened = form == "rss" and head.rfind("<channel") > head.rfind("</channel")
    closing = f"</channel></{root[1]}>" if form == "rss" else f"</{root[1]}>"
    whole = head[root.start() :] + ("<channel>" if form == "rss" and not opened else "")
    if len(whole) <= _LONGEST_HEAD and parse_xml(whole + closing) is not None:
        return _Frame(whole, closing)
    return _Frame(root[0] + {"rss": "<channel>", "rdf": "<channel/>"}.get(form, ""), closing)
