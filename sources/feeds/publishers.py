"""Search engines and platforms whose feeds have peculiarities.

Seen in real feeds: Google Alerts wraps links and puts `<b>` into titles; Google News repeats the
title as its description, followed by other papers' headlines; Bing News names the outlet in an
element of its own; reddit writes “submitted by” and two links under each post; Flickr writes “posted a
photo:” above the words; a Mastodon tag's items have neither title nor author. For wikis, see `wiki_history`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from data.ids import PLAIN_FEED, squeeze
from data.types import MentionKind, Source
from data.web.channels import channel_at, host_of
from data.web.urls import canonical_url
from sources.feeds.damaged_feed import FeedDocument, FeedEntry
from sources.html.dom import NOTHING_SAID, Element, Said, find, has_class, plain_text, split_quotes, take_out
from sources.html.markup import plain
from sources.html.parsers import parse_html
from sources.html.sanitise import piece
from sources.nature.nature import CHANNEL_OF, nature_of, nature_of_feed

_TABLE = f".//table[.//td[{has_class('diff-marker')}]]"
_ADDED = (
    f".//td[{has_class('diff-marker')}]"
    '[@data-marker="+" or normalize-space()="+" or a[contains(@class,"movedpara-right")]]'
)
_STOOD_BEFORE = (
    f"../td[{has_class('diff-marker')}]"
    '[@data-marker="\u2212" or @data-marker="-" or normalize-space()="\u2212" or normalize-space()="-"]'
    " | a"
)
_HOST_OF = lru_cache(maxsize=256)(host_of)
_TOO_LARGE = re.compile(r"</p>\s*<a\b[^>]*[?&;]diff=\d[^>]*>[^<]*</a>\s*\Z")
_HISTORY = re.compile(r"[?&;]action=history\b")


def is_left_out(body: str) -> bool:
    """Does an entry link to its edit instead of showing it, because it is too large?"""
    return _TOO_LARGE.search(body) is not None


def edited_words(tree: Element) -> Said:
    """What the edit adds, with the current lines around it as quoted; else the reason for the edit."""
    pairs = [pair for table in find(tree, _TABLE) for pair in _lines(table)]
    added = "\n".join(words for words, _ in pairs if words)
    lines = "\n".join(line for words, line in pairs if words and words != line)
    new_page = "" if added else "\n".join(map(plain_text, find(tree, "//body/div")))
    return Said(added or new_page or _reason(tree), lines, quote_first=False)


def _lines(table: Element) -> Iterator[tuple[str, str]]:
    """For each changed line on the right: the words added to it, and the whole line."""
    for mark in find(table, _ADDED):
        cell = next(mark.itersiblings("td"), None)
        if cell is None:
            continue
        pieces = find(cell, ".//ins")
        line = plain_text(cell)
        if pieces:
            yield " … ".join(filter(None, map(plain_text, pieces))), line
        elif not find(mark, _STOOD_BEFORE):
            yield line, line


def _reason(tree: Element) -> str:
    for part in find(tree, f"{_TABLE} | //body/a"):
        take_out(part)
    return plain_text(tree)


_REDDIT_ID = re.compile(r"t[13]_[0-9a-z]+")
_REDDIT_THREAD = re.compile(r"/comments/([0-9a-z]+)/")
_QUOTES = ".//blockquote"
_REDDIT_POST = f".//div[{has_class('md')}]"
_FLICKR_LEAD = re.compile(r"\A[^\n]* posted a (?:photo|video):\s*")
_TAG_PAGE = re.compile(r"https?://[^/]+/tags/[^/]+?(?:\.rss)?/?")
_TOOT = re.compile(r"https?://([^/]+)/@([\w.-]+)(?:@[\w.-]+)?/\d+")
_REDDIT_TAIL = re.compile(r"\bsubmitted by\s.*\[(?:\d+ )?comments?\]\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a feed, and the channel of its items; `ids` is what their ids are made with instead.

    `ids` is what such feeds counted as before they were recognised: their items keep their ids.
    """

    name: str
    channel: str
    kind: MentionKind
    ids: str = ""


