"""A page of the desk: who asks for it, in which session and with what, who may come, and the answer.

And the edge around all pages: which requests come in, how often, from where, with what form, and what answers
bear. The answer to a fault or a wrong address is as private as any other."""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from importlib.resources import files
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from mmap import ACCESS_READ, mmap
from pathlib import Path
from secrets import token_urlsafe
from shutil import disk_usage
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any, BinaryIO, TypeAlias, cast
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.access import offices
from alerts.access.knowing import reads_what_is_open
from alerts.links import Links
from alerts.notices.book import Book
from data.effects import Clock
from data.errors import SchoolgateError
from data.evidence.handed_in import PictureShows
from data.frozen import freeze
from data.people import schools_of
from data.store import service
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.service import DeskSession, Device
from data.types import Person, School
from data.web.public_addresses import is_this_machine
from data.words.say import Words, words
from monitor.act.report_in import Judged
from monitor.act.requests import protectors
from monitor.act.ways_in import codes_today
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.matters.reader import Session, account_schools
from monitor.matters.today import RecentDays
from monitor.pipeline.supplied import MOST_FILE

CHECK_LASTS = timedelta(minutes=10)
"""So long after somebody proved that it is they, the desk opens what is restricted."""


DAY_GUEST = "code-of-the-day"
"""In place of a person's id: whoever came in by the code of the day."""


SETTER = "(set-up)"
"""In place of a person's id, and never one: this machine's account that sets a home up, as it might at the
shell."""


@freeze
class SignedIn:
    """Somebody at the desk: who, of which schools, by which session. `form` goes into their forms; `sets_up`:
    this machine's own account, at the pages that set its home up and at no others."""

    person: Person
    schools: tuple[School, ...]
    session: DeskSession
    form: str
    sets_up: bool = False

    @property
    def is_guest(self) -> bool:
        """Did they come in by the code of the day?"""
        return self.session.person_id == DAY_GUEST

    @property
    def keeps_room(self) -> bool:
        """Is the safeguarding room theirs?"""
        return offices.keeps_room(self.person)

    @property
    def reads_reports(self) -> bool:
        """Do they read the governors' reports, or sign them?"""
        return offices.reads_reports(self.person)

    def has_just_proved(self, now: datetime) -> bool:
        """Check whether they have proved within ten minutes that it is they."""
        at = self.session.checked_at
        return at is not None and timedelta() <= now - at < CHECK_LASTS


def find_signed_in(con: Connection, config: Config, kept: str, now: datetime) -> SignedIn | None:
    """Find whose browser keeps this; None where nobody is signed in, or the settings name them no more by the
    address that they signed in with (an id may be somebody else's), or give them no school."""
    session = service.find_session(con, kept, now) if kept else None
    person = next((p for p in config.people if session and p.id == session.person_id), None)
    if session is None or person is None or session.address_hash not in stored_addresses(person):
        return None
    schools = tuple(schools_of(person, config.schools))
    return SignedIn(person, schools, session, form_token(kept)) if schools else None


def stored_addresses(person: Person) -> set[str]:
    """Return what of a person's addresses is stored; of whoever has none, what all such have."""
    found = {service.hash_kept(each.casefold()) for each in (person.email, person.account) if each}
    return found or {service.hash_kept("")}


def form_token(kept: str) -> str:
    """Return what a form holds to show that it was shown to the browser that keeps this."""
    return sha256(b"form\0" + kept.encode()).hexdigest()[:32]


def begin_session(
    con: Connection, person: Person, device: Device, now: datetime, before: SignedIn | None = None, *,
    account: str | None = None, fresh: bool = True, had: str = "", os_account: str = "",
) -> str:  # fmt: skip
    """Sign a browser in; return what it is to keep. Its person has just proved that it is they, by `account`
    or mail, unless not `fresh`. The session `before` ends, and one by the code of the day that it `had`. The
    audit has the `os_account` by which this machine's own let them in."""
    guest = service.find_session(con, had, now) if had and before is None else None
    if guest is not None and guest.person_id == DAY_GUEST:
        service.end(con, guest, now)
    kept, address = secrets.token_urlsafe(32), account or person.email or person.account or ""
    by = service.hash_kept(address.casefold())
    session = DeskSession(service.hash_kept(kept), person.id, by, device, now, now, now if fresh else None)
    if before is not None and before.person.id != person.id:
        service.end(con, before.session, now)
        before = None
    if before is None:
        service.begin_session(con, session, os_account)
    else:
        service.renew_session(con, before.session, session)
    return kept


