"""A matter's page, and what is read for it."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse

from alerts.access.knowing import Act, who_may, with_words
from alerts.access.matter import Matter, aims, persons_meant
from alerts.access.offices import keeps_room
from alerts.links import Links, Ticket
from alerts.notices.upkeep import CODE_LIFE
from data.frozen import freeze
from data.matters import Access, ActKind, MatterView, PostView
from data.people import people_of
from data.store.engine import audit_chain
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Person, School
from data.words.say import Words, words
from monitor.act.mark import Handling
from monitor.act.matter import OwnWord, Wish, list_wishes, own_page, own_posts
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.desk import page
from monitor.desk.handing import ToRing
from monitor.desk.page import FormFields, SignedIn
from monitor.matters.reader import Session, to_ask_in_person
from monitor.matters.views import read_matter, read_posts

TRIES = 5
SENDS, WITHIN = 5, timedelta(hours=1)
DAY_SENDS, DAY = 10, timedelta(days=1)
"""So many codes are sent for one link within that time, whoever asks for them: guessing has few tries."""
OF_A_PERSON = 3
"""So many times as many go to one person: whoever holds one of their links uses up that one's alone, and the
link of a newer mail opens still."""


MOST_KEPT = 20_000
"""So many people's sends, and codes, are kept at once, the latest: anybody may type any address."""


class Ask(StrEnum):
    """The buttons of a page that opens nothing yet: what each sends."""

    SEND = "send_code"
    PROVE = "prove"


class CodeState(StrEnum):
    """The state of a browser that was sent a code. WRONG: it may try again; OVER: that code is good for
    nothing any more; OFTEN: no more are sent for now; DOWN: the mail did not go out."""

    NONE = "none"
    SENT = "sent"
    WRONG = "wrong"
    OVER = "over"
    OFTEN = "often"
    DOWN = "down"
    RIGHT = "right"


@dataclass(slots=True)
class _SentCode:
    """One code that was sent: its hash, for whom, until when, how many more tries it has."""

    holder: bytes
    hashed: bytes
    ends_at: datetime
    link: str = ""
    tries: int = TRIES


class Codes:
    """The codes that wait to be typed, by the browser that asked."""

    def __init__(self, draw: Callable[[], str] = lambda: f"{secrets.randbelow(10**6):06}") -> None:
        self._draw, self._key, self._lock = draw, secrets.token_bytes(32), threading.Lock()
        self._waiting: dict[str, _SentCode] = {}
        self._sent: dict[bytes, dict[str, list[datetime]]] = {}

    def new(self, holder: bytes, now: datetime, link: str = "") -> tuple[str, str] | None:
        """Give a browser a new name and code; None where too many were sent to that link or person."""
        with self._lock:
            to_them = {
                of: kept
                for of, sent in self._sent.pop(holder, {}).items()
                if (kept := [at for at in sent if now - at < DAY])
            }
            _make_room(self._sent)
            _make_room(self._waiting)
            self._sent[holder], sent = to_them, to_them.get(link, [])
            if len(sent) >= DAY_SENDS or sum(map(len, to_them.values())) >= OF_A_PERSON * DAY_SENDS:
                return None
            if sum(now - at < WITHIN for at in sent) >= SENDS:
                return None
            to_them[link] = [*sent, now]
            browser, code = secrets.token_hex(16), self._draw()
            hashed = self._hash(holder, browser, code)
            self._waiting[browser] = _SentCode(holder, hashed, now + CODE_LIFE, link)
            return browser, code

    def waits(self, holder: bytes, browser: str, now: datetime) -> bool:
        """Has that browser a code to type?"""
        found = self._waiting.get(browser)
        return found is not None and found.holder == holder and now < found.ends_at

    def forget(self, browser: str) -> None:
        """The code went nowhere, and counts for nothing."""
        with self._lock:
            if found := self._waiting.pop(browser, None):
                self._uncount(found)

    def try_code(self, holder: bytes, browser: str, code: str, now: datetime) -> CodeState:
        """Say what becomes of a typed code; each is good for one browser, once."""
        with self._lock:
            if not self.waits(holder, browser, now):
                return CodeState.OVER
            found = self._waiting[browser]
            found.tries -= 1
            typed = "".join(code.split())
            right = hmac.compare_digest(found.hashed, self._hash(holder, browser, typed))
            if right or found.tries <= 0:
                del self._waiting[browser]
            if right:
                self._uncount(found)
                return CodeState.RIGHT
            return CodeState.WRONG if found.tries > 0 else CodeState.OVER

    def _uncount(self, code: _SentCode) -> None:
        times = self._sent.get(code.holder, {}).get(code.link, [])
        if (at := code.ends_at - CODE_LIFE) in times:
            times.remove(at)

    def _hash(self, holder: bytes, browser: str, code: str) -> bytes:
        return hmac.digest(self._key, holder + f"{browser} {code}".encode(), "sha256")


def _make_room(kept: dict[Any, Any]) -> None:
    """Forgets the oldest where there are too many, whoever's they are."""
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]


