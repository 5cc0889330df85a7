"""Decide who is notified: by person, never by office alone. Pure.

Who may be accused learns nothing, in any office they hold, nor does anybody related to them; a target is
told, or warned of the bare fact where they may be accused too. Whoever has no e-mail address is on no list:
the next in order are. Where those above the accused cannot be told, the next above them are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, access, reading_offices, with_words
from alerts.access.matter import (
    Matter,
    RaisedMatter,
    aims,
    because,
    concern,
    free_of_it,
    keys_of,
    list_related,
    people_here,
    persons_meant,
    succeeds_accused,
)
from alerts.access.offices import (
    ACTS,
    ASKED_DAILY,
    ASKED_NEXT,
    DATA_PROTECTION,
    ENOUGH,
    FACTS,
    LEADERSHIP,
    MOST_ASKED,
    OF_DANGER,
    POLICY_OWNERS,
    PRESS_CONTACT,
    REPORT_SIGNERS,
    SAFEGUARDERS,
    TROUBLES,
    TROUBLES_ELSE,
    Concern,
    Fact,
    RecipientOrder,
    Tier,
    above,
    first_held,
    hold,
    holders,
    holders_now,
    last_resort,
    main_role,
    roles_of,
    substitutes_for_lead,
    tier_to_inform,
)
from data.frozen import freeze
from data.ids import each_once
from data.judged import harms
from data.people import away, people_of, schools_of
from data.register.calendar import Calendar, local_day
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    About,
    Alert,
    Escalation,
    Harm,
    People,
    Person,
    Reason,
    Role,
    School,
    Verdict,
)

TELL_TARGET = "tell_target"
"""The code of the reason that somebody threatened is to be told in person."""

Ids = tuple[str, ...]


@freeze
class Recipients:
    """Ids of the audience, in order of asking, of those left out because it may accuse them, and why; and of
    those `warned`, who learn no more than that somebody may be in danger."""

    audience: Ids
    excluded: Ids
    because: tuple[Reason, ...]
    warned: Ids = ()


def recipients(
    raised: RaisedMatter,
    people: Sequence[Person],
    now: datetime | None = None,
    doubts: Callable[[Person], bool] = lambda _: False,
) -> Recipients:
    """Works out who is notified of it: in the place of those who are away `now`, who covers for them by an
    office that may know, or the next in turn; of a matter of a child, where nobody else is left, whom it
    merely mentions. It `doubts` somebody whose name may be no more than a
    word of it."""
    matter, here = raised.matter, people_here(raised.matter, people)
    order, close = _order(raised, here), list_related(raised.matter.subjects, here)
    no_lead = any(p.id in matter.subjects | close for p in holders(here, Role.DSL))
    everybody, here = here, tuple(p for p in here if not succeeds_accused(p, matter))
    free = [p for p in here if p.email and p.id not in matter.subjects | close]
    gone = away(here, now) if now else frozenset[str]()
    out = raised.accused | list_related(raised.accused, here)
    others = [p for p in here if p.email and p.id not in out]
    turns = ((free, gone), (free, ()), (others, gone), (others, ()))
    filled = [_fill(order, raised, of, without, doubts, no_lead=no_lead) for of, without in turns]
    acts = (told for told in filled[:2] if not raised.matter.threatened.issuperset(told))
    audience = next(acts, None) or next(filter(None, filled), ())
    excluded = tuple(p.id for p in here if p.id in matter.subjects and p.id not in audience)
    # Ids of those whom mail reaches and who learn the fact of danger alone: a target outside the audience,
    # those to whom a row gives no more, and beside what is theirs whom it wrongs while others are in danger.
    beside = matter.threatened - {*raised.targets, *audience[:1]} if matter.facts & OF_DANGER else ()
    owed, left_out = set(raised.targets), {*excluded, *close}
    for row in (FACTS[fact] for fact in matter.facts):
        owed |= {p.id for p in holders(here, *row.bare) if row.everybody or p.id not in left_out}
    owed = owed.difference(audience).union(beside)
    warned = tuple(p.id for p in everybody if p.email and p.id in owed)
    who = Recipients(audience, excluded, (), warned)
    return replace(who, because=_because(raised, who, here, order))


def find_notified(alert: Alert, people: Sequence[Person], school: School) -> dict[str, Fact]:
    """Find who hears by number that something in it is theirs (ids), and by which fact: whom a row would
    tell, had another not kept it; of what is sealed and may accuse head or chair the data protection officer
    alone."""
    here, matter = people_of(school, people), _kept_from(alert, school)
    known = {reason.code for reason in alert.because}
    facts = [fact for fact, row in FACTS.items() if (row.notice or row.apart) and fact in known]
    told = [(p, fact) for fact in reversed(facts) for p in holders(here, *tier_to_inform([fact]))]
    if alert.restricted and concern(matter, here) is not Concern.NEITHER:
        told = [(p, fact) for p, fact in told if hold(p, DATA_PROTECTION)]
    able = {p.id for p in _reachable(matter, here)}.difference(alert.audience)
    unwarned = able.difference(alert.warned)  # whoever was warned of danger still hears what the town reads
    return {p.id: fact for p, fact in told if p.id in (able if fact is Fact.REPORTED else unwarned)}


def asked_next(alert: Alert, people: Sequence[Person], school: School, now: datetime) -> Ids:
    """Ids of everybody who may be asked about an alert that nobody has in hand, in order."""
    return tuple(person for office in _offices_asked(alert, people, school, now) for person in office)


def next_office(
    alert: Alert, people: Sequence[Person], school: School, now: datetime, told: Collection[str]
) -> Ids:
    """Ids of the first office of that order of which somebody was not `told` (ids); empty where none is."""
    asked = _offices_asked(alert, people, school, now)
    return next(filter(None, (tuple(p for p in office if p not in told) for office in asked)), ())


def _offices_asked(alert: Alert, people: Sequence[Person], school: School, now: datetime) -> list[Ids]:
    """The offices in order, each with those of its holders (ids) who are there and whom mail reaches; of
    those who were not told of it three. Who governs is asked only in place of the head, or where fewer than
    two others are left, but where head or chair may be its subject."""
    here, matter = people_of(school, people), _kept_from(alert, school)
    about = concern(matter, here)
    order = FACTS[Fact.ALLEGED].whole(about)
    if about is Concern.NEITHER:
        order = FACTS[Fact.CHILD].whole(about) if alert.restricted else ASKED_NEXT
    reachable, gone = _reachable(matter, here), away(here, now)
    found = holders_now(reachable, order, gone, order)
    if about is Concern.NEITHER:
        daily = {p.id for p in (*first_held(found, ACTS[about]), *holders(found, *ASKED_DAILY))}
        short = ENOUGH - len(daily)
        found = [p for p in found if p.id in daily] + [p for p in found if p.id not in daily][: max(short, 0)]
    informed = [p.id for p in found if p.id in alert.audience]
    others = [p for p in found if p.id not in informed][:MOST_ASKED]
    roles: dict[Role, Ids] = {}
    for person in others:
        office = main_role(person, order)
        roles[office] = (*roles.get(office, ()), person.id)
    return [tuple(informed), *roles.values()]


def to_remind(
    alert: Alert,
    informed: Sequence[str],
    people: Sequence[Person],
    school: School,
    now: datetime,
    targets: Collection[str],
) -> Ids:
    """Ids of those `informed` (in order) who are asked again: whom mail reaches and it does not threaten, but
    that the first of all must act; those who are away only where nobody else is left."""
    here = people_of(school, people)
    reaches = {p.id for p in _reachable(_kept_from(alert, school), here)}
    able = [p for p in informed if p in reaches and (p not in targets or p in alert.audience[:1])]
    gone = away(here, now)
    return tuple(p for p in able if p not in gone) or tuple(able)


def all_who_may_know(matter: Matter, told: Sequence[str], people: Sequence[Person]) -> list[str]:
    """Ids of everybody who may read it, first those who were `told` (ids); of the others not IT."""
    order = {person: n for n, person in enumerate(told)}
    others = reading_offices(matter, people) - {Role.IT_LEAD}
    it_alone = {p.id for p in people_for_repairs(people) if not hold(p, others)}
    able = [p.id for p in with_words(matter, people) if p.id in order or p.id not in it_alone]
    return sorted(able, key=lambda p: order.get(p, len(order)))


def list_to_ring(asked: Iterable[Person]) -> People:
    """List who of those `asked` in vain is rung, whose number is known first: safeguarding leads before
    all, so that it says as little as may be of what they were asked about."""
    able = holders(asked, *SAFEGUARDERS, *ASKED_NEXT)
    return tuple(sorted(able, key=lambda p: not p.phone)[:ENOUGH])


def may_ring_office(person_id: str, alert: Alert, people: Iterable[Person]) -> bool:
    """May this person ring the head's office: is it neither theirs, nor that of somebody left out?"""
    out = {person_id, *alert.excluded}
    return not any(p.id in out and Role.HEAD in p.roles for p in people)


