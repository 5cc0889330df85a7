"""Ask what `mail setup` and `source add mailbox` have to know: from options, else asked for, else as
proposed. Each answer is checked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from textwrap import wrap
from typing import Any
from urllib.parse import quote, unquote

from data.errors import InputError
from data.types import Page
from data.web.public_addresses import is_this_machine
from data.words.say import words
from monitor.config import model as tables
from monitor.config.check import quote_value
from monitor.config.load import Config
from monitor.setup.asking import required_reader
from monitor.setup.mail import trial
from monitor.terminal.answers import until_right
from sources.http.aborted import FetchAborted
from sources.http.address_guard import Resolve, Target, resolve_within, system_resolve

Read = Callable[[str], Any]
"""An answer as it is kept. Raises InputError, a sentence, for one that cannot be used."""

_APP_PASSWORD_LETTERS = 16
_PASSWORDS = frozenset(("secret-file", "secret-env"))
_PROOFS = _PASSWORDS | {"certificate"}
_WIDE, _BELOW = 78, " " * 5
_SECURITY = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class MailChoice:
    """The keys that [mail] is to hold, and the secret for a file of its own; None for none."""

    way: trial.SendingWay
    values: dict[str, object]
    secret: str | None = field(default=None, repr=False)


class Questions:
    """Asks for what was not given. Without `ask` proposals are taken, and what is missing is refused."""

    def __init__(
        self, given: MailOptions, ask: Callable[[str], str] | None, ask_secret: Callable[[str], str],
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._given, self._ask, self._ask_secret, self._say = given, ask, ask_secret, say
        self._there = dict[str, str]()

    def _secret(self, wants: str, read: Callable[[str], str]) -> str:
        if self._given.secret is not None:
            return read(self._given.secret)
        if self._ask is None:
            raise InputError(
                f"{wants[0].upper()}{wants[1:]} is missing: --secret-file FILE, or - for standard input."
            )
        question = f"{wants[0].upper()}{wants[1:]} (it is not shown as you type)"
        return until_right(question, read, self._ask_secret, self._say)

    def _one(self, option: str, question: str, read: Read, proposed: str | None = None) -> Any:
        given, proposed = self._given.options.get(option), self._there.get(option, proposed)
        if given is not None:
            try:
                return read(given)
            except InputError as wrong:
                raise InputError(f"--{option}: {wrong}") from None
        if self._ask is None or (proposed is not None and self._given.options.get("way")):
            if proposed is None:
                raise InputError(f"--{option} is missing: {question[0].lower()}{question[1:]}.")
            return read(proposed)
        enter = f" (Enter: {proposed})" if proposed else ""
        asked = f"{question}{enter}"
        return until_right(asked, lambda answer: read(answer or proposed or ""), self._ask, self._say)

    def _number(self, question: str, said: Sequence[str], proposed: str | None, why: str = "") -> str:
        assert self._ask is not None
        self._say(question)
        for n, one in enumerate(said, 1):
            shown = f"{one[0].upper()}{one[1:]}"
            for line in wrap(shown, _WIDE, initial_indent=f"  {n}  ", subsequent_indent=_BELOW):
                self._say(line)
        if why:
            self._say(f"{why}.")
        enter = said.index(proposed) + 1 if proposed in said else None
        asked = f"Its number{f' (Enter: {enter})' if enter else ''}"
        return until_right(asked, lambda answer: _of(said, answer or str(enter or "")), self._ask, self._say)


class MailQuestions(Questions):
    """Asks for how mail goes out; `now` is how it goes."""

    def __init__(
        self, given: MailOptions, ask: Callable[[str], str] | None, ask_secret: Callable[[str], str],
        say: Callable[[str], None], now: tables.MailSettings | None = None,
    ) -> None:  # fmt: skip
        super().__init__(given, ask, ask_secret, say)
        self._now = now

    def choice(self, found: ProposedProvider, from_here: str | None) -> MailChoice:
        """All that is needed; `from_here` is the sender that is proposed.

        Raises InputError for what cannot be used, or is missing.
        """
        way = self._way(found)
        self._there = _present_options(self._now, way)
        # nobody is left to believe that an option was heard
        said = {**self._given.options, **self._given.proofs}
        given = {option for option, value in said.items() if value is not None}
        if len(given & _PROOFS) > 1:
            raise InputError(f"Only one of these, please: --{', --'.join(sorted(given & _PROOFS))}.")
        if strange := sorted(given - _takes(way)):
            raise InputError(
                f"--{strange[0]} does not belong to {way.name}. See: schoolgate mail setup --help"
            )
        sender = self._one("sender", "The address that its emails come from", an_email, from_here)
        values: dict[str, object] = {"sign_in": way.sign_in} if way.sign_in != "password" else {}
        values |= {"sender": sender, **self._ask_way(way, sender, found)}
        wants = way.secret or ("the password" if values.get("user") else "")
        key = "secret" if way.sign_in != "password" else "password"
        if self._given.certificate and key == "secret":
            return MailChoice(way, values | {"certificate_file": self._given.certificate})
        if not wants:
            return MailChoice(way, values)
        if self._given.secret_env:
            return MailChoice(way, values | {f"{key}_env": self._given.secret_env})
        return MailChoice(way, values, self._secret(wants, partial(secret_as_kept, way.name)))

    def _way(self, found: ProposedProvider) -> trial.SendingWay:
        named = self._given.options.get("way")
        if named is not None and named not in set(trial.WayName):
            raise InputError(f"--way {named}: it is one of: {', '.join(trial.WayName)}.")
        if named is not None:
            return trial.WAYS[trial.WayName(named)]
        if self._ask is None:
            raise InputError(f"--way is missing. It is one of: {', '.join(trial.WayName)}.")
        why = f"{'Proposed, as' if found.provider else 'Nothing is proposed:'} {found.why}"
        question = "Where is your school's email?"
        provider = self._number(question, trial.PROVIDERS, found.provider, why)
        ways = trial.ways_of(provider)
        if len(ways) == 1:
            return ways[0]
        now = trial.sending_way(self._now) if self._now else ways[0]
        proposed = now if now in ways and now.name is not trial.WayName.PASSWORD else ways[0]
        said = self._number("How should Schoolgate send?", [way.said for way in ways], proposed.said)
        return next(way for way in ways if way.said == said)

    def _ask_way(self, way: trial.SendingWay, sender: str, found: ProposedProvider) -> dict[str, object]:
        if way.sign_in != "password":
            return self._application(way, sender)
        if way.name is trial.WayName.RELAY:
            return self._server()
        if way.name is trial.WayName.CONNECTOR:
            proposed = found.entrance or entrance_of(sender.rpartition("@")[2])
            question = "Your school's own server there, as the admin centre shows it (Settings, Domains: MX)"
            return {"host": self._one("host", question, a_host, proposed), "port": 25, "security": "starttls"}
        if not way.secret:
            return way.server
        return way.server | {"user": self._one("user", "The account that signs in", an_email, sender)}

    def _application(self, way: trial.SendingWay, sender: str) -> dict[str, object]:
        question = "“Directory (tenant) ID” of the application, or your domain"
        return way.server | {
            "tenant": self._one("tenant", question, a_tenant, sender.rpartition("@")[2]),
            "client_id": self._one("client-id", "“Application (client) ID”", a_client_id),
        }

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
        question = f"The encryption of the connection: {', '.join(_SECURITY)}"
        security = self._one("security", question, _security, line)
        user = self._one("user", "The user that signs in there", _user, "nobody")
        server: dict[str, object] = {"host": host, "port": port, "security": security}
        return server | ({"user": user} if user else {})


def _present_options(now: tables.MailSettings | None, way: trial.SendingWay) -> dict[str, str]:
    """List what [mail] holds, by the name of its option, where mail goes this way already."""
    if now is None or trial.sending_way(now) is not way:
        return {}
    held = {
        "tenant": now.tenant, "client-id": now.client_id, "host": now.host, "port": str(now.port),
        "security": now.security, "user": now.user,
    }  # fmt: skip
    return {option: value for option, value in held.items() if value}


def _takes(way: trial.SendingWay) -> set[str]:
    """The options that this way has a use for."""
    if way.sign_in != "password":
        return {"way", "sender", "tenant", "client-id", *_PROOFS}
    if way.name is trial.WayName.RELAY:
        return {"way", "sender", "host", "port", "security", "user", *_PASSWORDS}
    if way.secret:
        return {"way", "sender", "user", *_PASSWORDS}
    return {"way", "sender", "host"} if way.name is trial.WayName.CONNECTOR else {"way", "sender"}


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
    if answer.lower() not in _SECURITY:
        raise InputError(f"{quote_value(answer)} is not one of: {', '.join(_SECURITY)}.")
    return answer.lower()


def _user(answer: str) -> str | None:
    return None if answer.lower() in ("", "-", "–", "none", "nobody") else answer


def secret_as_kept(way: trial.WayName, answer: str) -> str:
    """A secret as it is kept, with what is often mistaken for it refused. No sentence repeats it."""
    if way is trial.WayName.APP_PASSWORD:
        letters = re.sub(r"\s", "", answer)
        if len(letters) != _APP_PASSWORD_LETTERS or not letters.isascii() or not letters.isalpha():
            raise InputError(
                f"An app password has {_APP_PASSWORD_LETTERS} letters, in four groups, and nothing else. The "
                "account's own password does not work at Google."
            )
        return letters
    if not answer or not answer.isascii() or not answer.isprintable():
        raise InputError("Plain letters, digits and signs are needed, without accents.")
    if trial.WAYS[way].sign_in != "password" and " " in answer:
        raise InputError("It contains a space, and Microsoft's secrets never do: copy all of it.")
    if re.fullmatch(tables.GUID, answer, re.IGNORECASE) and trial.WAYS[way].provider == trial.MICROSOFT:
        raise InputError(
            "This is the Secret ID. What is needed is the Value beside it, which is shown only right after "
            "the secret was made; if it is gone, make a new secret."
        )
    return answer


_WAIT_S = 3.0
"""So long the name server may take."""
_MICROSOFT_ENDS = ("onmicrosoft.com", "outlook.com", "hotmail.com", "live.com")
_GOOGLE_ENDS = ("gmail.com", "googlemail.com")


@dataclass(frozen=True, slots=True)
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


def entrance_of(domain: str) -> str:
    """The name that Microsoft 365 gives to a domain's mail, as far as it follows from the domain."""
    return domain.replace(".", "-") + trial.CONNECTOR_ENDS


