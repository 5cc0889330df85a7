"""Which places to propose for a school, with their addresses formed from what is known of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, unquote, urlencode, urlsplit

from data.register.school_names import SCHOOLISH, core_of, normalise
from data.types import Request, Response, School, Source
from sources.html.markup import absolute, attribute, canonical_link, soup, text_of
from sources.places.searches import (
    bing_news,
    flickr_tag,
    gdelt,
    google_alerts,
    google_news,
    in_mixed_case,
    kernel_of,
    kinds_of,
    mastodon_tag,
    phrase_of,
    places_of,
    reddit,
    search_spellings,
)
from sources.places.table import Proposal, make_row, places

_MOST = 4
_MOST_LINKS = 2_000
_ARTICLE = re.compile(
    r"https?://(?P<language>[a-z]{2,3})(?:\.m)?\.wikipedia\.org/wiki/(?P<title>[^?#:]+)(?=[?#]|$)"
)


def article_requests(school: School) -> tuple[Request, ...]:
    """The pages that may be the school's article: at most four, and as many in Welsh where that is apt."""
    asked = [_address("en", title) for title in dict.fromkeys(_titles(school))][:_MOST]
    if school.nation == "wales" or normalise(school.name).startswith("ysgol "):
        phrases = map(phrase_of, search_spellings(school))
        welsh = (phrase for phrase in phrases if phrase.startswith("Ysgol "))
        titles = dict.fromkeys((*welsh, in_mixed_case(school.name)))
        asked += [_address("cy", title) for title in titles][:_MOST]
    return tuple(map(Request, asked))


def articles_in(response: Response, school: School) -> tuple[str, ...]:
    """The addresses of the school's articles that a page is or links to.

    A page is the school's if its title has the school's core name and says that it is a school, and it names
    the place. Of a link the title must have all three."""
    tree = soup(response.body, response.header("content-type"))
    here = canonical_link(tree, response.url) or response.url
    text = f"{_title_of(here)} {normalise(text_of(tree))}"
    # MediaWiki marks the page of a name that several have in every language
    several = b'"wgPageContentModel"' in response.body and b"disambiguation" in response.body.lower()
    if _is_named(_title_of(here), school) and _names_place(text, school) and not several:
        return (here,)
    links = (absolute(response.url, attribute(link, "href")) for link in tree.select("a[href]")[:_MOST_LINKS])
    titles = {link: _title_of(link) for link in links if link}
    return tuple(link for link, it in titles.items() if _is_named(it, school) and _names_place(it, school))


def article_of(url: str) -> str:
    """The article's own address, without what follows its title; "" for no article of Wikipedia."""
    found = _ARTICLE.match(url)
    return f"https://{found['language']}.wikipedia.org/wiki/{found['title']}" if found else ""


def language_of(article: str) -> str:
    """The language of an article's Wikipedia: `en`, `cy`."""
    found = _ARTICLE.match(article)
    return found["language"] if found else ""


def _titles(school: School) -> Iterator[str]:
    phrases = [phrase_of(spelling) for spelling in search_spellings(school)]
    yield from phrases[:1]
    yield in_mixed_case(school.name)
    yield from (f"{phrases[0]}, {place}" for place in places_of(school)[:1] if phrases)
    yield f"{kernel_of(school)} School"


def _address(language: str, title: str) -> str:
    named = quote(title.strip().replace(" ", "_"), safe="_,'()-.")
    return f"https://{language}.wikipedia.org/wiki/{named}"


def _title_of(address: str) -> str:
    found = _ARTICLE.match(address)
    return normalise(unquote(found["title"]).replace("_", " ")) if found else ""


def _is_named(title: str, school: School) -> bool:
    words = title.split()
    return f" {core_of(school)} " in f" {title} " and not SCHOOLISH.isdisjoint(words)


def _names_place(text: str, school: School) -> bool:
    return any(f" {normalise(place)} " in f" {text} " for place in places_of(school))


_OFSTED = "https://reports.ofsted.gov.uk"
_OFSTED_TYPES = {"primary": "21", "secondary": "23"}
_ANY_TYPE = "ELS"
"""Ofsted's addresses name the type of provider; this one stands for any that is a school."""
_YEARS_BEFORE_SCHOOL = ("nursery", "pre-school", "preschool", "playgroup", "early years")


def inspections(school: School, *, independent: bool = False) -> tuple[Proposal, ...]:
    """One inspectorate's page for most schools; the care inspectorate's too for a nursery."""
    return tuple(_page(row, url, school) for row, url in _pages(school, independent))


def _page(row: str, url: str, school: School) -> Proposal:
    key = row.removesuffix("_search").replace("_", "-")
    named, urns = places()[row].name, (school.urn,)
    source = Source(key, "inspection", url, urns=urns, name=named, listing=True, channel="website")
    return make_row(row, replace(source, interval_s=86_400.0))


def _pages(school: School, independent: bool) -> Iterator[tuple[str, str]]:
    match school.nation:
        case "wales":
            yield _wales(school)
            if _is_nursery(school):
                yield "ciw", "https://careinspectorate.wales/service-directory"
        case "scotland":
            there = "https://education.gov.scot/inspection-and-review/find-an-inspection-report/"
            yield "education_scotland", there
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
