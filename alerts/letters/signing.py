"""The names in a letter: who signs it, an office or the individual alone, and how its reader is addressed."""

from __future__ import annotations

import re

from alerts.access.knowing import signers
from alerts.ladder.rules import Rules
from data.cases import Case
from data.steps.codes import Complainant
from data.types import Person, Role, School
from data.words.say import Words


def signer(case: Case, rules: Rules) -> tuple[Person, Role] | None:
    """Who signs for the school, and in which office: never its subject, nor whom it is aimed at.

    Where it is about the head, the chair does (Basildon 9.1), save for fair comment.
    """
    return next(iter(signers(rules.matter(case), rules.people)), None)


def complainant(case: Case, rules: Rules) -> Person | None:
    """The member of staff in whose own name removal is asked for; None where it is the school, or unknown."""
    if case.complainant is not Complainant.STAFF:
        return None
    return rules.person(case.complainant_person)


def postal_address(school: School) -> str:
    """Where the school is, in one line; "" where the settings do not say."""
    return ", ".join(part for part in (school.street, school.locality, school.town, school.postcode) if part)


def office(role: Role, nation: str, w: Words) -> str:
    """What the office is called in the school's nation."""
    own = f"letter.role.{nation}.{role.value}"
    return w(own if w.has(own) else f"letter.role.{role.value}")


_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "revd", "canon", "father", "fr")
)
_INITIAL = re.compile(r"[A-Z]\.?|(?:[A-Z]\.){2,3}")


def salutation(name: str) -> str:
    """How somebody is addressed: “Miss Heledd Aberlas” is “Miss Aberlas”.

    Only where title, given name and surname are plain; every other name is used as it was given.
    """
    title, *names = name.split() or [""]
    if title.rstrip(".").casefold() not in _TITLES or len(names) < 2:
        return name
    *given, surname = names
    if len(given) > 1 and not all(_INITIAL.fullmatch(one) for one in given[1:]):
        return name
    plain = surname[:1].isupper() and not any("," in one or one.casefold() in _JOINS for one in names)
    return f"{title} {surname}" if plain else name


_JOINS = frozenset(("and", "a", "ac", "&", "a’r"))
"""A name of two people is left whole."""
