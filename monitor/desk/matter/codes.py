"""Codes by which a browser proves that it is its person's: six figures, by mail, for that browser alone.

They stand in this process and nowhere else, as a keyed hash each: after a restart one asks for another. What
somebody typed while their check ran out goes through the page that asks for a code, sealed: it stands in that
page alone, and is opened for its link alone.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.links import Links
from alerts.notices.upkeep import CODE_LIFE

TRIES = 5
SENDS, WITHIN = 5, timedelta(hours=1)
DAY_SENDS, DAY = 10, timedelta(days=1)
"""So many codes are sent for one link within that time, whoever asks for them: guessing has few tries."""
OF_A_PERSON = 3
"""So many times as many go to one person: whoever holds one of their links uses up that one's alone, and the
link of a newer mail opens still."""


MOST_KEPT = 20_000
"""So many people's sends, and codes, are kept at once, the latest: anybody may type any address."""


class Ask(StrEnum):
    """The buttons of a page that opens nothing yet: what each sends."""

    SEND = "send_code"
    PROVE = "prove"


class CodeState(StrEnum):
    """The state of a browser that was sent a code. WRONG: it may try again; OVER: that code is good for
    nothing any more; OFTEN: no more are sent for now; DOWN: the mail did not go out.
    """

    NONE = "none"
    SENT = "sent"
    WRONG = "wrong"
    OVER = "over"
    OFTEN = "often"
    DOWN = "down"
    RIGHT = "right"


@dataclass(slots=True)
class _SentCode:
    """One code that was sent: its hash, for whom, until when, how many more tries it has."""

    holder: bytes
    hashed: bytes
    ends_at: datetime
    link: str = ""
    tries: int = TRIES


class Codes:
    """The codes that wait to be typed, by the browser that asked."""

    def __init__(self, draw: Callable[[], str] = lambda: f"{secrets.randbelow(10**6):06}") -> None:
        self._draw, self._key, self._lock = draw, secrets.token_bytes(32), threading.Lock()
        self._waiting: dict[str, _SentCode] = {}
        self._sent: dict[bytes, dict[str, list[datetime]]] = {}

    def new(self, holder: bytes, now: datetime, link: str = "") -> tuple[str, str] | None:
        """A browser's new name and the code for it; None where too many were sent for that link, or to that
        person."""
        with self._lock:
            to_them = {
                of: kept for of, sent in self._sent.pop(holder, {}).items() if (kept := _lately(sent, now))
            }
            _make_room(self._sent)
            _make_room(self._waiting)
            self._sent[holder], sent = to_them, to_them.get(link, [])
            if len(sent) >= DAY_SENDS or sum(map(len, to_them.values())) >= OF_A_PERSON * DAY_SENDS:
                return None
            if sum(now - at < WITHIN for at in sent) >= SENDS:
                return None
            to_them[link] = [*sent, now]
            browser, code = secrets.token_hex(16), self._draw()
            hashed = self._hash(holder, browser, code)
            self._waiting[browser] = _SentCode(holder, hashed, now + CODE_LIFE, link)
            return browser, code

    def waits(self, holder: bytes, browser: str, now: datetime) -> bool:
        """Has that browser a code to type?"""
        found = self._waiting.get(browser)
        return found is not None and found.holder == holder and now < found.ends_at

    def forget(self, browser: str) -> None:
        """The code went nowhere, and counts for nothing."""
        with self._lock:
            if found := self._waiting.pop(browser, None):
                self._uncount(found)

    def try_code(self, holder: bytes, browser: str, code: str, now: datetime) -> CodeState:
        """Say what becomes of a code that is typed; each is good for one browser, once. A right one counts
        for nothing: nobody guessed.
        """
        with self._lock:
            if not self.waits(holder, browser, now):
                return CodeState.OVER
            found = self._waiting[browser]
            found.tries -= 1
            typed = "".join(code.split())
            right = hmac.compare_digest(found.hashed, self._hash(holder, browser, typed))
            if right or found.tries <= 0:
                del self._waiting[browser]
            if right:
                self._uncount(found)
                return CodeState.RIGHT
            return CodeState.WRONG if found.tries > 0 else CodeState.OVER

    def _uncount(self, code: _SentCode) -> None:
        times = self._sent.get(code.holder, {}).get(code.link, [])
        if (at := code.ends_at - CODE_LIFE) in times:
            times.remove(at)

    def _hash(self, holder: bytes, browser: str, code: str) -> bytes:
        return hmac.digest(self._key, holder + f"{browser} {code}".encode(), "sha256")


def _make_room(kept: dict[Any, Any]) -> None:
    """Forgets the oldest where there are too many, whoever's they are."""
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]


def _lately(sent: list[datetime], now: datetime) -> list[datetime]:
    return [at for at in sent if now - at < DAY]


_LONGEST = 6000
_OURS = ("proof", "form", "typed", "code")
"""Fields that nobody typed."""


def seal_typed(links: Links, token: str, holder: bytes, form: Mapping[str, str]) -> str:
    """These fields, for nobody to read but us, at that link, for whose it is; "" for more than any form of
    ours takes."""
    typed = {name: said for name, said in form.items() if name not in _OURS}
    whole = json.dumps([token, holder.hex(), typed], ensure_ascii=False).encode(errors="replace")
    return links.seal("typed", whole) if len(whole) <= _LONGEST else ""


def unseal_typed(links: Links, token: str, holder: bytes, sealed: str) -> Mapping[str, str]:
    """The fields again; none where that was not sealed by us, for that link and that person."""
    opened = links.unseal("typed", sealed)
    of, whose, typed = json.loads(opened) if opened else ("", "", {})
    return typed if (of, whose) == (token, holder.hex()) else {}
