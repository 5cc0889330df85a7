"""Weigh what was found of a school: the answer, and its reasons in words a person can read, weightiest
first; and is a text about an academy trust itself? Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from classifiers.linking.school_profile import PATTERNS, SCHOOL_WORDS, Doc, Found, SchoolProfile, people
from data.register.school_names import kernel_of_a_trust, normalise, outward, words_of
from data.types import Match, Mention, MentionKind, Reason, Relevance, School, SchoolNaming, Source
from data.web.channels import host_of
from data.words.say import words

# What each piece of evidence is worth, in log-odds, and how a total becomes an answer. Fitted by logistic
# regression on the invented items the model is trained on, none of them held out (`research/fit_linking.py`
# repeats it). Codes marked “set” are too rare there and were set by hand.

BIAS = -0.11

WEIGHTS: dict[str, float] = {
    # the school itself
    "urn": 6.0,  # set
    "domain": 4.0,  # set
    "own_page": 6.0,  # set
    "listing": 4.0,  # set
    "handed_in": 4.0,  # set
    "handed_in_named": 4.0,  # set
    "review": 1.0,  # set
    "postcode": 4.0,  # set
    "street": 1.8,  # set
    "district": 1.0,  # set
    "thread": 2.5,  # set
    "short_name": 2.8,  # set
    "alias_handle": 3.0,  # set
    "former_name": 2.5,  # set
    "trust": 1.5,  # set
    "name_disguised": 2.0,  # set
    "name_misspelt": 1.5,  # set
    "name_within": 0.6,  # set
    "other_school_too": 0.0,  # set
    "school_and_place": 0.6,  # set
    "source_place": 3.0,  # set
    "posted_here": 0.0,  # set: where it stands says nothing of which school is meant
    "search_alone": 0.0,  # set: what was not found by a search has a weight
    "local_board": 1.0,  # set: the sum is that of the text, and where it stands settles whose it is
    "own_group": 1.0,  # set
    "other_words_too": -0.5,  # set
    "danger": 0.0,  # set: neither for nor against
    "untied": 0.0,  # set: the evidence against it is counted already
    "not_searched": -2.0,  # set
    "trade_hint": -0.3,  # set
    "other_of_yours": -1.9,  # set: like another school
    "few_bearers": 0.0,  # set: what is not surely ours is settled by `relevance`
    "many_bearers": -0.5,  # set
    "common_name": 0.0,  # set: like a few bearers
    "other_phase_too": -0.7,  # set
    "article_unnamed": -1.5,  # set
    "elsewhere": -3.5,  # set
    "elsewhere_too": -0.8,  # set
    "other_place": -1.2,  # set
    # fitted
    "head_surname": 4.64,
    "head": 4.16,
    "reported": 3.64,
    "place_name": 2.82,
    "alias": 2.82,
    "initials": 2.68,
    "core_name": 2.46,
    "full_name": 2.09,
    "school_there": 1.88,
    "shared_name": 1.77,
    "place": 1.62,
    "place_within": 1.58,
    "school_words_many": 1.38,
    "county": 1.06,
    "school_words": 1.04,
    "listing_title": 0.99,
    "school_hint": 0.83,
    "only_bearer": 0.29,
    "school_named": -0.11,
    "name_alone": -0.47,
    "other_words_many": -0.55,
    "unnamed": -0.74,
    "namesake_school": -0.80,
    "abroad": -0.99,
    "rival_place_too": -0.99,
    "other_head": -1.10,
    "other_county": -1.11,
    "trade_too": -1.19,
    "landmark": -1.30,
    "other_words": -1.33,
    "place_alone": -1.47,
    "named_thing": -1.48,
    "spam": -1.69,
    "title_other": -1.77,
    "other_level": -2.01,
    "trade_many": -2.15,
    "other_phase": -2.21,
    "trade": -2.31,
    "other_school": -2.34,
    "elsewhere_beside": -2.35,
    "rival_place": -2.65,
    "namesake_place_too": -2.70,
    "namesake_named_too": -2.80,
    "thing_too": -2.85,
    "estate_agent": -2.98,
    "namesake_named": -3.34,
    "namesake_tie": -3.51,
    "namesake_place": -6.15,
    # end of the fitted ones
}

KEPT_FROM = 1.00
"""A sum below this is `not_about` where something points to another. Of the training items found by a search,
this keeps 97 in 100 about the school and drops 67 in 100 of the others, among them those that nobody could
tell; half a point more or less changes either by no more than one."""

SURE_FROM = 2.35
"""A sum from here on is `about`, where the name is not one that several schools bear, as 99 in 100 of the
training items there were."""

_NO_DISPROOF = words_of(
    "unnamed not_searched name_alone place_alone place_name shared_name name_within few_bearers "
    "many_bearers trade_hint trade_too other_words_too school_named"
)
AGAINST = frozenset(code for code, weight in WEIGHTS.items() if weight < 0) - _NO_DISPROOF
"""Codes that speak for another bearer of the name."""


TIES = words_of(
    "urn domain own_page listing handed_in handed_in_named reported postcode street thread alias_handle "
    "former_name trust source_place local_board own_group head head_surname"
)
"""What points to one school even where others bear its name. A place does where no other of them is there."""

_HANDED_IN = frozenset(("handed_in", "handed_in_named", "reported"))
_WHOLLY_NAMED = frozenset(("full_name", "school_named", "only_bearer"))
LIFE = frozenset(("school_words", "school_words_many"))
"""Codes of words of school life."""
_CONCERNS = LIFE | {"danger"}
_NAMED = frozenset(("full_name", "alias", "alias_handle", "former_name", "short_name", "core_name"))
_OTHER_SCHOOL = words_of(
    "namesake_place namesake_school namesake_tie elsewhere other_school other_phase other_head"
)
_NOWHERE = frozenset(("unnamed", "untied"))
_SHARED = words_of("few_bearers many_bearers common_name name_alone place_alone unnamed other_place")


def total(codes: Iterable[str]) -> float:
    """The sum over the codes found."""
    return BIAS + sum(WEIGHTS[code] for code in codes)


def score(weight: float) -> float:
    """The log-odds as a probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, weight))))


