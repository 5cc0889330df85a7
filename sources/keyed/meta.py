"""The school's own Facebook Page and Instagram account, by Meta's Graph API.

What the account itself wrote, below its posts too, is a POST without an author, so that it settles as the
school's own. All that others wrote there, or in a post that tags the account, is a COMMENT under the name
shown with it: nobody passes for the school by calling themselves so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlencode, urljoin, urlsplit

from data.frozen import freeze
from data.ids import mention_id, squeeze
from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from sources.base import OnePage
from sources.html.parsers import Record, count_at, dig, objects_at, text_field
from sources.html.sanitise import clean_mention
from sources.keyed import api

_POSTS, _COMMENTS = 25, 50
"""So many in one answer: Graph refuses what is too large, and Instagram gives at most 50 comments."""
_FIRST, _LATER = timedelta(days=90), timedelta(days=30)
"""How old the posts are whose comments are read: when the account is new to us, and from then on."""
_ONWARD = ("after", "until", "__paging_token")
"""What of the address of the next page is used. The rest of it is our own, and the key's secret."""
_TITLE = 120


@freeze
class _Post:
    """One post with its comments: how many had no words, are shown, and are counted but not shown."""

    mentions: tuple[Mention, ...] = ()
    follow: tuple[Request, ...] = ()
    wordless: int = 0
    shown: int = 0
    hidden: int = 0


class MetaAccount(OnePage):
    """The base of both: lists of posts with their comments within, newest first.

    `lists` are the account's own, and that of posts of others that tag it. `fields` are those of a post,
    `replies` those of its comments, `words` the names of what either says, `ordered` how comments come.
    `permission` is that to read what others wrote. At `total` the platform counts comments and replies, with
    those that it does not show. `signed` is in a post that says who wrote it."""

    title: ClassVar[str]
    channel: ClassVar[str]
    site: ClassVar[str]
    lists: ClassVar[tuple[str, str]]
    fields: ClassVar[str]
    replies: ClassVar[str]
    words: ClassVar[tuple[str, str]]
    time: ClassVar[str]
    ordered: ClassVar[str] = ""
    permission: ClassVar[str]
    total: ClassVar[tuple[str, ...]]
    signed: ClassVar[str]

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The first page of either list; comments come with the account's own alone."""
        since = int((now - (_FIRST if state.last_ok_at is None else _LATER)).timestamp())
        number, more = source.settings["number"], {"limit": _POSTS, "since": since}
        asked = zip(self.lists, (self._fields(), self.fields), strict=True)
        return [api.ask(source, f"{number}/{name}", {"fields": fields, **more}) for name, fields in asked]

    def parse(self, source: Source, response: Response) -> Page:
        """The posts of a list with their comments, or further comments of one post."""
        answer = api.read_answer(response)
        listed = isinstance(dig(answer, "data"), list)
        if not listed and not text_field(answer, "id"):
            return Page(warnings=(f"{self.title} sent no list of posts.",))
        tags = urlsplit(response.url).path.endswith(f"/{self.lists[1]}")
        records = objects_at(answer, "data") if listed else [answer]
        posts = [self._read_post(record, source, response, tags=tags) for record in records]
        unsure = listed and not tags and records and not any(self.signed in record for record in records)
        doubt = f"{self.title} does not say which posts are the school’s own: is the key the account’s own?"
        wordless = sum(post.wordless for post in posts)
        left_out = f"Posts and comments without words, or not published: {wordless}."
        return Page(
            mentions=tuple(mention for post in posts for mention in post.mentions),
            next=self._next_page(answer, records, source, response) if listed else None,
            follow=tuple(request for post in posts for request in post.follow),
            warnings=(doubt,) if unsure else (),
            left_out=(left_out,) if wordless else (),
            unread=tuple(self._tell_hidden(posts)) if listed else (),
        )

    def _read_post(self, post: Record, source: Source, response: Response, *, tags: bool) -> _Post:
        if post.get("is_published") is False:
            return _Post(wordless=1)
        own, name = self.author_of(post, source, {} if tags else None)
        head = self._mention(post, self.words[0], source, response, own, name)
        found = [head] if head.text else []
        comments = [] if tags else list(_all_comments(post))
        for comment, above in comments:
            own, name = self.author_of(comment, source, post)
            said = self._mention(comment, self.words[1], source, response, own, name)
            parent = mention_id(head.channel, above) if above else head.id
            title, url = squeeze(head.text.partition("\n")[0])[:_TITLE], self.address_of(comment, post)
            said = replace(said, title=title, url=url or head.url, parent=None if own else parent)
            found += [said] if said.text else []
        cursor = text_field(post, "comments", "paging", "cursors", "after")
        full = len(objects_at(post, "comments", "data")) >= _COMMENTS
        more = bool(cursor) and (full or dig(post, "comments", "paging", "next") is not None)
        further = {"fields": self._fields(cursor)}
        return _Post(
            mentions=tuple(map(clean_mention, found)),
            follow=(api.ask(source, text_field(post, "id"), further),) if more else (),
            wordless=1 + len(comments) - len(found),
            shown=len(comments),
            hidden=0 if tags or more else max(count_at(post, *self.total) - len(comments), 0),
        )

    def _mention(
        self, record: Record, words: str, source: Source, response: Response, own: bool, name: str | None
    ) -> Mention:
        channel, number = source.channel or self.channel, text_field(record, "id")
        return Mention(
            mention_id(channel, number),
            self.address_of(record, None) or self.site,
            channel,
            MentionKind.POST if own else MentionKind.COMMENT,
            "",
            text_field(record, words).strip(),
            response.fetched_at,
            author=None if own else name,
            published=api.read_time(record.get(self.time), response),
        )

    def _next_page(
        self, answer: Record, records: Sequence[Record], source: Source, response: Response
    ) -> Request | None:
        """The next page of the list, at our own address: Graph's own bears the secret. None where the posts
        are older than was asked for."""
        path, asked = urlsplit(response.url).path, api.parameters(response.url)
        given = api.parameters(text_field(answer, "paging", "next"))
        onward = {name: given[name] for name in _ONWARD if name in given}
        if not onward and path.endswith("/tags"):  # Instagram gives its cursor alone
            onward = {"after": text_field(answer, "paging", "cursors", "after")}
        since = int(asked["since"]) if asked.get("since", "").isdecimal() else 0
        times = [at.timestamp() for each in records if (at := api.read_time(each.get(self.time), response))]
        if not records or not any(onward.values()) or min(times, default=since) < since:
            return None
        return api.ask(source, path, asked | onward)

    def _tell_hidden(self, posts: Sequence[_Post]) -> Iterator[str]:
        hidden = sum(post.hidden for post in posts)
        if hidden and not any(post.shown for post in posts):
            yield (
                f"{self.title} shows none of the comments that it counts ({hidden}): the key lacks "
                f"{self.permission}, or its app may not yet read what others write."
            )
        elif hidden:
            yield (
                f"Comments that {self.title} counts and does not show: {hidden}. They are hidden or deleted, "
                "or the key may not read them."
            )

    def _fields(self, after: str = "") -> str:
        onward = f".after({after})" if after else ""
        return f"{self.fields},comments{self.ordered}{onward}.limit({_COMMENTS}){{{self.replies}}}"

    def author_of(self, record: Record, source: Source, post: Record | None) -> tuple[bool, str | None]:
        """Tell whether the account itself wrote it, and the name it is shown under. `post` is that above it:
        None for what is in the account's own list, {} for what is in that of others."""
        raise NotImplementedError

    def address_of(self, record: Record, post: Record | None) -> str:
        """Give the address at which people see it, "" for what has none of its own."""
        raise NotImplementedError