def overseers_of(matter: Matter, people: Sequence[Person], now: datetime) -> list[str]:
    """List the ids of who is asked by number where nobody answers: the chair, else the contact outside."""
    there = [p for p in _reachable(matter, people) if p.id not in away(people, now)]
    return [p.id for p in first_held(there, ACTS[Concern.HEAD])]


def who_remains(matter: Matter, people: Sequence[Person], now: datetime) -> list[str]:
    """List the ids of who gets its number where nobody can be told who may read it."""
    gone = away(people, now)
    able = holders(_reachable(matter, people), *ASKED_NEXT, *LEADERSHIP)
    return [p.id for p in able if p.id not in gone][:MOST_ASKED]


def _kept_from(alert: Alert, school: School) -> Matter:
    """Return what an alert is for those whom it keeps out."""
    return Matter(keys_of(school), subjects=frozenset(alert.excluded), former=school.former)


def _reachable(matter: Matter, here: Sequence[Person]) -> list[Person]:
    return [p for p in free_of_it(matter, here) if p.email]


def notified_so_far(alert: Alert, made: Sequence[Escalation]) -> Ids:
    """List the ids of those who were notified, this time it was raised, and may know: in order of asking."""
    asked = (s.person_id for s in made if s.times == alert.times and s.person_id)
    return tuple(p for p in each_once(alert.audience, asked) if p not in alert.excluded)


