"""Checks of what `schoolgate.toml` says, beyond what makes it loadable: what is watched, and who would be
told, by the very rule that alerts use. And the one thing to do next, among all that was found.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from alerts.access import offices
from alerts.access.knowing import missing_offices
from alerts.access.matter import list_related, matter_to_raise
from alerts.access.offices import (
    OFFICE_ABOUT,
    OFFICERS,
    OUTSIDE,
    PAIRS,
    REPORT_READERS,
    REPORT_SIGNERS,
    hold,
    holders,
    offices_of,
)
from alerts.access.recipients import Recipients, leadership, people_for_repairs, recipients
from alerts.wording.cases import office
from classifiers.linking.linker import MANY
from classifiers.text.words import is_word
from data.errors import ConfigError, RegisterError
from data.judged import supposed_verdict
from data.people import people_of
from data.register.national_lists import day_of, read_register
from data.store.engine.rows import group_pairs
from data.types import KEY_OF_OUR_OWN, About, Person, Policy, Role, Route, School, Source, Verdict
from data.web.public_addresses import HostReach, is_this_machine, reach_of
from data.words.say import words
from monitor.act.people import reachable, unheld
from monitor.config.home.lookup import run_accounts
from monitor.config.load import TO_WRITE_ONE, Config, load_file
from monitor.config.model import DEFAULT_LISTEN, OWN_PAGE
from monitor.matters.assessment import may_be_of
from monitor.setup.findings import Finding, Level, end_sentence, finding_lines, tell
from monitor.terminal.wording import ADD_TERM, AT_SCHOOL, count_words, some, to_add_person
from sources.places import names_no_school, person_sought, searched_words

_NOT_READ_AT_FIRST = "when it was set up ("
"""Stands in what versions until November 2026 wrote as the reason of a place that was down meanwhile."""


def faults(error: ConfigError) -> list[Finding]:
    """Every fault of the file as a finding; a fault of the whole file names no line."""
    return [_file_finding(text) for text in error.faults]


def _file_finding(text: str) -> Finding:
    what, missing, command = text.partition(f" {TO_WRITE_ONE}: ")
    if missing:
        return tell("configuration.missing", (TO_WRITE_ONE, command), what=what)
    which = "this line" if re.search(r"\bline \d", text) else "that"
    return tell("configuration.wrong", what=text, which=which)


def check_configuration(config: Config, env: Mapping[str, str], today: date) -> list[Finding]:
    """Report what loads, but leaves Schoolgate, the school or the law with less than it needs."""
    counts = (
        f"{count_words(config.proper, 'school')}, {count_words(config.sources, 'source')}, "
        f"{count_words(config.people, 'person', 'people')}"
    )
    return [
        tell("configuration.read", path=config.path, counts=counts),
        *check_contact(config),
        *schools(config),
        *register(config, today),
        *updates(config),
        *check_sources(config),
        *check_model(config),
        *mail(config, env),
        *check_secrets(config),
        heartbeat(config),
        *dpia(config, today),
        *check_policies(config, today),
        *check_people(config),
        *trust(config),
        *at_schools(config, namesakes),
        *check_surnames(config),
        *check_asker(config),
        *check_ladder(config),
        *check_telling(config),
        *days(config, today),
        *check_pages(config),
        *language(config),
    ]


def check_contact(config: Config) -> Iterator[Finding]:
    """Sites are told who asks; without a contact some refuse, and none can write to us."""
    if not config.contact:
        yield tell("contact.none")


def schools(config: Config) -> Iterator[Finding]:
    """By its number and its name alone a school is not told from its namesakes."""
    for school in config.proper:
        given: dict[str, Any] = {"school": school.name, "urn": school.urn}
        if not (school.aliases or school.town or school.postcode or school.domain or school.website):
            registered = not school.urn.startswith(KEY_OF_OUR_OWN)
            yield tell("school.bare" if registered else "school.bare_of_own", **given)
        if not school.social_care:
            yield tell("school.no_social_care", **given)
        if not school.allegations:
            officer = words("en")(f"lane.officer.{school.nation}")
            yield tell("school.no_allegations", **given, officer=officer)


def updates(config: Config) -> Iterator[Finding]:
    """No program asks anybody for newer ones: somebody must hear of a hole that was found."""
    if not config.updates:
        yield tell("updates.nobody")


_AGED = timedelta(days=400)
GET_REGISTER = "Download it from get-information-schools.service.gov.uk"


def register(config: Config, today: date) -> Iterator[Finding]:
    """Thousands of schools share a name: the register tells them apart."""
    file = config.register
    if file is None:
        yield tell("register.none")
        return
    try:
        known = {school.urn for school in read_register(file)}
    except RegisterError as error:
        yield tell("register.unreadable", why=error)
        return
    missing = sorted(n for n in numbers_of(config) - known if not n[:1].isalpha())
    day = day_of(file)
    if missing:
        school = next(s for s in config.proper if {s.urn, *s.members} & set(missing))
        words = shlex.join([*school.name.split(), *school.town.split()])
        yield tell("register.lacks", file=file.name, numbers=", ".join(missing), words=words)
    else:
        yield tell("register.read", file=file.name, count=f"{len(known):,}", day=f"{day:%-d %B %Y}")
    if day and today - day > _AGED:
        yield tell("register.aged", day=f"{day:%-d %B %Y}", get=GET_REGISTER)


def numbers_of(config: Config) -> set[str]:
    """The register numbers of its schools."""
    return {n for school in config.proper for n in (school.members or (school.urn,))}


def check_sources(config: Config) -> Iterator[Finding]:
    """Report what is off, and why; what is on against the site's terms."""
    on = [source for source in config.sources if not source.disabled]
    people = [person.name for person in config.people]
    yield from _check_switched_off([source for source in config.sources if source.disabled])
    if not on:
        yield tell("sources.none_on")
    for source in on:  # what is searched for is the school, never a person
        sought = searched_words(source.url)
        if person_sought(sought, people, config.schools):
            yield tell("sources.person_sought", source=source.id)
        elif names_no_school(sought, config.schools):
            yield tell("sources.no_school_sought", source=source.id)
    yield from _check_wide_places(config, on)


