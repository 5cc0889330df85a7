"""One connection to the mail server, several messages, each a transaction of its own.

The line is private or nothing is sent: STARTTLS or TLS from the first byte, with the certificate and its
name checked; plain only to this machine. Nothing falls back. What the server says is not kept, but for
its codes (RFC 5321, and RFC 3463's enhanced ones).
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import TypeVar

from alerts.delivery.results import SENT, Cause, Outcome, Result

CONNECT_S = 15.0
COMMAND_S = 60.0
"""How long the server may take to be reached, and to answer each command."""

T = TypeVar("T")
BeforeData = Callable[[], bool]
"""Asked right before the message itself is handed over; on False it is not."""

_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_SERVICE_CLOSING, _SIGN_IN_FIRST = 421, 530
_POLICY = b"5.7."
"""Enhanced codes of what the server does not allow us, whoever the recipient is: mostly relaying."""


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server as configured. `context` is checked TLS with the machine's authorities.

    `security` is starttls, tls or none; `hello` is the domain that we greet with, the sender's.
    """

    host: str
    port: int
    security: str
    hello: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    connect_s: float = CONNECT_S
    command_s: float = COMMAND_S


class Courier:
    """Hands messages over on one connection, which is opened when needed and again where it was dropped.

    with Courier(server) as courier:
        courier.send(mail, "from@example.org", "to@example.org", lambda: True)
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Courier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._drop()

    def send(self, mail: EmailMessage, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """One message to one person, in a transaction of its own; None where `before_data` said no.

        Where the server dropped the line before it was asked to take the message, it is tried once more
        on a new one. Raises Unready where the server serves nobody now.
        """
        used = self._connection is not None
        try:
            return self._transaction(mail, sender, to, before_data)
        except _Dropped:
            if not used:
                return Result(Outcome.RETRY, Cause.DROPPED)
        try:
            return self._transaction(mail, sender, to, before_data)
        except _Dropped:
            return Result(Outcome.RETRY, Cause.DROPPED)

    def _transaction(
        self, mail: EmailMessage, sender: str, to: str, before_data: BeforeData
    ) -> Result | None:
        if self._connection is None:
            self._connection = sign_in(self._server)
        refused = self._addressed(self._connection, sender, to)
        if refused is None and before_data():
            return self._data(self._connection, mail.as_bytes())
        self._reset(self._connection)
        return refused

    def _addressed(self, connection: smtplib.SMTP, sender: str, to: str) -> Result | None:
        """Names sender and recipient; why one was refused, None where both are taken."""
        try:
            code, said = connection.mail(sender)
            if 200 <= code < 300:
                code, said = connection.rcpt(to)
                refused = None if 200 <= code < 300 else _address_refused(code, said)
            else:
                refused = Result(Outcome.RETRY, _temporary(code) or Cause.SENDER_REFUSED, _code(code, said))
        except (smtplib.SMTPException, OSError):
            code, refused = _SERVICE_CLOSING, None
        if code == _SERVICE_CLOSING:
            self._drop()
            raise _Dropped
        return refused

    def _data(self, connection: smtplib.SMTP, content: bytes) -> Result:
        """The message itself. Without an answer nobody knows whether it was taken."""
        try:
            code, said = connection.data(content)
        except smtplib.SMTPDataError as error:  # it would not even begin
            self._reset(connection)
            return _data_answer(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError):
            code, said = -1, b""
        if code in (-1, _SERVICE_CLOSING):
            self._drop()
        return _data_answer(code, said)

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Dropped(Exception):
    """The line is gone, and the message was not handed over."""


class Unready(Exception):
    """The server takes no message now, from nobody; `result` says why."""

    def __init__(self, result: Result) -> None:
        self.result = result
        super().__init__(result.detail)


def this_machine(host: str) -> bool:
    """Is it a name or an address of this machine itself?"""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def sign_in(server: Server) -> smtplib.SMTP:
    """A connection that is private and signed in. Raises Unready; no exception names the password."""
    if server.security == "none" and not this_machine(server.host):
        raise Unready(Result(Outcome.RETRY, Cause.PLAIN))
    connection = _guarded(Cause.UNREACHABLE, lambda: _connect(server))
    try:
        if server.security == "starttls":
            _guarded(Cause.NO_TLS, lambda: connection.starttls(context=server.context))
        _guarded(Cause.UNREACHABLE, connection.ehlo_or_helo_if_needed)
        if server.user:
            _guarded(Cause.NO_SIGN_IN, lambda: _log_in(connection, server))
        if connection.sock is not None:
            connection.sock.settimeout(server.command_s)
    except Unready:
        connection.close()
        raise
    return connection


def _connect(server: Server) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            server.host, server.port, server.hello, timeout=server.connect_s, context=server.context
        )
    return smtplib.SMTP(server.host, server.port, server.hello, timeout=server.connect_s)


def _log_in(connection: smtplib.SMTP, server: Server) -> None:
    """Checks the letters itself: the library's own complaint of them would hold the password."""
    user, password = server.user or "", server.password or ""
    if not password or not (user + password).isascii():
        raise Unready(Result(Outcome.RETRY, Cause.PASSWORD))
    connection.login(user, password)


