"""A matter's page, and what is read for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse

from alerts.access.matter import Matter
from alerts.access.offices import keeps_room
from alerts.links import Ticket
from data.matters import Access, ActKind, MatterView, PostView
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Person, School
from data.words.say import Words, words
from monitor.act.target import OwnWord, own_page, own_posts
from monitor.config.home.context import Context
from monitor.desk import page
from monitor.desk.handing import ToRing
from monitor.desk.matter.codes import Ask
from monitor.desk.session import SignedIn
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, to_ask_in_person
from monitor.matters.whole import read_matter, read_posts

# What a signed address leads to, as much as its reader may know.

LIFE = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Visit:
    """The matter that an address opened, for whom, and of which school.

    `matter` is given of what is sealed, to whoever may know its words: it says who is to be told first.
    `own` is what somebody at whom it is aimed may say for themselves, `own_posts` what was posted about them;
    of `own_first`, the gravest that threatens them, they learn alone the time that it names. `to_ask` are
    asked in person whether the police may be told; whom (ids) it may be about is `accused`, where that was
    read. `wants_session`: once signed in, its reader may do more.
    """

    view: MatterView
    reader: Reader
    school: School
    matter: Matter | None = None
    own: OwnWord | None = None
    own_posts: tuple[PostView, ...] = ()
    own_first: PostView | None = None
    to_ask: tuple[Person, ...] = ()
    accused: Collection[str] = ()
    wants_session: bool = False

    @property
    def person(self) -> Person:
        """The person whom the address was made for."""
        return self.reader.required_person

    def ends_at(self, ticket: Ticket) -> datetime:
        """Until when the address opens it."""
        return ticket.made_at + LIFE


def look_up_visit(
    con: Connection, context: Context, store: Store, ticket: Ticket, now: datetime
) -> Visit | None:
    """Find what stands behind an address now; None where that is nothing, or nothing that its reader may
    know.
    """
    config, person = context.config, ticket_person(context, ticket)
    if person is None:
        return None
    reader = Reader(config, store, person)
    view = read_matter(con, reader, ticket.story_id, now)
    own = None
    if view is None or not view.words or (view.own and not view.is_sealed):
        own = own_page(con, reader_session(context, reader), ticket.story_id, now)
    if view is None and own is not None:  # no more than that it is aimed at them
        view = MatterView(own.story_id, own.urn, Access.NOTHING, reader=person.id)
    school = config.school(view.urn) if view else None
    if view is None or school is None:
        return None
    if not view.words:
        posts = own_posts(con, own) if own is not None else ()
        first = posts[0] if own and own.threatened and posts else None
        shown = posts if own and own.reads else ()
        return Visit(view, reader, school, own=own, own_posts=shown, own_first=first)
    known = reader.look(con, {view.story_id: view.urn}) if view.is_sealed or view.endangers else None
    asked = to_ask_in_person(reader, known, view.story_id) if known else ()
    matter = known.stored.by_story[view.story_id] if known else None
    accused = matter.subjects if matter else ()
    return Visit(view, reader, school, matter if view.is_sealed else None, own, to_ask=asked, accused=accused)


def kept_apart_from(seen: Visit) -> bool:
    """Is it kept apart from others, and its reader's to hand over?"""
    if seen.matter is None or not (seen.view.is_sealed and seen.view.may(ActKind.READ)):
        return False
    return seen.reader.keeps(seen.matter)


def texts(con: Connection, seen: Visit, now: datetime) -> tuple[PostView, ...]:
    """The words behind it, the reading being put on record. Needs a write connection.

    Whether they may read it is for the caller to ask.
    """
    return read_posts(con, seen.reader, seen.view, words(seen.school.language)("page.read_why"), now)


def ticket_person(context: Context, ticket: Ticket) -> Person | None:
    """Find whom the address was made for, where the settings still name them."""
    found = [p for p in context.config.people if context.links.holder(p.id) == ticket.holder]
    return found[0] if len(found) == 1 else None


_BY_LINK = frozenset(
    (
        *(ActKind.READ, ActKind.TAKE, ActKind.GIVE, ActKind.NOTE, ActKind.NOTE_BACK),
        *(ActKind.OWN_WORD, ActKind.PUT_DOWN, ActKind.TAKE_BACK),
    )
)
"""What may be done by whoever holds the link: it hides nothing, and accuses or clears nobody. All else counts
only from somebody who is signed in."""


def needs_session(act: ActKind, view: MatterView | None = None) -> bool:
    """Does it count only from somebody who is signed in? So does taking back a mark that ended the matter."""
    gives_up = act is ActKind.UNMARK and (view is None or view.ending_mark is None)
    return act not in _BY_LINK and not gives_up


def by_link(seen: Visit) -> Visit:
    """The same for whoever holds the link and is not signed in: with less that they may do."""
    view = seen.view
    left = tuple(one for one in view.actions if not needs_session(ActKind(one.act), view))
    return replace(seen, view=replace(view, actions=left), wants_session=len(left) < len(view.actions))


