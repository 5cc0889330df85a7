"""Keys of places whose official interface asks for one: what each kind costs and wants, and how it is used.

A key is sent to the hosts of its kind alone. Each ask is reserved in a budget before it is made.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from data.frozen import freeze
from data.shipped import read_table
from data.types import BlockKind, Outcome, Request, Response
from data.words.say import words
from sources.html.parsers import dig, json_in
from sources.http.guard import FetchAborted, misconfigured
from sources.http.politeness import RETRY_AFTER_CAP_S, retry_after_s
from sources.walls import KEY_USED_UP, REASONS

LONDON = ZoneInfo("Europe/London")


class KeyFault(StrEnum):
    """Why an interface refuses a key; `ABSENT`: it does not, what is asked for is gone or closed."""

    ABSENT = "absent"
    UNPAID = "unpaid"
    WRONG = "wrong"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNAPPROVED = "unapproved"
    USED_UP = "used_up"
    TOO_OFTEN = "too_often"
    CLOCK = "clock"


class FaultRow(NamedTuple):
    """An answer that means a fault: an expression found in its body in any case, and its status (0: any)."""

    fault: KeyFault
    says: str = ""
    status: int = 0


class Allowance(NamedTuple):
    """The asks that a platform allows in a day of addresses whose path begins so."""

    path: str
    a_day: int


@freeze
class KeySession:
    """The request for a token by which a session is begun: its address, how user and secret are sent and by
    what names, where the token stands in the answer, and for how many seconds it is used (or where the answer
    says so). `fields` are sent too."""

    url: str
    body: Literal["json", "basic"]
    token: str
    user: str = "client_id"
    secret: str = "client_secret"
    fields: Mapping[str, str] = field(default_factory=dict)
    lasts_s: float = 3600.0
    expires_in: str = ""


@freeze
class KeyKind:
    """One kind of key, a row of `keys.toml`.

    `way`: it is the value of `header`, a bearer, or opens a session. `hosts` are all that it is sent to, if
    the settings name no server. `asks` are the platform's budgets, of which the first that fits an address
    counts; its day begins at midnight in `resets`. A post costs `pence_each`, counted or listed at one of
    `counted`; of a path `most_at` that has none, `most`. `reset_header` tells when asks go on, from now or
    since 1970: the greatest of the numbers that `reset_says` finds in it, in units of so many seconds. Posts
    that the platform or their author took down are looked for each `deleted_after_h` hours or `refresh_days`
    days; 0 where no rule asks for it. The rest are sentences for people.
    """

    name: str
    title: str
    way: Literal["header", "bearer", "session"]
    hosts: tuple[str, ...]
    trial: str
    get_at: str
    steps: tuple[str, ...]
    fields: tuple[str, ...]
    secret_called: str
    cost: str
    asks_said: str
    must: str
    empty: str
    terms: str
    checked: date
    user_called: str = ""
    header: str = "Authorization"
    session: KeySession | None = None
    asks: tuple[Allowance, ...] = ()
    resets: str = "UTC"
    reset_header: str = ""
    reset_says: str = r"^\s*(\d{1,12}(?:\.\d*)?)\s*$"
    reset_unit_s: float = 1.0
    pence_each: float = 0.0
    counted: tuple[str, ...] = ()
    most: int = 0
    most_at: str = ""
    faults: tuple[FaultRow, ...] = ()
    deleted_after_h: int = 0
    refresh_days: int = 0

    @property
    def scarcest(self) -> Allowance:
        """The budget that is used up first: the searches, where a platform counts them apart."""
        limited = (each for each in self.asks if each.a_day)
        return min(limited, key=lambda each: each.a_day, default=Allowance("", 0))

    def fault_of(self, response: Response) -> KeyFault | None:
        """The fault of the key that the answer tells of, None where it tells of none."""
        body = response.body[:_MOST_READ].decode("utf-8", "replace")
        for row in self.faults:
            if row.status in (0, response.status) and re.search(row.says, body, re.IGNORECASE):
                return row.fault
        return {401: KeyFault.WRONG, 403: KeyFault.UNAPPROVED, 429: KeyFault.TOO_OFTEN}.get(response.status)


_MOST_READ = 20_000


@cache
def key_kinds() -> Mapping[str, KeyKind]:
    """Every kind of key by its name, in the order of the table."""
    rows = read_table("sources", "keys.toml")["keys"]
    return {kind.name: kind for kind in TypeAdapter(list[KeyKind]).validate_python(rows)}


@freeze
class Key:
    """One key as it is configured: `secret` is None where it cannot be read, `place` says where it lies.
    `asks_a_day` and `pence_a_month` are the school's own limits, None where it sets none."""

    name: str
    kind: KeyKind
    secret: str | None = field(repr=False)
    place: str = ""
    user: str = ""
    server: str = ""
    asks_a_day: int | None = None
    pence_a_month: float | None = None

    def at_server(self, address: str) -> str:
        """The address; a path alone is one on the settings' server, or else on the kind's first host."""
        return urljoin(self.server or f"https://{self.kind.hosts[0]}", address)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that it is sent to: the settings' server alone, or else its kind's."""
        return frozenset([urlsplit(self.server).hostname or ""] if self.server else self.kind.hosts)


class Reservation(NamedTuple):
    """One ask, to be made: of which key, in which budget of the platform (a path) with so many asks a day, in
    which day of the platform's, and what it may cost at most, in pence."""

    key: Key
    allowance: Allowance
    day: date
    pence: float

    @property
    def asks_a_day(self) -> int:
        """The least of the limits that are set, 0 for none: the school's own is for the scarcest budget."""
        own = self.key.asks_a_day if self.allowance == self.key.kind.scarcest else None
        return min(filter(None, (self.allowance.a_day, own)), default=0)


