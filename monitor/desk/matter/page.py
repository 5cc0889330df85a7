"""A matter's page, and what is read for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse

from alerts.access.matter import Matter
from alerts.access.offices import keeps_room
from alerts.links import Ticket
from data.matters import Access, Action, ActKind, MatterView, PostView
from data.steps.acts import Done
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Mark, Person, School
from data.words.say import Words, words
from monitor.act.give import TakenBy, take
from monitor.act.mark import mark
from monitor.act.target import OwnWord, own_page, own_posts
from monitor.config.home.context import Context
from monitor.desk import page
from monitor.desk.matter.codes import Ask
from monitor.desk.ring import ToRing
from monitor.desk.session import SignedIn
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, to_ask_in_person
from monitor.matters.whole import one, read_posts

# What a signed address leads to, as much as its reader may know, and what becomes of what they do there.

LIFE = timedelta(days=35)
NOBODY = "-"
"""How a form says that it is about nobody at the school: no id of a person is that."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What an address opened: the matter, for whom, and of which school.

    `matter` is given of what is sealed, to whoever may know its words: it says who is to be told first.
    `own` is what somebody at whom it is aimed may say for themselves, `own_posts` what was posted about them.
    `to_ask` are asked in person whether the police may be told. `wants_session`: once signed in, its reader
    may do more.
    """

    view: MatterView
    reader: Reader
    school: School
    matter: Matter | None = None
    own: OwnWord | None = None
    own_posts: tuple[PostView, ...] = ()
    to_ask: tuple[Person, ...] = ()
    wants_session: bool = False

    @property
    def person(self) -> Person:
        """Whom the address was made for."""
        return self.reader.named

    def ends_at(self, ticket: Ticket) -> datetime:
        """Until when the address opens it."""
        return ticket.made_at + LIFE


def look(con: Connection, context: Context, store: Store, ticket: Ticket, now: datetime) -> Visit | None:
    """What stands behind an address now; None where that is nothing, or nothing that its reader may know."""
    config, person = context.config, person_of(context, ticket)
    if person is None:
        return None
    reader = Reader(config, store, person)
    view = one(con, reader, ticket.story_id, now)
    own = None
    if view is None or not view.words or (view.own and not view.sealed):
        own = own_page(con, session_of(context, reader), ticket.story_id, now)
    if view is None and own is not None:  # no more than that it is aimed at them
        view = MatterView(own.story_id, own.urn, Access.NOTHING, reader=person.id)
    school = config.school(view.urn) if view else None
    if view is None or school is None:
        return None
    if not view.words:
        posts = own_posts(con, own) if own is not None else ()
        return Visit(view, reader, school, own=own, own_posts=posts)
    known = reader.look(con, {view.story_id: view.urn}) if view.sealed or view.endangers else None
    asked = to_ask_in_person(reader, known, view.story_id) if known else ()
    matter = known.stored.by_story[view.story_id] if known and view.sealed else None
    return Visit(view, reader, school, matter, own, to_ask=asked)


def texts(con: Connection, seen: Visit, now: datetime) -> tuple[PostView, ...]:
    """The words behind it, the reading being put on record. Needs a write connection.

    Whether they may read it is for the caller to ask.
    """
    return read_posts(con, seen.reader, seen.view, words(seen.school.language)("page.read_why"), now)


def person_of(context: Context, ticket: Ticket) -> Person | None:
    """Whom the address was made for, where the settings still name them."""
    found = [p for p in context.config.people if context.links.holder(p.id) == ticket.holder]
    return found[0] if len(found) == 1 else None


class Tap(StrEnum):
    """The buttons of the page: the value that each sends."""

    READ = "read"
    HAVE = "have"
    NOT_US = "not_us"
    ANSWERED = "answered"
    UNDO = "undo"


class InWords(StrEnum):
    """The forms of the page, by what their button sends: what is said in words of one's own."""

    NAME = "name"
    OWN_WORD = "own_word"
    RIGHT_AGAIN = "right_again"
    CORRECT = "correct"
    HAPPENED = "happened"
    GIVE = "give"
    AGAIN = "again"
    NOTE = "note"
    NOTE_BACK = "note_back"
    PUT_DOWN = "put_down"
    TAKE_BACK = "take_back"
    ASK_NO_MORE = "ask_no_more"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    UNSPLIT = "unsplit"
    AGREE = "agree"
    SETTLE = "settle"


