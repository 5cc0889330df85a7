"""Who is told: worked out by person, never by office alone. Pure.

Whoever may be accused is told nothing, in any office they hold; the target of a mere threat is told of it.
Anyone without an e-mail address cannot be told and is on no list: the next in order are told instead, and
the alert says so. Where those who stand above the accused are out or not named, the next above them are
told, so that it is never only people who report to the accused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from alerts.access.knowing import reading_offices
from alerts.access.matter import (
    Matter,
    alleged_in,
    alleged_of,
    concern,
    free_of_it,
    keys_of,
    people_here,
    surely_alleged_of,
    threatened,
)
from alerts.access.offices import (
    ACTS,
    ALSO_TOLD,
    ASKED_NEXT,
    ENOUGH,
    LAST_RESORT,
    LEADERSHIP,
    OFFICE_ABOUT,
    POLICY_OWNERS,
    SAFEGUARDERS,
    TROUBLES,
    TROUBLES_ELSE,
    Concern,
    MatterKind,
    RecipientOrder,
    above,
    first_held,
    hold,
    holders,
    recipient_order,
    roles_of,
)
from data.cases import Profile
from data.content_class import ContentClass, class_spec
from data.frozen import dataclass
from data.people import people_of, schools_of
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    About,
    Alert,
    Escalation,
    Person,
    Policy,
    Reason,
    Role,
    Route,
    School,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Ids of those told, in order of asking, of those left out because it may accuse them, and why."""

    told: tuple[str, ...]
    excluded: tuple[str, ...]
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RaisedMatter:
    """What is to be told, as the verdicts of a story have it.

    `lead` is the gravest; `accused` are those (ids) who are told nothing even where nobody else is left, a
    part of the matter's subjects.
    """

    matter: Matter
    kind: MatterKind
    lead: Verdict
    accused: frozenset[str]


def to_be_raised(
    verdicts: Sequence[Verdict],
    lead: Verdict,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    barred: Collection[str] = (),
    named: Collection[str] = (),
) -> RaisedMatter:
    """What is told of a story whose gravest verdict is `lead`; `verdicts` are its severe ones.

    `barred` (ids) are told nothing; `named` (ids) are those whom calm words beside an allegation speak of.
    """
    here = people_of(school, people)
    surely = frozenset(barred).union(*(surely_alleged_of(v, here) for v in verdicts))
    subjects = surely.union(named, alleged_in(verdicts, here))
    about = _gravest(_abouts(verdicts, subjects, here))
    matter = Matter(
        keys_of(school),
        about,
        subjects,
        threatened((lead,), here) - subjects,
        policy=Profile(first_assessor=policy.first_assessor),
    )
    return RaisedMatter(matter, _kind(lead, about), lead, surely)


def recipients(raised: RaisedMatter, people: Sequence[Person]) -> Recipients:
    """Who is told of it.

    Only where nobody else can be, somebody is told whom a matter of a child merely mentions, or of whom calm
    words beside an allegation speak. Where nobody is left, `told` is empty and the reason `nobody_left` says
    so.
    """
    matter, here = raised.matter, people_here(raised.matter, people)
    order = _order(raised, here)
    told = _fill(order, raised, [p for p in here if p.email and p.id not in matter.subjects])
    if not told:
        told = _fill(order, raised, [p for p in here if p.email and p.id not in raised.accused])
    excluded = tuple(p.id for p in here if p.id in matter.subjects and p.id not in told)
    return Recipients(told, excluded, tuple(_because(raised, told, excluded, here, order)))


def asked_next(alert: Alert, people: Sequence[Person], school: School) -> tuple[str, ...]:
    """Ids of everybody who may be asked about an alert that nobody has in hand, in order; only who can be
    reached by mail.

    Where the head or the chair may be its subject, those who answer to them come last.
    """
    here = people_of(school, people)
    matter = Matter(keys_of(school), subjects=frozenset(alert.excluded))
    about = concern(matter, here)
    order = recipient_order(MatterKind.ALLEGATION, about).whole
    if about is Concern.NEITHER:
        order = recipient_order(MatterKind.CHILD, about).whole if alert.restricted else ASKED_NEXT
    reachable = [p for p in here if p.email and p.id not in alert.excluded]
    return tuple(p.id for p in holders(reachable, *order))


