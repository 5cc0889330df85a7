"""Who may see a case, and who may read it. By person first: a subject never, in whatever role.

The rules are those of the domain's table of people: the head has every case but those about the head,
the chair those; a restricted case has its few and the safeguarding leads; whom a post is aimed at has the
case's status, not its words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.ladder.lanes import SAFEGUARDERS
from data.cases import BypassRoute, Case
from data.types import About, Person, Role

_WORK = frozenset(
    (
        Role.HEAD,
        Role.DEPUTY_HEAD,
        Role.SLT,
        Role.DSL,
        Role.DEPUTY_DSL,
        Role.IT_LEAD,
        Role.DPO,
    )
)
"""Who work on cases that are nobody's secret."""
_OUTSIDE = frozenset((Role.LA_CONTACT, Role.TRUST_CONTACT))
_ABOVE = {
    About.HEAD: (frozenset((Role.CHAIR,)), frozenset((Role.VICE_CHAIR,)), _OUTSIDE),
    About.CHAIR: (frozenset((Role.VICE_CHAIR,)) | _OUTSIDE,),
}
"""Who stand in, in turn, where it is about those who would decide: the next where none before can be told."""
OFFICES = _WORK | _OUTSIDE | {Role.CHAIR, Role.VICE_CHAIR}
"""Who sees cases by their office; whoever holds none, only what is aimed at them or given to them."""
MEANT = {About.HEAD: Role.HEAD, About.CHAIR: Role.CHAIR, About.DSL: Role.DSL}
"""About whom a matter is that may accuse the holder of an office, the most telling first."""


def meant(subjects: Collection[str], people: Iterable[Person]) -> About | None:
    """About whom a matter is that may accuse these (ids): head, chair, safeguarding lead, else None."""
    accused = {role for p in people if p.id in subjects for role in p.roles}
    return next((about for about, role in MEANT.items() if role in accused), None)


def may_see(case: Case, person: Person, people: Collection[Person] = ()) -> bool:
    """May this person know of the case and its status? `people` as in `may_read`."""
    if kept_out(case, person):
        return False
    return (person.id == case.target and case.lane is None) or may_read(case, person, people)


def may_read(case: Case, person: Person, people: Collection[Person] = ()) -> bool:
    """May this person read its words, evidence and letters?

    `people` are the school's: where it is about the head, the vice-chair and then the authority read it by
    their office only while nobody before them can be told. Without them, whoever might.
    """
    if kept_out(case, person):
        return False
    if person.id in case.audience or person.id == case.assigned_to:
        return True
    held = set(person.roles)
    above = _standing_in(case, people)
    if case.restricted:
        leads = frozenset((Role.HEAD,)) if above is None else above
        return bool(held & SAFEGUARDERS) or (case.lane is BypassRoute.STAFF_ALLEGATION and bool(held & leads))
    return bool(held & (_WORK if above is None or case.fair else above))


def _standing_in(case: Case, people: Collection[Person]) -> frozenset[Role] | None:
    """The roles above the one that it is about, as far as they are wanted; None where it is about neither."""
    tiers = _ABOVE.get(case.about)
    if tiers is None:
        return None
    wanted: frozenset[Role] = frozenset()
    for tier in tiers:
        wanted |= tier
        if any(p.email and tier & set(p.roles) and _acts(case, p) for p in people):
            break
    return wanted


def _acts(case: Case, person: Person) -> bool:
    return person.id != case.target and not kept_out(case, person)


def kept_out(case: Case, person: Person) -> bool:
    """Is this person its subject, or the holder of the office that it is about?

    Whom it only threatens is no subject, and calm criticism of the head is not hidden from the head.
    """
    if person.id in case.subjects:
        return True
    office = MEANT.get(case.about)
    if office not in person.roles or person.id == case.target or case.fair:
        return False
    return office is not Role.DSL or not case.subjects


def lead_kept_out(case: Case, people: Iterable[Person]) -> bool:
    """Is every safeguarding lead of the school kept out of it, so that a deputy stands in?"""
    leads = [p for p in people if Role.DSL in p.roles]
    return bool(leads) and all(kept_out(case, p) for p in leads)