def _check_wide_places(config: Config, on: Sequence[Source]) -> Iterator[Finding]:
    """Report where a threat without a name would reach nobody; a whole trust's places cannot be narrowed."""
    if len(config.proper) < 2:
        return
    wide = [source for source in on if len(source.urns or config.proper) > MANY]
    of_trust = [s.id for s in wide if _is_trust_place(s, config)]
    broad = [s.id for s in wide if s.id not in of_trust]
    if of_trust:
        yield tell("sources.of_trust", places=some(of_trust))
    if broad:
        yield tell("sources.broad", many=MANY, places=some(broad))


def _is_trust_place(source: Source, config: Config) -> bool:
    """Is it the trust's own place, or a search for the trust's name, as `init --trust` proposes them?"""
    trusts = {s.trust for s in config.proper if s.trust and (not source.urns or s.urn in source.urns)}
    sought = unquote_plus(source.url).casefold()
    return source.own or (source.surfaced and any(f'"{trust.casefold()}"' in sought for trust in trusts))


def _check_switched_off(off: Sequence[Source]) -> Iterator[Finding]:
    """Report what is off by its terms, its robots.txt or somebody, and what an earlier version switched off
    since it could not be read when it was set up.
    """
    waiting = [source.id for source in off if _NOT_READ_AT_FIRST in (source.disabled or "")]
    if waiting:
        yield tell("off.waiting", places=some(waiting))
    meant = [source for source in off if source.id not in waiting]
    if len(meant) == 1:
        yield tell("off.one", place=meant[0].id, why=end_sentence(meant[0].disabled or ""))
    elif meant:
        yield tell("off.several", count=len(meant), places=some([source.id for source in meant]))


