"""Reddit: posts that its search finds under the school's names, and the comments under them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from data.ids import mention_id
from data.types import HeldPost, Lookup, Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.urls import unescape
from sources.base import OnePage, read_each
from sources.html.dom import part_quotes
from sources.html.markup import plain
from sources.html.parsers import Record, count_at, dig, objects_at, text_field
from sources.html.sanitise import clean_mention
from sources.keyed import api

_SITE = "https://www.reddit.com"
_PERMALINK = re.compile(r"/(?:r|u|user)/[^/]+/comments/([a-z0-9]+)(?:/[^/]*(?:/([a-z0-9]+))?)?/?")
_MOST_LOOKED_UP = 100
_GONE = frozenset({"[deleted]", "[removed]", "[deleted by user]"})
_NO_LIST = "This is not a list of Reddit’s interface."


class Reddit(OnePage):
    """Reads the answers of the search, and the thread behind each post that holds what was searched for."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The newest posts of a month."""
        return [_search(source, {"q": ask}) for ask in api.write_queries(api.query_of(source), each="({})")]

    def parse(self, source: Source, response: Response) -> Page:
        """The posts of a list or the comments of a thread; what was taken down is counted."""
        found = api.read_answer(response)
        lists = found if isinstance(found, list) else [found]
        if not lists or any(dig(each, "kind") != "Listing" for each in lists):
            return Page(warnings=(_NO_LIST,), unread=(_NO_LIST,))
        things, stubs = _things_in(lists)
        standing = [thing for thing in things if not _is_gone(thing)]
        thread = next((text_field(thing, "title") for thing in things if "title" in thing), "")
        mentions, late = read_each(
            lambda thing: _make_mention(thing, thread, source, response), standing, "Posts"
        )
        gone = len(things) - len(standing)
        stubbed = f"Comments that Reddit does not list with their thread: {stubs} or more."
        unread = (*((stubbed,) if stubs else ()), *late)
        left_out = (f"Posts that were taken down, and are left out: {gone}.",) if gone else ()
        page = Page(tuple(mentions), warnings=unread, left_out=left_out, unread=unread)
        if isinstance(found, list):
            return page
        after = text_field(found, "data", "after")
        asked = {"q": api.parameters(response.url).get("q", ""), "after": after}
        following = _search(source, asked) if after else None
        return replace(page, next=following, follow=tuple(_threads_behind(standing, source)))

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which of these posts and comments still stand."""
        ids = {post.id: own for post in posts if (own := _name_in(post.url))}
        batches = api.batches(ids, _MOST_LOOKED_UP)
        return [Lookup(_ask(source, "api/info", {"id": ",".join(b.values())}), b) for b in batches]

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """List those that are there with their words; None where the answer is no whole list."""
        found = api.read_answer(response)
        whole = dig(found, "kind") == "Listing" and isinstance(dig(found, "data", "children"), list)
        if not whole or dig(found, "data", "after"):
            return None
        return frozenset(text_field(each, "name") for each in _things_in([found])[0] if not _is_gone(each))


def _search(source: Source, asked: Mapping[str, str]) -> Request:
    """One page of the search. Reddit takes 100 posts at most, and spans of its own only."""
    return _ask(source, "search", {**asked, "type": "link", "sort": "new", "t": "month", "limit": "100"})


def _ask(source: Source, path: str, asked: Mapping[str, str]) -> Request:
    """A request with the User-Agent that Reddit's Data API Wiki asks for: program, version and account."""
    agent = f"server:schoolgate:{version('schoolgate')} (by /u/{source.settings['account']})"
    return replace(api.ask(source, path, asked), headers=(("User-Agent", agent),))


def _things_in(lists: Sequence[Any]) -> tuple[list[Record], int]:
    """The posts and comments of lists inside one another, in their order; and how many Reddit keeps back."""
    waiting = [child for each in reversed(lists) for child in reversed(objects_at(each, "data", "children"))]
    things, stubs = list[Record](), 0
    while waiting:
        child = waiting.pop()
        data = dig(child, "data")
        if child.get("kind") in ("t1", "t3") and _PERMALINK.fullmatch(text_field(data, "permalink")):
            things.append(data)
            waiting.extend(reversed(objects_at(data, "replies", "data", "children")))
        elif child.get("kind") == "more":
            stubs += max(count_at(data, "count"), 1)
    return things, stubs


def _is_gone(thing: Record) -> bool:
    words = (text_field(thing, name).strip() for name in ("body", "selftext", "title"))
    return bool(thing.get("removed_by_category")) or not _GONE.isdisjoint(words)


def _threads_behind(posts: Sequence[Record], source: Source) -> Sequence[Request]:
    """The threads of the posts in which the words searched for stand: the search itself is not so strict."""
    matches = api.query_of(source).matches
    answered = [post for post in posts if post.get("num_comments")]
    holding = [p for p in answered if matches(f"{text_field(p, 'title')} {text_field(p, 'selftext')}")]
    asked = {"sort": "new", "limit": "500", "depth": "10"}
    return [_ask(source, f"comments/{_name_in(post['permalink'])[3:]}", asked) for post in holding]


def _name_in(url: str) -> str:
    """The platform's own id in an address, "" where there is none."""
    found = _PERMALINK.fullmatch(url.removeprefix(_SITE))
    return "" if found is None else f"t1_{found[2]}" if found[2] else f"t3_{found[1]}"


def _make_mention(thing: Record, thread: str, source: Source, response: Response) -> Mention:
    channel, url = source.channel or "reddit", f"{_SITE}{thing['permalink']}"
    comment, author = "body" in thing, text_field(thing, "author")
    words = "body" if comment else "selftext"
    said = part_quotes(unescape(text_field(thing, f"{words}_html")), ".//blockquote")
    return clean_mention(
        Mention(
            id=mention_id(channel, _name_in(url)),
            url=url,
            channel=channel,
            kind=MentionKind.REPLY if comment else MentionKind.POST,
            title=plain(thread if comment else text_field(thing, "title")),
            text=said.text or ("" if said.quoted else plain(text_field(thing, words))),
            quoted=said.quoted,
            quote_first=said.quote_first,
            author=f"/u/{author}" if author and author not in _GONE else None,
            published=api.read_time(thing.get("created_utc"), response),
            edited=api.read_time(thing.get("edited"), response),
            parent=mention_id(channel, parent) if (parent := text_field(thing, "parent_id")) else None,
            fetched_at=response.fetched_at,
        )
    )
