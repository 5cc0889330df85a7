"""Places that could be watched: what each row of the table sees and allows, a proposal made of it, and the
addresses and spellings by which a school is searched for. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from data.frozen import freeze
from data.register.school_names import (
    INSTITUTION,
    SCHOOLISH,
    is_street,
    name_without_place,
    normalise,
    places_in,
    separate_names,
    spoken_core,
    spoken_name,
    words_of,
)
from data.shipped import read_table
from data.types import School, Source


@freeze
class Proposal:
    """A source as it would stand in the settings, and what a person needs to decide about it.

    `sees` says what is found there and `terms` what the site allows, a sentence each; `checked` is the day
    those terms were read. `why_off` is why it is proposed switched off, "" where its terms allow reading.
    `spelling` is the name that it searches for, "" where it is no search."""

    source: Source
    sees: str
    terms: str
    checked: date
    why_off: str = ""
    spelling: str = ""


@freeze
class PlaceTerms:
    """One row of `places.toml`; `rests_on` is where its terms were read, `name` that of an inspectorate."""

    sees: str
    terms: str
    checked: date
    rests_on: str
    why_off: str = ""
    name: str = ""


@cache
def places() -> Mapping[str, PlaceTerms]:
    """Every row by its name."""
    return {name: PlaceTerms(**row) for name, row in read_table("sources", "places.toml").items()}


def make_row(place: str, source: Source, spelling: str = "") -> Proposal:
    """The source with what its row says; switched off where the row says why."""
    row = places()[place]
    source = replace(source, disabled=row.why_off or None)
    return Proposal(source, row.sees, row.terms, row.checked, row.why_off, spelling)


# The addresses of searches and tags that are published as feeds, and what they search for.

_ASKED = ("q", "query", "search", "search_query", "keywords", "keyword", "term", "s", "tags", "tag")
_TAG = re.compile(r"/(?:tags?|hashtags?)/([^/.?]+)")
_SHORTEST = 3
_USUAL = SCHOOLISH | INSTITUTION | words_of("the")


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


def searched_words(url: str) -> str:
    """The words that an address searches for, or its tag; "" where it is no search."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    found = next((asked[key][0] for key in _ASKED if key in asked), "")
    tag = _TAG.search(parts.path)
    return found or (unquote(tag[1]) if tag else "")


def names_no_school(searched: str, schools: Iterable[School]) -> bool:
    """Is something searched for in which no name of these schools stands, nor one of their trust or website?

    What is looked for is the school, never a person (the Home Office's code on covert surveillance; KCSIE on
    searches for applicants)."""
    schools, said = tuple(schools), normalise(searched)
    words, squeezed, names = said.split(), said.replace(" ", ""), _names(schools)
    whole = any(_holds(said, name_without_place(school)) for school in schools)
    found = whole or any(n in words or (len(n) > _SHORTEST and n in squeezed) for n in names)
    return bool(words) and not found


def person_sought(searched: str, people: Iterable[str], schools: Iterable[School]) -> str:
    """Name the first of these people, of those who left and of the heads whose full name is searched for,
    unless it is the school's own name; "" where nobody is."""
    schools = tuple(schools)
    words = {w for w in normalise(searched).split() if len(w) > 1} - _names(schools)
    heads = (name for s in schools for name in (*separate_names(s.head), *(p.name for p in s.former)))
    return next((p for p in (*people, *heads) if len(words.intersection(normalise(p).split())) > 1), "")


def _names(schools: Iterable[School]) -> frozenset[str]:
    """The words of their names that a name has for itself; all of one that has none but usual words."""
    found: set[str] = set()
    for s in schools:
        own = (s.trust or "", (s.domain or "").partition(".")[0], s.name, *s.aliases, *s.former_names)
        words = {word for name in own for word in normalise(name).split() if len(word) >= _SHORTEST}
        found |= words - _USUAL or words - SCHOOLISH
    return frozenset(found)


# How people write a school's name when they look for it: a name in quotation marks, and the place.

MOST = 3
_SAYS_SCHOOL = SCHOOLISH | words_of("playgroup playgroups preschool kindergarten montessori prep preparatory")
_CHURCH_IN_WALES = re.compile(r"\(?\bC\.?\s?I\.?\s?W\b\.?\)?|\(?\bChurch in Wales\b\)?", re.IGNORECASE)
_STATUS = re.compile(
    r"\((?:V\.?\s?)?[AC]\.?\)|\(?(?<!\w)(?:V\.?\s?[AC]\.?|(?:Voluntary )?(?:Aided|Controlled))(?!\w)\)?",
    re.IGNORECASE,
)
_CHURCHES = (
    (
        re.compile(r"(?<!\w)(?:C\.?\s?of\s?E\.?|CofE|C\.?\s?E\.?|Church of England)(?!\w)", re.IGNORECASE),
        "Church of England",
    ),
    (re.compile(r"(?<!\w)(?:R\.?\s?C\.?|Roman Catholic|Catholic)(?!\w)", re.IGNORECASE), "Catholic"),
    (_CHURCH_IN_WALES, "Church in Wales"),
)
_VOICED = words_of(
    "primary junior juniors infant infants nursery high grammar academy college middle first special prep "
    "preparatory secondary boys girls sixth form"
)
"""What people say of a school's type. “Comprehensive”, “Community” and the like they mostly leave out."""
_SCHOOL = ("school", "schools")
_ADDED = re.compile(r"\b(schools?|academy|college)\s+(?:and|with|&)\s.*", re.IGNORECASE)
_WELSH = re.compile(r"^(?:ysgol|ysg\.?)\s+", re.IGNORECASE)
_WELSH_TYPES = re.compile(r"^(?:(?:gynradd|uwchradd|gyfun|gymraeg|gymunedol|feithrin|babanod|iau)\s+)*", re.I)
_SMALL = frozenset(["of", "the", "in", "and", "on", "by", "upon", "le", "y", "yr"])
_SAINT = re.compile(r"\b(?:saint\b|st\.)\s*", re.IGNORECASE)
_NEAR = re.compile(r"^(?:nr|near)\.?\s+", re.IGNORECASE)


