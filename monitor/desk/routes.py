"""The routes of the desk, each with who may come; a route that does not say so is refused at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hmac import compare_digest

from starlette.responses import Response

from alerts.access.knowing import reads_what_is_open
from alerts.access.offices import (
    administers,
    decides,
    gives_day_code,
    has_sheet,
    hears_on_mondays,
    keeps_room,
    reads_policies,
    reads_reports,
)
from alerts.links import Links
from alerts.notices.book import Book
from data.people import schools_of
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Person
from monitor.act.requests.finding import protectors
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.desk.session import SignedIn, form_token
from monitor.matters.reader import account_schools
from monitor.matters.today import RecentDays

_EMPTY = Book()


class Comer(Enum):
    """The people who may come to a page of the desk. BY_LINK: those who hold the address that was made for
    one; TELLS: also who has the code of the day.
    """

    ANYBODY = "anybody"
    BY_LINK = "by_link"
    SIGNED_IN = "signed_in"
    TELLS = "tells"
    GIVES_DAY_CODE = "gives_day_code"
    READS_REPORTS = "reads_reports"
    ADMINISTERS = "administers"
    PROTECTS_DATA = "protects_data"
    KNOWS_ACCOUNTS = "knows_accounts"
    READS_POLICIES = "reads_policies"
    READS_POSTS = "reads_posts"
    PROVES = "proves"
    DRILLS = "drills"
    SAFEGUARDS = "safeguards"
    HAS_SHEET = "has_sheet"


def _protects_data(person: Person, config: Config) -> bool:
    return any(person.id in protectors(config, school) for school in config.schools)


_OFFICES: Mapping[Comer, Callable[[Person, Config], bool]] = {
    Comer.GIVES_DAY_CODE: lambda person, _: gives_day_code(person),
    Comer.READS_REPORTS: lambda person, _: reads_reports(person),
    Comer.ADMINISTERS: lambda person, _: administers(person),
    Comer.PROTECTS_DATA: _protects_data,
    Comer.KNOWS_ACCOUNTS: lambda person, config: bool(account_schools(config, person)),
    Comer.READS_POLICIES: lambda person, _: reads_policies(person),
    Comer.READS_POSTS: lambda person, config: any(
        reads_what_is_open(person, config.profile(s.urn)) for s in schools_of(person, config.schools)
    ),
    Comer.PROVES: lambda person, config: decides(person) or _protects_data(person, config),
    Comer.DRILLS: lambda person, _: hears_on_mondays(person),
    Comer.SAFEGUARDS: lambda person, _: keeps_room(person),
    Comer.HAS_SHEET: lambda person, _: has_sheet(person),
}


@dataclass(frozen=True, slots=True)
class DeskRequest:
    """One request for a page: who asks (None: nobody is signed in), when, with what. `query` is also what its
    path says, `kept` are the browser's cookies by their plain names, `cookies` all as they are called;
    `host` is the caller's address, `book` our own troubles. `files` are what a form brought, by `names`,
    `cut` says that it brought too much, `ours` that it was this site's own, `tapped` that the browser says
    that somebody did something for it to be sent; `recent` is what was read for Today a moment ago. A page
    puts into `wrong`
    the number of which there is nothing for them.
    """

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
        """The token that its forms hold: by its session, before there is one by what its browser keeps; else
        "".
        """
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
    """One route: its path, who may come, what shows it and what its forms do; or where it leads (`goes`),
    which alone does something by a GET: to where an account signs in, and back. `files`: its forms may bring
    a picture. `number`: it is asked for by one, which could be guessed. `opens` says of a page that is come
    to by a link whether we made its key. `listed` names it on the page of the school's pages
    (`desk.school.NAME` in the catalogue); "" for a page that is not listed there.
    """

    path: str
    comer: Comer | None
    shows: Shows | None = None
    does: Does | None = None
    goes: Does | None = None
    files: bool = False
    number: bool = False
    opens: Callable[[Links, str], bool] = lambda links, key: links.ticket(key) is not None
    listed: str = ""

    def is_for(self, person: Person, config: Config) -> bool:
        """Is it there for somebody who is signed in?"""
        asked = _OFFICES.get(self.comer) if self.comer else None
        return asked is None or asked(person, config)

    @property
    def methods(self) -> list[str]:
        """The methods that may be asked of it."""
        return ["GET", *(["POST"] if self.does else [])]


def check_comers(pages: tuple[DeskPage, ...]) -> tuple[DeskPage, ...]:
    """Check that each of these pages says who may come to it, and return them. Raises ValueError where one
    does not say who may come to it.
    """
    for page in pages:
        if page.comer is None:
            raise ValueError(f"the page {page.path} does not say who may come to it")
    return pages
