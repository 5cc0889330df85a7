"""Which offices act, stand in, read, sign and are told, and by which facts: the one table of it.

The orders are those of the schools' own policies. Everything here is about offices; who holds one, and who is
kept out as a person, is asked of `alerts.access.matter` and its neighbours. docs/access.md prints the tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from functools import partial
from importlib.resources import files

from pydantic import TypeAdapter

from data.frozen import freeze
from data.ids import each_once
from data.people import people_of, schools_of
from data.types import KEY_OF_OUR_OWN, About, Person, Role, School

Tier = tuple[Role, ...]
"""Offices that are asked at the same time."""


class Concern(StrEnum):
    """Which of the two who would otherwise act a matter is about."""

    NEITHER = "neither"
    HEAD = "head"
    CHAIR = "chair"
    BOTH = "both"


class Fact(StrEnum):
    """Facts that decide who is told of a matter: each is a row of the table, in this order."""

    ALLEGED = "alleged"
    CHILD = "child"
    EXTREMISM = "extremism"
    DANGER = "danger"
    SITE = "site"
    VIOLENCE = "violence"
    REMOVAL = "removal"
    ACCUSED = "accused"
    WRONGED = "wronged"
    ACCOUNT = "account"
    TAG = "tag"
    FRAUD = "fraud"
    DATA_OUT = "data_out"
    PUPILS_DATA = "pupils_data"
    PRIVATE = "private"
    OWED = "owed"
    FALSE_ACCOUNT = "false_account"
    MARKS = "marks"
    PICTURES = "pictures"
    PUPIL = "pupil"
    PUPIL_NAMED = "pupil_named"
    CONTACT = "contact"
    PRESS = "press"
    REPORTED = "reported"
    ENQUIRY = "enquiry"
    GRADE = "grade"
    COMPLAINT = "complaint"
    COMMENT = "comment"
    PRAISE = "praise"
    WORD = "word"


@freeze
class RecipientOrder:
    """Those who are told, in order: `first` always; `then` until two are; else `last_resort`."""

    first: Tier = ()
    then: Tier = ()


@freeze
class FactRow:
    """A row of the table; `facts.toml` says what each of its columns is."""

    said: str
    themselves: str = "–"
    advice: str = "–"
    classes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    orders: Mapping[Concern, RecipientOrder] = field(default_factory=dict)
    also: Tier = ()
    bare: Tier = ()
    own: Tier = ()
    digest: Tier = ()
    answers: Tier = ()
    reads: Tier = ()
    assessed: bool = False
    spoken: bool = False
    everybody: bool = False
    sealed: bool = False
    notice: bool = False
    apart: bool = False
    at_once: bool = False

    def order(self, concern: Concern) -> RecipientOrder:
        """Return who is told where it is about these; as of anybody else where the row says no more."""
        return self.orders.get(concern) or self.orders.get(Concern.NEITHER, RecipientOrder())

    def whole(self, concern: Concern) -> Tier:
        """Return all who may be told where it is about these, in order, each once."""
        order = self.order(concern)
        return each_once(order.first, order.then, last_resort(concern))


_READ = tomllib.loads(files("alerts.access").joinpath("facts.toml").read_text(encoding="utf-8"))
FACTS: Mapping[Fact, FactRow] = TypeAdapter(dict[Fact, FactRow]).validate_python(_READ)
OF_DANGER = frozenset((Fact.DANGER, Fact.VIOLENCE))
OFFICE_ABOUT: Mapping[About, Role] = {About.HEAD: Role.HEAD, About.CHAIR: Role.CHAIR, About.DSL: Role.DSL}
"""The office that a matter about somebody may accuse, the most telling first."""

SAFEGUARDERS: Tier = (Role.DSL, Role.DEPUTY_DSL)
OUTSIDE: Tier = (Role.LA_CONTACT, Role.TRUST_CONTACT)
LEADERSHIP = FACTS[Fact.COMMENT].digest
"""Who is sent the digest; a safeguarding lead only where they hold one of these too."""
WORKING: Tier = (*LEADERSHIP, *SAFEGUARDERS, Role.IT_LEAD)
"""Who works on what is nobody's secret."""
PRESS_CONTACT = FACTS[Fact.PRESS].reads
DATA_PROTECTION = FACTS[Fact.OWED].reads
"""Who reads what is a matter of personal data, and sees how far the others are, to hold them."""
OFFICERS = frozenset((*WORKING, *DATA_PROTECTION, Role.CHAIR, Role.VICE_CHAIR, *OUTSIDE))
"""Who may see matters by their office; anybody else, only what is aimed at them or given to them."""
REPORT_READERS: Tier = (Role.GOVERNOR, Role.CHAIR, Role.VICE_CHAIR)
OVERSEERS: Tier = (*REPORT_READERS, Role.LA_CONTACT)
"""Who governs or oversees the school, and is not of its staff."""
DATA_KEEPERS: Tier = (Role.DSL, *DATA_PROTECTION)
"""Who may hold, release and unlock, beside whoever leads."""
REPORT_SIGNERS: Tier = (Role.HEAD, Role.DEPUTY_HEAD, Role.CHAIR, Role.SLT)
"""Those that sign the governors' report, in turn; the leadership team only where nobody holds the others."""
TROUBLES = WAYS_IN = (Role.IT_LEAD, Role.HEAD)
"""Who is told of a fault of ours, lets others in without mail, and ends what a lost telephone opened."""
MACHINES: Tier = (*TROUBLES, Role.DEPUTY_HEAD)
"""The offices that look after the machines, in the order in which they hear of what did not arrive."""
SHEET: Tier = (Role.HEAD, Role.DSL)
"""Offices with a sealed sheet of codes for the day without mail; they hear of quiet Mondays too."""
TROUBLES_ELSE: Tier = (Role.DEPUTY_HEAD, Role.SLT, *SAFEGUARDERS, Role.CHAIR, Role.VICE_CHAIR)
TROUBLES_ELSE += (Role.TRUST_CONTACT, Role.LA_CONTACT)
"""Who is told of one in turn where none of `TROUBLES` can be reached."""
WATCHING: Tier = (Role.HEAD, Role.DSL, Role.CHAIR)
"""Offices that are mailed every change of the people who may see matters."""
PAIRS = ((Role.DSL, Role.DEPUTY_DSL), (Role.HEAD, Role.DEPUTY_HEAD), (Role.CHAIR, Role.VICE_CHAIR))
"""Those who lead safeguarding and the school, and who oversees it, each with who stands in."""
POLICY_OWNERS = PAIRS[1:]
"""Who owns and who runs a written policy, each with who stands in."""
ANSWERERS = FACTS[Fact.COMMENT].answers
"""Who answers criticism, in turn; else the leadership."""
ASKED_DAILY: Tier = (Role.HEAD, Role.DEPUTY_HEAD, *SAFEGUARDERS)
"""Those who are asked next and can act themselves; others only for the head, or where too few are left."""
SENIORITY: Tier = (*ASKED_DAILY, Role.CHAIR, Role.VICE_CHAIR)
ENOUGH = 2
"""So many must be reachable where it matters."""

