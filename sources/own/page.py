"""A public page of the school's own: its notice, and the posts that it shows in a known form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from data.ids import digest, mention_id, squeeze
from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.urls import canonical_url
from sources.base import PageSettings, SourceSettings
from sources.cleaning import cleaned
from sources.dates import PageDates
from sources.markup import (
    absolute,
    attribute,
    base_url,
    first,
    first_text,
    oddities,
    own_words,
    plain,
    soup,
    text_of,
)
from sources.nesting import separate
from sources.own.notice import notice_stands
from sources.schema_org import Item, SchemaOrg, schema_org

_POSTS = ("SocialMediaPosting", "Posting", "Article", "VideoObject")
_DESCRIPTIONS = 'meta[name="description"], meta[property="og:description"]'
_ENOUGH_WORDS = 30
_NOT_THE_PAGE_WORDS = 120
_START_WORDS = 40
_NOT_THE_PAGE = re.compile(
    r"\b(?:maintenance|critical error|coming soon|under construction|back (?:soon|shortly|online)"
    r"|temporarily unavailable|service unavailable)\b",
    re.IGNORECASE,
)
_MOST_POSTS = 200
_OWN_SITE = "blog"
_CHANNELS = {
    "facebook.com": "facebook",
    "instagram.com": "instagram",
    "x.com": "x",
    "twitter.com": "x",
    "tiktok.com": "tiktok",
    "youtube.com": "youtube",
    "bsky.app": "bluesky",
}


class OwnPageSettings(PageSettings):
    """What is needed to tell the account's own posts from those of others."""

    account: str = ""
    """The name under which the account posts, where it is not the source's name or the school's."""


class OwnPage:
    """Reads the notice of a page or account of the school's own, and its posts where they are marked up."""

    kind: ClassVar[str] = "own.page"
    settings: ClassVar[type[SourceSettings]] = OwnPageSettings

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The page's own address."""
        return [Request(source.url)]

    def recognises(self, response: Response) -> float:
        """Never: no page says of itself whose it is."""
        return 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Whether the notice stands there, and the posts in the document's order.

        Posts are read from schema.org items, else from h-entry, else from `article` elements; a page
        without any is a page without posts.
        """
        tree = soup(response.body, response.header("content-type"))
        text = _all_text(tree)
        settings = OwnPageSettings.model_validate(dict(source.settings))
        found = schema_org(tree, response.url)
        posts = list(_declared(found, response.url)) or list(_shown(tree, base_url(tree, response.url)))
        dates = PageDates.learn(settings, response.fetched_at, [p.published for p in posts])
        channel = source.channel or channel_of(response.url)
        return Page(
            mentions=_mentions(posts[:_MOST_POSTS], channel, response, dates),
            warnings=(*oddities(response), *_damage(found, text)),
            notice=_notice(text, source, seen_whole=_seen_whole(response, tree, text)),
        )


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post or a comment as the page gives it; `news` is an article; `above` the post commented on."""

    title: str
    text: str
    quoted: str = ""
    author: str = ""
    published: str = ""
    url: str = ""
    news: bool = False
    above: OwnPost | None = None


def channel_of(url: str) -> str:
    """The platform the page stands on, else the school's own site."""
    host = (urlsplit(url).hostname or "").lower()
    named = (channel for site, channel in _CHANNELS.items() if host == site or host.endswith(f".{site}"))
    return next(named, _OWN_SITE)


def _all_text(tree: BeautifulSoup) -> str:
    """What a reader sees or has read out, and what the page says of itself, where accounts show theirs."""
    told = [attribute(node, "content") or "" for node in tree.select(_DESCRIPTIONS)]
    pictures = [attribute(node, "alt") or "" for node in tree.select("img[alt]")]
    return "\n".join((text_of(tree), *told, *pictures))


def _notice(text: str, source: Source, *, seen_whole: bool) -> bool | None:
    if notice_stands(text, source.notice):
        return True
    return False if seen_whole else None


