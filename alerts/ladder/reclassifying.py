"""Who may say that criticism of somebody at the school is no fair comment: never that person, nor alone who
reports to them.

Whoever reports to a person whom a post means may propose it; somebody who neither is meant nor reports to any
of those confirms it. The chair is told of either at once, or who stands in for the chair.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alerts.access.acts import confirmers, independent, meant, overseers
from alerts.ladder.rules import Rules, opens_ladder
from data.cases import Case, Event
from data.steps.judging import Classified, Proposed, Reclassified
from data.types import Person


def meant_by(case: Case, event: Event, rules: Rules) -> frozenset[str]:
    """Ids of those of the school whom the post means: named or spoken of in it (as the step says), accused or
    aimed at, and whoever holds the office that it is about."""
    said = event.said
    named = said.meant if isinstance(said, Classified | Reclassified | Proposed) else ()
    return _meant(case, named, rules)


def _meant(case: Case, named: Iterable[str], rules: Rules) -> frozenset[str]:
    proposed = case.proposal.meant if case.proposal else ()
    return meant(rules.matter(case), {*named, *proposed}, rules.people)


def second_persons(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Who may confirm what is proposed in this case; nobody where nothing is."""
    if case.proposal is None:
        return ()
    return confirmers(rules.matter(case), _meant(case, (), rules), rules.people)


def in_due_form(case: Case, event: Event, rules: Rules) -> Event:
    """The step as it may be taken by who takes it: a proposal, where they report to somebody who is meant.

    What confirms a proposal stays what it is.
    """
    actor, said = rules.person(event.actor), event.said
    if actor is None or not isinstance(said, Classified | Reclassified) or not opens_ladder(case, event):
        return event
    ids = meant_by(case, event, rules)
    if said.proposed_by or actor.id in ids or independent(actor, ids, rules.people):
        return event
    proposed = Proposed(
        from_class=case.content_class, content_class=said.content_class, lane=said.lane, meant=said.meant
    )
    return replace(event, said=proposed)


def told_of_it(case: Case, event: Event, rules: Rules) -> tuple[str, ...] | None:
    """What the rules add to such a step: who is told of it (ids). None where it means nobody."""
    ids = meant_by(case, event, rules)
    return tuple(p.id for p in overseers(ids, rules.people)) or None if ids else None
