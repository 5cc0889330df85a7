"""Whose browser asks for a code: one that its person signed in from before, or a stranger's.

What strangers ask for counts against them, not against the person whose address they type: a browser that
knew an address keeps a mark of it, and has an allowance of its own (OWASP, “Device cookies”). The mark opens
nothing. Wrong codes that strangers type are counted over all addresses, so that few tries at each of many do
not add up. A form for whoever is not signed in yet is bound to what their browser keeps.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections import deque
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock

from starlette.responses import Response

from data.types import Person
from monitor.desk import session
from monitor.desk.edge import WRONG_NUMBERS, WRONG_WITHIN, Pace
from monitor.desk.page import render_page
from monitor.desk.routes import DeskRequest

_MARKS = 4
"""So many people's marks a browser keeps, the newest first."""
_KEPT_FOR = timedelta(days=180)
_TAG_BYTES = 16
MOST_WRONG, MOST_WRONG_OF_HOST, WITHIN = 200, 50, timedelta(hours=6)
"""So many wrong codes strangers may type, together and from one host: of a million, and each by mail."""
_MOST_ASKED, _ASKED_WITHIN = 300, timedelta(hours=1)
"""So many codes strangers at one host ask for, or passkeys they show; a school's people may all be at one."""


def browser_mark(asking: DeskRequest, person: Person | None) -> bytes:
    """Return what this browser keeps of that person having signed in here, with that address; b"" where
    nothing.
    """
    tag, links = _tag(person) if person else bytes(_TAG_BYTES), asking.context.links
    opened = (links.unseal("known", each) or b"" for each in asking.kept.get("known", "").split(".")[:_MARKS])
    return next((each for each in list(opened) if hmac.compare_digest(each[:_TAG_BYTES], tag)), b"")


def keep_mark(answer: Response, asking: DeskRequest, person: Person) -> None:
    """Has the browser keep that this person signed in here."""
    links, tag = asking.context.links, _tag(person)
    others = (
        each
        for each in asking.kept.get("known", "").split(".")
        if (links.unseal("known", each) or tag)[:_TAG_BYTES] != tag
    )
    marks = [links.seal("known", tag + secrets.token_bytes(8)), *others][:_MARKS]
    session.set_cookie(answer, links.base_url, "known", ".".join(marks), int(_KEPT_FOR.total_seconds()))


def _tag(person: Person) -> bytes:
    """An id that is somebody else's next year is another mark: its address is another."""
    return sha256(f"{person.id}\0{(person.email or '').casefold()}".encode()).digest()[:_TAG_BYTES]


class Strangers:
    """The count of what browsers that knew nobody asked for and guessed, by host; "" is a host that nobody
    names. `numbers` are those that anybody guessed.
    """

    def __init__(self) -> None:
        self.numbers = Pace(WRONG_NUMBERS, WRONG_WITHIN)
        self._lock, self._wrong = Lock(), deque[tuple[datetime, str]](maxlen=MOST_WRONG)
        self._asked, self._proved = (Pace(_MOST_ASKED, _ASKED_WITHIN) for _ in range(2))

    def may_ask(self, host: str, now: datetime) -> bool:
        """May one more code be asked for from there? Counts it, if so."""
        return not self.is_closed(now) and (not host or self._asked.allows(host, now))

    def may_prove(self, host: str, now: datetime) -> bool:
        """May a passkey be shown from there? Counts it, if so: it cannot be guessed, but each is work."""
        return self._proved.allows(host, now)

    def may_type(self, host: str, now: datetime) -> bool:
        """May a code be typed from there?"""
        if self.is_closed(now):
            return False
        with self._lock:
            return not host or sum(each == host for _, each in self._wrong) < MOST_WRONG_OF_HOST

    def note_guess(self, host: str, now: datetime) -> None:
        """Note that a wrong code was typed from there."""
        with self._lock:
            self._wrong.append((now, host))

    def is_closed(self, now: datetime) -> bool:
        """Check whether so many wrong ones have been typed that no more may be, by any stranger."""
        with self._lock:
            while self._wrong and not timedelta() <= now - self._wrong[0][0] < WITHIN:
                self._wrong.popleft()
            return len(self._wrong) == MOST_WRONG


def shown_to_visitor(asking: DeskRequest, template: str, status: int, /, **view: object) -> Response:
    """The page that a template makes of a view, whose form counts for this browser alone."""
    visit = asking.kept.get("visit") or token_urlsafe(16)
    token = asking.token or session.form_token(visit)
    answer = render_page(template, asking.language, status, who=asking.who, token=token, **view)
    if not asking.token:
        session.set_cookie(answer, asking.context.links.base_url, "visit", visit, None)
    return answer


_LOCAL = re.compile(r"/(?![/\\])[\w/.~-]*", re.ASCII)


def way_back(to: str) -> str:
    """Return where somebody wanted to go, where that is a page of ours; else Today."""
    return to if _LOCAL.fullmatch(to) else "/"
