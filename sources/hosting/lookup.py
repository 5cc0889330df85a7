"""Who hosts a website: the registrar of its domain, the network its address lies in, where abuse is reported.

Nothing of the page itself is asked for. What cannot be had is said, and the rest stands.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import urlsplit

from data.effects import Fetch
from sources.guard import Resolve, Target, resolve_within, vetted
from sources.hosting.rdap import HostNetwork, Registrar, look_up, network_of, registrar_of
from sources.hosting.registries import Registries
from sources.stop import FetchAborted

RESOLVED_WITHIN_S = 10.0
_NOMINET = frozenset({"uk"})
_MOST_ADDRESSES = 4
_MOST_NAMES = 5
"""So many names are asked about at most; an address with more labels is asked from the end on."""
_SECOND_LEVEL = frozenset(("ac", "co", "gov", "ltd", "me", "net", "nhs", "org", "plc", "police", "sch"))
"""Names under .uk that nobody registers by themselves: only for guessing what a person should look up."""


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


@dataclass(frozen=True, slots=True)
class Hosting:
    """What is known of who hosts an address; "" where it is not known.

    `domain` is the registered name, `tag` its registrar's at Nominet, `front` the company whose network
    may only stand in front of the site. `failed` are sentences: what could not be found out, and why.
    `asked_at` is aware, UTC.
    """

    host: str
    asked_at: datetime
    domain: str = ""
    registrar: Registrar = field(default_factory=Registrar)
    network: HostNetwork = field(default_factory=HostNetwork)
    addresses: tuple[str, ...] = ()
    nominet: bool = False
    front: str = ""
    failed: tuple[str, ...] = ()

    def facts(self) -> dict[str, str]:
        """As a step of a case bears them (`data.cases.FACTS`); nothing that is not known."""
        tag = self.registrar.tag if self.nominet else ""
        said = {
            "host": self.host,
            "domain": self.domain,
            "registrar": self.registrar.name or self.registrar.tag,
            "registrar_abuse": self.registrar.abuse,
            "network": self.network.owner,
            "network_abuse": self.network.abuse,
            "addresses": " ".join(self.addresses),
            "nominet": (tag or "yes") if self.nominet else "",
            "front": self.front,
            "failed": " ".join(self.failed),
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Front:
    """A network that often stands in front of a site; `only` where it as good as never holds it itself."""

    owner: str
    name: str
    only: bool


def who_hosts(
    url: str, fetch: Fetch, now: datetime, *, resolve: Resolve, registries: Registries
) -> Hosting | None:
    """Asks the registries about the host of a web address; None where it has none.

    `fetch` obeys no robots.txt (RDAP is made for programs). `resolve` gives a host's addresses; private
    ones are refused. Raises nothing for what the network does.
    """
    about = named(url)
    if about is None:
        return None
    domain, registrar, failed = _registration(about, fetch, registries)
    addresses, unresolved = _addresses(about, resolve)
    network, unknown = _network(addresses, fetch, registries)
    front = front_of(network.owner)
    return Hosting(
        host=about.host,
        asked_at=now,
        domain=domain,
        registrar=registrar,
        network=network,
        addresses=addresses[:_MOST_ADDRESSES],
        nominet=about.top in _NOMINET,
        front=front.name if front else "",
        failed=tuple(sentence for sentence in (failed, unresolved, unknown) if sentence),
    )


def where_to_look(url: str, registries: Registries) -> str | None:
    """The address at which a person can look the likeliest domain up; None where no server is known."""
    about = named(url)
    if about is None or about.is_address or not about.top:
        return None
    labels = about.host.split(".")
    kept = 3 if about.top == "uk" and labels[-2] in _SECOND_LEVEL else 2
    return registries.for_domain(".".join(labels[-kept:]))


def front_of(owner: str) -> Front | None:
    """The well-known front whose network that is, None where it is none of them."""
    lower = owner.lower()
    return next((front for front in _fronts() if front.owner in lower), None)


@cache
def _fronts() -> tuple[Front, ...]:
    table = tomllib.loads((files("sources.hosting") / "fronts.toml").read_text(encoding="utf-8"))
    return tuple(Front(**row) for row in table["fronts"])


def _registration(about: Named, fetch: Fetch, registries: Registries) -> tuple[str, Registrar, str]:
    """The registered name, its registrar, and a sentence where they are not known."""
    if about.is_address:
        return "", Registrar(), "The address names no domain, only a number: there is no registrar to ask."
    if not about.top:
        return "", Registrar(), f"{about.host} is no name of the public internet."
    if registries.for_domain(about.host) is None:
        return "", Registrar(), f"No public register of .{about.top} can be asked (RDAP)."
    for name in candidates(about.host):
        url = registries.for_domain(name)
        told = look_up(fetch, url, "domain", name, registries) if url else None
        if told is None or told.absent:
            continue
        if told.found is None:
            return "", Registrar(), f"The register of .{about.top} was asked for {name}: {told.failed}"
        return name, _with_more(registrar_of(told.found), name, fetch, registries), ""
    return "", Registrar(), f"The register of .{about.top} has no entry for {about.host}."


def _with_more(registrar: Registrar, name: str, fetch: Fetch, registries: Registries) -> Registrar:
    """Where the register does not say whom abuse is told to, its registrar's own server is asked."""
    if registrar.abuse or not registrar.more:
        return registrar
    told = look_up(fetch, registrar.more, "domain", name, registries)
    own = registrar_of(told.found) if told.found else registrar
    return Registrar(registrar.name or own.name, registrar.tag, own.abuse, registrar.more)


def _addresses(about: Named, resolve: Resolve) -> tuple[tuple[str, ...], str]:
    target = Target("https", about.host, 443)
    try:
        found = [about.host] if about.is_address else resolve_within(resolve, target, RESOLVED_WITHIN_S)
        return vetted(target, found, frozenset()), ""
    except FetchAborted as stop:
        return (), stop.detail


def _network(addresses: tuple[str, ...], fetch: Fetch, registries: Registries) -> tuple[HostNetwork, str]:
    """Of the first address; an IPv4 one before others, since abuse desks know those best."""
    if not addresses:
        return HostNetwork(), ""
    address = min(addresses, key=lambda a: ip_address(a).version)
    url = registries.for_address(address)
    if url is None:
        return HostNetwork(), f"No public register can be asked for {address} (RDAP)."
    told = look_up(fetch, url, "ip network", address, registries)
    if told.found is not None:
        return network_of(told.found), ""
    return HostNetwork(), (
        f"The register of networks has no entry for {address}."
        if told.absent
        else f"The register of networks was asked for {address}: {told.failed}"
    )
