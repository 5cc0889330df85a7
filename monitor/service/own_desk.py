"""The desk of one's own home, for this machine alone; its first address lets in who administers it, once.

Whoever may run this may read the home's files, and can do no more by it; what is restricted still asks for a
code, by mail. In a home that sends none it is shown in this window, to nobody else; the audit has each.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from alerts.layout.note import clean_line
from alerts.links import THIS_MACHINE
from data.effects import Clock, utc_now
from data.errors import SchoolgateError, StoreError
from data.store.engine.open import Store
from data.store.service import DeskSession, Device, hash_kept, note_code_shown
from data.types import OutboxMessage, Person
from data.words.say import words
from monitor.act.people import who_administers
from monitor.act.report_in import Judged
from monitor.config.home.context import Context
from monitor.config.home.lookup import known_person
from monitor.config.home.paths import Paths, own_account, secret_key, write_private
from monitor.config.load import Config
from monitor.desk.page import (
    SETTER,
    DeskPage,
    MorePages,
    SignedIn,
    begin_session,
    cookie_name,
    find_signed_in,
    form_token,
    keep_cookie,
    led_to,
    plain_page,
)
from monitor.home import wiring
from monitor.service.notebook import complaints_of
from monitor.service.serve import send_code, serve_desk, signals
from monitor.service.web import Web
from monitor.terminal.output import say

HOST = "127.0.0.1"
OPENS_FOR = timedelta(minutes=2)


def open_own_desk(where: Paths, asked: str | None, more: MorePages, *, sets_up: bool = False) -> None:
    """Opens it in a browser, until it is ended, `more` pages beside its own; where the service of this home
    serves it, that one, with its sign-in. Where nobody is named yet, or if that is wanted (`sets_up`), this
    account of the machine sets it up. `asked` is the id of who wants to be signed in. Raises as `Web` does,
    and as the settings are read."""
    config = wiring.load_config(where, blank=True)
    who = known_person(config, asked) if asked else None
    by_window = who if config.without_mail else None
    person = (by_window or who_administers(config)) if config.people and not sets_up else None
    served = None if config.without_mail else config.base_url
    if person and served and complaints_of(where.home, config.serve.health_port) is not None:
        say(f"  {served}")
        if has_browser():
            webbrowser.open(served)
        return
    here = _Here(where, config)
    door = OneTimeDoor(wiring.open_store(where.home), here, person, utc_now, own_account(), more)
    web = here.web(door.app())

    def make_address() -> tuple[str, str]:
        if person and who not in (None, person):
            return f"{here.base_url}/sign-in", "again"
        return here.base_url + door.renew(), "sets_up" if here().config.is_blank else "once"

    serve_here(web, make_address)


def serve_here(web: Web, make_address: Callable[[], tuple[str, str]]) -> None:
    """Serves it until somebody ends it; opens an address and says how it opens (a key of `ways.here`), again
    at each Enter."""
    ends = signal.default_int_handler
    with ExitStack() as stack, suppress(KeyboardInterrupt):
        stack.enter_context(signals(ends, ends, signal.SIG_IGN))
        stack.callback(web.stop)
        web.start()
        while True:
            address, how = make_address()
            say(words("en")("ways.here.open"))
            say(f"  {address}")
            say(words("en")(f"ways.here.{how}"))
            if has_browser():
                with suppress(OSError):
                    # by a private file that leads there: every account sees what a program was started with
                    beside = TemporaryDirectory(prefix="schoolgate-", dir=Path.home())
                    page = Path(stack.enter_context(beside)) / "open.html"
                    leads = f'<meta http-equiv="refresh" content="0; url={address}">'
                    write_private(page, f'{leads}<a href="{address}">{address}</a>'.encode())
                    webbrowser.open(page.as_uri())
            else:
                say(words("en")("ways.here.no_browser"))
            _wait_for_enter()


def _wait_for_enter() -> None:
    while True:
        with suppress(OSError):  # the terminal is another program's now
            if sys.stdin and sys.stdin.isatty() and sys.stdin.readline():
                return
        time.sleep(1)


def has_browser() -> bool:
    """Has this machine a screen, and a browser that can be opened on it?"""
    screen = sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
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
        self._account, self._more, self._setter, self._one = account, more, Setter(), Lock()
        self.renew()

    def renew(self) -> str:
        """Return a new such address, `path`; the one before opens nothing any more."""
        with self._one:
            self._secret, self._made_at = secrets.token_urlsafe(32), self._clock()
            self.path = f"/open/{self._secret}"
            return self.path

    def app(self) -> Starlette:
        """The desk, with that address."""
        found = serve_desk(self._store, self._context, self._clock, more=self._pages, send=self._send)
        opening = Route("/open/{secret}", self._open)
        opening.methods = {"GET"}  # a HEAD, as previews and scanners of links send it, uses nothing up
        found.router.routes.insert(0, opening)
        return found

    def _pages(self, clock: Clock, judged: Judged) -> tuple[DeskPage, ...]:
        pages = self._more(clock, judged) if self._more else ()
        return pages if self._person else tuple(replace(page, finds=self._setter.find) for page in pages)

    def _send(self, message: OutboxMessage) -> bool:
        """Send a code; in a home without mail, record that it is shown, and show it. Raises StoreError."""
        context = self._context()
        if context.codes_by != "window":
            return send_code(self._context, message)
        with self._store.write("a code is shown") as con:
            note_code_shown(con, message.person_id, self._account, self._clock())
        name = clean_line(known_person(context.config, message.person_id).name)
        say(words("en")("ways.here.code", name=name, code=message.body.partition("\n")[0]))
        return True

    def _open(self, request: Request) -> Response:
        now, context = self._clock(), self._context()
        answer = led_to("/" if self._person else "/setup")
        with self._one:
            try:
                if self._is_in(request, context, now):
                    return answer
                if not self._is_good(request, now):
                    return plain_page(context.config, "link_used", 410)
                kept = self._begin(now)
            except StoreError:
                return plain_page(context.config, "busy", 503)
            self._secret = ""
        keep_cookie(answer, context.links.base_url, kept, Device.SHARED)
        return answer

    def _begin(self, now: datetime) -> str:
        """Let the browser in; return what it is to keep. Raises StoreError."""
        if self._person is None:
            return self._setter.begin(now)
        with self._store.write("a sign-in") as con:
            who = (self._person, Device.SHARED, now)
            return begin_session(con, *who, fresh=False, os_account=self._account)

    def _is_in(self, request: Request, context: Context, now: datetime) -> bool:
        """Is this browser in already? Raises StoreError."""
        kept = request.cookies.get(cookie_name(context.links.base_url), "")
        if self._setter.find(kept, context, now):
            return True
        with self._store.open_reader() as con:
            return find_signed_in(con, context.config, kept, now) is not None

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


def own_port(config: Config) -> int:
    """The usual port of one's own desk: that of the pages where no service serves them, else any (0)."""
    return 0 if config.base_url else int(config.serve.listen.rpartition(":")[2])


class _Here:
    """Settings, read again when their file changes, for pages at this address; message links stay."""

    def __init__(self, where: Paths, config: Config) -> None:
        self._home, self.base_url = where.home, ""
        self._config, self._seen = config, config.changed_at()

    def web(self, app: ASGIApp) -> Web:
        """Takes an address on this machine for these pages, which they are then served at: the usual one,
        so that a bookmark holds, or any other where that is taken."""
        try:
            web = Web(app, HOST, own_port(self._config), "⟨port⟩")
        except SchoolgateError:
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
        return replace(context, links=links, window=True)
