"""Checks of who would be told: by the very rule that alerts use, for every one who may be the subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from alerts.audience import ENOUGH, audience
from data.people import people_of
from data.types import About, Person, Policy, Relevance, Role, Route, School, Sentiment, Severity, Verdict
from monitor.config import Config
from monitor.findings import Finding, Level, ok

Told = tuple[Level, str, str]
"""How grave, what is so “at” a school, and how to mend it."""

_SUBJECTS = {
    About.HEAD: "the head",
    About.CHAIR: "the chair of governors",
    About.DSL: "the designated safeguarding lead",
    About.STAFF: "a member of staff",
}
_LEADING = {Role.HEAD, Role.CHAIR, Role.DSL}
ADD = "Add to schoolgate.toml a [[people]] with"


def people(config: Config) -> list[Finding]:
    """Roles that are missing or hang on one person, and matters that would reach nobody or one person."""
    found = [*_unreachable(config.people), *at_schools("people", config, _school)]
    return found or [ok("people", "Two people are reachable in every role that matters.")]


def at_schools(
    check: str, config: Config, look: Callable[[School, Config], Iterable[Told]]
) -> Iterator[Finding]:
    """What is so at each school; what is so at several is one finding."""
    told: dict[Told, list[School]] = {}
    for school in config.schools:
        for wanting in look(school, config):
            told.setdefault(wanting, []).append(school)
    for (level, what, mend), schools in told.items():
        yield Finding(check, level, f"{_names(schools)}: {what}", mend)


def reachable(school: School, people: Iterable[Person]) -> list[Person]:
    """The school's people whom mail reaches."""
    return [p for p in people_of(school, people) if p.email]


def _school(school: School, config: Config) -> Iterator[Told]:
    here = reachable(school, config.people)
    if not here:
        yield (
            Level.FAULT,
            "nobody can be told anything.",
            f'{ADD} roles = ["dsl"] and an email, and one for the head.',
        )
        return
    yield from _roles(here)
    yield from _head_and_dsl(here)
    yield from _subjects(here, school, config.policy)


def _roles(here: Sequence[Person]) -> Iterator[Told]:
    """domain guide, People and outputs: two people must be reachable per role."""
    for lead, deputy, title in (
        (Role.DSL, Role.DEPUTY_DSL, "designated safeguarding lead"),
        (Role.HEAD, Role.DEPUTY_HEAD, "head"),
        (Role.CHAIR, Role.VICE_CHAIR, "chair of governors"),
    ):
        if not holders(here, lead):
            level = Level.FAULT if lead is Role.DSL else Level.WARN
            yield level, f"no {title} can be told.", f'{ADD} roles = ["{lead}"] and an email.'
        elif len(holders(here, lead, deputy)) < ENOUGH:
            what = f"only one person stands for the {title}; nobody is told when that one is away."
            yield Level.WARN, what, f'{ADD} roles = ["{deputy}"] and an email.'


def _head_and_dsl(here: Sequence[Person]) -> Iterator[Told]:
    safeguarding = holders(here, Role.DSL, Role.DEPUTY_DSL)
    heads = holders(here, Role.HEAD)
    if safeguarding and set(safeguarding) <= set(heads):
        what = (
            "the head is the only designated safeguarding lead, so an allegation against the head has none."
        )
        yield Level.WARN, what, f'{ADD} roles = ["deputy_dsl"] and an email: somebody else than the head.'


def _subjects(here: Sequence[Person], school: School, policy: Policy) -> Iterator[Told]:
    """Whoever may be accused is told nothing: who is left?"""
    for whom, about, subjects in _accusable(here):
        verdict = supposed(school.urn, Route.SAFEGUARDING, about, subjects)
        if not audience([verdict], verdict, here, school, policy).told:
            roles = '"vice_chair", "deputy_dsl" or "la_contact"'
            mend = f"{ADD} one of the roles {roles} and an email: somebody not yet in the file."
            yield Level.FAULT, f"an allegation against {whom} would reach nobody.", mend


def _accusable(here: Sequence[Person]) -> Iterator[tuple[str, About, tuple[str, ...]]]:
    """Each who leads, each person whom a text may name, and head and lead in one sentence."""
    for about, title in _SUBJECTS.items():
        yield title, about, ()
    for person in here:
        if not set(person.roles) & _LEADING:
            yield person.id, About.STAFF, (person.id,)
    both = tuple(holders(here, Role.HEAD, Role.DSL))
    if len(both) > 1:
        yield "the head and the designated safeguarding lead at once", About.HEAD, both


def _unreachable(persons: Iterable[Person]) -> list[Finding]:
    names = [p.id for p in persons if not p.email]
    if not names:
        return []
    what = f"Without an e-mail address, and so never told: {', '.join(names)}."
    return [Finding("people", Level.WARN, what, 'Add to each: email = "name@example.sch.uk"')]


def holders(persons: Sequence[Person], *roles: Role) -> list[str]:
    """Ids of those who hold any of the roles."""
    return [p.id for p in persons if set(p.roles) & set(roles)]


def _names(schools: Sequence[School]) -> str:
    """At most three by name, so that a trust of fifty stays readable."""
    shown = ", ".join(school.name for school in schools[:3])
    return shown if len(schools) <= 3 else f"{shown} and {len(schools) - 3} more"


def supposed(urn: str, route: Route, about: About, subjects: tuple[str, ...] = ()) -> Verdict:
    """A grave verdict that nobody has given, to ask who would be told of such a one."""
    return Verdict(
        mention_id="doctor",
        version=1,
        urn=urn,
        relevance=Relevance.ABOUT,
        sentiment=Sentiment.NEGATIVE,
        abuse=("safeguarding",) if route is Route.SAFEGUARDING else ("threat",),
        about=about,
        severity=Severity.THIS_HOUR,
        route=route,
        subjects=subjects,
    )