def check_model(config: Config) -> Iterator[Finding]:
    """Another model needs what a plain install does not bring."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if config.model.name and missing:
        yield tell("model.needs", model=config.model.name, missing=missing[0])


_WRITTEN = {
    "password_file": "Write it into its first line",
    "secret_file": "Write it into its first line",
    "certificate_file": "Put the certificate and key there, as PEM",
}
"""By the key of [mail] that names a file: how what it signs in with comes there."""


def mail(config: Config, env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether messages could leave. No password is shown, nor its length."""
    settings = config.mail
    if settings is None:
        nobody = Level.FAULT if config.people else Level.WARN
        who = ", ".join(
            f"{p.name} (schoolgate desk --as {p.id})" for p in holders(config.people, *offices.SENIORITY)
        )
        by_choice = tell("mail.by_choice", who=who or "nobody is named yet")
        yield by_choice if config.without_mail else tell("mail.none", level=nobody)
        return
    variable = settings.password_env or settings.secret_env
    key = next((key for key in _WRITTEN if getattr(settings, key)), None)
    read = {"password_file": config.mail_password, "secret_file": config.mail_secret}
    if variable and not env.get(variable):
        held = "the email password" if settings.password_env else "the application's secret"
        yield tell("mail.unset", variable=variable, held=held)
    elif key:
        if not config.near(getattr(settings, key)).is_file() or (key in read and read[key] is None):
            yield tell("mail.no_file", key=key, written=_WRITTEN[key])
    elif settings.user and not variable and settings.sign_in == "password":
        yield tell("mail.no_password", user=settings.user)


def heartbeat(config: Config) -> Finding:
    """Whether somebody elsewhere would notice a machine that is dead; the address is not shown."""
    if config.heartbeat is not None:
        return tell("heartbeat.told")
    named = config.serve.heartbeat_env or config.serve.heartbeat_file
    return tell("heartbeat.unreadable" if named else "heartbeat.none")


def check_secrets(config: Config) -> Iterator[Finding]:
    """Report files of secrets that another account of this machine may read."""
    there = [file for file in config.secret_files() if os.name == "posix" and file.exists()]
    if opened := [str(file) for file in there if file.stat().st_mode & 0o077]:
        yield tell("secrets.open_file", files=", ".join(opened), quoted=shlex.join(opened))


def dpia(config: Config, today: date) -> Iterator[Finding]:
    """A data protection impact assessment comes before the collecting."""
    day, by = config.dpia.recorded_on, config.dpia.recorded_by
    if day is None:
        yield tell("dpia.none")
    elif day > today:
        yield tell("dpia.to_come", day=day)
    elif not may_be_of(day, today, today):
        yield tell("dpia.too_old", day=day)
    elif by is None:
        yield tell("dpia.no_name", day=day)
    else:
        yield tell("dpia.recorded", day=day, by=by)


def check_policies(config: Config, today: date) -> Iterator[Finding]:
    """Policies past their review, without a date, or not there: two of five that we read were past theirs."""
    if not config.policies:
        yield tell("policies.none")
    for policy in config.policies:
        due = policy.review_due
        known = "undated" if due is None else "overdue" if due < today else "dated"
        yield tell(f"policies.{known}", title=policy.title, day=due)
        if policy.file and not (file := config.near(policy.file)).is_file():
            yield tell("policies.not_there", title=policy.title, file=file)


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
    names = [p.id for p in config.people if not p.email]
    found = [tell("people.no_address", people=", ".join(names), first=names[0])] if names else []
    for look in (_school, _missing, _heads):
        found += at_schools(config, look)
    return found or [tell("people.reachable")]


def trust(config: Config) -> Iterator[Finding]:
    """Whether what is said of a trust itself is told to somebody, and an allegation against its chief."""
    subject, names = config.trust, {s.trust for s in config.proper if s.trust}
    if subject is None:
        if len(config.proper) > 1 and len(names) == 1:
            yield tell("trust.no_table", trust=names.pop())
        return
    here = reachable(subject, config.people)
    if not subject.head:
        yield tell("trust.no_chief")
    if not here:
        yield tell("trust.nobody", add=to_add_person())
    elif not offices.over_the_head(here):
        yield tell("trust.no_chair", add=to_add_person(Role.CHAIR))
    else:
        yield tell("trust.told", trust=subject.name, people=some([p.id for p in here]))


