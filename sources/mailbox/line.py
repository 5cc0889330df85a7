"""A line to an IMAP server that ends at a deadline, holds what it may, and writes nothing down.

The mailbox is opened for reading only (EXAMINE), and parts are asked for so that nothing is marked as read
(BODY.PEEK). Imported only where a mailbox is read.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from data.types import Outcome
from sources.http.aborted import FetchAborted, misconfigured, unreachable
from sources.http.sockets import Deadline, TooMuch, bind_deadline
from sources.mailbox.address import Mailbox
from sources.mailbox.mail import REFUSALS

MOST_BYTES = 4 << 20
"""So much may one connection bring, framing left out."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The way to a mail server: a connection, until when, whom it trusts, the sign-in, how many bytes."""

    dialled: Callable[[], socket.socket]
    deadline: Deadline
    tls: ssl.SSLContext
    user: str
    password: str
    most: int = MOST_BYTES

    def __repr__(self) -> str:
        return "Reach()"


class _Trust:
    """The TLS context that imaplib is given: ours, whose sockets end at the deadline."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        sock.settimeout(self._reach.deadline.seconds_left())
        wrapped = self._reach.tls.wrap_socket(sock, server_hostname=server_hostname)
        bind_deadline(wrapped, self._reach.deadline)
        return wrapped


class _Imap(imaplib.IMAP4):
    """imaplib's side of it, over our own connection."""

    def __init__(self, mailbox: Mailbox, reach: Reach) -> None:
        self._mailbox, self._reach = mailbox, reach
        try:
            super().__init__(mailbox.target.host, mailbox.target.port)
        except BaseException:
            sock: socket.socket | None = getattr(self, "sock", None)
            if sock is not None:
                sock.close()
            raise

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        self._reach.deadline.allow(self._reach.most)
        sock = self._reach.dialled()
        if self._mailbox.target.scheme == "imap":
            return sock
        return _Trust(self._reach).wrap_socket(sock, self.host)

    def read(self, size: int) -> bytes:
        """A literal; one that is announced as larger than everything may be is not waited for."""
        if size > self._reach.most:
            raise TooMuch
        return super().read(size)

    def send(self, data: Any) -> None:
        """Within what is left of the time."""
        self.sock.settimeout(self._reach.deadline.seconds_left())
        super().send(data)

    def _mesg(self, s: Any, secs: Any = None) -> None:
        """Nothing that goes over the line is written down: neither a password nor anybody's words."""

    def _log(self, line: Any) -> None:
        """Nor remembered."""


class _Client(IMAPClient):
    def __init__(self, mailbox: Mailbox, reach: Reach) -> None:
        self._ours = (mailbox, reach)
        super().__init__(
            mailbox.target.host, mailbox.target.port, ssl=mailbox.target.scheme == "imaps", timeout=None
        )
        self.normalise_times = False
        self._imap.debug = 0
        self._imap._mesg = lambda *_: None

    def _create_IMAP4(self) -> _Imap:
        return _Imap(*self._ours)

    def _set_read_timeout(self) -> None:
        """The deadline does that."""


def open_mailbox(mailbox: Mailbox, reach: Reach) -> tuple[_Client, dict[bytes, Any]]:
    """Open a line to the mailbox, signed in and opened for reading, and return what the server says of the
    folder. Raises FetchAborted with what is to be put right, and what `sources.mailbox.refusals` explains."""
    client = _Client(mailbox, reach)
    try:
        if mailbox.target.scheme == "imap":
            # STARTTLS; only a gateway on this machine itself may go without
            if client.has_capability("STARTTLS"):
                client.starttls(_Trust(reach))
            elif not mailbox.here:
                raise misconfigured(REFUSALS["no_tls"].format(host=mailbox.target.host))
        _signed_in(client, mailbox, reach)
        return client, _folder(client, mailbox)
    except BaseException:
        hung_up(client)
        raise


def hung_up(client: _Client) -> None:
    """Ends the line, whatever state it is in, and waits for no answer."""
    with suppress(OSError, imaplib.IMAP4.error):
        client._imap.send(b"Z LOGOUT\r\n")
    with suppress(OSError, imaplib.IMAP4.error):
        client.shutdown()


def _signed_in(client: _Client, mailbox: Mailbox, reach: Reach) -> None:
    """By AUTHENTICATE PLAIN, which takes any letters, else by LOGIN."""
    plain = client.has_capability("AUTH=PLAIN")
    if not plain and client.has_capability("LOGINDISABLED"):
        raise misconfigured(REFUSALS["no_passwords"].format(host=mailbox.target.host))
    if not plain and not (reach.user + reach.password).isascii():
        raise misconfigured(REFUSALS["plain_letters"])
    try:
        (client.plain_login if plain else client.login)(reach.user, reach.password)
    except LoginError as error:
        under = error.__context__
        if isinstance(under, imaplib.IMAP4.abort):
            raise under from None
        raise explain_refusal(str(error), mailbox) from None


def explain_refusal(said: str, mailbox: Mailbox) -> FetchAborted:
    """Why a server did not let us in, as its answer has it; its own words are not repeated."""
    if any(code in said.upper() for code in ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]")):
        return unreachable("The mail server lets nobody in at the moment.")
    host = mailbox.target.host
    hints = REFUSALS["providers"]
    hint = next((one["says"] for one in hints if host.endswith(tuple(one["hosts"]))), REFUSALS["otherwise"])
    return misconfigured(f"{host} refused the user name or the password. {hint}")


def _folder(client: _Client, mailbox: Mailbox) -> dict[bytes, Any]:
    try:
        told: dict[bytes, Any] = client.select_folder(mailbox.folder, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise FetchAborted(Outcome.GONE, REFUSALS["no_folder"].format(folder=mailbox.folder)) from None
    return told