class Purse(NamedTuple):
    """The budget of all keys. `reserve` counts an ask, unless it would be more than is allowed: then it gives
    the span, a day or a month, whose budget is used up. `settle` puts back so many pence of it."""

    reserve: Callable[[Reservation], Literal["", "day", "month"]]
    settle: Callable[[Reservation, float], None]


def plan_ask(key: Key, url: str, now: datetime) -> Reservation:
    """One ask of this address, as it would be counted now."""
    kind, path = key.kind, urlsplit(url).path
    day = now.astimezone(ZoneInfo(kind.resets)).date()
    counted_in = next((each for each in kind.asks if path.startswith(each.path)), Allowance("", 0))
    return Reservation(key, counted_in, day, kind.pence_each * kind.most)


def reserve(purse: Purse | None, key: Key, url: str, now: datetime) -> Reservation:
    """Count an ask in the key's budget before it is made. Raises FetchAborted where that is used up."""
    asked = plan_ask(key, url, now)
    if purse is None:
        raise misconfigured("Nothing here counts what a key asks: the service does, and a scan.")
    if not (over := purse.reserve(asked)):
        return asked
    day, zone = asked.day, ZoneInfo(key.kind.resets)
    next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    first = next_month if over == "month" else day + timedelta(days=1)
    stop = stop_until(key, datetime.combine(first, time(), zone), now)
    stop.retry_after_s = None  # nobody is asked until then, and a raised limit counts at once
    raise stop


def stop_until(key: Key, goes_on: datetime, now: datetime) -> FetchAborted:
    """Say that the key's budget is used up, and when it goes on."""
    at = goes_on.astimezone(LONDON)
    day = words("en").day(at, now, LONDON)
    said = f"{KEY_USED_UP} ({key.kind.title}); it goes on on {day} at {at:%H:%M}."
    wait_s = min((goes_on - now).total_seconds(), RETRY_AFTER_CAP_S)
    return FetchAborted(Outcome.BLOCKED, said, retry_after_s=wait_s)


