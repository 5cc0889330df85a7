"""The small kinds of value in `schoolgate.toml`, each with its check.

A check raises ValueError with the second half of a sentence, “is not a web address”; the fault
says what was written, and adds an example from the field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from data.errors import InputError
from data.people import EMAIL
from data.register.calendar import days_of, is_day
from data.types import ABUSE_LABELS, KEY_OF_A_TRUST, THEMES, Sentiment
from data.web.channels import OF_SOURCES
from data.words.say import LANGUAGES
from monitor.config.settings import GUID, beat_address, split_url, web_address, without_secret
from monitor.terminal.wording import KEY_OF_OUR_OWN, did_you_mean

MODEL_LABELS = (
    *(f"sentiment:{s}" for s in Sentiment),
    *(f"abuse:{a}" for a in ABUSE_LABELS),
    *(f"theme:{t}" for t in THEMES),
)
"""The labels another model's own may be mapped to."""

SECRET_KEY = re.compile(
    r"(^|_)(password|passwd|passphrase|secret|token|api_?key|(chat|apprise|webhook)(_?(url|address))?)$",
    re.IGNORECASE,
)
"""Names of keys that would hold a secret itself, not the name of a variable or file."""

NATIONS = ("england", "wales", "scotland", "northern_ireland")
"""Whose law and holidays may apply."""

