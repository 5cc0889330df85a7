"""Ways of sending mail, and a trial of one."""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from alerts.delivery.results import Cause, Result, SendOutcome
from alerts.notices.upkeep import TRIAL, trial_message
from data.errors import InputError
from data.people import schools_of
from data.types import Person
from data.words.say import words
from monitor.config.load import Config
from monitor.config.model import MailSettings
from monitor.service.delivery import send_at_once
from monitor.service.outgoing import mail_way
from monitor.setup.doctor.findings import Finding, Level, finding_lines
from monitor.terminal.wording import to_add_person

# The ways in which a school's mail goes out: what each fixes beforehand, and which page tells of it.

MICROSOFT, GOOGLE, OWN = "Microsoft 365", "Google Workspace", "a server or relay of our own"
PROVIDERS = (MICROSOFT, GOOGLE, OWN)

CONNECTOR_ENDS = ".mail.protection.outlook.com"
"""How the name of a school's own entrance to Microsoft 365 ends."""


class WayName(StrEnum):
    """The name of a way as `mail setup --way` takes it."""

    GRAPH = "graph"
    XOAUTH2 = "xoauth2"
    CONNECTOR = "connector"
    PASSWORD = "m365-password"
    APP_PASSWORD = "app-password"
    GOOGLE_RELAY = "google-relay"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class SendingWay:
    """One of them, as `ways.toml` says; `secret` is what it signs in with, as a person knows it."""

    name: WayName
    provider: str
    said: str
    page: str
    heading: str
    host: str | None = None
    port: int = 587
    sign_in: str = "password"
    secret: str = ""

    @property
    def server(self) -> dict[str, object]:
        """Return what [mail] holds of the server that everybody has."""
        return {"host": self.host, "port": self.port, "security": "starttls"} if self.host else {}


OFFICE = "smtp.office365.com"
_ROWS = tomllib.loads(files("monitor.setup.mail").joinpath("ways.toml").read_text(encoding="utf-8"))["way"]
WAYS = {WayName(row["name"]): SendingWay(**row | {"name": WayName(row["name"])}) for row in _ROWS}


def ways_of(provider: str) -> tuple[SendingWay, ...]:
    """Those of one provider, the recommended one first."""
    return tuple(way for way in WAYS.values() if way.provider == provider)


def sending_way(mail: MailSettings) -> SendingWay:
    if mail.sign_in == "graph":
        return WAYS[WayName.GRAPH]
    if mail.sign_in == "xoauth2":
        return WAYS[WayName.XOAUTH2]
    host = (mail.host or "").lower().rstrip(".")
    if host.endswith(CONNECTOR_ENDS):
        return WAYS[WayName.CONNECTOR]
    known = (way for way in WAYS.values() if way.host == host and way.sign_in == "password")
    return next(known, WAYS[WayName.RELAY])


def destination_words(mail: MailSettings) -> str:
    """Say where it hands mail over, as a person reads it."""
    return f"{mail.host}, port {mail.port}" if mail.host else "Microsoft Graph"


# One plainly worded mail to one configured person, by the very way that every mail goes.

log = logging.getLogger("schoolgate.delivery")