def namesakes(school: School, config: Config) -> Iterator[Finding]:
    """A relative of the head, not known as one, who holds an office is told of what accuses the head."""
    here = people_of(school, config.people)
    for head in holders(here, Role.HEAD):
        known = {head.id} | list_related([head.id], here)
        for person in here:
            if person.id not in known and hold(person, OFFICERS) and _last(person) == _last(head):
                close = " ".join(f"--related-to {who}" for who in (*person.related_to, head.id))
                # no warning: nobody could clear it of whoever is no relative
                yield tell("head.namesake", name=person.name, head=head.name, id=person.id, close=close)


def check_surnames(config: Config) -> Iterator[Finding]:
    """Report whose surname is a word too, which in small letters names nobody."""
    words_too = [person.name for person in config.people if is_word(_last(person))]
    if words_too:
        yield tell("people.word", people=some(words_too))


def check_asker(config: Config) -> list[Finding]:
    """Report who the commands take to be asking, and how far that can be trusted."""
    unknown = config.me is not None and config.me not in {p.id for p in config.people}
    return [*([tell("cli.nobody", me=config.me)] if unknown else []), tell("cli.believes")]


def at_schools(config: Config, look: Callable[[School, Config], Iterable[Finding]]) -> Iterator[Finding]:
    """Report what is so at each school; what is so at several is one finding.
    What adds somebody or a term, where not all lack it, does so at the first."""
    told = group_pairs((found, school) for school in config.proper for found in look(school, config))
    for found, schools in told.items():
        adds = " add --" in found.command and len(schools) < len(config.proper)
        command = found.command + f"{AT_SCHOOL}{schools[0].urn}" * adds
        what = f"{some([school.name for school in schools])}: {found.what}"
        yield replace(found, what=what, command=command)


def _school(school: School, config: Config) -> Iterator[Finding]:
    here = reachable(school, config.people)
    if not here:
        how = _ask_address(school, config, Role.DSL, Role.HEAD)
        yield tell("people.none", how, add=to_add_person(Role.DSL))
        return
    empty = unheld(school, here)
    for lead, deputy in offices_of(school):  # two people must be reachable for each role (ours)
        title = office(lead, school, words("en"))
        title = title[0].lower() + title[1:]
        if lead in empty:
            level = Level.FAULT if lead is Role.DSL else Level.WARN
            how = _ask_address(school, config, lead) or naming_remedy(school, lead)
            yield tell("people.no_lead", how, level=level, title=title)
        elif lead != deputy and holders(here, lead) and len(holders(here, lead, deputy)) < offices.ENOUGH:
            yield tell("people.one_for", naming_remedy(school, deputy), title=title)
    safeguarding, heads = holders(here, *offices.SAFEGUARDERS), holders(here, Role.HEAD)
    if safeguarding and all(lead in heads for lead in safeguarding):
        yield tell(
            "people.head_is_lead", naming_remedy(school, Role.DEPUTY_DSL, who="somebody other than the head")
        )
    for whom, about, subjects in _accusable(here):  # whoever may be accused is told nothing: who is left?
        verdict = supposed_verdict(school.urn, Route.SAFEGUARDING, about, subjects)
        if not find_recipients(verdict, here, school, config.policy).audience:
            how = naming_remedy(school, _office_above(here, about, school), who=_NEW)
            yield tell("people.accused_alone", how, whom=whom)


def _heads(school: School, config: Config) -> Iterator[Finding]:
    """Posts that name the head are known by the name that the school has; mail goes to the people."""
    found = holders(people_of(school, config.people), Role.HEAD)
    said = (school.head or "").casefold()
    new = [p for p in found if _last(p) not in said]
    if said and new:
        old = next((p for p in found if p not in new), None)
        known, people = school.head, " and ".join(p.name for p in found)
        if old is not None:
            yield tell("head.another", head=known, people=people, name=old.name, id=old.id)
        else:
            yield tell("head.other_name", head=known, people=people, urn=school.urn, name=new[0].name)