def find_teller(con: Connection, context: Context, kept: str, now: datetime) -> SignedIn | None:
    """Find who is signed in, as `find_signed_in` does; also who came in by a code of the day that is still
    today's. They have no name, no office, and one school: only what takes what they tell asks for them."""
    if found := find_signed_in(con, context.config, kept, now):
        return found
    session = service.find_session(con, kept, now) if kept else None
    if session is None or session.person_id != DAY_GUEST:
        return None
    for urn, code in codes_today(con, context, now).items():
        school = context.config.school(urn)
        if school is not None and hmac.compare_digest(session.address_hash, _by_code(context, urn, code)):
            guest = Person(DAY_GUEST, "", (), urns=(urn,))
            return SignedIn(guest, (school,), session, form_token(kept))
    return None


def begin_by_day_code(con: Connection, context: Context, school: School, now: datetime) -> str:
    """Signs a browser in that others use, for today's code of that school; gives what it is to keep."""
    kept, code = secrets.token_urlsafe(32), codes_today(con, context, now)[school.urn]
    by = _by_code(context, school.urn, code)
    service.begin_session(con, DeskSession(service.hash_kept(kept), DAY_GUEST, by, Device.SHARED, now, now))
    return kept


def _by_code(context: Context, urn: str, code: str) -> str:
    return context.links.keyed_hash("day-session", urn, code).hex()


def cookie_name(base_url: str | None, name: str = "desk") -> str:
    """Return the name of the cookie: bound to this host over https; else to the port, of which cookies know
    nothing: this machine may serve another desk at another."""
    base = urlsplit(base_url or "")
    return f"__Host-{name}" if base.scheme == "https" else f"{name}-{base.port or 80}"


def keep_cookie(answer: Response, base_url: str | None, kept: str, device: Device) -> None:
    """Make the browser keep it: until it is closed, or for as long as the session may last."""
    own = device is Device.OWN
    set_cookie(answer, base_url, "desk", kept, int(device.longest.total_seconds()) if own else None)


def set_cookie(answer: Response, base_url: str | None, name: str, value: str, max_age: int | None) -> None:
    """Sets a cookie of the desk's, out of reach of scripts. Lax, for mails read on the web lead here."""
    answer.set_cookie(
        cookie_name(base_url, name),
        value,
        max_age=max_age,
        path="/",
        secure=urlsplit(base_url or "").scheme == "https",
        httponly=True,
        samesite="lax",
    )


_FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load, and where its forms may lead. None runs a script but where one is of use."""
_COPY = (
    *("proof", "case", "day_code", "room", "room_sheet", "signed_out", "tell_list", "tell_phone"),
    *("tell_state", "today"),
)
SCRIPTED = dict.fromkeys((f"{name}.html" for name in _COPY), "desk.js")
SCRIPTED |= {"sign_in.html": "passkey.js", "passkeys.html": "passkey.js", "tell.html": "tell.js"}
"""The templates that copy something, have a key, or ask for a passkey or files; each with its script."""
_WITH_SCRIPT = f"{POLICY}; script-src 'self'; connect-src 'self'"


def render_page(template: str, language: str, status: int = 200, /, **view: object) -> HTMLResponse:
    """Render the page that a template makes of a view, in that language."""
    given = {"w": words(language), "language": language, "file": file_path, "script": SCRIPTED.get(template)}
    html = _templates().get_template(template).render(**given, **view)
    return HTMLResponse(html, status, {"Content-Security-Policy": _WITH_SCRIPT} if given["script"] else None)


def plain_page(config: Config, key: str, status: int, said: str = "") -> HTMLResponse:
    """Make a page that belongs to no school, of two sentences."""
    return render_page("plain.html", config.schools[0].language, status, key=key, said=said)


_LONG = ("why", "note", "words", "url", "list")
"""Fields into which somebody types what would be lost to them, be it one word."""
NEVER_SHOWN = frozenset(("code", "secret"))
"""Fields of codes and passwords: no page shows again what was typed there."""


def typed_words(fields: Mapping[str, str]) -> list[str]:
    """List what somebody said in a form in words of their own."""
    shown = ((name, said) for name, said in fields.items() if name not in NEVER_SHOWN)
    typed = (said for name, said in shown if name in _LONG or " " in said)
    return [said for said in typed if said.strip()]


def not_lost(config: Config, fields: Mapping[str, str], key: str, leads: str) -> Response | None:
    """Show what was typed into a form that came to nothing, why, and the way on; None for nothing typed."""
    typed, language = typed_words(fields), config.schools[0].language
    given = {"key": key, "typed": typed, "leads": leads}
    return render_page("signed_out.html", language, 403, who=None, page="", **given) if typed else None


_TYPES = {
    ".eml": "message/rfc822",
    ".html": "text/html",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".vcf": "text/vcard",
    ".zip": "application/zip",
}


def file_to_save(content: bytes, name: str) -> Response:
    """Make a file to be saved; its name is ours."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[name[name.rindex(".") :]], headers=headers)


class NotThere(Exception):
    """There is nothing for who asks: it is answered as a wrong address is."""


class EarlyAnswer(Exception):
    """The end of a request before its page is made, by another `answer`."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def answer_or_end(config: Config, make: Callable[[], Response]) -> Response:
    """Return the answer that is made, or what ended the request before."""
    try:
        return make()
    except NotThere:
        return plain_page(config, "nothing", 404)
    except EarlyAnswer as end:
        return end.answer


BECAME = "became"
"""The field of an address that says, sealed, what became of an act: that is done once, however often its page
is shown again."""


def led_to(url: str) -> Response:
    """An answer that leads elsewhere."""
    return RedirectResponse(url, 303)


def led_to_outcome(asking: DeskRequest, said: str, whose: str, to: str = "") -> Response:
    """Lead to this page, or another (`to`), by an address that says what became of an act: sealed for those
    (`whose`) alone."""
    return led_to(f"{to}?{BECAME}={asking.links.seal(f'{BECAME} {whose}', said.encode())}")


def read_outcome(asking: DeskRequest, whose: str) -> str:
    """Read what became of an act of theirs, as the address says; "" where it says nothing."""
    return (asking.links.unseal(f"{BECAME} {whose}", asking.query[BECAME]) or b"").decode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


SHARE, SHARE_PATH = "share.js", "/tell/share"
"""What a telephone shares with the installed page goes to this address, of which this script has charge."""
_FILES = {
    **dict.fromkeys(("desk.js", "passkey.js", "tell.js", SHARE), "text/javascript"),
    **{"desk.css": "text/css", "icon.svg": "image/svg+xml", "icon.png": "image/png"},
    "app.webmanifest": "application/manifest+json",
}


@cache
def _file(name: str) -> bytes:
    return files("monitor.desk").joinpath("static", name).read_bytes()


@cache
def file_path(name: str) -> str:
    """Return where such a file lies: elsewhere once it has changed, so that browsers keep it."""
    return f"/s/{sha256(_file(name)).hexdigest()[:12]}/{name}"


def shown_file(name: str) -> Response | None:
    """The stylesheet, a script, an icon or the manifest as an answer; None for any other name."""
    if name not in _FILES:
        return None
    scope = {"Service-Worker-Allowed": SHARE_PATH} if name == SHARE else {}
    return Response(_file(name), media_type=_FILES[name], headers={"Cache-Control": _FOREVER, **scope})


_EMPTY = Book()


Comer = Enum(
    "Comer",
    "ANYBODY,BY_LINK,SIGNED_IN,TELLS,GIVES_DAY_CODE,READS_REPORTS,ADMINISTERS,PROTECTS_DATA,KNOWS_ACCOUNTS,"
    "READS_POLICIES,READS_POSTS,PROVES,DRILLS,SAFEGUARDS,HAS_SHEET,SETS_UP",
)
"""The people who may come to a page. BY_LINK: who holds its address; TELLS: also by the day's code."""


