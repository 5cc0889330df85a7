"""One connection to the mail server, several messages, each a transaction of its own."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress

from alerts.delivery.deadline_smtp import DeadlineSMTP, Server, code_of, end_of, enhanced, hang_up, sign_in
from alerts.delivery.results import SENT, BeforeData, Cause, Courier, Result, SendOutcome

_SERVICE_CLOSING, _SIGN_IN_FIRST = 421, 530
_POLICY = b"5.7."
"""Enhanced codes of what the server does not allow us, whoever the recipient is: mostly relaying."""
_DOES_NOT_RELAY = re.compile(r"relay|#5\.7\.1\b|delivery is not allowed", re.IGNORECASE)
"""The same from servers that begin with no such code: Exim, qmail, hMailServer."""
_OF_OUR_SIDE = frozenset((b"5.7.30", b"5.7.57", b"5.7.60", b"5.7.64", b"5.7.68", b"5.7.139", b"5.2.252"))
"""Those that Exchange Online may give as late as after the message: not signed in, or not as this sender."""


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

        Where the server dropped the line before it was asked to take the message, it is tried once more
        on a new one. Raises Unready where the server serves nobody now, and what `before_data` raises.
        """
        ends_at = end_of(self._server)
        for _ in range(2 if self._connection is not None else 1):
            with suppress(_Dropped):
                if self._connection is None:
                    self._connection = sign_in(self._server, ends_at)
                self._connection.ends_at = ends_at
                refused = self._addressed(self._connection, sender, to)
                if refused is None and before_data():
                    return self._data(self._connection, content)
                self._reset(self._connection)
                return refused
        return Result(SendOutcome.RETRY, Cause.DROPPED)

    def _addressed(self, connection: smtplib.SMTP, sender: str, to: str) -> Result | None:
        """Names sender and recipient; why one was refused, None where both are taken."""
        try:
            code, said = connection.mail(sender)
            if 200 <= code < 300:
                code, said = connection.rcpt(to)
                ours = enhanced(said).startswith(_POLICY) or _no_relay(said)
                taken = 200 <= code < 300
                refused = None if taken else _refused(code, said, Cause.ADDRESS_REFUSED, ours=ours)
            else:
                refused = _refused(code, said, Cause.SENDER_REFUSED, ours=True)
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


def _refused(code: int, said: bytes | str, cause: Cause, *, ours: bool) -> Result:
    """Refused for good; but not by 4xx and answers that are none, nor where we are not allowed to send
    (`ours`), which may be mended.
    """
    if not 500 <= code < 600:
        return Result(SendOutcome.RETRY, Cause.BUSY, code_of(code, said))
    if ours or code == _SIGN_IN_FIRST:
        return Result(SendOutcome.RETRY, Cause.SENDER_REFUSED, code_of(code, said))
    return Result(SendOutcome.FAILED, cause, code_of(code, said))


def _no_relay(said: bytes | str) -> bool:
    words = said if isinstance(said, str) else said.decode("ascii", "replace")
    return not enhanced(said) and _DOES_NOT_RELAY.search(words) is not None


def _data_answer(code: int, said: bytes | str) -> Result:
    if code == -1:
        return Result(SendOutcome.UNSURE, Cause.INTERRUPTED)
    if 200 <= code < 300:
        return SENT
    return _refused(code, said, Cause.MESSAGE_REFUSED, ours=enhanced(said) in _OF_OUR_SIDE)
