"""From the posts a collector found to a `Page`: ids, parents, times and what is said to be missing.

The first post of a thread is the thread: its platform id is the thread's, so that a reply on page 7
knows its parent without page 1. All other posts bear their own number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.ids import digest, mention_id
from data.types import Mention, MentionKind, Page, Request, Response, Source
from data.urls import canonical_url
from sources.base import PageSettings
from sources.dates import PageDates

_SESSION = re.compile(r"([?&;])(?:sid|s|PHPSESSID)=[0-9a-f]{16,}(?=[&;#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Post:
    """One post as its page shows it. `id` is the platform's number of it, "" without one.

    `time` and `edited` stand as in the document, machine-readable where it has that. `heading` is
    the post's own title where it bears one; `emphasised` are parts of the text that stand out.
    """

    id: str
    text: str
    author: str = ""
    time: str = ""
    quoted: str = ""
    quote_first: bool = False
    edited: str = ""
    url: str = ""
    heading: str = ""
    emphasised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """What all posts of a page share. `starts` is True where the first post shown is the thread's own.

    `id` is the platform's number of the thread, "" where the page does not tell it.
    """

    id: str
    title: str
    url: str
    starts: bool = True
    zone: str = "Europe/London"
    next: str | None = None
    deleted: int = 0
    warnings: tuple[str, ...] = field(default=())


def without_session(url: str) -> str:
    """The address without a visitor's session id, which phpBB and vBulletin write into every link."""
    cleaned = _SESSION.sub(r"\1", url)
    return re.sub(r"[?&;]+(?=#|$)", "", re.sub(r"([?&;])[&;]+", r"\1", cleaned))


def host_of(url: str) -> str:
    """The host in lower case without `www.`: what makes a platform's number unique."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def page_of(thread: Thread, posts: Sequence[Post], source: Source, response: Response, channel: str) -> Page:
    """The page of a thread: its posts in the document's order, what was missing as warnings."""
    when = _dates(thread, posts, source, response)
    ids = _ids(thread, posts, response.url, channel)
    parent = _parent(thread, response.url, channel, ids)
    mentions = tuple(
        Mention(
            id=own,
            url=post.url or thread.url,
            channel=channel,
            kind=MentionKind.POST if thread.starts and not number else MentionKind.REPLY,
            title=_title(thread.title, post.heading),
            text=post.text,
            quoted=post.quoted,
            quote_first=post.quote_first,
            author=post.author or None,
            published=when.read(post.time),
            edited=_later(when.read(post.edited), when.read(post.time)),
            parent=None if thread.starts and not number else parent,
            fetched_at=response.fetched_at,
        )
        for number, (own, post) in enumerate(zip(ids, posts, strict=True))
    )
    return Page(
        mentions=mentions,
        next=Request(thread.next) if thread.next else None,
        warnings=(*thread.warnings, *_missing(thread, mentions, parent)),
    )


def _later(edited: datetime | None, published: datetime | None) -> datetime | None:
    """The time of an edit, which some software writes for posts never edited: then None."""
    return edited if edited and (published is None or edited > published) else None


def _dates(thread: Thread, posts: Sequence[Post], source: Source, response: Response) -> PageDates:
    """How the page's times are read: a zone set by a person first, then the page's, then London's."""
    known = {name: source.settings[name] for name in ("dates", "zone") if name in source.settings}
    settings = PageSettings.model_validate(known)
    learnt = PageDates.learn(settings, response.fetched_at, [post.time for post in posts])
    return learnt if "zone" in known else replace(learnt, zone=thread.zone)


def _title(thread: str, heading: str) -> str:
    """The thread's title; where a post bears another heading, that behind it, lest words be lost."""
    own = re.sub(r"^(?:re|aw|sv)\s*:\s*", "", heading, flags=re.IGNORECASE)
    if not own or own.casefold() in thread.casefold():
        return thread
    return f"{thread}: {own}" if thread else own


def _ids(thread: Thread, posts: Sequence[Post], url: str, channel: str) -> list[str]:
    """One id a post, none twice: by the platform's number, else by who said what in which thread."""
    host, seen, ids = host_of(url), set[str](), list[str]()
    for number, post in enumerate(posts):
        if not number and thread.starts and thread.id:
            platform_id = _thread_key(host, thread)
        elif post.id:
            platform_id = f"{host}/p/{post.id}"
        else:
            base = canonical_url(thread.url)
            platform_id = f"{base}#{digest(post.author, post.text or post.quoted)[:16]}"
        while platform_id in seen:
            platform_id += "'"
        seen.add(platform_id)
        ids.append(mention_id(channel, platform_id))
    return ids


def _thread_key(host: str, thread: Thread) -> str:
    return f"{host}/t/{thread.id}"


def _parent(thread: Thread, url: str, channel: str, ids: list[str]) -> str | None:
    if thread.id:
        return mention_id(channel, _thread_key(host_of(url), thread))
    return ids[0] if ids and thread.starts else None


def _missing(thread: Thread, mentions: Sequence[Mention], parent: str | None) -> Iterable[str]:
    total = len(mentions)
    if thread.deleted:
        yield f"Posts that were deleted, hidden or ignored, and are left out: {thread.deleted}."
    if not total:
        return
    timeless = sum(m.published is None for m in mentions)
    if timeless:
        yield f"No time could be read on {timeless} of {total} posts."
    nameless = sum(m.author is None for m in mentions)
    if nameless:
        yield f"No author could be read on {nameless} of {total} posts."
    if parent is None and any(m.kind is MentionKind.REPLY for m in mentions):
        yield "The thread's number is not on the page, so its replies do not name their first post."


def zone_named(text: str) -> str | None:
    """The zone a page states: an IANA name, or an offset like `UTC-04:00`, `GMT +1`; None otherwise.

    Only whole hours: the time zone database names no other fixed offsets.
    """
    name = text.strip().replace(" ", "_")
    if "/" in name:
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError):
            return None
    offset = re.search(r"(?:UTC|GMT)\s*(?:([+\u2212-])\s*0?(\d{1,2})(?!\d)(?::?(\d\d))?)?", text)
    if not offset or offset[3] not in (None, "00"):
        return None
    hours = int(offset[2] or 0)
    if not hours:
        return "UTC"
    return f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}" if hours <= 12 else None
