"""The addresses of searches and tags that are published as feeds. Pure text."""

from __future__ import annotations

import re
from urllib.parse import urlencode


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
