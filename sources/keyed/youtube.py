"""YouTube by its Data API, version 3: the videos that a search finds, and the comments and replies on them.

What is asked and answered is told at developers.google.com/youtube/v3/docs, on the pages of `search`,
`videos`, `commentThreads` and `comments`, read on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from data.frozen import freeze
from data.ids import mention_id, squeeze
from data.types import HeldPost, Lookup, Mention, MentionKind, Page, Request, Response, Source, SourceState
from sources.base import OnePage, read_each
from sources.dates import PageDates
from sources.html.markup import plain
from sources.html.parsers import dig, objects_at, text_field
from sources.keyed import api
from sources.query import Alternative, Query
from sources.threads import WebPost

_FIRST, _LATER = timedelta(days=90), timedelta(days=30)
"""The age of videos in a source's first search, and at its last good reading in one after that."""
_MOST_IDS, _WHOLE = 50, "whole"
_WATCH = "https://www.youtube.com/watch?"
_SEARCH = {"part": "snippet", "type": "video", "order": "date", "maxResults": "50", "safeSearch": "none"}
_WORDS = {"maxResults": "100", "textFormat": "plainText"}
_THREADS = {"part": "snippet,replies", "order": "time", **_WORDS}


class YouTube(OnePage):
    """Searches for videos, or reads the comments of a channel. A search cuts descriptions short and counts no
    comments: each video is asked for, and its comments where its words hold the query and it counts any. One
    whose comments are switched off counts none; to ask for them would be answered 403."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The searches, newest videos first, each to its end at first; of a channel its newest comments."""
        if own := str(source.settings.get("own_channel") or ""):
            return [api.ask(source, "commentThreads", {**_THREADS, "allThreadsRelatedToChannelId": own})]
        since = state.last_ok_at - _LATER if state.last_ok_at else now - _FIRST
        about = "" if state.last_ok_at else _WHOLE  # a page is one of a day's hundred
        asked = {**_SEARCH, "regionCode": "GB", "publishedAfter": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
        return [api.ask(source, "search", {**asked, "q": q}, about) for q in _searches(api.query_of(source))]

    def parse(self, source: Source, response: Response) -> Page:
        """Read an answer by the kind that it names."""
        found = api.read_answer(response)
        answer = _Answer(source, response, found, objects_at(found, "items"))
        match text_field(found, "kind"):
            case "youtube#searchListResponse":
                return answer.read_search()
            case "youtube#videoListResponse":
                return answer.read_videos()
            case "youtube#commentThreadListResponse" | "youtube#commentListResponse":
                return answer.read_comments()
        return Page(warnings=("The document is no answer of YouTube's Data API.",))

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which of these posts still stand."""
        asked: dict[str, dict[str, str]] = {"videos": {}, "comments": {}}
        for post in posts:
            named = dict(parse_qsl(post.url.removeprefix(_WATCH))) if post.url.startswith(_WATCH) else {}
            if own := named.get("lc") or named.get("v"):
                asked["comments" if "lc" in named else "videos"][post.id] = own
        return [
            Lookup(api.ask(source, of, {"part": "id", "id": ",".join(some.values())}), some)
            for of, ids in asked.items()
            for some in api.batches(ids, _MOST_IDS)
        ]

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """List the videos or comments of such an answer; None where it lists nothing, or goes on."""
        found = api.read_answer(response)
        if not isinstance(dig(found, "items"), list) or text_field(found, "nextPageToken"):
            return None
        return frozenset(text_field(item, "id") for item in objects_at(found, "items"))


def _searches(query: Query) -> list[str]:
    """Write the query as YouTube does: `|` between terms of which one is wanted, `-` before what is barred.
    It knows no brackets: other alternatives are a search each."""
    found = query.alternatives
    heads = [Alternative(one.wanted).write() for one in found]
    tails = {one.write().removeprefix(head) for one, head in zip(found, heads, strict=True)}
    together = len(tails) == 1 and all(len(one.wanted) == 1 for one in found)
    return ["|".join(heads) + tails.pop()] if together else [one.write() for one in found]


@freeze
class _Answer:
    """An answer of the API, and what is asked for after it. Behind its address stands what it is about."""

    source: Source
    response: Response
    found: Any
    items: Sequence[Any]

    @property
    def next_page(self) -> Request | None:
        token, parts = text_field(self.found, "nextPageToken"), urlsplit(self.response.url)
        asked = api.parameters(self.response.url) | {"pageToken": token}
        return api.ask(self.source, parts.path, asked, parts.fragment) if token else None

    def read_search(self) -> Page:
        ids = ",".join(dict.fromkeys(filter(None, (text_field(one, "id", "videoId") for one in self.items))))
        asked = api.ask(self.source, "videos", {"part": "snippet,statistics", "id": ids})
        whole = urlsplit(self.response.url).fragment == _WHOLE
        return Page(follow=(asked,) if ids else (), next=self.next_page if whole else None)

    def read_videos(self) -> Page:
        videos = [video for video in self.items if text_field(video, "id")]
        posts, late = read_each(self._mention, videos, "Videos")
        counts = {
            str(v["id"]): _number(v, "statistics", "commentCount") for v in videos if self._is_sought(v)
        }
        asked = [
            api.ask(self.source, "commentThreads", {**_THREADS, "videoId": own}, f"{own},{count}")
            for own, count in counts.items()
            if count
        ]
        return Page(tuple(posts), follow=tuple(asked), unread=late)

    def _is_sought(self, video: Any) -> bool:
        """Do its own words hold the query? YouTube also finds what is merely like it."""
        said = (text_field(video, "snippet", name) for name in ("title", "description", "channelTitle"))
        return "query" in self.source.settings and api.query_of(self.source).matches("\n".join(said))

    def read_comments(self) -> Page:
        """Comments with the replies sent with them, or replies alone. All replies to one are asked for where
        more are counted; what was counted and did not come is unread."""
        parts, onward = urlsplit(self.response.url), self.next_page
        about, _, count = parts.fragment.partition(",")
        comments, asked, sent = dict[str, tuple[Any, str]](), [], 0
        for item in self.items:
            first, replies = dig(item, "snippet", "topLevelComment"), objects_at(item, "replies", "comments")
            video, said = text_field(item, "snippet", "videoId") or about, [first or item, *replies]
            counted = max(_number(item, "snippet", "totalReplyCount"), len(replies))
            comments |= {own: (each, video) for each in said if (own := text_field(each, "id"))}
            sent += 1 + counted
            if counted > len(replies):
                of = {"part": "snippet", "parentId": text_field(first, "id"), **_WORDS}
                asked.append(api.ask(self.source, "comments", of, f"{video},{counted}"))
        posts, late = read_each(lambda each: self._mention(*each), comments.values(), "Comments")
        whole = count.isdecimal() and onward is None and "pageToken" not in parts.query
        short = int(count) - sent if whole else 0
        missing = (f"Comments that YouTube counts and did not send: {short}.",) if short > 0 else ()
        return Page(tuple(posts), onward, tuple(asked), unread=(*late, *missing))

    def _mention(self, record: Any, video: str | None = None) -> Mention:
        """A video; with `video` a comment on it, or a reply to a comment."""
        own, told, channel = text_field(record, "id"), record.get("snippet"), self.source.channel or "youtube"
        above, dates = text_field(told, "parentId"), PageDates("UTC", self.response.fetched_at)
        post = WebPost(
            title=squeeze(plain(text_field(told, "title"))),
            text=plain(text_field(told, "textDisplay") or text_field(told, "description")),
            author=plain(text_field(told, "authorDisplayName") or text_field(told, "channelTitle")),
            time=text_field(told, "publishedAt"),
            edited=text_field(told, "updatedAt"),
            url=_WATCH + urlencode({"v": own} if video is None else {"v": video, "lc": own}),
        )
        kind, key, parent = MentionKind.POST, f"yt:video:{own}", None
        if video is not None:
            kind, key = MentionKind.REPLY if above else MentionKind.COMMENT, f"yt:comment:{own}"
            parent = mention_id(channel, f"yt:comment:{above}" if above else f"yt:video:{video}")
        return post.mention(mention_id(channel, key), channel, kind, dates, parent)


def _number(record: Any, *names: str) -> int:
    text = text_field(record, *names)
    return int(text) if text.isdecimal() else 0
