"""Checks of what `schoolgate.toml` says, beyond what makes it loadable."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from classifiers.linking.linker import MANY
from data.errors import ConfigError, RegisterError
from data.register.national_lists import day_of, read_register
from data.types import Source
from monitor.config.load import TO_WRITE_ONE, Config
from monitor.setup.doctor.findings import Finding, Level, end_sentence, tell
from monitor.terminal.wording import KEY_OF_OUR_OWN, count_words, some
from sources.places.searches import names_no_school, person_sought

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
        heartbeat(config),
        *dpia(config, today),
        *check_policies(config, today),
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
        yield tell("register.none", get=GET_REGISTER)
        return
    try:
        known = {school.urn for school in read_register(file)}
    except RegisterError as error:
        yield tell("register.unreadable", why=error, get=GET_REGISTER)
        return
    missing = sorted(n for n in numbers_of(config) - known if not n.startswith(KEY_OF_OUR_OWN))
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
    yield from _check_switched_off([source for source in config.sources if source.disabled])
    if not on:
        yield tell("sources.none_on")
    for source in on:  # what is searched for is the school, never a person
        if person_sought(source.url, config.people, config.schools):
            yield tell("sources.person_sought", source=source.id)
        elif names_no_school(source.url, config.schools):
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
    from importlib.util import find_spec

    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if config.model.name and missing:
        yield tell("model.needs", model=config.model.name, missing=missing[0])


_KEPT_IN = {
    "password_file": ("the email password", "Write it into its first line"),
    "secret_file": ("the application's secret", "Write it into its first line"),
    "certificate_file": ("the application's key", "Put the certificate and key there, as PEM"),
}
"""By the key of [mail] that names a file: what that holds to sign in with, and how it comes there."""


def mail(config: Config, env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether messages could leave. No password is shown, nor its length."""
    settings = config.mail
    if settings is None:
        yield tell("mail.none", level=Level.FAULT if config.people else Level.WARN)
        return
    variable = settings.password_env or settings.secret_env
    key = next((key for key in _KEPT_IN if getattr(settings, key)), None)
    if variable and not env.get(variable):
        held, _ = _KEPT_IN["password_file" if settings.password_env else "secret_file"]
        yield tell("mail.unset", variable=variable, held=held)
    elif key:
        yield from _secret_file(config, key, config.near(getattr(settings, key)))
    elif settings.user and not variable and settings.sign_in == "password":
        yield tell("mail.no_password", user=settings.user)


def heartbeat(config: Config) -> Finding:
    """Whether somebody elsewhere would notice a machine that is dead; the address is not shown."""
    if config.heartbeat is not None:
        return tell("heartbeat.told")
    named = config.serve.heartbeat_env or config.serve.heartbeat_file
    return tell("heartbeat.unreadable" if named else "heartbeat.none")


def closed_to_others(path: Path) -> bool:
    """May no other account of this machine read it?"""
    return os.name != "posix" or not path.stat().st_mode & 0o077


def _secret_file(config: Config, key: str, path: Path) -> Iterator[Finding]:
    read = {"password_file": config.mail_password, "secret_file": config.mail_secret}
    held, written = _KEPT_IN[key]
    if not path.is_file() or (key in read and read[key] is None):
        yield tell("mail.no_file", key=key, written=written)
    elif not closed_to_others(path):
        yield tell("mail.open_file", held=held, key=key)


def dpia(config: Config, today: date) -> Iterator[Finding]:
    """A data protection impact assessment comes before the collecting."""
    day = config.dpia.recorded_on
    yield tell("dpia.none" if day is None else "dpia.to_come" if day > today else "dpia.recorded", day=day)


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