def told_so_far(alert: Alert, made: Sequence[Escalation]) -> tuple[str, ...]:
    """Ids of those who were told, this time it was raised, and may know: in order of asking."""
    asked = (s.person_id for s in made if s.times == alert.times and s.person_id)
    return tuple(p for p in dict.fromkeys((*alert.audience, *asked)) if p not in alert.excluded)


def bypass_recipients(matter: Matter, people: Iterable[Person]) -> tuple[Person, ...]:
    """Who is told at once of what bypasses the ladder: whoever reads it by office, in order of asking."""
    here = people_here(matter, people)
    return tuple(holders(free_of_it(matter, here), *bypass_offices(matter, here)))


def bypass_offices(matter: Matter, people: Iterable[Person]) -> tuple[Role, ...]:
    """The offices that those hold by which they are told, in order of asking."""
    here = people_here(matter, people)
    offices, free = reading_offices(matter, here), free_of_it(matter, here)
    order = (*(role for tier in ACTS[concern(matter, here)] for role in tier), *SAFEGUARDERS)
    return tuple(role for role in order if role in offices and holders(free, role))


def leadership(school: School, people: Iterable[Person], *also: Role) -> tuple[Person, ...]:
    """The school's leadership, and those of other offices, whom mail reaches; each once, in their order."""
    return tuple(p for p in in_office(school, people, (*LEADERSHIP, *also)) if p.email)


def central_team(
    schools: Sequence[School], people: Iterable[Person], named: Collection[str] = ()
) -> tuple[Person, ...]:
    """Who is sent one digest for all their schools, where these are several: the contacts of a trust, and
    those who are `named` by their ids."""
    central = (p for p in people if p.email and (hold(p, (Role.TRUST_CONTACT,)) or p.id in named))
    return tuple(p for p in central if len(schools_of(p, schools)) > 1)


def in_office(school: School, people: Iterable[Person], offices: Iterable[Role]) -> tuple[Person, ...]:
    """The school's people who hold one of these offices, in their order."""
    wanted = frozenset(offices)
    return tuple(p for p in people_of(school, people) if hold(p, wanted))


def told_of_faults(people: Sequence[Person], *, anybody: bool) -> tuple[Person, ...]:
    """Who is told of a fault of ours: IT leads and heads; without them, with `anybody`, the next in turn."""
    first = tuple(p for p in people if hold(p, TROUBLES))
    return first or (tuple(holders(people, *TROUBLES_ELSE)[:1]) if anybody else ())


def policy_owners(school: School, people: Iterable[Person]) -> tuple[Person, ...]:
    """The head and the chair, or whoever stands in for one who cannot be reached."""
    reachable = [p for p in people_of(school, people) if p.email]
    found = (first_held(reachable, [(role,) for role in pair]) for pair in POLICY_OWNERS)
    return tuple({p.id: p for held in found for p in held}.values())


def _abouts(verdicts: Sequence[Verdict], subjects: frozenset[str], here: Sequence[Person]) -> set[About]:
    """What they are about; where an adult is, also the leaders among those it may mean."""
    found = {v.about for v in verdicts if v.route is not Route.POLICE_NOW or alleged_of(v, here)}
    if found & ADULTS_OF_THE_SCHOOL:
        out = roles_of(here, subjects)
        found |= {about for about, role in OFFICE_ABOUT.items() if role in out}
    return found


def _gravest(abouts: set[About]) -> About:
    order = (About.HEAD, About.CHAIR, About.DSL, About.GOVERNOR, About.STAFF, About.PUPIL, About.SCHOOL)
    return next((a for a in order if a in abouts), About.OTHER)


def _kind(lead: Verdict, about: About) -> MatterKind:
    adult = about in ADULTS_OF_THE_SCHOOL
    if lead.route is Route.SAFEGUARDING:
        return MatterKind.ALLEGATION if adult else MatterKind.CHILD
    if class_spec(lead.content_class).bypasses and not adult:
        return (
            MatterKind.EXTREMISM
            if lead.content_class == ContentClass.EXTREMISM
            else MatterKind.CHILD_IN_DANGER
        )
    if lead.route is Route.POLICE_NOW:
        return MatterKind.DANGER
    return MatterKind.ACCOUNT if lead.content_class == ContentClass.OWN_ACCOUNT else MatterKind.REMOVAL


