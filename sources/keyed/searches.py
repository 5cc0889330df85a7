"""Platforms that are searched by a school's names with a key: Bluesky, Nextdoor, Reddit and X.

Bluesky: the public posts that a search finds, asked of the account's own server.

The shapes are those of the lexicons `app.bsky.feed.searchPosts`, `app.bsky.feed.defs` and `app.bsky.embed`.

Nextdoor's search of the posts that anyone may see, by place and keyword.

Address, parameters and fields are those of developer.nextdoor.com (reference/search-posts and
reference/displaying-data-types), looked up on 28 November 2026.

Reddit: posts that its search finds under the school's names, and the comments under them.

X: recent posts that name the school, which are paid for one by one.

So that none is bought twice, each reading asks for the time since the last one's, after what that left over.
No author is asked for, and no profile is visited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from data.ids import mention_id
from data.types import HeldPost, Lookup, Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.urls import unescape
from sources.base import NextdoorSettings, OnePage, read_each
from sources.dates import PageDates
from sources.html.dom import part_quotes, with_pictures
from sources.html.markup import decode, plain
from sources.html.parsers import Record, count_at, dig, json_in, objects_at, parse_json_members, text_field
from sources.html.sanitise import LONGEST, clean_mention, first_read
from sources.keyed import api

# Bluesky.

_SEARCH = "/xrpc/app.bsky.feed.searchPosts"
_BLUESKY_MOST = 100
"""Posts on a page, the most that it gives."""
_BACK = timedelta(days=90)
"""The age of the oldest posts that are asked for."""
_POST = re.compile(r"at://(did:[a-z]+:[\w.:%-]+)/app\.bsky\.feed\.post/([\w.~:-]{1,512})")
_ADDRESS = re.compile(r"https://bsky\.app/profile/(did:[^/]+)/post/([^/?#]+)")
_LOOKUP = "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts"
_BLUESKY_MOST_LOOKED_UP = 25
"""Posts that one lookup asks for (lexicon `app.bsky.feed.getPosts`)."""
_NOT_SHOWN = frozenset({"!no-unauthenticated", "!hide"})
"""Labels of what is shown only to people with an account, or to nobody (docs.bsky.app/docs/advanced-guides/
moderation, read on 2026-11-28)."""

_DAMAGED = "The answer is damaged or holds no list of posts; what could be read was kept."


class Bluesky(OnePage):
    """A search on Bluesky. It offers no OR, so each alternative is asked for by itself."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The newest posts of each alternative."""
        rest = {"sort": "latest", "since": f"{now - _BACK:%Y-%m-%d}", "limit": _BLUESKY_MOST}
        alternatives = api.query_of(source).alternatives
        return [api.ask(source, _SEARCH, {"q": one.write(), **rest}) for one in alternatives]

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which posts stand. They go without the key: with it, posts of authors
        who block the account would look deleted."""
        found = ((post.id, _ADDRESS.fullmatch(post.url)) for post in posts)
        asked = {own: f"at://{at[1]}/app.bsky.feed.post/{at[2]}" for own, at in found if at}
        return [
            Lookup(Request(f"{_LOOKUP}?{urlencode({'uris': list(some.values())}, doseq=True)}"), some)
            for some in api.batches(asked, _BLUESKY_MOST_LOOKED_UP)
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
        read, late = read_each(lambda post: _bluesky_mention(post, source, response), shown, "Posts")
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


def _bluesky_mention(post: Record, source: Source, response: Response) -> Mention | None:
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


# Nextdoor.

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


# Reddit.

_SITE = "https://www.reddit.com"
_PERMALINK = re.compile(r"/(?:r|u|user)/[^/]+/comments/([a-z0-9]+)(?:/[^/]*(?:/([a-z0-9]+))?)?/?")
_REDDIT_MOST_LOOKED_UP = 100
_GONE = frozenset({"[deleted]", "[removed]", "[deleted by user]"})
_NO_LIST = "This is not a list of Reddit’s interface."


class Reddit(OnePage):
    """Reads the answers of the search, and the thread behind each post that holds what was searched for."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The newest posts of a month."""
        return [
            _reddit_search(source, {"q": ask}) for ask in api.write_queries(api.query_of(source), each="({})")
        ]

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
            lambda thing: _reddit_mention(thing, thread, source, response), standing, "Posts"
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
        following = _reddit_search(source, asked) if after else None
        return replace(page, next=following, follow=tuple(_threads_behind(standing, source)))

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask which of these posts and comments still stand."""
        ids = {post.id: own for post in posts if (own := _name_in(post.url))}
        batches = api.batches(ids, _REDDIT_MOST_LOOKED_UP)
        return [Lookup(_ask(source, "api/info", {"id": ",".join(b.values())}), b) for b in batches]

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """List those that are there with their words; None where the answer is no whole list."""
        found = api.read_answer(response)
        whole = dig(found, "kind") == "Listing" and isinstance(dig(found, "data", "children"), list)
        if not whole or dig(found, "data", "after"):
            return None
        return frozenset(text_field(each, "name") for each in _things_in([found])[0] if not _is_gone(each))


def _reddit_search(source: Source, asked: Mapping[str, str]) -> Request:
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


def _reddit_mention(thing: Record, thread: str, source: Source, response: Response) -> Mention:
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


# X.

_X_MOST = 20
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
            return [_x_search(source, asked)]
        span = {"start_time": min(begins, _stamp(now - 2 * _NOT_YET)), "end_time": _stamp(now - _NOT_YET)}
        return [_x_search(source, {"query": _queries(source)[0], **span})]

    def parse(self, source: Source, response: Response) -> Page:
        """The posts, newest first, and what to ask for next. Posts that X keeps back are counted."""
        found = api.read_answer(response)
        if not isinstance(found, dict) or not found.keys() & {"data", "meta"}:
            return Page(warnings=_NO_ANSWER, unread=_NO_ANSWER)
        posts = [post for post in objects_at(found, "data") if text_field(post, "id").isdecimal()]
        mentions, late = read_each(lambda post: _x_mention(post, source, response), posts, "Posts")
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
        batches = api.batches(ids, _X_MOST)
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
        return _x_search(source, {**asked, "next_token": token})
    if query in queries[:-1]:
        following = {"query": queries[queries.index(query) + 1], "next_token": ""}
        return _x_search(source, {**asked, **following})
    return _x_search(source, {"start_time": asked.get("end_time", "")})


def _x_search(source: Source, asked: Mapping[str, str]) -> Request:
    given = {n: asked[n] for n in ("query", "start_time", "end_time", "next_token") if asked.get(n)}
    given |= {"max_results": str(_X_MOST), "tweet.fields": "created_at,note_tweet"}
    return api.ask(source, "tweets/search/recent", given)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _x_mention(post: Record, source: Source, response: Response) -> Mention:
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