_OVER_CHAIR = ((Role.VICE_CHAIR,), OUTSIDE)
_OVER_HEAD = ((Role.CHAIR,), *_OVER_CHAIR)
ACTS: Mapping[Concern, tuple[Tier, ...]] = {
    Concern.NEITHER: ((Role.HEAD,), (Role.DEPUTY_HEAD,), *_OVER_HEAD),
    Concern.HEAD: _OVER_HEAD,
    Concern.CHAIR: (*_OVER_CHAIR, (Role.HEAD,)),
    Concern.BOTH: _OVER_CHAIR,
}
"""Who acts for the school, in turn: decides, signs, approves (Basildon 9.1). Whom the school's policy names
comes before these where it is about neither."""
TOGETHER: Mapping[Concern, int] = {Concern.CHAIR: 2, Concern.BOTH: 2}
"""How many of those tiers read it at the same time; else the next only while nobody before them can be
told."""


def last_resort(concern: Concern) -> Tier:
    """Return who is told in turn where nobody else of a row can be: never the deputy of an accused head."""
    acting = (role for tier in ACTS[concern] for role in tier)
    return each_once((Role.DEPUTY_DSL,), acting, (Role.HEAD,))


LAST_RESORT = last_resort(Concern.NEITHER)

PERSONAL_DATA = frozenset(c for row in FACTS.values() if row.reads and not row.about for c in row.classes)
"""The content classes that are the data protection officer's business."""
ASKED_NEXT: Tier = (*SENIORITY, *OUTSIDE)
"""Who is asked in turn about an open matter that nobody has in hand."""
MOST_ASKED = 3
"""So many are asked beside those who were told at once."""

REPORTS_TO: Mapping[Role, frozenset[Role]] = {
    **dict.fromkeys(
        (Role.DEPUTY_HEAD, Role.SLT, Role.DSL, Role.IT_LEAD, Role.DPO, Role.STAFF, Role.PRESS),
        frozenset((Role.HEAD,)),
    ),
    Role.HEAD: frozenset((Role.CHAIR,)),
    Role.DEPUTY_DSL: frozenset((Role.DSL, Role.HEAD)),
}
"""To whom each office reports, directly; through the head all of the staff report to the chair. Governors,
the chair, the vice-chair, the local authority and the trust report to nobody of the school."""


_NURSERY = re.compile(
    r"\b(day ?care|playgroup|pre-?school|cr[eè]che|nursery|meithrinfa|cylch meithrin)\b", re.IGNORECASE
)


