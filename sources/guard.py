"""Which addresses may be dialled: only those of the public internet, judged after name resolution.

A name is resolved once, every address it has is judged, and one of those judged is dialled, so
that a second answer of the name server cannot lead the connection elsewhere.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from data.addresses import why_closed
from data.types import Outcome
from data.urls import LONGEST
from sources.stop import FetchAborted

Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a host as text. Raises OSError where the name has none."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: `host` in lower case without brackets, `port` always given."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Scheme, host and port as one key."""
        return f"{self.scheme}://{self.host}:{self.port}"


def target_of(url: str) -> Target:
    """Where the URL leads. Raises FetchAborted (misconfigured) for what is not a plain web address."""
    if len(url) > LONGEST:
        raise FetchAborted(Outcome.MISCONFIGURED, f"An address of {len(url)} characters is never asked for.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchAborted(Outcome.MISCONFIGURED, f"“{url}” is not a web address: {error}.") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise FetchAborted(
            Outcome.MISCONFIGURED, f"“{url}” is not a web address: only http and https are asked."
        )
    if parts.username is not None or parts.password is not None:
        raise FetchAborted(
            Outcome.MISCONFIGURED,
            f"The address for {host} holds a user name or password. Name a credential instead (auth).",
        )
    if not host:
        raise FetchAborted(Outcome.MISCONFIGURED, f"“{url}” is not a web address: it names no host.")
    return Target(scheme, host.rstrip("."), port or _PORTS[scheme])


def vetted(
    target: Target, addresses: list[str], allow_loopback: frozenset[tuple[str, int]]
) -> tuple[str, ...]:
    """The addresses, all of them open to us. Raises FetchAborted where one is not, or none is there.

    A host and port named in `allow_loopback` may lead to this machine (127.0.0.0/8, ::1), and
    nowhere else that is closed.
    """
    if not addresses:
        raise FetchAborted(Outcome.UNREACHABLE, f"The name {target.host} has no address.")
    excepted = (target.host, target.port) in allow_loopback
    for address in addresses:
        what = why_closed(address)
        if what is None or (excepted and ip_address(address).is_loopback):
            continue
        where = f"is {what}" if address == target.host else f"leads to {address}, {what}"
        raise FetchAborted(Outcome.MISCONFIGURED, f"{target.host} {where}; such addresses are never asked.")
    return tuple(dict.fromkeys(addresses))


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses the machine's own resolver gives, in its order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def resolve_within(resolve: Resolve, target: Target, seconds: float) -> list[str]:
    """The host's addresses, waiting no longer than that. Raises FetchAborted (unreachable).

    The system's resolver cannot be interrupted: it runs in a thread of its own, which ends when
    the resolver gives up and is waited for by nobody.
    """
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(target.host, target.port))
        except UnicodeError as error:
            answers.put(OSError(str(error)))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=look_up, name=f"resolve {target.host}", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise FetchAborted(
            Outcome.UNREACHABLE, f"The name server gave no answer for {target.host} in time."
        ) from None
    if isinstance(answer, OSError):
        raise FetchAborted(Outcome.UNREACHABLE, f"The name {target.host} is not known to the name server.")
    return answer
