"""Ways of sending mail, what `mail setup` and `source add mailbox` have to know, asked for, and a trial."""

from __future__ import annotations

import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from textwrap import wrap
from typing import Any
from urllib.parse import quote, unquote

from pydantic import SecretStr

from alerts.delivery.results import Cause, Result, SendOutcome
from alerts.notices.upkeep import TRIAL, trial_message
from data.errors import InputError, write_commands
from data.frozen import freeze
from data.people import schools_of
from data.shipped import read_table
from data.types import Page, Person
from data.web.public_addresses import is_this_machine
from data.words.say import words
from monitor.act.settings import MailChoice, mail_values
from monitor.config import model as tables
from monitor.config.check import quote_value, required_reader
from monitor.config.edit import mail_replaced, preview_text
from monitor.config.load import Config, from_text
from monitor.config.model import MailSettings
from monitor.service.delivery import TOKEN_FILE, mail_way, send_at_once
from monitor.setup.findings import Finding, Level, finding_lines
from monitor.terminal.answers import until_right
from monitor.terminal.wording import ADD_PERSON
from sources.http.guard import FetchAborted, Resolve, Target, resolve_within, system_resolve

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
    def proofs(self) -> Set[str]:
        """Return the options that it may sign in by."""
        if self.sign_in != "password":
            return _PROOFS
        return _PASSWORDS if "user" in self.options.split() else frozenset()

    @property
    def server(self) -> dict[str, object]:
        """Return what [mail] holds of the server that everybody has."""
        return {"host": self.host, "port": self.port, "security": "starttls"} if self.host else {}


_PASSWORDS = frozenset(("secret-file", "secret-env"))
_PROOFS = _PASSWORDS | {"certificate"}
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


Read = Callable[[str], Any]
"""An answer as it is kept. Raises InputError, a sentence, for one that cannot be used."""

_APP_PASSWORD_LETTERS = 16
_WIDE, _BELOW = 78, " " * 5
SECURITY = ("starttls", "tls", "none")


@freeze
class MailOptions:
    """The options that were given, by the name of each; `secret` was read already and is never shown."""

    options: dict[str, str | None]
    secret: str | None = field(default=None, repr=False)
    secret_env: str | None = None
    certificate: str | None = None

    @property
    def proofs(self) -> dict[str, str | None]:
        """Return what it signs in with, by the name of the option; one of them at most."""
        return {"secret-file": self.secret, "secret-env": self.secret_env, "certificate": self.certificate}


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


def _field(option: str) -> str:
    return option.replace("-", "_")


@dataclass
class Questions:
    """Asks for what was not given; `now` is how mail goes. Without `ask` proposals are taken, and what is
    missing is refused.
    """

    given: MailOptions
    ask: Callable[[str], str] | None
    ask_secret: Callable[[str], str]
    say: Callable[[str], None]
    now: tables.MailSettings | None = None
    _there: dict[str, str] = field(default_factory=dict, init=False)

    def _secret(self, wants: str, read: Callable[[str], str]) -> str:
        if self.given.secret is not None:
            return read(self.given.secret)
        if self.ask is None:
            how = "⟨secret_file⟩ FILE, or - for standard input"
            raise MissingAnswer(f"{wants[0].upper()}{wants[1:]} is missing: {how}.")
        question = f"{wants[0].upper()}{wants[1:]} (it is not shown as you type)"
        return until_right(question, read, self.ask_secret, self.say)

    def _proof(
        self, key: str, wants: str, read: Callable[[str], str]
    ) -> tuple[dict[str, object], str | None]:
        """Ask what it signs in with: the keys that name it, or the secret itself, for a file of its own."""
        if self.given.certificate and key == "secret":
            return {"certificate_file": self.given.certificate}, None
        if self.given.secret_env:
            return {f"{key}_env": self.given.secret_env}, None
        return {}, self._secret(wants, read)

    def _application(self, domain: str) -> dict[str, object]:
        question = "“Directory (tenant) ID” of the application, or your domain"
        return {
            "tenant": self._one("tenant", question, a_tenant, domain),
            "client_id": self._one("client-id", "“Application (client) ID”", a_client_id),
        }

    def _one(self, option: str, question: str, read: Read, proposed: str | None = None) -> Any:
        given, proposed = self.given.options.get(option), self._there.get(option, proposed)
        if given is not None:
            try:
                return read(given)
            except InputError as wrong:
                raise InputError(f"⟨{_field(option)}⟩: {wrong}") from None
        if self.ask is None or (proposed is not None and self.given.options.get("way")):
            if proposed is None:
                question = f"{question[0].lower()}{question[1:]}"
                raise MissingAnswer(f"⟨{_field(option)}⟩ is missing: {question}.")
            return read(proposed)
        enter = f" (Enter: {proposed})" if proposed else ""
        asked = f"{question}{enter}"
        return until_right(asked, lambda answer: read(answer or proposed or ""), self.ask, self.say)

    def _number(self, question: str, said: Sequence[str], proposed: str | None, why: str = "") -> str:
        assert self.ask is not None
        self.say(question)
        for n, one in enumerate(said, 1):
            shown = f"{one[0].upper()}{one[1:]}"
            for line in wrap(shown, _WIDE, initial_indent=f"  {n}  ", subsequent_indent=_BELOW):
                self.say(line)
        if why:
            self.say(f"{why}.")
        enter = said.index(proposed) + 1 if proposed in said else None
        asked = f"Its number{f' (Enter: {enter})' if enter else ''}"
        return until_right(asked, lambda answer: _of(said, answer or str(enter or "")), self.ask, self.say)