def _order(raised: RaisedMatter, here: Sequence[Person]) -> RecipientOrder:
    """The order of its kind; of a removal with whom the school's policy and the class of it add."""
    about = _concern(raised, here)
    order = recipient_order(raised.kind, about)
    if raised.kind is MatterKind.REMOVAL and about is Concern.NEITHER:
        pupil = (Role.DSL,) if raised.matter.about is About.PUPIL else ()
        also = ALSO_TOLD.get(raised.lead.content_class, ())
        first = dict.fromkeys((raised.matter.policy.first_assessor, *order.first, *also, *pupil))
        return replace(order, first=tuple(first))
    return order


def _concern(raised: RaisedMatter, here: Sequence[Person]) -> Concern:
    """Whether it is told past the head or the chair: where it is about them, not where it merely speaks of
    them."""
    about = raised.matter.about
    if about not in (About.HEAD, About.CHAIR):
        return Concern.NEITHER
    return concern(raised.matter, here)


def _fill(order: RecipientOrder, raised: RaisedMatter, reachable: Sequence[Person]) -> tuple[str, ...]:
    first = [p.id for p in holders(reachable, *_standing_in(order, raised, reachable))]
    target = [p.id for p in reachable if p.id in raised.matter.threatened]
    told = list(dict.fromkeys((*first, *target)))
    if len(told) < ENOUGH:
        told = _top_up(told, order.seconds, reachable)
    return tuple(told or _top_up([], LAST_RESORT, reachable))


def _standing_in(
    order: RecipientOrder, raised: RaisedMatter, reachable: Sequence[Person]
) -> tuple[Role, ...]:
    """Those who come first, with whoever stands in for the one above the accused who cannot be told."""
    turn = ACTS[_concern(raised, reachable)]
    if raised.matter.about not in (About.HEAD, About.CHAIR) or holders(reachable, *turn[0]):
        return order.first
    stands_in = next((tier for tier in turn if holders(reachable, *tier)), turn[0])
    return tuple(r for role in order.first for r in (stands_in if role in turn[0] else (role,)))


def _top_up(told: list[str], roles: Iterable[Role], reachable: Sequence[Person]) -> list[str]:
    more = list(dict.fromkeys((*told, *(p.id for p in holders(reachable, *roles)))))
    return more[: max(ENOUGH, len(told))]


def _because(
    raised: RaisedMatter,
    told: tuple[str, ...],
    excluded: tuple[str, ...],
    here: Sequence[Person],
    order: RecipientOrder,
) -> Iterator[Reason]:
    first = {p.id for p in holders(here, *order.first)}
    leads = {p.id for p in holders(here, Role.HEAD, Role.DSL)}
    if (first | leads) & set(excluded):
        yield Reason("subject_excluded", "Somebody who would be told is its subject, and is not.")
    if first & {p.id for p in here if not p.email} - set(excluded):
        text = "Somebody who comes first has no e-mail address and was not told: tell them in person."
        yield Reason("no_address", text)
    if not told:
        text = "Nobody is left who may and can be told. Ring the local authority or the trust, and name more."
        yield Reason("nobody_left", text)
    elif not set(told) & first:
        yield Reason("fallback", "None of those who come first may or can be told: the next were.")
    if len(told) == 1:
        yield Reason("one_person_only", "Only one person could be told. Name a second in the settings.")
    if told and _only_subordinates(raised, told, here):
        text = "Everybody told reports to somebody it may accuse. Ring the local authority or the trust."
        yield Reason("nobody_above", text)
    if raised.lead.route is Route.POLICE_NOW and _untold(raised.lead, told, here):
        text = "The person threatened is not on this list: somebody must tell them in person, now."
        yield Reason("tell_target", text)


def _only_subordinates(raised: RaisedMatter, told: tuple[str, ...], here: Sequence[Person]) -> bool:
    subjects = raised.matter.subjects
    over = roles_of(here, subjects)
    return all(above(p.roles) & over for p in here if p.id in told)


def _untold(lead: Verdict, told: tuple[str, ...], here: Sequence[Person]) -> bool:
    """Is an adult threatened who is not told of it?"""
    if lead.about not in ADULTS_OF_THE_SCHOOL:
        return False
    if lead.subject_person:
        return lead.subject_person not in told
    role = OFFICE_ABOUT.get(lead.about)
    return not any(p.id in told and role in p.roles for p in here)
