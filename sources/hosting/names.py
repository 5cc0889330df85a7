"""The names that a web address leads to: its host, and those it may be registered under. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_MOST_NAMES = 5
"""So many names are asked about at most; an address with more labels is asked from the end on."""


@dataclass(frozen=True, slots=True)
class Named:
    """A host as it is asked about: in small letters, `xn--` for others than plain ones.

    `is_address` is True where the address names no domain but an IP address, then without brackets.
    """

    host: str
    is_address: bool

    @property
    def top(self) -> str:
        """The top-level domain, "" of an IP address and of a single label."""
        return "" if self.is_address or "." not in self.host else self.host.rsplit(".", 1)[1]


def named(url: str) -> Named | None:
    """The host of a web address, None where there is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    try:
        return Named(str(ip_address(host)), is_address=True)
    except ValueError:
        pass
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return Named(plain, is_address=False)


def candidates(host: str) -> tuple[str, ...]:
    """The names it may be registered under, the longest first: it is asked about up to two labels.

    No list of public suffixes is kept: the registry itself says which of them is registered.
    """
    labels = host.split(".")
    if labels[0] == "www" and len(labels) > 2:
        labels = labels[1:]
    first = max(0, len(labels) - 1 - _MOST_NAMES)
    return tuple(".".join(labels[i:]) for i in range(first, len(labels) - 1))
