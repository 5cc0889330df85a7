"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sources.feeds.entries import FeedDocument, FeedEntry
from sources.html.parsers import parse_json, parse_json_members


def read_json(text: str) -> FeedDocument:
    """The feed in this text; if the JSON is damaged, its intact items and where it broke."""
    try:
        found = parse_json(text)
    except json.JSONDecodeError as fault:
        return _salvaged(text, f"The JSON is damaged or cut off: {fault.msg} (character {fault.pos}).")
    except ValueError:
        return _salvaged(text, "The JSON is nested too deep to be read.")
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list):
        return FeedDocument("", warnings=("The JSON is not a JSON Feed: it has no list of items.",))
    return _feed(found, items)


def _salvaged(text: str, damage: str) -> FeedDocument:
    """The intact items of a damaged feed."""
    items = parse_json_members(text, "items")
    if not items:
        return FeedDocument("", warnings=(f"{damage} Nothing was read.",))
    feed = _feed({}, items)
    return replace(feed, warnings=(f"{damage} What could be read was kept.", *feed.warnings))


def _feed(found: dict[str, Any], items: list[Any]) -> FeedDocument:
    entries = tuple(_entry(item) for item in items if isinstance(item, dict))
    kept = tuple(entry for entry in entries if not entry.empty)
    lost = len(items) - len(kept)
    warnings = [f"{lost} of {len(items)} items are empty or are not items."] if lost else []
    return FeedDocument(
        format=_text(found, "version") or "json",
        title=_text(found, "title"),
        addresses=tuple(filter(None, (_text(found, "home_page_url"), _text(found, "feed_url")))),
        entries=kept,
        warnings=tuple(warnings),
        next=_text(found, "next_url"),
    )


def looks_like_json_feed(start: str) -> bool:
    """Does a document begin like a JSON feed? `start` is its first few thousand characters."""
    text = start.lstrip()
    return text.startswith("{") and (
        "jsonfeed.org/version" in text or ('"items"' in text and '"feed_url"' in text)
    )


def _entry(item: dict[str, Any]) -> FeedEntry:
    return FeedEntry(
        id=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        body=_text(item, "content_html")
        or (_text(item, "content_text") or _text(item, "summary")).replace("&", "&amp;").replace("<", "&lt;"),
        author=_author(item),
        times=tuple(filter(None, (_text(item, "date_published"), _text(item, "date_modified")))),
        edits=tuple(filter(None, (_text(item, "date_modified"),))),
    )


def _author(item: dict[str, Any]) -> str:
    """Version 1 has `author`, 1.1 a list of `authors`."""
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = (_text(person, "name") if isinstance(person, dict) else "" for person in people)
    return ", ".join(filter(None, names))


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
