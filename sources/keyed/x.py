"""X: recent posts that name the school, which are paid for one by one.

So that none is bought twice, each reading asks for the time since the last one's, after what that left over.
No author is asked for, and no profile is visited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from data.ids import mention_id
from data.types import HeldPost, Lookup, Mention, MentionKind, Page, Request, Response, Source, SourceState
from sources.base import OnePage, read_each
from sources.dates import parse_date
from sources.html.markup import decode, plain
from sources.html.parsers import dig, json_in, objects_at, text_field
from sources.html.sanitise import clean_mention
from sources.query import parse_query

_MOST = 20
"""Posts of one ask, as `most` in keys.toml; X takes 10 to 100."""
_REACH, _FIRST_SPAN = timedelta(days=7) - timedelta(minutes=5), timedelta(days=6)
"""X searches seven days. What a first search leaves over can still be asked for a day later."""
_NOT_YET, _LONGEST_QUERY = timedelta(seconds=30), 512
"""X shows nothing younger (docs.x.com, posts/search/integrate/{paginate,operators}, 2026-11-28)."""
_STATUS = re.compile(r"https://x\.com/i/web/status/(\d{1,19})")
_NO_ANSWER = ("This is not an answer of X’s search.",)


class X(OnePage):
    """Searches by the school's names. A page's `resume` is the ask with which the next reading begins."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The ask at which the last reading ended; at first, for six days."""
        asked = _ask_in(state.resume or "")
        begins = asked.get("start_time", "")
        if begins < _stamp(now - _REACH):
            begins, asked = _stamp(now - _FIRST_SPAN), {}
        if asked.get("query") in _queries(source):
            return [_search(source, asked)]
        span = {"start_time": min(begins, _stamp(now - 2 * _NOT_YET)), "end_time": _stamp(now - _NOT_YET)}
        return [_search(source, {"query": _queries(source)[0], **span})]

    def parse(self, source: Source, response: Response) -> Page:
        """The posts, newest first, and what to ask for next. Posts that X keeps back are counted."""
        found = json_in(decode(response.body)[0])
        if not isinstance(found, dict) or not found.keys() & {"data", "meta"}:
            return Page(warnings=_NO_ANSWER, unread=_NO_ANSWER)
        posts = [post for post in objects_at(found, "data") if text_field(post, "id").isdecimal()]
        mentions, late = read_each(lambda post: _mention(post, source, response), posts, "Posts")
        counted = dig(found, "meta", "result_count")
        missing = counted - len(posts) if isinstance(counted, int) else 0
        kept_back = max(missing, len(objects_at(found, "errors")))
        unread = (*(f"Posts that X found and did not show: {n}." for n in [kept_back] if n > 0), *late)
        quiet = () if posts or unread else ("X found nothing new.",)
        rest = _search_after(_ask_in(response.url), text_field(found, "meta", "next_token"), source)
        following = rest if "query" in _ask_in(rest.url) else None
        known = Page(tuple(mentions), next=following, resume=rest.url)
        return replace(known, warnings=unread, left_out=quiet, unread=unread)

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which of these posts still stand, none dearer than one of the search."""
        ids = {post.id: found[1] for post in posts if (found := _STATUS.fullmatch(post.url))}
        return list_lookups(ids, _MOST, lambda some: _request(source, "tweets", {"ids": some}))

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """List the posts that anybody may see; None where X does not speak of each that was asked for."""
        found, asked = json_in(decode(response.body)[0]), _ask_in(response.url).get("ids", "").split(",")
        shown = {text_field(post, "id") for post in objects_at(found, "data")}
        refused = {text_field(fault, "resource_id") for fault in objects_at(found, "errors")}
        return frozenset(shown) if shown | refused == {*asked} else None


def list_lookups(ids: Mapping[str, str], most: int, request: Callable[[str], Request]) -> list[Lookup]:
    """List requests for so many ids at most, which each takes with commas between them."""
    parts = [dict([*ids.items()][n : n + most]) for n in range(0, len(ids), most)]
    return [Lookup(request(",".join(part.values())), part) for part in parts]


def write_queries(query: str, each: str = "{}", whole: str = "{}") -> list[str]:
    """The query in as few asks as can be: X and Reddit take 512 characters. `each` is how an alternative is
    written, `whole` what goes round those that OR joins."""
    asks: list[list[str]] = [[]]
    for one in (each.format(alternative.write()) for alternative in parse_query(query).alternatives):
        if asks[-1] and len(whole.format(" OR ".join([*asks[-1], one]))) > _LONGEST_QUERY:
            asks.append([])
        asks[-1].append(one)
    return [whole.format(" OR ".join(ask)) for ask in asks]


def _queries(source: Source) -> list[str]:
    """The queries of one reading, in their order, without what only passes a post on."""
    return write_queries(str(source.settings["query"]), whole="({}) -is:retweet")


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
    return _request(source, "tweets/search/recent", given)


def _request(source: Source, path: str, asked: Mapping[str, str]) -> Request:
    return Request(f"{urljoin(source.url, path)}?{urlencode(asked)}", auth=str(source.settings["credential"]))


def _ask_in(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _mention(post: Mapping[str, Any], source: Source, response: Response) -> Mention:
    """The post; one that was edited has the id of its first version."""
    channel, own_id = source.channel or "x", text_field(post, "id")
    versions = post.get("edit_history_tweet_ids")
    first = str(versions[0]) if isinstance(versions, list) and versions else own_id
    words = text_field(post, "note_tweet", "text") or text_field(post, "text")
    published = parse_date(text_field(post, "created_at"), zone="UTC", fetched_at=response.fetched_at)
    return clean_mention(
        Mention(
            id=mention_id(channel, first),
            url=f"https://x.com/i/web/status/{own_id}",
            channel=channel,
            kind=MentionKind.POST,
            title="",
            text=plain(words),
            published=published,
            fetched_at=response.fetched_at,
        )
    )