def _last(person: Person) -> str:
    return person.name.split()[-1].casefold()


def _office_above(here: Sequence[Person], about: About, school: School) -> Role:
    """Choose who to name next: the first office over the head that nobody holds, and not the accused one."""
    turn = offices.ACTS[offices.Concern.CHAIR if about is About.CHAIR else offices.Concern.HEAD]
    over = OUTSIDE if school.nation == "scotland" else [role for tier in turn for role in tier]
    return next((role for role in over if not holders(here, role)), OUTSIDE[0])


def _ask_address(school: School, config: Config, *roles: Role) -> tuple[str, str] | None:
    """The remedy and its command where somebody in one of these roles has no address; None where not."""
    held = holders(people_of(school, config.people), *roles)
    return next((tell("people.one_address", name=p.name, id=p.id).how for p in held if not p.email), None)


def naming_remedy(school: School, *roles: Role, who: str = "somebody") -> tuple[str, str]:
    """The remedy and its command: somebody with an address is missing in one of these roles."""
    titles = " or ".join(f"{office(role, school, words('en'))} ({role})" for role in roles)
    command = to_add_person(roles[0] if len(roles) == 1 else "ROLE")
    return f"Name {who}, with an email address: {titles}", command


def find_recipients(verdict: Verdict, here: Sequence[Person], school: School, policy: Policy) -> Recipients:
    """Find who would be told of it, by the rule that alerts use."""
    return recipients(matter_to_raise([verdict], verdict, here, school, policy), here)


def _missing(school: School, config: Config) -> Iterator[Finding]:
    """The matters on which nobody could decide, and the offices to name somebody for."""
    here = people_of(school, config.people)
    wanted: dict[tuple[About, ...], tuple[Role, ...]] = {}
    for missing in missing_offices(school, here, config.profile(school.urn)):
        wanted[missing.about] = tuple(dict.fromkeys((*wanted.get(missing.about, ()), *missing.wanted)))
    for about, roles in wanted.items() if here else ():
        whom = " and ".join(_ABOUT[each] for each in about)
        level = Level.FAULT if about == (About.SCHOOL,) else Level.WARN
        yield tell("offices.nobody", naming_remedy(school, *roles, who=_NEW), level=level, whom=whom)


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


def check_ladder(config: Config) -> list[Finding]:
    """Offices of `[schools.ladder]` that nobody holds, and folders of letters that are not there."""
    found = list(at_schools(config, _ladder_of))
    named = config.proper and all(reachable(school, config.people) for school in config.proper)
    return found or ([tell("ladder.reachable")] if named else [])


def _ladder_of(school: School, config: Config) -> Iterator[Finding]:
    profile = config.profile(school.urn)
    here = reachable(school, config.people)
    for key, does in _DUTIES.items():
        role: Role = getattr(profile, key)
        if here and not holders(here, role):
            yield tell("ladder.nobody", role=role, does=does, key=key, add=to_add_person(role))
    if profile.letters and not profile.letters.is_dir():
        yield tell("ladder.no_letters", folder=profile.letters)


_BY_NIGHT = {Role.DSL: "the safeguarding leads", Role.HEAD: "the heads"}
_MATTERS = (
    ("a child at risk", Route.SAFEGUARDING, About.PUPIL),
    ("an allegation against the head", Route.SAFEGUARDING, About.HEAD),
    ("a threat to the school", Route.POLICE_NOW, About.SCHOOL),
)


def check_telling(config: Config) -> list[Finding]:
    """Report who hears nothing at night, in the morning or on Friday though somebody should."""
    found = [*_check_chats(config)]
    for look in (_night, _digest, _report, _own):
        found += at_schools(config, look)
    return [*found, *_run_by(config), *_witness(config)]


