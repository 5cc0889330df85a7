"""What counts of another package's answer: what a stranger may say of one site, built anew. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from data.ids import mention_id, squeeze
from data.types import Aggregate, Mention, Page, Request, Response, Source
from data.web.channels import CHANNELS, OF_SOURCES, channel_at
from data.web.visible import visible
from sources.html.sanitise import MOST_POSTS, cleaned

_MOST_SENTENCES, _LONGEST_SENTENCE, _LONGEST_ADDRESS = 20, 300, 4_000
_SKEW = timedelta(days=1)
"""So far another clock may be ahead of ours."""


def admitted(page: Page, source: Source, response: Response) -> Page:
    """A page as far as another package may say it: posts of the site that was asked, further pages there, and
    sentences. Ids are of this kind alone, so that no post of another source can be changed; no request bears
    anything but an address, so that no credential can be used."""
    sites = {_site(source.url), _site(response.url)} - {None}
    mentions = [m for m in page.mentions[:MOST_POSTS] if _site(m.url) in sites]
    left_out = len(page.mentions) - len(mentions)
    said = (f"Posts at another site's address, or too many for one page, were left out: {left_out}.",)
    asks = [Request(each.url) for each in page.follow if _site(each.url) in sites]
    rating, count = (page.aggregate.rating, page.aggregate.count) if page.aggregate else (None, None)
    return Page(
        tuple(_mention(m, source, response) for m in mentions),
        next=Request(page.next.url) if page.next and _site(page.next.url) in sites else None,
        follow=tuple(asks),
        warnings=(*_sentences(page.warnings), *(said if left_out else ())),
        aggregate=Aggregate(_rating(rating), count if count in range(10**9) else None)
        if page.aggregate
        else None,
        left_out=_sentences(page.left_out),
        unread=(*_sentences(page.unread), *(said if left_out else ())),
    )


def _mention(m: Mention, source: Source, response: Response) -> Mention:
    latest = response.fetched_at + _SKEW
    return cleaned(
        Mention(
            id=mention_id(source.kind, m.id),
            url=m.url,
            channel=source.channel or _channel(m),
            kind=m.kind,
            title=m.title,
            text=m.text,
            fetched_at=response.fetched_at,
            quoted=m.quoted,
            author=m.author,
            published=_utc(m.published, latest),
            edited=_utc(m.edited, latest),
            rating=_rating(m.rating),
            parent=mention_id(source.kind, m.parent) if m.parent else None,
            quote_first=m.quote_first,
        )
    )


def _channel(m: Mention) -> str:
    """What it says, where that is a sort of place and no platform; else that of its address."""
    sort_of_place = m.channel in OF_SOURCES and not CHANNELS[m.channel].hosts
    return m.channel if sort_of_place else channel_at(m.url)


def _site(url: str) -> tuple[str, int | None] | None:
    """Host and port of a web address, None for what is none.

    Nor is one with a backslash before its path: there it ends the host for a browser, and for `requests`.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and "\\" not in parts.netloc
        if known and parts.hostname and len(url) <= _LONGEST_ADDRESS:
            return parts.hostname.rstrip("."), parts.port
    return None


def _utc(moment: datetime | None, latest: datetime) -> datetime | None:
    with suppress(OverflowError):
        if moment is not None and moment.utcoffset() is not None and moment <= latest:
            return moment.astimezone(UTC)
    return None


def _rating(rating: float | None) -> float | None:
    return rating if rating is not None and 1 <= rating <= 5 else None


def _sentences(said: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(sentence, said[:_MOST_SENTENCES]))


def sentence(said: str) -> str:
    """What a stranger's program says, on one line, cut short, nothing in it unseen."""
    return squeeze(visible(said[:_LONGEST_SENTENCE]))
