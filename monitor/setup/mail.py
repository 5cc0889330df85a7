"""Ways of sending mail, what each has to know, as it is typed, and a trial."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from alerts.delivery.results import Cause, Result, SendOutcome
from alerts.notices.upkeep import TRIAL, trial_message
from data.errors import InputError, write_commands
from data.frozen import freeze
from data.people import schools_of
from data.shipped import read_table
from data.types import Person
from data.words.say import words
from monitor.act.settings import MailChoice, mail_values
from monitor.config import model as tables
from monitor.config.check import quote_value, required_reader
from monitor.config.edit import mail_replaced, preview_text
from monitor.config.load import Config, from_text
from monitor.config.model import MailSettings
from monitor.service.delivery import TOKEN_FILE, mail_way, send_at_once
from monitor.setup.findings import Finding, Level, finding_lines
from monitor.terminal.wording import ADD_PERSON

# The ways in which a school's mail goes out: what each fixes beforehand, and which page tells of it.

MICROSOFT, GOOGLE, OWN = "Microsoft 365", "Google Workspace", "a server or relay of our own"
PROVIDERS = (MICROSOFT, GOOGLE, OWN)

CONNECTOR_ENDS = ".mail.protection.outlook.com"
"""How the name of a school's own entrance to Microsoft 365 ends."""


class WayName(StrEnum):
    """The name of a way, as the page that sets mail up has it."""

    GRAPH = "graph"
    XOAUTH2 = "xoauth2"
    CONNECTOR = "connector"
    PASSWORD = "m365-password"
    APP_PASSWORD = "app-password"
    GOOGLE_RELAY = "google-relay"
    RELAY = "relay"


@freeze
class SendingWay:
    """One of them, as `ways.toml` says; `secret` is what it signs in with, as a person knows it; `options` it
    has a use for, with blanks between, in the order in which they are asked, without its secret."""

    name: WayName
    provider: str
    said: str
    page: str
    heading: str
    host: str | None = None
    port: int = 587
    sign_in: str = "password"
    secret: str = ""
    options: str = "sender"

    @property
    def server(self) -> dict[str, object]:
        """Return what [mail] holds of the server, where the way says it."""
        if self.host or self.name is WayName.CONNECTOR:
            named = {"host": self.host} if self.host else {}
            return {**named, "port": self.port, "security": "starttls"}
        return {}


OFFICE = "smtp.office365.com"
_ROWS = read_table("monitor.setup", "ways.toml")["way"]
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


@freeze
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
        said = words("en")("setup.refused.no_person", person=person_id, file=config.path.name, known=known)
        raise InputError(f"{said} {ADD_PERSON}")
    if not found.email:
        raise InputError(f"{found.name} has no email address in {config.path.name}. {known}")
    return found


def send(config: Config, home: Path, person: Person, now: datetime) -> Trial:
    """Sends it. Never raises for what a mail server does."""
    began = time.monotonic()
    theirs, mail = schools_of(person, config.schools) or config.schools, config.mail
    school = max(theirs, key=lambda s: s.is_trust)
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
    command = write_commands(found.command.replace("PERSON", trial.person.id))
    yield from finding_lines(Finding("mail", Level.WARN, found.means, found.whole, command), "  ", width)


def _short(address: str) -> str:
    """A long address by its beginning and its domain."""
    name, _, domain = address.rpartition("@")
    return address if len(address) <= _LONGEST else f"{name[:8]}…@{domain}"


def _wrap(text: str, width: int, indent: str = "") -> Iterator[str]:
    yield from finding_lines(Finding("mail", Level.OK, text), indent, width)


_RENEWAL = "When the secret has run out"
"""A heading of the page on Microsoft 365."""


@freeze
class MailRemedy:
    """A row of the table. `page` and `heading` are where our documentation tells more; it holds for these
    `codes` of a server, or `causes`, with blanks between, on these `ways` of sending; the last for all."""

    means: str
    do: str
    command: str = "⟪/setup/mail⟫"
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
    return tuple(MailRemedy(**row) for row in read_table("monitor.setup", "remedies.toml")["remedy"])


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


_APP_PASSWORD_LETTERS = 16
SECURITY = ("starttls", "tls", "none")


def preview_mail(config: Config, home: Path, chosen: MailChoice) -> Config:
    """The settings as they would be if mail went that way, for a trial; nothing is written."""
    values = mail_values(config, home, chosen)
    new = from_text(config.path, preview_text(config.path, [mail_replaced(values)]), os.environ)
    (home / TOKEN_FILE).unlink(missing_ok=True)  # an earlier secret brought it
    if chosen.secret is None:
        return new
    secret = SecretStr(chosen.secret)
    return replace(new, mail_secret=secret) if chosen.is_application else replace(new, mail_password=secret)