def kind_of_school(school: School) -> str:
    """Return the kind of school that has other names for its offices: “nursery” (of an owner: a pre-school or
    of no register, by its key) or “college”; "" for any other (docs/nations.md)."""
    owned = school.phase == "pre-school" or (not school.phase and school.urn.startswith(KEY_OF_OUR_OWN))
    if owned and _NURSERY.search(school.name):
        return "nursery"
    return "college" if school.phase == "16 plus" else ""


def offices_of(school: School) -> tuple[tuple[Role, Role], ...]:
    """List the offices that a school of its nation and kind needs, each with who stands in; the same office
    where a second person holds it. In Scotland the authority oversees the head, not a parent council."""
    safeguarding, head, over = PAIRS
    if school.is_trust:
        return ((Role.TRUST_CONTACT, Role.TRUST_CONTACT), head, over)
    if school.nation == "scotland" and kind_of_school(school) != "nursery":
        over = (Role.LA_CONTACT, Role.LA_CONTACT)
    return (head, safeguarding, over)


def facts_of_class(
    content_class: str, about: str = "", event: str | None = None, reasons: Collection[str] = ()
) -> frozenset[Fact]:
    """The facts known by the class of a post, its subject, the event of an article, and codes of reasons."""
    return frozenset(
        fact
        for fact, row in FACTS.items()
        if (content_class in row.classes or event in row.events or not row.reasons.isdisjoint(reasons))
        or (row.about and not row.classes)
        if not row.about or about in row.about
    )


def tier_to_inform(facts: Collection[Fact]) -> Tier:
    """Return who is told of these facts as of anybody: in any case, then beside the others."""
    rows = [FACTS[fact] for fact in FACTS if fact in facts]
    first = (role for row in rows for role in row.order(Concern.NEITHER).first)
    return (*first, *(role for row in rows for role in row.also))


def holders(people: Iterable[Person], *roles: Role) -> list[Person]:
    """Those who hold one of these offices, each once: in the order of the offices, then of the people."""
    people = tuple(people)
    return list({p.id: p for role in roles for p in people if role in p.roles}.values())


def holders_now(
    people: Iterable[Person], roles: Iterable[Role], out: Collection[str], offices: Iterable[Role]
) -> list[Person]:
    """Those who hold one of these roles, in their order, but for those who are away (`out`, ids): in their
    place whoever covers for them, where that is one of the people, is there and holds one of `offices`."""
    people, offices = tuple(people), frozenset(offices)
    able = {p.id: p for p in people if p.id not in out and hold(p, offices)}
    found = [able.get(p.cover or "") if p.id in out else p for p in holders(people, *roles)]
    return list({p.id: p for p in found if p is not None}.values())


def over_the_head(people: Iterable[Person]) -> list[Person]:
    """Those of a school's own who act where it is about its head, and can be told."""
    roles = (role for tier in ACTS[Concern.HEAD] if tier != OUTSIDE for role in tier)
    return [p for p in holders(people, *roles) if p.email]


def hold(person: Person, roles: Iterable[Role]) -> bool:
    return not frozenset(roles).isdisjoint(person.roles)


administers = partial(hold, roles=WAYS_IN)
"""Do they administer the desk: people and places, and others' ways in?"""
sees_matters = partial(hold, roles=OFFICERS)
has_sheet = partial(hold, roles=SHEET)
acts_for_leaders = partial(hold, roles=(Role.VICE_CHAIR, *OUTSIDE))
"""Do they act where neither head nor chair can? They see that something is open, if they are told no more."""
hears_on_mondays = partial(hold, roles=SHEET)
"""Are they told on a quiet Monday, too, that all is running?"""
gives_day_code = partial(hold, roles=(*WORKING, Role.STAFF))
"""Do they tell others the code of the day? All who work at the school: it opens no more to others."""
decides = partial(hold, roles=(Role.HEAD, Role.DEPUTY_HEAD, Role.CHAIR, Role.VICE_CHAIR))
"""Do they decide for the school by their office, before anybody from outside does?"""
keeps_room = partial(hold, roles=SAFEGUARDERS)
"""Is the safeguarding room theirs, as far as each matter is?"""
reads_reports = partial(hold, roles=(*REPORT_READERS, *REPORT_SIGNERS))
"""Do they read the governors' reports, or sign them?"""
governs = partial(hold, roles=REPORT_READERS)
"""Do they govern the school, and read reports of it rather than matters?"""
reads_policies = partial(hold, roles=(*OFFICERS, *OVERSEERS))
"""Do they read which written policies there are, and what the school has set by them?"""


answers_for_data = partial(hold, roles=(Role.HEAD, Role.DPO))
"""Do they sign the data protection impact assessment, and hear while it is missing? (UK GDPR, Art. 35(2).)"""