def _protects_data(person: Person, config: Config) -> bool:
    return any(person.id in protectors(config, school) for school in config.schools)


_OFFICES: Mapping[Comer, Callable[[Person, Config], bool]] = {
    Comer.GIVES_DAY_CODE: lambda person, _: offices.gives_day_code(person),
    Comer.READS_REPORTS: lambda person, _: offices.reads_reports(person),
    Comer.ADMINISTERS: lambda person, _: offices.administers(person),
    Comer.SETS_UP: lambda person, _: person.id == SETTER or offices.administers(person),
    Comer.PROTECTS_DATA: _protects_data,
    Comer.KNOWS_ACCOUNTS: lambda person, config: bool(account_schools(config, person)),
    Comer.READS_POLICIES: lambda person, _: offices.reads_policies(person),
    Comer.READS_POSTS: lambda person, config: any(
        reads_what_is_open(person, config.profile(s.urn)) for s in schools_of(person, config.schools)
    ),
    Comer.PROVES: lambda person, config: offices.decides(person) or _protects_data(person, config),
    Comer.DRILLS: lambda person, _: offices.hears_on_mondays(person),
    Comer.SAFEGUARDS: lambda person, _: offices.keeps_room(person),
    Comer.HAS_SHEET: lambda person, _: offices.has_sheet(person),
}


class FormFields(dict[str, str]):
    """The fields of a form, an address or cookies by their names; what is not there is ""."""

    def __missing__(self, name: str) -> str:
        return ""


