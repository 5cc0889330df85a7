"""Checks of who would be told: by the very rule that alerts use, for everybody who may be the subject; and of
whom the school's own rules for removals name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from alerts.access import offices
from alerts.access.acts import missing_offices
from alerts.access.matter import list_related, matter_to_raise
from alerts.access.offices import OFFICE_ABOUT, OFFICERS, OUTSIDE, hold, holders
from alerts.access.recipients import Recipients, recipients
from data.judged import supposed_verdict
from data.people import people_of
from data.store.engine.rows import group_pairs
from data.types import About, Person, Policy, Role, Route, School, Verdict
from data.words.say import words
from monitor.act.people import reachable, unheld
from monitor.config.load import Config
from monitor.setup.doctor.findings import Finding, Level, ok, warn
from monitor.terminal.wording import some, to_add_person

Told = tuple[Level, str, str, str]
"""How grave, what is so “at” a school, how to put it right, and the command for it or nothing."""

_TITLES = {Role.DSL: "designated safeguarding lead", Role.HEAD: "head", Role.CHAIR: "chair of governors"}
_SUBJECTS = {
    About.HEAD: "the head",
    About.CHAIR: "the chair of governors",
    About.DSL: "the designated safeguarding lead",
    About.STAFF: "a member of staff",
}
_ABOUT = _SUBJECTS | {About.SCHOOL: "the school"}
_DUTIES = {
    "first_assessor": "looks at a matter first",
    "decider": "decides whether removal is asked for",
    "signs": "signs the letters",
    "press": "answers the press",
}
_NEW = "somebody who is not in the file yet"


def check_people(config: Config) -> list[Finding]:
    """Roles that are missing or hang on one person, and matters that would reach nobody or one person."""
    found = [
        *_unreachable(config.people),
        *at_schools("people", config, _school),
        *at_schools("offices", config, _missing),
        *at_schools("head", config, _heads),
    ]
    return found or [ok("people", "Two people are reachable in every role that matters.")]


def trust(config: Config) -> Iterator[Finding]:
    """Whether what is said of a trust itself is told to somebody, and an allegation against its chief."""
    subject, names = config.trust, {s.trust for s in config.proper if s.trust}
    if subject is None:
        if len(config.proper) > 1 and len(names) == 1:
            what = f"What is said of {names.pop()} itself is taken for each of its schools'."
            yield warn(
                "trust", what, "Write a table [trust] with its name and its chief (schoolgate docs trust)."
            )
        return
    here = reachable(subject, config.people)
    if not subject.head:
        what = "The chief executive of the trust is not named: what names them alone is not known as theirs."
        yield warn("trust", what, "Write the name into [trust]: “chief”.")
    if not here:
        what = "Nobody of the trust can be told of what is said of it: it stands in the governors' reports."
        remedy = "Name its central team, with an e-mail address"
        yield warn("trust", what, remedy, f"{to_add_person()} --school trust")
    elif not offices.over_the_head(here):
        what = "No chair of trustees can be told of an allegation against the chief: each school's leads are."
        yield warn("trust", what, "Name the chair", f"{to_add_person(Role.CHAIR)} --school trust")
    else:
        yield ok("trust", f"What is said of {subject.name} itself is told to {some([p.id for p in here])}.")


def namesakes(school: School, config: Config) -> Iterator[Told]:
    """A relative of the head, not known as one, who holds an office is told of what accuses the head."""
    here = people_of(school, config.people)
    for head in holders(here, Role.HEAD):
        known = {head.id} | list_related([head.id], here)
        for person in here:
            if person.id not in known and hold(person, OFFICERS) and _last(person) == _last(head):
                close = " ".join(f"--related-to {who}" for who in (*person.related_to, head.id))
                what = (
                    f"{person.name} has the name of the head, {head.name}: a relative not known as one "
                    f"is told of what accuses the head. If they are: schoolgate people change {person.id} "
                    f"{close}"
                )
                yield Level.OK, what, "", ""  # nobody could clear a warning of whoever is no relative


def check_asker(config: Config) -> list[Finding]:
    """Report who the commands take to be asking, and how far that can be trusted."""
    trust = ok(
        "cli",
        "The commands believe you when you say who you are: anyone using this account can see everything "
        "here. Every look at the words of a restricted matter is recorded.",
    )
    if config.me is None or config.me in {p.id for p in config.people}:
        return [trust]
    what = f"“me” under [cli] names {config.me}, who is not one of the [[people]]: commands stop and say so."
    return [warn("cli", what, "Say who you are, by id", "schoolgate set cli.me"), trust]


def at_schools(
    check: str, config: Config, look: Callable[[School, Config], Iterable[Told]]
) -> Iterator[Finding]:
    """Report what is so at each school; what is so at several is one finding."""
    told = group_pairs((wanting, school) for school in config.proper for wanting in look(school, config))
    for (level, what, remedy, command), schools in told.items():
        yield Finding(check, level, f"{some([school.name for school in schools])}: {what}", remedy, command)


def _school(school: School, config: Config) -> Iterator[Told]:
    here = reachable(school, config.people)
    if not here:
        remedy = "Name the safeguarding lead, then the head"
        yield Level.FAULT, "nobody can be told anything.", remedy, to_add_person(Role.DSL)
        return
    yield from _roles(here, school)
    safeguarding, heads = holders(here, *offices.SAFEGUARDERS), holders(here, Role.HEAD)
    if safeguarding and all(lead in heads for lead in safeguarding):
        what = (
            "the head is the only designated safeguarding lead, so an allegation against the head has none."
        )
        yield Level.WARN, what, *naming_remedy(Role.DEPUTY_DSL, who="somebody other than the head")
    yield from _subjects(here, school, config.policy)


def _roles(here: Sequence[Person], school: School) -> Iterator[Told]:
    """Two people must be reachable for each role (ours)."""
    empty = unheld(school, here)
    for lead, deputy in offices.PAIRS:
        title = _TITLES[lead]
        if lead in empty:
            level = Level.FAULT if lead is Role.DSL else Level.WARN
            yield level, f"no {title} can be told.", *naming_remedy(lead)
        elif holders(here, lead) and len(holders(here, lead, deputy)) < offices.ENOUGH:
            what = f"only one person stands for the {title}; nobody is told when that one is away."
            yield Level.WARN, what, *naming_remedy(deputy)


def _heads(school: School, config: Config) -> Iterator[Told]:
    """Posts that name the head are known by the name that the school has; mail goes to the people."""
    found = holders(people_of(school, config.people), Role.HEAD)
    said = (school.head or "").casefold()
    new = [p for p in found if _last(p) not in said]
    if said and new:
        what = f"its head is {school.head}, and among the people {' and '.join(p.name for p in found)}."
        old = next((p for p in found if p not in new), None)
        if old is not None:
            remedy = f"If {old.name} has left, take them out; their name stays in what is recorded"
            yield Level.WARN, what, remedy, f"schoolgate people remove {old.id}"
        else:
            command = f'schoolgate schools change {school.urn} "head={new[0].name}"'
            yield Level.WARN, what, "Say who it is", command


def _last(person: Person) -> str:
    return person.name.split()[-1].casefold()


def _subjects(here: Sequence[Person], school: School, policy: Policy) -> Iterator[Told]:
    """Whoever may be accused is told nothing: who is left?"""
    for whom, about, subjects in _accusable(here):
        verdict = supposed_verdict(school.urn, Route.SAFEGUARDING, about, subjects)
        if not find_recipients(verdict, here, school, policy).audience:
            what = f"an allegation against {whom} would reach nobody: whoever is accused is told nothing."
            yield Level.FAULT, what, *naming_remedy(_office_above(here, about, school), who=_NEW)


def _office_above(here: Sequence[Person], about: About, school: School) -> Role:
    """Choose who to name next: the first office over the head that nobody holds and that is not accused
    itself.
    """
    turn = offices.ACTS[offices.Concern.CHAIR if about is About.CHAIR else offices.Concern.HEAD]
    over = OUTSIDE if school.nation == "scotland" else [role for tier in turn for role in tier]
    return next((role for role in over if not holders(here, role)), OUTSIDE[0])


def naming_remedy(*roles: Role, who: str = "somebody") -> tuple[str, str]:
    """The remedy and its command: somebody with an address is missing in one of these roles."""
    titles = " or ".join(f"{words('en')(f'letter.role.{role.value}')} ({role})" for role in roles)
    command = to_add_person(roles[0] if len(roles) == 1 else "ROLE")
    return f"Name {who}, with an e-mail address: {titles}", command


def find_recipients(verdict: Verdict, here: Sequence[Person], school: School, policy: Policy) -> Recipients:
    """Find who would be told of it, by the rule that alerts use."""
    return recipients(matter_to_raise([verdict], verdict, here, school, policy), here)


def _missing(school: School, config: Config) -> Iterator[Told]:
    """The matters on which nobody could decide, and the offices to name somebody for."""
    here = people_of(school, config.people)
    wanted: dict[tuple[About, ...], tuple[Role, ...]] = {}
    for missing in missing_offices(school, here, config.profile(school.urn)):
        wanted[missing.about] = tuple(dict.fromkeys((*wanted.get(missing.about, ()), *missing.wanted)))
    for about, roles in wanted.items() if here else ():
        whom = " and ".join(_ABOUT[each] for each in about)
        level = Level.FAULT if about == (About.SCHOOL,) else Level.WARN
        yield level, f"nobody could decide on a matter about {whom}.", *naming_remedy(*roles, who=_NEW)


def _accusable(here: Sequence[Person]) -> Iterator[tuple[str, About, tuple[str, ...]]]:
    """Each who leads, each person whom a text may name, and head and lead in one sentence."""
    for about, title in _SUBJECTS.items():
        yield title, about, ()
    for person in here:
        if not hold(person, OFFICE_ABOUT.values()):
            yield person.id, About.STAFF, (person.id,)
    both = tuple(p.id for p in holders(here, OFFICE_ABOUT[About.HEAD], OFFICE_ABOUT[About.DSL]))
    if len(both) > 1:
        yield "both the head and the designated safeguarding lead", About.HEAD, both


def _unreachable(persons: Iterable[Person]) -> list[Finding]:
    names = [p.id for p in persons if not p.email]
    if not names:
        return []
    what = f"Without an e-mail address, and so never told: {', '.join(names)}."
    command = f"schoolgate people change {names[0]} --email ADDRESS"
    return [Finding("people", Level.WARN, what, "Give each of them one", command)]


def check_ladder(config: Config) -> list[Finding]:
    """Offices of `[schools.ladder]` that nobody holds, and folders of letters that are not there."""
    found = list(at_schools("ladder", config, _ladder_of))
    named = config.proper and all(reachable(school, config.people) for school in config.proper)
    well = [ok("ladder", "Everybody whom the rules for removals name can be reached.")] if named else []
    return found or well


def _ladder_of(school: School, config: Config) -> Iterator[Told]:
    profile = config.profile(school.urn)
    here = reachable(school, config.people)
    for key, does in _DUTIES.items():
        role: Role = getattr(profile, key)
        if here and not holders(here, role):
            what = f"{role} {does} (“{key}”), and nobody with an email is one."
            remedy = f"Correct “{key}” in [schools.ladder], or name somebody as {role}"
            yield Level.WARN, what, remedy, to_add_person(role)
    if profile.letters and not profile.letters.is_dir():
        what = f"the folder of its own letters is not at {profile.letters}."
        yield Level.WARN, what, "Correct “letters” in [schools.ladder], or remove it: ours are used then.", ""
