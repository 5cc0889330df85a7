"""Who is told: worked out by person, never by role alone.

Whoever is the subject of an allegation is told nothing, in any role they hold; the target of a mere
threat is told of it. Whoever has no e-mail address cannot
be told and stands on no list: the next in order are told instead, and the alert says so. The
rules come from the domain guide (its table of people and outputs, and what bypasses the ladder) and
the design's "Judging it": deputy, chair, vice-chair, then the authority's or the trust's contact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from data.content_class import ContentClass, class_spec
from data.people import people_of
from data.types import ALLEGING_LABELS, About, Person, Policy, Reason, Role, Route, School, Verdict

ADULTS_OF_THE_SCHOOL = frozenset((About.STAFF, About.HEAD, About.DSL, About.CHAIR, About.GOVERNOR))

_ROLE_MEANT = {About.HEAD: Role.HEAD, About.DSL: Role.DSL, About.CHAIR: Role.CHAIR}
_OUTSIDE = (Role.LA_CONTACT, Role.TRUST_CONTACT)
LAST_RESORT = (
    Role.DEPUTY_DSL,
    Role.HEAD,
    Role.DEPUTY_HEAD,
    Role.CHAIR,
    Role.VICE_CHAIR,
    *_OUTSIDE,
)
"""Who is asked in turn where nobody else is left."""
_ALSO_TOLD = {
    ContentClass.CONFIDENTIAL: (Role.DPO,),
    ContentClass.COPYRIGHT: (Role.IT_LEAD,),
    ContentClass.PRIVACY: (Role.DPO,),
    ContentClass.IMPERSONATION: (Role.IT_LEAD,),
}
LEADERSHIP = (Role.HEAD, Role.DEPUTY_HEAD, Role.SLT)
"""Whoever holds one of these is sent the digest; a safeguarding lead only where they hold one too."""
_OF_ACCOUNTS = (Role.IT_LEAD, Role.HEAD, Role.DEPUTY_HEAD, Role.SLT)
"""Told at once of odd posts on the school's own accounts: ICT and the leadership (Monkhouse 401)."""
ENOUGH = 2
"""So many must be reachable where it matters."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The roles for one kind of matter, in order of asking.

    `target` is the id of somebody told beside the first; `seconds` are asked in turn until two people
    are told; `last` only where nobody is left.
    """

    first: tuple[Role, ...]
    seconds: tuple[Role, ...]
    target: str | None = None
    last: tuple[Role, ...] = LAST_RESORT


@dataclass(frozen=True, slots=True)
class Audience:
    """Ids of those told, in order of asking, of those kept out, and why."""

    told: tuple[str, ...]
    excluded: tuple[str, ...]
    because: tuple[Reason, ...]


def leadership(school: School, people: Iterable[Person], *also: Role) -> tuple[Person, ...]:
    """The school's leadership, and those of other roles, whom mail reaches; each once, in their order."""
    roles = {*LEADERSHIP, *also}
    return tuple(p for p in people_of(school, people) if p.email and roles & set(p.roles))


def audience(
    verdicts: Sequence[Verdict],
    lead: Verdict,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    barred: Collection[str] = (),
    named: Collection[str] = (),
) -> Audience:
    """Who is told of a story whose gravest verdict is `lead`; `verdicts` are its severe ones.

    Nobody of whom something may be alleged in any of them is told, whatever else they are, nor
    anyone of `barred` (ids), nor anyone without an e-mail address. Whom it threatens is told. Only
    where nobody else can be, somebody is whom a matter of a child merely mentions, or whom calm words
    beside an allegation speak of (`named`, ids). Where nobody is left, `told` is empty and the reason
    `nobody_left` says so.
    """
    here = people_of(school, people)
    surely = frozenset(barred).union(*(_accused(v, here) for v in verdicts))
    kept_out = surely.union(named, *(alleged_of(v, here) for v in verdicts))
    lane = _lane(lead, _abouts(verdicts, kept_out, here), policy)
    told = _fill(lane, [p for p in here if p.email and p.id not in kept_out])
    if not told:
        told = _fill(lane, [p for p in here if p.email and p.id not in surely])
    excluded = tuple(p.id for p in here if p.id in kept_out and p.id not in told)
    return Audience(told, excluded, _because(lead, told, excluded, here, lane))


def alleged_of(verdict: Verdict, people: Sequence[Person]) -> frozenset[str]:
    """Ids of those of whom a verdict may allege something; of one that only threatens, nobody."""
    found = frozenset(verdict.subjects)
    if verdict.route is Route.POLICE_NOW:
        return found
    if verdict.subject_person:
        return found | {verdict.subject_person}
    role = None if found else _ROLE_MEANT.get(verdict.about)
    return found | {p.id for p in people if role in p.roles}