_PLAIN = Publisher("plain", PLAIN_FEED, MentionKind.ARTICLE)
_OF = {of: Publisher("plain", key, MentionKind.ARTICLE, ids=PLAIN_FEED) for of, key in CHANNEL_OF.items()}
"""A title may change: the items of a plain feed keep their ids whatever it says of itself."""
_MASTODON = Publisher("mastodon", "mastodon", MentionKind.POST, ids=PLAIN_FEED)
_COMMENTS = Publisher("comments", "blog", MentionKind.COMMENT)
_BY_HOST = {
    "news.google.com": Publisher("google_news", "google_news", MentionKind.ARTICLE),
    "bing.com": Publisher("bing_news", "bing_news", MentionKind.ARTICLE, ids="google_news"),
    "reddit.com": Publisher("reddit", "reddit", MentionKind.POST),
    "wikipedia.org": Publisher("wiki", "wikipedia", MentionKind.EDIT),
    "youtube.com": Publisher("youtube", "youtube", MentionKind.POST),
}
_BY_OWN_HOST = {
    "flickr.com": Publisher("flickr", "flickr", MentionKind.POST, ids=PLAIN_FEED),
    "api.gdeltproject.org": Publisher("gdelt", "gdelt", MentionKind.ARTICLE, ids=PLAIN_FEED),
}
"""Known by the feed's own addresses alone: any feed may begin with a link to a photo."""
_WIKI = Publisher("wiki", "blog", MentionKind.EDIT)
_ALERTS = Publisher("google_alerts", "google_news", MentionKind.ARTICLE)
_SEARCHES = frozenset({"google_alerts", "google_news", "bing_news"})
_LIST_OTHERS = ("news.google.com", "www.google.com", "bing.com")
_TAG = re.compile(r"tag:(?:www\.)?([\w.-]+),")
_PLATFORMS = frozenset((
    "bluesky", "facebook", "instagram", "mumsnet", "reddit", "thestudentroom", "tiktok", "trustpilot", "x",
    "youtube",
))  # fmt: skip


def publisher_of(feed: FeedDocument, url: str, source: Source) -> Publisher:
    """Recognised by the feed's own addresses and the one it was fetched from, else by its items' links; a
    plain feed by its title, else by what is known of the place that is watched."""
    stated = [*feed.addresses, url]
    if any("google.com/alerts" in address or ":reader/user/" in address for address in stated):
        return _ALERTS
    for address in (*stated, *(entry.link for entry in feed.entries[:1])):
        found = _BY_HOST.get(_site(address, _BY_HOST))
        if found:
            return found
    known = next(filter(None, (_site(address, _BY_OWN_HOST) for address in stated)), "")
    if known:
        return _BY_OWN_HOST[known]
    if any(map(_HISTORY.search, stated)):
        return _WIKI
    if any(map(_TAG_PAGE.fullmatch, stated)) and any(_TOOT.fullmatch(entry.link) for entry in feed.entries):
        return _MASTODON  # a server of any name: the page of a tag, whose items are posts of accounts
    if re.match(r"comments (?:on|for)\b", feed.title.strip(), re.IGNORECASE):
        return _COMMENTS
    said = None if source.own else nature_of_feed(feed.title, url, feed.addresses)
    nature = said or nature_of(source)
    return _OF[nature] if nature else _PLAIN


def published_on(url: str, publisher: Publisher) -> Publisher:
    """Where an item was published: search feeds also find posts on platforms we may not read ourselves."""
    key = channel_at(url) if publisher.name in _SEARCHES else ""
    return Publisher(publisher.name, key, MentionKind.POST) if key in _PLATFORMS else publisher


def _site(address: str, known: Iterable[str]) -> str:
    """The platform of an address, including its subdomains; "" if it is none of these."""
    host = _HOST_OF(address)
    return next((site for site in known if host == site or host.endswith(f".{site}")), "") if host else ""


