"""The school's own pages: their notice, and what stands on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from data.frozen import freeze
from data.ids import digest, mention_id, squeeze
from data.letters import plain_letters
from data.shipped import read_table
from data.types import Mention, MentionKind, Page, Response, Source
from data.web.channels import domains_of, host_of
from data.web.urls import canonical_url
from sources.base import OnePage, OwnPageSettings
from sources.dates import PageDates
from sources.html.item import Item
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    first,
    first_text,
    left_out,
    oddities,
    own_words,
    plain,
    shown_time,
    soup,
    text_of,
)
from sources.html.sanitise import separate
from sources.html.schema_org import SchemaOrg, schema_org
from sources.threads import WebPost

# Does one of the school's own pages say that it is not monitored around the clock? Pure.

_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_QUOTES = str.maketrans(dict.fromkeys("’‘`", "'"))


def _fill_word(named: re.Match[str]) -> str:
    number = named[1].isdecimal()
    return rf"(?: [^ ]+){{0,{named[1]}}}? " if number else str(_NOTICE["words"][named[1]])


_NOTICE = read_table("sources", "own_notice.toml")
_FILLED = [re.sub("⟨(.*?)⟩", _fill_word, wording) for wording in _NOTICE["wordings"]]
_WORDINGS = tuple(re.compile(rf"(?<![^ ]){wording}(?![^ ])") for wording in _FILLED)
_SENTENCES = re.compile(r"[.!?:;]+(?=\s|$)|\n")
_BESIDE = re.compile("|".join(_NOTICE["beside"]))
"""What usually goes with the notice, in one sentence."""


def has_notice(text: str, configured: str | None = None) -> bool:
    """Is the notice in the text, by its words alone? With `configured` wording, only that counts."""
    said = _words(text)
    if configured is not None and (wanted := _words(configured)):
        return f" {wanted} " in f" {said} "
    return any(wording.search(said) for wording in _WORDINGS)


def is_the_notice(text: str, configured: str | None = None) -> bool:
    """Is the text nothing but the notice, with where to turn in danger or with a concern?"""
    whole = _words(configured or "")
    said = [_words(part) for part in _SENTENCES.split(text)]
    beside = [part for part in said if part and not (whole and f" {part} " in f" {whole} ")]
    rest = (part for part in beside if not has_notice(part) and not _BESIDE.fullmatch(part))
    return has_notice(text, configured) and not any(rest)


def _words(text: str) -> str:
    """Only the words, in lower case, separated by single spaces."""
    return " ".join(_WORDS.findall(plain_letters(text).translate(_QUOTES).casefold()))


# One of the school's own public pages: its notice, and its posts if marked up in a known form.

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


class OwnPage(OnePage):
    """Reads the notice on one of the school's own pages or accounts, and its posts if marked up."""

    def parse(self, source: Source, response: Response) -> Page:
        """Whether the notice is there, and the posts in document order. Posts are read from schema.org items,
        else from h-entry, else from `article` elements; a page with none of these has no posts."""
        tree = soup(response)
        # what a reader sees or hears, and the page's description, where accounts put their notice
        described = [attribute(node, "content") for node in tree.select(_DESCRIPTIONS)]
        pictures = [attribute(node, "alt") for node in tree.select("img[alt]")]
        text = "\n".join((text_of(tree), *described, *pictures))
        settings = OwnPageSettings.model_validate(dict(source.settings))
        found = schema_org(tree, response.url)
        posts = list(_declared_posts(found, response.url))
        posts = posts or list(_shown_posts(tree, base_url(tree, response.url)))
        dates = PageDates.learn(settings, response.fetched_at, [p.time for p in posts])
        channel = source.channel or own_channel(response.url)
        warnings = [*oddities(response), *([] if text.strip() else ["The page has no words."])]
        if found.damaged:
            warnings.append(f"Blocks of JSON-LD that cannot be read: {found.damaged}.")
        return Page(
            mentions=_mentions(posts[:_MOST_POSTS], channel, response, dates),
            warnings=tuple(warnings),
            unread=left_out(response),
            notice=has_notice(text, source.notice) or (False if _seen_whole(response, tree, text) else None),
        )


