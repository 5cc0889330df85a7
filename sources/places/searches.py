"""The addresses of searches and tags that are published as feeds, and what they search for. Pure text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from data.register.school_names import SCHOOLISH, normalise
from data.types import Person, School

_ASKED = ("q", "query", "search", "search_query", "keywords", "keyword", "term", "s", "tags", "tag")
_TAG = re.compile(r"/(?:tags?|hashtags?)/([^/.?]+)")
_SHORTEST = 3


def google_news(spelling: str) -> str:
    """Google News' articles for a search, as they are shown in the United Kingdom."""
    asked = {"q": spelling, "hl": "en-GB", "gl": "GB", "ceid": "GB:en"}
    return f"https://news.google.com/rss/search?{urlencode(asked)}"


def bing_news(spelling: str) -> str:
    """Bing News' articles for a search, as they are shown in the United Kingdom."""
    return f"https://www.bing.com/news/search?{urlencode({'q': spelling, 'format': 'rss', 'mkt': 'en-GB'})}"


def gdelt(spelling: str) -> str:
    """GDELT's articles of the last week from British sites, newest first, as a JSON feed."""
    asked = {
        "query": f"{spelling} sourcecountry:UK",
        "mode": "artlist",
        "format": "jsonfeed",
        "timespan": "1w",
        "sort": "datedesc",
        "maxrecords": "75",
    }
    return f"https://api.gdeltproject.org/api/v2/doc/doc?{urlencode(asked)}"


def reddit(spelling: str) -> str:
    """Reddit's posts for a search, newest first."""
    return f"https://www.reddit.com/search.rss?{urlencode({'q': spelling, 'sort': 'new'})}"


def google_alerts(spelling: str) -> str:
    """The page on which a person sets up an alert for a search; no feed can be formed."""
    return f"https://www.google.com/alerts?{urlencode({'q': spelling})}"


def is_google_alert(url: str) -> bool:
    """Is it the feed of an alert, which Google made for whoever asked for it?"""
    return re.fullmatch(r"https?://(www\.)?google\.(com|co\.uk)/alerts/feeds/\d+/\d+", url) is not None


def mastodon_tag(server: str, tag: str) -> str:
    """A server's public posts with a tag."""
    return f"https://{server}/tags/{tag}.rss"


def is_mastodon_tag(url: str) -> bool:
    """Is it such a feed? A server has none for a tag that nobody has used yet."""
    return re.fullmatch(r"https://[^/]+/tags/[^/]+\.rss", url) is not None


def flickr_tag(tag: str) -> str:
    """Flickr's public photographs with a tag; the feed stands on the host of its interfaces."""
    asked = {"tags": tag, "format": "atom"}
    return f"https://api.flickr.com/services/feeds/photos_public.gne?{urlencode(asked)}"


def youtube_playlist(number: str) -> str:
    """The videos of a YouTube playlist."""
    return f"https://www.youtube.com/feeds/videos.xml?{urlencode({'playlist_id': number})}"


def sought(url: str) -> str:
    """The words that an address searches for, or its tag; "" where it is no search."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    found = next((asked[key][0] for key in _ASKED if key in asked), "")
    tag = _TAG.search(parts.path)
    return found or (unquote(tag[1]) if tag else "")


def names_no_school(url: str, schools: Iterable[School]) -> bool:
    """Is it a search in which no name of these schools stands, nor one of their trust or website?

    What is looked for is the school, never a person (the Home Office's code on covert surveillance; KCSIE on
    searches for applicants).
    """
    words = normalise(sought(url)).split()
    squeezed = "".join(words)
    return bool(words) and not any(
        name in words or (len(name) > _SHORTEST and name in squeezed) for name in _names(schools)
    )


def person_sought(url: str, people: Iterable[Person], schools: Iterable[School]) -> Person | None:
    """Whose full name stands in the words of a search, but for what is the school's own name."""
    words = {w for w in normalise(sought(url)).split() if len(w) > 1} - _names(schools)
    return next((p for p in people if len(words.intersection(normalise(p.name).split())) > 1), None)


def _names(schools: Iterable[School]) -> frozenset[str]:
    said = (
        name
        for s in schools
        for name in (s.name, *s.aliases, *s.former_names, s.trust or "", (s.domain or "").partition(".")[0])
    )
    return _long(word for name in said for word in normalise(name).split()) - SCHOOLISH


def _long(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) >= _SHORTEST)
