"""Checks of what `schoolgate.toml` says, beyond what makes it loadable."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote_plus

from classifiers.linking.linker import MANY
from data.errors import ConfigError, RegisterError
from data.register.national_lists import day_of, read_register
from data.types import Source
from monitor.config.load import TO_WRITE_ONE, Config
from monitor.setup.doctor.findings import Finding, end_sentence, fault_finding, ok, warn
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
        return fault_finding("configuration", what, TO_WRITE_ONE, command)
    which = "this line" if re.search(r"\bline \d", text) else "that"
    return fault_finding("configuration", text, f"Correct {which}, then look again", "schoolgate doctor")


def check_configuration(config: Config, env: Mapping[str, str], today: date) -> list[Finding]:
    """Report what loads, but leaves Schoolgate, the school or the law with less than it needs."""
    counts = (
        f"{count_words(config.proper, 'school')}, {count_words(config.sources, 'source')}, "
        f"{count_words(config.people, 'person', 'people')}"
    )
    return [
        ok("configuration", f"{config.path}: {counts}."),
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
        what = "Sites are not told who to contact about our visits."
        yield warn("contact", what, "Say who it is, for example the office", "schoolgate set contact")


def schools(config: Config) -> Iterator[Finding]:
    """By its number and its name alone a school is not told from its namesakes."""
    for school in config.proper:
        if not (school.aliases or school.town or school.postcode or school.domain or school.website):
            what = f"Of {school.name} only number and name are known: a post about it is hard to tell."
            registered = not school.urn.startswith(KEY_OF_OUR_OWN)
            how = "Take the rest from the register" if registered else "Say where it is, and what people say"
            keys = "--fill" if registered else "town= aliases="
            yield warn("school", what, how, f"schoolgate schools change {school.urn} {keys}")
        if not school.social_care:
            what = f"{school.name}: the number of children's social care out of hours is not known."
            how = "Add it: an alarm about a child that nobody answers names it beside 999"
            yield warn("school", what, how, f'schoolgate schools change {school.urn} social_care="…"')


def updates(config: Config) -> Iterator[Finding]:
    """No program asks anybody for newer ones: somebody must hear of a hole that was found."""
    if not config.updates:
        what = "Nobody is named who hears of a new version, or of a hole in this one."
        how = "Have somebody watch where the checkout came from (schoolgate docs installing), then say who"
        yield warn("updates", what, how, "schoolgate set updates")


_AGED = timedelta(days=400)


def register(config: Config, today: date) -> Iterator[Finding]:
    """Thousands of schools share a name: the register tells them apart."""
    file, take_in = config.register, "schoolgate schools update FILE"
    if file is None:
        what = "No register: schools of the same name cannot be told apart well."
        yield warn("register", what, f"{GET_REGISTER}, then take it in", take_in)
        return
    try:
        known = {school.urn for school in read_register(file)}
    except RegisterError as error:
        yield fault_finding("register", str(error), f"{GET_REGISTER} anew, then take it in", take_in)
        return
    missing = sorted(n for n in numbers_of(config) - known if not n.startswith(KEY_OF_OUR_OWN))
    if missing:
        school = next(s for s in config.proper if {s.urn, *s.members} & set(missing))
        command = shlex.join(["schoolgate", "schools", "add", *school.name.split(), *school.town.split()])
        what = f"Not among the open schools of {file.name}: URN {', '.join(missing)}."
        yield warn("register", what, "Look for the number, and correct it in the file", command)
    else:
        yield ok("register", f"{file.name}: {len(known):,} schools, as of {day_of(file):%-d %B %Y}.")
    if (day := day_of(file)) and today - day > _AGED:
        what = f"The register is of {day:%-d %B %Y}: it lacks schools that have opened or were named since."
        yield warn("register", what, f"{GET_REGISTER}, then take it in", take_in)


GET_REGISTER = "Download it from get-information-schools.service.gov.uk"


def numbers_of(config: Config) -> set[str]:
    """The register numbers of its schools."""
    return {n for school in config.proper for n in (school.members or (school.urn,))}


def check_sources(config: Config) -> Iterator[Finding]:
    """Report what is off, and why; what is on against the site's terms."""
    yield from _check_switched_off([source for source in config.sources if source.disabled])
    if not any(not source.disabled for source in config.sources):
        remedy = "See what is proposed for your school", "schoolgate source propose"
        yield fault_finding("sources", "No place is switched on, so nothing is read.", *remedy)
    yield from _check_search_words(config)
    yield from _check_wide_places(config)