class MissingAnswer(InputError):
    """An answer that is needed and was not given."""


def read_choice(way: SendingWay, typed: Mapping[str, str], secret: str | None) -> MailChoice:
    """Read what [mail] is to hold for that way from what was typed, by its options. Raises InputError, which
    names the field, for what cannot be used or is missing."""
    values: dict[str, object] = {"sign_in": way.sign_in} if way.sign_in != "password" else {}
    values |= way.server
    for option in way.options.split():
        read = an_email if option == "user" and way.secret else _READERS[option]
        field = option.replace("-", "_")
        if (value := read_field(field, typed.get(option, ""), read)) is not None:
            values[field] = value
    wants = way.secret or ("the password" if values.get("user") else "")
    if not wants:
        return MailChoice(values)
    if secret is None:
        raise MissingAnswer(f"{wants[0].upper()}{wants[1:]} is missing.")
    return MailChoice(values, secret_as_kept(way.name, secret))


def read_field(field: str, typed: str, read: Callable[[str], Any]) -> Any:
    """Return what `read` makes of it. Raises InputError that names the field."""
    try:
        return read(typed)
    except InputError as wrong:
        raise InputError(f"⟨{field}⟩: {wrong}") from None


def present_options(now: tables.MailSettings | None, way: SendingWay) -> dict[str, str]:
    """List what [mail] holds, by the name of its option, where mail goes this way already."""
    if now is None or sending_way(now) is not way:
        return {}
    held = ((option, getattr(now, option.replace("-", "_"))) for option in way.options.split())
    return {option: str(value) for option, value in held if value}


an_email, a_tenant, a_client_id, a_host = map(
    required_reader, (tables.Email, tables.Tenant, tables.ClientId, tables.Host)
)


def _port(answer: str) -> int:
    if not answer.isdecimal() or not 1 <= int(answer) <= 65535:
        raise InputError(
            f"{quote_value(answer)} is not a port: a number from 1 to 65535, usually 587, 465 or 25."
        )
    return int(answer)


def _security(answer: str) -> str:
    if answer.lower() not in SECURITY:
        raise InputError(f"{quote_value(answer)} is not one of: {', '.join(SECURITY)}.")
    return answer.lower()


def _user(answer: str) -> str | None:
    return None if answer.lower() in ("", "-", "–", "none", "nobody") else answer


_READERS: Mapping[str, Callable[[str], Any]] = {
    "sender": an_email, "tenant": a_tenant, "client-id": a_client_id, "host": a_host, "port": _port,
    "security": _security, "user": _user,
}  # fmt: skip


def secret_as_kept(way: WayName, answer: str) -> str:
    """A secret as it is kept, with what is often mistaken for it refused. No sentence repeats it."""
    if way is WayName.APP_PASSWORD:
        letters = re.sub(r"\s", "", answer)
        if len(letters) != _APP_PASSWORD_LETTERS or not letters.isascii() or not letters.isalpha():
            raise InputError(words("en")("setup.refused.app_password", letters=_APP_PASSWORD_LETTERS))
        return letters
    if not answer or not answer.isascii() or not answer.isprintable():
        raise InputError("Plain letters, digits and signs are needed, without accents.")
    if WAYS[way].sign_in != "password" and " " in answer:
        raise InputError("It contains a space, and Microsoft's secrets never do: copy all of it.")
    if re.fullmatch(tables.GUID, answer, re.IGNORECASE) and WAYS[way].provider == MICROSOFT:
        raise InputError(words("en")("setup.refused.secret_id"))
    return answer


def own_domain(config: Config) -> str | None:
    """The domain that the school's own addresses end with."""
    addresses = [config.contact, *(person.email or "" for person in config.people)]
    at = next((address for address in addresses if "@" in address), "")
    return at.rpartition("@")[2] or next((s.domain for s in config.schools if s.domain), None)


def propose_sender(config: Config) -> str | None:
    """The address that mails come from now, else one of the school's own domain; None for none."""
    if config.mail:
        return config.mail.sender
    domain = own_domain(config)
    return f"schoolgate@{domain}" if domain else None


def entrance_of(domain: str) -> str:
    """The name that Microsoft 365 gives to a domain's mail, as far as it follows from the domain."""
    return domain.replace(".", "-") + CONNECTOR_ENDS