def threatened(verdicts: Sequence[Verdict], people: Sequence[Person]) -> frozenset[str]:
    """Ids of those whom a threat in these is aimed at: the person, or who alone holds the office it names."""
    found = set[str]()
    for verdict in verdicts:
        if verdict.route is Route.POLICE_NOW:
            role = _ROLE_MEANT.get(verdict.about)
            held = [p.id for p in people if role in p.roles]
            aimed_at = verdict.subject_person or (held[0] if len(held) == 1 else None)
            found |= {aimed_at} if aimed_at else set()
    return frozenset(found)


def _accused(verdict: Verdict, here: Sequence[Person]) -> frozenset[str]:
    """Those who are told nothing even where nobody else is left.

    Of an adult's harm to a child, or any allegation beside a threat, that is everyone it may mean; of an
    insult, whom it is likeliest about. What is said of a child, or a bare threat, accuses nobody:
    naming somebody there may only say who was told.
    """
    if verdict.route is Route.POLICE_NOW and not ALLEGING_LABELS & set(verdict.abuse):
        return frozenset()
    if not verdict.route.urgent and verdict.subject_person:
        return frozenset((verdict.subject_person,))
    return alleged_of(verdict, here) if verdict.about in ADULTS_OF_THE_SCHOOL else frozenset()


def _abouts(verdicts: Sequence[Verdict], kept_out: frozenset[str], here: Sequence[Person]) -> set[About]:
    """What they are about; where an adult is, also the leaders among those it may mean."""
    found = {v.about for v in verdicts if v.route is not Route.POLICE_NOW or alleged_of(v, here)}
    found |= {About.OTHER}
    if found & ADULTS_OF_THE_SCHOOL:
        out = {role for p in here if p.id in kept_out for role in p.roles}
        found |= {about for about, role in _ROLE_MEANT.items() if role in out}
    return found


def _lane(lead: Verdict, abouts: set[About], policy: Policy) -> Lane:
    about = _gravest_subject(abouts)
    if lead.route is Route.SAFEGUARDING:
        return _allegation(about) if about in ADULTS_OF_THE_SCHOOL else Lane((Role.DSL, Role.DEPUTY_DSL), ())
    if class_spec(lead.content_class).bypasses and about not in ADULTS_OF_THE_SCHOOL:
        extremism = lead.content_class == ContentClass.EXTREMISM
        first = (Role.DSL, Role.DEPUTY_DSL if extremism else Role.HEAD)
        return Lane(first, (Role.DEPUTY_DSL, Role.HEAD, Role.DEPUTY_HEAD))
    if lead.route is Route.POLICE_NOW:
        return replace(_danger(about), target=lead.subject_person)
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


def _removal(about: About, content_class: ContentClass, policy: Policy) -> Lane:
    if content_class == ContentClass.OWN_ACCOUNT:
        return Lane(_OF_ACCOUNTS, ())
    also = _ALSO_TOLD.get(content_class, ())
    if about is About.HEAD:
        return Lane((Role.CHAIR,), (Role.VICE_CHAIR, *_OUTSIDE))
    if about is About.CHAIR:
        return Lane((Role.VICE_CHAIR, *_OUTSIDE), (Role.HEAD,))
    pupil = (Role.DSL,) if about is About.PUPIL else ()
    first = dict.fromkeys((policy.first_assessor, Role.HEAD, *also, *pupil))
    return Lane(tuple(first), (Role.DEPUTY_HEAD, Role.SLT))


def _fill(lane: Lane, reachable: Sequence[Person]) -> tuple[str, ...]:
    target = [p.id for p in reachable if p.id == lane.target]
    told = list(dict.fromkeys((*_holders(lane.first, reachable), *target)))
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
    if (first | set(_holders((Role.HEAD, Role.DSL), here))) & set(excluded):
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
    if lead.route is Route.POLICE_NOW and _untold(lead, told, here):
        text = "The person threatened is not on this list: somebody must tell them in person, now."
        reasons.append(Reason("tell_target", text))
    return tuple(reasons)


def _untold(lead: Verdict, told: tuple[str, ...], here: Sequence[Person]) -> bool:
    """Is an adult threatened who is not told of it?"""
    if lead.about not in ADULTS_OF_THE_SCHOOL:
        return False
    if lead.subject_person:
        return lead.subject_person not in told
    role = _ROLE_MEANT.get(lead.about)
    return not any(p.id in told and role in p.roles for p in here)
