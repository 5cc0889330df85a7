"""Which places to propose for a school, with their addresses formed from what is known of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from data.register.school_names import normalise
from data.types import School, Source
from sources.places.searches import (
    bing_news,
    flickr_tag,
    gdelt,
    google_alerts,
    google_news,
    kernel_of,
    kinds_of,
    mastodon_tag,
    places_of,
    reddit,
)
from sources.places.table import Proposal, make_row
from sources.places.wikipedia import article_of, language_of

_KIND = "inspection"
_OFSTED = "https://reports.ofsted.gov.uk"
_OFSTED_TYPES = {"primary": "21", "secondary": "23"}
_ANY_TYPE = "ELS"
"""Ofsted's addresses name the type of provider; this one stands for any that is a school."""
_NAMES = {
    "ofsted": "Ofsted",
    "ofsted_search": "Ofsted",
    "estyn": "Estyn",
    "estyn_search": "Estyn",
    "education_scotland": "Education Scotland",
    "eti": "Education and Training Inspectorate",
    "isi": "Independent Schools Inspectorate",
    "care_inspectorate": "Care Inspectorate",
    "ciw": "Care Inspectorate Wales",
}
_YEARS_BEFORE_SCHOOL = ("nursery", "pre-school", "preschool", "playgroup", "early years")


def inspections(school: School, *, independent: bool = False) -> tuple[Proposal, ...]:
    """One inspectorate's page for most schools; the care inspectorate's too for a nursery."""
    return tuple(_page(row, url, school) for row, url in _pages(school, independent))


def _page(row: str, url: str, school: School) -> Proposal:
    key = row.removesuffix("_search").replace("_", "-")
    source = Source(
        key,
        _KIND,
        url,
        urns=(school.urn,),
        name=_NAMES[row],
        listing=True,
        channel="website",
        interval_s=86_400.0,
    )
    return make_row(row, source)


def _pages(school: School, independent: bool) -> Iterator[tuple[str, str]]:
    match school.nation:
        case "wales":
            yield _wales(school)
            if _is_nursery(school):
                yield "ciw", "https://careinspectorate.wales/service-directory"
        case "scotland":
            yield (
                "education_scotland",
                "https://education.gov.scot/inspection-and-review/find-an-inspection-report/",
            )
            if _is_nursery(school):
                yield "care_inspectorate", "https://www.careinspectorate.com/index.php/care-services"
        case "northern_ireland":
            yield "eti", "https://www.etini.gov.uk/publications/type/inspection-reports"
        case _:
            if independent:
                yield "isi", "https://www.isi.net/school-search"
            yield _england(school)


def _england(school: School) -> tuple[str, str]:
    number = _number(school, 6)
    if not number:
        return "ofsted_search", f"{_OFSTED}/search?{urlencode({'q': school.name})}"
    return "ofsted", f"{_OFSTED}/provider/{_OFSTED_TYPES.get(school.phase.lower(), _ANY_TYPE)}/{number}"


def _wales(school: School) -> tuple[str, str]:
    number = _number(school, 7)
    if not number:
        return "estyn_search", "https://www.estyn.gov.wales/inspection/search"
    return "estyn", f"https://www.estyn.gov.wales/provider/{number}"


def _number(school: School, digits: int) -> str:
    """Its own number in the register's form: a school without one has a key of its own making."""
    numbers = (school.urn, *school.members)
    return next((number for number in numbers if len(number) == digits and number.isdecimal()), "")