@freeze
class DeskRequest:
    """One request: who asks (None: nobody signed in), when, with what. `query` is also what its path says,
    `kept` cookies by plain names, `cookies` all; `host` the caller's address, `book` our troubles; `files`
    came by `names`, `cut`: too much came, `ours`: by this site's form, `tapped`: the browser says by a
    person; `recent` was read for Today just now. A page puts into `wrong` a number of which there is nothing
    for them."""

    store: Store
    context: Context
    now: datetime
    who: SignedIn | None = None
    query: FormFields = field(default_factory=FormFields)
    form: FormFields = field(default_factory=FormFields)
    kept: FormFields = field(default_factory=FormFields, repr=False)
    host: str = ""
    book: Book = _EMPTY
    files: tuple[bytes, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    cut: bool = False
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    ours: bool = True
    tapped: bool = False
    recent: RecentDays = field(default_factory=RecentDays)
    wrong: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The end of its address, of a page behind a link."""
        return self.query["token"]

    @property
    def signed_in(self) -> SignedIn:
        """The person who is signed in, on a page that only they reach."""
        assert self.who is not None
        return self.who

    @property
    def token(self) -> str:
        """The token of its forms: by its session, before that by what its browser keeps; else ""."""
        visit = self.kept["visit"]
        return self.who.form if self.who else form_token(visit) if visit else ""

    @property
    def is_own_form(self) -> bool:
        """Was its form shown to this browser, in this session?"""
        return bool(self.token) and compare_digest(self.form["form"].encode(), self.token.encode())

    @property
    def language(self) -> str:
        """The language of whoever asks: of their first school, else of the first that there is."""
        schools = self.who.schools if self.who else self.config.schools
        return schools[0].language

    @property
    def w(self) -> Words:
        """The words that they read."""
        return words(self.language)

    @property
    def config(self) -> Config:
        """The settings in use."""
        return self.context.config

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the home."""
        return self.config.zone

    @property
    def links(self) -> Links:
        """The maker of addresses, which opens them too."""
        return self.context.links

    @property
    def person(self) -> Person:
        """Whoever is signed in."""
        return self.signed_in.person

    @property
    def session(self) -> Session:
        """Whoever is signed in, at work."""
        return Session(self.config, self.store, self.person, self.context)

    def render(self, template: str, status: int = 200, /, **view: object) -> HTMLResponse:
        """Render a page for who asks, in their language."""
        return render_page(template, self.language, status, who=self.who, **view)


Shows = Callable[[DeskRequest, Connection], Response]
"""Shows a page, over a transaction that reads."""
Does = Callable[[DeskRequest], Response]
"""Does what a form asks; opens what it needs of the store itself."""


@freeze
class DeskPage:
    """One route: path, who may come, what shows it, what its forms do; or where it leads (`goes`, which alone
    acts by a GET: to an account and back). `files`: a form may bring them; `number`: asked for by one that
    could be guessed; `opens`: did we make its key?; `listed` names it on the page of pages
    (`desk.school.NAME`); `finds` who comes from this machine without being signed in."""

    path: str
    comer: Comer
    shows: Shows | None = None
    does: Does | None = None
    goes: Does | None = None
    files: bool = False
    number: bool = False
    opens: Callable[[Links, str], bool] = lambda links, key: links.ticket(key) is not None
    listed: bool = False
    finds: Callable[[str, Context, datetime], SignedIn | None] | None = None

    def is_for(self, person: Person, config: Config) -> bool:
        """Is it there for somebody who is signed in?"""
        asked = _OFFICES.get(self.comer)
        return asked is None or asked(person, config)

    @property
    def methods(self) -> list[str]:
        """The methods that may be asked of it."""
        return ["GET", *(["POST"] if self.does else [])]


MorePages: TypeAlias = Callable[[Clock, Judged], tuple[DeskPage, ...]]
"""Makes pages of a room above, for `desk_app`: those that set a home up."""

_MARKS = 4
"""So many people's marks a browser keeps, the newest first."""
_KEPT_FOR = timedelta(days=180)
_TAG_BYTES = 16
MOST_WRONG, MOST_WRONG_OF_HOST, WITHIN = 200, 50, timedelta(hours=6)
"""So many wrong codes strangers may type, together and from one host: of a million, and each by mail."""
_MOST_ASKED, _ASKED_WITHIN = 300, timedelta(hours=1)
"""So many codes strangers at one host ask for, or passkeys they show; a school's people may all be at one."""


def browser_mark(asking: DeskRequest, person: Person | None) -> bytes:
    """Return what this browser keeps of that person having signed in here; b"" where nothing."""
    tag, links = _tag(person) if person else bytes(_TAG_BYTES), asking.links
    opened = (links.unseal("known", each) or b"" for each in asking.kept["known"].split(".")[:_MARKS])
    return next((each for each in list(opened) if hmac.compare_digest(each[:_TAG_BYTES], tag)), b"")


def keep_mark(answer: Response, asking: DeskRequest, person: Person) -> None:
    """Has the browser keep that this person signed in here."""
    links, tag = asking.links, _tag(person)
    others = (
        each
        for each in asking.kept["known"].split(".")
        if (links.unseal("known", each) or tag)[:_TAG_BYTES] != tag
    )
    marks = [links.seal("known", tag + secrets.token_bytes(8)), *others][:_MARKS]
    set_cookie(answer, links.base_url, "known", ".".join(marks), int(_KEPT_FOR.total_seconds()))


def _tag(person: Person) -> bytes:
    """An id that is somebody else's next year is another mark: its address is another."""
    return sha256(f"{person.id}\0{(person.email or '').casefold()}".encode()).digest()[:_TAG_BYTES]


class Strangers:
    """The count of what browsers that knew nobody asked for and guessed, by host ("": none is named). It
    counts against them, not whom they name (OWASP, “Device cookies”: a mark opens nothing).
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
    visit = asking.kept["visit"] or token_urlsafe(16)
    token = asking.token or form_token(visit)
    answer = render_page(template, asking.language, status, who=asking.who, token=token, **view)
    if not asking.token:
        set_cookie(answer, asking.links.base_url, "visit", visit, None)
    return answer


_LOCAL = re.compile(r"/(?![/\\])[\w/.~-]*(\?[\w=&.~-]*)?", re.ASCII)


def way_back(to: str) -> str:
    """Return where somebody wanted to go, where that is a page of ours; else Today."""
    return to if _LOCAL.fullmatch(to) else "/"


HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every answer bears that says nothing else itself."""
_A_YEAR = "max-age=31536000"
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:@/\[\]]+)(?::[0-9]{1,5})?")
_PORTS = {"http": 80, "https": 443}
_HERE = frozenset(("localhost", "127.0.0.1", "[::1]"))


