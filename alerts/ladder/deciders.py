"""Who decides on a case, by the school's own policy: never its subject, nor its target where another can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alerts.ladder.rules import Rules
from alerts.ladder.sight import kept_out, may_read
from data.cases import Case
from data.types import About, Person, Role

_OUTSIDE = (Role.LA_CONTACT, Role.TRUST_CONTACT)
_ABOVE = {
    About.HEAD: ((Role.CHAIR,), (Role.VICE_CHAIR,), _OUTSIDE),
    About.CHAIR: ((Role.VICE_CHAIR,), _OUTSIDE, (Role.HEAD,)),
}
"""Who decides in turn where it is about those who otherwise would (Basildon 9.1)."""
_NEXT = ((Role.HEAD,), (Role.DEPUTY_HEAD,), (Role.CHAIR,), (Role.VICE_CHAIR,), _OUTSIDE)


def deciders(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who may decide: the first in turn who is neither its subject nor its target; the target where alone."""
    tiers = list(_tiers(case, rules))
    for tier in tiers:
        if others := [p for p in tier if p.id != case.target]:
            return tuple(others)
    return tuple(p for tier in tiers for p in tier)


def delegates(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who may decide on a platform report instead; nobody where it is about the head or the chair."""
    if case.about in _ABOVE:
        return ()
    return tuple(p for p in _holders(rules.profile.delegates, case, rules) if p.id != case.target)


def heads(case: Case, rules: Rules) -> tuple[Person, ...]:
    """The head; who stands in where it is about the head, or the head is its target."""
    turn = (*_ABOVE.get(case.about, _NEXT), *_last(case))
    found = ([p for p in _holders(tier, case, rules) if p.id != case.target] for tier in turn)
    return tuple(next((tier for tier in found if tier), []))


def leads(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who must act on it and so may be told all of it: who decides, the head or who stands in, and of what is
    off the ladder those whom its alert named, who read that too."""
    named = case.audience if case.lane is not None else ()
    told = (p for p in rules.people if p.id in named and p.id != case.target and not kept_out(case, p))
    return tuple(dict.fromkeys((*deciders(case, rules), *heads(case, rules), *told)))


def first_assessors(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who looks first, by the school's policy; who decides, where it is about the head or nobody holds it."""
    if case.about in _ABOVE:
        return deciders(case, rules)
    found = [p for p in _holders((rules.profile.first_assessor,), case, rules) if p.id != case.target]
    return tuple(found) or deciders(case, rules)


def _tiers(case: Case, rules: Rules) -> Iterator[list[Person]]:
    turn = _ABOVE.get(case.about) or ((rules.profile.decider,), *_NEXT)
    return (list(_holders(tier, case, rules)) for tier in (*turn, *_last(case)))


def _last(case: Case) -> tuple[tuple[Role, ...], ...]:
    """A restricted case is decided on by the safeguarding leads, where none of the others may see it."""
    return ((Role.DSL,), (Role.DEPUTY_DSL,)) if case.restricted else ()


def _holders(roles: Iterable[Role], case: Case, rules: Rules) -> Iterator[Person]:
    """Those of a restricted case are its few: nobody is asked who may not read it."""
    wanted = set(roles)
    found = (p for p in rules.people if wanted & set(p.roles) and not kept_out(case, p))
    return (p for p in found if not case.restricted or p.id == case.target or may_read(case, p))
