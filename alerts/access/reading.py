"""Who reads a matter by their office, or because they were told of it or given it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.access.matter import Matter, concern, conflicted, free_of_it, of_school
from alerts.access.offices import ACTS, DATA_PROTECTION, SAFEGUARDERS, TOGETHER, WORKING, Concern, Tier, hold
from data.steps.codes import BypassRoute
from data.types import Person, Role

Roles = frozenset[Role]


def readers(of: Iterable[Person], matter: Matter, people: Collection[Person]) -> list[Person]:
    """Those of these who may read it, whoever has to act in it; `people` are all of its school."""
    free = [p for p in of if of_school(p, matter) and not conflicted(p, matter, people)]
    if not free:
        return []
    named, offices = {*matter.told, matter.assigned_to}, reading_offices(matter, people)
    return [p for p in free if p.id in named or hold(p, offices)]


def reading_offices(matter: Matter, people: Collection[Person]) -> Roles:
    """The offices whose holders read it, as far as they have no conflict of interest.

    A restricted matter is the safeguarding leads', and an allegation also that of whoever acts for the
    school; where none of these is left, of who acts in turn. One about the head or the chair is read by the
    next in turn only while nobody before them can be told.
    """
    about, policy = concern(matter, people), matter.policy
    if not matter.restricted and (matter.fair or about is Concern.NEITHER):
        keepers = DATA_PROTECTION if matter.personal_data else ()
        return frozenset((*WORKING, *keepers, policy.first_assessor, policy.decider, *policy.delegates))
    reachable = [p for p in free_of_it(matter, people) if p.email and p.id not in matter.threatened]
    if not matter.restricted:
        return _in_turn(ACTS[about], reachable, TOGETHER.get(about, 1))
    few = frozenset(SAFEGUARDERS)
    if matter.bypass is BypassRoute.STAFF_ALLEGATION and about is Concern.NEITHER:
        few |= {Role.HEAD}
    elif matter.bypass is BypassRoute.STAFF_ALLEGATION:
        few |= _in_turn(ACTS[about], reachable, TOGETHER.get(about, 1))
    return _in_turn((tuple(few), *ACTS[about]), reachable)


def _in_turn(tiers: Iterable[Tier], reachable: Collection[Person], together: int = 1) -> Roles:
    """The first tiers, `together` of them, and the next ones until somebody in them can be told and act."""
    wanted: Roles = frozenset()
    for n, tier in enumerate(tiers, 1):
        wanted |= frozenset(tier)
        if n >= together and any(hold(p, wanted) for p in reachable):
            break
    return wanted
