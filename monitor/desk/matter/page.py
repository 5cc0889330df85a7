"""What the page of a matter holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse

from alerts.access.offices import keeps_room
from data.words.say import Words
from monitor.desk import page
from monitor.desk.matter.codes import Ask
from monitor.desk.matter.reading import InWords, Tap
from monitor.desk.ring import ToRing
from monitor.desk.session import SignedIn

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
