"""Who is told: worked out by person, never by role alone.

Whoever is the subject is told nothing, in any role they hold. Whoever has no e-mail address cannot
be told and stands on no list: the next in order are told instead, and the alert says so. The
rules come from the domain guide (its table of people and outputs, and what bypasses the ladder) and
the design's "Judging it": deputy, chair, vice-chair, then the authority's or the trust's contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.types import About, Person, Policy, Reason, Role, Route, School, Verdict

ADULTS_OF_THE_SCHOOL = frozenset((About.STAFF, About.HEAD, About.DSL, About.CHAIR, About.GOVERNOR))

_ROLE_MEANT = {About.HEAD: Role.HEAD, About.DSL: Role.DSL, About.CHAIR: Role.CHAIR}
_OUTSIDE = (Role.LA_CONTACT, Role.TRUST_CONTACT)
_LAST_RESORT = (
    Role.DEPUTY_DSL,
    Role.HEAD,
    Role.DEPUTY_HEAD,
    Role.CHAIR,
    Role.VICE_CHAIR,
    *_OUTSIDE,
)
_ALSO_TOLD = {
    "C1": (Role.DPO,),
    "C8": (Role.IT_LEAD,),
    "C11": (Role.DPO,),
    "C12": (Role.IT_LEAD,),
    "C14": (Role.IT_LEAD,),
}
ENOUGH = 2
"""So many must be reachable where it matters."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The roles for one kind of matter, in order of asking.

    `seconds` are asked in turn until two people are told; `last` only where nobody is left.
    """

    first: tuple[Role, ...]
    seconds: tuple[Role, ...]
    last: tuple[Role, ...] = _LAST_RESORT


@dataclass(frozen=True, slots=True)
class Audience:
    """Ids of those told, in order of asking, of those kept out, and why."""

    told: tuple[str, ...]
    excluded: tuple[str, ...]
    because: tuple[Reason, ...]


def audience(
    verdicts: Sequence[Verdict], lead: Verdict, people: Sequence[Person], school: School, policy: Policy
) -> Audience:
    """Who is told of a story whose gravest verdict is `lead`; `verdicts` are its severe ones.

    Nobody who is the subject of any of them is told, whatever else they are, and nobody without an
    e-mail address. Where nobody is left, `told` is empty and the reason `nobody_left` says so.
    """
    here = [p for p in people if not p.urns or school.urn in p.urns or set(school.members) & set(p.urns)]
    subjects = _subjects(verdicts, here)
    free = [p for p in here if p.id not in subjects]
    reachable = [p for p in free if p.email]
    abouts = {v.about for v in verdicts}
    lane = _lane(lead, abouts, policy)
    told = _fill(lane, reachable)
    excluded = tuple(p.id for p in here if p.id in subjects)
    return Audience(told, excluded, _because(lead, told, excluded, here, lane))


def _subjects(verdicts: Sequence[Verdict], people: Sequence[Person]) -> frozenset[str]:
    named = {v.subject_person for v in verdicts if v.subject_person}
    roles = {_ROLE_MEANT[v.about] for v in verdicts if v.subject_person is None and v.about in _ROLE_MEANT}
    return frozenset(named | {p.id for p in people if roles & set(p.roles)})


def _lane(lead: Verdict, abouts: set[About], policy: Policy) -> Lane:
    about = _gravest_subject(abouts)
    if lead.route is Route.SAFEGUARDING:
        return _allegation(about) if about in ADULTS_OF_THE_SCHOOL else Lane((Role.DSL, Role.DEPUTY_DSL), ())
    if lead.content_class in ("C9", "C10") and about not in ADULTS_OF_THE_SCHOOL:
        first = (Role.DSL, Role.DEPUTY_DSL) if lead.content_class == "C9" else (Role.DSL, Role.HEAD)
        return Lane(first, (Role.DEPUTY_DSL, Role.HEAD, Role.DEPUTY_HEAD))
    if lead.route is Route.POLICE_NOW:
        return _danger(about)
    return _removal(about, lead.content_class, policy)


def _gravest_subject(abouts: set[About]) -> About:
    order = (About.HEAD, About.CHAIR, About.DSL, About.GOVERNOR, About.STAFF, About.PUPIL, About.SCHOOL)
    return next((a for a in order if a in abouts), About.OTHER)


def _allegation(about: About) -> Lane:
    if about is About.HEAD:
        return Lane((Role.CHAIR, Role.DSL), (Role.DEPUTY_DSL, Role.VICE_CHAIR, *_OUTSIDE, Role.DEPUTY_HEAD))
    if about is About.CHAIR:
        return Lane((Role.VICE_CHAIR, Role.DSL), (*_OUTSIDE, Role.HEAD, Role.DEPUTY_DSL))
    return Lane((Role.HEAD, Role.DSL), (Role.DEPUTY_DSL, Role.DEPUTY_HEAD, Role.CHAIR, Role.VICE_CHAIR))


def _danger(about: About) -> Lane:
    if about is About.HEAD:
        return Lane((Role.DSL, Role.CHAIR), (Role.DEPUTY_DSL, Role.DEPUTY_HEAD, Role.VICE_CHAIR, *_OUTSIDE))
    return Lane((Role.HEAD, Role.DSL), (Role.DEPUTY_DSL, Role.DEPUTY_HEAD, Role.CHAIR))


def _removal(about: About, content_class: str, policy: Policy) -> Lane:
    also = _ALSO_TOLD.get(content_class, ())
    if about is About.HEAD:
        return Lane((Role.CHAIR,), (Role.VICE_CHAIR, *_OUTSIDE))
    if about is About.CHAIR:
        return Lane((Role.VICE_CHAIR, *_OUTSIDE), (Role.HEAD,))
    pupil = (Role.DSL,) if about is About.PUPIL else ()
    first = dict.fromkeys((policy.first_assessor, Role.HEAD, *also, *pupil))
    return Lane(tuple(first), (Role.DEPUTY_HEAD, Role.SLT))


def _fill(lane: Lane, reachable: Sequence[Person]) -> tuple[str, ...]:
    told = _holders(lane.first, reachable)
    if len(told) < ENOUGH:
        told = _top_up(told, lane.seconds, reachable)
    if not told:
        told = _top_up(told, lane.last, reachable)
    return tuple(told)


def _top_up(told: list[str], roles: Iterable[Role], reachable: Sequence[Person]) -> list[str]:
    more = list(told)
    for role in roles:
        for person in _holders((role,), reachable):
            if len(more) >= ENOUGH:
                return more
            if person not in more:
                more.append(person)
    return more


def _holders(roles: Iterable[Role], people: Sequence[Person]) -> list[str]:
    return list(dict.fromkeys(p.id for role in roles for p in people if role in p.roles))


def _because(
    lead: Verdict,
    told: tuple[str, ...],
    excluded: tuple[str, ...],
    here: Sequence[Person],
    lane: Lane,
) -> tuple[Reason, ...]:
    first = set(_holders(lane.first, here))
    reasons = []
    if first & set(excluded):
        reasons.append(Reason("subject_excluded", "Somebody who would be told is its subject, and is not."))
    if first & {p.id for p in here if not p.email} - set(excluded):
        text = "Somebody who comes first has no e-mail address and was not told: tell them in person."
        reasons.append(Reason("no_address", text))
    if not told:
        text = "Nobody is left who may and can be told. Ring the local authority or the trust, and name more."
        reasons.append(Reason("nobody_left", text))
    elif not set(told) & first:
        reasons.append(Reason("fallback", "None of those who come first may or can be told: the next were."))
    if len(told) == 1:
        reasons.append(
            Reason("one_person_only", "Only one person could be told. Name a second in the settings.")
        )
    if lead.route is Route.POLICE_NOW and excluded:
        text = "The person threatened is not on this list: somebody must tell them in person, now."
        reasons.append(Reason("tell_target", text))
    return tuple(reasons)
