"""Decide how much of a matter somebody may know, the one answer that every list, page, mail and command asks
for; who may act in it, and which office is missing where nobody may; and who reports to whom, so who may say
of criticism that it is not fair comment. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial

from alerts.access.matter import Matter, concern, free_of_it, has_conflict, is_of_school, keys_of, people_here
from alerts.access.offices import (
    ACTS,
    DATA_KEEPERS,
    DATA_PROTECTION,
    FACTS,
    OFFICE_ABOUT,
    OFFICERS,
    OUTSIDE,
    SAFEGUARDERS,
    TOGETHER,
    WORKING,
    Concern,
    Fact,
    Tier,
    above,
    first_held,
    hold,
    holders,
    keeps_room,
    roles_of,
    substitutes_for_lead,
)
from data.cases import Profile
from data.frozen import freeze
from data.ids import each_once
from data.matters import Access as Access
from data.people import PeopleBySchool
from data.steps.codes import BypassRoute
from data.types import About, People, Person, Role, School

Roles = frozenset[Role]


def readers(of: Iterable[Person], matter: Matter, people: Collection[Person]) -> list[Person]:
    """Those of these who may read it, whoever has to act in it; `people` are all of its school."""
    free = [p for p in of if is_of_school(p, matter) and not has_conflict(p, matter, people)]
    if not free:
        return []
    named, roles = {*matter.told, matter.assigned_to}, reading_offices(matter, people)
    # a head whom it wrongs, and who is accused of nothing, reads what is said of them and decides nothing
    own = () if matter.restricted else FACTS[Fact.WRONGED].own
    named.update(p.id for p in free if p.id in matter.threatened and hold(p, own))
    return [p for p in free if p.id in named or hold(p, roles)]


def reading_offices(matter: Matter, people: Collection[Person]) -> Roles:
    """The offices whose holders read it, as far as they have no conflict of interest. A restricted matter is
    the safeguarding leads', and an allegation also that of whoever acts for the school; where none of these
    is left, of who acts in turn. One about the head or the chair is read by the next in turn only while
    nobody before them can be told."""
    about, policy = concern(matter, people), matter.policy
    if not matter.restricted and (matter.fair or about is Concern.NEITHER):
        rows = [FACTS[fact] for fact in matter.facts]
        spoken = [policy.press] * any(row.spoken for row in rows)
        first = (*WORKING, policy.first_assessor, policy.decider, *policy.delegates)
        return frozenset(first).union(spoken, *(row.reads for row in rows))
    reachable = [p for p in free_of_it(matter, people) if p.email and p.id not in matter.threatened]
    if not matter.restricted:
        return _in_turn(ACTS[about], reachable, TOGETHER.get(about, 1))
    alleged, led = matter.bypass is BypassRoute.STAFF_ALLEGATION, about is not Concern.NEITHER
    few = frozenset(FACTS[Fact.ALLEGED if alleged and not led else Fact.CHILD].reads)
    if alleged and led:
        few |= _in_turn(ACTS[about], reachable, TOGETHER.get(about, 1))
    few |= frozenset(role for tier in _tier_for_lead(matter, people, reachable) for role in tier)
    return _in_turn((tuple(few), *ACTS[about]), reachable)


def reads_what_is_open(person: Person, policy: Profile) -> bool:
    """Does this person read, by their office, all of a school that was never raised?"""
    return hold(person, reading_offices(Matter(frozenset(), fair=True, policy=policy), ()))


sees_how_far_all_is = partial(hold, roles=DATA_PROTECTION)
"""Do they see, by their office, how far everything of a school is that may mean nobody in it?"""


def _tier_for_lead(matter: Matter, here: Collection[Person], able: Collection[Person]) -> tuple[Tier, ...]:
    """Return, as the tier before all others, who decides on an allegation that may mean the lead."""
    leads = holders(here, Role.DSL) if matter.bypass is BypassRoute.STAFF_ALLEGATION else ()
    if not any(has_conflict(p, matter, here) for p in leads):
        return ()
    about = concern(matter, here)
    tier = substitutes_for_lead(able, leads_school=about in (Concern.HEAD, Concern.BOTH))
    led = () if about is Concern.NEITHER else ACTS[about]
    chair = next((t for t in led if holders(able, *t)), ())
    return (tuple(r for role in tier for r in (chair if role is Role.CHAIR and chair else (role,))),)


def _in_turn(tiers: Iterable[Tier], reachable: Collection[Person], together: int = 1) -> Roles:
    """The first tiers, `together` of them, and the next ones until somebody in them can be told and act."""
    wanted: Roles = frozenset()
    for n, tier in enumerate(tiers, 1):
        wanted |= frozenset(tier)
        if n >= together and any(hold(p, wanted) for p in reachable):
            break
    return wanted


def deciders(matter: Matter, people: Iterable[Person]) -> People:
    """List who decides: the first in turn who is neither subject nor target; the target where alone."""
    able, here = _able(matter, people), people_here(matter, people)
    tiers = [*_tier_for_lead(matter, here, able), *_turn(matter, here, matter.policy.decider)]
    others = [p for p in able if p.id not in matter.threatened]
    found = first_held(others, tiers) or [p for tier in tiers for p in holders(able, *tier)]
    return each_once(found)


def heads(matter: Matter, people: Iterable[Person]) -> People:
    """List who acts as the head: the head, or who stands in where it is about the head or aimed at them."""
    return tuple(first_held(_others(matter, people), _turn(matter, people_here(matter, people))))


def delegates(matter: Matter, people: Iterable[Person]) -> People:
    """List who may decide on a platform report instead; nobody where it is about the head or the chair."""
    led = concern(matter, people, aimed=True) is not Concern.NEITHER
    return () if led else tuple(holders(_others(matter, people), *matter.policy.delegates))


def first_assessors(matter: Matter, people: Iterable[Person]) -> People:
    """List who looks first, by policy; who decides, where it is about the head or nobody holds it."""
    here = people_here(matter, people)
    led = concern(matter, here, aimed=True) is not Concern.NEITHER
    own = () if led else holders(_others(matter, here), matter.policy.first_assessor)
    return tuple(own) or deciders(matter, here)


def people_to_act(matter: Matter, people: Iterable[Person]) -> People:
    """List who must act in it: who decides, and the head or who stands in. Both may read all of it."""
    here = people_here(matter, people)
    return each_once(deciders(matter, here), heads(matter, here))


def signers(matter: Matter, people: Iterable[Person]) -> tuple[tuple[Person, Role], ...]:
    """Find who may sign for the school, each with the office, in turn; never its subject or its target."""
    here, others = people_here(matter, people), _others(matter, people)
    about = Concern.NEITHER if matter.fair else concern(matter, here)
    own = [(matter.policy.signs,)] if about is Concern.NEITHER else []
    tiers = (*own, *ACTS[about], *_last(matter))
    return tuple((p, role) for tier in tiers for role in tier for p in holders(others, role))


def spokesperson(matter: Matter, people: Iterable[Person]) -> tuple[Person, Role] | None:
    """Find who alone answers the press, and in which office; who signs, where it means that person."""
    others = _others(matter, people)
    own = holders(others, matter.policy.press)
    return (own[0], matter.policy.press) if own else next(iter(signers(matter, people)), None)


def _turn(matter: Matter, here: Collection[Person], first: Role | None = None) -> list[Tier]:
    """The tiers that act in turn; `first` by the school's policy, where it is about neither head nor chair
    nor aimed at the head. Where it is only aimed at the head, whoever stands in for them comes last."""
    about = concern(matter, here, aimed=True)
    own = [(first,)] if first is not None and about is Concern.NEITHER else []
    last = ACTS[Concern.NEITHER] if concern(matter, here) is Concern.NEITHER is not about else ()
    return [*own, *ACTS[about], *last, *_last(matter)]


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


def access(person: Person, matter: Matter, people: Iterable[Person]) -> Access:
    """Say how much of it this person may know. `people` are all that the settings name, or its school's."""
    here = people_here(matter, people)
    if _with_words((person,), matter, here):
        return Access.WORDS
    if not is_of_school(person, matter) or has_conflict(person, matter, here):
        return Access.NOTHING
    if person.id in matter.threatened:
        return Access.STATUS if matter.bypass is None else Access.EXISTS
    if matter.restricted:
        open_to_all = replace(matter, restricted=False, bypass=None)
        known = _with_words((person,), open_to_all, here) or _holds(person, open_to_all, here)
        by_office = Access.EXISTS if known else Access.NOTHING
    else:
        by_office = Access.STATUS if _holds(person, matter, here) else Access.NOTHING
    return max(by_office, Access.EXISTS) if person.id in matter.numbered else by_office