def _seen_whole(response: Response, tree: BeautifulSoup, text: str) -> bool:
    """May it be said that something does not stand there?

    Not of a document that is no web page or was read in part, of a page with next to no words or with few
    that begin with works on the site, nor of a platform, which shows the rest to those who sign in or run
    its scripts.
    """
    words = text.split()
    if len(words) < _ENOUGH_WORDS or tree.body is None or oddities(response):
        return False
    if "html" not in (response.header("content-type") or "html"):
        return False
    if channel_of(response.url) != _OWN_SITE:
        return False
    start = " ".join((text_of(tree.title) if tree.title else "", *words[:_START_WORDS]))
    return len(words) >= _NOT_THE_PAGE_WORDS or not _NOT_THE_PAGE.search(start)


def _damage(found: SchemaOrg, text: str) -> list[str]:
    told = [] if text.strip() else ["The page holds no words."]
    if found.damaged:
        told.append(f"Blocks of JSON-LD that cannot be read: {found.damaged}.")
    return told


def _declared(found: SchemaOrg, url: str) -> Iterator[OwnPost]:
    for item in found.walk():
        if any(item.named(name) for name in _POSTS):
            post = _post(item, url, None)
            if post.text or post.title:
                yield post
                yield from (
                    _post(answer, url, post) for answer in item.items("comment") if answer.text("text")
                )


def _post(item: Item, url: str, above: OwnPost | None) -> OwnPost:
    return OwnPost(
        title=plain(item.text("headline", "name")),
        text=plain(item.text("articleBody", "text", "description")),
        author=plain(item.text("author", "creator")),
        published=item.text("datePublished", "dateCreated", "uploadDate"),
        url=absolute(url, item.text("url") or item.id) or "",
        news=item.named("Article") or item.named("BlogPosting"),
        above=above,
    )


def _shown(tree: BeautifulSoup, base: str) -> Iterator[OwnPost]:
    nodes = tree.select(".h-entry") or tree.select("article")
    kept, _ = separate(nodes, lambda node: node.parents)
    for node in kept:
        post = _of_node(node, base)
        if post.text or post.title:
            yield post


def _of_node(node: Tag, base: str) -> OwnPost:
    body = first(node, ".e-content", ".entry-content", ".entry-summary", ".p-summary") or node
    text, quoted = own_words(body, dropped="nav, footer, .h-entry, article")
    time = first(node, ".dt-published", "time")
    link = first(node, "a.u-url", "h1 a", "h2 a", "h3 a", "h4 a", "a[rel~=bookmark]")
    return OwnPost(
        title=first_text(node, ".p-name", "h1", "h2", "h3", "h4") or "",
        text=text,
        quoted=quoted,
        author=first_text(node, ".p-author", ".author", "[rel~=author]") or "",
        published=attribute(time, "datetime") or (text_of(time) if time else ""),
        url=absolute(base, attribute(link, "href")) or "",
        news=node.name == "article",
    )


def _mentions(
    posts: Sequence[OwnPost], channel: str, response: Response, dates: PageDates
) -> tuple[Mention, ...]:
    found: dict[str, Mention] = {}
    for post in posts:
        own_id = _id(post, channel, response.url)
        above = _id(post.above, channel, response.url) if post.above else None
        top = MentionKind.ARTICLE if post.news and channel == _OWN_SITE else MentionKind.POST
        mention = Mention(
            id=own_id,
            url=post.url or (post.above.url if post.above else "") or response.url,
            channel=channel,
            kind=MentionKind.COMMENT if above else top,
            title=squeeze(post.title or (post.above.title if post.above else "")),
            text=post.text,
            quoted=post.quoted,
            author=squeeze(post.author) or None,
            published=dates.read(post.published),
            fetched_at=response.fetched_at,
            parent=above if above != own_id else None,
        )
        found.setdefault(own_id, cleaned(mention))
    return tuple(found.values())


def _id(post: OwnPost, channel: str, page_url: str) -> str:
    """By its own address; by who said what, and when, where it has none."""
    address = canonical_url(post.url) if post.url else ""
    if address and address != canonical_url(page_url):
        return mention_id(channel, address)
    host = urlsplit(canonical_url(page_url)).netloc
    return mention_id(channel, digest(host, squeeze(post.author), squeeze(post.title), squeeze(post.text)))
