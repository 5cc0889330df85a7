"""A line to the mail server: private, its certificate and name checked, signed in; or none at all.

STARTTLS or TLS from the first byte; plain only to this machine. Nothing falls back. What the server says
is not kept, but for its codes (RFC 5321, and RFC 3463's enhanced ones).
"""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field, replace
from typing import Any, TypeVar

from alerts.delivery.refusals import cause_of_refusal, enhanced_code
from alerts.delivery.results import (
    AFTER_LIMIT_S,
    REFUSED,
    SENT,
    BeforeData,
    Cause,
    Courier,
    Result,
    SendOutcome,
    Unready,
    retry,
)
from alerts.delivery.web import TOKEN_S, Token, Tokens
from data.frozen import freeze
from data.web.public_addresses import is_this_machine

CONNECT_S = 15.0
"""How long the server may take to be reached, and to greet us: one that is silent is known within half a
minute."""
COMMAND_S = 60.0
MESSAGE_S = 150.0
"""How long one message may take in all, from the first byte to the last, the sign-in included."""
GOODBYE_S = 5.0
LONGEST_ANSWER = 64 * 1024
"""Bytes of one answer that are read; a server has a few hundred to say."""

T = TypeVar("T")


@freeze
class Server:
    """The mail server as configured. Without `context`, TLS is checked by this machine's authorities.
    `security` is starttls, tls or none; `hello` is the domain that we greet with, the sender's. With `tokens`
    we sign in with one of these instead of a password."""

    host: str
    port: int
    security: str
    hello: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)
    connect_s: float = CONNECT_S
    command_s: float = COMMAND_S
    message_s: float = MESSAGE_S


class DeadlineSMTP(smtplib.SMTP):
    """A connection that comes to an end, whatever the server does. The library's time-out begins anew with
    every byte: a server that drips, or never ends an answer of many lines, would hold it for ever. Here the
    greeting has `connect_s`, each answer `command_s`, and nothing goes on after `ends_at` (seconds of the
    monotonic clock). `handed_over` says whether any of a message has left us."""

    def __init__(self, server: Server, ends_at: float, **more: Any) -> None:
        self.ends_at = self.answer_by = ends_at
        self._answer_s = server.connect_s
        self.answer_left = LONGEST_ANSWER
        self.handed_over = False
        super().__init__(server.host, server.port, server.hello, timeout=server.connect_s, **more)
        self._answer_s = server.command_s

    def send(self, s: Any) -> None:
        """Sends a command, which is text, or the message, bytes, within the time of one answer."""
        self.handed_over = self.handed_over or isinstance(s, bytes)
        if self.sock is not None:
            self.sock.settimeout(max(0.001, min(self.ends_at - time.monotonic(), self._answer_s)))
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """The server's answer; one that does not come in time, or has no end, ends the connection."""
        self.answer_left = LONGEST_ANSWER
        self.answer_by = min(self.ends_at, time.monotonic() + self._answer_s)
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Answers(self, self.sock))
        return super().getreply()


class DeadlineSMTPS(DeadlineSMTP, smtplib.SMTP_SSL):
    """The same, private from its first byte."""


class _Answers(io.RawIOBase):
    """The answers on a line, until the time for one is over, or more has come than an answer has."""

    def __init__(self, line: DeadlineSMTP, sock: socket.socket) -> None:
        self._line, self._sock = line, sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._line.answer_by - time.monotonic()
        if left <= 0 or self._line.answer_left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        read = self._sock.recv_into(buffer)
        self._line.answer_left -= read
        return read