def pence_of(kind: KeyKind, response: Response) -> float:
    """Give the cost of the answer, in pence: where it does not say, the most of a path that is paid for."""
    found = json_in(response.body.decode("utf-8", "replace"))
    counts = (dig(found, *path.split(".")) for path in kind.counted)
    numbers = (len(n) if isinstance(n, list) else n for n in counts if isinstance(n, int | list))
    return kind.pence_each * next(numbers, kind.most * urlsplit(response.url).path.startswith(kind.most_at))


def refusal(key: Key, response: Response) -> FetchAborted | None:
    """Why the interface refuses the key, as a sentence with its remedy; None where it does not."""
    fault = key.kind.fault_of(response)
    if fault is None:
        return None
    now, wait = response.fetched_at, _wait_s(key.kind, response)
    if fault is KeyFault.USED_UP:
        zone = ZoneInfo(key.kind.resets)
        midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
        return stop_until(key, now + timedelta(seconds=wait) if wait else midnight, now)
    if fault is KeyFault.TOO_OFTEN:
        said = f"{REASONS[BlockKind.RATE_LIMITED]} ({key.kind.title})."
        return FetchAborted(Outcome.BLOCKED, said, status=response.status, retry_after_s=wait)
    says: Mapping[str, str] = read_table("sources", "keys.toml")["says"]
    if fault is KeyFault.ABSENT:
        return FetchAborted(Outcome.GONE, says["absent"], status=response.status)
    given = {"title": key.kind.title, "name": key.name, "place": key.place, "get_at": key.kind.get_at}
    of = fault.value if key.place or fault is not KeyFault.WRONG else "not_accepted"
    said = says[of].format_map(given | {"secret": key.kind.secret_called})
    return FetchAborted(Outcome.MISCONFIGURED, said, status=response.status)


_SINCE_1970 = 1_000_000_000


def _wait_s(kind: KeyKind, response: Response) -> float | None:
    """Seconds to stay away, by Retry-After or by the platform's own header."""
    wait = retry_after_s(response.header("retry-after"), response.fetched_at)
    value = response.header(kind.reset_header) if kind.reset_header else None
    found = re.findall(kind.reset_says, value or "") if wait is None else []
    if not found:
        return wait
    seconds = max(map(float, found)) * kind.reset_unit_s
    seconds -= response.fetched_at.timestamp() if seconds > _SINCE_1970 else 0.0
    return min(max(seconds, 0.0), RETRY_AFTER_CAP_S)


def header_of(key: Key, token: str | None = None) -> tuple[str, str]:
    """The header pair that goes with a request. Raises FetchAborted where the secret cannot be read."""
    if key.secret is None:
        raise misconfigured(f"The {key.kind.secret_called} of “{key.name}” cannot be read from {key.place}.")
    if key.kind.way == "header":
        return key.kind.header, key.secret
    return key.kind.header, f"Bearer {token or key.secret}"


def session_request(key: Key) -> Request:
    """The request that opens a session. The secret is in its body or header, never in its address."""
    session = key.kind.session
    assert session is not None
    header_of(key)
    url, secret = key.at_server(session.url), key.secret or ""
    named = {**session.fields, session.user: key.user.removeprefix("@"), session.secret: secret}
    if session.body == "json":
        return Request(url, "POST", (("Content-Type", "application/json"),), json.dumps(named).encode())
    pair = base64.b64encode(f"{key.user}:{secret}".encode()).decode()
    headers = ("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", f"Basic {pair}")
    return Request(url, "POST", headers, urlencode(session.fields).encode())


def session_token(key: Key, response: Response) -> tuple[str, datetime]:
    """The token that the answer brings, and until when it is used. Raises FetchAborted where it has none."""
    session = key.kind.session
    assert session is not None
    answer = json_in(response.body.decode("utf-8", "replace"))
    token, given = dig(answer, session.token), dig(answer, session.expires_in)
    if not isinstance(token, str):
        raise misconfigured(f"{key.kind.title} opened a session without a token.")
    lasts_s = (given if isinstance(given, int) else session.lasts_s) * 0.9
    return token, response.fetched_at.astimezone(UTC) + timedelta(seconds=lasts_s)
