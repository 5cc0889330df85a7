"""Is a text about an academy trust itself: is the trust named, and no school of it in particular? Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from classifiers.linking.document import PATTERNS, SCHOOL_WORDS, Doc, Found
from classifiers.linking.match_reasons import relevance, sentence
from classifiers.linking.school_profile import people
from data.register.school_names import kernel_of_a_trust, normalise, outward, words_of
from data.types import Match, Mention, MentionKind, Reason, Relevance, School, Source
from data.web.channels import host_of

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
        """Return the places of its schools."""
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
        if f" {self.full} " in doc.both:
            return "full_name", self.trust.name
        for text in self.spoken_names:
            if f" {text} " in doc.both and (len(text) >= _SHORT_ALIAS or not _LIFE.isdisjoint(doc.words)):
                return "alias", text.title() if len(text) >= _SHORT_ALIAS else text.upper()
        return "", ""

    def chief(self, doc: Doc) -> str:
        """The chief executive, where the text names them, and a trust."""
        beside = {"trust", "academies", "mat", *self.kernel.split()} & doc.words
        named = (full for full, _ in people(self.trust.head or "") if " " in full and f" {full} " in doc.both)
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
    near = any(f" {place} " in beside.both for place in who.places)
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