class MailQuestions(Questions):
    """Asks for how mail goes out."""

    def choice(self, found: ProposedProvider, from_here: str | None) -> MailChoice:
        """All that is needed; `from_here` is the sender that is proposed.

        Raises InputError for what cannot be used, or is missing.
        """
        way = self._way(found)
        self._there = present_options(self.now, way)
        # nobody is left to believe that an option was heard
        said = {**self.given.options, **self.given.proofs}
        given = {option for option, value in said.items() if value is not None}
        if len(given & _PROOFS) > 1:
            raise InputError(f"Only one of these, please: --{', --'.join(sorted(given & _PROOFS))}.")
        if strange := sorted(given - {"way", *way.options.split(), *way.proofs}):
            raise InputError(
                f"--{strange[0]} does not belong to {way.name}. See: schoolgate mail setup --help"
            )
        sender = self._one("sender", "The address that its emails come from", an_email, from_here)
        values: dict[str, object] = {"sign_in": way.sign_in} if way.sign_in != "password" else {}
        values |= {"sender": sender, **self._ask_way(way, sender, found)}
        wants = way.secret or ("the password" if values.get("user") else "")
        if not wants:
            return MailChoice(values)
        key = "secret" if way.sign_in != "password" else "password"
        proof, secret = self._proof(key, wants, partial(secret_as_kept, way.name))
        return MailChoice(values | proof, secret)

    def _way(self, found: ProposedProvider) -> SendingWay:
        named = self.given.options.get("way")
        if named is not None and named not in set(WayName):
            raise InputError(f"--way {named}: it is one of: {', '.join(WayName)}.")
        if named is not None:
            return WAYS[WayName(named)]
        if self.ask is None:
            raise InputError(f"--way is missing. It is one of: {', '.join(WayName)}.")
        why = f"{'Proposed, as' if found.provider else 'Nothing is proposed:'} {found.why}"
        question = "Where is your school's email?"
        provider = self._number(question, PROVIDERS, found.provider, why)
        ways = ways_of(provider)
        if len(ways) == 1:
            return ways[0]
        now = sending_way(self.now) if self.now else ways[0]
        proposed = now if now in ways and now.name is not WayName.PASSWORD else ways[0]
        said = self._number("How should Schoolgate send?", [way.said for way in ways], proposed.said)
        return next(way for way in ways if way.said == said)

    def _ask_way(self, way: SendingWay, sender: str, found: ProposedProvider) -> dict[str, object]:
        if way.sign_in != "password":
            return way.server | self._application(sender.rpartition("@")[2])
        if way.name is WayName.RELAY:
            return self._server()
        if way.name is WayName.CONNECTOR:
            proposed = found.entrance or entrance_of(sender.rpartition("@")[2])
            question = "Your school's own server there, as the admin centre shows it (Settings, Domains: MX)"
            return {"host": self._one("host", question, a_host, proposed), "port": 25, "security": "starttls"}
        if not way.secret:
            return way.server
        return way.server | {"user": self._one("user", "The account that signs in", an_email, sender)}

    def _server(self) -> dict[str, object]:
        host = self._one("host", "The server's name", a_host)
        if host != self._there.get("host"):
            self._there = {}
        here = is_this_machine(str(host))
        port = self._one(
            "port", "Its port: 587 or 25 with STARTTLS, 465 with TLS", _port, "25" if here else "587"
        )
        if str(port) != self._there.get("port"):
            self._there.pop("security", None)
        line = "none" if here and port == 25 else "tls" if port == 465 else "starttls"
        question = f"The encryption of the connection: {', '.join(SECURITY)}"
        security = self._one("security", question, _security, line)
        user = self._one("user", "The user that signs in there", _user, "nobody")
        server: dict[str, object] = {"host": host, "port": port, "security": security}
        return server | ({"user": user} if user else {})


