"""What an address alone says: the feed behind a page of a known site. Pure; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from data.web.channels import channel_at
from data.web.urls import LONGEST
from sources.http.profiles import is_profile
from sources.nature.nature import Nature
from sources.places.searches import (
    bing_news,
    flickr_tag,
    google_news,
    is_google_alert,
    mastodon_tag,
    youtube_playlist,
)
from sources.places.table import places
from sources.places.wikipedia import article_of
from sources.registry import BY_LEAVE_ONLY, CATALOGUE, kind_named

_INSPECTORATES: Mapping[str, str] = {
    "reports.ofsted.gov.uk": r"/provider/[^/]+/[^/]+/?",
    "estyn.gov.wales": r"/(?:provider|education-providers)/[^/]+/?",
    "education.gov.scot": r"/inspection-(?:and-review|reports)/.*\d.*",
    "etini.gov.uk": r"/publications/(?!type/).+",
    "isi.net": r"/schools?/[^/]*\d[^/]*/?",
    "careinspectorate.com": r"/index\.php/care-services\?.*\bdetail=CS\d+.*",
    "digital.careinspectorate.wales": r"/directory/service/.+",
}
"""The page of one school or service, below an inspectorate's host."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Something that could be watched behind an address. `kind` is the catalogue's; `sees` is a sentence.

    `why_off` is why it is proposed switched off, "" where its terms allow reading. `listing`, `own` and
    `surfaced` are what the source would say of itself. `nature` is what the place is, as its page says.
    """

    kind: str
    url: str
    name: str
    sees: str
    why_off: str = ""
    listing: bool = False
    own: bool = False
    surfaced: bool = False
    nature: Nature | None = None


def closed(kind: str, url: str) -> str:
    """Why such a place is off: its site's terms forbid reading, or want permission; "" where they do not."""
    host = (urlsplit(url).hostname or "").lower()
    if channel_at(url) == "reddit":
        return places()["reddit"].why_off
    if kind_named(kind).by_leave_only:
        return kind_named(kind).terms
    shut = any(f".{host}".endswith(f".{site}") for site in BY_LEAVE_ONLY)
    return CATALOGUE["forum.mumsnet"].terms if shut else ""


def feed_at(url: str, name: str, sees: str, *, surfaced: bool = False, listing: bool = False) -> Behind:
    """A feed, off where its site wants permission."""
    return Behind("feed", url, name, sees, closed("feed", url), listing=listing, surfaced=surfaced)


def by_address(url: str) -> tuple[Behind, ...]:
    """What an address leads to without being asked: a tag, a subreddit, an article, a search.

    Empty where it says nothing, and for somebody's profile.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ()
    if len(url) > LONGEST or parts.scheme not in ("http", "https") or is_profile(url):
        return ()
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return (*_leads(url, host, parts.path, asked), *_found(url, host, parts.path, asked.get("q", "")))


def _leads(url: str, host: str, path: str, asked: Mapping[str, str]) -> Iterator[Behind]:
    where, tags = channel_at(url), re.match(r"/photos/tags/([^/]+)", path)
    if article := article_of(url):
        title = path.removeprefix("/wiki/").replace("_", " ")
        sees = "The article, and every edit of it: the words that were added."
        yield Behind("wikipedia", article, f"Wikipedia: {title}", sees)
    found = re.match(r"(?P<where>/r/\w+)(?P<thread>/comments/\w+)?", path)
    if where == "reddit" and found:
        below = f"{found[0]}/.rss" if found["thread"] else f"{found['where']}/new/.rss"
        sees = "New posts of the subreddit or thread."
        yield feed_at(f"https://www.reddit.com{below}", f"Reddit: {found['where'][1:]}", sees)
    if where == "mastodon" and (tag_page := tag_feed(url)):
        yield tag_page
    if host == "flickr.com" and (tag := tags[1] if tags else asked.get("tags", "")):
        sees = "Titles of public photographs with this tag."
        yield feed_at(flickr_tag(tag), f"Flickr: {tag}", sees, surfaced=True)
    if where == "youtube" and asked.get("list"):
        yield feed_at(youtube_playlist(asked["list"]), "YouTube: a playlist", "New videos of the playlist.")


def _found(url: str, host: str, path: str, spelling: str) -> Iterator[Behind]:
    """What a search, an inspectorate or a host of blogs has there."""
    if spelling and (host, path) == ("news.google.com", "/search"):
        yield feed_at(google_news(spelling), f"Google News: {spelling}", "Articles it finds.", surfaced=True)
    if spelling and (host, path) == ("bing.com", "/news/search"):
        yield feed_at(bing_news(spelling), f"Bing News: {spelling}", "Articles it finds.", surfaced=True)
    if is_google_alert(url):
        yield feed_at(url, "Google Alert", places()["google_alert_feed"].sees, surfaced=True)
    shape = _INSPECTORATES.get(host)
    if shape and any(re.fullmatch(shape, told) for told in (path, url[url.find(path) :])):
        yield Behind("inspection", url, host, "The school's inspection reports.", listing=True)
    if re.fullmatch(r"[\w-]+\.blogspot\.(?:com|co\.uk)", host):
        yield feed_at(f"https://{host}/feeds/posts/default", host.partition(".")[0], "The posts of the blog.")


def tag_feed(url: str) -> Behind | None:
    """The feed of a Mastodon tag's page; None for any other page."""
    parts = urlsplit(url)
    found = re.fullmatch(r"/tags/([^/.]+)/?(?:\.rss)?", parts.path)
    if not found:
        return None
    feed = mastodon_tag(parts.hostname or "", found[1])
    return feed_at(
        feed, f"Mastodon: #{found[1]} on {parts.hostname}", "Public posts with this tag.", surfaced=True
    )
