"""Discourse: a topic, a list of topics, the latest posts or a search, as the served page or as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from data.types import MentionKind, Page, Request, Response, Source, SourceState
from sources.html.dom import part_quotes
from sources.html.markup import absolute, decode, left_out, oddities, plain
from sources.html.parsers import json_in, text_field
from sources.html.sanitise import LONGEST, clean, first_read
from sources.item_time import read_each
from sources.threads.posts import ForumPost, ShapedForum, Thread, host_of, page_of_thread

Record = Mapping[str, Any]

_BASE = re.compile(r"(.*?)/(?:t|latest|new|top|c|tag|tags|search|posts)(?:[/.]|$)")
_TOPIC_PATH = re.compile(r"(.*?/t/(?:[^/]+/)?\d+)(?:/\d+)?/?")
_TOPIC_ADDRESS = re.compile(r"[^?#]*?/t/(?:[^/?#]+/)?\d+(?=[/?#]|$)")
_NO_POSTS = (3, 4)  # small actions such as "closed this topic"; whispers
_MARKUP = ("cooked", "blurb", "excerpt")
_QUOTES = ".//aside[class(quote)] | .//blockquote"


class Discourse(ShapedForum):
    """A Discourse forum. Lists and searches give the titles of topics, and requests for the topics."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The JSON form of the configured topic, list or search."""
        return [Request(json_address(source.url))]

    def recognises(self, response: Response) -> float:
        """By a page's generator; by the names in a JSON document."""
        found = _load_json(response)
        if found is None:
            return super().recognises(response)
        return 0.95 if _topic(found) or _latest(found) or _list_records(found) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """The posts of a topic, or the latest of all; for a list or search, its topics and what to fetch."""
        found = _load_json(response)
        if found is None:
            page = super().parse(source, response)
            return replace(page, follow=tuple(Request(json_address(asked.url)) for asked in page.follow))
        channel = self.channel_of(source)
        if _topic(found):
            return _topic_page(found, source, response, channel)
        if _latest(found):
            return _latest_page(found, source, response, channel)
        return _list_page(found, source, response, channel)

    def refine(self, thread: Thread, posts: list[ForumPost]) -> list[ForumPost]:
        """On HTML pages a post's number counts within its topic, so the topic's number is put before it."""
        topic = _TOPIC_ADDRESS.match(thread.url)
        if not topic or not thread.id:
            return posts
        return [replace(post, id=f"{thread.id}/{post.id}", url=f"{topic[0]}/{post.id}") for post in posts]


