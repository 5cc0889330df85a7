"""A page of the desk: who asks for it, in which session and with what, who may come, and the answer."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.access import offices
from alerts.access.knowing import reads_what_is_open
from alerts.links import Links
from alerts.notices.book import Book
from data.people import schools_of
from data.store import service
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.service import DeskSession, Device
from data.types import Person, School
from data.words.say import words
from monitor.act.requests import protectors
from monitor.act.ways_in import codes_today
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.matters.reader import account_schools
from monitor.matters.today import RecentDays

CHECK_LASTS = timedelta(minutes=10)
"""So long after somebody proved that it is they, the desk opens what is restricted."""


DAY_GUEST = "code-of-the-day"
"""In place of a person's id: whoever came in by the code of the day."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody at the desk: who, of which schools, by which session. `form` goes into their forms."""

    person: Person
    schools: tuple[School, ...]
    session: DeskSession
    form: str

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
    """Return the name of the cookie: bound to this host over https."""
    return f"__Host-{name}" if urlsplit(base_url or "").scheme == "https" else name


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
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page may load, and where its forms may lead. None runs a script but where one is of use."""
_COPY = ("proof", "case", "day_code", "room", "room_sheet", "signed_out", "tell_list", "tell_state", "today")
SCRIPTED = dict.fromkeys((f"{name}.html" for name in _COPY), "desk.js")
SCRIPTED |= {"sign_in.html": "passkey.js", "passkeys.html": "passkey.js"}
"""The templates that copy something, or have a key, or ask for a passkey; each with its script."""
_WITH_SCRIPT = f"{POLICY}; script-src 'self'"


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


def typed_words(fields: Mapping[str, str]) -> list[str]:
    """List what somebody said in a form in words of their own."""
    typed = (said for name, said in fields.items() if name in _LONG or (" " in said and name != "code"))
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


def led_to(url: str) -> Response:
    """An answer that leads elsewhere."""
    return RedirectResponse(url, 303)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_FILES = {
    **dict.fromkeys(("desk.js", "passkey.js"), "text/javascript"),
    **{"desk.css": "text/css", "icon.svg": "image/svg+xml"},
}


@cache
def _file(name: str) -> bytes:
    return files("monitor.desk").joinpath("static", name).read_bytes()


@cache
def file_path(name: str) -> str:
    """Return where such a file lies: elsewhere once it has changed, so that browsers keep it."""
    return f"/s/{sha256(_file(name)).hexdigest()[:12]}/{name}"


def shown_file(name: str) -> Response | None:
    """The stylesheet, the script or the icon as an answer; None for any other name."""
    if name not in _FILES:
        return None
    return Response(_file(name), media_type=_FILES[name], headers={"Cache-Control": _FOREVER})


_EMPTY = Book()


Comer = Enum(
    "Comer",
    "ANYBODY,BY_LINK,SIGNED_IN,TELLS,GIVES_DAY_CODE,READS_REPORTS,ADMINISTERS,PROTECTS_DATA,KNOWS_ACCOUNTS,"
    "READS_POLICIES,READS_POSTS,PROVES,DRILLS,SAFEGUARDS,HAS_SHEET",
)
"""The people who may come to a page. BY_LINK: who holds its address; TELLS: also by the day's code."""


def _protects_data(person: Person, config: Config) -> bool:
    return any(person.id in protectors(config, school) for school in config.schools)


_OFFICES: Mapping[Comer, Callable[[Person, Config], bool]] = {
    Comer.GIVES_DAY_CODE: lambda person, _: offices.gives_day_code(person),
    Comer.READS_REPORTS: lambda person, _: offices.reads_reports(person),
    Comer.ADMINISTERS: lambda person, _: offices.administers(person),
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


@dataclass(frozen=True, slots=True)
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
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
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
        return self.query.get("token", "")

    @property
    def signed_in(self) -> SignedIn:
        """The person who is signed in, on a page that only they reach."""
        assert self.who is not None
        return self.who

    @property
    def token(self) -> str:
        """The token of its forms: by its session, before that by what its browser keeps; else ""."""
        visit = self.kept.get("visit", "")
        return self.who.form if self.who else form_token(visit) if visit else ""

    @property
    def is_own_form(self) -> bool:
        """Was its form shown to this browser, in this session?"""
        return bool(self.token) and compare_digest(self.form.get("form", "").encode(), self.token.encode())

    @property
    def language(self) -> str:
        """The language of whoever asks: of their first school, else of the first that there is."""
        schools = self.who.schools if self.who else self.context.config.schools
        return schools[0].language


Shows = Callable[[DeskRequest, Connection], Response]
"""Shows a page, over a transaction that reads."""
Does = Callable[[DeskRequest], Response]
"""Does what a form asks; opens what it needs of the store itself."""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One route: path, who may come, what shows it, what its forms do; or where it leads (`goes`, which alone
    acts by a GET: to an account and back). `files`: a form may bring them; `number`: asked for by one that
    could be guessed; `opens`: did we make its key?; `listed` names it on the page of pages
    (`desk.school.NAME`)."""

    path: str
    comer: Comer | None
    shows: Shows | None = None
    does: Does | None = None
    goes: Does | None = None
    files: bool = False
    number: bool = False
    opens: Callable[[Links, str], bool] = lambda links, key: links.ticket(key) is not None
    listed: bool = False

    def is_for(self, person: Person, config: Config) -> bool:
        """Is it there for somebody who is signed in?"""
        asked = _OFFICES.get(self.comer) if self.comer else None
        return asked is None or asked(person, config)

    @property
    def methods(self) -> list[str]:
        """The methods that may be asked of it."""
        return ["GET", *(["POST"] if self.does else [])]


def check_comers(pages: tuple[DeskPage, ...]) -> tuple[DeskPage, ...]:
    """Return these pages. Raises ValueError where one does not say who may come to it."""
    for page in pages:
        if page.comer is None:
            raise ValueError(f"the page {page.path} does not say who may come to it")
    return pages