class PrivateApp(Starlette):
    """Pages of which every answer bears `HEADERS`, for the host of `base_url` and for this machine's names: a
    page elsewhere could lead its visitor here by a name of its own (DNS rebinding)."""

    def __init__(self, context: Callable[[], Context], **given: Any) -> None:
        super().__init__(**given)
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = self._context()
        base = urlsplit(context.links.base_url or "")
        own = {"Strict-Transport-Security": _A_YEAR} if base.scheme == "https" else {}
        begun = False

        async def send_privately(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS | own).items():
                    headers.setdefault(name, value)
            await send(message)

        # the host without its port; none for what is more than a name and a port
        http = scope["type"] == "http"
        host = _HOST.fullmatch(Headers(scope=scope).get("host", "").lower()) if http else None
        if http and (host["name"] if host else "") not in {*_HERE, _browser_host(base.hostname or "")}:
            key, status = ("not_set_up", 503) if context.config.is_blank else ("other_host", 421)
            other = plain_page(context.config, key, status)
            await other(scope, receive, send_privately)
            return
        try:
            await super().__call__(scope, receive, send_privately)
        except asyncio.CancelledError:  # the server ends, and waits for this no longer
            if begun:
                raise
            await plain_page(context.config, "ending", 503)(scope, receive, send_privately)


def _browser_host(name: str) -> str:
    if ":" in name:
        return f"[{name}]"
    return name if name.isascii() else name.encode("idna").decode()


class ProxiedApp:
    """The application behind web servers, the `proxies`, whose word alone on where a request comes from is
    believed. Beside them only this machine is let in: the line is open."""

    def __init__(self, app: ASGIApp, listen: str, proxies: Sequence[str]) -> None:
        """Raises SchoolgateError where others could come over the open line."""
        self._app, self._proxies = app, [ip_network(each) for each in proxies]
        if not (proxies or is_this_machine(listen.rpartition(":")[0])):
            raise SchoolgateError(
                f"[serve] listen = {listen}: the pages would be served without TLS beyond this machine. "
                "Put a web server with TLS in front (⟪docs⟫ reaching). Where that is on this "
                "machine: ⟪set⟫ serve.listen=127.0.0.1:8477. Where it is on another, say which: ⟪set⟫ "
                "serve.proxies=192.0.2.7"
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            peer = _address(scope["client"][0])
            if peer is None or not (peer.is_loopback or self._trusts(peer)):
                await Response(status_code=403, headers=HEADERS)(scope, receive, send)
                return
            scope = {**scope, "client": (self._caller(peer, Headers(scope=scope)), 0)}
        await self._app(scope, receive, send)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._proxies)

    def _caller(self, peer: IPv4Address | IPv6Address, headers: Headers) -> str:
        """Find the nearest that is no web server in front, else ""; an IPv6 network is one caller."""
        said = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for address in (peer, *map(_address, reversed(said))):
            if address is None:
                break
            if not self._trusts(address):
                four = isinstance(address, IPv4Address) or address.is_loopback
                return str(address if four else ip_network((address, 64), strict=False))
        return ""


