"""Checks of what `schoolgate.toml` says, beyond what makes it loadable."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from data.errors import ConfigError, RegisterError
from monitor.config.load import NO_LEAVE, Config
from monitor.doctor.findings import Finding, fault, ok, sentence, warn


def faults(error: ConfigError) -> list[Finding]:
    """Every fault of the file as a finding."""
    return [fault("configuration", text, _mend(text)) for text in error.faults]


def _mend(text: str) -> str:
    """A fault of the whole file names no line."""
    what = "this line" if re.search(r"\bline \d", text) else "that"
    return f"Correct {what}, then: schoolgate doctor"


def configuration(config: Config, env: Mapping[str, str], today: date) -> list[Finding]:
    """What loads, but leaves Schoolgate, the school or the law with less than it needs."""
    counts = (
        f"{_count(len(config.schools), 'school')}, {_count(len(config.sources), 'source')}, "
        f"{_count(len(config.people), 'person', 'people')}"
    )
    return [
        ok("configuration", f"{config.path}: {counts}."),
        *contact(config),
        *register(config),
        *sources(config),
        *model(config),
        *mail(config, env),
        *heartbeat(config),
        *dpia(config, today),
        *policies(config, today),
    ]


def contact(config: Config) -> Iterator[Finding]:
    """Sites are told who asks; without a contact some refuse, and none can write to us."""
    if not config.contact:
        remedy = 'Add at the top of schoolgate.toml: contact = "office@example.sch.uk"'
        yield warn("contact", "Sites are not told who to contact about our visits.", remedy)


def register(config: Config) -> Iterator[Finding]:
    """Thousands of schools share a name: the register tells them apart."""
    from data.register.national_lists import read_register

    if config.register is None:
        remedy = (
            "Download it from get-information-schools.service.gov.uk, and name it at the top of "
            'schoolgate.toml: register_file = "edubasealldata.csv"'
        )
        yield warn("register", "No register: schools of the same name cannot be told apart well.", remedy)
        return
    try:
        known = {school.urn for school in read_register(config.register)}
    except RegisterError as error:
        yield fault(
            "register", str(error), "Correct “register_file” in schoolgate.toml, or fetch the file again."
        )
        return
    numbers = {n for school in config.schools for n in (school.members or (school.urn,))}
    missing = sorted(numbers - known)
    if missing:
        what = f"Not among the open schools of {config.register.name}: URN {', '.join(missing)}."
        yield warn("register", what, "Look for the number: schoolgate schools find NAME TOWN")
    else:
        yield ok("register", f"{config.register.name}: {len(known):,} schools.")


def sources(config: Config) -> Iterator[Finding]:
    """What is off, and why; what is on against the site's terms."""
    for source in config.sources:
        if source.disabled == NO_LEAVE:
            yield warn("sources", f"{source.id} is off: its terms forbid reading it by program.", _LEAVE)
        elif source.disabled:
            remedy = f"To switch it on, remove “disabled” from [[sources]] “{source.id}”."
            yield warn("sources", sentence(f"{source.id} is off: {source.disabled}"), remedy)
    if not any(not source.disabled for source in config.sources):
        remedy = (
            "Remove the “#” before one of the [[sources]] in schoolgate.toml, then: schoolgate source test ID"
        )
        yield fault("sources", "No source is on: nothing is looked at.", remedy)


_LEAVE = 'Use an alert feed, or report-in. With the site\'s leave, add: leave = "who, when"'


def model(config: Config) -> Iterator[Finding]:
    """Another model needs torch, which a plain install does not bring."""
    from importlib.util import find_spec

    if config.model.name and find_spec("torch") is None:
        what = f"The model “{config.model.name}” needs torch, which is not installed."
        remedy = (
            'In Schoolgate\'s checkout: pip install -c constraints.txt ".[torch]"; or remove [model] “name”.'
        )
        yield fault("model", what, remedy)


