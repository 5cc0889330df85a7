"""Find who hosts a website, by the public registries."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from whoisit.bootstrap import BaseBootstrap
from whoisit.errors import WhoisItError
from whoisit.parser import parse
from whoisit.query import QueryBuilder

from data.effects import Fetch
from data.frozen import freeze
from data.shipped import read_table
from data.steps.classes import Hosted
from data.types import Request, Response
from sources.html.markup import decode
from sources.html.parsers import json_in, parse_json
from sources.http.guard import FetchAborted, Resolve, Target, resolve_within, vet_addresses

# Which RDAP server answers for a name or address: IANA's lists, fetched once a month, kept in the home.

_ACCEPT = (("Accept", "application/rdap+json, application/json;q=0.8"),)
_UNKNOWN = frozenset({400, 404, 422})  # RFC 7480 §5.3; some registries call a subdomain ill-formed
_EMAIL = re.compile(r"[^\s@<>,;:\"']{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TAG = re.compile(r"\s*\[Tag\s*=\s*([A-Za-z0-9-]+)\]\s*$")
_PHONE = re.compile(r"\+?\d[\d ().-]{4,24}(;?ext=?\.? ?\d{1,6})?", re.IGNORECASE)
_LONGEST = 160
_MOST_BYTES = 512 * 1024
"""Real answers are under 100 kB; whoisit takes minutes over ten megabytes of addresses."""
Entities = Mapping[str, Sequence[Mapping[str, Any]]]


@freeze
class RdapAnswer:
    """The result of one look-up: `found` is whoisit's reading; `absent`: the registry has no such entry.
    `failed` is a sentence if there is neither."""

    found: Mapping[str, Any] | None = None
    absent: bool = False
    failed: str = ""


@freeze
class Registrar:
    """The registrar of a name. `tag` is Nominet's name for it, `more` the address with more details."""

    name: str = ""
    tag: str = ""
    abuse: str = ""
    more: str = ""


@freeze
class HostNetwork:
    """Network that an address is in, and where to report abuse."""

    owner: str = ""
    abuse: str = ""


def look_up(fetch: Fetch, url: str, what: str, value: str, registries: Registries) -> RdapAnswer:
    """Looks up a `what` (“domain”, “ip network”) of that value at `url`. Never raises."""
    answer = fetch(Request(url, headers=_ACCEPT))
    if not isinstance(answer, Response):
        return RdapAnswer(absent=True) if answer.status in _UNKNOWN else RdapAnswer(failed=answer.detail)
    if len(answer.body) > _MOST_BYTES:
        return RdapAnswer(failed="Its answer is too large for registration data.")
    try:
        raw = parse_json(decode(answer.body)[0])
        if not isinstance(raw, dict):
            raise ValueError("not an object")
        found = parse(registries.known, what, value, raw)
        if found["type"] != what:
            raise ValueError("another kind of thing")
    except Exception:  # noqa: BLE001 - whoisit raises anything on ill-formed data; then there is no data
        return RdapAnswer(failed="Its answer cannot be read as registration data.")
    return RdapAnswer(found)


def registrar_of(found: Mapping[str, Any]) -> Registrar:
    """The registrar of a domain, as far as it is given."""
    entities: Entities = found.get("entities", {})
    entry = next(iter(entities.get("registrar", ())), {})
    said = _plain(entry.get("name", ""))
    tag = _TAG.search(said)
    return Registrar(
        name=_TAG.sub("", said),
        tag=tag[1].upper() if tag else _plain(entry.get("handle", "")),
        abuse=_contact(entities.get("abuse", ())) or _email_of(entry),
        more=_https(found.get("registrar_url", "")),
    )


def network_of(found: Mapping[str, Any]) -> HostNetwork:
    """The network an address is in: its owner's name, else the network's; never a person's."""
    entities: Entities = found.get("entities", {})
    holders = entities.get("registrant", ())
    names = (_plain(e.get("name", "")) for e in holders if e.get("kind") != "individual")
    owner = next((n for n in names if n and not n.upper().endswith("-MNT")), "")
    if not any(e.get("kind") == "individual" for e in holders):
        lines = found.get("description")
        owner = owner or (_plain(lines[0]) if isinstance(lines, list) and lines else "")
    return HostNetwork(owner or _plain(found.get("name", "")), _contact(entities.get("abuse", ())))


def _contact(entries: Sequence[Mapping[str, Any]]) -> str:
    """The first e-mail address among them, else the first web address, else the first telephone number."""
    mails = (_email_of(e) for e in entries)
    pages = (_https(page) for e in entries for page in (*e.get("contact_uris", ()), *e.get("websites", ())))
    numbers = (n for n in (_plain(e.get("tel", "")) for e in entries) if _PHONE.fullmatch(n))
    return next((c for ways in (mails, pages, numbers) for c in ways if c), "")