def _check_search_words(config: Config) -> Iterator[Finding]:
    """Report searches for a person: what is searched for is the school, never a person."""
    on = [source for source in config.sources if not source.disabled]
    for source in on:
        if person_sought(source.url, config.people, config.schools):
            what = f"{source.id} searches for a person of the school."
        elif names_no_school(source.url, config.schools):
            what = f"{source.id} is a search in which no name of the school stands."
        else:
            continue
        remedy = "What is searched for is the school, never a person. Take it out: ⟪/sources⟫"
        yield warn("sources", what, remedy)


def _check_wide_places(config: Config) -> Iterator[Finding]:
    """Report where a threat without a name would reach nobody; one finding for all such places, and one,
    without anything to do, for those of a whole trust.
    """
    if len(config.proper) < 2:
        return
    on = [s for s in config.sources if not s.disabled and len(s.urns or config.proper) > MANY]
    of_trust = [s.id for s in on if _is_trust_place(s, config)]
    broad = [s.id for s in on if s.id not in of_trust]
    nobody = "A threat there that names none is told to nobody."
    if of_trust:
        yield ok("sources", f"Read for a whole trust, and cannot be narrowed: {some(of_trust)}. {nobody}")
    if broad:
        what = f"Read for more than {MANY} schools: {some(broad)}. {nobody}"
        remedy = "Say there which it is for: “schools” (“Very many schools” in: schoolgate docs judging)."
        yield warn("sources", what, remedy)


def _is_trust_place(source: Source, config: Config) -> bool:
    """Is it the trust's own place, or a search for the trust's name, as `init --trust` proposes them?"""
    trusts = {s.trust for s in config.proper if s.trust and (not source.urns or s.urn in source.urns)}
    sought = unquote_plus(source.url).casefold()
    return source.own or (source.surfaced and any(f'"{trust.casefold()}"' in sought for trust in trusts))


def _check_switched_off(off: Sequence[Source]) -> Iterator[Finding]:
    """Report what is off as it should be, by its terms, its robots.txt or by somebody; what an earlier
    version switched off since it could not be read when it was set up is not.
    """
    waiting = [source.id for source in off if _NOT_READ_AT_FIRST in (source.disabled or "")]
    if waiting:
        what = f"Off only since they could not be read when they were set up: {some(waiting)}."
        yield warn("off", what, "Switch them on: ⟪/sources⟫")
    meant = [source.id for source in off if source.id not in waiting]
    if len(meant) == 1:
        why = next(source.disabled or "" for source in off if source.id in meant)
        yield ok("off", end_sentence(f"{meant[0]} is off: {why}"))
    elif meant:
        yield ok("off", f"{len(meant)} places are off, each with its reason: {some(meant)}.")


def check_model(config: Config) -> Iterator[Finding]:
    """Another model needs what a plain install does not bring."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if config.model.name and missing:
        what = f"The model “{config.model.name}” needs {missing[0]}, which is not installed."
        remedy = (
            'In Schoolgate\'s checkout: pip install -c constraints.txt ".[hub]"; or remove [model] “name”.'
        )
        yield fault_finding("model", what, remedy)


_KEPT_IN = {
    "password_file": ("the mail password", "Write it into its first line"),
    "secret_file": ("the application's secret", "Write it into its first line"),
    "certificate_file": ("the application's key", "Put certificate and key there, as PEM"),
}
"""By the key of [mail] that names a file: what that holds to sign in with, and how it comes there."""


def mail(config: Config, env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether messages could leave. No password is shown, nor its length."""
    settings = config.mail
    if settings is None:
        what = "No mail server is named: messages wait, and nobody has them."
        remedy = (
            "Until there is one look each morning: schoolgate alerts list. To set it up, for Microsoft 365, "
            "Google Workspace or a server of your own"
        )
        level = fault_finding if config.people else warn
        yield level("mail", what, remedy, "schoolgate mail setup")
        return
    variable = settings.password_env or settings.secret_env
    key = next((key for key in _KEPT_IN if getattr(settings, key)), None)
    if variable and not env.get(variable):
        held, _ = _KEPT_IN["password_file" if settings.password_env else "secret_file"]
        what = f"The variable {variable}, for {held}, is not set."
        yield fault_finding("mail", what, f"Set {variable} for the account that runs Schoolgate.")
    elif key:
        yield from _secret_file(config, key, config.near(getattr(settings, key)))
    elif settings.user and not variable and settings.sign_in == "password":
        what = f"[mail] names the user {settings.user}, but no password."
        yield warn("mail", what, "Give it", "schoolgate mail setup")


