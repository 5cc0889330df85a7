"""Which people a verdict may mean: those it may accuse, and those it may threaten. Pure.

Better one too many: the next in line is told instead. A threat accuses nobody by itself, so the person
threatened is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.access.offices import ADULTS_OF_THE_SCHOOL, OFFICE_ABOUT
from data.types import ALLEGING_LABELS, Person, Route, Verdict


def alleged_of(verdict: Verdict, people: Iterable[Person]) -> frozenset[str]:
    """Ids of those of whom a verdict may allege something; of one that only threatens, nobody."""
    found = frozenset(verdict.subjects)
    if verdict.route is Route.POLICE_NOW:
        return found
    if verdict.subject_person:
        return found | {verdict.subject_person}
    role = None if found else OFFICE_ABOUT.get(verdict.about)
    return found | {p.id for p in people if role in p.roles}


def alleged_in(verdicts: Iterable[Verdict], people: Sequence[Person]) -> frozenset[str]:
    """Ids of those of whom any of these may allege something."""
    return frozenset[str]().union(*(alleged_of(v, people) for v in verdicts))


def surely_alleged_of(verdict: Verdict, people: Sequence[Person]) -> frozenset[str]:
    """Ids of those who are told nothing even where nobody else is left.

    Of an adult's harm to a child, or any allegation beside a threat, that is everyone it may mean; of an
    insult, the person it is likeliest about. What is said of a child, or a bare threat, accuses nobody:
    naming somebody there may only say who was told.
    """
    if verdict.route is Route.POLICE_NOW and not ALLEGING_LABELS & set(verdict.abuse):
        return frozenset()
    if not verdict.route.urgent and verdict.subject_person:
        return frozenset((verdict.subject_person,))
    return alleged_of(verdict, people) if verdict.about in ADULTS_OF_THE_SCHOOL else frozenset()


def threatened(verdicts: Iterable[Verdict], people: Sequence[Person]) -> frozenset[str]:
    """Ids of those a threat in these is aimed at: the person, or the only holder of the office it names."""
    found = set()
    for verdict in (v for v in verdicts if v.route is Route.POLICE_NOW):
        role = OFFICE_ABOUT.get(verdict.about)
        held = [p.id for p in people if role in p.roles]
        found |= {verdict.subject_person} if verdict.subject_person else {*held} if len(held) == 1 else set()
    return frozenset(found)