def _is_nursery(school: School) -> bool:
    told = f"{school.phase} {school.name}".lower()
    return any(word in told for word in _YEARS_BEFORE_SCHOOL)


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

    `spellings` are what to search for (`sources.places.searches`). `website` is the school's website with its
    path, by default that of its domain; `shared` says that other schools use its host too. `articles` are the
    addresses of its Wikipedia articles (`sources.places.table`)."""
    urns = (school.urn,)
    address = website or (f"https://{school.domain}/" if school.domain else "")
    return (
        *_news(spellings, urns),
        *([_website(address, shared, urns)] if address else []),
        *_wikipedia(articles, urns),
        *inspections(school, independent=independent),
        *_tags(school),
        *_for_a_person(spellings, urns),
    )


def _news(spellings: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    engines = (
        ("google_news", "Google News", google_news),
        ("bing_news", "Bing News", bing_news),
        ("gdelt", "GDELT", gdelt),
    )
    for place, name, address in engines:
        for number, spelling in enumerate(spellings, 1):
            key = f"{place.replace('_', '-')}-{number}"
            source = _search(key, address(spelling), urns, f"{name}: {spelling}")
            yield make_row(place, source, spelling)


def _search(key: str, url: str, urns: tuple[str, ...], name: str) -> Source:
    return Source(key, "feed", url, urns=urns, name=name, surfaced=True, interval_s=_HOUR_S)


def _website(address: str, shared: bool, urns: tuple[str, ...]) -> Proposal:
    """The school's own pages; of a host that others use too only the part below the path."""
    nobodys = shared and urlsplit(address).path.strip("/") == ""
    source = Source("our-website", "own.page", address, urns=urns, name="Our website", own=True)
    return make_row("website_shared" if nobodys else "website", source)


def _wikipedia(articles: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    """The school's article and its edits, one article a language."""
    firsts = {language_of(article): article for article in reversed(articles) if article_of(article)}
    for language, article in sorted(firsts.items(), key=lambda each: each[0] != "en"):
        key = "wikipedia" if language == "en" else f"wikipedia-{language}"
        name = "Wikipedia" if language == "en" else f"Wikipedia ({language})"
        source = Source(key, "wikipedia", article_of(article), urns=urns, name=name, listing=True)
        yield make_row("wikipedia", replace(source, interval_s=_HOUR_S))


def tag_of(school: School) -> str:
    """The tag people are likeliest to use: `stmarysthornbeck`, `thornbeckprimary`, `maestegschool`.

    "" without a place, and where it is another school's too: of two of the name in one town, and of a town
    and “school” alone unless a register, which gave number and postcode, knows no other of that name."""
    kernel, known = normalise(kernel_of(school)), [normalise(place) for place in places_of(school)]
    others = [namesake for namesake in school.namesakes if namesake.kind == "school"]
    if not known:
        return ""
    if not any(f" {place} " in f" {kernel} " for place in known):
        shared = any(f" {known[0]} " in f" {normalise(f'{o.name} {o.place}')} " for o in others)
        return "" if shared else f"{kernel}{known[0]}".replace(" ", "")
    if kinds := kinds_of(school):
        shared = any(set(kinds) <= set(normalise(other.name).split()) for other in others)
        return "" if shared else f"{kernel}{''.join(kinds)}".replace(" ", "")
    if others or not (school.urn.isdecimal() and school.postcode):
        return ""
    welsh = normalise(school.name).startswith("ysgol ")
    return (f"ysgol{kernel}" if welsh else f"{kernel}school").replace(" ", "")


def _tags(school: School) -> Iterator[Proposal]:
    tag, urns = tag_of(school), (school.urn,)
    if not tag:
        return
    servers = (*_MASTODON, _MASTODON_OF_WALES) if school.nation == "wales" else _MASTODON
    for number, server in enumerate(servers, 1):
        key = "mastodon" if number == 1 else f"mastodon-{number}"
        name = f"{'Mastodon' if number == 1 else f'Mastodon, {server}'}: #{tag} on {server}"
        yield make_row("mastodon", _search(key, mastodon_tag(server, tag), urns, name), tag)
    yield make_row("flickr", _search("flickr", flickr_tag(tag), urns, f"Flickr: {tag}"), tag)


def _for_a_person(spellings: Sequence[str], urns: tuple[str, ...]) -> Iterator[Proposal]:
    """Reddit's search, which needs its permission, and Google Alerts, which only a person can set up."""
    for spelling in spellings[:1]:
        found = _search("reddit", reddit(spelling), urns, f"Reddit: {spelling}")
        yield make_row("reddit", found, spelling)
        alert = _search("google-alerts", google_alerts(spelling), urns, f"Google Alert: {spelling}")
        yield make_row("google_alerts", alert, spelling)