def mail(config: Config, env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether messages could leave. No password is shown, nor its length."""
    settings = config.mail
    if settings is None:
        what = "No mail server is named: messages wait, and nobody has them."
        remedy = "Add [mail] (docs/alerts-and-mail.md). Until then look each morning: schoolgate alerts list"
        yield fault("mail", what, remedy) if config.people else warn("mail", what, remedy)
        return
    if settings.password_env and not env.get(settings.password_env):
        what = f"The variable {settings.password_env}, for the mail password, is not set."
        yield fault("mail", what, f"Set {settings.password_env} for the account that runs Schoolgate.")
    elif settings.password_file:
        yield from _password_file(config.near(settings.password_file), config.mail_password is not None)
    elif settings.user and not settings.password_env:
        what = f"[mail] names the user {settings.user}, but no password."
        yield warn("mail", what, 'Write in [mail]: password_env = "SCHOOLGATE_SMTP_PASSWORD"')


def heartbeat(config: Config) -> Iterator[Finding]:
    """Whether somebody elsewhere would notice a machine that is dead. Their address is not shown."""
    serve = config.serve
    if config.heartbeat is not None:
        yield ok("heartbeat", "Somebody elsewhere is told every 5 minutes while posts are read and judged.")
    elif serve.heartbeat_env or serve.heartbeat_file:
        what = (
            "The address for the heartbeat cannot be read, or is none: https, or http to this machine alone."
        )
        remedy = (
            "Set the variable that “heartbeat_env” names, or the first line of the file of “heartbeat_file”."
        )
        yield warn("heartbeat", what, remedy)
    else:
        what = "Nobody would notice if this machine or the service stopped."
        yield warn(
            "heartbeat", what, "Write in [serve] a “heartbeat_url” (docs/service.md, Somebody elsewhere)."
        )


def closed_to_others(path: Path) -> bool:
    """May no other account of this machine read it?"""
    return os.name != "posix" or not path.stat().st_mode & 0o077


def _password_file(path: Path, read: bool) -> Iterator[Finding]:
    if not read:
        what = "The file that [mail] names as “password_file” is not there, cannot be read, or begins empty."
        yield fault("mail", what, "Write the password into its first line, or correct the name.")
    elif not closed_to_others(path):
        what = "Others on this machine may read the file that holds the mail password."
        yield warn("mail", what, "Close it: chmod 600, then the file that [mail] names as “password_file”.")


def dpia(config: Config, today: date) -> Iterator[Finding]:
    """A data protection impact assessment comes before the collecting."""
    recorded = config.dpia.recorded_on
    if recorded is None:
        remedy = "Have it signed, then write: [dpia] recorded_on = and the day, for example 2026-09-01"
        yield warn("dpia", "No data protection impact assessment is recorded.", remedy)
    elif recorded > today:
        what = f"The data protection impact assessment is dated {recorded}, which is still to come."
        yield warn("dpia", what, "Correct “recorded_on” in [dpia].")
    else:
        yield ok("dpia", f"Data protection impact assessment of {recorded}.")


def policies(config: Config, today: date) -> Iterator[Finding]:
    """Policies past their review, without a date, or not there: two of five that we read were past theirs."""
    if not config.policies:
        remedy = 'Add: [[policies]] title = "Social media policy" with “approved_on” and “review_due”.'
        yield warn("policies", "No written policy is named.", remedy)
    for policy in config.policies:
        if policy.review_due is None:
            what = f"“{policy.title}” has no review date."
            yield warn("policies", what, "Write when its review is due: review_due = 2027-09-01")
        elif policy.review_due < today:
            what = f"“{policy.title}” was due for review on {policy.review_due}."
            yield warn("policies", what, "Review it, then correct “review_due” in its [[policies]].")
        else:
            yield ok("policies", f"“{policy.title}”: review due on {policy.review_due}.")
        if policy.file and not config.near(policy.file).is_file():
            what = f"The text of “{policy.title}” is not at {config.near(policy.file)}."
            yield warn("policies", what, "Correct “file” in its [[policies]], or remove it.")


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