def bypass_recipients(matter: Matter, people: Iterable[Person]) -> People:
    """List who hears at once of what bypasses the ladder: those who read it by office, in order of asking."""
    here = people_here(matter, people)
    return tuple(holders(free_of_it(matter, here), *bypass_offices(matter, here)))


def bypass_offices(matter: Matter, people: Iterable[Person]) -> tuple[Role, ...]:
    """The offices by which those hear of it, in order of asking."""
    here = people_here(matter, people)
    roles, free = reading_offices(matter, here), free_of_it(matter, here)
    order = (*(role for tier in ACTS[concern(matter, here)] for role in tier), *SAFEGUARDERS)
    return tuple(role for role in order if role in roles and holders(free, role))


def first_reader(
    matter: Matter, people: Sequence[Person], named: Collection[str], now: datetime, *, of_child: bool
) -> Person | None:
    """Finds who is mailed that something was handed in which raised no alert: the first assessor, of a child
    the safeguarding lead; in their place the next in turn whom mail reaches and who may read it, else, but of
    what is restricted, who acts. Never whom it may accuse, who is `named` in it (ids), or who is related;
    but of what is restricted, where nobody else may read it, whom it merely names."""
    here = people_here(matter, people)
    out = matter.subjects.union(named)
    out |= list_related(out, here)
    able = [p for p in here if p.email and p.id not in out]
    if reading := [p for p in able if access(p, matter, here) is Access.WORDS]:
        able = reading
    elif matter.restricted:  # whom it merely names reads it rather than nobody
        able = [p for p in here if p.email and access(p, matter, here) is Access.WORDS]
    first = SAFEGUARDERS if of_child else (matter.policy.first_assessor,)
    gone = away(here, now)
    turn = holders(able, *first, *ASKED_NEXT, *LEADERSHIP)
    return next((p for p in turn if p.id not in gone), next(iter(turn), None))


def recipients_of_fact(fact: Fact, able: Sequence[Person], people: Sequence[Person], now: datetime) -> People:
    """List who of those `able` to read it is told by that row of the table."""
    order = FACTS[fact].order(Concern.NEITHER)
    ids = _top_up([p.id for p in holders(able, *order.first)], order.then, able)
    return in_their_place((p for p in able if p.id in ids), people, now, able.__contains__)


def in_their_place(
    of: Iterable[Person], people: Sequence[Person], now: datetime, may: Callable[[Person], bool]
) -> People:
    """Those of these people who are not away; for one who is, whoever covers for them, where that one `may`
    be told. Where nobody is left the next in turn who may, and failing that all of them, away or not."""
    of, gone = tuple(of), away(people, now)
    if gone.isdisjoint(p.id for p in of):
        return of
    there = {p.id: p for p in people if p.email and p.id not in gone and may(p)}
    found = [there.get(p.cover or "") if p.id in gone else p for p in of]
    left = {p.id: p for p in found if p is not None}
    return tuple(left.values()) or tuple(holders(there.values(), *ASKED_NEXT)[:1]) or of