def with_words(matter: Matter, people: Iterable[Person]) -> People:
    """Those of its school whom `access` answers WORDS, in their order."""
    here = people_here(matter, people)
    return _with_words(here, matter, here)


def access_of_all(person: Person, matters: Iterable[Matter], people: Iterable[Person]) -> list[Access]:
    """`access` to each of these, in their order: what many have in common is worked out once."""
    asked, by_school = list(matters), PeopleBySchool(people)
    known = {m: access(person, m, by_school.at(m.school)) for m in dict.fromkeys(asked)}
    return [known[matter] for matter in asked]


def access_unnamed(matter: Matter, people: Iterable[Person]) -> Access:
    """Say what may be shown to somebody who has not said who they are: the status at most, and nothing of
    what may accuse the holder of an office, who it may be."""
    here = people_here(matter, people)
    if any(has_conflict(p, matter, here) and hold(p, OFFICERS) for p in here):
        return Access.NOTHING
    return Access.EXISTS if matter.restricted else Access.STATUS


def reads_whole(person: Person, matter: Matter, people: Iterable[Person], *, recorded: bool = True) -> bool:
    """May this person read a locked matter with names and dates? The safeguarding leads; where the reading is
    `recorded` with a reason, also who has to act in it, and of what bypasses the ladder who was told."""
    here, informed = people_here(matter, people), matter.bypass is not None and person.id in matter.told
    if recorded and not informed:
        return may_know_conflicts(person, matter, here)
    return access(person, matter, here) is Access.WORDS and (recorded or keeps_room(person))


