"""Bluesky: the public posts that a search finds, asked of the account's own server.

The shapes are those of the lexicons `app.bsky.feed.searchPosts`, `app.bsky.feed.defs` and `app.bsky.embed`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from data.ids import mention_id
from data.types import HeldPost, Lookup, Mention, MentionKind, Page, Request, Response, Source, SourceState
from sources.base import OnePage, read_each
from sources.dates import PageDates
from sources.html.dom import with_pictures
from sources.html.markup import decode
from sources.html.parsers import Record, dig, json_in, objects_at, parse_json_members, text_field
from sources.html.sanitise import clean_mention
from sources.keyed import api

_SEARCH = "/xrpc/app.bsky.feed.searchPosts"
_MOST = 100
"""Posts on a page, the most that it gives."""
_BACK = timedelta(days=90)
"""The age of the oldest posts that are asked for."""
_POST = re.compile(r"at://(did:[a-z]+:[\w.:%-]+)/app\.bsky\.feed\.post/([\w.~:-]{1,512})")
_ADDRESS = re.compile(r"https://bsky\.app/profile/(did:[^/]+)/post/([^/?#]+)")
_LOOKUP = "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts"
_MOST_LOOKED_UP = 25
"""Posts that one lookup asks for (lexicon `app.bsky.feed.getPosts`)."""
_NOT_SHOWN = frozenset({"!no-unauthenticated", "!hide"})
"""Labels of what is shown only to people with an account, or to nobody (docs.bsky.app/docs/advanced-guides/
moderation, read on 2026-11-28)."""

_DAMAGED = "The answer is damaged or holds no list of posts; what could be read was kept."


class Bluesky(OnePage):
    """A search on Bluesky. It offers no OR, so each alternative is asked for by itself."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The newest posts of each alternative."""
        rest = {"sort": "latest", "since": f"{now - _BACK:%Y-%m-%d}", "limit": _MOST}
        alternatives = api.query_of(source).alternatives
        return [api.ask(source, _SEARCH, {"q": one.write(), **rest}) for one in alternatives]

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which posts stand. They go without the key: with it, posts of authors
        who block the account would look deleted."""
        found = ((post.id, _ADDRESS.fullmatch(post.url)) for post in posts)
        asked = {own: f"at://{at[1]}/app.bsky.feed.post/{at[2]}" for own, at in found if at}
        return [
            Lookup(Request(f"{_LOOKUP}?{urlencode({'uris': list(some.values())}, doseq=True)}"), some)
            for some in api.batches(asked, _MOST_LOOKED_UP)
        ]

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """List the numbers of the posts that stand; None where the answer does not say."""
        found = api.read_answer(response)
        if not isinstance(dig(found, "posts"), list):
            return None
        return frozenset(text_field(post, "uri") for post in objects_at(found, "posts"))

    def parse(self, source: Source, response: Response) -> Page:
        """Every post that anybody may see, newest first."""
        text = decode(response.body)[0]
        found = json_in(text)
        whole = isinstance(dig(found, "posts"), list)
        posts = objects_at(found, "posts") if whole else parse_json_members(text, "posts")
        shown = [post for post in posts if not _is_hidden(post)]
        read, late = read_each(lambda post: _make_mention(post, source, response), shown, "Posts")
        mentions = tuple(mention for mention in read if mention is not None)
        asked, cursor = api.parameters(response.url), text_field(found, "cursor")
        goes_on = bool(posts) and cursor not in ("", asked.get("cursor"))
        odd, hits = len(read) - len(mentions), dig(found, "hitsTotal")
        lost = (f"{odd} of {len(shown)} posts are not in the shape of a post.",) if odd else ()
        unread = (*(() if whole else (_DAMAGED,)), *late, *lost)
        short = isinstance(hits, int) and hits > len(posts) and not goes_on and "cursor" not in asked
        fewer = (f"Bluesky counts {hits} posts that match, and shows {len(posts)}.",) if short else ()
        hidden = len(posts) - len(shown)
        return Page(
            mentions=mentions,
            next=api.ask(source, _SEARCH, asked | {"cursor": cursor}) if goes_on else None,
            warnings=(*unread, *fewer),
            left_out=(f"Posts that not everybody may see, which were left out: {hidden}.",) if hidden else (),
            unread=unread if posts else (*unread, *fewer),
        )


def _is_hidden(view: Record) -> bool:
    """Does a label of the post or of its author say that not everybody may see it?"""
    labels = (*objects_at(view, "labels"), *objects_at(view, "author", "labels"))
    return any(text_field(label, "val") in _NOT_SHOWN and not label.get("neg") for label in labels)


def _make_mention(post: Record, source: Source, response: Response) -> Mention | None:
    """The post; None where it is none. Its address bears the account's number, as its name may change."""
    place, record = _POST.fullmatch(text_field(post, "uri")), dig(post, "record")
    if place is None or not isinstance(record, dict):
        return None
    channel = source.channel or "bluesky"
    embed, parent = dig(post, "embed"), text_field(record, "reply", "parent", "uri")
    media = dig(embed, "media") or embed
    pictures = (*objects_at(media, "images"), *objects_at(media, "items"), media)
    dates = PageDates("UTC", response.fetched_at)
    # the earlier one counts: any `createdAt` may be written (…/timestamps, read on 2026-11-28)
    times = dates.read_date(text_field(record, "createdAt")), dates.read_date(text_field(post, "indexedAt"))
    handle = text_field(post, "author", "handle")
    return clean_mention(
        Mention(
            id=mention_id(channel, place[0]),
            url=f"https://bsky.app/profile/{place[1]}/post/{place[2]}",
            channel=channel,
            kind=MentionKind.REPLY if parent else MentionKind.POST,
            title="",
            text=with_pictures(text_field(record, "text"), "", (text_field(one, "alt") for one in pictures)),
            quoted="\n".join(filter(None, _quoted_words(embed, media))),
            author=f"@{handle}" if handle else None,
            published=min(filter(None, times), default=None),
            parent=mention_id(channel, parent) if parent else None,
            fetched_at=response.fetched_at,
        )
    )


def _quoted_words(embed: Any, media: Any) -> tuple[str, str, str]:
    """The words of the post that is quoted, and the title and summary of the page that is linked to."""
    quoted = dig(embed, "record", "record") or dig(embed, "record") or {}
    words = "" if _is_hidden(quoted) else text_field(quoted, "value", "text")
    return words, text_field(media, "external", "title"), text_field(media, "external", "description")
