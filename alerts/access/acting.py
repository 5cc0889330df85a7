"""Who reads a matter, by their office or as they were told of it or given it, and who may act in it by the
school's own policy: never its subject, nor its target where another can. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.access.matter import Matter, concern, conflicted, free_of_it, of_school, people_here
from alerts.access.offices import (
    ACTS,
    DATA_PROTECTION,
    SAFEGUARDERS,
    TOGETHER,
    WORKING,
    Concern,
    Tier,
    first_held,
    hold,
    holders,
)
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


People = tuple[Person, ...]


def deciders(matter: Matter, people: Iterable[Person]) -> People:
    """Who decides: the first in turn who is neither its subject nor its target; the target where alone."""
    able = _able(matter, people)
    tiers = _turn(matter, people_here(matter, people), matter.policy.decider)
    others = [p for p in able if p.id not in matter.threatened]
    found = first_held(others, tiers) or [p for tier in tiers for p in holders(able, *tier)]
    return tuple(dict.fromkeys(found))


def heads(matter: Matter, people: Iterable[Person]) -> People:
    """Who acts as the head: the head, or who stands in where it is about the head or aimed at them."""
    return tuple(first_held(_others(matter, people), _turn(matter, people_here(matter, people))))


def delegates(matter: Matter, people: Iterable[Person]) -> People:
    """Who may decide on a platform report instead; nobody where it is about the head or the chair."""
    here = people_here(matter, people)
    if concern(matter, here) is not Concern.NEITHER:
        return ()
    return tuple(holders(_others(matter, here), *matter.policy.delegates))


def first_assessors(matter: Matter, people: Iterable[Person]) -> People:
    """Who looks first, by the school's policy; who decides, where it is about the head or nobody holds it."""
    here = people_here(matter, people)
    if concern(matter, here) is not Concern.NEITHER:
        return deciders(matter, here)
    return tuple(holders(_others(matter, here), matter.policy.first_assessor)) or deciders(matter, here)


def acting(matter: Matter, people: Iterable[Person]) -> People:
    """Who must act in it: who decides, and the head or who stands in. Both may read all of it."""
    here = people_here(matter, people)
    return tuple(dict.fromkeys((*deciders(matter, here), *heads(matter, here))))


def signers(matter: Matter, people: Iterable[Person]) -> tuple[tuple[Person, Role], ...]:
    """Who may sign for the school, each with the office, the first in turn first; never its subject or its
    target."""
    here = people_here(matter, people)
    others = _others(matter, here)
    about = Concern.NEITHER if matter.fair else concern(matter, here)
    own = [(matter.policy.signs,)] if about is Concern.NEITHER else []
    tiers = (*own, *ACTS[about], *_last(matter))
    return tuple((p, role) for tier in tiers for role in tier for p in holders(others, role))


def spokesperson(matter: Matter, people: Iterable[Person]) -> tuple[Person, Role] | None:
    """Who alone answers the press, and in which office; who signs, where that is its subject or target."""
    others = _others(matter, people)
    own = holders(others, matter.policy.press)
    return (own[0], matter.policy.press) if own else next(iter(signers(matter, people)), None)


def _turn(matter: Matter, here: Collection[Person], first: Role | None = None) -> list[Tier]:
    """The tiers that act in turn; `first` by the school's policy, where it is about neither head nor
    chair."""
    about = concern(matter, here)
    own = [(first,)] if first is not None and about is Concern.NEITHER else []
    return [*own, *ACTS[about], *_last(matter)]


def _last(matter: Matter) -> list[Tier]:
    """A restricted matter is the safeguarding leads' to act in, where none of the others may see it."""
    return [(role,) for role in SAFEGUARDERS] if matter.restricted else []


def _able(matter: Matter, people: Iterable[Person]) -> list[Person]:
    """Those without a conflict; of a restricted matter its few alone: nobody is asked who may not read it."""
    here = people_here(matter, people)
    found = free_of_it(matter, here)
    if not matter.restricted:
        return found
    reading = readers(found, matter, here)
    return [p for p in found if p.id in matter.threatened or p in reading]


def _others(matter: Matter, people: Iterable[Person]) -> list[Person]:
    """Those of them at whom it is not aimed."""
    return [p for p in _able(matter, people) if p.id not in matter.threatened]
