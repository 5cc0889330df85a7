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
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from data.types import Outcome
from sources.stop import Stop

Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a host as text. Raises OSError where the name has none."""

_PORTS = {"http": 80, "https": 443}

# IANA's special-purpose registries (RFC 6890 and later), and what clouds keep beside them.
_CLOSED = tuple(
    (ip_network(net), what)
    for net, what in (
        ("169.254.169.254/32", "a cloud's metadata address"),
        ("168.63.129.16/32", "a cloud's metadata address"),
        ("100.100.100.200/32", "a cloud's metadata address"),
        ("192.0.0.192/32", "a cloud's metadata address"),
        ("fd00:ec2::/32", "a cloud's metadata address"),
        ("fd20:ce::/32", "a cloud's metadata address"),
        ("127.0.0.0/8", "an address of this machine"),
        ("::1/128", "an address of this machine"),
        ("0.0.0.0/8", "an address of this machine"),
        ("::/128", "an address of this machine"),
        ("10.0.0.0/8", "an address of a private network"),
        ("172.16.0.0/12", "an address of a private network"),
        ("192.168.0.0/16", "an address of a private network"),
        ("fc00::/7", "an address of a private network"),
        ("fec0::/10", "an address of a private network"),
        ("100.64.0.0/10", "an address inside a provider's network"),
        ("169.254.0.0/16", "a link-local address"),
        ("fe80::/10", "a link-local address"),
        ("224.0.0.0/4", "a multicast address"),
        ("ff00::/8", "a multicast address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a reserved address"),
        ("192.88.99.0/24", "a reserved address"),
        ("198.18.0.0/15", "a reserved address"),
        ("198.51.100.0/24", "a reserved address"),
        ("203.0.113.0/24", "a reserved address"),
        ("240.0.0.0/4", "a reserved address"),
        ("64:ff9b:1::/48", "a reserved address"),
        ("100::/64", "a reserved address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a reserved address"),
        ("3fff::/20", "a reserved address"),
        ("5f00::/16", "a reserved address"),
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


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
    """Where the URL leads. Raises Stop (misconfigured) for what is not a plain web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Stop(Outcome.MISCONFIGURED, f"“{url}” is not a web address: {error}.") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise Stop(Outcome.MISCONFIGURED, f"“{url}” is not a web address: only http and https are asked.")
    if parts.username is not None or parts.password is not None:
        raise Stop(
            Outcome.MISCONFIGURED,
            f"The address for {host} holds a user name or password. Name a credential instead (auth).",
        )
    if not host:
        raise Stop(Outcome.MISCONFIGURED, f"“{url}” is not a web address: it names no host.")
    return Target(scheme, host.rstrip("."), port or _PORTS[scheme])


def why_closed(address: str) -> str | None:
    """What the address is where it may not be dialled, None where it is on the public internet.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, ISATAP, compatible) is judged as itself.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return "a link-local address"
    for net, what in _CLOSED:
        if ip in net:
            return what
    inner = _embedded(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return why_closed(str(inner))
    return None if ip.is_global else "a reserved address"


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    low = int(ip) & 0xFFFFFFFF
    if ip in _NAT64 or ip in _COMPATIBLE or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(low)
    return None


def vetted(
    target: Target, addresses: list[str], allow_loopback: frozenset[tuple[str, int]]
) -> tuple[str, ...]:
    """The addresses, all of them open to us. Raises Stop where one is not, or none is there.

    A host and port named in `allow_loopback` may lead to this machine (127.0.0.0/8, ::1), and
    nowhere else that is closed.
    """
    if not addresses:
        raise Stop(Outcome.UNREACHABLE, f"The name {target.host} has no address.")
    excepted = (target.host, target.port) in allow_loopback
    for address in addresses:
        what = why_closed(address)
        if what is None or (excepted and ip_address(address).is_loopback):
            continue
        where = f"is {what}" if address == target.host else f"leads to {address}, {what}"
        raise Stop(Outcome.MISCONFIGURED, f"{target.host} {where}; such addresses are never asked.")
    return tuple(dict.fromkeys(addresses))


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses the machine's own resolver gives, in its order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def resolve_within(resolve: Resolve, target: Target, seconds: float) -> list[str]:
    """The host's addresses, waiting no longer than that. Raises Stop (unreachable).

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
        raise Stop(
            Outcome.UNREACHABLE, f"The name server gave no answer for {target.host} in time."
        ) from None
    if isinstance(answer, OSError):
        raise Stop(Outcome.UNREACHABLE, f"The name {target.host} is not known to the name server.")
    return answer