def _check_chats(config: Config) -> Iterator[Finding]:
    """An address that leads nowhere, or that people share: of a matter about one of them the others would
    have no short message, as it would be read there.
    """
    if config.unreadable_chats:
        yield tell("night.unreadable", people=", ".join(config.unreadable_chats))
    groups = dict.fromkeys(tuple(sorted({p, *others})) for p, others in config.people_sharing().items())
    yield from (tell("night.shared", people=", ".join(ids)) for ids in groups)


def _run_by(config: Config) -> Iterator[Finding]:
    """Two named members of staff run an account, or nobody can when one of them leaves."""
    for one in run_accounts(config):
        if one.short:
            gone = f" Not on the staff: {', '.join(one.gone)}." if one.gone else ""
            yield tell("own accounts.short", account=one.account.name, gone=gone)


def _witness(config: Config) -> Iterator[Finding]:
    """The end of the record proves nothing in the hands of whoever can rewrite it, or in nobody's."""
    person = next((p for p in config.people if p.id == config.evidence.witness), None)
    reads = any(person in leadership(school, config.people) for school in config.schools)
    if config.evidence.witness is None or (reads and person not in people_for_repairs(config.people)):
        return
    yield tell("proof.keeper" if reads else "proof.no_digest", witness=config.evidence.witness)


def _night(school: School, config: Config) -> Iterator[Finding]:
    """An email does not wake anybody, and a child at risk cannot wait for the morning."""
    here = reachable(school, config.people)
    held = {_BY_NIGHT[pair[0]]: holders(here, *pair) for pair in PAIRS if pair[0] in _BY_NIGHT}
    only_mail = [who for who, ps in held.items() if ps and not any(p.id in config.chats for p in ps)]
    matters = [t for t, route, about in _MATTERS if _by_mail_alone(school, here, config, route, about)]
    if only_mail:
        yield tell("night.only_mail", people=" and ".join(only_mail))
    elif matters:
        yield tell("night.matters", matters=" or ".join(matters))


def _by_mail_alone(
    school: School, here: Sequence[Person], config: Config, route: Route, about: About
) -> bool:
    """By the rule that alerts use: is somebody told, and none by a short message?"""
    verdict = supposed_verdict(school.urn, route, about)
    told = find_recipients(verdict, here, school, config.policy).audience
    return bool(told) and not any(person in config.chats for person in told)


def _digest(school: School, config: Config) -> Iterator[Finding]:
    if reachable(school, config.people) and not leadership(school, config.people):
        yield tell("digest.nobody", naming_remedy(school, Role.SLT))


def _report(school: School, config: Config) -> Iterator[Finding]:
    here = reachable(school, config.people)
    if here and not holders(here, *REPORT_READERS):
        yield tell("report.nobody", naming_remedy(school, Role.GOVERNOR))
    if here and not holders(here, *REPORT_SIGNERS):
        yield tell("report.unsigned", naming_remedy(school, Role.HEAD))


def _own(school: School, config: Config) -> Iterator[Finding]:
    """An odd post on the school's own page is told to those who can take it down."""
    here = reachable(school, config.people)
    own = [s for s in config.sources if s.own and not s.disabled and school.urn in s.urns]
    pages = ", ".join(s.id for s in own)
    if own and not any(s.kind == OWN_PAGE for s in own):
        yield tell("own accounts.no_notice", pages=pages, kind=OWN_PAGE)
    if own and here and not holders(here, Role.IT_LEAD):
        yield tell("own accounts.no_it", naming_remedy(school, Role.IT_LEAD), pages=pages)


def days(config: Config, today: date) -> list[Finding]:
    """Terms that are not given, run out, or are contradicted by a closed day."""
    return list(at_schools(config, partial(_days, today=today)))


