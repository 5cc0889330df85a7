"""What an address alone says: the feed behind a page of a known site. Pure; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from data.web.channels import channel_at
from data.web.urls import LONGEST
from sources.http.profiles import is_profile
from sources.places.searches import bing_news, flickr_tag, google_news, mastodon_tag, youtube_playlist
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
    `surfaced` are what the source would say of itself.
    """

    kind: str
    url: str
    name: str
    sees: str
    why_off: str = ""
    listing: bool = False
    own: bool = False
    surfaced: bool = False


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
    found = (rule(host, parts.path, asked, url) for rule in _RULES)
    return tuple(each for each in found if each is not None)


def _wikipedia(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    article = article_of(url)
    title = path.removeprefix("/wiki/").replace("_", " ")
    sees = "The article, and every edit of it: the words that were added."
    return Behind("wikipedia", article, f"Wikipedia: {title}", sees) if article else None


def _reddit(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    found = re.match(r"(?P<where>/r/\w+)(?P<thread>/comments/\w+)?", path)
    if channel_at(url) != "reddit" or not found:
        return None
    below = f"{found[0]}/.rss" if found["thread"] else f"{found['where']}/new/.rss"
    return feed_at(
        f"https://www.reddit.com{below}",
        f"Reddit: {found['where'][1:]}",
        "New posts of the subreddit or thread.",
    )


def _mastodon(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    return tag_feed(url) if channel_at(url) == "mastodon" else None


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


def _flickr(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    found = re.match(r"/photos/tags/([^/]+)", path)
    tag = found[1] if found else asked.get("tags", "")
    if host != "flickr.com" or not tag:
        return None
    return feed_at(
        flickr_tag(tag), f"Flickr: {tag}", "Titles of public photographs with this tag.", surfaced=True
    )


def _youtube(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    playlist = asked.get("list", "")
    if channel_at(url) != "youtube" or not playlist:
        return None
    return feed_at(youtube_playlist(playlist), "YouTube: a playlist", "New videos of the playlist.")


def _news_search(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    spelling = asked.get("q", "")
    if not spelling:
        return None
    if (host, path) == ("news.google.com", "/search"):
        return feed_at(google_news(spelling), f"Google News: {spelling}", "Articles it finds.", surfaced=True)
    if (host, path) == ("bing.com", "/news/search"):
        return feed_at(bing_news(spelling), f"Bing News: {spelling}", "Articles it finds.", surfaced=True)
    return None


def _inspectorate(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    shape = _INSPECTORATES.get(host)
    if not shape or not any(re.fullmatch(shape, told) for told in (path, url[url.find(path) :])):
        return None
    return Behind("inspection", url, host, "The school's inspection reports.", listing=True)


def _blogger(host: str, path: str, asked: Mapping[str, str], url: str) -> Behind | None:
    if not re.fullmatch(r"[\w-]+\.blogspot\.(?:com|co\.uk)", host):
        return None
    return feed_at(f"https://{host}/feeds/posts/default", host.partition(".")[0], "The posts of the blog.")


_RULES: tuple[Callable[[str, str, Mapping[str, str], str], Behind | None], ...] = (
    _wikipedia, _reddit, _mastodon, _flickr, _youtube, _news_search, _inspectorate, _blogger,
)  # fmt: skip