def _address(said: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, some with a port; None where it is none."""
    for written in (said.strip(), f"//{said.strip()}"):
        with suppress(ValueError):
            found = ip_address(urlsplit(written).hostname or "" if written.startswith("//") else written)
            return getattr(found, "ipv4_mapped", None) or found
    return None


MOST = 30
"""How often one link may be asked for in a minute; nobody opens one more often."""
_MOST_KEPT = 20_000
"""So many keys are counted at once, those asked for last: strangers choose theirs."""
WRONG_NUMBERS, WRONG_WITHIN = 10, timedelta(hours=1)
"""So many numbers of which there is nothing for them somebody may ask for; then they wait."""


class Pace:
    """The pace at which each key was asked for of late; `most` is how often it may be within that time,
    `MOST` where that is not said. `full_at` is when one was last found to have been."""

    def __init__(self, most: int | None = None, within: timedelta = timedelta(minutes=1)) -> None:
        self._most, self._within, self._lock = most, within, Lock()
        self._asked: dict[str, deque[datetime]] = {}
        self.full_at: datetime | None = None

    def allows(self, key: str, now: datetime) -> bool:
        """May it be asked for once more? Counts it, if so."""
        with self._lock:
            when = self._asked[key] = self._asked.pop(key, deque())
            if len(self._asked) > _MOST_KEPT:
                del self._asked[next(iter(self._asked))]
            while when and now - when[0] >= self._within:
                when.popleft()
            if len(when) >= (self._most or MOST):
                return False
            when.append(now)
            return True

    def is_full(self, key: str, now: datetime) -> bool:
        """Was it asked for as often as it may be? Counts nothing."""
        with self._lock:
            recent = sum(now - at < self._within for at in self._asked.get(key, ()))
            full = recent >= (self._most or MOST)
            self.full_at = now if full else self.full_at
            return full

    def was_full(self, now: datetime) -> bool:
        """Was any found to have been so within that time?"""
        return self.full_at is not None and now - self.full_at < self._within


def from_our_page(request: Request, base_url: str | None) -> bool:
    """Does the browser say, where it says anything, that the form was this site's own? Its Origin may be
    "null", as the page sends no referrer (Fetch, "append a request Origin header"); https tells
    Sec-Fetch-Site."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin in (None, "null", url_origin(base_url or ""))


def url_origin(url: str) -> str:
    """Write it as a browser does (RFC 6454, 6.2): small letters, no port that goes without saying."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{_browser_host(parts.hostname or '')}{port}"


_FORM_BYTES, _FORM_FIELDS = 256 * 1024, 10_000
"""A trust of 200 schools, set up: twelve places each are 150 KB, eight names each 80 KB."""
MOST_FILMS = 250 * 1024 * 1024
"""So much all files of a form have together that says first that they show no child; else `MOST_FILE`."""
MOST_FILES = 10
_LEFT_FREE = 1024**3
"""Bytes of the disk that no film takes: alarms and words are written there."""
MOST_WORDS = 64 * 1024
_MOST = MOST_FILE + MOST_WORDS
_LET_PASS = 300 * 1024 * 1024
"""Bytes of a form that is too large which are received after the answer and thrown away: many a browser reads
that only once it has sent everything."""


@freeze
class Upload:
    """The fields of a form, and its files by their names; `cut`: there was more than is read, or it broke
    off; `unread`: some of it is still to come."""

    fields: FormFields
    files: tuple[bytes, ...] = ()
    cut: bool = False
    names: tuple[str, ...] = ()
    unread: bool = False


class _Receiving(MultiPartParser):
    """Holds files in memory; or, each without a name, in a `folder`: of those nothing is left once they are
    let go of, or the program ends."""

    spool_max_size = _MOST
    folder: Path | None = None

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if (file := self._current_part.file) is None or self.folder is None:
            return
        if ("picture", PictureShows.NO) not in self.items:
            raise MultiPartException("It is not said what it shows.")
        on_disk = SpooledTemporaryFile(max_size=1, dir=str(self.folder))  # noqa: SIM115 - `close` does it
        self._files_to_close_on_error.append(on_disk)
        file.file = cast("BinaryIO", on_disk)

    @property
    def at_file(self) -> bool:
        """Has its first file begun?"""
        return bool(self._files_to_close_on_error)

    @property
    def is_full(self) -> bool:
        """Is nothing left on the disk for its files?"""
        return self.folder is not None and disk_usage(self.folder).free < _LEFT_FREE

    @property
    def fields(self) -> FormFields:
        """Return what is no file, as far as it came."""
        return FormFields({name: value for name, value in self.items if isinstance(value, str)})

    async def read_file(self, file: UploadFile) -> bytes:
        """Its bytes; of a large one on the disk a map, which stands for them: it has their length, slices and
        hash."""
        if self.folder is None or (file.size or 0) <= MOST_FILE:
            return await file.read()
        return cast("bytes", mmap(file.file.fileno(), 0, access=ACCESS_READ))

    def close(self) -> None:
        """Lets go of its files, of one that was cut off too."""
        for file in self._files_to_close_on_error:
            file.close()


def has_parts(request: Request) -> bool:
    """Is its form of the kind that may bring a file?"""
    return request.headers.get("content-type", "").lower().startswith("multipart/")


async def fields_of(request: Request) -> Upload:
    """The fields of a form of either kind, and no file; none where it is too large, or broke off."""
    if has_parts(request):
        return replace(await read_upload(request, MOST_WORDS), files=())
    body = bytearray()
    with suppress(ClientDisconnect, ValueError):
        async for chunk in request.stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                return Upload(FormFields())
        found = parse_qs(body.decode("ascii", "replace"), max_num_fields=_FORM_FIELDS)
        return Upload(FormFields({name: given[0] for name, given in found.items()}))
    return Upload(FormFields())


async def read_upload(request: Request, most: int = _MOST, folder: Path | None = None) -> Upload:
    """Return what a form brought, no further than `most`; what says that it is larger is put into files in
    the `folder`, up to `MOST_FILMS`. Of what says that it is larger still, only what comes before its files
    is read. Nothing of one that is not as browsers send it: they name no charset, and many of those that
    could be named decode to what is no text."""
    kind = request.headers.get("content-type", "").lower()
    if not kind.startswith("multipart/form-data") or "charset" in kind:
        return Upload(FormFields())
    length, read, whole, most_files = int(request.headers.get("content-length", "0")), 0, False, MOST_FILE
    on_disk = folder is not None and length > MOST_FILE
    if on_disk:
        most, most_files = MOST_FILMS + MOST_WORDS, MOST_FILMS

    async def chunks() -> AsyncGenerator[bytes, None]:
        nonlocal read, whole
        async for chunk in request.stream():
            yield chunk[: most - read]
            read += len(chunk)
            if read > most or (parser.at_file and (length > most or parser.is_full)):
                return
        whole = True

    parser = _Receiving(request.headers, chunks(), max_files=100, max_fields=30, max_part_size=_FORM_BYTES)
    parser.folder = folder if on_disk and length <= most else None
    try:
        await parser.parse()
        given = [each for _, each in parser.items if isinstance(each, UploadFile)]
        given = [each for each in given if each.size or each.filename] if whole else []
        files = [await parser.read_file(each) for each in given]
    except ClientDisconnect:
        return Upload(FormFields(), cut=True)
    except (MultiPartException, OSError):
        return Upload(parser.fields, cut=True, unread=read < length)
    finally:
        parser.close()
    typed, brought = sum(map(len, parser.fields.values())), sum(map(len, files))
    if not whole or typed > MOST_WORDS or brought > most_files or len(files) > MOST_FILES:
        return Upload(parser.fields, cut=True, unread=read < length)
    return Upload(parser.fields, tuple(files), names=tuple(each.filename or "" for each in given))


class AnsweredEarly(Response):
    """An answer to a form of which more is to come: it is sent at once, and the rest is thrown away."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def leave_open(message: Message) -> None:
            await send({**message, "more_body": message["type"] == "http.response.body"})

        await self._answer(scope, receive, leave_open)
        left = _LET_PASS
        while left > 0 and (message := await receive()).get("more_body"):
            left -= len(message["body"])
        await send({"type": "http.response.body"})
