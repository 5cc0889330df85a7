"""Which way messages go out: by a mail server or by Microsoft Graph, as configured; short ones by apprise.

And whether people are reached so at all: told to `Health`, by what became of each message.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from alerts.delivery import chat, deadline_smtp
from alerts.delivery.chat import Way
from alerts.delivery.deadline_smtp import Server, SmtpCourier
from alerts.delivery.results import OF_THE_TOKEN, SENT, Cause, Courier, Result, SendOutcome, Unready
from alerts.delivery.web import (
    GRAPH_SCOPE,
    SMTP_SCOPE,
    Application,
    GraphCourier,
    GraphMailbox,
    Tokens,
    WebAccess,
)
from alerts.delivery.web import probe_mailbox as probe_graph
from data.effects import Clock, utc_now
from data.types import OutboxMessage, Person, Via
from monitor.config.home.paths import write_private
from monitor.config.load import Config
from monitor.config.model import MailSettings
from monitor.home.microsoft import proxy_address, web_access
from monitor.service.state.health import Health

TOKEN_FILE = "mail-token.json"
"""In the home: the token of the moment. In no backup, as it is asked for anew."""

MailWay = Server | GraphMailbox
Post = Callable[[OutboxMessage, str], Result]


def mail_way(config: Config, home: Path, clock: Clock = utc_now) -> MailWay | None:
    """Return how mail goes out as configured, None where nothing is."""
    mail = config.mail
    if mail is None:
        return None
    if mail.sign_in == "graph":
        web = web_access(config.network)
        return GraphMailbox(mail.sender, _tokens(config, mail, GRAPH_SCOPE, home, web, clock), web, clock)
    password = config.mail_password.get_secret_value() if config.mail_password else None
    hello = mail.sender.rpartition("@")[2]
    host = mail.host or ""
    if mail.sign_in == "password":
        return Server(host, mail.port, mail.security, hello, mail.user, password)
    tokens = _tokens(config, mail, SMTP_SCOPE, home, web_access(config.network), clock)
    return Server(host, mail.port, mail.security, hello, mail.user or mail.sender, tokens=tokens)


def make_courier(way: MailWay) -> Courier:
    """Make what hands mails over in this way."""
    return GraphCourier(way) if isinstance(way, GraphMailbox) else SmtpCourier(way)


def hand_over_mail(by_mail: Courier, content: bytes, sender: str, to: Person) -> Result:
    """One mail; without content it is only asked whether it would be taken."""
    try:
        return by_mail.send(content, sender, to.email or "", lambda: bool(content)) or SENT
    except Unready as unready:
        return unready.result


def probe_mail(way: MailWay, wait_s: float) -> Result:
    """Try signing in, sending nothing; each answer may take `wait_s`, all of it three times that."""
    quick = with_wait(way, wait_s)
    return probe_graph(quick) if isinstance(quick, GraphMailbox) else deadline_smtp.probe_smtp(quick)


def with_wait(way: MailWay, wait_s: float) -> MailWay:
    """The same, which waits so long for each answer, and three times as long for all of it."""
    if isinstance(way, GraphMailbox):
        web = replace(way.web, connect_s=wait_s, answer_s=wait_s, request_s=3 * wait_s)
        return replace(way, token_s=3 * wait_s, web=web)
    return replace(way, connect_s=wait_s, command_s=wait_s, message_s=3 * wait_s)


def unkept(way: MailWay) -> MailWay:
    """The same, which leaves no copy with the sender by Graph; by SMTP that is the mailbox's own setting."""
    return replace(way, kept=False) if isinstance(way, GraphMailbox) else way


def make_poster(config: Config) -> Post:
    """Make what posts a short message by the configured way."""
    network = config.network
    way = Way(network.own_servers, proxy_address(network), network.ca_file)
    return partial(chat.post, way=way, schools={school.urn: school.name for school in config.schools})


def _tokens(
    config: Config, mail: MailSettings, scope: str, home: Path, web: WebAccess, clock: Clock
) -> Tokens:
    secret = config.mail_secret.get_secret_value() if config.mail_secret else None
    certificate = config.near(mail.certificate_file) if mail.certificate_file else None
    application = Application(mail.tenant or "", mail.client_id or "", scope, secret, certificate)
    return Tokens(application, home / TOKEN_FILE, web, clock, write_private)


OF_THE_SERVER = frozenset(
    (
        Cause.SENDER_REFUSED, Cause.SIGN_IN_REFUSED, Cause.NO_SIGN_IN, Cause.PASSWORD, Cause.CERTIFICATE,
        Cause.NO_TLS, Cause.PLAIN, Cause.UNREACHABLE, Cause.BUSY, Cause.DROPPED, Cause.INTERRUPTED,
        Cause.APP_NO_RIGHT, Cause.TOKEN_NOT_TAKEN, Cause.MAILBOX_UNKNOWN, Cause.MICROSOFT_UNREACHABLE,
        Cause.MICROSOFT_CERTIFICATE, Cause.NOT_MICROSOFT, *OF_THE_TOKEN,
    )
)  # fmt: skip
"""Causes that lie in the server or in our settings for it: nobody would be reached."""
_OF_ONE = frozenset(
    (Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED, Cause.TOO_LARGE, Cause.CHAT_REFUSED, Cause.OURS)
)
"""Causes that may lie in one address or message: only where nobody is reached does the way itself fail."""


class Ways:
    """Ways that reach people, as they last were, for several threads. One bad address is no trouble."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._lock = threading.RLock()
        self._down: set[Via] = set()
        self._reached: dict[Via, set[str]] = {via: set() for via in Via}
        self._refused: dict[Via, set[str]] = {via: set() for via in Via}

    def down(self, via: Via, since: datetime, why: str) -> None:
        """It reached nobody when last tried."""
        with self._lock:
            self._down.add(via)
            self._health.note_failure(via.value, since, why, counted=False)

    def record_due(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """Record what became of messages due, each with its person's id; with none a way stays down."""
        with self._lock:
            self.record_others(via, results, at)
            if via not in self._down:
                self._health.note_ending(via.value, at)

    def record_others(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """Record what became of others, or would become: that says nothing of the sending of what is due."""
        with self._lock:
            sent = {person for person, r in results if r.outcome is SendOutcome.SENT}
            refused = {person for person, r in results if r.cause in _OF_ONE} - sent
            self._reached[via] = self._reached[via] - refused | sent
            self._refused[via] = refused if sent else self._refused[via] | refused
            causes = [r.cause for _, r in results if r.cause in OF_THE_SERVER | _OF_ONE]
            stopped = next((c for c in causes if c in OF_THE_SERVER), None)
            # several were refused since somebody was reached, or nobody is left who ever was
            nobody = len(self._refused[via]) > 1 or not self._reached[via]
            if sent:
                self._down.discard(via)
            elif stopped is not None or (causes and nobody):
                self.down(via, at, str(stopped or causes[-1]))
