"""The desk of one's own home, for this machine alone; its first address lets in who administers it, once.

Whoever may run this may read the home's files, and can do no more by it; what is restricted still asks for a
code by mail.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Lock

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from alerts.links import THIS_MACHINE
from data.effects import Clock, utc_now
from data.errors import SchoolgateError, StoreError
from data.store.engine.open import Store
from data.store.service import DeskSession, Device, hash_kept
from data.types import Person
from data.words.say import words
from monitor.act.people import who_administers
from monitor.config.home.context import Context
from monitor.config.home.paths import Paths, own_account, secret_key
from monitor.config.load import Config, blank_settings
from monitor.desk.page import (
    SETTER,
    MorePages,
    SignedIn,
    begin_session,
    form_token,
    keep_cookie,
    led_to,
    plain_page,
)
from monitor.home import wiring
from monitor.service.notebook import complaints_of
from monitor.service.serve import serve_desk
from monitor.service.web import Web
from monitor.terminal.output import say

HOST = "127.0.0.1"
OPENS_FOR = timedelta(minutes=2)


def open_own_desk(
    where: Paths, config: Config, store: Store, asked: Person | None, more: MorePages | None = None
) -> None:
    """Opens it in a browser, until it is ended; where the service of this home serves it, that one, with its
    sign-in. `asked`: who wants to be signed in, where somebody is named; `more` are pages beside its own.
    Raises as `Web` does."""
    if config.base_url and complaints_of(where.home, config.serve.health_port) is not None:
        show_address(config.base_url)
        return
    here = _Here(where, config)
    person = who_administers(config)
    door = OneTimeDoor(store, here, person, utc_now, own_account(), more)
    web = here.web(door.app())
    own = asked is None or asked.id == person.id
    serve_here(web, f"{here.base_url}{door.path if own else '/sign-in'}")


def open_setup(where: Paths, more: MorePages) -> None:
    """Opens the pages that set this home up, `more`, in a browser, until they are ended: to this account of
    the machine, whether or not anything is set up yet. Raises as `Web` does, and as the settings are read."""
    is_there = where.config.exists()
    config = wiring.load_config(where) if is_there else blank_settings(where.config)
    here = _Here(where, config)
    door = OneTimeDoor(wiring.open_store(where.home), here, None, utc_now, own_account(), more)
    web = here.web(door.app())
    serve_here(web, f"{here.base_url}{door.path}")


def serve_here(web: Web, address: str) -> None:
    """Serves it, and shows it in a browser, until somebody ends it."""
    web.start()
    say(words("en")("ways.here.open"))
    show_address(address)
    try:
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(1)
    finally:
        web.stop()


def show_address(address: str) -> None:
    """Prints it, and opens it in a browser where there is one."""
    say(f"  {address}")
    if has_browser():
        webbrowser.open(address)


def has_browser() -> bool:
    """Has this machine a screen, and a browser that can be opened on it?"""
    screen = (
        os.name != "posix" or sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    )
    with suppress(webbrowser.Error):
        return bool(screen and webbrowser.get())
    return False


class OneTimeDoor:
    """The desk, with an address that lets one browser in: once, within two minutes, from this machine. It
    signs the `person` in; without one, it lets this machine's account set the home up."""

    def __init__(
        self, store: Store, context: Callable[[], Context], person: Person | None, clock: Clock, account: str,
        more: MorePages | None = None,
    ) -> None:  # fmt: skip
        self._store, self._context, self._person, self._clock = store, context, person, clock
        self._account, self._made_at, self._secret = account, clock(), secrets.token_urlsafe(32)
        self.path, self._one = f"/open/{self._secret}", Lock()
        self._more, self._setter = more, Setter()

    def app(self) -> Starlette:
        """The desk, with that address."""
        given = (self._store, self._context, self._clock)
        found = serve_desk(*given, more=self._more, setter=None if self._person else self._setter.find)
        found.router.routes.insert(0, Route("/open/{secret}", self._open))
        return found

    def _open(self, request: Request) -> Response:
        now, context = self._clock(), self._context()
        with self._one:
            if not self._is_good(request, now):
                key, status = ("not_set_up", 503) if context.config.is_blank else ("nothing", 404)
                return plain_page(context.config, key, status)
            try:
                kept = self._begin(now)
            except StoreError:
                return plain_page(context.config, "busy", 503)
            self._secret = ""
        answer = led_to("/" if self._person else "/setup")
        keep_cookie(answer, context.links.base_url, kept, Device.SHARED)
        return answer

    def _begin(self, now: datetime) -> str:
        """Let the browser in; return what it is to keep. Raises StoreError."""
        if self._person is None:
            return self._setter.begin(now)
        with self._store.write("a sign-in") as con:
            who = (self._person, Device.SHARED, now)
            return begin_session(con, *who, fresh=False, os_account=self._account)

    def _is_good(self, request: Request, now: datetime) -> bool:
        given, host = request.path_params["secret"], request.client.host if request.client else ""
        ours = bool(self._secret) and compare_digest(given.encode(), self._secret.encode())
        return ours and host in THIS_MACHINE and timedelta() <= now - self._made_at < OPENS_FOR


class Setter:
    """The browser that sets this home up: this machine's own account let it in, for a day at most. Nothing of
    it is stored: who ends this program ends it."""

    def __init__(self) -> None:
        self._session: DeskSession | None = None

    def begin(self, now: datetime) -> str:
        """Let a browser in; return what it is to keep."""
        kept = secrets.token_urlsafe(32)
        self._session = DeskSession(hash_kept(kept), SETTER, hash_kept(""), Device.FOR_A_DAY, now, now)
        return kept

    def find(self, kept: str, context: Context, now: datetime) -> SignedIn | None:
        """Find who sets it up, by what their browser keeps; at the shell they would prove nothing either."""
        session = self._session
        if session is None or not session.holds(now) or session.id_hash != hash_kept(kept):
            return None
        schools, session = context.config.schools, replace(session, checked_at=now)
        return SignedIn(Person(SETTER, "", ()), schools, session, form_token(kept), sets_up=True)


class _Here:
    """Settings, read again when their file changes, for pages at this address; message links stay."""

    def __init__(self, where: Paths, config: Config) -> None:
        self._home, self.base_url = where.home, ""
        self._config, self._seen = config, config.changed_at()

    def web(self, app: ASGIApp) -> Web:
        """Takes an address on this machine for these pages, which they are then served at."""
        web = Web(app, HOST, 0, "⟨port⟩")
        self.base_url = f"http://{HOST}:{web.port}"
        return web

    def __call__(self) -> Context:
        if (stamp := self._config.changed_at()) != self._seen:
            self._seen = stamp
            with suppress(SchoolgateError):  # with a fault in it the settings before stay
                self._config = wiring.load_config(Paths(self._home, self._config.path))
        context = wiring.make_context(self._config, self._home)
        mails = {p.id: p.email for p in self._config.people if p.email}
        links = replace(
            context.links,
            base_url=self.base_url,
            secret=secret_key(self._home),
            mails=mails,
            mailed=self._config.base_url,
        )
        return replace(context, links=links)
