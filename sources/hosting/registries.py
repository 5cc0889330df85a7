"""Which RDAP server answers for a name or address: IANA's lists, fetched once a month, kept in the home.

whoisit reads the lists and answers from them; it opens no socket: we fetch what it reads (RFC 9224).
If IANA cannot be reached we use the last lists, or else a short one that comes with the program.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

from whoisit.bootstrap import BaseBootstrap
from whoisit.errors import WhoisItError
from whoisit.query import QueryBuilder

from data.effects import Fetch
from data.types import Request, Response
from sources.html.markup import decode
from sources.html.parsers import parse_json

LASTS = timedelta(days=30)
_NAME = "rdap-registries.json"
_LISTS = ("dns", "ipv4", "ipv6")
_UNUSED: dict[str, Any] = {
    "services": [[[], []]]
}  # network numbers and registrar tags, which we never look up


@dataclass(frozen=True, slots=True)
class Registries:
    """Where to look up. `as_of` is the date of the list; `short` is True for the built-in one."""

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
            return self._built(servers[0], "domain", name)
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
        return self._built(servers[0], "ip", str(ip)) if sure else None

    def _built(self, server: str, what: str, value: str) -> str:
        return str(QueryBuilder(self.known).construct_url(server, what, value))


def registries(folder: Path, now: datetime, fetch: Fetch | None = None) -> Registries:
    """The lists: ours if under a month old, else fetched, else the best available.

    `folder` is the home's; without `fetch` nothing is fetched. Nothing a list holds makes it raise.
    """
    kept = _kept(folder / _NAME)
    if kept is not None and (fetch is None or timedelta(0) <= now - kept.as_of < LASTS):
        return kept
    asked = _asked(fetch) if fetch is not None else None
    if asked is not None:
        found = _loaded(asked, now)
        if found is not None:
            _keep(folder / _NAME, asked, now)
            return found
    return kept or _short()


def _asked(fetch: Fetch) -> dict[str, Any] | None:
    """IANA's three lists, None if one of them cannot be fetched."""
    found = {}
    for name in _LISTS:
        answer = fetch(Request(BaseBootstrap.BOOTSTRAP_URLS[name]))
        if not isinstance(answer, Response):
            return None
        try:
            found[name] = parse_json(decode(answer.body)[0])
        except ValueError:
            return None
    return found


def _loaded(lists: dict[str, Any], as_of: datetime, *, short: bool = False) -> Registries | None:
    known = BaseBootstrap()
    data = {"timestamp": int(as_of.timestamp()), "asn": _UNUSED, "object": _UNUSED, **lists}
    try:
        known.load_bootstrap_data(data, overrides=True, from_json=False)
    except Exception:  # noqa: BLE001 - whoisit raises anything on malformed lists; then there is no list
        return None
    return Registries(known, as_of, short)


def _kept(path: Path) -> Registries | None:
    try:
        held = json.loads(path.read_bytes())
        as_of = datetime.fromisoformat(held["as_of"])
        lists = {name: held[name] for name in _LISTS}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return _loaded(lists, as_of) if as_of.tzinfo is not None else None


def _keep(path: Path, lists: dict[str, Any], now: datetime) -> None:
    """Saved beside the store, atomically; if that fails, it is fetched again next time."""
    new = path.with_suffix(".new")
    try:
        new.write_text(json.dumps({"as_of": now.astimezone(UTC).isoformat(), **lists}), encoding="utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)


def _short() -> Registries:
    table = tomllib.loads((files("sources.hosting") / "registries.toml").read_text(encoding="utf-8"))
    regions = table["regions"]
    lists = {
        "dns": {"services": [[[top], [server]] for top, server in table["dns"].items()]},
        "ipv4": {"services": [[[f"{n}.0.0.0/8" for n in r["first_octets"]], [r["server"]]] for r in regions]},
        "ipv6": {"services": [[r["ipv6"], [r["server"]]] for r in regions]},
    }
    as_of = datetime.combine(table["as_of"], time(), UTC)
    found = _loaded(lists, as_of, short=True)
    if found is None:
        raise AssertionError("the list that comes with us is damaged")
    return found
