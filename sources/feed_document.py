"""Feeds read item by item, damaged ones too."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from itertools import islice
from typing import Any, NamedTuple

from lxml.etree import _Element as Element

from data.frozen import freeze
from sources.base import read_each
from sources.dates import parse_date
from sources.html.parsers import DESCRIBED, parse_feed, parse_xml
from sources.html.sanitise import LONGEST, MOST_POSTS, first_read, piece

# What a feed holds, in one form for XML and JSON feeds.


@freeze
class FeedEntry:
    """One item as its feed gives it, with unresolved addresses and markup; `author` holds names alone.

    `title` and `body` may hold HTML. `times` and `edits` are as in the document, best first. `outlet` is the
    newspaper that a search feed names with the item; `parent` is what it replies to; `pictures` are what is
    said of its pictures."""

    id: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    author: str = ""
    times: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    outlet: str = ""
    parent: str = ""
    pictures: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True if nothing is known about the item, as for an `<item/>` nested in the real one."""
        return not (self.times or any(map(str.strip, (self.title, self.body, self.link, self.id))))


@freeze
class FeedDocument:
    """A feed as read. `addresses` are its own, as it states them; `format` is "" if it is not a feed."""

    format: str
    title: str = ""
    addresses: tuple[str, ...] = ()
    entries: tuple[FeedEntry, ...] = ()
    next: str = ""
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def named_once(*addresses: str) -> tuple[str, ...]:
    """The addresses that are not empty, each once, in order."""
    return tuple(dict.fromkeys(filter(None, addresses)))


_MAIL = r"(?<![@\w.+-])(?:mailto:)?[\w.+'-]{1,100}@[\w-]{1,100}(?:\.[\w-]{1,100}){1,9}"
_MAIL_AND_NAME = re.compile(rf"{_MAIL}\s{{0,9}}\(([^()]{{0,500}})\)")
_MAIL_ALONE = re.compile(rf"[<(]?\s{{0,9}}{_MAIL}\s{{0,9}}[>)]?")


def join_names(people: Iterable[str]) -> str:
    """Join the names of an item's authors, each once, without e-mail addresses. RSS 2.0 has “wren@example.org
    (Wren Alder)”, others “Wren Alder <wren@example.org>” or the address alone, which names nobody."""
    names = (_MAIL_ALONE.sub("", _MAIL_AND_NAME.sub(r"\1", one)) if "@" in one else one for one in people)
    return ", ".join(named_once(*(name.strip(" ,;\n\t") for name in names)))


_HAS_MARKUP = re.compile(r"</[a-zA-Z]|<br\b|<img\b|&(?:#\w{2,8}|[a-zA-Z]{2,8});", re.IGNORECASE)


def write_as_markup(text: str, kind: str = "text") -> str:
    """Write Atom's text as HTML. `kind` is its type: “text” holds no markup, nor does a text without a type
    (RFC 4287, 3.1.1); but without one, a text with end tags or references is HTML that nobody declared."""
    undeclared = kind in ("", "text/plain")
    if kind == "text" or (undeclared and not _HAS_MARKUP.search(text)):
        return escape(text, quote=False)
    return text


# The quick parser for well-formed, ordinary feeds: lxml only, about ten times as fast as feedparser.

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_BURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
_THREAD = "{http://purl.org/syndication/thread/1.0}"
_BING = re.compile(r"\{https?://www\.bing\.com[^}]*\}Source")
_DESCRIBED = [f"{_MEDIA[:-2]}{end}}}{name}" for end in ("/", "") for name in ("description", "text")]
_MOST_PICTURES = 20
_BODIES = {
    "": ("description", "summary", f"{_CONTENT}encoded", f"{_DC}description"),
    _RSS1: (f"{_RSS1}description", f"{_CONTENT}encoded", f"{_DC}description"),
    _ATOM: (f"{_ATOM}content", f"{_ATOM}summary"),
}
_TIMES = {
    # the time of publication, then those of edits
    "": ("pubDate", f"{_ATOM}published", f"{_DC}date", "modified", f"{_ATOM}updated", "updated"),
    _RSS1: (f"{_RSS1}pubDate", f"{_DC}date"),
    _ATOM: (f"{_ATOM}published", f"{_ATOM}updated"),
}