def sign_in(server: Server, ends_at: float | None = None) -> DeadlineSMTP:
    """A connection that is private and signed in. Raises Unready; no exception names password or token. It
    ends at `ends_at`, where that is not given after `message_s`. A token that was kept and is refused is
    thrown away, and one asked for anew."""
    if server.security == "none" and not is_this_machine(server.host):
        raise Unready(retry(Cause.PLAIN))
    ends_at = ends_at or end_of(server)
    while True:
        left_s = min(TOKEN_S, ends_at - time.monotonic())
        token = server.tokens.token(left_s) if server.tokens else None
        try:
            return _signed_in(server, token, ends_at)
        except Unready as unready:
            if token is None or server.tokens is None or unready.result.cause is not Cause.TOKEN_NOT_TAKEN:
                raise
            server.tokens.throw_away(token)
            if token.fresh:
                raise


def _signed_in(server: Server, token: Token | None, ends_at: float) -> DeadlineSMTP:
    connection = _run_guarded(Cause.UNREACHABLE, lambda: _connect(server, ends_at))
    try:
        if server.security == "starttls":
            _run_guarded(Cause.NO_TLS, lambda: connection.starttls(context=_context(server)))
        _run_guarded(Cause.UNREACHABLE, connection.ehlo_or_helo_if_needed)
        if token is not None:
            user = server.user or ""
            _run_guarded(Cause.NO_SIGN_IN, lambda: _show(connection, user, token), Cause.TOKEN_NOT_TAKEN)
        elif server.user:
            _run_guarded(Cause.NO_SIGN_IN, lambda: _log_in(connection, server))
    except Unready:
        connection.close()
        raise
    return connection


def end_of(server: Server) -> float:
    """When a message that is begun now must have ended, by the monotonic clock."""
    return time.monotonic() + server.message_s


def probe_smtp(server: Server) -> Result:
    """Connect, sign in, and send nothing: how a message would fare so far."""
    try:
        connection = sign_in(server)
    except Unready as unready:
        return unready.result
    with suppress(smtplib.SMTPException, OSError):
        connection.noop()
    hang_up(connection)
    return SENT


def hang_up(connection: DeadlineSMTP) -> None:
    """Says goodbye, and does not wait long for the answer."""
    connection.ends_at = time.monotonic() + GOODBYE_S
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


def _connect(server: Server, ends_at: float) -> DeadlineSMTP:
    if server.security == "tls":
        return DeadlineSMTPS(server, ends_at, context=_context(server))
    return DeadlineSMTP(server, ends_at)


def _context(server: Server) -> ssl.SSLContext:
    return server.context or ssl.create_default_context()


def _log_in(connection: smtplib.SMTP, server: Server) -> None:
    """Checks the letters itself: the library's own complaint of them would hold the password."""
    user, password = server.user or "", server.password or ""
    if not password or not (user + password).isascii():
        raise Unready(retry(Cause.PASSWORD))
    connection.login(user, password)


def _show(connection: smtplib.SMTP, user: str, token: Token) -> None:
    """XOAUTH2, in two steps, as a token is longer than a command may be (RFC 4954 §4). A refusal comes in a
    challenge of its own, which an empty line answers; then its code comes."""
    if "XOAUTH2" not in connection.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError
    answers = iter((f"user={user}\x01auth=Bearer {token.value}\x01\x01",))

    def answer(_: bytes | None = None) -> str:
        return next(answers, "")

    connection.auth("XOAUTH2", answer, initial_response_ok=False)


def _run_guarded(otherwise: Cause, act: Callable[[], T], refused: Cause = Cause.SIGN_IN_REFUSED) -> T:
    """Do it; whatever fails becomes Unready, without the words of what failed."""
    try:
        return act()
    except smtplib.SMTPAuthenticationError as error:
        cause = refused if error.smtp_code >= 500 else Cause.BUSY
        raise Unready(_retry_result(cause, error)) from None
    except smtplib.SMTPServerDisconnected:
        raise Unready(retry(Cause.DROPPED)) from None
    except smtplib.SMTPResponseException as error:
        raise Unready(_retry_result(Cause.BUSY if error.smtp_code < 500 else otherwise, error)) from None
    except ssl.SSLCertVerificationError:
        raise Unready(retry(Cause.CERTIFICATE)) from None
    except ssl.SSLError:
        raise Unready(retry(Cause.NO_TLS)) from None
    except smtplib.SMTPException:  # it does not offer what is asked of it
        raise Unready(retry(otherwise)) from None
    except (OSError, ValueError):  # the latter of a name that no server can have, or no challenge
        raise Unready(retry(Cause.UNREACHABLE)) from None