class Became(StrEnum):
    """What an act led to. HAD: somebody else has it already. GIVEN_UP: they have it no more.
    REFUSED: it is no longer on offer. NO_REASON: somebody, or the
    reason, is missing. NOT_IN_CASE: an open case does not allow it. SAID: for themselves; NO_ANSWER: nothing
    was chosen. GIVEN: it is somebody else's; ASKED_AGAIN: theirs, who will be asked; NOT_GIVEN: it lacks
    whom, or a day to come. RECORDED: what has happened; NOT_RECORDED: it lacks what, when or why.
    RIGHT_AGAIN: what was said was taken back; CORRECTED: what is
    right was marked, NOT_CORRECTED: it lacks that, or why.
    NOT_ENDED: it lacks an answer, or why. NOTED: what they wrote; NOT_NOTED: that was nothing.
    TOOK_BACK: what they had given; NOT_ASKED: they are not asked again. MERGED: with another matter;
    UNMERGED: it is two again; NOT_MERGED: that is no matter which may be. SPLIT: a post
    of it is a matter of its own; UNSPLIT: part of it again; NOT_SPLIT: that may not be. AGREED, DECLINED:
    what somebody asked that takes two; NO_SECOND: nobody may be asked; SAME_LANE: it is there already.
    NOT_OFFERED: not now, as while a case is open; CHILD_IMAGE: a picture there may show a child.
    """

    READ = "read"
    HAVE = "have"
    HAD = "had"
    MARKED = "marked"
    UNDONE = "undone"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    NAMED = "named"
    NO_REASON = "no_reason"
    NOT_IN_CASE = "not_in_case"
    SAID = "said"
    RIGHT_AGAIN = "right_again"
    CORRECTED = "corrected"
    NOT_CORRECTED = "not_corrected"
    NO_ANSWER = "no_answer"
    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    GIVEN = "given"
    ASKED_AGAIN = "asked_again"
    NOT_ENDED = "not_ended"
    NOTED = "noted"
    NOT_NOTED = "not_noted"
    TOOK_BACK = "took_back"
    NOT_ASKED = "not_asked"
    NOT_GIVEN = "not_given"
    MERGED = "merged"
    UNMERGED = "unmerged"
    NOT_MERGED = "not_merged"
    SPLIT = "split_off"
    UNSPLIT = "unsplit"
    NOT_SPLIT = "not_split"
    AGREED = "agreed"
    DECLINED = "declined"
    NO_SECOND = "no_second"
    SAME_LANE = "same_lane"
    NOT_OFFERED = "offered"
    CHILD_IMAGE = "child_image"


def done(con: Connection, context: Context, seen: Visit, act: Tap, shown: str, now: datetime) -> Became:
    """Does it, where this reader may; what was recorded already is not recorded again.

    `shown` is the `stamp` of the page that was tapped: nobody takes, or is done with, what became
    worse since.
    """
    view = seen.view
    if act is Tap.READ:
        return Became.READ if view.may(ActKind.READ) else Became.REFUSED
    if act is Tap.HAVE:
        return _have(con, context, seen, shown, now)
    wanted = None if act is Tap.UNDO else Mark(act.value)
    if wanted is None and not view.may(ActKind.UNMARK):
        return Became.REFUSED
    if wanted is not None and view.marks and shown != view.stamp:
        return Became.REFUSED
    came = mark(con, seen.reader, view.story_id, view.urn, wanted, now)
    if wanted is None:
        return Became.GIVEN_UP if view.mark and view.mark.mark is Mark.TAKEN else Became.UNDONE
    holds = came.made if isinstance(came, Done) else None
    return Became.MARKED if holds is not None and holds.mark is wanted else Became.REFUSED


_BY_LINK = frozenset(
    (
        *(ActKind.READ, ActKind.TAKE, ActKind.GIVE, ActKind.AGAIN, ActKind.NOTE),
        *(ActKind.PUT_DOWN, ActKind.TAKE_BACK, ActKind.ASK_NO_MORE),
    )
)
"""What may be done by whoever holds the link: it hides nothing, and accuses or clears nobody."""
NEEDS_SESSION = frozenset(
    (
        *(Tap.NOT_US, Tap.ANSWERED, InWords.NAME),
        *(InWords.RIGHT_AGAIN, InWords.CORRECT, InWords.HAPPENED),
        *(InWords.MERGE, InWords.UNMERGE, InWords.SPLIT, InWords.UNSPLIT, InWords.AGREE, InWords.SETTLE),
    )
)
"""What counts only from somebody who is signed in."""