def not_away(people: Sequence[Person], now: datetime) -> list[Person]:
    """Those of these readers who are not away; the whole leadership, or all safeguarding leads, where none of
    them is here. Whoever was away reads of the time since their last in the first one after."""
    gone = away(people, now)
    teams = ([p.id for p in people if hold(p, of)] for of in (LEADERSHIP, SAFEGUARDERS))
    left = {p for team in teams if gone.issuperset(team) for p in team}
    return [p for p in people if p.id not in gone or p.id in left] or list(people)


def leadership(school: School, people: Iterable[Person], *also: Role) -> People:
    """List the leadership (a trust's contacts too) and other offices whom mail reaches, each once."""
    leads = (*LEADERSHIP, Role.TRUST_CONTACT) if school.is_trust else LEADERSHIP
    return tuple(p for p in in_office(school, people, (*leads, *also)) if p.email)


def head_now(school: School, people: Iterable[Person], now: datetime) -> People:
    """The head or, while they are away, who stands in; without one, the leadership."""
    here = leadership(school, people)
    heads = first_held(here, [(role,) for role in POLICY_OWNERS[0]])
    return in_their_place(heads or here, here, now, lambda _: True)


def leads_alone(person: Person) -> bool:
    """Is this person a safeguarding lead who is not of the leadership?"""
    return hold(person, SAFEGUARDERS) and not hold(person, LEADERSHIP)


def is_press_contact_only(person: Person) -> bool:
    """Does this person speak to the press, and neither lead the school nor see to its safeguarding?"""
    leads = (*LEADERSHIP, *SAFEGUARDERS)
    return hold(person, PRESS_CONTACT) and not hold(person, leads)


def central_team(schools: Sequence[School], people: Iterable[Person], named: Collection[str] = ()) -> People:
    """List who has one digest for several schools: contacts of a trust, and those `named` by id."""
    central = (p for p in people if p.email and (hold(p, (Role.TRUST_CONTACT,)) or p.id in named))
    return tuple(p for p in central if len(schools_of(p, schools)) > 1)


def in_office(school: School, people: Iterable[Person], roles: Iterable[Role]) -> People:
    wanted = frozenset(roles)
    return tuple(p for p in people_of(school, people) if hold(p, wanted))


def report_signers(school: School, people: Iterable[Person]) -> People:
    """Lists those who may sign the governors' report, in the order in which they are asked."""
    found = holders(people_of(school, people), *REPORT_SIGNERS)
    office = [p for p in found if hold(p, REPORT_SIGNERS[:-1])]
    return tuple(office or found)


