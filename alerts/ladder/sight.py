"""Who may see a case, and who may read it. By person first: a subject never, in whatever role.

The rules are those of the domain's table of people: the head has every case but those about the head,
the chair those; a restricted case has its few and the safeguarding leads; whom a post is aimed at has the
case's status, not its words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data.cases import Case, Lane
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
_GUARDIANS = frozenset((Role.DSL, Role.DEPUTY_DSL))
_OUTSIDE = frozenset((Role.LA_CONTACT, Role.TRUST_CONTACT))
_ABOVE = {
    About.HEAD: frozenset((Role.CHAIR, Role.VICE_CHAIR)) | _OUTSIDE,
    About.CHAIR: frozenset((Role.VICE_CHAIR,)) | _OUTSIDE,
}
"""Who stand in where it is about those who would decide."""
OFFICES = _WORK | _OUTSIDE | {Role.CHAIR, Role.VICE_CHAIR}
"""Who sees cases by their office; whoever holds none, only what is aimed at them or given to them."""
MEANT = {About.HEAD: Role.HEAD, About.CHAIR: Role.CHAIR, About.DSL: Role.DSL}
"""About whom a matter is that may accuse the holder of an office, the most telling first."""


def meant(subjects: Collection[str], people: Iterable[Person]) -> About | None:
    """About whom a matter is that may accuse these (ids): head, chair, safeguarding lead, else None."""
    accused = {role for p in people if p.id in subjects for role in p.roles}
    return next((about for about, role in MEANT.items() if role in accused), None)


def may_see(case: Case, person: Person) -> bool:
    """May this person know of the case and its status?"""
    if kept_out(case, person):
        return False
    return (person.id == case.target and case.lane is None) or may_read(case, person)


def may_read(case: Case, person: Person) -> bool:
    """May this person read its words, evidence and letters?"""
    if kept_out(case, person):
        return False
    if person.id in case.audience or person.id == case.assigned_to:
        return True
    held = set(person.roles)
    if case.restricted:
        return bool(held & _GUARDIANS) or (case.lane is Lane.STAFF_ALLEGATION and _leads(case, held))
    above = None if case.fair else _ABOVE.get(case.about)
    return bool(held & (_WORK if above is None else above))


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


def _leads(case: Case, held: set[Role]) -> bool:
    """An allegation against an adult is the head's matter too; the chair's where it is about the head."""
    if case.about in _ABOVE:
        return bool(held & _ABOVE[case.about])
    return Role.HEAD in held
