"""Decide who may do what in a matter, in one answer; which office is missing where nobody may; who reports to
whom, and so who may say of criticism that it is not fair comment. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from alerts.access import knowing, offices
from alerts.access.knowing import Access, People, access, deciders, heads, people_to_act, with_words
from alerts.access.matter import Matter, concern, free_of_it, has_conflict, keys_of, people_here
from alerts.access.offices import Concern, hold, holders, roles_of
from data.cases import Profile
from data.steps.codes import BypassRoute
from data.types import About, Person, Role, School


def list_meant(matter: Matter, named: Collection[str], people: Iterable[Person]) -> frozenset[str]:
    """List the ids of whom it means: `named`, accused or aimed at, or holding the office it is about."""
    ids = {*named, *matter.subjects, *matter.threatened}
    office = offices.OFFICE_ABOUT.get(matter.about)
    return frozenset(p.id for p in people_here(matter, people) if p.id in ids or office in p.roles)


def reports_to_one(person: Person, ids: Collection[str], people: Iterable[Person]) -> bool:
    """Does this person report to one of these (ids), directly or through others?"""
    return not offices.above(person.roles).isdisjoint(roles_of(people, ids))


def independent(person: Person, ids: Collection[str], people: Iterable[Person]) -> bool:
    return person.id not in ids and not reports_to_one(person, ids, people)


def overseers(ids: Collection[str], people: Sequence[Person]) -> tuple[Person, ...]:
    """List who is told that comment on these is to be called something else: the chair, or who stands in."""
    found: tuple[Person, ...] = ()
    for tier in offices.ACTS[Concern.HEAD]:
        found += tuple(p for p in holders(people, *tier) if independent(p, ids, people))
        if any(p.email for p in found):
            break
    return found


def confirmers(matter: Matter, ids: Collection[str], people: Iterable[Person]) -> tuple[Person, ...]:
    """List who may confirm it: whoever reads it or is told of it, and is independent of all it means."""
    here = people_here(matter, people)
    told = {p.id for p in (*overseers(ids, here), *with_words(matter, here))}
    free = (p for p in here if independent(p, ids, here) and not has_conflict(p, matter, here))
    return tuple(p for p in free if p.id in told)


def people_to_agree(first: str, matter: Matter, people: Iterable[Person]) -> tuple[Person, ...]:
    """List who may agree to what `first` (an id) asks that takes two people: whoever may say who is meant,
    and may not be accused, aimed at or related; else the chair, who stands in, the contact outside, the head.
    """
    here = people_here(matter, people)
    free = [p for p in free_of_it(matter, here) if p.id not in (first, *matter.threatened) and p.email]
    able = [p for p in _saying_who(matter, here) if p in free]
    tiers = (*offices.ACTS[Concern.HEAD], (Role.HEAD,), (Role.DEPUTY_HEAD,))
    return tuple(able or next((found for tier in tiers if (found := holders(free, *tier))), ()))


Act = StrEnum(
    "Act",
    "WORK,ASSESS,DECIDE,DECIDE_ON_REPORT,APPROVE,HOLD,END_BYPASS,SAY_WHO,CONSENT,BE_GIVEN,SIGN,PROTECT_DATA",
)
"""Acts that somebody may do in a matter; `_WHO` says what each is."""


def who_may(act: Act, matter: Matter, people: Iterable[Person]) -> People:
    """Everybody who may do that in this matter, whoever comes first, first."""
    return _WHO[act](matter, people_here(matter, people))


def _working(matter: Matter, here: People) -> People:
    """List who reads it, the first to be asked first; not whom it is aimed at, where another can."""
    able = with_words(matter, here)
    others = [p for p in able if p.id not in matter.threatened]
    ordered = (*(p for p in people_to_act(matter, here) if p in able), *others)
    alone = not [p for p in deciders(matter, here) if p.id not in matter.threatened]
    return tuple(dict.fromkeys(p for p in ordered if alone or p.id not in matter.threatened))


def _holding(matter: Matter, here: People) -> People:
    keepers = (p for p in free_of_it(matter, here) if hold(p, offices.DATA_KEEPERS))
    kept = [p for p in keepers if access(p, matter, here) >= Access.STATUS]
    return tuple(dict.fromkeys((*heads(matter, here), *kept)))


def _saying_who(matter: Matter, here: People) -> People:
    leads = (p for p in with_words(matter, here) if hold(p, offices.SAFEGUARDERS))
    return tuple(dict.fromkeys((*leads, *deciders(matter, here))))


def _consenting(matter: Matter, here: People) -> People:
    own = tuple(p for p in free_of_it(matter, here) if p.id in matter.threatened)
    return tuple(dict.fromkeys((*own, *_working(matter, here))))


def _protecting_data(matter: Matter, here: People) -> People:
    """The data protection officer; else the head, or who stands in. Nobody where it is restricted."""
    if matter.restricted:
        return ()
    office = next((role for role in (Role.DPO, Role.HEAD) if holders(here, role)), None)
    return tuple(holders(free_of_it(matter, here), office)) if office else heads(matter, here)


_WHO: Mapping[Act, Callable[[Matter, People], People]] = {
    Act.WORK: _working,  # opens it, notes, captures, asks, records an answer: all that wants its words
    Act.ASSESS: knowing.first_assessors,  # looks first, and says what it is
    Act.DECIDE: deciders,  # whether removal is sought; the next on a report to the platform alone
    Act.DECIDE_ON_REPORT: lambda m, h: tuple(dict.fromkeys((*deciders(m, h), *knowing.delegates(m, h)))),
    Act.APPROVE: heads,  # overrides a consent, approves a chronology
    Act.HOLD: _holding,  # holds and releases it, and takes off a lock
    # says that it bypasses the ladder no more: the safeguarding leads; where none is left, whoever has it
    Act.END_BYPASS: lambda m, h: tuple(holders(free_of_it(m, h), *offices.SAFEGUARDERS)) or _working(m, h),
    Act.SAY_WHO: _saying_who,  # says who is accused in it, or has a conflict of interest
    Act.CONSENT: _consenting,  # answers for themselves, or writes down what the person threatened said
    Act.BE_GIVEN: lambda m, h: tuple(p for p in free_of_it(m, h) if p.id not in m.threatened),
    Act.PROTECT_DATA: _protecting_data,  # searches, exports, erases, corrects what is held of who asks
    Act.SIGN: lambda m, here: tuple(dict.fromkeys(person for person, _ in knowing.signers(m, here))),
}


def wanted_offices(matter: Matter, people: Iterable[Person]) -> tuple[Role, ...]:
    """The offices that somebody could be named for where nobody may act, first those that nobody holds."""
    here = people_here(matter, people)
    leads = offices.SAFEGUARDERS if matter.restricted else ()
    able = (*(role for tier in offices.ACTS[concern(matter, here)] for role in tier), *leads)
    accused = None if matter.fair else offices.OFFICE_ABOUT.get(matter.about)
    return tuple(role for role in able if role is not accused and not holders(here, role)) or offices.OUTSIDE


@dataclass(frozen=True, slots=True)
class MissingOffice:
    """A matter in which nobody of a school could act: whom it is about, its bypass, and offices to name."""

    about: tuple[About, ...]
    bypass: BypassRoute | None
    wanted: tuple[Role, ...]


_ABOUT: dict[tuple[About, ...], tuple[Role, ...]] = {(About.SCHOOL,): (), (About.HEAD,): (Role.HEAD,)}
_ABOUT |= {(About.CHAIR,): (Role.CHAIR,), (About.HEAD, About.CHAIR): (Role.HEAD, Role.CHAIR)}
_ABOUT |= {(About.DSL,): offices.SAFEGUARDERS}
"""Whom a matter may be about, and the offices whose holders it would then accuse."""


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
                found.append(MissingOffice(about, matter.bypass, wanted_offices(matter, everybody)))
    return tuple(found)
