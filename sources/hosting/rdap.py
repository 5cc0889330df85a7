"""One look-up of registration data (RDAP): fetched by our fetcher, read by whoisit. Failures are sentences.

The registrant of a domain is never read, redacted or not: who runs a site is none of our business. The
holder of a network is read, unless the register says that it is a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whoisit.parser import parse

from data.effects import Fetch
from data.types import Request, Response
from sources.hosting.registries import Registries
from sources.html.markup import decode
from sources.html.parsers import parse_json

_ACCEPT = (("Accept", "application/rdap+json, application/json;q=0.8"),)
_UNKNOWN = frozenset({400, 404, 422})  # RFC 7480 §5.3; some registries call a subdomain ill-formed
_EMAIL = re.compile(r"[^\s@<>,;:\"']{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TAG = re.compile(r"\s*\[Tag\s*=\s*([A-Za-z0-9-]+)\]\s*$")
_PHONE = re.compile(r"\+?\d[\d ().-]{4,24}(;?ext=?\.? ?\d{1,6})?", re.IGNORECASE)
_LONGEST = 160
_MOST_BYTES = 512 * 1024
"""Real answers are under 100 kB; whoisit takes minutes over ten megabytes of addresses."""
Entities = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class RdapAnswer:
    """The result of one look-up: `found` is whoisit's reading; `absent`: the registry has no such entry.

    `failed` is a sentence if there is neither.
    """

    found: Mapping[str, Any] | None = None
    absent: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Registrar:
    """The registrar of a name. `tag` is Nominet's name for it, `more` the address with more details."""

    name: str = ""
    tag: str = ""
    abuse: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class HostNetwork:
    """Whose network an address is in, and where to report abuse."""

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
        owner = owner or _described(found.get("description"))
    return HostNetwork(
        owner=owner or _plain(found.get("name", "")),
        abuse=_contact(entities.get("abuse", ())),
    )


def _contact(entries: Sequence[Mapping[str, Any]]) -> str:
    """The first e-mail address among them, else the first web address, else the first telephone number."""
    mails = (_email_of(e) for e in entries)
    pages = (_https(page) for e in entries for page in (*e.get("contact_uris", ()), *e.get("websites", ())))
    numbers = (n for n in (_plain(e.get("tel", "")) for e in entries) if _PHONE.fullmatch(n))
    return next((c for ways in (mails, pages, numbers) for c in ways if c), "")


def _email_of(entry: Mapping[str, Any]) -> str:
    return next((m for m in map(_plain, entry.get("emails", ())) if _EMAIL.fullmatch(m)), "")


def _described(lines: object) -> str:
    return _plain(lines[0]) if isinstance(lines, list) and lines else ""


def _https(value: object) -> str:
    url = _plain(value)
    return url if url.lower().startswith("https://") else ""


def _plain(value: object) -> str:
    """One line without control characters: the text comes from whoever runs the server."""
    text = "".join(c if c.isprintable() else " " for c in str(value or ""))
    return " ".join(text.split())[:_LONGEST]
