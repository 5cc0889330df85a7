"""Evidence for and against one school in one text: small facts, each with a code and what was found."""

from __future__ import annotations

import re

from classifiers.linking.bearers import is_common
from classifiers.linking.counter_evidence import others, rivals, words
from classifiers.linking.document import (
    COMMON_WORDS,
    GROUP_WORDS,
    SCHOOL_HINTS,
    SCHOOL_WORDS,
    THINGS,
    TITLES,
    Doc,
    Found,
    says,
)
from classifiers.linking.match_reasons import HERE, NAMES, SEARCHED, UNTIED
from classifiers.linking.name_use import names
from classifiers.linking.placed import neighbourhood, ours, placed
from classifiers.linking.school_profile import SchoolProfile
from classifiers.linking.weights import AGAINST, LIFE
from data.register.school_names import INSTITUTION, SCHOOLISH, normalise, words_of
from data.types import Source

_REVIEWS = words_of(
    "google_review google_reviews school_review_site trustpilot reviews review facebook_review glassdoor"
)
_BOARDS = words_of("local_forum nextdoor")
"""Channels on which people of one neighbourhood write."""
_GROUPS = words_of("facebook facebook_group whatsapp discord nextdoor local_forum")
"""Channels whose title is the name of the group or page."""
_WEAK = words_of("core_name shared_name place_name initials alias full_name")
_TIED = words_of(
    "school_words school_words_many place county street postcode district head head_surname trust domain urn "
    "own_page listing listing_title handed_in handed_in_named reported source_place"
)
_SURE = _TIED - words_of("place county district")
_WITHIN = 5
_POINTS = words_of(
    "urn domain trust postcode street own_page own_group listing listing_title handed_in handed_in_named "
    "review reported thread school_there"
)
_OTHERWISE = words_of("named_thing thing_too other_phase other_phase_too place_name")
_ANOTHERS_PAGE = words_of("named_thing elsewhere elsewhere_beside namesake_place")
_SOMEWHERE = words_of("place place_within place_name district")
_HEADS = words_of("head head_surname")
_AT_US = words_of("place place_within postcode district street")
_BORNE_BY_OTHERS = ("full_name", "alias", "short_name", "core_name", "shared_name")
_NO_SURNAMES = SCHOOL_WORDS | SCHOOL_HINTS | COMMON_WORDS | INSTITUTION
"""Words that are too common in a school to be somebody's surname by themselves."""
_CLASS = re.compile(r"(?:[a-z]{0,2}\d{1,4}[a-z]{0,2})+|\W+")
"""A class, a year or when: “y7”, “4b”, “2026”; or a sign."""
_SORTS = SCHOOLISH - {"high"} | {"teens", "headteachers", "schoolchildren"}


def evidence(doc: Doc, who: SchoolProfile, source: Source) -> Found:
    """Everything that speaks for or against; codes are those of `weights`."""
    found: Found = {}
    rest = names(found, doc, who)
    named = rest != doc.both or bool(found.keys() & _OTHERWISE)
    run_on = rest.replace(" ", "")
    for place, (code, shown) in who.places.items():
        if says(place, rest, doc):
            found.setdefault(code, shown)
        elif code == "place" and len(place) >= _WITHIN and place.replace(" ", "") in run_on:
            found.setdefault("place_within", shown)
    _common(found, who)
    raw = doc.raw.lower()
    if who.domain and who.domain in raw:
        found["domain"] = who.domain
    for urn in who.urns:
        if f" {urn} " in doc.both:
            found["urn"] = urn
    if any(f" {trust} " in doc.both for trust in who.trusts):
        found["trust"] = who.school.trust or ""
    _heads(found, doc, rest, who)
    placed(found, doc, rest, who)
    words(found, doc, who, named=named)
    rivals(found, doc, rest, who)
    others(found, doc, who, named=named)
    _setting(found, doc, who, source)
    if code := _untied(found, doc, source):
        found[code] = ""
    return found


def _common(found: Found, who: SchoolProfile) -> None:
    """Adds that the name is one of many, where no register that has the school knows who else bears it."""
    code = next((code for code in _BORNE_BY_OTHERS if code in found), "")
    known = who.gazetteer.lists(who.school) or found.keys() & {"few_bearers", "many_bearers"}
    if code and not known and not found.keys() & _AT_US and is_common(found[code], who.towns):
        found.pop("only_bearer", None)
        found["common_name"] = found[code]


def _untied(found: Found, doc: Doc, source: Source) -> str:
    """The code where it neither names the school nor points to it by its people in its place, or by where it
    was posted; "" where it does.

    A post found by a search for the school that may speak of school life does, unless only a street or a
    church of the name was found. An article does not: what it reports may have happened anywhere. Nor does a
    head's surname by itself: it may be a word.
    """
    unnamed, headed = "unnamed" in found, not _HEADS.isdisjoint(found)
    if found.keys() & (NAMES | _POINTS) or (headed and not unnamed):
        return ""
    life = not (LIFE | {"school_hint"}).isdisjoint(found)
    if source.surfaced and not doc.article and "named_thing" not in found:
        return SEARCHED if unnamed and not (life or headed) else ""
    if not unnamed:
        return "" if found.keys() & _SOMEWHERE and found.keys() & LIFE else UNTIED
    ours = "head" in found or (life and headed)
    return "" if ours and ("danger" in found or found.keys() & HERE) else UNTIED


