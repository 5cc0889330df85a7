"""Where a text places the name: “Oakfield Primary in Castlebury”, “Oakfield (Kent)”, “Castlebury Mums”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from classifiers.linking.document import (
    CITIES,
    COMMON_WORDS,
    COUNTIES,
    JOURNEY_KINDS,
    JOURNEYS,
    NO_PLACE,
    PASSING,
    PEOPLE_OF,
    ROADS,
    SIGHTS,
    STAYS,
    THINGS,
    TITLES,
    Doc,
    Found,
    in_one_phrase,
    phrases,
)
from classifiers.linking.school_profile import SchoolProfile
from data.register.school_names import normalise

_LONGEST = 3
_LEADS_TO = frozenset(("to", "in", "from", "at", "around", "round"))
_LASTS = frozenset(("on", "for"))
_WHOSE = frozenset(("a", "an", "the", "their", "our", "his", "her", "its", "this", "my"))


@lru_cache(maxsize=4)
def gone_to(raw: str) -> frozenset[str]:
    """Words, in normal form, that stand where the place of a journey does; most of them are no places.

    A place that a school goes to is not where it is, whichever school it may be.
    """
    return frozenset(place for phrase in phrases(raw).split("|") for place in _of_phrase(phrase.split()))


def _of_phrase(words: Sequence[str]) -> Iterator[str]:
    for i, word in enumerate(words):
        if word in JOURNEYS or word in SIGHTS:
            end = _before_its_kind(words, i) if word in JOURNEYS else i
            yield from _ending(words[:end])
        if word in JOURNEYS or word in SIGHTS or word in STAYS:
            yield from _stayed_in(words, _before_its_kind(words, i))
        if word in JOURNEYS and words[i + 1 : i + 2] and words[i + 1] in _LEADS_TO:
            yield from _beginning([w for w in words[i + 2 : i + 3 + _LONGEST] if w != "the"])


def _before_its_kind(words: Sequence[str], at: int) -> int:
    """Where the words that say what kind of journey it is begin: “coach trip”, “Year 6 residential”."""
    while at and (words[at - 1] in JOURNEY_KINDS or words[at - 1].isdigit()):
        at -= 1
    return at


def _stayed_in(words: Sequence[str], end: int) -> Iterator[str]:
    """The place before “on their residential” or “for the day”."""
    while end and words[end - 1] in _WHOSE:
        end -= 1
    if end and words[end - 1] in _LASTS:
        yield from _ending(words[: end - 1])


def _ending(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[-n:]) for n in range(1, min(_LONGEST, len(words)) + 1))


def _beginning(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[:n]) for n in range(1, min(_LONGEST, len(words)) + 1))


_OWN = ("place", "postcode", "street", "head", "district", "place_within", "trust", "domain", "urn")
_FIRMLY = frozenset(("in", "near", "("))
_INSIDE = frozenset(("in", "near", "r"))
_INSTITUTIONS = (
    "school|primary|academy|high|college|infants?|juniors?|nursery|grammar|secondary|prep|comp|catholic|rc|cofe|"
    "ce|of|e|c|church|england|voluntary|aided|controlled|community|girls|boys|sixth|form|centre"
)
_PLACED = re.compile(
    rf"(?<![\w'’-])([\w'’-]{{1,30}})(?=(?: (?i:{_INSTITUTIONS})\b\.?){{0,6}}"
    r"(, | \(|,? (?i:(?:over |down |up )?(?:in|at|near)) )(?:the (?:one )?(?:in )?)?"
    r"((?:[A-Z][\w'’-]{1,30} ){0,2}[A-Z][a-z'’-]{2,30}))"
)
"""A word, the kind of school it may be followed by, and a place as it is joined to them. Only the word is
taken, so that in “at Oakfield Primary in Castlebury” both are tried."""

_JOINED = re.compile(r"(?:, | \(|,? (?i:(?:over |down |up )?(?:in|at|near)) )(?:the (?:one )?(?:in )?)?[A-Z]")
"""How every place of `_PLACED` is joined to what is before it."""

_OF_DENOMINATIONS = frozenset(("church", "of", "england", "c", "e", "roman", "catholic", "r"))

_SOMEBODYS = (
    r"(?:\b\d\d, (?:of|from) |\b(?i:liv(?:es?|ed|ing) (?:in|near)|(?:crews?|man|woman|mum|mother|dad|father"
    r"|parents?|teacher|worker|couple|family),? (?:from|of)) )(?:[A-Z][\w'’-]{1,30},? (?:and )?){0,3}"
)
_COURT_OR_HOSPITAL = "(?:Crown|Magistrates|County|Family|Coroner|Youth|General|Royal|Hospital|Infirmary)"
_CAPITALS = re.compile(r"\b(?:[A-Z][\w'’-]{1,30} ){0,2}[A-Z][\w'’-]{2,30}")
_GROUP = re.compile(
    r"^((?:[A-Z][a-z'’-]{1,30} ){1,2})(?:Community|Mums|Parents|Noticeboard|Chatter|Residents)\b"
)


_AREA = re.compile(
    r"(?i:mums|mams|dads|parents|people|families|friends|neighbours|residents|spotted)(?: and \w+)? "
    r"(?:of|in|from|around) ((?:[A-Z][\w'’-]+ ?){1,3})"
    r"|((?:[A-Z][\w'’-]+ ){1,3}?)(?i:community|mums|mams|dads|parents|families|residents|neighbours"
    r"|notice ?board|chatter|chat|talk|forum|board|voices?|matters|natter|online|villages?|town|area)\b"
    r"|((?:[A-Z][a-z'’-]+ ?){1,3})$"
)
_SAYS_MORE = re.compile(r" [-–—|>] |[:>,(]")


def neighbourhood(doc: Doc) -> str:
    """The neighbourhood, in normal form, by which a board's title calls it: “Mums of Hexley”, “Hexley Chat”.

    "" where none is called so; Nextdoor's titles are often no more than that.
    """
    first = _SAYS_MORE.split(doc.raw)[0].strip()
    found = _AREA.match(first)
    if found is None or (found[3] and doc.channel != "nextdoor"):
        return ""
    words = normalise(next(filter(None, found.groups()))).split()
    return "" if set(words) & (NO_PLACE | COMMON_WORDS) else " ".join(words)


def placed(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    """Adds `elsewhere` where the name is in a town or county that is not ours, `elsewhere_beside` where it
    may be, `other_place` where another place is only in the text. `rest` is the text without the name.
    """
    own = any(code in found for code in _OWN)
    for how, shown in _after(doc, who):
        sure = _away(normalise(shown), how, who)
        if sure is not None:
            code = "elsewhere" if sure else "elsewhere_beside"
            found.setdefault(f"{code}_too" if own and sure else code, shown)
    if own or "elsewhere" in found or "unnamed" in found:
        return
    for county in who.other_counties:
        inside = county not in CITIES and f" {county} " in rest and _before(rest, county) in _INSIDE
        if inside and not any(county in place for place in who.places) and county not in gone_to(doc.raw):
            found["elsewhere"] = county.title()
    _known_places(found, doc, rest, who)
    group = _GROUP.match(doc.raw) if not who.gazetteer and "elsewhere" not in found else None
    if group and not ours(normalise(group[1]), who):
        found["other_place"] = group[1].strip()
    if doc.article and "common_name" in found and "county" not in found:
        # makes the other place in an article that of another of a common name, or of none where it is by the
        # way
        other = found.get("other_place", "")
        raw = _not_by_the_way(doc.raw, other) if other else doc.raw
        if other and _by_itself(raw, other):
            found["elsewhere"] = found.pop("other_place")
        elif raw != doc.raw:
            found.pop("other_place")


def _not_by_the_way(raw: str, place: str) -> str:
    """The text without the place where somebody lives or comes from there, or it is a court's or hospital's:
    “44, of Castlebury”, “crews from Ash and Castlebury”, “Castlebury Crown Court”."""
    said = re.escape(place)
    return re.sub(rf"{_SOMEBODYS}{said}\b|\b{said} {_COURT_OR_HOSPITAL}\b", "§", raw)


def _by_itself(raw: str, place: str) -> bool:
    """Does the other place stand by itself, not after a first name: “in Castlebury”, no “Jo Castlebury”?"""
    before = re.findall(rf"([\w'’-]{{1,30}}|[^\w\s]|^)\s*\b{re.escape(place)}\b", raw)
    return any(not word[:1].isupper() or word.lower() in _LEADS_TO | _INSIDE for word in before)


def _after(doc: Doc, who: SchoolProfile) -> Iterator[tuple[str, str]]:
    """(how it is joined to the name, the place as written) of each place after the name.

    What follows the end of another place past a comma is oftener a person: “at Oakfield, Mr Vane”.
    """
    end = 0
    for match in _PLACED.finditer(doc.raw) if _may_be_placed(doc, who) else ():
        how = (match[2].strip().lower().removeprefix(",").split() or [","])[-1]
        named = normalise(match[1]) in who.last_words and (how in _FIRMLY or match.start() >= end)
        if named and not _visited(match[3], doc.raw):
            yield how, match[3]
        end = match.end(3)


def _may_be_placed(doc: Doc, who: SchoolProfile) -> bool:
    """Is a word there that may end the name, and anything joined to a word as a place is?

    In `doc.words` a denomination is one word, however many it was written in.
    """
    last = who.last_words
    named = not last.isdisjoint(doc.words) or not last.isdisjoint(_OF_DENOMINATIONS)
    return named and _JOINED.search(doc.raw) is not None


def _visited(shown: str, raw: str) -> bool:
    """Is the place after the name one of a journey: “Oakfield (Leeds coach trip)”, “(York Minster)”?"""
    words = normalise(shown).split()
    return " ".join(words) in gone_to(raw) or (len(words) > 1 and " ".join(words[:-1]) in gone_to(raw))


def _away(place: str, how: str, who: SchoolProfile) -> bool | None:
    """Is the place after the name surely (True) or perhaps (False) another's? None where it is not."""
    words = place.split()
    if not words or words[0] in NO_PLACE or set(words) & THINGS or ours(place, who):
        return None
    known = who.gazetteer.elsewhere(place, who.school)
    if known is False:
        return None
    return bool(place in COUNTIES or known or how in _FIRMLY)


