"""RSS and Atom of every version, through feedparser: tolerant of what publishers send."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import feedparser

from sources.feeds.entries import Entry, FeedDocument

_HARMLESS = (feedparser.NonXMLContentType,)


def read_xml(body: bytes, url: str, content_type: str | None) -> FeedDocument:
    """The feed in these bytes; what cannot be read is said in its warnings.

    feedparser's own cleaning and address resolving are off: only plain text and resolved
    addresses leave `sources.feeds.collector`.
    """
    headers = {"content-location": url, "content-type": content_type or ""}
    try:
        found = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (AssertionError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        # the loose parser stands on sgmllib, which stops at malformed declarations
        return FeedDocument("", warnings=(f"The XML cannot be read: {_sentence(fault)}",))
    entries = tuple(filter(lambda entry: not entry.empty, map(_entry, found.get("entries", ()))))
    feed = found.get("feed") or {}
    return FeedDocument(
        format=found.get("version") or ("feed" if entries else ""),
        title=_text(feed, "title"),
        addresses=tuple(filter(None, (_text(feed, "link"), _text(feed, "id"), *_links(feed, "self", "via")))),
        entries=entries,
        next=next(_links(feed, "next"), ""),
        warnings=tuple(_complaints(found)),
    )


def _complaints(found: Mapping[str, Any]) -> Iterator[str]:
    fault = found.get("bozo_exception")
    if fault is None or isinstance(fault, _HARMLESS):
        return
    if isinstance(fault, feedparser.CharacterEncodingOverride):
        yield f"The feed declares a wrong character set; it was read as {found.get('encoding')}."
    else:
        yield f"The feed's XML is damaged: {_sentence(fault)} What could be read was kept."


def _sentence(fault: BaseException) -> str:
    return " ".join(str(fault).removeprefix("<unknown>:").split())[:200].rstrip(".") + "."


def _entry(raw: Mapping[str, Any]) -> Entry:
    return Entry(
        id=_text(raw, "id"),
        link=_link(raw),
        title=_text(raw, "title"),
        body=_body(raw),
        author=_text(raw, "author"),
        times=_texts(raw, "published", "created", "updated"),
        edits=_texts(raw, "updated"),
        outlet=_text(raw.get("source") or {}, "title") or _text(raw, "news_source"),
        parent=_text(raw.get("thr_in-reply-to") or raw.get("in-reply-to") or {}, "ref"),
    )


def _link(raw: Mapping[str, Any]) -> str:
    """FeedBurner names the true address apart; otherwise the item's own link."""
    return _text(raw, "feedburner_origlink") or _text(raw, "link") or next(_links(raw, "alternate"), "")


def _links(raw: Mapping[str, Any], *rels: str) -> Iterator[str]:
    for link in raw.get("links") or ():
        if link.get("rel") in rels and link.get("href"):
            yield link["href"]


def _body(raw: Mapping[str, Any]) -> str:
    """The longest of what the item brings: its full content, or the summary."""
    contents = [_text(content, "value") for content in raw.get("content") or ()]
    return max((*contents, _text(raw, "summary")), key=len)


def _text(raw: Mapping[str, Any], key: str) -> str:
    """A stored value; `dict.get` because feedparser's own lookup warns and guesses."""
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _texts(raw: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text(raw, key) for key in keys)))
