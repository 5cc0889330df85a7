"""What `mail setup` has to know: from options, else asked for, else as proposed; each answer is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from textwrap import wrap
from typing import Any

from data.errors import InputError
from data.web.public_addresses import is_this_machine
from monitor.config.faults import quoted
from monitor.config.model import MailSettings
from monitor.config.settings import GUID
from monitor.config.values import ClientId, Email, Host, Tenant
from monitor.setup.answers import needed
from monitor.setup.mail.proposing import ProposedProvider, entrance_of
from monitor.setup.mail.ways import MICROSOFT, PROVIDERS, WAYS, SendingWay, WayName, way_of, ways_of
from monitor.terminal.answers import until_right

Read = Callable[[str], Any]
"""An answer as it is kept. Raises InputError, a sentence, for one that cannot be used."""

_APP_PASSWORD_LETTERS = 16
_PASSWORDS = frozenset(("secret-file", "secret-env"))
_PROOFS = _PASSWORDS | {"certificate"}
_WIDE, _BELOW = 78, " " * 5
_SECURITY = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True)
class MailOptions:
    """What was given by options, by the name of its option; `secret` was read already and is never shown."""

    options: dict[str, str | None]
    secret: str | None = field(default=None, repr=False)
    secret_env: str | None = None
    certificate: str | None = None

    @property
    def proofs(self) -> dict[str, str | None]:
        """What it signs in with, by the name of the option; one of them at most."""
        return {"secret-file": self.secret, "secret-env": self.secret_env, "certificate": self.certificate}


@dataclass(frozen=True, slots=True)
class MailChoice:
    """What [mail] is to hold, and the secret that goes into a file of its own; None where there is none."""

    way: SendingWay
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
        return until_right(
            question + enter, lambda answer: read(answer or proposed or ""), self._ask, self._say
        )

    def _number(self, question: str, said: Sequence[str], proposed: str | None, why: str = "") -> str:
        assert self._ask is not None
        self._say(question)
        for n, one in enumerate(said, 1):
            for line in wrap(
                f"{one[0].upper()}{one[1:]}", _WIDE, initial_indent=f"  {n}  ", subsequent_indent=_BELOW
            ):
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
        say: Callable[[str], None], now: MailSettings | None = None,
    ) -> None:  # fmt: skip
        super().__init__(given, ask, ask_secret, say)
        self._now = now

    def choice(self, found: ProposedProvider, from_here: str | None) -> MailChoice:
        """All that is needed; `from_here` is the sender that is proposed.

        Raises InputError for what cannot be used, or is missing.
        """
        way = self._way(found)
        self._there = _there(self._now, way)
        # nobody is left to believe that an option was heard
        said = {**self._given.options, **self._given.proofs}
        given = {option for option, value in said.items() if value is not None}
        if len(given & _PROOFS) > 1:
            raise InputError(f"Only one of these, please: --{', --'.join(sorted(given & _PROOFS))}.")
        if strange := sorted(given - _takes(way)):
            raise InputError(
                f"--{strange[0]} does not belong to {way.name}. See: schoolgate mail setup --help"
            )
        sender = self._one("sender", "The address that its mails come from", an_email, from_here)
        values: dict[str, object] = {"sign_in": way.sign_in} if way.sign_in != "password" else {}
        values |= {"sender": sender, **self._of_the_way(way, sender, found)}
        wants = way.secret or ("the password" if values.get("user") else "")
        key = "secret" if way.sign_in != "password" else "password"
        if self._given.certificate and key == "secret":
            return MailChoice(way, values | {"certificate_file": self._given.certificate})
        if not wants:
            return MailChoice(way, values)
        if self._given.secret_env:
            return MailChoice(way, values | {f"{key}_env": self._given.secret_env})
        return MailChoice(way, values, self._secret(wants, partial(secret_as_kept, way.name)))

    def _way(self, found: ProposedProvider) -> SendingWay:
        named = self._given.options.get("way")
        if named is not None and named not in set(WayName):
            raise InputError(f"--way {named}: it is one of: {', '.join(WayName)}.")
        if named is not None:
            return WAYS[WayName(named)]
        if self._ask is None:
            raise InputError(f"--way is missing. It is one of: {', '.join(WayName)}.")
        provider = self._number(
            "Where does your school's mail live?", PROVIDERS, found.provider, f"Proposed, as {found.why}"
            if found.provider else f"Nothing is proposed: {found.why}",
        )  # fmt: skip
        ways = ways_of(provider)
        if len(ways) == 1:
            return ways[0]
        now = way_of(self._now) if self._now else ways[0]
        proposed = now if now in ways and now.name is not WayName.PASSWORD else ways[0]
        said = self._number("How is Schoolgate to send by it?", [way.said for way in ways], proposed.said)
        return next(way for way in ways if way.said == said)

    def _of_the_way(self, way: SendingWay, sender: str, found: ProposedProvider) -> dict[str, object]:
        if way.sign_in != "password":
            return self._application(way, sender)
        if way.name is WayName.RELAY:
            return self._server()
        if way.name is WayName.CONNECTOR:
            proposed = found.entrance or entrance_of(sender.rpartition("@")[2])
            question = "Your school's own server there, as the admin centre shows it (Settings, Domains: MX)"
            return {"host": self._one("host", question, a_host, proposed), "port": 25, "security": "starttls"}
        if not way.secret:
            return way.server
        return way.server | {"user": self._one("user", "The account that signs in", an_email, sender)}

    def _application(self, way: SendingWay, sender: str) -> dict[str, object]:
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
        question = f"How the line is kept private: {', '.join(_SECURITY)}"
        security = self._one("security", question, _security, line)
        user = self._one("user", "The user that signs in there", _user, "nobody")
        server: dict[str, object] = {"host": host, "port": port, "security": security}
        return server | ({"user": user} if user else {})


def _there(now: MailSettings | None, way: SendingWay) -> dict[str, str]:
    """What [mail] holds, by the name of its option, where mail goes this way already."""
    if now is None or way_of(now) is not way:
        return {}
    held = {
        "tenant": now.tenant, "client-id": now.client_id, "host": now.host, "port": str(now.port),
        "security": now.security, "user": now.user,
    }  # fmt: skip
    return {option: value for option, value in held.items() if value}


def _takes(way: SendingWay) -> set[str]:
    """The options that this way has a use for."""
    if way.sign_in != "password":
        return {"way", "sender", "tenant", "client-id", *_PROOFS}
    if way.name is WayName.RELAY:
        return {"way", "sender", "host", "port", "security", "user", *_PASSWORDS}
    if way.secret:
        return {"way", "sender", "user", *_PASSWORDS}
    return {"way", "sender", "host"} if way.name is WayName.CONNECTOR else {"way", "sender"}


def _of(said: Sequence[str], answer: str) -> str:
    if not answer.isdecimal() or not 1 <= int(answer) <= len(said):
        raise InputError(f"Please answer with a number from 1 to {len(said)}.")
    return said[int(answer) - 1]


an_email, a_tenant, a_client_id, a_host = map(needed, (Email, Tenant, ClientId, Host))


def _port(answer: str) -> int:
    if not answer.isdecimal() or not 1 <= int(answer) <= 65535:
        raise InputError(f"{quoted(answer)} is not a port: a number from 1 to 65535, mostly 587, 465 or 25.")
    return int(answer)


def _security(answer: str) -> str:
    if answer.lower() not in _SECURITY:
        raise InputError(f"{quoted(answer)} is not one of: {', '.join(_SECURITY)}.")
    return answer.lower()


def _user(answer: str) -> str | None:
    return None if answer.lower() in ("", "-", "–", "none", "nobody") else answer


def secret_as_kept(way: WayName, answer: str) -> str:
    """A secret as it is kept, with what is often mistaken for it refused. No sentence repeats it."""
    if way is WayName.APP_PASSWORD:
        letters = re.sub(r"\s", "", answer)
        if len(letters) != _APP_PASSWORD_LETTERS or not letters.isascii() or not letters.isalpha():
            raise InputError(
                f"An app password has {_APP_PASSWORD_LETTERS} letters, in four groups, and nothing else. The "
                "account's own password is not taken by Google."
            )
        return letters
    if not answer or not answer.isascii() or not answer.isprintable():
        raise InputError("Plain letters, digits and signs are needed, without accents.")
    if WAYS[way].sign_in != "password" and " " in answer:
        raise InputError("There is a blank in it, and Microsoft makes no secret with one: copy it whole.")
    if re.fullmatch(GUID, answer, re.IGNORECASE) and WAYS[way].provider == MICROSOFT:
        raise InputError(
            "This is the Secret ID. What is needed is the Value beside it, which is shown only right after "
            "the secret was made; if it is gone, make a new secret."
        )
    return answer