def title_of(entry: FeedEntry, feed: FeedDocument, publisher: Publisher) -> str:
    """The item's title; for an edit, the page's name and the reason given, without the editor's name.

    A wiki writes “Editor: reason”, and “Editor at 08:02, 17 November 2026” where none was given.
    """
    title = squeeze(plain(entry.title))
    if publisher.name != "wiki":
        return title
    page, editor = squeeze(plain(feed.title)).rpartition(" - ")[0], squeeze(entry.author)
    if editor and title.startswith(editor):
        _, _, title = title.removeprefix(editor).partition(": ")
    return ": ".join(filter(None, (page, title)))


def words_of(entry: FeedEntry, publisher: Publisher) -> Said:
    """The item's own words and what it quotes, as plain text."""
    tree = parse_html(piece(entry.body)) if "<" in entry.body else None
    if tree is None:
        return Said(plain(entry.body), "", quote_first=False)
    if publisher.name == "reddit":
        posts = find(tree, _REDDIT_POST)
        if posts:
            return split_quotes(posts[0], _QUOTES, "")
        return Said(_REDDIT_TAIL.sub("", plain_text(tree)).strip(), "", quote_first=False)
    if publisher.name == "wiki" or find(tree, _TABLE):
        return edited_words(tree)
    said = split_quotes(tree, _QUOTES, "", entry.title)
    if publisher.name == "flickr":
        return said._replace(text=_FLICKR_LEAD.sub("", said.text))
    return NOTHING_SAID if publisher.name == "google_news" and _repeats(said.text, entry) else said


def _repeats(text: str, entry: FeedEntry) -> bool:
    """Is the description just the headline again, followed by other papers' headlines?"""
    headline = plain(entry.title).removesuffix(f" - {entry.outlet}").rsplit(" - ", 1)[0]
    return text.startswith(headline[:60])


def author_of(entry: FeedEntry, publisher: Publisher) -> str:
    """Who wrote the item, as shown, "" for nobody named.

    For Bing's items it is the outlet, which their titles do not name; for a post on Mastodon the account.
    """
    toot = _TOOT.fullmatch(entry.link) if publisher.name == "mastodon" else None
    if toot and not entry.author:
        return f"@{toot[2]}@{toot[1]}"
    return entry.author or (entry.outlet if publisher.name == "bing_news" else "")


def kind_of(entry: FeedEntry, publisher: Publisher) -> MentionKind:
    """Comments in a reddit feed are replies, and so are entries that an Atom feed marks as such."""
    if entry.id.startswith("t1_") or entry.parent:
        return MentionKind.REPLY
    return publisher.kind


def parent_of(entry: FeedEntry, publisher: Publisher) -> str:
    """The platform's id of the post replied to, "" for none."""
    if publisher.name == "reddit" and entry.id.startswith("t1_"):
        thread = _REDDIT_THREAD.search(entry.link)
        return f"t3_{thread[1]}" if thread else ""
    return entry.parent


def is_known_to(url: str, own_id: str, publisher: Publisher) -> bool:
    """Was the id given by the site at the feed's address, so that it is valid beyond this feed?

    If another site's feed uses the number or address of a post, that is not the post and must not replace
    it. Search engines list items from any site.
    """
    if publisher.name == "reddit" and _REDDIT_ID.fullmatch(own_id):
        return bool(_site(url, ("reddit.com",)))
    if own_id.startswith("yt:"):
        return bool(_site(url, ("youtube.com",)))
    if _site(url, _LIST_OTHERS):
        return own_id.startswith(("http:", "https:", "tag:", "urn:"))
    made_by = _TAG.match(own_id)
    return (made_by[1].lower() if made_by else _host(own_id)) == _host(url)


@lru_cache(maxsize=256)
def _host(address: str) -> str:
    try:
        return urlsplit(canonical_url(address)).netloc
    except ValueError:
        return ""