_UNITS = {"m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_SHORTEST_S, _LONGEST_S = 300, 31 * 86400


def _source_address(value: str) -> str:
    """A page's address, or a mailbox's."""
    parts = split_url(value)
    if parts.scheme == "graph":
        if not EMAIL.fullmatch(value.partition("://")[2]):
            raise ValueError("is not a mailbox of Microsoft 365: graph://, and the mailbox's e-mail address")
        return value
    if parts.scheme not in ("imap", "imaps"):
        return web_address(value)
    if not parts.hostname or re.search(r"\s", value) or parts.query or parts.fragment:
        raise ValueError("is not a mailbox's address: imaps://, the mail server's name, and the folder")
    return without_secret(value, parts)


def _proxy_address(value: str) -> str:
    parts = urlsplit(web_address(value))
    if parts.scheme != "http" or not parts.port or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("is not a proxy's address: http://, its name and its port, and nothing behind them")
    return value


def _host(value: str) -> str:
    name = value.strip("[]").lower()
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise ValueError("is not a server's name: leave out “https://”, the port and whatever follows it")
    return name


def _base_address(value: str) -> str:
    parts = urlsplit(web_address(value))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("goes on after the host: leave out what follows it")
    return value


def _email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        accented = "" if value.isascii() else ": mail servers want plain letters, and xn--… for others"
        raise ValueError(f"is not an e-mail address{accented}")
    return value


def _contact(value: str) -> str:
    return web_address(value) if "://" in value else _email(value)


def _domain(value: str) -> str:
    if not re.fullmatch(r"(?i)[a-z0-9-]+(\.[a-z0-9-]+)+", value):
        raise ValueError("is not a domain: leave out “https://” and whatever follows the first “/”")
    return value.lower()


def _written_as(pattern: str, otherwise: str) -> AfterValidator:
    """A check that the whole value is written like that."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(check)


def _one_of(known: Sequence[str], otherwise: str) -> AfterValidator:
    """A check that it is one of these; else the nearest is offered."""

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{otherwise}. {did_you_mean(value, known)}")
        return value

    return AfterValidator(check)


def _begins_and_ends(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) != 2 or value[0] >= value[1]:
        raise ValueError("must be when the day begins, then when it ends")
    return value


def _postcode(value: str) -> str:
    found = re.fullmatch(r"(?i)([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})", value)
    if not found:
        raise ValueError("is not a UK postcode")
    return f"{found[1]} {found[2]}".upper()


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not a time zone of the IANA list") from None
    return value


def _interval(value: object) -> object:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?", str(value).strip().lower())
    if not isinstance(value, str) or not found or found[2] not in _UNITS:
        raise ValueError("is not a length of time")
    seconds = float(found[1]) * _UNITS[found[2]]
    if not _SHORTEST_S <= seconds <= _LONGEST_S:
        raise ValueError("is too short or too long: from 5 minutes to 31 days")
    return seconds


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not (port.isdigit() and 1 <= int(port) <= 65535):
        raise ValueError("is not an address to listen at: write host and port")
    return value


def _proxies(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError("is not an address or a network: “127.0.0.1” or “10.0.0.0/24”") from None


def _spelt(nation: str) -> str:
    return nation.lower().replace(" ", "_")


def _day(value: object) -> object:
    """A day in quotes, as people write it with its year; TOML's own is one already."""
    try:
        found = days_of(value, None)[0] if isinstance(value, str) and is_day(value) else ()
    except InputError:
        found = ()
    if isinstance(value, str) and not found:
        raise ValueError("is not a day with its year")
    return found[0] if found else value


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
WebAddress = Annotated[Text, AfterValidator(web_address)]
SourceAddress = Annotated[Text, AfterValidator(_source_address)]
BeatAddress = Annotated[Text, AfterValidator(beat_address)]
ProxyAddress = Annotated[Text, AfterValidator(_proxy_address)]
Host = Annotated[Text, AfterValidator(_host)]
BaseAddress = Annotated[Text, AfterValidator(_base_address)]
Email = Annotated[Text, AfterValidator(_email)]
Contact = Annotated[Text, AfterValidator(_contact)]
Domain = Annotated[Text, AfterValidator(_domain)]
_NUMBER = (
    rf"(?!{KEY_OF_OUR_OWN}|{KEY_OF_A_TRUST})[A-Za-z0-9-]{{3,12}}"
    rf"|(?=.{{5,40}}$){KEY_OF_OUR_OWN}[a-z0-9]+(-[a-z0-9]+)*"
)
_NO_NUMBER = (
    "is not a school's number: 3 to 12 digits, letters or hyphens; without a number, "
    f"“{KEY_OF_OUR_OWN}” and the name in small letters"
)
_urn = _written_as(_NUMBER, _NO_NUMBER)
Urn = Annotated[Text, _urn]
_of = _written_as(rf"{_NUMBER}|{KEY_OF_A_TRUST}[a-z0-9-]{{1,60}}", f"{_NO_NUMBER}; of the trust: “trust”")
SchoolOrTrust = Annotated[Text, _of]
Postcode = Annotated[Text, AfterValidator(_postcode)]
Zone = Annotated[Text, AfterValidator(_zone)]
_id = _written_as(
    r"[a-z0-9][a-z0-9._-]{0,63}",
    "is not an id: small letters, digits, “-”, “_” and “.”, at most 64, no blanks",
)
Id = Annotated[Text, _id]
Interval = Annotated[float, BeforeValidator(_interval)]
_variable = _written_as(
    r"[A-Z_][A-Z0-9_]*",
    "is not the name of an environment variable (capitals, digits, “_”); the secret itself does not "
    "belong here",
)
Variable = Annotated[Text, _variable]
_tenant = _written_as(
    rf"(?i){GUID}|[a-z0-9-]+(\.[a-z0-9-]+)+",
    "is not a tenant: its number as Microsoft Entra shows it (“Directory (tenant) ID”), or its domain",
)
Tenant = Annotated[Text, _tenant]
_client_id = _written_as(
    f"(?i){GUID}",
    "is not the number of an application: Microsoft Entra shows it as “Application (client) ID”",
)
ClientId = Annotated[Text, _client_id]
Channel = Annotated[Text, _one_of(OF_SOURCES, "is not a channel")]
_language = _written_as("|".join((*LANGUAGES, "cy")), "is not a language there is: “en” (English)")
Language = Annotated[Text, _language]
_time_of_day = _written_as(r"([01]\d|2[0-3]):[0-5]\d", "is not a time of day, from 00:00 to 23:59")
TimeOfDay = Annotated[Text, _time_of_day]
SchoolDay = Annotated[tuple[TimeOfDay, ...], AfterValidator(_begins_and_ends)]
Listen = Annotated[Text, AfterValidator(_listen)]
NetworkOfProxies = Annotated[Text, AfterValidator(_proxies)]
Nation = Annotated[Text, AfterValidator(_spelt), _one_of(NATIONS, "is not known here")]
ModelLabel = Annotated[Text, _one_of(MODEL_LABELS, "is not one of our labels")]