def relevance(codes: Set[str]) -> Relevance:
    """The answer for the codes found.

    What stands on a page of the school's own is about it. What does not name it and is tied to it by nothing
    is not, nor is a name placed in another town, unless something ties the text to us.
    Doubt is kept, and so is a concern that a person handed in: a text found by a search for the school is
    `not_about` only where something shows that another is meant. In a general feed it must contain a name
    that sounds like a school's, or a danger.
    """
    if "own_page" in codes:
        return Relevance.ABOUT
    weight = total(codes)
    if codes >= _NOWHERE or ("elsewhere" in codes and not (TIES - {"reported"}) & codes):
        return Relevance.NOT_ABOUT
    # the whole name, which no other school has, and nothing against it: in a paper's own feed that says as
    # much as in a search for it
    wholly = codes >= _WHOLLY_NAMED and "not_searched" in codes and not AGAINST & codes
    if weight >= SURE_FROM or (wholly and weight - WEIGHTS["not_searched"] >= SURE_FROM):
        # a name that several bear, a bare name that may be no school's, or a landmark may be all there is
        common = bool(_SHARED & codes) or ("landmark" in codes and not _CONCERNS & codes)
        return Relevance.UNSURE if common and not TIES & codes else Relevance.ABOUT
    # a person handed it in and it speaks of school life or danger, not only of a wrong number; or it gives
    # the name, speaks of school life and of something that may be a danger
    handed_in = _HANDED_IN & codes and _CONCERNS & codes
    told = handed_in or "own_group" in codes or ("danger" in codes and _NAMED & codes and LIFE & codes)
    named = "unnamed" not in codes and bool({"school_named", "danger"} & codes)
    doubt = not AGAINST & codes and ("not_searched" not in codes or named)
    kept = weight >= KEPT_FROM or (told and not _OTHER_SCHOOL & codes) or doubt
    return Relevance.UNSURE if kept else Relevance.NOT_ABOUT


