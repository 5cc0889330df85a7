"""Who decides on a case: asked of `alerts.access`."""

from __future__ import annotations

from alerts.access import acting
from alerts.access.matter import Matter, matter_of_case
from alerts.ladder.rules import Rules
from data.cases import Case
from data.types import Person


def _matter(case: Case, rules: Rules) -> Matter:
    return matter_of_case(case, rules.school, rules.profile)


def deciders(case: Case, rules: Rules) -> tuple[Person, ...]:
    return acting.deciders(_matter(case, rules), rules.people)


def delegates(case: Case, rules: Rules) -> tuple[Person, ...]:
    return acting.delegates(_matter(case, rules), rules.people)


def heads(case: Case, rules: Rules) -> tuple[Person, ...]:
    return acting.heads(_matter(case, rules), rules.people)


def leads(case: Case, rules: Rules) -> tuple[Person, ...]:
    from alerts.ladder.sight import kept_out

    named = case.audience if case.lane is not None else ()
    told = (p for p in rules.people if p.id in named and p.id != case.target and not kept_out(case, p))
    return tuple(dict.fromkeys((*deciders(case, rules), *heads(case, rules), *told)))


def first_assessors(case: Case, rules: Rules) -> tuple[Person, ...]:
    return acting.first_assessors(_matter(case, rules), rules.people)
