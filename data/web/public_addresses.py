"""Which network addresses are on the public internet and may be connected to. Pure; nothing is looked up."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from data.shipped import read_table

_TABLE: dict[str, str] = read_table("data.web", "closed_networks.toml")
_CLOSED = tuple((ip_network(net), what) for net, what in _TABLE.items())
_GLOBAL = ip_network("2000::/3")
"""All of IPv6 that IANA has given to the public internet (RFC 4291 §2.4, RFC 3513); the rest is closed."""
_LOW_HALF = tuple(
    ip_network(net)
    for net in (
        "::/96",  # IPv4-compatible: RFC 4291 §2.5.5.1
        "::ffff:0:0/96",  # IPv4-mapped: RFC 4291 §2.5.5.2
        "::ffff:0:0:0/96",  # IPv4-translated: RFC 2765 §2.1
        "64:ff9b::/96",  # NAT64: RFC 6052 §2.1
    )
)
"""Where the last 32 bits are an IPv4 address."""
_DIALS_IPV4 = (ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"))
"""Those of them that really route to the public IPv4 internet."""
_ISATAP, _ISATAP_MASK = 0x00005EFE, 0xFCFFFFFF
"""RFC 5214 §6.1: the two bits for universal and group addresses may be set or not."""


def why_closed(address: str) -> str | None:
    """Why the address must not be connected to; None where it is on the public internet.

    An IPv4 address inside an IPv6 one (mapped, compatible, translated, NAT64, 6to4, ISATAP) is judged as
    itself; even where that is public, the form must also be one that is really routed."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return "a link-local address"
    for net, what in _CLOSED:
        if ip in net:
            return what
    if isinstance(ip, IPv4Address):
        return None if ip.is_global else "a reserved address"
    inner = _embedded_address(ip)
    if inner is not None and (closed := why_closed(str(inner))):
        return closed
    return None if _is_public(ip) else "a reserved address"


def _is_public(ip: IPv6Address) -> bool:
    """Can the public internet reach it? 6to4 not (RFC 7526), which not every Python knows."""
    if any(ip in net for net in _DIALS_IPV4):
        return True
    return ip in _GLOBAL and ip.sixtofour is None and ip.is_global


def _embedded_address(ip: IPv6Address) -> IPv4Address | None:
    low = int(ip) & 0xFFFFFFFF
    if any(ip in net for net in _LOW_HALF):
        return IPv4Address(low)
    if ip.sixtofour is not None:  # RFC 3056
        return ip.sixtofour
    return IPv4Address(low) if (int(ip) >> 32) & _ISATAP_MASK == _ISATAP else None


_PRIVATE_ENDS = (
    "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost",
    "onion", "private",
)  # fmt: skip
"""Name endings that no public name server knows (RFC 6761, 6762, 7686, 8375; ICANN for “internal”)."""
_INSIDE = ("an address of a private network", "an address inside a provider's network")
_NOBODYS = (
    "arpa", "invalid", "ip6-localhost", "ip6-loopback", "localdomain", "localdomain4", "localdomain6",
    "localhost", "localhost4", "localhost6", "onion",
)  # fmt: skip
"""Beside those of the standards, what Debian and Red Hat call each machine in its own /etc/hosts."""

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
_OWN = frozenset(("an address of this machine", "an address of a private network"))


def may_be_own(address: str) -> bool:
    """May a server that a person named be the school's own? Never a cloud's metadata service."""
    return why_closed(address) in (None, *_OWN)


class HostReach(StrEnum):
    """From where people open an address that somebody names as that of their own server."""

    ANYWHERE = "anywhere"
    INSIDE = "inside"
    NOWHERE = "nowhere"


def reach_of(url: str) -> HostReach:
    """From where is it opened: from nowhere what leads each machine to itself, is nobody's, or is no name as
    browsers read it (RFC 3490 §3.1 for letters and dots that mean others)."""
    try:
        name = (urlsplit(url).hostname or "").encode("idna").decode().rstrip(".")
    except ValueError:
        return HostReach.NOWHERE
    if public_name(name):
        return HostReach.ANYWHERE
    try:
        inside = why_closed(str(ip_address(name))) in _INSIDE
    except ValueError:
        end = name.rpartition(".")[2]
        numbered = end.isdigit() or end.startswith("0x")
        named = re.fullmatch(r"[a-z0-9._-]+", name) is not None
        inside = named and not (is_this_machine(name) or numbered or end in _NOBODYS)
    return HostReach.INSIDE if inside else HostReach.NOWHERE


def public_name(host: str) -> bool:
    """May somebody else, who will look it up for us, be asked for this host? A bare address must itself be
    public.

    A name that ends in a number is an address in disguise to anything that follows the WHATWG standard, and a
    different address to anything that reads 0127 as 127."""
    host = host.rstrip(".").lower()
    try:
        return why_closed(str(ip_address(host.strip("[]")))) is None
    except ValueError:
        end = host.rpartition(".")[2]
    number = end.isdigit() or re.fullmatch(r"0x[0-9a-f]*", end) is not None
    return _NAME.fullmatch(host) is not None and not number and end not in _PRIVATE_ENDS


def is_this_machine(host: str) -> bool:
    """Is it a name or an address by which a machine reaches itself? Looks nothing up."""
    name = host.strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