def _email_of(entry: Mapping[str, Any]) -> str:
    return next((m for m in map(_plain, entry.get("emails", ())) if _EMAIL.fullmatch(m)), "")


def _https(value: object) -> str:
    url = _plain(value)
    return url if url.lower().startswith("https://") else ""


def _plain(value: object) -> str:
    """One line without control characters: the text comes from whoever runs the server."""
    text = "".join(c if c.isprintable() else " " for c in str(value or ""))
    return " ".join(text.split())[:_LONGEST]


LASTS = timedelta(days=30)
_NAME = "rdap-registries.json"
_LISTS = ("dns", "ipv4", "ipv6")
_UNUSED: dict[str, Any] = {"services": [[[], []]]}
"""Network numbers and registrar tags, which we never look up."""


@freeze
class Registries:
    """The registries to look hosts up in, as of a day; `short` is True for the built-in list."""

    known: BaseBootstrap
    as_of: datetime
    short: bool = False

    def for_domain(self, name: str) -> str | None:
        """The address for looking up that domain, None if no server is known for it."""
        for suffix in (".".join(name.split(".")[-2:]), name.rsplit(".", 1)[-1]):
            try:
                servers, _ = self.known.get_dns_endpoints(suffix)
            except WhoisItError:
                continue
            return self._build_url(servers[0], "domain", name)
        return None

    def for_address(self, address: str) -> str | None:
        """The address for looking up that public IP address, None if no server is known for it."""
        ip = ip_address(address)
        try:
            if isinstance(ip, IPv4Address):
                servers, sure = self.known.get_ipv4_endpoints(ip)
            else:
                servers, sure = self.known.get_ipv6_endpoints(ip)
        except WhoisItError:
            return None
        return self._build_url(servers[0], "ip", str(ip)) if sure else None

    def _build_url(self, server: str, what: str, value: str) -> str:
        return str(QueryBuilder(self.known).construct_url(server, what, value))


def registries(folder: Path, now: datetime, fetch: Fetch | None = None) -> Registries:
    """The lists: ours if under a month old, else fetched, else the best available. `folder` is the home's;
    without `fetch` nothing is fetched. Nothing a list holds makes it raise."""
    kept = _stored_registries(folder / _NAME)
    if kept is not None and (fetch is None or timedelta(0) <= now - kept.as_of < LASTS):
        return kept
    asked = _fetch_lists(fetch) if fetch is not None else None
    if asked is not None and (found := _load_lists(asked, now)):
        _keep(folder / _NAME, asked, now)
        return found
    return kept or _short()


def _fetch_lists(fetch: Fetch) -> dict[str, Any] | None:
    """IANA's three lists, None if one of them cannot be fetched."""
    found = {}
    for name in _LISTS:
        answer = fetch(Request(BaseBootstrap.BOOTSTRAP_URLS[name]))
        found[name] = json_in(decode(answer.body)[0]) if isinstance(answer, Response) else None
        if found[name] is None:
            return None
    return found


def _load_lists(lists: dict[str, Any], as_of: datetime, *, short: bool = False) -> Registries | None:
    known = BaseBootstrap()
    data = {"timestamp": int(as_of.timestamp()), "asn": _UNUSED, "object": _UNUSED, **lists}
    try:
        known.load_bootstrap_data(data, overrides=True, from_json=False)
    except Exception:  # noqa: BLE001 - whoisit raises anything on malformed lists; then there is no list
        return None
    return Registries(known, as_of, short)


def _stored_registries(path: Path) -> Registries | None:
    try:
        held = json.loads(path.read_bytes())
        as_of = datetime.fromisoformat(held["as_of"])
        lists = {name: held[name] for name in _LISTS}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return _load_lists(lists, as_of) if as_of.tzinfo is not None else None