def on_staff(person: Person, but: Tier = ()) -> bool:
    """Does this person hold an office other than these, or that of who governs or oversees the school?"""
    return not frozenset((*OVERSEERS, *but)).issuperset(person.roles)


def holding(person: Person, roles: Iterable[Role]) -> tuple[Role, ...]:
    """Their offices with these beside them, each once."""
    return each_once(person.roles, roles)


def keeping(person: Person, given_up: Collection[Role]) -> tuple[Role, ...]:
    """Their offices without these; whoever has no other left is a member of staff."""
    return tuple(role for role in person.roles if role not in given_up) or (Role.STAFF,)


def first_held(people: Iterable[Person], tiers: Iterable[Tier]) -> list[Person]:
    """The holders of the first of these tiers that any of the people holds."""
    people = tuple(people)
    return next((held for tier in tiers if (held := holders(people, *tier))), [])


def main_role(person: Person, order: Iterable[Role] = SENIORITY) -> Role:
    """Choose the office somebody is called by: the first in that order, else the first they hold."""
    first = next((role for role in order if role in person.roles), None)
    return first or next(iter(person.roles), Role.STAFF)


def substitutes_for_lead(able: Iterable[Person], *, leads_school: bool = False) -> Tier:
    """Return who acts for a safeguarding lead who may have harmed a child: the deputy, with the chair where
    the lead leads the school too; without a deputy the chair with the authority."""
    if not holders(able, Role.DEPUTY_DSL):
        return (Role.CHAIR, *OUTSIDE)
    return (Role.DEPUTY_DSL, Role.CHAIR) if leads_school else (Role.DEPUTY_DSL,)


def office_of_subject(subjects: Iterable[str], people: Iterable[Person]) -> About | None:
    """About whom a matter is that may accuse these (ids): head, chair, safeguarding lead, else None."""
    ids = frozenset(subjects)
    accused = {role for p in people if p.id in ids for role in p.roles}
    return next((about for about, role in OFFICE_ABOUT.items() if role in accused), None)


def above(roles: Iterable[Role]) -> frozenset[Role]:
    """All offices that these report to, directly or through others."""
    direct = frozenset[Role]().union(*(REPORTS_TO.get(role, frozenset()) for role in roles))
    return direct | above(direct) if direct else direct


def roles_of(people: Iterable[Person], ids: Iterable[str]) -> frozenset[Role]:
    wanted = frozenset(ids)
    return frozenset(role for p in people if p.id in wanted for role in p.roles)


def rung_as(person: Person) -> Role:
    """The office for which somebody is rung who leads safeguarding, or the school."""
    return next(role for role in (*SAFEGUARDERS, Role.HEAD, Role.CHAIR) if role in person.roles)


def leads_shared(person: Person, other: Person, schools: Iterable[School]) -> tuple[Role, ...]:
    """The leads that both hold at a school of both."""
    both = schools_of(other, schools_of(person, schools))
    return tuple(lead for lead, _ in PAIRS if both and lead in person.roles and lead in other.roles)


def mailboxes_shared(people: Collection[Person], schools: Iterable[School]) -> set[tuple[str, str, str]]:
    """The mailboxes that a head and a safeguarding lead of one school have both, with the two names."""
    found = set[tuple[str, str, str]]()
    for school in schools:
        here = [p for p in people_of(school, people) if p.email]
        heads, leads = ([p for p in here if role in p.roles] for role in (Role.HEAD, Role.DSL))
        pairs = [
            (one, lead, f"{one.email}".casefold()) for one in heads for lead in leads if one.id != lead.id
        ]
        found |= {(at, one.name, lead.name) for one, lead, at in pairs if f"{lead.email}".casefold() == at}
    return found


def with_roles(person: Person, roles: Collection[Role]) -> Person:
    """They with exactly these offices, those they had first; as they are, where these are the same."""
    kept = [role for role in person.roles if role in roles]
    return replace(person, roles=each_once(kept, roles))


def administers_for(by: Person, person: Person, schools: Iterable[School]) -> bool:
    """Do they administer it for this person, at a school of both?"""
    here = schools_of(by, schools)
    return administers(by) and any(s in here for s in schools_of(person, schools))


def keeps_accounts(person: Person, schools: Iterable[School]) -> bool:
    """Do they look after the own accounts of one of these schools: are they told of what happens there?"""
    told = FACTS[Fact.ACCOUNT].order(Concern.NEITHER).first
    return hold(person, told) and bool(schools_of(person, schools))


def keeps_policies(person: Person, schools: Iterable[School]) -> bool:
    """Do they write down the review of a policy of one of these schools: who owns it, or administers?"""
    owns = administers(person) or hold(person, (role for pair in POLICY_OWNERS for role in pair))
    return owns and bool(schools_of(person, schools))
