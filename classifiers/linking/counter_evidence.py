"""Evidence against a school: another place, person, trade or school that shares the name."""

from __future__ import annotations

import re
from functools import cache

from classifiers.linking.document import (
    ABROAD,
    COMMON_WORDS,
    DANGER,
    ESTATE_WORDS,
    LEVEL_WORDS,
    NEAR,
    PASSING,
    ROADS,
    SCHOOL_HINTS,
    SCHOOL_WORDS,
    SPAM_WORDS,
    TITLES,
    TRADES,
    Doc,
    Found,
    in_one_phrase,
    says,
)
from classifiers.linking.placed import gone_to
from classifiers.linking.school_profile import Rival, SchoolProfile
from data.register.school_names import INSTITUTION, core, normalise, words_of

_BLANKS = r"[^\S\r\n]{1,3}"
"""What may separate the words of one name: not the end of a line."""

_SCHOOL_NAME = re.compile(
    rf"(?<![\w.'’-])((?:(?:St\.|[A-Z][\w'’-]{{1,30}}|of|the|y|&){_BLANKS}){{1,4}})"
    r"((?:C of E |CE |Catholic |RC )?"
    r"(?:Primary|High|School|Academy|College|Infants?|Juniors?|Grammar|Prep|Comp)\b)"
    r"(?! (?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Hill|Close|Drive|Terrace)\b)"
)
_KIND_OF_SCHOOL = re.compile(r"\s(?:Primary|High|School|Academy|College|Infant|Junior|Grammar|Prep|Comp)")
"""Without one of these there is no match of `_SCHOOL_NAME`."""

_HEAD_NAMED = re.compile(
    rf"\b(?:[Hh]ead ?teacher|[Hh]ead|[Pp]rincipal|[Hh]ead(?:master|mistress)){_BLANKS}"
    rf"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.?{_BLANKS})?(?:[A-Z][\w'’-]{{1,30}}{_BLANKS})?([A-Z][\w'’-]{{2,30}})"
)
_MOST_SHOWN = 3
_OF_TRADES = tuple(TRADES[name] for name in sorted(TRADES))
_TIES = words_of("alias_handle head trust")
_SCHOOL_LIFE = words_of("school_words school_words_many")
_BY_ITSELF = words_of("full_name alias alias_handle former_name short_name core_name")
_NO_NAME = words_of(
    "our my your his her their its this that every each dear at in to from after before no new old"
)
"""“Our School” names none, though it has its capitals."""