def _keep(path: Path, lists: dict[str, Any], now: datetime) -> None:
    """Saved beside the store, atomically; if that fails, it is fetched again next time."""
    new = path.with_suffix(".new")
    try:
        new.write_text(json.dumps({"as_of": now.astimezone(UTC).isoformat(), **lists}), encoding="utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)


def _short() -> Registries:
    table = read_table("sources", "registries.toml")
    regions = table["regions"]
    lists = {
        "dns": {"services": [[[top], [server]] for top, server in table["dns"].items()]},
        "ipv4": {"services": [[[f"{n}.0.0.0/8" for n in r["first_octets"]], [r["server"]]] for r in regions]},
        "ipv6": {"services": [[r["ipv6"], [r["server"]]] for r in regions]},
    }
    as_of = datetime.combine(table["as_of"], time(), UTC)
    found = _load_lists(lists, as_of, short=True)
    if found is None:
        raise AssertionError("the list that comes with us is damaged")
    return found


# Who hosts a website: its domain's registrar, its address's network, and where to report abuse.

RESOLVED_WITHIN_S = 10.0
_NOMINET = ".uk"
"""The end of the names that Nominet registers; it only suggests what a person should look up."""
_MOST_ADDRESSES = 4
_MOST_NAMES = 5
"""At most this many names are looked up; if there are more labels, those nearest the end."""


def host_name_of(url: str) -> str:
    """The host of a web address as it is looked up, "" where there is none: in lower case, internationalised
    names as `xn--`, an IP address without brackets."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
        if parts.scheme.lower() not in ("http", "https"):
            return ""
        with suppress(ValueError):
            return str(ip_address(host))
        return host.encode("idna").decode("ascii")
    except ValueError:  # a UnicodeError is one
        return ""


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def candidates(host: str) -> tuple[str, ...]:
    """The names it may be registered under, longest first: the registry itself says which one is."""
    labels = host.split(".")
    if labels[0] == "www" and len(labels) > 2:
        labels = labels[1:]
    first = max(0, len(labels) - 1 - _MOST_NAMES)
    return tuple(".".join(labels[i:]) for i in range(first, len(labels) - 1))


def who_hosts(url: str, fetch: Fetch, *, resolve: Resolve, registries: Registries) -> Hosted | None:
    """Asks the registries about the host of a web address; None if it has none.

    `fetch` must ignore robots.txt (RDAP is made for programs). `resolve` gives a host's addresses; private
    ones are refused. Network failures do not raise."""
    host = host_name_of(url)
    if not host:
        return None
    domain, registrar, failed = _registration(host, fetch, registries)
    addresses, unresolved = _addresses(host, resolve)
    network, unknown = _network(addresses, fetch, registries)
    return Hosted(
        host=host,
        domain=domain,
        registrar=registrar.name or registrar.tag,
        registrar_abuse=registrar.abuse,
        network=network.owner,
        network_abuse=network.abuse,
        addresses=" ".join(addresses[:_MOST_ADDRESSES]),
        nominet=(registrar.tag or "yes") if host.endswith(_NOMINET) else "",
        front=known_front(network.owner),
        failed=" ".join(filter(None, (failed, unresolved, unknown))),
    )


def known_front(owner: str) -> str:
    """The company whose network often stands in front of a site, by the network's owner; "" for another."""
    lower = owner.lower()
    fronts = read_table("sources", "fronts.toml")["fronts"]
    return next((name for part, name in fronts.items() if part in lower), "")


def _registration(host: str, fetch: Fetch, registries: Registries) -> tuple[str, Registrar, str]:
    """The registered name, its registrar, and a sentence if they are not known."""
    top = host.rpartition(".")[2]
    if _is_address(host):
        return "", Registrar(), "The address is a number, not a domain: there is no registrar to ask."
    if top == host:
        return "", Registrar(), f"{host} is not a name on the public internet."
    if registries.for_domain(host) is None:
        return "", Registrar(), f"There is no public register of .{top} to ask (RDAP)."
    for name in candidates(host):
        url = registries.for_domain(name)
        answer = look_up(fetch, url, "domain", name, registries) if url else None
        if answer is None or answer.absent:
            continue
        if answer.found is None:
            return "", Registrar(), f"The register of .{top} was asked for {name}: {answer.failed}"
        return name, _with_more(registrar_of(answer.found), name, fetch, registries), ""
    return "", Registrar(), f"The register of .{top} has no entry for {host}."


def _with_more(registrar: Registrar, name: str, fetch: Fetch, registries: Registries) -> Registrar:
    """If the register gives no abuse contact, asks the registrar's own server."""
    if registrar.abuse or not registrar.more:
        return registrar
    answer = look_up(fetch, registrar.more, "domain", name, registries)
    own = registrar_of(answer.found) if answer.found else registrar
    return Registrar(registrar.name or own.name, registrar.tag, own.abuse, registrar.more)


def _addresses(host: str, resolve: Resolve) -> tuple[tuple[str, ...], str]:
    target = Target("https", host, 443)
    try:
        found = [host] if _is_address(host) else resolve_within(resolve, target, RESOLVED_WITHIN_S)
        return vet_addresses(target, found, frozenset()), ""
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
    absent = f"The register of networks has no entry for {address}."
    failed = f"The register of networks was asked for {address}: {answer.failed}"
    return HostNetwork(), absent if answer.absent else failed