_NAMES = ("full_name", "alias", "short_name", "core_name", "shared_name")
_PLACES_FOUND = words_of("namesake_place namesake_place_too rival_place rival_place_too other_county")
_PLACES = ("postcode", "street", "place", "district", "county")
# The reasons, in words a person can read.

_BY_HAND = frozenset(SchoolNaming)
_MOST = 5

OTHER_OF_YOURS = "other_of_yours"
"""The code where another watched school is meant, which is told itself."""

NAMES_ANOTHER_SCHOOL = words_of(
    "other_school other_school_too other_phase other_phase_too other_head namesake_school namesake_place "
    "namesake_place_too namesake_tie elsewhere elsewhere_too"
) | {OTHER_OF_YOURS}
"""Codes of a match where the text names another school, its head or its place."""

NAMES_ANOTHER = NAMES_ANOTHER_SCHOOL | words_of(
    "namesake_named namesake_named_too named_thing thing_too rival_place rival_place_too elsewhere_beside "
    "title_other"
)
"""Codes of a match where the text names anybody else: another school, or a street, a church, a club."""

BESIDE = frozenset(("named_thing", "thing_too", "elsewhere_beside", "title_other"))
"""Codes of a match where only a word beside the name suggests that it is somebody else's."""

NAMES_US = words_of("full_name alias alias_handle former_name short_name core_name name_and_place")
"""Codes of a match where the school's own name is in the text by itself."""

NAMES = NAMES_US | words_of("shared_name initials name_within name_disguised name_misspelt")
"""Codes of a match where the name is in the text, or another's name that is the same, or nearly the name."""

UNTIED = "untied"
"""The code where the text neither names the school nor points to it in any other way."""

HERE = words_of("place place_within street postcode district source_place posted_here local_board")
"""Codes of a match where the text, or where it stands, is in a place of the school's own."""

SEARCHED = "search_alone"
"""The code where a search for the school is all that points to it."""

BORNE = frozenset(("only_bearer", "few_bearers", "many_bearers", "common_name"))
"""How many schools bear the name that is used: none other, up to five, more, or probably several."""

BORNE_BY_OTHERS = BORNE - {"only_bearer"}

SAYS_WHOSE = NAMES_US | {"thread"}
"""Codes by which a post tells whose it is wherever it stands: it names us, or answers what is about us."""

OURS_TO_JUDGE = frozenset((*SchoolNaming, "own_group"))
"""Codes of what a person handed in, and of what stands where only this school is talked about."""

_TOLD_APART = (OURS_TO_JUDGE, NAMES_ANOTHER_SCHOOL, NAMES_ANOTHER, NAMES_US, {UNTIED}, BORNE)
_TOLD_OF_UNTIED = ({UNTIED, SEARCHED}, HERE)
"""Groups of codes that the decision asks for: the reasons always include one of each group found."""

_W = words("en")


def reasons(found: Found, who: SchoolProfile, answer: Relevance) -> tuple[Reason, ...]:
    """At most five; those that support the answer come first."""
    sign = -1 if answer is Relevance.NOT_ABOUT else 1
    ranked = sorted(
        (c for c in found if _W.has(f"match.{c}") or c in BORNE),
        key=lambda code: (-sign * WEIGHTS[code], code),
    )
    name = next((code for code in found if code in _NAMES), None)
    place = next((code for code in _PLACES if code in found), None)
    if _BY_HAND & found.keys():
        ranked = [code for code in ranked if code != "reported"]
    together = ""
    if name and place and answer is not Relevance.NOT_ABOUT:
        ranked = ["name_and_place", *(code for code in ranked if code not in (name, place))]
        together = _together(found, who, name, place)
    told = []
    for code in _most(ranked):
        if code == "name_and_place":
            text = together
        elif code in BORNE:
            text = _count_of_bearers(code, found[code], who)
        else:
            text = sentence(code, found[code])
        told.append(Reason(code, text))
    return tuple(told)