_LONGEST = 6000
_OURS = ("proof", "form", "typed", "code")
"""Fields that nobody typed."""


def seal_typed(links: Links, token: str, holder: bytes, form: Mapping[str, str]) -> str:
    """Seal these fields at that link for us alone; "" for more than any form of ours takes."""
    typed = {name: said for name, said in form.items() if name not in _OURS}
    whole = json.dumps([token, holder.hex(), typed], ensure_ascii=False).encode(errors="replace")
    return links.seal("typed", whole) if len(whole) <= _LONGEST else ""


def unseal_typed(links: Links, token: str, holder: bytes, sealed: str) -> FormFields:
    """The fields again; none where that was not sealed by us, for that link and that person."""
    opened = links.unseal("typed", sealed)
    of, whose, typed = json.loads(opened) if opened else ("", "", {})
    return FormFields(typed if (of, whose) == (token, holder.hex()) else {})


LIFE = timedelta(days=35)


@freeze
class Visit:
    """The matter that an address opened, for whom, of which school. `matter` is given of what is sealed to
    whoever may know its words; `own` is what one it is aimed at may say, `own_posts` what was posted about
    them (of `own_first`, the gravest that threatens them, they learn alone the time that it names);
    `to_ask` are asked in person about the police; `accused` (ids) are read; `readings` say who was told of
    what is sealed, and when they first read it (UTC), None: not yet; `wishes` are what was asked for;
    `wants_session`: signed in they may do more.
    """

    view: MatterView
    reader: Session
    school: School
    matter: Matter | None = None
    own: OwnWord | None = None
    own_posts: tuple[PostView, ...] = ()
    own_first: PostView | None = None
    to_ask: tuple[Person, ...] = ()
    accused: Collection[str] = ()
    readings: Mapping[str, datetime | None] = field(default_factory=dict)
    wishes: Collection[Wish] = ()
    wants_session: bool = False

    @property
    def person(self) -> Person:
        """The person whom the address was made for."""
        return self.reader.person

    @property
    def config(self) -> Config:
        """The settings in use."""
        return self.reader.config

    @property
    def people(self) -> tuple[Person, ...]:
        """The people of its school."""
        return people_of(self.school, self.config.people)

    def handling(self, con: Connection, now: datetime) -> Handling:
        """Return the work of its reader on the matter."""
        return Handling(con, self.reader, self.view.story_id, self.view.urn, now)

    def ends_at(self, ticket: Ticket) -> datetime:
        """Until when the address opens it."""
        return ticket.made_at + LIFE


def look_up_visit(
    con: Connection, context: Context, store: Store, ticket: Ticket, now: datetime
) -> Visit | None:
    """Find what stands behind an address now; None where that is nothing for its reader."""
    config, person = context.config, ticket_person(context, ticket)
    if person is None:
        return None
    reader = Session(config, store, person, context)
    view = read_matter(con, reader, ticket.story_id, now)
    own = None
    if view is None or not view.words or (view.own and not view.is_sealed):
        own = own_page(con, reader, ticket.story_id, now)
    if view is None and own is not None:  # no more than that it is aimed at them
        view = MatterView(own.story_id, own.urn, Access.NOTHING, reader=person.id)
    school = config.school(view.urn) if view else None
    if view is None or school is None:
        return None
    if not view.words:
        posts = own_posts(con, own) if own is not None else ()
        here = people_of(school, config.people)
        theirs = (p for p in posts if p.verdict and person.id in persons_meant(aims(p.verdict), here))
        first = next(theirs, None) if own and own.threatened else None
        shown = posts if own and own.reads else ()
        return Visit(view, reader, school, own=own, own_posts=shown, own_first=first)
    told = view.is_sealed or view.endangers or bool(view.cases or view.notes)
    known = reader.look(con, {view.story_id: view.urn}) if told else None
    asked = to_ask_in_person(reader, known, view.story_id) if known else ()
    matter = known.stored.by_story[view.story_id] if known else None
    accused = matter.subjects if matter else ()
    works = matter is not None and person in who_may(Act.WORK, matter, config.people)
    h = Handling(con, reader, view.story_id, view.urn, now)
    wishes = list_wishes(h, known) if known and works else ()
    kept = matter if view.is_sealed else None
    return Visit(view, reader, school, kept, own, to_ask=asked, accused=accused, wishes=wishes)


def kept_apart_from(seen: Visit) -> bool:
    """Is it kept apart from others, and its reader's to hand over?"""
    if seen.matter is None or not (seen.view.is_sealed and seen.view.may(ActKind.READ)):
        return False
    return seen.reader.keeps(seen.matter)


def texts(con: Connection, seen: Visit, now: datetime) -> tuple[PostView, ...]:
    """Read its words, on record: needs a write connection; whether they may is the caller's to ask."""
    return read_posts(con, seen.reader, seen.view, words(seen.school.language)("page.read_why"), now)


