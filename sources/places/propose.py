"""Which places to propose for a school, with their addresses formed from what is known of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from data.register.school_names import normalise
from data.types import School, Source
from sources.places.inspection import inspections
from sources.places.proposal import Proposal
from sources.places.spellings import kernel_of, places_of
from sources.places.table import proposed
from sources.places.wikipedia import history_of, language_of
from sources.registry import CATALOGUE

_GOOGLE_NEWS = "https://news.google.com/rss/search"
_BING_NEWS = "https://www.bing.com/news/search"
_GDELT = "https://api.gdeltproject.org/api/v2/doc/doc"
_REDDIT = "https://www.reddit.com/search.rss"
_FLICKR = "https://www.flickr.com/services/feeds/photos_public.gne"
_ALERTS = "https://www.google.com/alerts"
_MASTODON = ("mastodon.social",)
_MASTODON_OF_WALES = "toot.wales"
_HOUR_S = 3600.0


def propose(
    school: School,
    spellings: Sequence[str],
    *,
    website: str = "",
    shared: bool = False,
    articles: Sequence[str] = (),
    independent: bool = False,
) -> tuple[Proposal, ...]:
    """The places to watch for a school, likeliest to bring something first; ids are unique and stable.

    `spellings` are what to search for (`sources.places.spellings`). `website` is the school's website with
    its path, by default that of its domain; `shared` says that other schools use its host too. `articles`
    are the addresses of its Wikipedia articles (`sources.places.wikipedia`).
    """
    urns = (school.urn,)
    address = website or (f"https://{school.domain}/" if school.domain else "")
    return (
        *_news(spellings, urns),
        *([_website(address, shared, urns)] if address else []),
        *(_history(article, urns) for article in dict.fromkeys(articles) if history_of(article)),
        *(page for page in inspections(school, independent=independent) if page.source.kind in CATALOGUE),
        *_tags(school),
        *_for_a_person(spellings, urns),
    )


def _news(spellings: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    engines = (
        ("google_news", "Google News", google_news, None),
        ("bing_news", "Bing News", bing_news, None),
        ("gdelt", "GDELT", gdelt, "google_news"),
    )
    for place, name, address, channel in engines:
        for number, spelling in enumerate(spellings, 1):
            key = f"{place.replace('_', '-')}-{number}"
            title = f"{name}: {spelling}"
            source = _search(key, address(spelling), urns, title)
            yield proposed(place, replace(source, channel=channel), spelling)


def _search(key: str, url: str, urns: tuple[str, ...], name: str) -> Source:
    return Source(key, "feed", url, urns=urns, name=name, surfaced=True, interval_s=_HOUR_S)


def google_news(spelling: str) -> str:
    """The address of Google News' feed for a search, as it is shown in the United Kingdom."""
    return f"{_GOOGLE_NEWS}?{urlencode({'q': spelling, 'hl': 'en-GB', 'gl': 'GB', 'ceid': 'GB:en'})}"


def bing_news(spelling: str) -> str:
    """The address of Bing News' feed for a search, as it is shown in the United Kingdom."""
    return f"{_BING_NEWS}?{urlencode({'q': spelling, 'format': 'rss', 'mkt': 'en-GB'})}"


def gdelt(spelling: str) -> str:
    """The address of GDELT's articles of the last week from British sites, newest first, as a JSON feed."""
    asked = {
        "query": f"{spelling} sourcecountry:UK",
        "mode": "artlist",
        "format": "jsonfeed",
        "timespan": "1w",
        "sort": "datedesc",
        "maxrecords": "75",
    }
    return f"{_GDELT}?{urlencode(asked)}"


def _website(address: str, shared: bool, urns: tuple[str, ...]) -> Proposal:
    """The school's own pages; of a host that others use too only the part below the path."""
    nobodys = shared and urlsplit(address).path.strip("/") == ""
    source = Source("our-website", "own.page", address, urns=urns, name="Our website", own=True)
    return proposed("website_shared" if nobodys else "website", source)


def _history(article: str, urns: tuple[str, ...]) -> Proposal:
    language = language_of(article)
    key = "wikipedia-history" if language == "en" else f"wikipedia-history-{language}"
    name = "Wikipedia" if language == "en" else f"Wikipedia ({language})"
    source = Source(key, "feed", history_of(article), urns=urns, name=name, channel="wikipedia", listing=True)
    return proposed("wikipedia_history", replace(source, interval_s=_HOUR_S))


def tag_of(school: School) -> str:
    """The tag people are likeliest to use: `maestegschool`, `stmarysthornbeck`; "" without a place."""
    kernel, known = normalise(kernel_of(school)), [normalise(place) for place in places_of(school)]
    if not known:
        return ""
    held = any(f" {place} " in f" {kernel} " for place in known)
    return (kernel + ("school" if held else known[0])).replace(" ", "")


def _tags(school: School) -> Iterator[Proposal]:
    tag, urns = tag_of(school), (school.urn,)
    if not tag:
        return
    servers = (*_MASTODON, _MASTODON_OF_WALES) if school.nation == "wales" else _MASTODON
    for number, server in enumerate(servers):
        key = "mastodon" if number == 0 else f"mastodon-{number + 1}"
        source = _search(key, f"https://{server}/tags/{tag}.rss", urns, f"Mastodon: #{tag} on {server}")
        yield proposed("mastodon", replace(source, channel="mastodon"), tag)
    source = _search(
        "flickr", f"{_FLICKR}?{urlencode({'tags': tag, 'format': 'atom'})}", urns, f"Flickr: {tag}"
    )
    yield proposed("flickr", replace(source, channel="flickr"), tag)


def _for_a_person(spellings: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    """Reddit's search, which needs its permission, and Google Alerts, which only a person can set up."""
    for spelling in spellings[:1]:
        reddit = f"{_REDDIT}?{urlencode({'q': spelling, 'sort': 'new'})}"
        yield proposed("reddit", _search("reddit", reddit, urns, f"Reddit: {spelling}"), spelling)
        alerts = _search(
            "google-alerts", f"{_ALERTS}?{urlencode({'q': spelling})}", urns, f"Google Alert: {spelling}"
        )
        yield proposed("google_alerts", alerts, spelling)
