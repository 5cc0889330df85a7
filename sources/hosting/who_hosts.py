"""Who hosts a website: its domain's registrar, its address's network, and where to report abuse.

The page itself is not fetched. What cannot be found out is reported, and the rest is kept.
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
from data.steps.keeping import Hosted
from sources.hosting.registries import HostNetwork, Registrar, Registries, look_up, network_of, registrar_of
from sources.http.aborted import FetchAborted
from sources.http.address_guard import Resolve, Target, resolve_within, vetted

RESOLVED_WITHIN_S = 10.0
_NOMINET = frozenset({"uk"})
_MOST_ADDRESSES = 4
_MOST_NAMES = 5
"""At most this many names are looked up; if there are more labels, those nearest the end."""
_SECOND_LEVEL = frozenset(("ac", "co", "gov", "ltd", "me", "net", "nhs", "org", "plc", "police", "sch"))
"""Second-level names under .uk; used only to suggest what a person should look up."""


@dataclass(frozen=True, slots=True)
class HostName:
    """A host as it is looked up: in lower case, internationalised names as `xn--`.

    `is_address` is True for an IP address, which is then without brackets.
    """

    host: str
    is_address: bool

    @property
    def top(self) -> str:
        """The top-level domain, "" for an IP address or a single label."""
        return "" if self.is_address or "." not in self.host else self.host.rsplit(".", 1)[1]


def host_name_of(url: str) -> HostName | None:
    """The host of a web address, None if there is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    try:
        return HostName(str(ip_address(host)), is_address=True)
    except ValueError:
        pass
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return HostName(plain, is_address=False)


def candidates(host: str) -> tuple[str, ...]:
    """The names it may be registered under, longest first, down to two labels.

    We keep no list of public suffixes: the registry itself says which name is registered.
    """
    labels = host.split(".")
    if labels[0] == "www" and len(labels) > 2:
        labels = labels[1:]
    first = max(0, len(labels) - 1 - _MOST_NAMES)
    return tuple(".".join(labels[i:]) for i in range(first, len(labels) - 1))


@dataclass(frozen=True, slots=True)
class Hosting:
    """What is known about who hosts an address; "" where it is not known.

    `domain` is the registered name; `nominet` is True for .uk; `front` is the company whose network may
    only be in front of the site. `failed` are sentences: what could not be found out, and why. `asked_at`
    is aware, UTC.
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

    def said(self) -> Hosted:
        """As a step of a case says it."""
        return Hosted(
            host=self.host,
            domain=self.domain,
            registrar=self.registrar.name or self.registrar.tag,
            registrar_abuse=self.registrar.abuse,
            network=self.network.owner,
            network_abuse=self.network.abuse,
            addresses=" ".join(self.addresses),
            nominet=(self.registrar.tag or "yes") if self.nominet else "",
            front=self.front,
            failed=" ".join(self.failed),
        )


@dataclass(frozen=True, slots=True)
class Front:
    """A network that is often in front of a site; `only` if it almost never hosts the site itself."""

    owner: str
    name: str
    only: bool


def who_hosts(
    url: str, fetch: Fetch, now: datetime, *, resolve: Resolve, registries: Registries
) -> Hosting | None:
    """Asks the registries about the host of a web address; None if it has none.

    `fetch` must ignore robots.txt (RDAP is made for programs). `resolve` gives a host's addresses; private
    ones are refused. Network failures do not raise.
    """
    about = host_name_of(url)
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
    """Where a person can look up the most likely domain; None if no server is known."""
    about = host_name_of(url)
    if about is None or about.is_address or not about.top:
        return None
    labels = about.host.split(".")
    kept = 3 if about.top == "uk" and labels[-2] in _SECOND_LEVEL else 2
    return registries.for_domain(".".join(labels[-kept:]))


def front_of(owner: str) -> Front | None:
    """The well-known front that owns the network, None if it is not one."""
    lower = owner.lower()
    return next((front for front in _fronts() if front.owner in lower), None)


@cache
def _fronts() -> tuple[Front, ...]:
    table = tomllib.loads((files("sources.hosting") / "fronts.toml").read_text(encoding="utf-8"))
    return tuple(Front(**row) for row in table["fronts"])


def _registration(about: HostName, fetch: Fetch, registries: Registries) -> tuple[str, Registrar, str]:
    """The registered name, its registrar, and a sentence if they are not known."""
    if about.is_address:
        return "", Registrar(), "The address is a number, not a domain: there is no registrar to ask."
    if not about.top:
        return "", Registrar(), f"{about.host} is not a name on the public internet."
    if registries.for_domain(about.host) is None:
        return "", Registrar(), f"There is no public register of .{about.top} to ask (RDAP)."
    for name in candidates(about.host):
        url = registries.for_domain(name)
        answer = look_up(fetch, url, "domain", name, registries) if url else None
        if answer is None or answer.absent:
            continue
        if answer.found is None:
            return "", Registrar(), f"The register of .{about.top} was asked for {name}: {answer.failed}"
        return name, _with_more(registrar_of(answer.found), name, fetch, registries), ""
    return "", Registrar(), f"The register of .{about.top} has no entry for {about.host}."


def _with_more(registrar: Registrar, name: str, fetch: Fetch, registries: Registries) -> Registrar:
    """If the register gives no abuse contact, asks the registrar's own server."""
    if registrar.abuse or not registrar.more:
        return registrar
    answer = look_up(fetch, registrar.more, "domain", name, registries)
    own = registrar_of(answer.found) if answer.found else registrar
    return Registrar(registrar.name or own.name, registrar.tag, own.abuse, registrar.more)


def _addresses(about: HostName, resolve: Resolve) -> tuple[tuple[str, ...], str]:
    target = Target("https", about.host, 443)
    try:
        found = [about.host] if about.is_address else resolve_within(resolve, target, RESOLVED_WITHIN_S)
        return vetted(target, found, frozenset()), ""
    except FetchAborted as stop:
        return (), stop.detail


def _network(addresses: tuple[str, ...], fetch: Fetch, registries: Registries) -> tuple[HostNetwork, str]:
    """The network of the first address, IPv4 first, since abuse desks know those best."""
    if not addresses:
        return HostNetwork(), ""
    address = min(addresses, key=lambda a: ip_address(a).version)
    url = registries.for_address(address)
    if url is None:
        return HostNetwork(), f"There is no public register to ask about {address} (RDAP)."
    answer = look_up(fetch, url, "ip network", address, registries)
    if answer.found is not None:
        return network_of(answer.found), ""
    return HostNetwork(), (
        f"The register of networks has no entry for {address}."
        if answer.absent
        else f"The register of networks was asked for {address}: {answer.failed}"
    )