_LONGEST = 48
_SPF = {MICROSOFT: "include:spf.protection.outlook.com", GOOGLE: "include:_spf.google.com"}


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial: what was sent to whom, from where, what became of it, and how long that took."""

    person: Person
    mail: MailSettings
    result: Result
    seconds: float

    @property
    def was_sent(self) -> bool:
        return self.result.outcome is SendOutcome.SENT


def person_named(config: Config, person_id: str) -> Person:
    """Whoever a test may go to: a configured person with an address. Raises InputError for anybody else."""
    reached = [p for p in config.people if p.email]
    found = next((p for p in config.people if p.id == person_id.lower()), None)
    known = f"You can write to: {', '.join(p.id for p in reached) or 'nobody yet'}."
    if found is None:
        raise InputError(
            f"{person_id}: there is no such person in {config.path.name}, and a test goes to nobody else. "
            f"{known} To add somebody: {to_add_person()}"
        )
    if not found.email:
        raise InputError(f"{found.name} has no email address in {config.path.name}. {known}")
    return found


def send(config: Config, home: Path, person: Person, now: datetime) -> Trial:
    """Sends it. Never raises for what a mail server does."""
    began = time.monotonic()
    school, mail = next(iter(schools_of(person, config.schools)), config.schools[0]), config.mail
    assert mail is not None
    message = trial_message(school, person, config.zone, now)
    result = send_at_once(config, message, mail_way(config, home))
    seconds = time.monotonic() - began
    log.info("kind=%s via=mail outcome=%s %s", TRIAL, result.outcome, result.detail)
    return Trial(person, mail, result, seconds)


def trial_lines(trial: Trial, width: int) -> Iterator[str]:
    """For a terminal: what was sent from where to where, what came back, and what to do now."""
    way = f"from {_short(trial.mail.sender)} to {trial.person.name} ({_short(trial.person.email or '')})"
    took = f"in {trial.seconds:.1f}\u00a0s"
    if trial.was_sent:
        yield from _wrap(
            f"Sent {way}, by {destination_words(trial.mail)}, {took}. The server accepted it.", width
        )
        provider = sending_way(trial.mail).provider
        names = f"“{_SPF[provider]}”" if provider in _SPF else "the address that this server sends by"
        domain = trial.mail.sender.rpartition("@")[2]
        yield from _wrap("It should be there in a minute or two. If it is not:", width)
        yield from _wrap("- Look in Junk, and ask your email team to look in quarantine.", width, "  ")
        spf = (
            f"- Receivers ask {domain} who may send in its name. Its SPF record has to name {names}, and its "
            "mail should be signed (DKIM); otherwise it is taken for forged."
        )
        yield from _wrap(spf, width, "  ")
        yield from _wrap("More: schoolgate docs alerts-and-mail, “If a mail does not arrive”.", width)
        return
    found = find_remedy(trial.result, trial.mail)
    unsure = trial.result.outcome is SendOutcome.UNSURE
    said = f"{'Perhaps sent' if unsure else 'Not sent'} {way}, {took}."
    yield from _wrap(f"{said} {result_words(trial.result, trial.mail)}", width)
    command = found.command.replace("PERSON", trial.person.id)
    yield from finding_lines(Finding("mail", Level.WARN, found.means, found.whole, command), "  ", width)


def _short(address: str) -> str:
    """A long address by its beginning and its domain."""
    name, _, domain = address.rpartition("@")
    return address if len(address) <= _LONGEST else f"{name[:8]}…@{domain}"


def _wrap(text: str, width: int, indent: str = "") -> Iterator[str]:
    yield from finding_lines(Finding("mail", Level.OK, text), indent, width)


_RENEWAL = "When the secret has run out"
"""A heading of the page on Microsoft 365."""


@dataclass(frozen=True, slots=True)
class MailRemedy:
    """A row of the table. `page` and `heading` are where our documentation tells more; it holds for these
    `codes` of a server, or `causes`, with blanks between, on these `ways` of sending; the last for all."""

    means: str
    do: str
    command: str = "schoolgate mail setup"
    heading: str = "What the server says"
    page: str = ""
    codes: str = ""
    causes: str = ""
    ways: str = " ".join(WayName)
    seen: str = ""  # codes that come with such a cause: for the page alone
    pages: str = ""  # ways on whose page it is told, where not on all of `ways`
    port: int | None = None

    @property
    def whole(self) -> str:
        """Say what to do, and where more is told."""
        return f"{self.do} (“{self.heading}” in: schoolgate docs {self.page})"

    def fits(self, result: Result, mail: MailSettings) -> bool:
        """Whether it is of this result, for mail that goes this way."""
        if sending_way(mail).name not in self.ways.split() or self.port not in (None, mail.port):
            return False
        if self.codes:
            return not set(self.codes.split()).isdisjoint(result.code.split())
        return not self.causes or result.cause in self.causes.split()


@cache
def _table() -> tuple[MailRemedy, ...]:
    text = files("monitor.setup.mail").joinpath("remedies.toml").read_text(encoding="utf-8")
    return tuple(MailRemedy(**row) for row in tomllib.loads(text)["remedy"])


def find_remedy(result: Result, mail: MailSettings) -> MailRemedy:
    """Find what a result other than “sent” means for mail that goes this way, and what to do."""
    said = next(row for row in _table() if row.fits(result, mail))
    # a heading that names a way stands on that way's page; the table of codes on each
    of_a_way = (way.page for way in WAYS.values() if way.heading == said.heading)
    microsoft = WAYS[WayName.GRAPH].page if said.heading == _RENEWAL else None
    return replace(said, page=microsoft or next(of_a_way, sending_way(mail).page))


def result_words(result: Result, mail: MailSettings) -> str:
    """Say what came back, as a sentence: what is wrong, where, and the server's own code."""
    said = words("en")(f"failure.cause.{result.cause or Cause.OURS}")
    code = f" It says {result.code}." if result.code else ""
    return f"{said[0].upper()}{said[1:]} ({destination_words(mail)}).{code}"