def by_link(seen: Visit) -> Visit:
    """The same for whoever holds the link and is not signed in: with less that they may do."""
    view = seen.view
    left = tuple(action for action in view.actions if _is_by_link(action, view))
    return replace(seen, view=replace(view, actions=left), wants_session=len(left) < len(view.actions))


def _is_by_link(action: Action, view: MatterView) -> bool:
    if action.act == ActKind.MARK:
        return not Mark(str(dict(action.values)["mark"])).ends
    if action.act == ActKind.UNMARK:
        return view.ended is None
    return action.act in _BY_LINK


def session_of(context: Context, reader: Reader) -> Session:
    return Session(context.config, context, reader.store, reader.named)


def _have(con: Connection, context: Context, seen: Visit, shown: str, now: datetime) -> Became:
    view, has, session = seen.view, seen.view.holder, session_of(context, seen.reader)
    if shown == view.stamp and isinstance(take(con, session, view, TakenBy.DESK, now), Done):
        return Became.HAVE
    if has is not None and has.mine:
        return Became.HAVE
    return Became.HAD if view.taken or has else Became.REFUSED


# What the page of a matter holds.

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class PageButton:
    """`quiet` is every button but the one that most people want."""

    act: Tap | InWords | Ask
    label: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class PageForm:
    """What somebody says in words of their own: a heading, what it does, the label of the reason (none is
    wanted where that is ""), and of each choice its name, its label and its options, each a value and what it
    says. `first` is what the page is for; `code` is the label of a code that is typed; of each of
    `lines` its name, its label and its type.
    """

    button: PageButton
    heading: str
    means: str
    why: str
    choices: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    first: bool = False
    code: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """What a post said before: when that was fetched, in words, and its parts, each with what became of it in
    the next version: `same`, `gone`, or `new` there.
    """

    when: str
    parts: tuple[tuple[str, str], ...]


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
    earlier: tuple[EarlierVersion, ...]
    enclosed: bool
    address: str
    leads: str
    host: str
    besides: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place where it was seen: which, when, and the address, "" where there is none to open."""

    said: str
    leads: str


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
    """One page. `proof` and `told_so_far` go into its form, which has no button where there is nothing to do.

    `said` is what became of what was just done; `facts` are each a heading and what it says. `original` is
    the address of the post; `after` is said below the posts, and `elsewhere` it was seen; then what was
    `done`. What was `typed` goes along, sealed, while a code is asked for; then its form is `filled` with it.
    `account` is what leads to where an account proves who it is, and which page back; `sign_in` where its
    reader signs in, to do more; `version` that of the matter, which its forms are made from; `sheet` where
    the sheet is made by which it is handed over. `cases` are its cases, each with its address; `begins`
    opens one, "" where its reader may not. `ring` is whom
    they may ring.
    """

    language: str
    title: str
    heading: str = ""
    under: str = ""
    danger: str = ""
    said: tuple[str, ...] = ()
    wrong: bool = False
    quote: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    why: tuple[str, ...] = ()
    original: str = ""
    site: str = ""
    posts: tuple[ShownPost, ...] | None = None
    elsewhere: tuple[Elsewhere, ...] = ()
    after: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    buttons: tuple[PageButton, ...] = ()
    done: tuple[DoneLine, ...] = ()
    forms: tuple[PageForm, ...] = ()
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
    sheet: str = ""
    cases: tuple[tuple[str, str], ...] = ()
    begins: str = ""
    ring: tuple[ToRing, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is asked for: `now`, until when the address works (None: while somebody is signed in),
    until when the browser may show the words (None: not without a tap); `whole` is the post (an id) that is
    shown to its end.
    """

    now: datetime
    ends_at: datetime | None
    words_until: datetime | None = None
    zone: ZoneInfo = _UTC
    whole: str = ""

    def said(self, moment: datetime, w: Words) -> dict[str, str]:
        """A moment as sentences want it: its `clock` and its `day`."""
        return {"clock": w.clock(moment, self.zone), "day": w.day(moment, self.now, self.zone)}


def _nowhere(address: str) -> str:
    """Leads nowhere."""
    return ""


def shown(
    view: MatterPage,
    status: int = 200,
    who: SignedIn | None = None,
    root: str = "",
    leave: Callable[[str], str] = _nowhere,
) -> HTMLResponse:
    """The page as an answer, to whoever is signed in; `root` is the path under which the site lies,
    `leave` makes of an address that of the page by which one goes there.
    """
    given = {"who": who, "page": "", "view": view, "root": root, "leave": leave}
    safeguards = who is not None and keeps_room(who.person)
    return page.shown("matter.html", view.language, status, safeguards=safeguards, **given)
