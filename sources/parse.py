"""Reads a saved document without a configured source: `schoolgate source parse`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from pydantic import ValidationError

from data.errors import InputError, write_commands
from data.types import Mention, Page, Response, Source
from sources.base import Collector, PageSettings
from sources.blocks.recognise import recognise_block
from sources.http.content_encoding import GZIP, StreamEnd, inflate
from sources.registry import CATALOGUE, collector

_GZIP_MARK = b"\x1f\x8b"
_MAX_BYTES = 16 * 1024 * 1024
_LEAST_SURE = 0.2
_DAMAGE = {
    StreamEnd.WHOLE: (),
    StreamEnd.CUT_OFF: ("The gzip data is cut off; the part that is there was read.",),
    StreamEnd.DAMAGED: ("The gzip data is damaged; what came before the damage was read.",),
}


def parse_document(
    body: bytes,
    url: str,
    *,
    kind: str | None,
    fetched_at: datetime,
    dates: Literal["auto", "day_first", "month_first"] = "auto",
    headers: Sequence[tuple[str, str]] = (),
    status: int = 200,
    max_bytes: int = _MAX_BYTES,
) -> Page:
    """Parse a saved document. A wall or a removed page gives `block` and no mention.

    gzip is unpacked, up to `max_bytes`. Without `kind`, the collector most certain of the document reads it.
    `fetched_at` is aware. Raises InputError for an unknown kind and one that needs settings; nothing in the
    document makes it raise."""
    plain, damage = _gunzip(body, max_bytes)
    lowered = tuple((name.lower(), value) for name, value in headers)
    response = Response(url, status, lowered, plain, fetched_at)
    block = recognise_block(response)
    if block is not None:
        return Page(warnings=damage, block=block)
    page = _parse_with(collector(kind), response, dates) if kind else _by_the_surest(response, dates)
    warnings = (*damage, *page.warnings)
    count = len(page.follow)
    listed = f"The document is a list: it holds no mention itself, but names {count} pages to read."
    nothing = listed if page.follow else "No mention was found in the document."
    said = warnings if warnings or page.mentions else (nothing,)
    return replace(page, warnings=said, unread=(*damage, *page.unread))


def _gunzip(body: bytes, max_bytes: int) -> tuple[bytes, tuple[str, ...]]:
    """The document unpacked from gzip; if it is damaged or too large, as much of it as possible."""
    if not body.startswith(_GZIP_MARK):
        return body, ()
    plain, ending = inflate(body, GZIP, max_bytes)
    if ending is StreamEnd.TOO_LONG:
        return plain, (f"Unpacked, it is over {max_bytes} bytes; the rest was left out.",)
    return plain, _DAMAGE[ending]


def _by_the_surest(response: Response, dates: str) -> Page:
    """Read by the most certain kind; by the next if that one finds neither mentions nor a list."""
    sure = [(found.recognises(response), found) for found in map(collector, CATALOGUE)]
    ranked = sorted((s for s in sure if s[0] >= _LEAST_SURE), key=lambda s: -s[0])
    pages = [_parse_with(found, response, dates) for _, found in ranked[:1]]
    for _, found in ranked[1:4]:
        if pages[-1].mentions or pages[-1].follow:
            return pages[-1]
        pages.append(_parse_with(found, response, dates))
    if not pages:
        warning = "No kind of source recognises this document. Name one with ⟨kind⟩ (see ⟪docs⟫ sources)."
        return Page(warnings=(write_commands(warning),))
    return next((page for page in pages if page.mentions), pages[0])


def _parse_with(reader: Collector, response: Response, dates: str) -> Page:
    settings = {"dates": dates} if issubclass(reader.settings, PageSettings) else {}
    try:
        reader.settings.model_validate(settings)
    except ValidationError as fault:
        lacking = ", ".join(f'"{error["loc"][0]}"' for error in fault.errors())
        raise InputError(
            f"⟨kind⟩ {reader.kind}: it needs {lacking}, which a document alone cannot provide. Name another "
            "kind, or set the page up as a source in schoolgate.toml (see ⟪docs⟫ sources)."
        ) from None
    return reader.parse(Source("document", reader.kind, response.url, settings=settings), response)


def mention_line(mention: Mention) -> dict[str, object]:
    """One line of `source parse`, with its keys in the agreed order. The text is the post's own words,
    preceded by its quote if the post begins with one."""
    shown = f"{mention.quoted}\n{mention.text}" if mention.quote_first else mention.text
    return {
        "id": mention.id,
        "url": mention.url,
        "channel": mention.channel,
        "kind": mention.kind.value,
        "title": mention.title,
        "text": shown.strip(),
        "author": mention.author,
        "published": (
            mention.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if mention.published else None
        ),
        "rating": mention.rating,
        "parent": mention.parent,
    }