def json_address(url: str) -> str:
    """The JSON form of a Discourse page's address; for the front page, its list of latest topics."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if path.endswith(".json"):
        return url
    topic = _TOPIC_PATH.fullmatch(parts.path)
    if topic:
        path = topic[1]
    elif not _BASE.fullmatch(path) and not _BASE.match(path + "/"):
        path += "/latest"
    return urlunsplit(parts._replace(path=path + ".json", fragment=""))


def _load_json(response: Response) -> Any:
    """The document as JSON; None if it is not JSON."""
    if response.body.lstrip()[:1] not in (b"{", b"["):
        return None
    return json_in(decode(response.body)[0])


def _records(value: Any) -> list[Record]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _record(value: Any, name: str) -> Record:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _topic(found: Any) -> list[Record]:
    return _records(_record(found, "post_stream").get("posts"))


def _latest(found: Any) -> list[Record]:
    """The posts of `/posts.json`, from any topic, newest first; each names its topic."""
    posts = _records(found.get("latest_posts")) if isinstance(found, dict) else []
    return [post for post in posts if text_field(post, "topic_id") and text_field(post, "post_number")]


def _cut_records(records: list[Record]) -> tuple[list[Record], tuple[str, ...]]:
    """Keep as many records as one document may have, with a warning if there are more."""
    return first_read(
        records, lambda r: "".join(text_field(r, name)[:LONGEST] for name in _MARKUP), "posts or topics"
    )


def _part_deleted(posts: list[Record]) -> tuple[list[Record], list[Record]]:
    """The records that are posts, and those of them neither deleted nor hidden."""
    shown = [post for post in posts if post.get("post_type") not in _NO_POSTS]
    gone = ("deleted_at", "hidden", "user_deleted")
    return shown, [post for post in shown if not any(post.get(name) for name in gone)]


def _latest_page(found: Any, source: Source, response: Response, channel: str) -> Page:
    """Each post as on the page of its topic, so that both give the same mention."""
    posts, left = _cut_records(_latest(found))
    shown, kept = _part_deleted(posts)
    bare = replace(response, body=b"")  # warnings about the whole document come once, not with each post
    pages = [page_of_thread(*_alone(post, response.url), source, bare, channel) for post in kept]
    warnings = dict.fromkeys(warning for page in pages for warning in page.warnings)
    warnings |= dict.fromkeys((*oddities(response), *left))
    if len(kept) < len(shown):
        warnings[
            f"Posts that were deleted, hidden or ignored, and are left out: {len(shown) - len(kept)}."
        ] = None
    numbers = [post["id"] for post in posts if isinstance(post.get("id"), int)]
    before = f"{_folder(response.url)}/posts.json?before={min(numbers) - 1}" if numbers else ""
    return Page(
        mentions=tuple({m.id: m for page in pages for m in page.mentions}.values()),
        next=Request(urljoin(response.url, before)) if before else None,
        warnings=tuple(warnings),
        unread=(*left_out(response), *left),
    )


def _alone(post: Record, url: str) -> tuple[Thread, list[ForumPost]]:
    number = text_field(post, "topic_id")
    address = _address(url, text_field(post, "topic_slug"), number)
    thread = Thread(
        id=number,
        site=host_of(url) + _folder(url),
        title=plain(text_field(post, "topic_title")),
        url=address,
        starts=text_field(post, "post_number") == "1",
    )
    return thread, [_post(post, number, address)]


def _topic_page(topic: Any, source: Source, response: Response, channel: str) -> Page:
    posts, left = _cut_records(_topic(topic))
    shown, kept = _part_deleted(posts)
    number = text_field(topic, "id") or text_field(shown[0], "topic_id") if shown else ""
    address = _address(response.url, text_field(topic, "slug"), number)
    thread = Thread(
        id=number,
        site=host_of(response.url) + _folder(response.url),
        title=plain(text_field(topic, "title")),
        url=address,
        starts=bool(kept) and kept[0].get("post_number") == 1,
        next=_following(topic, shown, address, response.url),
        deleted=len(shown) - len(kept),
    )
    read, late = read_each(lambda post: _post(post, number, address), kept, "Posts")
    return page_of_thread(replace(thread, unread=(*left, *late)), read, source, response, channel)


def _post(post: Record, topic: str, address: str) -> ForumPost:
    words = part_quotes(text_field(post, "cooked")[:LONGEST], _QUOTES)
    return ForumPost(
        id=f"{topic}/{text_field(post, 'post_number')}",
        **words._asdict(),
        author=text_field(post, "username"),
        time=text_field(post, "created_at"),
        edited=text_field(post, "updated_at") if (post.get("version") or 1) != 1 else "",
        url=f"{address}/{text_field(post, 'post_number')}",
    )


def _address(url: str, slug: str, number: str) -> str:
    """A topic's page, in the forum's own folder on its host."""
    parts = urlsplit(url)
    path = f"{_folder(url)}/t/{clean(slug) or '-'}/{number}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _folder(url: str) -> str:
    found = _BASE.match(urlsplit(url).path)
    return found[1] if found else ""


def _following(topic: Any, shown: list[Record], address: str, url: str) -> str | None:
    """The next twenty posts, if the stream of ids continues after the last one shown."""
    stream = _record(topic, "post_stream").get("stream")
    last = shown[-1].get("id") if shown else None
    if not isinstance(stream, list) or last not in stream or stream[-1] == last:
        return None
    here = re.search(r"[?&]page=(\d{1,6})", url)
    return f"{address}.json?page={int(here[1]) + 1 if here else 2}"


# ---------------------------------------------------------------------------- lists and searches


def _list_records(found: Any) -> list[Record]:
    """The topics of a list, the posts of a search, or the topics of the old form of a search."""
    if isinstance(found, list):
        groups = [group for group in _records(found) if group.get("type") == "topic"]
        return [record for group in groups for record in _records(group.get("results"))]
    topics = _records(_record(found, "topic_list").get("topics"))
    if topics or not isinstance(found, dict):
        return topics
    return [post for post in _records(found.get("posts")) if "topic_id" in post]


def _list_page(found: Any, source: Source, response: Response, channel: str) -> Page:
    """One mention per topic: what the list itself says about it. Its id differs from that of the topic's
    first post, so that the list and the topic, which is fetched next, never overwrite each other."""
    listed, left = _cut_records(_list_records(found))
    entries = list(_entries(found, listed, response.url))
    if not entries:
        return Page(warnings=("The JSON document holds no Discourse topic, list or search.",))
    site = host_of(response.url) + _folder(response.url)
    unnamed = Thread("", "", response.url, site=site, warnings=left)
    page = page_of_thread(unnamed, entries, source, response, channel)
    topics = dict.fromkeys(json_address(post.url) for post in entries)
    more = absolute(response.url, text_field(_record(found, "topic_list"), "more_topics_url"))
    return replace(
        page,
        mentions=tuple(replace(m, kind=MentionKind.POST, parent=None) for m in page.mentions),
        follow=tuple(map(Request, topics)),
        next=Request(json_address(more)) if more else None,
    )


def _entries(found: Any, listed: list[Record], url: str) -> Iterator[ForumPost]:
    beside = found if isinstance(found, dict) else {}
    lookup = {text_field(t, "id"): t for t in _records(beside.get("topics"))}
    users = {text_field(u, "id"): text_field(u, "username") for u in _records(beside.get("users"))}
    for record in listed:
        topic = lookup.get(text_field(record, "topic_id"), record)
        number = text_field(record, "topic_id") or text_field(record, "id")
        if not number:
            continue
        part = text_field(record, "post_number") if "topic_id" in record else ""
        linked = absolute(url, text_field(topic, "url"))
        address = linked or _address(url, text_field(topic, "slug"), number)
        posters = _records(record.get("posters"))  # who started it is the first of them
        starter = text_field(posters[0], "user_id") if posters else ""
        yield ForumPost(
            id=f"{number}/{part}/listed" if part else f"{number}/listed",
            text=plain(text_field(record, "blurb") or text_field(record, "excerpt")),
            author=text_field(record, "username") or users.get(starter, ""),
            time=text_field(record, "created_at"),
            url=f"{address}/{part}" if part else address,
            heading=plain(text_field(topic, "title")),
        )
