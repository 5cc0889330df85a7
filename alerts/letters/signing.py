"""Whose name stands under a letter: the office that the school's policy says, or the individual alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.access.acting import signers
from alerts.access.acting import spokesperson as access_spokesperson
from data.cases import Case, Complainant
from data.types import Person, Role
from data.words.say import Words

if TYPE_CHECKING:
    from alerts.ladder.rules import Rules


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


def office(role: Role, nation: str, w: Words) -> str:
    """What the office is called in the school's nation."""
    own = f"letter.role.{nation}.{role.value}"
    return w(own if w.has(own) else f"letter.role.{role.value}")


def spokesperson(case: Case, rules: Rules) -> tuple[Person, Role] | None:
    """Who alone answers the press, and in which office; who signs, where that is its subject or target."""
    return access_spokesperson(rules.matter(case), rules.people)
