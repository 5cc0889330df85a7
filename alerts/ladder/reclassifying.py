"""Who may say that criticism of somebody at the school is no fair comment: never that person, nor alone who
reports to them.

Whoever reports to a person whom a post means may propose it; somebody who neither is meant nor reports to any
of those confirms it. The chair is told of either at once, or who stands in for the chair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alerts.access.independence import confirmers, independent, meant, overseers
from alerts.ladder.rules import Rules, opens_ladder, several
from data.cases import Case, Event, StepKind
from data.types import Person


def meant_by(case: Case, event: Event, rules: Rules) -> frozenset[str]:
    """Ids of those of the school whom the post means: named or spoken of in it (the fact `meant`), accused or
    aimed at, and whoever holds the office that it is about."""
    named = {*several(event.facts, "meant"), *(case.proposal.meant if case.proposal else ())}
    return meant(rules.matter(case), named, rules.people)


def second_persons(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who may confirm what is proposed in this case; nobody where nothing is."""
    if case.proposal is None:
        return ()
    return confirmers(
        rules.matter(case), meant_by(case, Event(StepKind.PROPOSED, case.proposal.by), rules), rules.people
    )


def in_due_form(case: Case, event: Event, rules: Rules) -> Event:
    """The step as it may be taken by who takes it: a proposal, where they report to somebody who is meant.

    What confirms a proposal stays what it is.
    """
    actor = rules.person(event.actor)
    ids = meant_by(case, event, rules)
    if actor is None or event.facts.get("proposed_by") or not opens_ladder(case, event):
        return event
    if actor.id in ids or independent(actor, ids, rules.people):
        return event
    kept = {name: event.facts[name] for name in ("class", "lane", "meant") if event.facts.get(name)}
    return replace(event, kind=StepKind.PROPOSED, facts={"from": case.content_class, **kept})


def said_of_it(case: Case, event: Event, rules: Rules) -> Mapping[str, str]:
    """What the rules add to such a step: who is told of it. None where it means nobody."""
    ids = meant_by(case, event, rules)
    told = " ".join(p.id for p in overseers(ids, rules.people)) if ids else ""
    return {"overseers": told} if told else {}