def _guarded(otherwise: Cause, act: Callable[[], T]) -> T:
    """Does it; whatever fails becomes Unready, without the words of what failed."""
    try:
        return act()
    except smtplib.SMTPAuthenticationError as error:
        cause = Cause.SIGN_IN_REFUSED if error.smtp_code >= 500 else Cause.BUSY
        raise Unready(_answered(cause, error)) from None
    except smtplib.SMTPServerDisconnected:
        raise Unready(Result(Outcome.RETRY, Cause.DROPPED)) from None
    except smtplib.SMTPResponseException as error:
        raise Unready(_answered(Cause.BUSY if error.smtp_code < 500 else otherwise, error)) from None
    except ssl.SSLCertVerificationError:
        raise Unready(Result(Outcome.RETRY, Cause.CERTIFICATE)) from None
    except ssl.SSLError:
        raise Unready(Result(Outcome.RETRY, Cause.NO_TLS)) from None
    except smtplib.SMTPException:  # it does not offer what is asked of it
        raise Unready(Result(Outcome.RETRY, otherwise)) from None
    except OSError:
        raise Unready(Result(Outcome.RETRY, Cause.UNREACHABLE)) from None


def _address_refused(code: int, said: bytes | str) -> Result:
    """A refused address is refused for good; where we are not allowed to send, that may be mended."""
    if cause := _temporary(code):
        return Result(Outcome.RETRY, cause, _code(code, said))
    if code == _SIGN_IN_FIRST or _enhanced(said).startswith(_POLICY):
        return Result(Outcome.RETRY, Cause.SENDER_REFUSED, _code(code, said))
    return Result(Outcome.FAILED, Cause.ADDRESS_REFUSED, _code(code, said))


def _data_answer(code: int, said: bytes | str) -> Result:
    if code == -1:
        return Result(Outcome.UNSURE, Cause.INTERRUPTED)
    if 200 <= code < 300:
        return SENT
    if cause := _temporary(code):
        return Result(Outcome.RETRY, cause, _code(code, said))
    return Result(Outcome.FAILED, Cause.MESSAGE_REFUSED, _code(code, said))


def _temporary(code: int) -> Cause | None:
    """What is no refusal for good: 4xx, and answers that are none."""
    return None if 500 <= code < 600 else Cause.BUSY


def _answered(cause: Cause, error: smtplib.SMTPResponseException) -> Result:
    return Result(Outcome.RETRY, cause, _code(error.smtp_code, error.smtp_error))


def _code(code: int, said: bytes | str) -> str:
    return f"{code} {_enhanced(said).decode('ascii')}".strip()


def _enhanced(said: bytes | str) -> bytes:
    found = _ENHANCED.match(said if isinstance(said, bytes) else said.encode("ascii", "replace"))
    return found.group() if found else b""
