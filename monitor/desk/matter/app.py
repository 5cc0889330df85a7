"""The signed page of one matter, for whoever was sent its address: to read it, take it, be done with it.

The address is the key: nobody signs in, and whoever holds it sees what its person may know now, never more.
Mail systems open every link they see: a GET changes and records nothing, and a POST counts only from the
page's own button, pressed by somebody who needed a second to read it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.links import READS_FOR, Ticket
from data.effects import Clock
from data.errors import InputError, SchoolgateError
from data.matters import ActKind, PostView
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.words.say import words
from monitor.config.home.context import Context
from monitor.desk.matter.codes import Ask, CodeState
from monitor.desk.matter.door import Browser, CodeDoor, Send, record_proof, send_nothing
from monitor.desk.matter.page import MatterPage, Moment, Part, posts_of, shown, shown_posts
from monitor.desk.matter.reading import Became, InWords, Tap, Visit, done, look, person_of, texts
from monitor.desk.matter.said import said
from monitor.desk.matter.telling import expired, page_of, told
from monitor.desk.pace import Pace
from monitor.matters.whole import with_notes

_FORM_BYTES = 8192
_PORTS = {"http": 80, "https": 443}


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form; none where it is too large, or broke off."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                return {}
    except ClientDisconnect:
        return {}
    return {name: given[0] for name, given in parse_qs(body.decode("ascii", "replace")).items()}


def from_our_page(request: Request, base_url: str | None) -> bool:
    """Does the browser say, where it says anything, that the form was one of this site's own?

    The page sends no referrer, so that a browser's Origin may be "null" (Fetch, "append a request Origin
    header"); Sec-Fetch-Site is told over https.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin in (None, "null", _origin(base_url or ""))


def _origin(url: str) -> str:
    """As a browser writes it (RFC 6454, 6.2): in small letters, without the port that goes without saying."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name if name.isascii() else name.encode("idna").decode()
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


log = logging.getLogger("schoolgate.pages")

_WAIT = {"Retry-After": "60"}


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Who is signed in at the desk (an id), and whether they have lately proved that it is they."""

    person_id: str
    checked: bool


WhoIsAtDesk = Callable[[Mapping[str, str], datetime], AtDesk | None]
"""Whose browser it is at the desk that keeps these cookies; None where nobody is signed in."""


def nobody_at_desk(_: Mapping[str, str], now: datetime) -> None:
    """Where there is no desk."""


_KEPT_AS = "read"
"""The cookie by which a browser that was tapped in may read again."""