def rivals(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    """Adds the places, names, people and trades of the name's other bearers; `rest` is without the name."""
    own = "place" in found or "postcode" in found or "street" in found
    for rival in who.rivals:
        said = (p for p in rival.places if says(p, rest, doc) and _meant(p, rest, doc.raw))
        place = next((p for p in said if p not in gone_to(doc.raw)), "")
        if place:
            code = "namesake_place" if rival.school else "rival_place"
            found.setdefault(f"{code}_too" if own else code, f"{place}|{rival.shown}")
        if rival.distinct and f" {rival.name} " in doc.both and in_one_phrase(doc, rival.name):
            code = "namesake_named_too" if found.keys() & _BY_ITSELF else "namesake_named"
            code = "namesake_school" if rival.school else code
            if code != "namesake_named_too" or "thing_too" not in found:
                found.setdefault(code, rival.shown)
        tie = next((tie for tie in rival.ties if f" {tie} " in doc.both), "")
        if tie:
            found.setdefault("namesake_tie", f"{tie}|{rival.shown}")
        _trade(found, doc, rival)


def _meant(place: str, rest: str, raw: str) -> bool:
    """Is it spoken of as a place: no road, no person, no other word spelt so, and not only gone to?"""
    for match in re.finditer(rf" {place}s? (?=(\S*))", rest):
        before = rest[max(0, match.start() - 12) : match.start()].split()[-1:]
        if match[1] in ROADS or set(before) & (PASSING | TITLES):
            continue
        if place not in COMMON_WORDS or re.search(rf"[\w,;:)(] ?\b{place.title()}\b", raw):
            return True
    return False


def _trade(found: Found, doc: Doc, rival: Rival) -> None:
    words = TRADES.get(rival.trade, frozenset()) & doc.words
    if words:
        code = "trade_many" if len(words) > 1 else "trade_hint" if "unnamed" in found else "trade"
        # a school's name, or one of ours together with school life
        ours = "school_named" in found or (found.keys() & _TIES and found.keys() & _SCHOOL_LIFE)
        code = "trade_too" if ours else code
        found.setdefault(code, f"{_shown(words)}|{rival.shown}")


def others(found: Found, doc: Doc, who: SchoolProfile, *, named: bool) -> None:
    """Adds other schools, places, heads and areas; `named` says that the school's own name is in the text."""
    for match in _SCHOOL_NAME.finditer(doc.raw) if _KIND_OF_SCHOOL.search(doc.raw) else ():
        other, kernel = normalise(match[1]), core(match[0])
        if set(kernel.split()) - INSTITUTION - _NO_NAME - {"the"} and not _own(other, kernel, who):
            found.setdefault("other_school_too" if named else "other_school", match[0].strip())
    lasts = {last for _, last in who.heads}
    for match in _HEAD_NAMED.finditer(doc.raw) if lasts else ():
        last = normalise(match[1])
        if last not in lasts and last not in INSTITUTION and last != "head":
            found.setdefault("other_head", match[0])
    counties = [
        county
        for county in who.other_counties
        if (county in doc.words or " " in county)
        and f" {county} " in doc.both
        and county not in gone_to(doc.raw)
    ]
    if counties and not any(county in place for county in counties for place in who.places):
        found["other_county"] = counties[0]
    abroad = ABROAD & doc.words
    if abroad:
        found["abroad"] = min(abroad)


def _own(other: str, kernel: str, who: SchoolProfile) -> bool:
    """Could a school named in the text be this one: does it share a word of its core name, or a place?"""
    mine = {word for form in who.forms for word in form.text.split()} | {
        w for p in who.places for w in p.split()
    }
    return bool((set(other.split()) | set(kernel.split())) & (mine - INSTITUTION - {"the", "st", "y"}))


def words(found: Found, doc: Doc, who: SchoolProfile, *, named: bool) -> None:
    """Adds whose words they are: a school's, another trade's, an advertisement's, another age group's."""
    school = SCHOOL_WORDS & doc.words
    hints = SCHOOL_HINTS & doc.words
    if school:
        found["school_words" if len(school) == 1 else "school_words_many"] = _shown(school)
    elif hints:
        found["school_hint"] = _shown(hints)
    trade = max([of & doc.words for of in _OF_TRADES], key=len)
    if len(trade) > 1:
        code = "other_words" if len(trade) == 2 else "other_words_many"
        found["other_words_too" if "school_named" in found else code] = _shown(trade)
    estate = ESTATE_WORDS & doc.words
    if len(estate) > 1 or ("catchment" in doc.words and not school - {"school", "year"}):
        found["estate_agent"] = _shown(estate)
    if len(SPAM_WORDS & doc.words) > 1:
        found["spam"] = _shown(SPAM_WORDS & doc.words)
    if DANGER & doc.words:
        found["danger"] = _shown(DANGER & doc.words)
    foreign = _other_ages(who.level) & doc.words
    if foreign and not LEVEL_WORDS[who.level] & doc.words:
        found["other_level"] = min(foreign)
    if named and _landmark(doc, who):
        found["landmark"] = who.school.name


@cache
def _other_ages(level: str) -> frozenset[str]:
    """The words for ages that a school of this level does not teach; none where the level is not known."""
    if not level:
        return frozenset()
    if level == "secondary":
        return LEVEL_WORDS["primary"]
    other = {"infant": "junior", "junior": "infant"}.get(level)
    return LEVEL_WORDS["secondary"] | (LEVEL_WORDS[other] if other else frozenset())


def _shown(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)[:_MOST_SHOWN])


def _landmark(doc: Doc, who: SchoolProfile) -> bool:
    """The name only says where something is: “2 min from Park Primary”, “crash near Craigour High”."""
    for form in who.forms:
        at = doc.both.find(f" {form.text} ")
        if at >= 0:
            before = doc.both[max(0, at - 24) : at].split()[-3:]
            return bool(NEAR & set(before))
    return False