_TOO_ODD = (
    "<!DOCTYPE", "<!ENTITY", "xml:base", '"xhtml"', "'xhtml'", "application/xhtml", " mode=",
    "purl.org/atom/ns#", "purl.org/dc/terms", "itunes.com/", "<fullitem", "<body", "<xhtml:",
)  # fmt: skip
"""What is left to feedparser; if one of these is merely part of a text, only time is lost."""


def read_quick(text: str) -> FeedDocument | None:
    """The feed, or None if it is not an ordinary one."""
    if any(mark in text for mark in _TOO_ODD):
        return None
    root = parse_xml(text)
    if root is None:
        return None
    if root.tag == f"{_ATOM}feed":
        return _make_feed("atom10", _Parts(root), root.findall(f"{_ATOM}entry"), _ATOM)
    space = {"rss": "", f"{_RDF}RDF": _RSS1}.get(root.tag)
    channel = root.find(f"{space}channel") if space is not None else None
    if channel is None:
        return None
    return _make_feed("rss10" if space else "rss", _Parts(channel), root.iter(f"{space}item"), space or "")


class _Parts:
    """An element's children by name, collected in one pass."""

    __slots__ = ("children", "node")

    def __init__(self, node: Element) -> None:
        self.node = node
        self.children: dict[str, list[Element]] = {}
        for child in node:
            self.children.setdefault(child.tag, []).append(child)

    def all(self, *names: str) -> list[Element]:
        return [child for name in names for child in self.children.get(name, ())]

    def first_text(self, *names: str) -> str:
        """The text of the first child that has any, names tried in order."""
        return next(filter(None, map(_text_of_xml, self.all(*names))), "")

    def first_markup(self, *names: str) -> str:
        """The same, as HTML."""
        return next(filter(None, map(_markup_of_xml, self.all(*names))), "")

    def said_by_each(self, *names: str) -> tuple[str, ...]:
        return tuple(filter(None, [self.first_text(name) for name in names if name in self.children]))

    def longest(self, *names: str) -> str:
        return max(map(_markup_of_xml, self.all(*names)), key=len, default="")

    def links(self, *rels: str) -> Iterator[str]:
        for link in self.all(f"{_ATOM}link"):
            if link.get("rel", "alternate") in rels and link.get("href"):
                yield link.get("href").strip()

    def page(self) -> str:
        """The link to the page that people read: of several that are alternate, the one of HTML."""
        found = [one for one in self.all(f"{_ATOM}link") if one.get("rel", "alternate") == "alternate"]
        pages = sorted(found, key=lambda one: "html" not in one.get("type", "html"))
        return next((href.strip() for one in pages if (href := one.get("href"))), "")


def _make_feed(form: str, feed: _Parts, nodes: Iterable[Element], space: str) -> FeedDocument | None:
    signed = _authors_of(feed, space)
    entries = []
    for node in nodes:
        entry = _quick_entry(_Parts(node), space, signed)
        if entry is None or entry.empty:
            return None
        entries.append(entry)
    link = feed.first_text(f"{space}link") or feed.page()
    return FeedDocument(
        format=form,
        title=feed.first_text(f"{space}title"),
        addresses=named_once(link, feed.first_text(f"{_ATOM}id"), *feed.links("self", "via")),
        entries=tuple(entries),
        next=next(feed.links("next"), ""),
    )


def _quick_entry(item: _Parts, space: str, signed: str | None) -> FeedEntry | None:
    """One item; None if only feedparser understands its structure. Without an author it has that of the feed
    it is from, or of this one (RFC 4287, 4.2.1)."""
    if item.all(f"{space}item"):
        return None
    guid = item.all(f"{space}guid")
    own = item.first_text(f"{space}guid", f"{_ATOM}id") or item.node.get(f"{_RDF}about", "")
    permanent = own if guid and guid[0].get("isPermaLink", "true") != "false" else ""
    described = map(_text_of_xml, item.node.iter(*_DESCRIBED))
    pictures = tuple(islice(filter(None, described), _MOST_PICTURES))
    replied = item.all(f"{_THREAD}in-reply-to")
    sources = map(_Parts, item.all(f"{_ATOM}source"))
    authors = [_authors_of(item, space), *(_authors_of(source, _ATOM) for source in sources), signed]
    return FeedEntry(
        id=own,
        link=item.first_text(f"{_BURNER}origLink", f"{space}link") or item.page() or permanent,
        title=item.first_markup(f"{space}title", f"{_DC}title", f"{_MEDIA}title"),
        body=item.longest(*_BODIES[space]) or max(pictures, key=len, default=""),
        author=next((one for one in authors if one is not None), ""),
        times=item.said_by_each(*_TIMES[space]),
        edits=item.said_by_each(*_TIMES[space][1:]),
        outlet=_outlet(item, space),
        parent=replied[0].get("ref", "") if replied else "",
        pictures=pictures,
    )


