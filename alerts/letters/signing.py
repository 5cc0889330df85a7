"""Whose name stands under a letter: the office that the school's policy says, or the individual alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from alerts.ladder.sight import kept_out
from data.cases import Case, Complainant
from data.types import About, Person, Role
from data.words.say import Words

if TYPE_CHECKING:
    from alerts.ladder.rules import Rules

_NEXT = (Role.HEAD, Role.DEPUTY_HEAD, Role.CHAIR, Role.VICE_CHAIR, Role.LA_CONTACT, Role.TRUST_CONTACT)
_ABOVE = (Role.CHAIR, Role.VICE_CHAIR, Role.LA_CONTACT, Role.TRUST_CONTACT)


def signer(case: Case, rules: Rules) -> tuple[Person, Role] | None:
    """Who signs for the school, and in which office: never its subject, nor whom it is aimed at.

    Where it is about the head, the chair does (Basildon 9.1), save for fair comment.
    """
    return next(_signers(case, rules), None)


def complainant(case: Case, rules: Rules) -> Person | None:
    """The member of staff in whose own name removal is asked for; None where it is the school, or unknown."""
    if case.complainant is not Complainant.STAFF:
        return None
    return rules.person(case.complainant_person)


def office(role: Role, nation: str, w: Words) -> str:
    """What the office is called in the school's nation."""
    own = f"letter.role.{nation}.{role.value}"
    return w(own if w.has(own) else f"letter.role.{role.value}")


def spokesperson(case: Case, rules: Rules) -> tuple[Person, Role] | None:
    """Who alone answers the press, and in which office; who signs, where that is its subject or target."""
    office = rules.profile.press
    free = (p for p in rules.people if p.id != case.target and not kept_out(case, p))
    own = next((p for p in free if office in p.roles), None)
    return (own, office) if own else signer(case, rules)


def _signers(case: Case, rules: Rules) -> Iterator[tuple[Person, Role]]:
    above = case.about is About.HEAD and not case.fair
    for role in _ABOVE if above else (rules.profile.signs, *_NEXT):
        for person in rules.people:
            if role in person.roles and person.id != case.target and not kept_out(case, person):
                yield person, role
