"""What a site's robots.txt allows us (RFC 9309): reading it, and caching it."""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from protego import Protego

from data.effects import Clock
from sources.http.aborted import FetchAborted, unreachable
from sources.http.exchange import HttpAnswer
from sources.http.politeness import retry_after_s

MAX_BYTES = 500 * 1024
"""How much of a robots.txt is read; RFC 9309 §2.5 asks for at least this."""
TOKEN = "Schoolgate"
"""The name by which robots.txt files address us."""
_KEPT = timedelta(hours=24)  # RFC 9309 §2.4
_KEPT_FAILED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """One host's rules. If they could not be read, `failure` is set and nothing may be fetched."""

    parsed: Any = None
    failure: FetchAborted | None = None

    def allows(self, url: str) -> bool:
        """May we fetch the URL? Yes if there are no rules, no if they could not be read."""
        if self.failure is not None:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, TOKEN))

    @property
    def crawl_delay_s(self) -> float | None:
        """Seconds the site wants between two requests, None if it does not say."""
        delay = None if self.parsed is None else self.parsed.crawl_delay(TOKEN)
        return None if delay is None else float(delay)


def rules_of(status: int, body: bytes) -> RobotsRules | None:
    """The rules in an answer to /robots.txt; None if the server failed.

    2xx is read; 4xx means there are none (RFC 9309 §2.3.1.3), except 429, which like 5xx means that the
    server cannot answer now.
    """
    if 200 <= status < 300:
        return RobotsRules(Protego.parse("\n".join(map(_renamed, robots_text(body).splitlines()))))
    if status == 429 or status >= 500:
        return None
    return RobotsRules()


def robots_text(body: bytes) -> str:
    """The file as text: UTF-8 as the RFC requires, UTF-16 if a byte order mark says so."""
    body = body[:MAX_BYTES]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


_AGENT = re.compile(r"\s*user(?:-|\s*)agent(?:\s*:|\s)\s*([^#]*)", re.IGNORECASE)


def _renamed(line: str) -> str:
    """A line with one name for all programs but ours: Protego stores each program's rules separately.

    Thousands of names before thousands of rules would take gigabytes.
    """
    found = _AGENT.match(line)
    if found is None:
        return line
    name = found[1].strip().lower()
    ours = name == "*" or name.replace("*", "") == TOKEN.lower()
    return f"User-agent: {name.replace('*', '') or '*'}" if ours else "User-agent: another"


class RobotsCache:
    """Rules by origin, fetched once each and kept for a day. Thread-safe.

    If a robots.txt cannot be read, an older copy remains in force; without one the site counts as closed
    for ten minutes, then we try again (RFC 9309 §2.3.1.4).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[RobotsRules, datetime]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def rules(self, origin: str, ask: Callable[[], HttpAnswer]) -> RobotsRules:
        """The origin's rules; `ask` fetches robots.txt, following redirects, and may raise FetchAborted."""
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            rules, until = self._entries.get(origin, (None, None))
            if rules is None or until is None or self._clock() >= until:
                rules, kept = self._read(origin, ask)
                self._entries[origin] = rules, self._clock() + kept
            return rules

    def _read(self, origin: str, ask: Callable[[], HttpAnswer]) -> tuple[RobotsRules, timedelta]:
        try:
            answer = ask()
        except FetchAborted as stop:
            failure = stop
        else:
            rules = rules_of(answer.status, answer.body)
            if rules is not None:
                return rules, _KEPT
            failure = unreachable(
                f"The site's robots.txt answered {answer.status}; until it can be read, nothing is asked.",
                status=answer.status,
                retry_after_s=retry_after_s(answer.header("retry-after"), self._clock()),
            )
        older, _ = self._entries.get(origin, (None, None))
        if older is not None and older.failure is None:
            return older, _KEPT_FAILED
        return RobotsRules(failure=failure), _KEPT_FAILED
