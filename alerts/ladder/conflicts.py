"""Who may say that criticism of somebody at the school is no fair comment: never that person, nor alone who
reports to them.

Whoever reports to a person whom a post means may propose it; somebody who neither is meant nor reports to any
of those confirms it. The chair is told of either at once, or who stands in for the chair.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from alerts.ladder.rules import Rules, several
from alerts.ladder.sight import MEANT, kept_out, may_read
from data.cases import Case, Event, StepKind
from data.content_class import BYPASSING, ContentClass
from data.types import Person, Role

_TO_THE_HEAD = frozenset((Role.HEAD,))
REPORTS_TO: Mapping[Role, frozenset[Role]] = {
    Role.HEAD: frozenset((Role.CHAIR,)),
    Role.DEPUTY_HEAD: _TO_THE_HEAD,
    Role.SLT: _TO_THE_HEAD,
    Role.DSL: _TO_THE_HEAD,
    Role.DEPUTY_DSL: frozenset((Role.DSL, Role.HEAD)),
    Role.IT_LEAD: _TO_THE_HEAD,
    Role.DPO: _TO_THE_HEAD,
    Role.STAFF: _TO_THE_HEAD,
    Role.PRESS: _TO_THE_HEAD,
}
"""To whom each role reports, directly; through the head all of the staff report to the chair. Governors, the
chair, the vice-chair, the local authority and the trust report to nobody of the school."""
_OVERSIGHT = (
    frozenset((Role.CHAIR,)),
    frozenset((Role.VICE_CHAIR,)),
    frozenset((Role.LA_CONTACT, Role.TRUST_CONTACT)),
)
"""Who is told, in turn: the next where nobody before them is independent and can be told."""


def opens_ladder(case: Case, event: Event) -> bool:
    """Would this step open the ladder against what was judged fair comment, or not judged?"""
    said = event.facts.get("class", "")
    if event.kind in (StepKind.RECLASSIFIED, StepKind.PROPOSED):
        return True
    first = event.kind is StepKind.CLASSIFIED and case.unjudged
    return first and said not in BYPASSING | {ContentClass.FAIR_COMMENT}


def meant_by(case: Case, event: Event, rules: Rules) -> frozenset[str]:
    """Ids of those of the school whom the post means: named or spoken of in it (the fact `meant`), accused or
    aimed at, and whoever holds the office that it is about."""
    told = {*several(event.facts, "meant"), *case.subjects, case.target}
    told |= set(case.proposal.meant) if case.proposal else set()
    office = MEANT.get(case.about)
    return frozenset(p.id for p in rules.people if p.id in told or office in p.roles)


def reports_to_one(person: Person, ids: Collection[str], rules: Rules) -> bool:
    """Does this person report to one of these, directly or through others?"""
    over = {role for p in rules.people if p.id in ids for role in p.roles}
    return bool(_above(person.roles) & over)


def _above(roles: Collection[Role]) -> frozenset[Role]:
    direct = frozenset[Role]().union(*(REPORTS_TO.get(role, frozenset()) for role in roles))
    return direct | _above(direct) if direct else direct


def independent(person: Person, ids: Collection[str], rules: Rules) -> bool:
    """Is this person neither one of these nor reporting to one?"""
    return person.id not in ids and not reports_to_one(person, ids, rules)


def overseers(ids: Collection[str], rules: Rules) -> tuple[Person, ...]:
    """Who is told that comment on these is to be called something else: the chair, or who stands in."""
    found: tuple[Person, ...] = ()
    for tier in _OVERSIGHT:
        found += tuple(p for p in rules.people if tier & set(p.roles) and independent(p, ids, rules))
        if any(p.email for p in found):
            break
    return found


def confirmers(case: Case, ids: Collection[str], rules: Rules) -> tuple[Person, ...]:
    """Who may say so, alone or as the second person: whoever reads the case, or is told of it, and is
    independent of all whom the post means."""
    told = {p.id for p in overseers(ids, rules)}
    free = (p for p in rules.people if independent(p, ids, rules) and not kept_out(case, p))
    return tuple(p for p in free if p.id in told or may_read(case, p, rules.people))


def second_persons(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who may confirm what is proposed in this case; nobody where nothing is."""
    if case.proposal is None:
        return ()
    return confirmers(case, meant_by(case, Event(StepKind.PROPOSED, case.proposal.by), rules), rules)


def in_due_form(case: Case, event: Event, rules: Rules) -> Event:
    """The step as it may be taken by who takes it: a proposal, where they report to somebody who is meant.

    What confirms a proposal stays what it is.
    """
    actor = rules.person(event.actor)
    ids = meant_by(case, event, rules)
    if actor is None or event.facts.get("proposed_by") or not opens_ladder(case, event):
        return event
    if actor.id in ids or independent(actor, ids, rules):
        return event
    kept = {name: event.facts[name] for name in ("class", "lane", "meant") if event.facts.get(name)}
    return replace(event, kind=StepKind.PROPOSED, facts={"from": case.content_class, **kept})


def said_of_it(case: Case, event: Event, rules: Rules) -> Mapping[str, str]:
    """What the rules add to such a step: who is told of it. None where it means nobody."""
    ids = meant_by(case, event, rules)
    told = " ".join(p.id for p in overseers(ids, rules)) if ids else ""
    return {"overseers": told} if told else {}