def reader_session(context: Context, reader: Reader) -> Session:
    return Session(context.config, context, reader.store, reader.required_person)


# What the page of a matter holds.

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class PageButton:
    """`quiet` is every button but the one that most people want."""

    act: ActKind | Ask
    label: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class PageForm:
    """A question and what it takes: a heading, what it does; of each choice its name, its label and its
    options, each a value and what it says; of each of `lines` its name, its label and its type; the label of
    the reason (`why`, "" where none is asked), `why_wanted` or not, or of a `code` that is typed. `what` goes
    along.
    """

    button: PageButton
    heading: str
    means: str
    why: str = ""
    choices: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    code: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()
    what: str = ""
    why_wanted: bool = True


@dataclass(frozen=True, slots=True)
class ShownPost:
    """One post. `left` counts the characters of its text that are left out; `leads` is the address that may
    be opened from here, "" where none may, `host` where it leads; `besides` says who reported it, and what
    somebody says of it who it is about; `not_taken` are the numbers of reports whose files were not kept.
    """

    id: str
    author: str
    title: str
    text: str
    quoted: str
    left: int
    version: int
    earlier: tuple[tuple[str, str], ...]
    enclosed: bool
    address: str
    leads: str
    host: str
    besides: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoneLine:
    """Something that was done or written, and the button that undoes it, where its reader may; `key` says
    which it is where there may be several.
    """

    said: str
    undo: PageButton | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class MatterPage:
    """One page. `proof` and `told_so_far` go into its forms.

    `said` is what became of what was just done. `known` are the sentences of what is known, each with where
    it is put right, "" where its reader does not, `else_wrong` where more may be wrong; `facts` are each a
    heading and what it says; `original` is the address of the post; `after` is said below the posts; then
    what was `done`. `buttons` do something at one tap, `leads` lead to a question or a case: what one says
    and where; `first` is the one that most want: “button” or “lead”, the first of these, or “case”, that one
    is opened. `forms` are questions, and `asks` others that a tap leads to; `back` is there where the page is
    of these alone. What was `typed` goes along, sealed, while a code is asked for; then its form is `filled`
    with it. Under “More” stand `more` leads, `elsewhere` it was seen, and `why` it was judged so.
    `account` is what leads to where an account proves who it is, and which page back; `sign_in` where its
    reader signs in, to do more; `version` that of the matter, which its forms are made from; `begins` opens a
    case, "" where its reader may not. `ring` is whom they may ring. `reads`: a question of it is opened by a
    tap that puts a reading on record.
    """

    language: str
    title: str
    heading: str = ""
    under: str = ""
    danger: str = ""
    said: tuple[str, ...] = ()
    wrong: bool = False
    lead: str = ""
    quote: str = ""
    notes: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    else_wrong: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    why: tuple[str, ...] = ()
    original: str = ""
    site: str = ""
    posts: tuple[ShownPost, ...] | None = None
    elsewhere: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    buttons: tuple[PageButton, ...] = ()
    first: str = ""
    leads: tuple[tuple[str, str], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    done: tuple[DoneLine, ...] = ()
    forms: tuple[PageForm, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()
    back: bool = False
    means: str = ""
    proof: str = ""
    told_so_far: str = ""
    typed: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    account: tuple[str, str] = ("", "")
    passkey: bool = False
    own_address: str = ""
    sign_in: str = ""
    version: str = ""
    begins: str = ""
    ring: tuple[ToRing, ...] = ()
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is asked for: `now`, until when the address works (None: while somebody is signed in),
    until when the browser may show the words (None: not without a tap); `whole` is the post (an id) that is
    shown to its end. `ask` is the question that it is asked for (an act, "" for none), `what` is said to be
    wrong there; `desk` is what its address at the desk ends with, "" where nobody is signed in.
    """

    now: datetime
    ends_at: datetime | None
    words_until: datetime | None = None
    zone: ZoneInfo = _UTC
    whole: str = ""
    ask: str = ""
    what: str = ""
    desk: str = ""

    def time_words(self, moment: datetime, w: Words) -> dict[str, str]:
        """Write a moment as sentences want it: its `clock` and its `day`."""
        return {"clock": w.clock(moment, self.zone), "day": w.day(moment, self.now, self.zone)}


def _nowhere(address: str) -> str:
    """Leads nowhere."""
    return ""


def matter_response(
    view: MatterPage, status: int = 200, who: SignedIn | None = None, root: str = "",
    leave: Callable[[str], str] = _nowhere,
) -> HTMLResponse:  # fmt: skip
    """Make an answer of the page, to whoever is signed in; `root` is the path under which the site lies,
    `leave` makes of an address that of the page by which one goes there.
    """
    given = {"who": who, "page": "", "view": view, "root": root, "leave": leave}
    safeguards = who is not None and keeps_room(who.person)
    return page.render_page("matter.html", view.language, status, safeguards=safeguards, **given)
