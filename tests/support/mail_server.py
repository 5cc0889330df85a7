"""A true mail server on this machine (aiosmtpd), which takes, refuses or hangs up as it is told.

with post_office() as office:
    ... send to office.server() ...
    assert office.taken
"""

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

from alerts.delivery.deadline_smtp import Server

Answer = Callable[[str], str | None]
"""What the server says to an address or a message; None to take it."""


@dataclass(frozen=True)
class Taken:
    """A message that the server has said 250 to, or was about to."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    tls: bool

    @property
    def mail(self):
        return message_from_bytes(self.content, policy=default)

    @property
    def id(self):
        return str(self.mail["Message-ID"])


@dataclass
class Office:
    """The running server: what it took, and how it answers. By XOAUTH2 it lets in whoever shows one of
    `tokens`; all that was `shown` is kept, and what was `answered` to the challenge in which it explains a
    refusal. `refusal` is what it says then, its usual words where there is none."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)
    mail: Answer = lambda address: None
    rcpt: Answer = lambda address: None
    data: Answer = lambda address: None
    wait_s: float = 0.0
    asks_who: bool = False
    tokens: set[str] = field(default_factory=set)
    refusal: str | None = None
    shown: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    security: str = "none"
    host: str = "localhost"
    context: ssl.SSLContext | None = None
    authority: trustme.CA | None = None
    line: "Listening | None" = None

    def server(self, **changes):
        """How to reach it."""
        given: dict = {
            "host": self.host, "port": self.port, "security": self.security, "hello": "example.org",
            "context": self.context, "connect_s": 5.0, "command_s": 5.0,
        }  # fmt: skip
        return Server(**given | changes)


class _Exchange(SMTP):
    """Takes lines as long as RFC 4954 lets a sign-in be."""

    line_length_limit = 12288


class _Handler:
    def __init__(self, office):
        self.office = office

    async def auth_XOAUTH2(self, server, args):
        """As Exchange Online: a token in a line of its own, a refusal in a challenge first."""
        if len(args) > 1:
            await server.push("501 5.5.4 too long for one line")
            return AuthResult(success=False, handled=True)
        blob = await server.challenge_auth("")
        self.office.shown.append(blob.decode())
        user, _, rest = blob.decode().partition("\x01")
        token = rest.removeprefix("auth=Bearer ").removesuffix("\x01\x01")
        if user.startswith("user=") and token in self.office.tokens:
            return AuthResult(success=True, auth_data=user)
        refusal = self.office.refusal or "535 5.7.3 Authentication unsuccessful"
        if not refusal.startswith("4"):
            answer = await server.challenge_auth('{"status":"401","schemes":"bearer"}')
            self.office.answered.append(answer.decode())
        await server.push(refusal)
        return AuthResult(success=False, handled=True)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.office.asks_who and not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        return _or_hang_up(server, self.office.mail(address)) or "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = _or_hang_up(server, self.office.rcpt(address))
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        said = self.office.data(envelope.rcpt_tos[0])
        if said is None:
            tls = server.transport.get_extra_info("ssl_object") is not None
            self.office.taken.append(
                Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content, tls)
            )
        if self.office.wait_s:
            await asyncio.sleep(self.office.wait_s)
        return _or_hang_up(server, said) or "250 2.0.0 taken"


HANG_UP = "hang up"
"""Instead of an answer: the line is cut."""


def _or_hang_up(server, said):
    if said == HANG_UP:
        server.transport.abort()
    return said


@contextmanager
def post_office(*, security="none", certificate_for="localhost", user=None, password=None, tokens=()):
    """Runs the server while the block lasts: `security` none, starttls or tls."""
    office = Office(security=security, asks_who=bool(user or tokens), tokens=set(tokens))
    served: ssl.SSLContext | None = None
    if security != "none":
        office.authority = authority = trustme.CA()
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(certificate_for).configure_cert(served)
        office.context = ssl.create_default_context()
        authority.configure_trust(office.context)

    def check(server, session, envelope, mechanism, given):
        office.signed_in.append((given.login, given.password))
        fits = (given.login, given.password) == ((user or "").encode(), (password or "").encode())
        return AuthResult(success=fits, handled=fits, message=None if fits else office.refusal)

    loop = asyncio.new_event_loop()

    def factory():
        office.connections += 1
        return _Exchange(
            _Handler(office), hostname="mail.example.org", loop=loop,
            tls_context=served if security == "starttls" else None, require_starttls=security == "starttls",
            authenticator=check if user else None,
            auth_require_tls=False,
            auth_exclude_mechanism=([] if user else ["LOGIN", "PLAIN"]) + ([] if tokens else ["XOAUTH2"]),
        )  # fmt: skip

    office.line = Listening(loop, factory, served if security == "tls" else None)
    with office.line.running():
        office.port = office.line.port
        yield office


class Listening:
    """The ear of a server, in a thread of its own. Between `stop` and `start` nobody can connect."""

    def __init__(self, loop, factory, tls):
        self.port = 0
        self._loop, self._factory, self._tls = loop, factory, tls
        self._server: asyncio.Server | None = None

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self._loop.run_forever, name="mail server")
        thread.start()
        try:
            self.start()
            yield
        finally:
            self.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def start(self):
        """Listens, at the port it had before."""
        self._wait(self._listen())

    def stop(self):
        """Listens no more, and hangs up on everybody."""
        if self._server is not None:
            self._wait(_close(self._server))
        self._server = None

    def _wait(self, work):
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _listen(self):
        if self._server is None:
            self._server = await self._loop.create_server(
                self._factory, "127.0.0.1", self.port, ssl=self._tls
            )
            self.port = self._server.sockets[0].getsockname()[1]


async def _close(server):
    server.close()
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        if not tasks:
            break
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.01)