def propose_provider(domain: str | None, resolve: Resolve = system_resolve) -> ProposedProvider:
    """By the domain, else by one question to the name server; Google's only for its own addresses."""
    if not domain:
        return ProposedProvider(None, "no address of the school is in the settings")
    for ends, provider in ((_MICROSOFT_ENDS, trial.MICROSOFT), (_GOOGLE_ENDS, trial.GOOGLE)):
        if domain.lower().endswith(ends):
            return ProposedProvider(provider, f"{domain} is of {provider}")
    entrance = entrance_of(domain.lower())
    try:
        resolve_within(resolve, Target("smtp", entrance, 25), _WAIT_S)
    except FetchAborted:
        return ProposedProvider(None, f"the name server does not say where {domain} has its mail")
    return ProposedProvider(trial.MICROSOFT, f"the name server knows {entrance}", entrance)


ASK = "mailbox"
"""What is typed in an address's place by whoever wants to be asked."""
_OWN = "another mail server (IMAP)"
_GMAIL = "imap.gmail.com"
_needed = required_reader(tables.Text)
_OF_APPLICATION = frozenset(("tenant", "client-id", "other-mailbox", "certificate"))


@dataclass(frozen=True, slots=True)
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
        if where == trial.MICROSOFT:
            return self._at_microsoft(address.removeprefix(tables.GRAPH_MAILBOX), config, senders, proposed)
        given = {**self._given.options, **self._given.proofs}
        if strange := sorted(one for one in _OF_APPLICATION if given.get(one)):
            raise InputError(f"--{strange[0]} is for a mailbox at Microsoft 365: graph://, and its address.")
        url = address if address != ASK else self._imap(where)
        read = partial(_its_own, config, _needed)
        user = self._one("user", "The mailbox's address, or the account that signs in", read, proposed)
        settings = {"user": user, **self._senders(senders)}
        if self._given.secret_env:
            return MailboxChoice(url, settings | {"password_env": self._given.secret_env})
        way = trial.WayName.APP_PASSWORD if tables.split_url(url).hostname == _GMAIL else None
        wants = "the app password" if way else "its password"
        return MailboxChoice(
            url, settings, self._secret(wants, partial(secret_as_kept, way) if way else _needed)
        )

    def _where(self, address: str, config: Config) -> str:
        if address != ASK:
            return trial.MICROSOFT if address.startswith(tables.GRAPH_MAILBOX) else _OWN
        if self._ask is None:
            raise InputError(
                "Give the mailbox's address: graph://alerts@oakfield.example.sch.uk at Microsoft 365, else "
                "imaps://imap.example.org/INBOX"
            )
        now = trial.MICROSOFT if config.mail and config.mail.client_id else None
        return self._number("Where is the mailbox?", (trial.MICROSOFT, trial.GOOGLE, _OWN), now)

    def _at_microsoft(
        self, owner: str, config: Config, senders: tuple[str, ...], proposed: str | None
    ) -> MailboxChoice:
        read = partial(_its_own, config, an_email)
        owner = self._one("user", "The mailbox's address", read, proposed) if owner == ASK else read(owner)
        domain = owner.partition("@")[2]
        settings: dict[str, object] = {}
        lent = config.mail is not None and config.mail.client_id
        given = (
            *(self._given.options.get(key) for key in ("tenant", "client-id")),
            *self._given.proofs.values(),
        )
        own = not lent or any(given)
        if own:
            question = "“Directory (tenant) ID” of the application, or your domain"
            settings["tenant"] = self._one("tenant", question, a_tenant, domain)
            settings["client_id"] = self._one("client-id", "“Application (client) ID”", a_client_id)
        else:
            self._say("The application that sends email reads this mailbox too.")
        there = (p.email for p in config.people if p.email and p.email.endswith(f"@{domain}"))
        question = "Another mailbox at the school, which must refuse the application"
        other = next((one for one in there if one.lower() != owner.lower()), None)
        settings["other_mailbox"] = self._one("other-mailbox", question, partial(_other, owner), other)
        settings |= self._senders(senders)
        url = f"{tables.GRAPH_MAILBOX}{owner}"
        if not own:
            return MailboxChoice(url, settings)
        if self._given.certificate:
            return MailboxChoice(url, settings | {"certificate_file": self._given.certificate})
        if self._given.secret_env:
            return MailboxChoice(url, settings | {"secret_env": self._given.secret_env})
        read = partial(secret_as_kept, trial.WayName.GRAPH)
        return MailboxChoice(
            url, settings, self._secret("the Value of the client secret", read), "secret_file"
        )

    def _imap(self, where: str) -> str:
        google = _GMAIL if where == trial.GOOGLE else None
        host = google or self._one("host", "The mail server's name", a_host)
        folder = self._one("folder", "The folder", _needed, "INBOX")
        return f"imaps://{host}/{quote(unquote(folder), safe='/')}"

    def _senders(self, given: tuple[str, ...]) -> dict[str, object]:
        """Ask whose mails are read: addresses or domains; nothing where everybody's are."""
        if not given and self._ask is not None:
            asked = "Only from these senders, addresses or domains with commas (Enter: from everybody)"
            given = tuple(self._ask(asked).replace(",", " ").split())
        return {"senders": list(given)} if given else {}


def _its_own(config: Config, read: Callable[[str], object], answer: str) -> str:
    """Every mail of it is read and judged: so it is nobody's own. Raises InputError."""
    owner = str(read(answer))
    reader = next((p.name for p in config.people if (p.email or "").casefold() == owner.casefold()), None)
    if reader is not None:
        raise InputError(
            f"{owner} is where {reader} has mail, and every mail of an alert mailbox is judged. Make "
            "one for it alone: schoolgate docs mailbox"
        )
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