def keeps_in_room(person: Person, matter: Matter, people: Iterable[Person]) -> bool:
    """Is it this person's to keep in the safeguarding room, and to hand over? The safeguarding leads'; where
    each lead has a conflict of interest, also theirs who decide instead."""
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS:
        return False
    out = all(has_conflict(p, matter, here) for p in holders(here, Role.DSL))
    return keeps_room(person) or (out and person in deciders(matter, here))


def may_know_conflicts(person: Person, matter: Matter, people: Iterable[Person]) -> bool:
    """May this person know who is kept out of it: the safeguarding leads, and whoever has to act in it."""
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS:
        return False
    return keeps_room(person) or person in people_to_act(matter, here)


def _with_words(of: People, matter: Matter, here: Collection[Person]) -> People:
    """Those of these who read it or have to act in it."""
    free = [p for p in of if is_of_school(p, matter) and not has_conflict(p, matter, here)]
    reading = readers(free, matter, here)
    if len(reading) == len(free):
        return tuple(free)
    must = people_to_act(matter, here)
    return tuple(p for p in free if p in reading or p in must)


def _holds(person: Person, matter: Matter, here: Collection[Person]) -> bool:
    """The data protection officer sees how far it is, to hold it, where it is not about head or chair."""
    open_to_them = matter.fair or concern(matter, here) is Concern.NEITHER
    return open_to_them and hold(person, DATA_PROTECTION)


