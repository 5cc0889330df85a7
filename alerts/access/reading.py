"""Who reads a matter by their office, or because they were told of it or given it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.access.matter import Matter, concern, conflicted, free_of_it, of_school
from alerts.access.offices import ACTS, SAFEGUARDERS, TOGETHER, WORKING, Concern, Tier, hold
from data.cases import BypassRoute
from data.types import Person, Role

Roles = frozenset[Role]


def reads(person: Person, matter: Matter, people: Collection[Person]) -> bool:
    """May this person of `people` read it, whoever has to act in it?"""
    if not of_school(person, matter) or conflicted(person, matter, people):
        return False
    if person.id in matter.told or person.id == matter.assigned_to:
        return True
    return hold(person, reading_offices(matter, people))


def reading_offices(matter: Matter, people: Collection[Person]) -> Roles:
    """The offices whose holders read it, as far as they have no conflict of interest.

    A restricted matter is the safeguarding leads', and an allegation also that of whoever acts for the
    school; where none of these is left, of who acts in turn. One about the head or the chair is read by the
    next in turn only while nobody before them can be told.
    """
    about, policy = concern(matter, people), matter.policy
    leading = _in_turn(ACTS[about], matter, people, TOGETHER.get(about, 1))
    if not matter.restricted:
        working = {*WORKING, policy.first_assessor, policy.decider, *policy.delegates}
        return frozenset(working) if matter.fair or about is Concern.NEITHER else leading
    few = frozenset(SAFEGUARDERS)
    if matter.bypass is BypassRoute.STAFF_ALLEGATION:
        few |= {Role.HEAD} if about is Concern.NEITHER else leading
    return _in_turn((tuple(few), *ACTS[about]), matter, people)


def _in_turn(tiers: Iterable[Tier], matter: Matter, people: Collection[Person], together: int = 1) -> Roles:
    """The first tiers, `together` of them, and the next ones until somebody in them can be told and act."""
    reachable = [p for p in free_of_it(matter, people) if p.email and p.id not in matter.threatened]
    wanted: Roles = frozenset()
    for n, tier in enumerate(tiers, 1):
        wanted |= frozenset(tier)
        if n >= together and any(hold(p, wanted) for p in reachable):
            break
    return wanted
