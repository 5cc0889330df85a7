"""Reads one page by itself: a saved document without a configured source, or the article behind a headline.

What a newspaper keeps for those who pay is not read, though many pages hold it hidden.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from data.errors import InputError, write_commands
from data.frozen import freeze
from data.ids import squeeze
from data.types import Mention, Page, Response, Source
from data.web.channels import host_of
from data.web.urls import is_profile
from sources.base import Collector, PageSettings
from sources.blocks import recognise_block
from sources.html.article import FEWEST_WORDS, extract_article
from sources.html.dom import find, picture_descriptions, plain_text, with_pictures
from sources.html.markup import decode_answer
from sources.html.parsers import parse_html
from sources.http.content_encoding import GZIP, StreamEnd, inflate
from sources.registry import collector, is_closed, rank_collectors

_GZIP_MARK = b"\x1f\x8b"
_MAX_BYTES = 16 * 1024 * 1024
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
    ranked = rank_collectors(response)
    pages = [_parse_with(found, response, dates) for found in ranked[:1]]
    for found in ranked[1:4]:
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


# Which addresses behind a headline may lead to its article, and its own words on the page.


def hides_address(url: str) -> bool:
    """Does a search hide the address, so that only a browser finds the article?"""
    return host_of(url) == "news.google.com"  # it leads on by a script alone


def may_lead_to_article(url: str) -> bool:
    """An address of its own on a site that may be read: no front page, no closed site, no profile."""
    host = host_of(url)
    if not host or hides_address(url) or is_profile(url) or is_closed(url):
        return False
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.path.strip("/") or parts.query)


MOST_CHARS = 4_000
"""So much of an article is kept and judged; what it is about stands in its beginning."""

_NOT_FREE = re.compile(r"[\"']isAccessibleForFree[\"']\s*:\s*[\"']?(?:https?://schema\.org/)?false", re.I)
_SENTENCE_END = re.compile(r"[.!?][\"”’']?(?=\s)")


@freeze
class ArticleText:
    """An article's text, "" where the page shows none; `paid` where it is for those who pay."""

    text: str = ""
    paid: bool = False


NOTHING = ArticleText()


def article_text(response: Response) -> ArticleText:
    """The article on a page, shortened."""
    page = decode_answer(response)
    if _NOT_FREE.search(page):
        return ArticleText(paid=True)
    found = extract_article(page)
    if len(found.split()) < FEWEST_WORDS:
        return NOTHING
    said = _describe_pictures(page, found)
    return ArticleText(f"{cut_to_sentences(found, MOST_CHARS - len(said) - 1)}\n{said}".strip())


_MOST_OF_PICTURES, _MOST_FRAMES = 1_000, 5
_FRAMES = ".//main | .//article"
_NOT_ITS_OWN = r"""ancestor::nav | ancestor::aside | ancestor::footer
    | ancestor::a[@href and not(re:test(@href, '\.(jpe?g|png|gif|webp|avif)\b', 'i'))]"""
"""What stands around a menu's pictures, and around those that lead to other articles."""


def _describe_pictures(page: str, found: str) -> str:
    """Describe the pictures beside the words that were found, a line each."""
    tree, line = parse_html(page), max(found.splitlines(), key=len)
    if tree is None:
        return ""
    frames = find(tree, _FRAMES)[:_MOST_FRAMES]
    frame = next((one for one in frames if line in squeeze(plain_text(one))), tree)
    said = (words for picture, words in picture_descriptions(frame) if not find(picture, _NOT_ITS_OWN))
    return with_pictures("", found, said)[:_MOST_OF_PICTURES]


def cut_to_sentences(text: str, most: int = MOST_CHARS) -> str:
    """Keep as many whole sentences as fit."""
    if len(text) <= most:
        return text
    head = text[:most]
    ends = [found.end() for found in _SENTENCE_END.finditer(head)]
    return head[: ends[-1]] if ends else head.rsplit(" ", 1)[0]