def heartbeat(config: Config) -> Finding:
    """Whether somebody elsewhere would notice a machine that is dead; the address is not shown."""
    if config.heartbeat is not None:
        return ok("heartbeat", "Somebody elsewhere is told every 5 minutes while posts are read and judged.")
    if config.serve.heartbeat_env or config.serve.heartbeat_file:
        what = (
            "The address for the heartbeat cannot be read, or is none: https, or http to this machine alone."
        )
        remedy = (
            "Set the variable that “heartbeat_env” names, or the first line of the file of “heartbeat_file”."
        )
        return warn("heartbeat", what, remedy)
    what = "Nobody would notice if this machine or the service stopped."
    where = (
        "Get an address from a service that notices (“Noticing a dead machine” in: schoolgate docs service)"
    )
    return warn("heartbeat", what, f"{where}, and name it", "schoolgate set serve.heartbeat_url")


def closed_to_others(path: Path) -> bool:
    """May no other account of this machine read it?"""
    return os.name != "posix" or not path.stat().st_mode & 0o077


def _secret_file(config: Config, key: str, path: Path) -> Iterator[Finding]:
    read = {"password_file": config.mail_password, "secret_file": config.mail_secret}
    held, written = _KEPT_IN[key]
    if not path.is_file() or (key in read and read[key] is None):
        what = f"The file that [mail] names as “{key}” is not there, cannot be read, or begins empty."
        yield fault_finding("mail", what, f"{written}, or correct the name.")
    elif not closed_to_others(path):
        what = f"Others on this machine may read the file that holds {held}."
        yield warn("mail", what, f"Close it: chmod 600, then the file that [mail] names as “{key}”.")


def dpia(config: Config, today: date) -> Iterator[Finding]:
    """A data protection impact assessment comes before the collecting."""
    recorded = config.dpia.recorded_on
    if recorded is None:
        what = "No data protection impact assessment is recorded."
        remedy = "Draft it (⟪/papers⟫), have it signed, then write down the day"
        yield warn("dpia", what, remedy, "schoolgate set dpia.recorded_on")
    elif recorded > today:
        what = f"The data protection impact assessment is dated {recorded}, which is still to come."
        yield warn("dpia", what, "Correct the day", "schoolgate set dpia.recorded_on")
    else:
        yield ok("dpia", f"Data protection impact assessment of {recorded}.")


def check_policies(config: Config, today: date) -> Iterator[Finding]:
    """Policies past their review, without a date, or not there: two of five that we read were past theirs."""
    if not config.policies:
        remedy = "Name the social media policy, and when its review is due: ⟪/policies⟫"
        yield warn("policies", "No written policy is named.", remedy)
    for policy in config.policies:
        if policy.review_due is None:
            what = f"“{policy.title}” has no review date."
            yield warn("policies", what, "Say when its review is due: ⟪/policies⟫")
        elif policy.review_due < today:
            what = f"“{policy.title}” was due for review on {policy.review_due}."
            yield warn("policies", what, "Review it, then say when the next is due: ⟪/policies⟫")
        else:
            yield ok("policies", f"“{policy.title}”: review due on {policy.review_due}.")
        if policy.file and not config.near(policy.file).is_file():
            what = f"The text of “{policy.title}” is not at {config.near(policy.file)}."
            yield warn("policies", what, "Correct “file” in its [[policies]], or remove it.")