def _heads(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    for full, last in who.heads:
        if f" {full} " in doc.both:
            found["head"] = full
        elif any(f" {title} {last} " in doc.both for title in (*TITLES, "head")):
            found.setdefault("head", last)
        elif f" {last} " in rest and last not in _NO_SURNAMES and _with_capital(last, doc.raw):
            found.setdefault("head_surname", last)  # the name of the school is no surname


def _with_capital(last: str, raw: str) -> bool:
    """Is it written as a name or in a handle, or, in a text without capitals, not as a thing is?"""
    said, low = raw.partition(" | ")[2], re.escape(last)
    name = rf"\b{last[:1].upper()}(?i:{low[1:]})\b|[@#._]{low}\b|\b{low}[._]\w"
    alone = rf"(?<!\ba )(?<!\ban )(?<!\bno )(?<!\bthe )(?<!\bsome ){low}\b" if said == said.lower() else name
    return re.search(f"{name}|{alone}", raw) is not None


def _setting(found: Found, doc: Doc, who: SchoolProfile, source: Source) -> None:
    """Where the text was posted: the school's own listing, a report by a person, a search for its name."""
    if source.handed_in:
        found[source.handed_in.value] = ""
    elif source.listing:
        ours = source.own and source.urns == (who.school.urn,)
        found["own_page" if ours else "listing"] = source.name or source.id
    elif doc.channel in _REVIEWS:
        _review(found, doc, who)
    if doc.channel == "report" or doc.channel.endswith("_report"):
        found["reported"] = doc.channel
    if not (source.surfaced or source.listing or source.handed_in):
        found["not_searched"] = ""
    if "unnamed" in found and doc.article:
        # a school in our place: “Headteacher suspended at Larkham secondary”
        there = "place" in found and bool(LIFE & found.keys() or _SORTS & doc.words)
        found["school_there" if there else "article_unnamed"] = found.get("place", "")
    if _local(who, source):
        found["posted_here" if "unnamed" in found else "source_place"] = source.name
    _board(found, doc, who, source)
    if not source.surfaced and _of_a_group(f" {normalise(source.name)} ", who):
        found["own_group"] = source.name
    _alone(found)


def _board(found: Found, doc: Doc, who: SchoolProfile, source: Source) -> None:
    """Adds that the school is named on a board of one neighbourhood, or in a group that bears its name, where
    nothing speaks for another; one word that goes with another is but a hint there.

    A board that a search found may be of any neighbourhood: its title must not give another. Nor is what
    merely names us in its title, as a headline does, a group of ours.
    """
    if doc.channel not in _GROUPS or (AGAINST & found.keys()) - {"trade"}:
        return
    title = f" {doc.title} "
    board = doc.channel in _BOARDS and "unnamed" not in found
    headed = _named_in(title, who)
    if not board and (not headed or ("trade" in found and not LIFE & found.keys())):
        return
    if "trade" in found:
        found["trade_hint"] = found.pop("trade")
    area = neighbourhood(doc) if source.surfaced else ""
    if board and (not area or ours(area, who)):
        found["local_board"] = ""
    elif _of_a_group(title, who):
        found["own_group"] = doc.title


def _of_a_group(title: str, who: SchoolProfile) -> bool:
    """Is it our name, with words beside it and our places that groups of a school's people are called by?

    A headline says more, and another place is another school's: “Oakfield Primary Hexley parents”.
    """
    if not _named_in(title, who):
        return False
    for text in (*(form.text for form in who.longest), *sorted(who.places, key=len, reverse=True)):
        title = title.replace(f" {text} ", "  ")
    return all(word in GROUP_WORDS or _CLASS.fullmatch(word) for word in title.split())


def _named_in(title: str, who: SchoolProfile) -> bool:
    return any(f" {form.text} " in title for form in who.forms if form.code in NAMES)


def _local(who: SchoolProfile, source: Source) -> bool:
    """Does the source's name contain the school's place: “Northvale Talk”? A search's says what it seeks."""
    if source.surfaced:
        return False
    name = f" {normalise(source.name)} " if source.name else ""
    return any(code == "place" and f" {place} " in name for place, (code, _) in who.places.items())


def _alone(found: Found) -> None:
    """Adds what the name and the place are worth together, or how little one is worth without the other."""
    if {"school_named", "alias_handle"} & found.keys():
        if {"place", "street", "postcode"} & found.keys():
            found["school_and_place"] = ""
        return
    if _WEAK & found.keys() and not _TIED & found.keys():
        found["name_alone"] = ""
    elif _WEAK & found.keys() and not _SURE & found.keys():
        found["place_alone"] = ""


def _review(found: Found, doc: Doc, who: SchoolProfile) -> None:
    """A review's title is the page's name, or a heading of the reviewer's."""
    title = doc.title.removeprefix("the ")
    own = any(
        title == text or title.startswith(f"{text} ")
        for text in who.texts | {form.text.removeprefix("the ") for form in who.forms}
    )
    words = title.split()
    thing = bool(words) and words[-1] in THINGS and title not in who.texts
    if own and not thing and not _ANOTHERS_PAGE & found.keys():
        found["listing_title"] = doc.title
    elif words and (thing or "other_school" in found or "named_thing" in found):
        found["title_other"] = doc.title
    else:
        found["review"] = doc.title