def asked_to_sign(
    school: School, people: Sequence[Person], since: datetime, now: datetime, zone: ZoneInfo, days: Calendar
) -> People:
    """Those who are asked by now to sign what was composed `since`, in turn: each has two whole working days,
    from 08:00, before the next one is asked. Nobody away is waited for."""
    signers = [p for p in report_signers(school, people) if p.email]
    gone = away(signers, now)
    able = [p for p in signers if p.id not in gone] or signers
    day, local = local_day(since, zone), now.astimezone(zone)
    last = local.date() - timedelta(days=1 if local.time() >= time(8) else 2)
    passed = sum(days.working_day(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))
    return tuple(able[: 1 + passed // 2])


def fault_recipients(people: Sequence[Person], *, anybody: bool) -> People:
    """List who hears of a fault of ours: IT leads and heads; else, with `anybody`, the next in turn."""
    first = tuple(p for p in people if hold(p, TROUBLES))
    return first or (tuple(holders(people, *TROUBLES_ELSE)[:1]) if anybody else ())


def people_for_repairs(people: Iterable[Person]) -> People:
    return tuple(holders(people, Role.IT_LEAD))


def policy_owners(school: School, people: Iterable[Person]) -> People:
    """The head and the chair, or those who stand in for one who cannot be reached."""
    reachable = [p for p in people_of(school, people) if p.email]
    found = (first_held(reachable, [(role,) for role in pair]) for pair in POLICY_OWNERS)
    return tuple({p.id: p for held in found for p in held}.values())


def _order(raised: RaisedMatter, here: Sequence[Person]) -> RecipientOrder:
    matter, about = raised.matter, _concern(raised, here)
    facts = matter.facts.difference(raised.facts_by_number, (Fact.WORD,))
    rows = [row for fact, row in FACTS.items() if fact in facts]
    orders = [row.order(about) for row in rows]
    first = [role for order in orders for role in order.first]
    if about is Concern.NEITHER and not raised.is_sealed:
        own = [matter.policy.press] * any(row.spoken for row in rows)
        own += [matter.policy.first_assessor] * any(row.assessed for row in rows)
        first = [*own, *tier_to_inform(facts)]
    accused = roles_of((*here, *matter.former), matter.subjects)
    below = {Role.DEPUTY_HEAD} if Role.HEAD in accused and about is not Concern.NEITHER else set[Role]()
    then = (role for order in orders for role in order.then if role not in below)
    return RecipientOrder(each_once(first), tuple(then))


def _concern(raised: RaisedMatter, here: Sequence[Person]) -> Concern:
    """Whether it goes past head or chair: where it is about them, not where it merely speaks of them."""
    led = raised.matter.about in (About.HEAD, About.CHAIR)
    return concern(raised.matter, here) if led else Concern.NEITHER


def _fill(
    order: RecipientOrder,
    raised: RaisedMatter,
    of: Sequence[Person],
    gone: Collection[str],
    doubts: Callable[[Person], bool],
    *,
    no_lead: bool,
) -> Ids:
    present = [p for p in of if p.id not in gone]
    # Those who come first, with those who stand in for one above the accused who cannot be reached, and of
    # an allegation for a lead who may not.
    about = _concern(raised, present)
    turn = ACTS[about]
    above_them = next((tier for tier in turn if holders(present, *tier)), turn[0])
    place: dict[Role, Tier] = {}
    if raised.matter.about in (About.HEAD, About.CHAIR):
        place = dict.fromkeys(turn[0], above_them)
    if no_lead and Fact.ALLEGED in raised.matter.facts and not holders(present, Role.DSL):
        place[Role.DSL] = substitutes_for_lead(present)
    roles = tuple(r for role in order.first for r in place.get(role, (role,)))
    if Fact.WORD in raised.matter.facts:  # beside the others the first in no doubt
        over = Concern.HEAD if about is Concern.NEITHER else about
        seats = (Role.DEPUTY_DSL, *ACTS[over][0], *roles, *last_resort(over))
        free = [p for p in present if not doubts(p)]
        roles = (*roles, *next(((role,) for role in seats if holders(free, role)), ()))
    first = [p.id for p in holders_now(of, roles, gone, (*order.first, *order.then))]
    target = [p.id for p in of if p.id in raised.matter.threatened]
    found = _top_up(dict.fromkeys((*first, *target)), order.then, present)
    return tuple(found or _top_up((), last_resort(_concern(raised, present)), present))


def _top_up(found: Iterable[str], roles: Iterable[Role], reachable: Sequence[Person]) -> list[str]:
    """These (ids), and holders of these offices until two people are."""
    found = list(found)
    more = dict.fromkeys((*found, *(p.id for p in holders(reachable, *roles))))
    return list(more)[: max(ENOUGH, len(found))]


def _because(
    raised: RaisedMatter, who: Recipients, here: Sequence[Person], order: RecipientOrder
) -> tuple[Reason, ...]:
    audience, excluded = who.audience, who.excluded
    first = {p.id for p in holders(here, *order.first)}
    led = first.union(p.id for p in holders(here, Role.HEAD, Role.DSL))
    over = roles_of(here, raised.matter.subjects)
    told = [p for i in audience for p in here if p.id == i]
    found = {
        "subject_excluded": not led.isdisjoint(excluded),
        "related_excluded": not led.isdisjoint(list_related(excluded, here) - {*audience}),
        "no_address": not first.isdisjoint({p.id for p in here if not p.email} - {*excluded}),
        "nobody_left": not audience,
        "fallback": bool(audience) and first.isdisjoint(audience),
        "one_person_only": len(audience) == 1,
        "nobody_above": bool(audience) and all(above(p.roles) & over for p in told),
        TELL_TARGET: any(_left_out(v, (*audience, *who.warned), here) for v in raised.verdicts),
    }
    name = next((p.name for p in told if p.id not in raised.targets), "somebody")
    return tuple(because(code, name=name) for code, holds in found.items() if holds)


_OF_THE_SITE = ("person_said", "signal:bomb_threat", "signal:mass_killing")
"""By these it is the site, where nobody is named; by others it may be one who works there."""


def _left_out(verdict: Verdict, reached: Ids, here: Sequence[Person]) -> bool:
    """Is an adult threatened whom no mail reaches? Nobody is where the site, or a child, is said to be."""
    named = [m for m in aims(verdict) if m.who.startswith(("person:", "office:"))]
    if Harm.VIOLENCE in harms(verdict) and not named:
        others = any(m.who == "child" or m.by in _OF_THE_SITE for m in aims(verdict))
        return verdict.about in ADULTS_OF_THE_SCHOOL and not others
    return any(persons_meant((m,), here).isdisjoint(reached) for m in named)
