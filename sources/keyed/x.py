"""X: recent posts that name the school, which are paid for one by one.

So that none is bought twice, each reading asks for the time since the last one's, after what that left over.
No author is asked for, and no profile is visited.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data.ids import mention_id
from data.types import HeldPost, Lookup, Mention, MentionKind, Page, Request, Response, Source, SourceState
from sources.base import OnePage, read_each
from sources.html.markup import plain
from sources.html.parsers import Record, dig, objects_at, text_field
from sources.html.sanitise import clean_mention
from sources.keyed import api

_MOST = 20
"""Posts of one ask, as `most` in keys.toml; X takes 10 to 100."""
_REACH, _FIRST_SPAN = timedelta(days=7) - timedelta(minutes=5), timedelta(days=6)
"""X searches seven days. What a first search leaves over can still be asked for a day later."""
_NOT_YET = timedelta(seconds=30)
"""X shows nothing younger (docs.x.com, posts/search/integrate/{paginate,operators}, 2026-11-28)."""
_STATUS = re.compile(r"https://x\.com/i/web/status/(\d{1,19})")
_NO_ANSWER = ("This is not an answer of X’s search.",)


class X(OnePage):
    """Searches by the school's names. A page's `resume` is the ask with which the next reading begins."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The ask at which the last reading ended; at first, for six days."""
        asked = api.parameters(state.resume or "")
        begins = asked.get("start_time", "")
        if begins < _stamp(now - _REACH):
            begins, asked = _stamp(now - _FIRST_SPAN), {}
        if asked.get("query") in _queries(source):
            return [_search(source, asked)]
        span = {"start_time": min(begins, _stamp(now - 2 * _NOT_YET)), "end_time": _stamp(now - _NOT_YET)}
        return [_search(source, {"query": _queries(source)[0], **span})]

    def parse(self, source: Source, response: Response) -> Page:
        """The posts, newest first, and what to ask for next. Posts that X keeps back are counted."""
        found = api.read_answer(response)
        if not isinstance(found, dict) or not found.keys() & {"data", "meta"}:
            return Page(warnings=_NO_ANSWER, unread=_NO_ANSWER)
        posts = [post for post in objects_at(found, "data") if text_field(post, "id").isdecimal()]
        mentions, late = read_each(lambda post: _make_mention(post, source, response), posts, "Posts")
        counted = dig(found, "meta", "result_count")
        missing = counted - len(posts) if isinstance(counted, int) else 0
        kept_back = max(missing, len(objects_at(found, "errors")))
        unread = (*(f"Posts that X found and did not show: {n}." for n in [kept_back] if n > 0), *late)
        quiet = () if posts or unread else ("X found nothing new.",)
        rest = _search_after(api.parameters(response.url), text_field(found, "meta", "next_token"), source)
        following = rest if "query" in api.parameters(rest.url) else None
        return Page(
            tuple(mentions), next=following, resume=rest.url, warnings=unread, left_out=quiet, unread=unread
        )

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which of these posts still stand, none dearer than one of the search."""
        ids = {post.id: found[1] for post in posts if (found := _STATUS.fullmatch(post.url))}
        batches = api.batches(ids, _MOST)
        return [Lookup(api.ask(source, "tweets", {"ids": ",".join(b.values())}), b) for b in batches]

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """List the posts that anybody may see; None where X does not speak of each that was asked for."""
        found, asked = api.read_answer(response), api.parameters(response.url).get("ids", "").split(",")
        shown = {text_field(post, "id") for post in objects_at(found, "data")}
        refused = {text_field(fault, "resource_id") for fault in objects_at(found, "errors")}
        return frozenset(shown) if shown | refused == {*asked} else None


def _queries(source: Source) -> list[str]:
    """The queries of one reading, in their order, without what only passes a post on."""
    return api.write_queries(api.query_of(source), whole="({}) -is:retweet")


def _search_after(asked: Mapping[str, str], token: str, source: Source) -> Request:
    """The request for the rest of this span: its next page, else its next query; else for the time since,
    without an end."""
    queries, query = _queries(source), asked.get("query", "")
    if token:
        return _search(source, {**asked, "next_token": token})
    if query in queries[:-1]:
        following = {"query": queries[queries.index(query) + 1], "next_token": ""}
        return _search(source, {**asked, **following})
    return _search(source, {"start_time": asked.get("end_time", "")})


def _search(source: Source, asked: Mapping[str, str]) -> Request:
    given = {n: asked[n] for n in ("query", "start_time", "end_time", "next_token") if asked.get(n)}
    given |= {"max_results": str(_MOST), "tweet.fields": "created_at,note_tweet"}
    return api.ask(source, "tweets/search/recent", given)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _make_mention(post: Record, source: Source, response: Response) -> Mention:
    """The post; one that was edited has the id of its first version."""
    channel, own_id = source.channel or "x", text_field(post, "id")
    versions = post.get("edit_history_tweet_ids")
    first = str(versions[0]) if isinstance(versions, list) and versions else own_id
    words = text_field(post, "note_tweet", "text") or text_field(post, "text")
    return clean_mention(
        Mention(
            id=mention_id(channel, first),
            url=f"https://x.com/i/web/status/{own_id}",
            channel=channel,
            kind=MentionKind.POST,
            title="",
            text=plain(words),
            published=api.read_time(post.get("created_at"), response),
            fetched_at=response.fetched_at,
        )
    )