def present_options(now: tables.MailSettings | None, way: SendingWay) -> dict[str, str]:
    """List what [mail] holds, by the name of its option, where mail goes this way already."""
    if now is None or sending_way(now) is not way:
        return {}
    held = ((option, getattr(now, _field(option))) for option in way.options.split())
    return {option: str(value) for option, value in held if value}


def _of(said: Sequence[str], answer: str) -> str:
    if not answer.isdecimal() or not 1 <= int(answer) <= len(said):
        raise InputError(f"Please answer with a number from 1 to {len(said)}.")
    return said[int(answer) - 1]


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


_WAIT_S = 3.0
"""So long the name server may take."""
_MICROSOFT_ENDS = ("onmicrosoft.com", "outlook.com", "hotmail.com", "live.com")
_GOOGLE_ENDS = ("gmail.com", "googlemail.com")


@freeze
class ProposedProvider:
    """The provider that is proposed and why; `provider` None where it cannot be known. `entrance` is the
    school's own server name at Microsoft 365, where the name server knows one.
    """

    provider: str | None
    why: str
    entrance: str | None = None


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


def propose_provider(domain: str | None, resolve: Resolve = system_resolve) -> ProposedProvider:
    """By the domain, else by one question to the name server; Google's only for its own addresses."""
    if not domain:
        return ProposedProvider(None, "no address of the school is in the settings")
    for ends, provider in ((_MICROSOFT_ENDS, MICROSOFT), (_GOOGLE_ENDS, GOOGLE)):
        if domain.lower().endswith(ends):
            return ProposedProvider(provider, f"{domain} is of {provider}")
    entrance = entrance_of(domain.lower())
    try:
        resolve_within(resolve, Target("smtp", entrance, 25), _WAIT_S)
    except FetchAborted:
        return ProposedProvider(None, f"the name server does not say where {domain} has its mail")
    return ProposedProvider(MICROSOFT, f"the name server knows {entrance}", entrance)


ASK = "mailbox"
"""What is typed in an address's place by whoever wants to be asked."""
_OWN = "another mail server (IMAP)"
_GMAIL = "imap.gmail.com"
_needed = required_reader(tables.Text)
_OF_APPLICATION = frozenset(("tenant", "client-id", "other-mailbox", "certificate"))


@freeze
class MailboxChoice:
    """The keys that its `[[sources]]` is to hold, and the secret for a file of its own, as which key."""

    url: str
    settings: dict[str, object]
    secret: str | None = field(default=None, repr=False)
    key: str = "password_file"