class FacebookPage(MetaAccount):
    """A Page: its feed with all comments on it, visitors' posts among it, and posts that tag it."""

    title, channel, site = "Facebook", "facebook", "https://www.facebook.com/"
    lists = ("feed", "tagged")
    fields = "id,message,created_time,permalink_url,is_published,from{id,name}"
    replies = "id,message,created_time,permalink_url,from{id,name},parent{id}"
    words, time = ("message", "message"), "created_time"
    ordered = ".filter(stream).order(reverse_chronological).summary(true)"
    permission = "pages_read_user_content"
    total, signed = ("comments", "summary", "total_count"), "from"  # which only a Page's own token is shown

    def author_of(self, record: Record, source: Source, post: Record | None) -> tuple[bool, str | None]:
        """By the number of who wrote it. Of people Facebook often gives neither number nor name."""
        own = text_field(record, "from", "id") == str(source.settings["number"])
        return own, text_field(record, "from", "name") or None

    def address_of(self, record: Record, post: Record | None) -> str:
        """Its permanent address, or for a post one made of its numbers: “{page}_{post}”."""
        link = urljoin(self.site, text_field(record, "permalink_url"))
        if link != self.site and urlsplit(link).scheme in ("http", "https"):
            return link
        page, _, number = text_field(record, "id").partition("_")
        made = f"{self.site}permalink.php?{urlencode({'story_fbid': number, 'id': page})}"
        return "" if post else made


class InstagramAccount(MetaAccount):
    """A professional account: its posts with all comments, and public posts of others that tag it.

    Of a mention in a comment elsewhere Instagram tells by webhook alone, for which one would need a public
    address."""

    title, channel, site = "Instagram", "instagram", "https://www.instagram.com/"
    lists = ("media", "tags")
    fields = "id,caption,timestamp,permalink,username,comments_count"
    replies = f"id,text,timestamp,username,replies.limit({_COMMENTS}){{id,text,timestamp,username}}"
    words, time = ("caption", "text"), "timestamp"
    permission = "instagram_business_manage_comments"
    total, signed = ("comments_count",), "id"  # all in the account's list is its own

    def author_of(self, record: Record, source: Source, post: Record | None) -> tuple[bool, str | None]:
        """All in the account's list is its own; a comment, where its name is that of the post."""
        name = text_field(record, "username") or None
        return post is None or (name is not None and name == text_field(post, "username")), name

    def address_of(self, record: Record, post: Record | None) -> str:
        """Give a post's; a comment has none."""
        link = text_field(record, "permalink")
        return link if urlsplit(link).scheme in ("http", "https") else ""


def _all_comments(post: Record) -> Iterator[tuple[Record, str]]:
    """Each comment and each reply, with the number of the comment that it answers."""
    for comment in objects_at(post, "comments", "data"):
        yield comment, text_field(comment, "parent", "id")
        for reply in objects_at(comment, "replies", "data"):
            yield reply, text_field(comment, "id")