def _retry_result(cause: Cause, error: smtplib.SMTPResponseException) -> Result:
    refused = _refusal_result(error.smtp_code, error.smtp_error, "mail")
    return refused if refused.cause is Cause.LIMIT else replace(refused, cause=cause)


_SERVICE_CLOSING, _SIGN_IN_FIRST = 421, 530


class SmtpCourier(Courier):
    """Hands messages over on one connection, which is opened when needed and again where it was dropped.

    with SmtpCourier(server) as courier:
        courier.send(content, "from@example.org", "to@example.org", lambda: True)
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: DeadlineSMTP | None = None

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            hang_up(self._connection)

    def send(self, content: bytes, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """One mail, as bytes, to one person, in a transaction of its own; None where `before_data` said no.
        Where the server dropped the line before it was asked to take the message, it is tried once more on a
        new one. Raises Unready where the server serves nobody now, and what `before_data` raises."""
        ends_at = end_of(self._server)
        for _ in range(2 if self._connection is not None else 1):
            with suppress(_Dropped):
                if self._connection is None:
                    self._connection = sign_in(self._server, ends_at)
                self._connection.ends_at = ends_at
                refused = self._send_addresses(self._connection, sender, to)
                if refused is None and before_data():
                    return self._data(self._connection, content)
                self._reset(self._connection)
                return refused
        return retry(Cause.DROPPED)

    def _send_addresses(self, connection: smtplib.SMTP, sender: str, to: str) -> Result | None:
        """Name sender and recipient; return why one was refused, None where both are taken."""
        try:
            code, said = connection.mail(sender)
            at = "mail"
            if 200 <= code < 300:
                code, said = connection.rcpt(to)
                at = "rcpt"
            refused = None if 200 <= code < 300 else _refusal_result(code, said, at)
        except (smtplib.SMTPException, OSError):
            code, refused = _SERVICE_CLOSING, None
        if code == _SERVICE_CLOSING:
            self._drop()
            raise _Dropped
        return refused

    def _data(self, connection: DeadlineSMTP, content: bytes) -> Result:
        """The message itself. Without an answer to it nobody knows whether it was taken."""
        connection.handed_over = False
        try:
            code, said = connection.data(content)
        except smtplib.SMTPDataError as error:  # it would not even begin
            self._reset(connection)
            return _data_answer(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError):
            if not connection.handed_over:
                self._drop()
                raise _Dropped from None
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


def _refusal_result(code: int, said: bytes | str, at: str) -> Result:
    """Return why the command `at` was refused, by refusals.toml. What lies with us, or passes, is tried
    again; what lies with the person or the message is not."""
    enhanced = enhanced_code(said).decode("ascii")
    answer = f"{code} {enhanced}".strip()
    if not 500 <= code < 600:
        return retry(Cause.BUSY, answer)
    if code == _SIGN_IN_FIRST:
        return retry(Cause.SENDER_REFUSED, answer)
    words = said if isinstance(said, str) else said.decode("ascii", "replace")
    cause = cause_of_refusal(at, enhanced, words)
    if cause is Cause.LIMIT:
        return retry(cause, answer, AFTER_LIMIT_S)
    return Result(SendOutcome.FAILED if cause in REFUSED else SendOutcome.RETRY, cause, answer)


def _data_answer(code: int, said: bytes | str) -> Result:
    if code == -1:
        return Result(SendOutcome.UNSURE, Cause.INTERRUPTED)
    if 200 <= code < 300:
        return SENT
    return _refusal_result(code, said, "data")
