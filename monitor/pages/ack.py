"""The one-time page by which somebody who was told of an alert says that they have it in hand.

The address in the message is the key: nobody signs in, so the page tells nothing but the alert's
number. Mail systems open every link they see: a GET changes nothing, and a POST counts only from the
page's own button, pressed by somebody who needed a second to read it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.instant.number import short_number
from alerts.links import Ticket
from data.effects import Clock
from data.errors import SchoolgateError
from data.store.alerts import alerts as alert_store
from data.store.alerts.in_hand import in_hand
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Alert, Person, School
from data.words.say import words
from monitor.context import Context
from monitor.pages.page_style import AckPage, said, shown
from monitor.viewer import Viewer

log = logging.getLogger("schoolgate.pages")

EVERY = timedelta(minutes=1)
MOST = 30
"""How often one link may be asked for in that time; nobody opens one more often."""
_KEPT = 1024
_FORM_BYTES = 2048
_WAIT_S = "60"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a link stands for: `open` where its person may take the alert, `taken` where it is in hand.

    `since` is when its own person took it.
    """

    alert: Alert
    school: School
    person: Person | None
    open: bool
    taken: bool
    since: datetime | None


def ack_app(store: Store, context: Callable[[], Context], clock: Clock) -> Starlette:
    """The page at `/m/{token}`. Nothing of the store is read before a token proves to be ours.

    `context` is asked at every request: the settings may have been read again.
    """
    desk = _Desk(store, context, clock)
    app = Starlette(
        routes=[Route("/m/{token}", desk.answer, methods=["GET", "POST"])],
        exception_handlers={404: desk.nothing, 405: desk.nothing},
    )
    app.router.redirect_slashes = False  # it would send the link on, to whatever host was asked for
    return app


class _Desk:
    def __init__(self, store: Store, context: Callable[[], Context], clock: Clock) -> None:
        self._store = store
        self._now = context
        self._clock = clock
        self._pace = LinkPace()

    @property
    def _context(self) -> Context:
        return self._now()

    async def answer(self, request: Request) -> Response:
        """One request for the page, however it ends."""
        token, now = request.path_params["token"], self._clock()
        ticket = self._context.links.ticket(token)
        if not self._pace.allows(token if ticket else "", now):
            return self._plain("page.slow", 429, {"Retry-After": _WAIT_S})
        if ticket is None:
            return self._unknown()
        proof = await _proof(request) if request.method == "POST" else None
        try:
            if proof is None:
                return await run_in_threadpool(self._look, token, ticket, now)
            proved = _from_our_page(request, self._context.links.base_url) and self._context.links.proved(
                token, proof, now
            )
            if not proved:
                return await run_in_threadpool(self._look, token, ticket, now, again=True)
            return await run_in_threadpool(self._take, ticket, now)
        except SchoolgateError as error:
            log.error("page=ack fault=%s", type(error).__name__)
            return self._plain("page.busy", 503, {"Retry-After": _WAIT_S})

    async def nothing(self, request: Request, error: Exception) -> Response:
        """Any other address, and any other method."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._unknown(status)

    def _look(self, token: str, ticket: Ticket, now: datetime, *, again: bool = False) -> Response:
        with self._store.read() as con:
            found = self._standing(con, ticket)
        if found is None:
            return self._unknown()
        if not found.open:
            return self._closed(found, now)
        languages, w = (found.school.language,), words(found.school.language)
        page = AckPage(
            languages,
            w("page.title", number=short_number(found.alert)),
            said("page.once_more", languages) if again else (),
            w("page.take"),
            self._context.links.proof(token, now),
        )
        return shown(page, 403 if again else 200)

    def _take(self, ticket: Ticket, now: datetime) -> Response:
        with self._store.write("acknowledgement") as con:
            found = self._standing(con, ticket)
            if found is not None and found.open and found.person:
                alert_store.ack(con, found.alert.id, found.person.id, now)
        if found is None:
            return self._unknown()
        if not found.open:
            return self._closed(found, now)
        return self._taken(found, now, now)

    def _taken(self, found: _Standing, since: datetime, now: datetime) -> Response:
        """Said at once and whenever the link is opened again: the first answer may never have arrived."""
        zone, w = self._context.config.zone, words(found.school.language)
        languages = (found.school.language,)
        said_so = said("page.done", languages, clock=w.clock(since, zone), day=w.day(since, now, zone))
        return shown(AckPage(languages, w("page.title", number=short_number(found.alert)), said_so))

    def _closed(self, found: _Standing, now: datetime) -> Response:
        """In hand, or an old link. Whoever is kept out reads no more than whoever came too late."""
        if found.since is not None:
            return self._taken(found, found.since, now)
        languages, w = (found.school.language,), words(found.school.language)
        title = w("page.title", number=short_number(found.alert))
        return shown(
            AckPage(languages, title, said("page.in_hand" if found.taken else "page.old", languages)), 410
        )

    def _standing(self, con: Connection, ticket: Ticket) -> _Standing | None:
        """What the link stands for now; None where it stands for nothing we know."""
        config, links = self._context.config, self._context.links
        alert = next(iter(alert_store.by_story(con, [ticket.story_id]).values()), None)
        school = config.school(alert.urn) if alert else None
        if alert is None or school is None:
            return None
        held = [p for p in config.people if links.holder(p.id) == ticket.holder]
        person = held[0] if len(held) == 1 else None
        shown = Viewer(config, self._store, person).alerts(con, [alert]) if person else []
        holds = any(s.words for s in shown)
        taken, has = in_hand(con, alert.id), alert_store.acknowledged(con, [alert.id]).get(alert.id)
        since = has.at if has and holds and person and has.person == person.id else None
        return _Standing(alert, school, person, holds and not taken, holds and taken, since)

    def _unknown(self, status: int = 404) -> Response:
        return self._plain("page.unknown", status)

    def _plain(self, key: str, status: int, headers: dict[str, str] | None = None) -> Response:
        """A page that belongs to no school: in every language that is spoken here."""
        languages = tuple(dict.fromkeys(s.language for s in self._context.config.schools))
        title = words(languages[0])("page.unknown_title") if status in (404, 405) else "Schoolgate"
        return shown(AckPage(languages, title, said(key, languages)), status, headers)


async def _proof(request: Request) -> str:
    """The form's one field; "" where there is none, the form is too large, or it broke off."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                return ""
    except ClientDisconnect:
        return ""
    return parse_qs(body.decode("ascii", "replace")).get("proof", [""])[0]


def _from_our_page(request: Request, base_url: str | None) -> bool:
    """Does the browser say, where it says anything, that the form was one of this site's own?

    The page sends no referrer, so that a browser's Origin may be "null" (Fetch, "append a request Origin
    header"); Sec-Fetch-Site is told over https.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin in (None, "null", _origin(base_url or ""))


def _origin(url: str) -> str:
    """As a browser writes it (RFC 6454, 6.1): in small letters, without the port that goes without saying."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


class LinkPace:
    """How often each link was asked for within the last minute. The keys are those of real links, and one for
    everything else.
    """

    def __init__(self) -> None:
        self._asked: dict[str, deque[datetime]] = {}

    def allows(self, key: str, now: datetime) -> bool:
        """May it be asked for once more? Counts it, if so."""
        if len(self._asked) > _KEPT:
            self._asked = {k: when for k, when in self._asked.items() if now - when[-1] < EVERY}
        when = self._asked.setdefault(key, deque())
        while when and now - when[0] >= EVERY:
            when.popleft()
        if len(when) >= MOST:
            return False
        when.append(now)
        return True