def _most(given: list[str]) -> list[str]:
    """The first five codes, but always one from each group that the decision asks for."""
    if len(given) <= _MOST:
        return given
    groups = (*_TOLD_OF_UNTIED, *_TOLD_APART) if {UNTIED, SEARCHED} & {*given} else _TOLD_APART
    needed = [next((code for code in given if code in group), None) for group in groups]
    kept = list(dict.fromkeys([*filter(None, needed), *given]))[:_MOST]
    return [code for code in given if code in kept]


def _count_of_bearers(code: str, detail: str, who: SchoolProfile) -> str:
    """Say how many schools bear the name, in the school's language."""
    w = words(who.school.language)
    if code == "common_name":
        return w("match.common", name=detail)
    count, several, name = detail.partition("|")
    return w("match.several", count=count, name=name) if several else w("match.only")


def sentence(code: str, detail: str) -> str:
    """The reason of that code; `detail` is what was found."""
    first, _, second = detail.partition("|")
    return _W(f"match.{code}", found=first.title() if code in _PLACES_FOUND else first, whose=second)


def _together(found: Found, who: SchoolProfile, name: str, place: str) -> str:
    where = {"street": " (your street)", "county": " (your area)"}.get(place, "")
    text = f"“{found[name]}” and “{found[place]}”{where} together"
    others = [rival for rival in who.rivals if rival.school]
    if others and not {"namesake_place_too", "namesake_place"} & found.keys():
        return f"{text}; the other of that name ({others[0].shown}) is not near any place named."
    return f"{text}."


# Is a trust named, and no school of it in particular?

_SAID = (
    "trust", "mat", "multi academy trust", "academy trust", "academies trust", "learning trust",
    "education trust",
)  # fmt: skip
"""What follows the first words of a trust's name where people shorten it."""
_LIFE = SCHOOL_WORDS | {*PATTERNS.words("life_of_a_trust")}
_NAMES_A_SCHOOL = words_of(
    "full_name alias alias_handle former_name short_name core_name shared_name initials name_within "
    "name_disguised name_misspelt urn domain head postcode street own_page listing listing_title "
    "handed_in_named thread"
)
_OF_SCHOOLS = frozenset(PATTERNS.words("of_schools"))
_SHORT_ALIAS = 5
_SURE, _PERHAPS, _DOUBT = 0.97, 0.85, 0.6

OF_TRUST = "trust"
"""The code of a school's match where the text names its trust, and not the school."""


@dataclass(frozen=True)
class TrustProfile:
    """A trust as texts name it. `others` gives the names of all trusts of the register."""

    trust: School
    schools: tuple[School, ...]
    others: Callable[[], Iterable[str]]

    @cached_property
    def full(self) -> str:
        """Its name in normal form, without “the”."""
        return normalise(self.trust.name).removeprefix("the ")

    @cached_property
    def kernel(self) -> str:
        """The words of its name before those that say what it is; empty where there are none."""
        return kernel_of_a_trust(self.full)

    @cached_property
    def spoken_names(self) -> tuple[str, ...]:
        """Its name and every other way of saying it, in normal form, the longest first."""
        return spoken_trust_names(self.trust)

    @cached_property
    def places(self) -> frozenset[str]:
        said = [
            place
            for s in self.schools
            for place in (s.locality, s.town, s.county, s.local_authority, outward(s.postcode))
        ]
        return frozenset(normalise(part) for place in said for part in place.split(",")) - {""}

    @cached_property
    def has_shared_name(self) -> bool:
        """Has another trust a name that begins with the same words?"""
        return any(
            normalise(n) != normalise(self.trust.name) and kernel_of_a_trust(n) == self.kernel
            for n in self.others()
        )

    def names(self, doc: Doc) -> tuple[str, str]:
        """By which code it is named, and the words as shown; twice nothing where it is not."""
        if doc.has(self.full):
            return "full_name", self.trust.name
        for text in self.spoken_names:
            if doc.has(text) and (len(text) >= _SHORT_ALIAS or not _LIFE.isdisjoint(doc.words)):
                return "alias", text.title() if len(text) >= _SHORT_ALIAS else text.upper()
        return "", ""

    def chief(self, doc: Doc) -> str:
        """The chief executive, where the text names them, and a trust."""
        beside = {"trust", "academies", "mat", *self.kernel.split()} & doc.words
        named = (full for full, _ in people(self.trust.head or "") if " " in full and doc.has(full))
        return next(named, "") if beside else ""

    def blank_names(self, doc: Doc) -> Doc:
        """The text without the trust's names: “Cromer Academies Trust” names no Cromer Academy."""
        both, raw = doc.both, doc.raw
        for text in self.spoken_names:
            if f" {text} " in both:
                both = both.replace(f" {text} ", " § ")
                raw = re.sub(r"\W+".join(map(re.escape, text.split())), "§", raw, flags=re.IGNORECASE)
        return replace(doc, both=both, raw=raw, words=frozenset(both.split()))