@freeze
class OwnPost(WebPost):
    """A post or comment as the page gives it; `news` for an article; `above` is the post commented on."""

    news: bool = False
    above: OwnPost | None = None


def own_channel(url: str) -> str:
    """The platform of the page, else the school's own site."""
    return next((_CHANNELS[site] for site in domains_of(host_of(url)) if site in _CHANNELS), _OWN_SITE)


def _seen_whole(response: Response, tree: BeautifulSoup, text: str) -> bool:
    """Can we say for certain that something is not on the page?

    Not if it is no web page or was read in part, has almost no words, is a short page about maintenance, or
    is on a platform, which shows the rest to those who sign in or run its scripts."""
    words = text.split()
    if len(words) < _ENOUGH_WORDS or tree.body is None or oddities(response):
        return False
    if "html" not in (response.header("content-type") or "html"):
        return False
    if own_channel(response.url) != _OWN_SITE:
        return False
    start = " ".join((text_of(tree.title) if tree.title else "", *words[:_START_WORDS]))
    return len(words) >= _NOT_THE_PAGE_WORDS or not _NOT_THE_PAGE.search(start)


def _declared_posts(found: SchemaOrg, url: str) -> Iterator[OwnPost]:
    for item in found.walk():
        if any(item.has_type(name) for name in _POSTS):
            post = _post(item, url, None)
            if post.text or post.title:
                yield post
                answers = (one for one in item.items("comment") if one.text("text"))
                yield from (_post(answer, url, post) for answer in answers)


def _post(item: Item, url: str, above: OwnPost | None) -> OwnPost:
    return OwnPost(
        title=plain(item.text("headline", "name")),
        text=plain(item.text("articleBody", "text", "description")),
        author=plain(item.text("author", "creator")),
        time=item.text("datePublished", "dateCreated", "uploadDate"),
        url=absolute(url, item.text("url") or item.id) or "",
        news=item.has_type("Article") or item.has_type("BlogPosting"),
        above=above,
    )


def _shown_posts(tree: BeautifulSoup, base: str) -> Iterator[OwnPost]:
    nodes = tree.select(".h-entry") or tree.select("article")
    kept, _ = separate(nodes, lambda node: node.parents)
    for node in kept:
        body = first(node, ".e-content", ".entry-content", ".entry-summary", ".p-summary") or node
        text, quoted = own_words(body, dropped="nav, footer, .h-entry, article")
        link = first(node, "a.u-url", "h1 a", "h2 a", "h3 a", "h4 a", "a[rel~=bookmark]")
        post = OwnPost(
            title=first_text(node, ".p-name", "h1", "h2", "h3", "h4"),
            text=text,
            quoted=quoted,
            author=first_text(node, ".p-author", ".author", "[rel~=author]"),
            time=shown_time(node, ".dt-published", "time"),
            url=absolute(base, attribute(link, "href")) or "",
            news=node.name == "article",
        )
        if post.text or post.title:
            yield post


def _mentions(
    posts: Sequence[OwnPost], channel: str, response: Response, dates: PageDates
) -> tuple[Mention, ...]:
    found: dict[str, Mention] = {}
    for post in posts:
        own_id = _id(post, channel, response.url)
        above = _id(post.above, channel, response.url) if post.above else None
        top = MentionKind.ARTICLE if post.news and channel == _OWN_SITE else MentionKind.POST
        shown = replace(
            post,
            url=post.url or (post.above.url if post.above else "") or response.url,
            title=squeeze(post.title or (post.above.title if post.above else "")),
            author=squeeze(post.author),
        )
        kind, parent = MentionKind.COMMENT if above else top, above if above != own_id else None
        found.setdefault(own_id, shown.mention(own_id, channel, kind, dates, parent))
    return tuple(found.values())


def _id(post: OwnPost, channel: str, page_url: str) -> str:
    """By its own address; if it has none, by author, title and text."""
    address = canonical_url(post.url) if post.url else ""
    if address and address != canonical_url(page_url):
        return mention_id(channel, address)
    host = urlsplit(canonical_url(page_url)).netloc
    return mention_id(channel, digest(host, squeeze(post.author), squeeze(post.title), squeeze(post.text)))
