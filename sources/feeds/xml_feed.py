"""RSS and Atom of every version, through feedparser: tolerant of what publishers send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sources.feeds.entries import FeedDocument, FeedEntry, named_once
from sources.html.parsers import parse_feed


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
        yield f"The feed's XML is damaged{_where(fault)}. What could be read was kept."


def _where(fault: BaseException) -> str:
    line = getattr(fault, "getLineNumber", lambda: None)()
    return f" at line {line}" if line else ""


def _entry(raw: Mapping[str, Any], signed: str) -> FeedEntry:
    return FeedEntry(
        id=_text(raw, "id"),
        link=_link(raw),
        title=_text(raw, "title"),
        body=_body(raw),
        author=_text(raw, "author") or signed,
        times=_texts(raw, "published", "created", "updated"),
        edits=_texts(raw, "updated"),
        outlet=_text(raw.get("source") or {}, "title") or _text(raw, "news_source"),
        parent=_text(raw.get("thr_in-reply-to") or raw.get("in-reply-to") or {}, "ref"),
    )


def _link(raw: Mapping[str, Any]) -> str:
    """FeedBurner gives the true address separately; otherwise the item's own link."""
    return _text(raw, "feedburner_origlink") or _text(raw, "link") or next(_links(raw, "alternate"), "")


def _links(raw: Mapping[str, Any], *rels: str) -> Iterator[str]:
    for link in raw.get("links") or ():
        if link.get("rel") in rels and link.get("href"):
            yield link["href"]


def _body(raw: Mapping[str, Any]) -> str:
    """The longest text of the item: its full content, or the summary."""
    contents = [_text(content, "value") for content in raw.get("content") or ()]
    return max((*contents, _text(raw, "summary")), key=len)


def _text(raw: Mapping[str, Any], key: str) -> str:
    """A stored value; `dict.get` because feedparser's own lookup warns and guesses."""
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _texts(raw: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text(raw, key) for key in keys)))