def list_meant(matter: Matter, named: Collection[str], people: Iterable[Person]) -> frozenset[str]:
    """List the ids of whom it means: `named`, accused or aimed at, or holding the office it is about."""
    ids = {*named, *matter.subjects, *matter.threatened}
    office = OFFICE_ABOUT.get(matter.about)
    return frozenset(p.id for p in people_here(matter, people) if p.id in ids or office in p.roles)


def reports_to_one(person: Person, ids: Collection[str], people: Iterable[Person]) -> bool:
    """Does this person report to one of these (ids), directly or through others?"""
    return not above(person.roles).isdisjoint(roles_of(people, ids))


def independent(person: Person, ids: Collection[str], people: Iterable[Person]) -> bool:
    return person.id not in ids and not reports_to_one(person, ids, people)


def overseers(ids: Collection[str], people: Sequence[Person]) -> People:
    """List who is told that comment on these is to be called something else: the chair, or who stands in."""
    found: People = ()
    for tier in ACTS[Concern.HEAD]:
        found += tuple(p for p in holders(people, *tier) if independent(p, ids, people))
        if any(p.email for p in found):
            break
    return found


def confirmers(matter: Matter, ids: Collection[str], people: Iterable[Person]) -> People:
    """List who may confirm it: whoever reads it or is told of it, and is independent of all it means."""
    here = people_here(matter, people)
    informed = {p.id for p in (*overseers(ids, here), *with_words(matter, here))}
    free = (p for p in here if independent(p, ids, here) and not has_conflict(p, matter, here))
    return tuple(p for p in free if p.id in informed)


def people_to_agree(first: str, matter: Matter, people: Iterable[Person]) -> People:
    """List who may agree to what `first` (an id) asks that takes two people: whoever may say who is meant,
    and may not be accused, threatened, aimed at or related; else the chair, who stands in, the contact
    outside, the head.
    """
    here = people_here(matter, people)
    out = {first, *matter.people_concerned}
    free = [p for p in free_of_it(matter, here) if p.id not in out and p.email]
    able = [p for p in _saying_who(matter, here) if p in free]
    tiers = (*ACTS[Concern.HEAD], (Role.HEAD,), (Role.DEPUTY_HEAD,))
    return tuple(able or next((found for tier in tiers if (found := holders(free, *tier))), ()))


class Act(StrEnum):
    """Acts that somebody may do in a matter; `_WHO` says what each is."""

    WORK = "work"
    ASSESS = "assess"
    DECIDE = "decide"
    DECIDE_ON_REPORT = "decide_on_report"
    APPROVE = "approve"
    HOLD = "hold"
    END_BYPASS = "end_bypass"
    SAY_WHO = "say_who"
    CONSENT = "consent"
    BE_GIVEN = "be_given"
    SIGN = "sign"
    PROTECT_DATA = "protect_data"


def who_may(act: Act, matter: Matter, people: Iterable[Person]) -> People:
    """Everybody who may do that in this matter, whoever comes first, first."""
    return _WHO[act](matter, people_here(matter, people))


def _working(matter: Matter, here: People) -> People:
    """List who reads it, the first to be asked first; not whom it is aimed at, where another can."""
    able = with_words(matter, here)
    others = [p for p in able if p.id not in matter.threatened]
    ordered = (*(p for p in people_to_act(matter, here) if p in able), *others)
    alone = not [p for p in deciders(matter, here) if p.id not in matter.threatened]
    return each_once(p for p in ordered if alone or p.id not in matter.threatened)


def _holding(matter: Matter, here: People) -> People:
    keepers = (p for p in free_of_it(matter, here) if hold(p, DATA_KEEPERS))
    kept = [p for p in keepers if access(p, matter, here) >= Access.STATUS]
    return each_once(heads(matter, here), kept)


def _saying_who(matter: Matter, here: People) -> People:
    leads = (p for p in with_words(matter, here) if hold(p, SAFEGUARDERS))
    return each_once(leads, deciders(matter, here))