def look_up_readings(con: Connection, seen: Visit) -> dict[str, datetime | None]:
    """Find who was told of what is sealed, by id, each with when they first read it since it was raised
    (UTC), None: not yet. Whom it may accuse is left out. Only for who has it and may know of conflicts of
    interest: to others a name that is not there would say whom it accuses."""
    view, matter = seen.view, seen.matter
    has = view.holder is not None and view.holder.mine
    if matter is None or not has or not seen.reader.conflicts(matter):
        return {}
    read = dict[str, datetime]()
    for entry in (link.entry for link in audit_chain.links(con, [view.story_id])):
        if entry.action == "restricted_read" and (view.raised_at is None or entry.done_at >= view.raised_at):
            read.setdefault(entry.actor, entry.done_at)
    able = [person.id for person in with_words(matter, seen.config.people)]
    return {each: read.get(each) for each in dict.fromkeys((*read, *matter.told)) if each in able}


def ticket_person(context: Context, ticket: Ticket) -> Person | None:
    """Find whom the address was made for, where the settings still name them."""
    found = [p for p in context.config.people if context.links.holder(p.id) == ticket.holder]
    return found[0] if len(found) == 1 else None


_BY_LINK = frozenset(
    (
        *(ActKind.READ, ActKind.TAKE, ActKind.GIVE, ActKind.NOTE, ActKind.NOTE_BACK, ActKind.DID),
        *(ActKind.OWN_WORD, ActKind.FULFIL, ActKind.PUT_DOWN, ActKind.TAKE_BACK, ActKind.REMIND),
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


# What the page of a matter holds.

_UTC = ZoneInfo("UTC")


@freeze
class PageButton:
    """`quiet` is every button but the one that most people want."""

    act: ActKind | Ask
    label: str
    quiet: bool = False


@freeze
class PageForm:
    """A question: a heading, what it does; each choice by name, label, options (a value and words); each of
    `lines` by name, label, type, the last below what is to be ticked; the label of the reason (`why`,
    `why_wanted` or not, of `most` characters) or of a `code`; `what` goes along."""

    button: PageButton
    heading: str
    means: str
    why: str = ""
    choices: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    code: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()
    what: str = ""
    why_wanted: bool = True
    most: int = 500
    ticks: tuple[tuple[str, str], ...] = ()


@freeze
class ShownPost:
    """One post. `left` counts characters left out; `leads` is the address that may be opened, `host` where it
    leads; `besides` who reported it and what its subject says; `not_taken` reports without their files."""

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


@freeze
class DoneLine:
    """Something that was done or written, and the button that undoes it; or what was asked for, whom to
    `ring` for it, and the button that says it is done. `key` tells it from others."""

    said: str
    undo: PageButton | None = None
    key: str = ""
    ring: ToRing | None = None


@freeze
class MatterPage:
    """One page. `proof` and `told_so_far` go into its forms.

    `said` is what became of what was just done. `known` are the sentences of what is known, each with where
    it is put right, "" where its reader does not, `else_wrong` where more may be wrong; `facts` are each a
    heading and what it says; `original` is the address of the post; `after` is said below the posts; then
    what was `done`, and whose `readings` are on record. `buttons` do something at one tap, `leads` lead to a
    question or a case: what one says and where; `first` is the one that most want: “button” or “lead”, the
    first of these, or “case”, that one is opened. `forms` are questions, and `asks` others that a tap leads
    to; `back` is there where the page is of these alone. What was `typed` goes along, sealed, while a code is
    asked for; then its form is `filled` with it. Under “More” stand `more` leads, `elsewhere` it was seen,
    and `why` it was judged so. `account` is what leads to where an account proves who it is, and which page
    back; `keeps` is the query that forms keep meanwhile; `sign_in` where its reader signs in, to do more;
    `version` that of the matter, which its forms are made from; `begins` opens a case, "" where its reader
    may not. `ring` is whom they may ring, `wishes` are what was asked for. `reads`: a question of it is
    opened by a tap that puts a reading on record."""

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
    readings: tuple[str, ...] = ()
    wishes: tuple[DoneLine, ...] = ()
    forms: tuple[PageForm, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()
    back: bool = False
    means: str = ""
    proof: str = ""
    told_so_far: str = ""
    typed: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    account: tuple[str, str] = ("", "")
    keeps: str = ""
    passkey: bool = False
    own_address: str = ""
    sign_in: str = ""
    version: str = ""
    begins: str = ""
    ring: tuple[ToRing, ...] = ()
    reads: bool = False


@freeze
class Moment:
    """When the page is asked for: `now`, until when the address works and the words may be shown (None:
    signed in, or by a tap alone); `whole` is the post shown to its end, `ask` the question asked for, `what`
    is said to be wrong there, `desk` the end of its address at the desk."""

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


def matter_response(
    view: MatterPage, status: int, who: SignedIn | None, root: str, leave: Callable[[str], str],
    beside: Sequence[object] = (),
) -> HTMLResponse:  # fmt: skip
    """Answer with the page; `root` is the site's path, `leave` makes of an address the page before it,
    `beside` are the rows of other matters."""
    given = {"who": who, "page": "", "view": view, "root": root, "leave": leave, "beside": beside}
    safeguards = who is not None and keeps_room(who.person)
    return page.render_page("matter.html", view.language, status, safeguards=safeguards, **given)