def _days(school: School, config: Config, today: date) -> Iterator[Finding]:
    calendar = config.calendar(school.urn)
    if not calendar.terms:
        yield tell("terms.none", add=ADD_TERM)
        return
    if last := calendar.end_of_terms(today):
        yield tell("terms.over", last=f"{last:%-d %B %Y}", add=ADD_TERM)
    elif last := calendar.ending(today):
        yield tell("terms.ending", last=f"{last:%-d %B %Y}", add=ADD_TERM)
    near = [timedelta(n) for n in range(-4, 5)]  # an INSET day may stand just before its term
    outside = sorted(day for day in calendar.closed if not any(calendar.in_term(day + n) for n in near))
    if outside:
        yield tell("terms.closed_outside", days=", ".join(f"{day:%-d %B %Y}" for day in outside))


def check_pages(config: Config) -> Iterator[Finding]:
    """Report whether matters are read and taken on a telephone; without it, only by commands."""
    serve = config.serve
    if config.base_url is None:
        yield tell("pages.here" if serve.here_only else "pages.none")
        if "listen" in serve.model_fields_set:
            yield tell("pages.idle_listen")
        return
    parts = urlsplit(config.base_url)
    reach = reach_of(config.base_url)
    if reach is not HostReach.ANYWHERE:
        yield tell(f"pages.{reach.value}", address=config.base_url)
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        yield tell("pages.not_https")
    if not (serve.proxies or is_this_machine(serve.listen.rpartition(":")[0])):
        yield tell("pages.in_the_open", listen=serve.listen, usual=DEFAULT_LISTEN)


def language(config: Config) -> list[Finding]:
    """Schools whose settings name a language without an edition."""
    welsh = {school for school in config.schools if school.urn in config.in_english}
    return list(at_schools(config, lambda school, _: [tell("language.english")] if school in welsh else []))


_JUDGED_BY = ("register", "model")
"""Checks whose fault keeps every post from being judged, whatever else is well."""
_ORDER = (
    "report-in", "packages", "python", "disk", "store", "configuration", "people", "sources", "mail",
    "secrets", "network", "model", "service", "offices", "contact", "dpia", "terms", "digest", "report",
    "privacy", "register", "head", "school", "night", "chat", "own accounts", "ladder", "cli", "policies",
    "pages", "heartbeat",
)  # fmt: skip
"""Checks by what comes first; all others after them, as they were found."""

BY_ITSELF, ALL_ELSE = tell("service.by_hand"), tell("doctor.fine")


def choose_next(findings: Sequence[Finding]) -> Finding | None:
    """Choose what to put right first; to let it run by itself where nothing is wrong; None where it does."""
    wrong = sort_findings([f for f in findings if f.level is not Level.OK])
    runs = any(f.check == "service" for f in findings)
    return wrong[0] if wrong else None if runs else BY_ITSELF


def sort_findings(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=_rank)


def step_lines(step: Finding, width: int = 80) -> list[str]:
    """The step as every command shows it."""
    return finding_lines(step, "Next: ", width)


def _rank(finding: Finding) -> tuple[bool, int]:
    wrong = finding.level is Level.FAULT
    check = "configuration" if wrong and finding.check in _JUDGED_BY else finding.check
    return not wrong, _ORDER.index(check) if check in _ORDER else len(_ORDER)


def next_lines(path: Path, today: date, width: int = 80) -> list[str]:
    """List the lines that say what to do next, by `next_in_file`."""
    return step_lines(next_in_file(path, os.environ, today), width)


def next_in_file(path: Path, env: Mapping[str, str], today: date) -> Finding:
    """The next step as far as `schoolgate.toml` alone shows: quick, for whoever has just changed it."""
    wrong = [f for f in from_the_file(path, env, today) if f.level is not Level.OK]
    return min(wrong, key=_rank, default=ALL_ELSE)


def from_the_file(path: Path, env: Mapping[str, str], today: date) -> list[Finding]:
    """Report what `schoolgate.toml` alone shows: nothing else is read and nobody is asked, so it is quick."""
    try:
        config = load_file(path, env)
    except ConfigError as error:
        return faults(error)
    return [
        *check_people(config),
        *check_sources(config),
        *mail(config, env),
        *check_secrets(config),
        *check_contact(config),
        *dpia(config, today),
        *days(config, today),
    ]