def spoken_trust_names(trust: School) -> tuple[str, ...]:
    """Every way of saying a trust's name, in normal form, the longest first: whole, shortened, an alias."""
    kernel = kernel_of_a_trust(trust.name)
    made = [f"{kernel} {said}" for said in _SAID] if kernel else []
    given = [normalise(name).removeprefix("the ") for name in (trust.name, *trust.aliases)]
    return tuple(sorted({*given, *made} - {""}, key=lambda text: (-len(text), text)))


def match_of(mention: Mention, doc: Doc, who: TrustProfile, source: Source, *, answers: bool) -> Match | None:
    """The trust's match of a text that names no school of it, None where nothing points to the trust.

    `answers` says that it replies to what is about the trust. Sure are its full name or a spoken one that no
    other trust has, with a word of schools or a place of its own beside; its chief with the trust; its page.
    """
    code, shown = who.names(doc)
    found: dict[str, str] = {code: shown} if code else {}
    if chief := who.chief(doc):
        found["chief"] = chief.title()
    if source.urns == (who.trust.urn,):  # a place of the trust's own, or a search for it
        if not source.surfaced:
            found["listing"] = source.name or source.id
        elif not code and not doc.article:
            found["surfaced"] = ""
    if (host := host_of(who.trust.website)) and host in doc.raw.lower():
        found["domain"] = host
    if answers and mention.kind is not MentionKind.ARTICLE and not found:
        found["thread"] = ""
    if not found:
        return None
    beside = who.blank_names(doc)
    near = any(map(beside.has, who.places))
    said = code == "full_name" and not _OF_SCHOOLS.isdisjoint(who.full.split())
    clear = not who.has_shared_name and (code == "full_name" or who.kernel not in who.places)
    known = (
        code
        and (near or said or not _LIFE.isdisjoint(beside.words))
        and (clear or (near and code == "full_name"))
    )
    sure = known or not found.keys().isdisjoint(("chief", "listing", "domain"))
    answer = Relevance.ABOUT if sure else Relevance.UNSURE
    score = _SURE if sure else _PERHAPS if code == "full_name" else _DOUBT
    reasons = (Reason(code, sentence(code, detail)) for code, detail in found.items())
    return Match(who.trust.urn, answer, score, tuple(reasons))


def names_a_school(facts: Found) -> bool:
    """Does what is found of a school name it, or point to it and to no other of its trust?"""
    if _NAMES_A_SCHOOL.isdisjoint(facts):
        return False
    return relevance(facts.keys()) is not Relevance.NOT_ABOUT


def through_trust(urn: str, who: TrustProfile) -> Match:
    """The match of a school whose trust alone is named: it may be meant, where that is a danger."""
    return Match(urn, Relevance.UNSURE, _DOUBT, (Reason(OF_TRUST, sentence(OF_TRUST, who.trust.name)),))


def profiles(schools: Sequence[School], register: Sequence[School]) -> tuple[TrustProfile, ...]:
    """The trusts among the configured, each with its schools: those that name it as theirs, or none; all of
    them where none does, so that a danger finds somebody though the register has the name otherwise."""
    every = tuple(school for school in schools if not school.is_trust)
    return tuple(
        TrustProfile(
            trust,
            tuple(s for s in every if normalise(s.trust or trust.name) == normalise(trust.name)) or every,
            lambda: {s.trust for s in register if s.trust},
        )
        for trust in schools
        if trust.is_trust
    )