def search_spellings(school: School, *, placed: bool = True) -> tuple[str, ...]:
    """List what to search for, likeliest first, at most three: `"St Mary's Primary School" Thornbeck`.

    Each says that it means a school. Each that is `placed` names the place, unless the name holds it already;
    where the place is not known, there is none. Schools of Wales get the Welsh or the English form too."""
    found = (_spell(form, school, placed=placed) for form in _forms(school))
    return tuple(dict.fromkeys(filter(None, found)))[:MOST]


def phrase_of(spelling: str) -> str:
    """The name within a spelling: what stands in its quotation marks, or all of it."""
    quoted = re.match(r'"([^"]+)"', spelling)
    return quoted[1] if quoted else spelling


def kernel_of(school: School) -> str:
    """The name without what kind of school it is: “St Mary's” of “ST MARY'S C.E. (V.A.) PRIMARY SCHOOL”."""
    name, _ = _bare(school)
    return (_bare_of_ysgol(name) if _WELSH.match(name) else spoken_core(name)) or name


def kinds_of(school: School) -> tuple[str, ...]:
    """List what people call its kind beside “school”, in normal form: “primary”, “academy”."""
    name, _ = _bare(school)
    rest = normalise(name.partition(kernel_of(school))[2]).split()
    return tuple(word for word in rest if word in _VOICED)


def _forms(school: School) -> Iterator[str]:
    name, church = _bare(school)
    if _WELSH.match(name):
        yield from _welsh_forms(name)
        return
    kernel = kernel_of(school)
    rest = name.partition(kernel)[2].split()
    noun = [word for word in rest if normalise(word) in _SCHOOL]
    voiced = [word for word in rest if normalise(word) in _VOICED]
    plain, with_church = (" ".join((kernel, *said, *voiced, *noun)) for said in ((), (church,)))
    if church:
        yield from (with_church, plain) if church == "Catholic" else (plain, with_church)
    yield plain
    if len(rest) > len(voiced) + len(noun):
        yield " ".join((kernel, *(word for word in rest if word not in noun)))
    if school.nation == "wales" and any(_holds(kernel, place) for place in places_of(school)):
        yield f"Ysgol {'Gynradd ' if 'Primary' in voiced else ''}{kernel}"
    elif voiced and noun:
        yield " ".join((kernel, *voiced))
    yield from (spoken_name(alias) for alias in school.aliases if _says_school(alias))


def _welsh_forms(name: str) -> Iterator[str]:
    """“Ysgol Gynradd Gymraeg Bro Las”, “Ysgol Bro Las”, “Bro Las School”."""
    kernel = _bare_of_ysgol(name)
    yield name
    if kernel:
        yield f"Ysgol {kernel}"
        if not _says_school(kernel):
            yield f"{kernel} School"


def _bare_of_ysgol(name: str) -> str:
    return _WELSH_TYPES.sub("", _WELSH.sub("", name)).strip()


def _bare(school: School) -> tuple[str, str]:
    """The name without its denomination, its status and what is added to it, and the denomination."""
    name, church = _ADDED.sub(r"\1", name_without_place(school)), ""
    for pattern, written in _CHURCHES:
        if not church and pattern.search(school.name):
            name, church = pattern.sub(" ", name), written
    name = " ".join(_STATUS.sub(" ", name).replace('"', " ").split())
    return _SAINT.sub("St ", in_mixed_case(name)).strip(), church


def in_mixed_case(name: str) -> str:
    """“GARTH PRIMARY SCHOOL” as it is written in a sentence; any other name as it is."""
    if not name.isupper():
        return name
    words = [word if word in _SMALL else _capital(word) for word in name.lower().split()]
    return " ".join((_capital(words[0]), *words[1:]))


def _capital(word: str) -> str:
    return re.sub(r"(^|-)(\w)", lambda found: found[1] + found[2].upper(), word)


def _spell(form: str, school: School, *, placed: bool) -> str:
    """The form in quotation marks, with the place where it does not hold one; "" where none is known."""
    said = f'"{form}"' + ("" if _says_school(form) else " school")
    if not placed:
        return said
    places = [in_mixed_case(_NEAR.sub("", place.strip())) for place in places_of(school)]
    if not places:
        return ""
    held = any(_holds(form, place) for place in places)
    place = places[0] if " " not in places[0] else f'"{places[0]}"'
    return said + ("" if held else f" {place}")


def places_of(school: School) -> list[str]:
    """List the place in its name, then its town: what the lists of Scotland and Northern Ireland have as a
    locality may be a street."""
    village = "" if is_street(school.locality) else school.locality
    lists = (school.town, village, school.local_authority, school.county)
    told: Iterable[str] = (*places_in(school.name), *lists)
    return [place.replace('"', "") for place in told if normalise(place)]


def _says_school(text: str) -> bool:
    return not _SAYS_SCHOOL.isdisjoint(normalise(text).split())


def _holds(text: str, place: str) -> bool:
    return f" {normalise(place)} " in f" {normalise(text)} "