def _known_places(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    """Places of the register: beside the name, with people or a school of theirs, or just somewhere."""
    named = [form.text for form in who.forms if f" {form.text} " in doc.both]
    for place, capital in _places(doc, rest, who):
        if _joined(place, named, doc) or (capital and _next(rest, place) in PEOPLE_OF):
            found["elsewhere"] = place.title()
        elif capital:
            found.setdefault("other_place", place.title())


def _places(doc: Doc, rest: str, who: SchoolProfile) -> Iterator[tuple[str, bool]]:
    """Each place of the register in the text that is away from the school, and whether it has its capital."""
    capitals = {normalise(match[0]) for match in _CAPITALS.finditer(doc.raw)}
    words = rest.split()
    phrases = (" ".join(words[i : i + n]) for i in range(len(words)) for n in (3, 2, 1))
    for place in dict.fromkeys(phrases):
        for said in (place, place.removesuffix("s")):
            if said not in NO_PLACE and who.gazetteer.elsewhere(said, who.school) and not ours(said, who):
                meant = said not in COMMON_WORDS and _before(rest, place) not in PASSING | TITLES
                if meant and _next(rest, place) not in ROADS and said not in gone_to(doc.raw):
                    yield said, any(f" {place} " in f" {capital} " for capital in capitals)


def _joined(place: str, named: list[str], doc: Doc) -> bool:
    """Do name and place stand in one phrase: “Leeds St Mary's”, “oakfield primary in leeds”?"""
    return any(
        f" {phrase} " in f" {doc.title} " or (f" {phrase} " in doc.both and in_one_phrase(doc, phrase))
        for name in named
        for phrase in (
            f"{place} {name}",
            f"{place}s {name}",
            f"{name} {place}",
            f"{name} in {place}",
            f"{name} near {place}",
        )
    )


def _before(text: str, place: str) -> str:
    return text.partition(f" {place} ")[0].rpartition(" ")[2]


def _next(text: str, place: str) -> str:
    return text.partition(f" {place} ")[2].partition(" ")[0]


def ours(place: str, who: SchoolProfile) -> bool:
    """Is the place one of the school's own, or part of one, or part of its name?"""
    return any(place in own or own in place for own in who.places) or any(place in text for text in who.texts)