def _authors_of(thing: _Parts, space: str) -> str | None:
    """The authors of an item or of a whole feed; None where none is stated. One of whom only an address is
    stated has no name."""
    people = thing.all(*named_once(f"{space}author", f"{_DC}creator", f"{_ATOM}author"))
    stated = [one for one in people if _text_of_xml(one)]
    return join_names(map(_person, stated)) if stated else None


def _person(node: Element) -> str:
    return _Parts(node).first_text(f"{_ATOM}name") if len(node) else _text_of_xml(node)


def _outlet(item: _Parts, space: str) -> str:
    """Google News names it in `source`, Bing News in an element of its own namespace, Atom as a feed."""
    for source in item.all(f"{space}source"):
        return _Parts(source).first_text(f"{_ATOM}title") if space == _ATOM else _text_of_xml(source)
    return next((item.first_text(name) for name in item.children if _BING.fullmatch(name)), "")


def _markup_of_xml(node: Element) -> str:
    text = _text_of_xml(node)
    return write_as_markup(text, node.get("type", "")) if node.tag.startswith(_ATOM) else text


def _text_of_xml(node: Element) -> str:
    return ("".join(node.itertext()) if len(node) else node.text or "").strip()


# Reads a damaged feed item by item, so that one broken item does not lose the others.


def read_xml(text: str) -> FeedDocument:
    """The feed in this text, with warnings about what could not be read."""
    found = parse_feed(text)
    if isinstance(found, str):
        return FeedDocument("", warnings=(f"The XML cannot be read ({found}).",))
    feed = found.get("feed") or {}
    atom = found.get("version", "").startswith("atom")
    read = [_damaged_entry(raw, _people(feed), atom) for raw in found.get("entries", ())]
    entries = tuple(entry for entry in read if not entry.empty)
    kind = found.get("version") or ("feed" if entries else "")
    fault = found.get("bozo_exception")
    damaged = kind and fault is not None and type(fault).__name__ != "CharacterEncodingOverride"
    line = getattr(fault, "getLineNumber", lambda: None)()
    where = f" at line {line}" if line else ""
    return FeedDocument(
        format=kind,
        title=_text_of_item(feed, "title"),
        addresses=named_once(
            _text_of_item(feed, "link"), _text_of_item(feed, "id"), *_links(feed, "self", "via")
        ),
        entries=entries,
        next=next(_links(feed, "next"), ""),
        warnings=(f"The feed's XML is damaged{where}. What could be read was kept.",) if damaged else (),
    )


def _damaged_entry(raw: Mapping[str, Any], signed: str, atom: bool) -> FeedEntry:
    def markup(detail: Mapping[str, Any]) -> str:
        text = _text_of_item(detail, "value")
        return write_as_markup(text, _text_of_item(detail, "type")) if atom else text

    def markup_at(name: str) -> str:
        return markup(raw.get(f"{name}_detail") or {"value": raw.get(name), "type": "html"})

    # the longest text of the item: its full content, or the summary
    bodies = (*map(markup, raw.get("content") or ()), markup_at("summary"))
    described = (one for one in raw.get("media_credit") or () if one.get("role") == DESCRIBED)
    pictures = [said for one in described if (said := _text_of_item(one, "content").strip())][:_MOST_PICTURES]
    return FeedEntry(
        id=_text_of_item(raw, "id"),
        # FeedBurner gives the true address separately
        link=_text_of_item(raw, "feedburner_origlink")
        or _text_of_item(raw, "link")
        or next(_links(raw, "alternate"), ""),
        title=markup_at("title"),
        body=max(bodies, key=len) or max(pictures, key=len, default=""),
        author=next((_people(one) for one in (raw, raw.get("source") or {}) if _is_signed(one)), signed),
        times=_texts(raw, "published", "created", "updated"),
        edits=_texts(raw, "updated"),
        outlet=_text_of_item(raw.get("source") or {}, "title") or _text_of_item(raw, "news_source"),
        parent=_text_of_item(raw.get("thr_in-reply-to") or raw.get("in-reply-to") or {}, "ref"),
        pictures=tuple(pictures),
    )


def _is_signed(raw: Mapping[str, Any]) -> bool:
    return any(any(person.values()) for person in raw.get("authors") or ())


