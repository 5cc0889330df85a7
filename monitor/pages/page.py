"""What a page holds, before it is HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from data.matters import PostView
from data.words.say import Words
from monitor.pages.forms import Tap

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence, and the language it is in."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class PageButton:
    """`quiet` is every button but the one that most people want."""

    act: Tap
    label: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class MatterPage:
    """One page. `proof` and `told_so_far` go into its form, which has no button where there is nothing to do.

    `said` is what became of what was just done; `facts` are each a heading and what it says. `original` is
    the address of the post, `opens` says whether restricted ones may be opened from here; `after` is said
    below the posts; `command` is what to type where the page cannot help.
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
    means: str = ""
    proof: str = ""
    told_so_far: str = ""
    command: str = ""


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
