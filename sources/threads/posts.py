"""Turns the posts found by a collector into a `Page`: ids, parents, times, and warnings of what is missing.

The first post of a thread stands for the thread: its platform id is the thread's, so that a reply on page 7
knows its parent without page 1. All other posts have their own number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from data.ids import digest, mention_id
from data.types import Mention, MentionKind, Page, Request, Response, Source
from data.web.urls import canonical_url
from sources.base import PageSettings
from sources.dates import PageDates
from sources.html.markup import guess_of, left_out
from sources.html.sanitise import cleaned
from sources.threads.addresses import host_of

_SUMMER = re.compile(r"\[\s*DST\s*\]")
_MACHINE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\S+|\d{10}(?:\d{3})?")


@dataclass(frozen=True, slots=True)
class ForumPost:
    """One post as shown on its page. `id` is the platform's number for it, "" if it has none.

    `time` and `edited` are as in the document, machine-readable if possible. `heading` is the post's own
    title, if any; `emphasised` are parts of the text in bold.
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
    """What all posts of a page share. `starts` is True if the first post shown is the thread's first.

    `id` is the platform's number for the thread, "" if the page does not say. `site` is the host and folder
    of the board within which numbers are unique, "" for the page's host.
    """

    id: str
    title: str
    url: str
    starts: bool = True
    zone: str = "Europe/London"
    next: str | None = None
    deleted: int = 0
    warnings: tuple[str, ...] = field(default=())
    unread: tuple[str, ...] = ()
    site: str = ""


def page_of(
    thread: Thread, posts: Sequence[ForumPost], source: Source, response: Response, channel: str
) -> Page:
    """The page of a thread: its posts in document order, with warnings of what is missing."""
    # how to read the page's times: in the configured zone, else the page's, else London's
    known = {name: source.settings[name] for name in ("dates", "zone") if name in source.settings}
    settings = PageSettings.model_validate(known)
    learnt = PageDates.learn(settings, response.fetched_at, [post.time for post in posts])
    when = learnt if "zone" in known else replace(learnt, zone=thread.zone)
    site = thread.site or host_of(response.url)
    keys, clashes = _told_apart(_keys(thread, posts, site), posts)
    ids = [mention_id(channel, key) for key in keys]
    opening = ids[0] if ids and thread.starts else None
    parent = mention_id(channel, _thread_key(thread, site)) if thread.id else opening
    mentions = []
    for number, (own, post) in enumerate(zip(ids, posts, strict=True)):
        opens = thread.starts and not number
        published, edited = when.read(post.time), when.read(post.edited)
        mention = Mention(
            id=own,
            url=post.url or thread.url,
            channel=channel,
            kind=MentionKind.POST if opens else MentionKind.REPLY,
            title=_title(thread.title, post.heading),
            text=post.text,
            quoted=post.quoted,
            quote_first=post.quote_first,
            author=post.author or None,
            published=published,
            edited=edited if edited and (published is None or edited > published) else None,
            parent=None if opens else parent,
            fetched_at=when.fetched_at,
        )
        mentions.append(cleaned(mention))
    unread = (*left_out(response), *thread.unread)
    return Page(
        mentions=tuple(mentions),
        next=Request(thread.next) if thread.next else None,
        warnings=(
            *unread,
            *guess_of(response),
            *thread.warnings,
            *_missing(thread, mentions, parent, clashes),
        ),
        unread=unread,
    )


def _title(thread: str, heading: str) -> str:
    """The thread's title, followed by the post's own heading if it differs, so that no words are lost."""
    own = re.sub(r"^(?:re|aw|sv)\s*:\s*", "", heading, flags=re.IGNORECASE)
    if not own or own.casefold() in thread.casefold():
        return thread
    return f"{thread}: {own}" if thread else own


def _keys(thread: Thread, posts: Sequence[ForumPost], site: str) -> Iterator[str]:
    """What identifies each post: the platform's number, else the thread, author and text.

    A displayed time is not included: it may read `3 hours ago` today and a date tomorrow.
    """
    within = _thread_key(thread, site) or canonical_url(thread.url)
    for number, post in enumerate(posts):
        if not number and thread.starts and thread.id:
            yield within
        elif post.id:
            yield f"{site}/p/{post.id}"
        else:
            machine = post.time if _MACHINE_TIME.fullmatch(post.time) else ""
            yield f"{within}#{digest(post.author, post.text or post.quoted, machine)[:16]}"


def _told_apart(keys: Iterable[str], posts: Sequence[ForumPost]) -> tuple[list[str], int]:
    """The keys made unique, and how many were shared by different posts."""
    taken: dict[str, str] = {}
    copies: Counter[str] = Counter()
    clashes = 0
    for key, post in zip(keys, posts, strict=True):
        said = digest(post.author, post.heading, post.text or post.quoted)[:16]
        if taken.get(key, said) != said:
            clashes += 1
            key = f"{key}#{said}"
        own = key
        while own in taken:
            copies[key] += 1
            own = f"{key}'{copies[key]}"
        taken[own] = said
    return list(taken), clashes


def _thread_key(thread: Thread, site: str) -> str:
    return f"{site}/t/{thread.id}" if thread.id else ""


def _missing(thread: Thread, mentions: Sequence[Mention], parent: str | None, clashes: int) -> Iterator[str]:
    total = len(mentions)
    if clashes:
        yield f"Posts that share a number with another post on the page: {clashes}."
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

    Only whole hours: the time zone database names no other fixed offsets. `[ DST ]` after it, as phpBB
    writes, adds an hour.
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
    hours = int(offset[2] or 0) * (1 if offset[1] == "+" else -1) + bool(_SUMMER.search(text))
    if not hours:
        return "UTC"
    return f"Etc/GMT{-hours:+d}" if abs(hours) <= 12 else None