def _people(raw: Mapping[str, Any]) -> str:
    people = raw.get("authors") or ()
    names = [_text_of_item(person, "name") for person in people] if len(people) > 1 else []
    return join_names(names) or join_names([_text_of_item(raw, "author")])


def _links(raw: Mapping[str, Any], *rels: str) -> Iterator[str]:
    for link in raw.get("links") or ():
        if link.get("rel") in rels and link.get("href"):
            yield link["href"]


def _text_of_item(raw: Mapping[str, Any], key: str) -> str:
    """A stored value; `dict.get` because feedparser's own lookup warns and guesses."""
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _texts(raw: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text_of_item(raw, key) for key in keys)))


def cut_items(text: str) -> tuple[str, tuple[str, ...]]:
    """A feed too large to be read whole, with each of its items cut to what one may hold; and what was left.

    As many items are kept as one document may have. One of any number costs little more than one of so many.
    """
    starts = [start.start() for start in _START.finditer(text)]
    if len(starts) > 3 * MOST_POSTS:  # what lies between is not even looked at
        text = text[: starts[MOST_POSTS]] + text[starts[-MOST_POSTS] :]
    pieces = list(_pieces(text))
    if not pieces:
        return text, ()
    dates = [_DATED.findall(piece.text[:LONGEST]) for piece in (pieces[0], pieces[-1])]
    short = [_cut_item(piece.text) for piece in pieces]
    cut = sum(len(item) < len(piece.text) for item, piece in zip(short, pieces, strict=True))
    many = len(starts) if len(starts) > 3 * MOST_POSTS else len(pieces)
    kept, unread = first_read(short, str, "items", many, newest_last=are_newest_last(*dates))
    head = text[: pieces[0].start]
    frame = _frame(head)
    opening = head if len(head) < LONGEST else frame.opening
    return f"{opening}{''.join(kept)}{frame.closing}", (*unread, *warn_of_cuts(cut))


_START = re.compile(r"<(?:[\w-]{1,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_DATED = re.compile(r"<(?:pubDate|(?:dc:)?date|published|updated)\b[^<>]{0,99}>\s{0,9}([^<]{6,60})", re.I)
_ANY_DAY = datetime(2100, 1, 1, tzinfo=UTC)


def are_newest_last(first: Sequence[str], last: Sequence[str]) -> bool:
    """Do the newest items of a feed stand at its end, by the dates of its first item and its last?"""
    read = (parse_date(dates[0], zone="UTC", fetched_at=_ANY_DAY) for dates in (first, last) if dates)
    days = list(filter(None, read))
    return len(days) == 2 and days[0] < days[1]


def warn_of_cuts(cut: int) -> tuple[str, ...]:
    """Warn that items were cut."""
    return (f"Items of which only the beginning was read: {cut}.",) if cut else ()


def _cut_item(item: str) -> str:
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
    return "<".join(run if len(run) < LONGEST else _PART.sub("", run[:LONGEST]) for run in text.split("<"))


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
_PIECES_S = 3.0
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
    """The entries of every piece, the number of the first odd one (0 if none), and what was late."""
    read = (read_quick(frame.around(piece)) for piece in pieces)
    found = [feed.entries if feed else () for feed in read]
    bad = [number for number, entries in enumerate(found) if not entries]
    step = max(1, len(bad) // _MOST_ALONE)
    groups = [bad[at : at + step] for at in range(0, len(bad), step)]

    def tolerantly(group: Sequence[int]) -> None:
        found[group[0]] = read_xml(frame.around("".join(pieces[number] for number in group))).entries

    _, late = read_each(tolerantly, groups, all_s=_PIECES_S)
    return found, next(iter(bad), 0), late


class _ItemText(NamedTuple):
    start: int
    text: str


def _pieces(text: str) -> Iterator[_ItemText]:
    """Each item up to its end or the next one's beginning, with a closing tag added."""
    opened: tuple[int, str] | None = None
    for begins, name in _item_marks(text):
        if opened:
            yield _ItemText(opened[0], f"{text[opened[0] : begins]}</{opened[1]}>")
        opened = None if name.startswith("/") else (begins, name)
    if opened:
        yield _ItemText(opened[0], f"{text[opened[0] :]}</{opened[1]}>")


def _item_marks(text: str) -> Iterator[tuple[int, str]]:
    """Find the beginnings and ends of items (“/item”), outside sections that hide them."""
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


@freeze
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