def _consenting(matter: Matter, here: People) -> People:
    own = tuple(p for p in free_of_it(matter, here) if p.id in matter.threatened)
    return each_once(own, _working(matter, here))


def _protecting_data(matter: Matter, here: People) -> People:
    """The data protection officer; else the head, or who stands in. Nobody where it is restricted."""
    if matter.restricted:
        return ()
    office = next((role for role in (Role.DPO, Role.HEAD) if holders(here, role)), None)
    return tuple(holders(free_of_it(matter, here), office)) if office else heads(matter, here)


_WHO: Mapping[Act, Callable[[Matter, People], People]] = {
    Act.WORK: _working,  # opens it, notes, captures, asks, records an answer: all that wants its words
    Act.ASSESS: first_assessors,  # looks first, and says what it is
    Act.DECIDE: deciders,  # whether removal is sought; the next on a report to the platform alone
    Act.DECIDE_ON_REPORT: lambda m, h: each_once(deciders(m, h), delegates(m, h)),
    Act.APPROVE: heads,  # overrides a consent, approves a chronology
    Act.HOLD: _holding,  # holds and releases it, and takes off a lock
    # says that it bypasses the ladder no more: the safeguarding leads; where none is left, whoever has it
    Act.END_BYPASS: lambda m, h: tuple(holders(free_of_it(m, h), *SAFEGUARDERS)) or _working(m, h),
    Act.SAY_WHO: _saying_who,  # says who is accused in it, or has a conflict of interest
    Act.CONSENT: _consenting,  # answers for themselves, or writes down what the person threatened said
    Act.BE_GIVEN: lambda m, h: tuple(p for p in free_of_it(m, h) if p.id not in m.threatened),
    Act.PROTECT_DATA: _protecting_data,  # searches, exports, erases, corrects what is held of who asks
    Act.SIGN: lambda m, here: each_once(person for person, _ in signers(m, here)),
}


def wanted_offices(matter: Matter, people: Iterable[Person]) -> tuple[Role, ...]:
    """The offices that somebody could be named for where nobody may act, first those that nobody holds."""
    here = people_here(matter, people)
    leads = SAFEGUARDERS if matter.restricted else ()
    able = (*(role for tier in ACTS[concern(matter, here)] for role in tier), *leads)
    accused = None if matter.fair else OFFICE_ABOUT.get(matter.about)
    return tuple(role for role in able if role is not accused and not holders(here, role)) or OUTSIDE


@freeze
class MissingOffice:
    """A matter in which nobody of a school could act: whom it is about, and the offices to name."""

    about: tuple[About, ...]
    wanted: tuple[Role, ...]


_ABOUT: dict[tuple[About, ...], tuple[Role, ...]] = {(About.SCHOOL,): (), (About.HEAD,): (Role.HEAD,)}
_ABOUT |= {(About.CHAIR,): (Role.CHAIR,), (About.HEAD, About.CHAIR): (Role.HEAD, Role.CHAIR)}
_ABOUT |= {(About.DSL,): SAFEGUARDERS}
"""The people a matter may be about, each with the offices whose holders it would then accuse."""


def missing_offices(
    school: School, people: Iterable[Person], policy: Profile | None = None
) -> tuple[MissingOffice, ...]:
    """The matters, on the ladder and past it, in which nobody named for this school could decide."""
    everybody, found = tuple(people), list[MissingOffice]()
    for about, roles in _ABOUT.items():
        bare = Matter(keys_of(school), about[0], policy=policy or Profile())
        accused = frozenset(p.id for p in holders(people_here(bare, everybody), *roles))
        past = BypassRoute.STAFF_ALLEGATION if roles else BypassRoute.SAFEGUARDING
        named = replace(bare, subjects=accused)
        for matter in (named, replace(named, bypass=past, restricted=True)):
            if not deciders(matter, everybody):
                found.append(MissingOffice(about, wanted_offices(matter, everybody)))
    return tuple(found)
