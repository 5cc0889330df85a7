"""Nextdoor's search of the posts that anyone may see, by place and keyword.

Address, parameters and fields are those of developer.nextdoor.com (reference/search-posts and
reference/displaying-data-types), looked up on 28 November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from data.ids import mention_id
from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from sources.base import NextdoorSettings, OnePage, read_each
from sources.html.markup import plain
from sources.html.parsers import Record, count_at, dig, objects_at, text_field
from sources.html.sanitise import LONGEST, clean_mention, first_read
from sources.keyed import api

_CHANNEL = "nextdoor"
_ADDRESSES = ("public_post_url", "url", "embed_url")


class NextdoorSearch(OnePage):
    """Reads the posts around a place that hold the words of a query, with their comments."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """One search for each alternative of the query: Nextdoor names no OR and no quotation marks."""
        settings = NextdoorSettings.model_validate(dict(source.settings))
        place = {"lat": settings.latitude, "lon": settings.longitude, "radius": settings.radius}
        asked = dict.fromkeys(" ".join(each.wanted) for each in api.query_of(source).alternatives)
        rest = place | {"include_comments": "true"}
        return [api.ask(source, "search_post", {"query": words, **rest}) for words in asked]

    def parse(self, source: Source, response: Response) -> Page:
        """The posts that hold the words searched for, each followed by its comments."""
        answer = api.read_answer(response)
        if not isinstance(dig(answer, "posts"), list):
            said = "The answer is not a list of posts: nothing could be read."
            return Page(warnings=(said,), unread=(said,))
        posts = objects_at(answer, "posts")
        few, unread = first_read(posts, _words, "posts")
        query = api.query_of(source)
        wanted = [post for post in few if query.matches(*map(plain, (_words(post), _words(post, own=True))))]
        read, late = read_each(lambda post: list(_mentions(post, source, response)), wanted, "Posts")
        count = count_at(answer, "posts_length")  # the search has no further pages
        fewer = (f"Nextdoor found {count} posts and showed {len(posts)} of them.",)
        unread = (*unread, *late, *(fewer if count > len(posts) else ()))
        others = len(few) - len(wanted)
        left_out = (f"Posts without the words searched for: {others}.",) if others else ()
        mentions = {m.id: m for each in read for m in each}
        return Page(tuple(mentions.values()), warnings=unread, unread=unread, left_out=left_out)


def _words(post: Record, *, own: bool = False) -> str:
    """The words of a post and its comments, or its `own`, as they came, cut to what is read of one post."""
    said = () if own else (text_field(each, "body") for each in _comments(post))
    return "\n".join((text_field(post, "title"), text_field(post, "body"), *said))[:LONGEST]


def _comments(post: Record) -> Iterator[Record]:
    """The comments on a post in their order, each before its answers."""
    stack = objects_at(post, "comments")[::-1]
    while stack:
        comment = stack.pop()
        yield comment
        stack.extend(objects_at(comment, "comments")[::-1])


def _mentions(post: Record, source: Source, response: Response) -> Iterator[Mention]:
    """The post and its comments; none where it has no number or no address."""
    number = text_field(post, "id")
    url = next((a for a in (text_field(post, name) for name in _ADDRESSES) if a.startswith("https://")), "")
    first = Mention(
        id=mention_id(_CHANNEL, number),
        url=url,
        channel=source.channel or _CHANNEL,
        kind=MentionKind.POST,
        title=plain(text_field(post, "title")),
        text=plain(text_field(post, "body")[:LONGEST]),
        author=text_field(post, "author", "name") or None,
        published=api.read_time(post.get("creation_date_epoch_seconds"), response),
        fetched_at=response.fetched_at,
    )
    if number and url:
        yield clean_mention(first)
    for each in _comments(post) if number and url else ():
        own, above = text_field(each, "id"), text_field(each, "parent_comment_id")
        comment = replace(
            first,
            id=mention_id(_CHANNEL, f"{number}/{own}"),
            url=f"{url}#comment_{own}",
            kind=MentionKind.COMMENT,
            text=plain(text_field(each, "body")[:LONGEST]),
            author=text_field(each, "author_name") or None,
            published=api.read_time(each.get("creation_date"), response),
            parent=mention_id(_CHANNEL, f"{number}/{above}") if above not in ("", own) else first.id,
        )
        if own and comment.text:
            yield clean_mention(comment)
