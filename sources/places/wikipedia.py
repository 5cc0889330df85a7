"""The school's Wikipedia article: which pages may be it, whether one is, and the feed of its edits. Pure.

Wikipedia's robots.txt closes its search and its interface for programs, and leaves articles open. So the
article is looked up as a reader would: by its likely titles, and among the links of the page of a name that
several schools have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from data.register.namesakes import core_of
from data.register.school_names import SCHOOLISH, normalise
from data.types import Request, Response, School
from sources.html.markup import absolute, attribute, canonical_link, soup, text_of
from sources.places.searches import in_mixed_case, kernel_of, phrase_of, places_of, search_spellings

_MOST = 4
_MOST_LINKS = 2_000
_ARTICLE = re.compile(
    r"https?://(?P<language>[a-z]{2,3})(?:\.m)?\.wikipedia\.org/wiki/(?P<title>[^?#:]+)(?=[?#]|$)"
)


def article_requests(school: School) -> tuple[Request, ...]:
    """The pages that may be the school's article: at most four, and as many in Welsh where that is apt."""
    asked = [_address("en", title) for title in dict.fromkeys(_titles(school))][:_MOST]
    if school.nation == "wales" or normalise(school.name).startswith("ysgol "):
        welsh = (
            phrase for one in search_spellings(school) if (phrase := phrase_of(one)).startswith("Ysgol ")
        )
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
