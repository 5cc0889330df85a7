"""What the page of a matter holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse

from data.matters import MatterView, PostView
from data.web.channels import host_of
from data.web.urls import untracked
from data.words.say import Words
from monitor.desk import page
from monitor.desk.matter.codes import Ask
from monitor.desk.matter.reading import InWords, Tap
from monitor.desk.session import SignedIn

MOST = 10
"""So many posts of one matter are shown, the gravest first; a thread may hold hundreds."""
_MOST_CHARS = 5000
_MOST_CHARS_OF_A_NAME = 300
_LONGEST_WORD = 50
_EMPTY_LINES = re.compile(r"\n\s*\n")


def address_of(url: str | None) -> str | None:
    """An address of the web that may stand in a link, without what only tracks its reader."""
    found = untracked(url or "")
    return found if found.startswith(("http://", "https://")) and host_of(found) else None


def posts_of(view: MatterView) -> tuple[PostView, ...]:
    """What is not restricted of it, the gravest first."""
    return shown_posts(post for post in view.posts if not post.restricted)


def shown_posts(posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """All that is restricted, then the rest; cut, so that no post pushes the buttons off the page."""
    found = tuple(posts)
    restricted = [post for post in found if post.restricted]
    others = [post for post in found if not post.restricted]
    return tuple(map(_shown, (*restricted, *others[:MOST])))


def _shown(post: PostView) -> PostView:
    author, title = (_cut(said, _MOST_CHARS_OF_A_NAME) for said in (post.author, post.title))
    text, quoted = (
        _cut(_EMPTY_LINES.sub("\n\n", said or ""), _MOST_CHARS) for said in (post.text, post.quoted)
    )
    return replace(post, author=author, title=title, text=text, quoted=quoted)


def _cut(text: str | None, most: int) -> str:
    """At the end of a word, where that leaves no more out than a word has letters."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    whole = said[:most].rsplit(maxsplit=1)[0]
    return f"{whole if len(whole) > most - _LONGEST_WORD else said[:most]} …"


_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence, and the language it is in."""

    language: str
    text: str


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
    the address of the post, `opens` says whether restricted ones may be opened from here; `after` is said
    below the posts, and what was `done`.
    """

    languages: tuple[str, ...]
    title: str
    heading: str = ""
    under: str = ""
    danger: str = ""
    said: tuple[Part, ...] = ()
    wrong: bool = False
    quote: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    why: tuple[Part, ...] = ()
    opens: bool = True
    original: str = ""
    site: str = ""
    posts: tuple[PostView, ...] | None = None
    after: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    buttons: tuple[PageButton, ...] = ()
    done: tuple[DoneLine, ...] = ()
    forms: tuple[PageForm, ...] = ()
    means: str = ""
    proof: str = ""
    told_so_far: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is asked for: `now`, until when the address works, until when the browser may show the
    words (None: not without a tap).
    """

    now: datetime
    ends_at: datetime
    words_until: datetime | None = None
    zone: ZoneInfo = _UTC

    def said(self, moment: datetime, w: Words) -> dict[str, str]:
        """A moment as sentences want it: its `clock` and its `day`."""
        return {"clock": w.clock(moment, self.zone), "day": w.day(moment, self.now, self.zone)}


def shown(view: MatterPage, status: int = 200, who: SignedIn | None = None, root: str = "") -> HTMLResponse:
    """The page as an answer, to whoever is signed in; `root` is the path under which the site lies."""
    given = {"who": who, "page": "", "view": view, "root": root, "leads": address_of}
    return page.shown("matter.html", view.languages[0], status, **given)
