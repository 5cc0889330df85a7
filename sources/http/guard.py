"""Exceptions that end a fetch early, and the addresses that are never asked.

The exception never leaves the fetcher, which turns it into a value. Only addresses of the public internet are
asked: a name is resolved once, all its addresses are checked, and we connect to one of those, so a second
answer from the name server cannot send the connection elsewhere (DNS rebinding).
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from data.errors import write_commands
from data.frozen import freeze
from data.types import Outcome, Response
from data.web.public_addresses import may_be_own, why_closed
from data.web.urls import LONGEST


class FetchAborted(Exception):
    """Ends one fetch with a known outcome; `detail` is a sentence for people."""

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        answer: Response | None = None,
    ) -> None:
        self.outcome = outcome
        self.detail = write_commands(detail)
        self.status = status
        self.retry_after_s = retry_after_s
        self.answer = answer
        super().__init__(self.detail)


unreachable = partial(FetchAborted, Outcome.UNREACHABLE)
"""The site gives no answer, or none that is one: it may, another time."""
misconfigured = partial(FetchAborted, Outcome.MISCONFIGURED)
"""What the configuration has us ask for cannot be asked."""
malformed = partial(FetchAborted, Outcome.MALFORMED)
"""What came cannot be read."""


Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a host as text. Raises OSError if the name has none."""

_PORTS = {"http": 80, "https": 443}


@freeze
class Target:
    """The end of a URL's way: `host` in lower case without brackets, `port` always set."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Scheme, host and port as one key."""
        return f"{self.scheme}://{self.host}:{self.port}"


def target_of(url: str) -> Target:
    """Find the target of the URL. Raises FetchAborted (misconfigured) for what is not a plain web address."""
    if len(url) > LONGEST:
        raise misconfigured(f"An address of {len(url)} characters is never fetched.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise misconfigured(f"“{url}” is not a web address: {error}.") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise misconfigured(f"“{url}” is not a web address: only http and https are asked.")
    if parts.username is not None or parts.password is not None:
        said = f"The address for {host} holds a user name or password. Name a credential instead (auth)."
        raise misconfigured(said)
    if not host:
        raise misconfigured(f"“{url}” is not a web address: it names no host.")
    return Target(scheme, host.rstrip("."), port or _PORTS[scheme])


def vet_addresses(
    target: Target, addresses: list[str], allow_loopback: frozenset[tuple[str, int]]
) -> tuple[str, ...]:
    """The addresses, all of them public. Raises FetchAborted if one is not, or there is none.

    A host and port listed in `allow_loopback` may resolve to this machine (127.0.0.0/8, ::1), but to no other
    private address."""
    if not addresses:
        raise unreachable(f"The name {target.host} has no address.")
    excepted = (target.host, target.port) in allow_loopback
    for address in addresses:
        what = why_closed(address)
        if what is None or (excepted and ip_address(address).is_loopback):
            continue
        where = f"is {what}" if address == target.host else f"leads to {address}, {what}"
        raise misconfigured(f"{target.host} {where}; such addresses are never contacted.")
    return tuple(dict.fromkeys(addresses))


def vet_own_addresses(target: Target, addresses: list[str]) -> tuple[str, ...]:
    """The addresses of a server that the settings name as the school's own. Raises FetchAborted."""
    if not addresses or not all(map(may_be_own, addresses)):
        raise misconfigured(f"{target.host} leads to an address that is never contacted.")
    return tuple(dict.fromkeys(addresses))


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses from the system's resolver, in its order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def resolve_within(resolve: Resolve, target: Target, seconds: float) -> list[str]:
    """The host's addresses, waiting at most `seconds`. Raises FetchAborted (unreachable).

    The system's resolver cannot be interrupted, so it runs in a thread that nobody waits for and that ends
    when the resolver gives up."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(target.host, target.port))
        except UnicodeError as error:
            answers.put(OSError(str(error)))
        except OSError as error:
            answers.put(error)

    try:
        threading.Thread(target=look_up, name=f"resolve {target.host}", daemon=True).start()
    except RuntimeError:  # those of a silent name server are still there, and the machine gives no more
        raise unreachable(f"There is no room to ask the name server for {target.host}.") from None
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise unreachable(f"The name server gave no answer for {target.host} in time.") from None
    if isinstance(answer, OSError):
        raise unreachable(f"The name {target.host} is not known to the name server.")
    return answer