def page_app(
    store: Store,
    context: Callable[[], Context],
    clock: Clock,
    send: Send = send_nothing,
    at_desk: WhoIsAtDesk = nobody_at_desk,
) -> Starlette:
    """The page at `/m/{token}`. Nothing of the store is read before a token proves to be ours.

    `context` is asked at every request: the settings may have been read again. `send` hands over codes;
    `at_desk` says who is signed in there.
    """
    desk = _Desk(store, context, clock, send, at_desk)
    app = Starlette(
        routes=[Route("/m/{token}", desk.answer, methods=["GET", "POST"])],
        exception_handlers={404: desk.nothing, 405: desk.nothing},
    )
    app.router.redirect_slashes = False  # it would send the link on, to whatever host was asked for
    return app


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request: for which address, when, until when its browser may read again without a tap, and whose it
    would be; `proved` that it is theirs; `at_desk`, that they are signed in there.
    """

    token: str
    ticket: Ticket
    now: datetime
    words_until: datetime | None
    browser: Browser
    proved: bool
    at_desk: bool


class _Desk:
    def __init__(
        self, store: Store, context: Callable[[], Context], clock: Clock, send: Send, at_desk: WhoIsAtDesk
    ) -> None:
        self._store, self._context, self._clock, self._at_desk = store, context, clock, at_desk
        self._pace, self._door = Pace(), CodeDoor(context, send)

    async def answer(self, request: Request) -> Response:
        """One request for the page, however it ends."""
        token, now, links = request.path_params["token"], self._clock(), self._context().links
        ticket = links.ticket(token)
        if not self._pace.allows(token if ticket else "", now):
            return self._plain("page.slow", 429, _WAIT)
        if ticket is None:
            return self._plain("page.unknown", 404)
        form = await form_of(request) if request.method == "POST" else None
        try:
            asked = await self._asked(request, token, ticket, now)
            if form is None:
                return await run_in_threadpool(self._look, asked)
            act = self._act_of(request, asked, form)
            if act is None:
                return await run_in_threadpool(self._look, asked, again=True)
            if isinstance(act, Ask):
                return await run_in_threadpool(self._prove, asked, act, form.get("code", ""))
            return await run_in_threadpool(self._act, asked, act, form)
        except SchoolgateError as error:
            log.error("page=matter fault=%s", type(error).__name__)
            return self._plain("page.busy", 503, _WAIT)

    async def _asked(self, request: Request, token: str, ticket: Ticket, now: datetime) -> _Asked:
        links = self._context().links
        until = links.reads_until(token, request.cookies.get(_KEPT_AS, ""), now)
        kept = request.cookies.get(links.proved_by(ticket.holder), "")
        browser = Browser(ticket.holder, person_of(self._context(), ticket), kept, now, token)
        who = await run_in_threadpool(self._at_desk, request.cookies, now)
        here = who is not None and browser.person is not None and who.person_id == browser.person.id
        proved = self._door.has_proved(browser) or (here and who is not None and who.checked)
        return _Asked(token, ticket, now, until, browser, proved, here)

    async def nothing(self, request: Request, error: Exception) -> Response:
        """Any other address, and any other method."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._plain("page.unknown", status)

    def _act_of(self, request: Request, asked: _Asked, form: Mapping[str, str]) -> Tap | InWords | Ask | None:
        """Which button of our own page was pressed, None where that cannot be shown."""
        links = self._context().links
        ours = from_our_page(request, links.base_url)
        if not (ours and links.proved(asked.token, form.get("proof", ""), asked.now)):
            return None
        return next((act for act in (*Tap, *InWords, *Ask) if act.value == form.get("do")), None)

    def _look(self, asked: _Asked, *, again: bool = False) -> Response:
        with self._store.read() as con:
            seen = self._seen(con, asked)
        if isinstance(seen, Response):
            return seen
        page = self._page(seen, asked)
        if again:
            page = replace(page, said=_in_each("page.once_more", page.languages), wrong=True)
        return self._shown(page, asked, 403 if again else 200)

    def _act(self, asked: _Asked, act: Tap | InWords, form: Mapping[str, str]) -> Response:
        """What is neither restricted nor locked is read without a change to the store."""
        with self._store.read() as con:
            seen = self._seen(con, asked)
        if isinstance(seen, Response):
            return seen
        if act is Tap.READ and not seen.view.sealed and seen.view.may(ActKind.READ):
            return self._reads(seen, asked)
        posts: tuple[PostView, ...] | None = None
        try:
            with self._store.write("a page") as con:
                seen = self._seen(con, asked)
                if isinstance(seen, Response):
                    return seen
                became = self._became(con, seen, asked, act, form)
                if became is not Became.READ:
                    seen = self._seen(con, asked)
                if isinstance(seen, Visit) and (became is Became.READ or _still_read(seen, form)):
                    posts = shown_posts(texts(con, seen, asked.now))
                    seen = replace(seen, view=with_notes(con, seen.view))
        except InputError:  # nothing of it was saved
            became = Became.NOT_IN_CASE
        if isinstance(seen, Response):
            return seen
        return self._shown(told(self._page(seen, asked, posts), seen, became, asked.now), asked)

    def _prove(self, asked: _Asked, ask: Ask, code: str) -> Response:
        """A code is sent, or was typed; where nothing is shut, neither."""
        with self._store.read() as con:
            shut = self._is_shut(look(con, self._context(), self._store, asked.ticket, asked.now), asked)
        if not shut:
            return self._look(asked)
        browser = asked.browser
        state, kept = self._door.take(browser, ask, code)
        log.info("page=code state=%s", state.value)
        if state is CodeState.RIGHT and browser.person is not None:
            with self._store.write("a browser") as con:
                record_proof(con, browser.person.id, asked.now)
            answer = self._look(replace(asked, proved=True))
        else:
            known = replace(browser, kept=kept or browser.kept)
            answer = self._shown(self._door.page(known, state), asked)
        if kept:
            self._door.keep(answer, browser, kept)
        return answer

    def _is_shut(self, seen: Visit | None, asked: _Asked) -> bool:
        """Is nothing shown, for it is sealed or not theirs to know of, and the browser has proved nothing?"""
        return not asked.proved and (seen is None or seen.view.sealed)

    def _became(
        self, con: Connection, seen: Visit, asked: _Asked, act: Tap | InWords, form: Mapping[str, str]
    ) -> Became:
        if isinstance(act, InWords):
            return said(con, self._context(), seen, act, form, asked.now)
        return done(con, seen, act, form.get("told", ""), asked.now)

    def _reads(self, seen: Visit, asked: _Asked) -> Response:
        """The words; and from now on, for a while, without another tap."""
        asked = replace(asked, words_until=asked.now + READS_FOR)
        answer = self._shown(self._page(seen, asked), asked)
        base = urlsplit(self._context().links.base_url or "")
        answer.set_cookie(
            _KEPT_AS,
            self._context().links.reading(asked.token, asked.now),
            max_age=int(READS_FOR.total_seconds()),
            path=f"{base.path.rstrip('/')}/m/{asked.token}",
            secure=base.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    def _seen(self, con: Connection, asked: _Asked) -> Visit | Response:
        """What the address leads to, or the page that says why it leads nowhere."""
        seen = look(con, self._context(), self._store, asked.ticket, asked.now)
        if self._is_shut(seen, asked):
            return self._shown(self._door.page(asked.browser, CodeState.NONE), asked)
        if seen is None:
            return self._plain("page.old", 410)
        if asked.now <= seen.ends_at(asked.ticket):
            return seen
        return self._shown(expired(seen, words(seen.school.language)), asked, 410)

    def _page(self, seen: Visit, asked: _Asked, posts: tuple[PostView, ...] | None = None) -> MatterPage:
        """The page as it is now; of what is neither restricted nor locked with its words, after a tap."""
        if asked.words_until and not seen.view.sealed and seen.view.may(ActKind.READ):
            posts = posts_of(seen.view)
        zone = self._context().config.zone
        return page_of(seen, Moment(asked.now, seen.ends_at(asked.ticket), asked.words_until, zone), posts)

    def _shown(self, page: MatterPage, asked: _Asked, status: int = 200) -> Response:
        proof = self._context().links.proof(asked.token, asked.now) if page.buttons or page.forms else ""
        who = asked.browser.person.name if asked.at_desk and asked.browser.person else ""
        return shown(replace(page, proof=proof, at_desk=who), status)

    def _plain(self, key: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
        """A page that belongs to no school: in every language that is spoken here."""
        languages = tuple(dict.fromkeys(s.language for s in self._context().config.schools))
        title = words(languages[0])("page.unknown_title") if status in (404, 405) else "Schoolgate"
        return shown(MatterPage(languages, title, said=_in_each(key, languages)), status, headers)


def _still_read(seen: Visit, form: Mapping[str, str]) -> bool:
    """Were the words of what is sealed on the page that was pressed, for whoever may read them now?"""
    return seen.view.sealed and "words" in form and seen.view.may(ActKind.READ)


def _in_each(key: str, languages: tuple[str, ...]) -> tuple[Part, ...]:
    """A sentence of the catalogue in each of these languages."""
    return tuple(Part(language, words(language)(key)) for language in languages)