class MailboxQuestions(Questions):
    """Asks for what was not given of a mailbox that is read."""

    def choice(self, address: str, config: Config, senders: tuple[str, ...]) -> MailboxChoice:
        """All that is needed. `address` is `ASK`, or the mailbox's own.

        Raises InputError for what cannot be used, or is missing.
        """
        domain = own_domain(config)
        proposed = f"alerts@{domain}" if domain else None
        where = self._where(address, config)
        if where == MICROSOFT:
            return self._at_microsoft(address.removeprefix(tables.GRAPH_MAILBOX), config, senders, proposed)
        given = {**self.given.options, **self.given.proofs}
        if strange := sorted(one for one in _OF_APPLICATION if given.get(one)):
            raise InputError(f"--{strange[0]} is for a mailbox at Microsoft 365: graph://, and its address.")
        url = address if address != ASK else self._imap(where)
        read = partial(_its_own, config, _needed)
        user = self._one("user", "The mailbox's address, or the account that signs in", read, proposed)
        settings = {"user": user, **self._senders(senders)}
        way = WayName.APP_PASSWORD if tables.split_url(url).hostname == _GMAIL else None
        wants = "the app password" if way else "its password"
        proof, secret = self._proof("password", wants, partial(secret_as_kept, way) if way else _needed)
        return MailboxChoice(url, settings | proof, secret)

    def _where(self, address: str, config: Config) -> str:
        if address != ASK:
            return MICROSOFT if address.startswith(tables.GRAPH_MAILBOX) else _OWN
        if self.ask is None:
            raise InputError(words("en")("setup.refused.no_mailbox"))
        now = MICROSOFT if config.mail and config.mail.client_id else None
        return self._number("Where is the mailbox?", (MICROSOFT, GOOGLE, _OWN), now)

    def _at_microsoft(
        self, owner: str, config: Config, senders: tuple[str, ...], proposed: str | None
    ) -> MailboxChoice:
        read = partial(_its_own, config, an_email)
        owner = self._one("user", "The mailbox's address", read, proposed) if owner == ASK else read(owner)
        domain = owner.partition("@")[2]
        settings: dict[str, object] = {}
        lent = config.mail is not None and config.mail.client_id
        given = (
            *(self.given.options.get(key) for key in ("tenant", "client-id")),
            *self.given.proofs.values(),
        )
        own = not lent or any(given)
        if own:
            settings = self._application(domain)
        else:
            self.say("The application that sends email reads this mailbox too.")
        there = (p.email for p in config.people if p.email and p.email.endswith(f"@{domain}"))
        question = "Another mailbox at the school, which must refuse the application"
        other = next((one for one in there if one.lower() != owner.lower()), None)
        settings["other_mailbox"] = self._one("other-mailbox", question, partial(_other, owner), other)
        settings |= self._senders(senders)
        url = f"{tables.GRAPH_MAILBOX}{owner}"
        if not own:
            return MailboxChoice(url, settings)
        value = "the Value of the client secret"
        proof, secret = self._proof("secret", value, partial(secret_as_kept, WayName.GRAPH))
        return MailboxChoice(url, settings | proof, secret, "secret_file")

    def _imap(self, where: str) -> str:
        google = _GMAIL if where == GOOGLE else None
        host = google or self._one("host", "The mail server's name", a_host)
        folder = self._one("folder", "The folder", _needed, "INBOX")
        return f"imaps://{host}/{quote(unquote(folder), safe='/')}"

    def _senders(self, given: tuple[str, ...]) -> dict[str, object]:
        """Ask whose mails are read: addresses or domains; nothing where everybody's are."""
        if not given and self.ask is not None:
            asked = "Only from these senders, addresses or domains with commas (Enter: from everybody)"
            given = tuple(self.ask(asked).replace(",", " ").split())
        return {"senders": list(given)} if given else {}


def _its_own(config: Config, read: Callable[[str], object], answer: str) -> str:
    """Every mail of it is read and judged: so it is nobody's own. Raises InputError."""
    owner = str(read(answer))
    reader = next((p.name for p in config.people if (p.email or "").casefold() == owner.casefold()), None)
    if reader is not None:
        raise InputError(words("en")("setup.refused.ones_own_mailbox", address=owner, reader=reader))
    return owner


def _other(owner: str, answer: str) -> str:
    other = str(an_email(answer))
    if other.lower() == owner.lower():
        raise InputError("This is the mailbox itself. Another of the school is needed, such as the head's.")
    return other


def count_reading(page: Page, mails: int) -> Iterator[str]:
    """Say what a reading brought, as numbers: no word and no name of it."""
    yield f"Read to try it: {'1 email' if mails == 1 else f'{mails} emails'}. None of it is kept or shown."
    w = words("en")
    places = Counter(w(f"describe.channel.{mention.channel}") for mention in page.mentions)
    if places:
        yield f"Finds in them: {', '.join(f'{name} {n}' for name, n in places.most_common())}."
    yield from page.left_out
    if page.next is not None:
        yield "There are more emails: the next scans read them, newest first."
