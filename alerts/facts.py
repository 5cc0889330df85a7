"""Everything one school's digest is made from, gathered once, and what of it one reader is told. No words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.links import Links
from data.digest import AccountAct, Fate, ReadingCounts, ToldSpike, Undelivered, Window
from data.matters import MatterView
from data.register.calendar import Calendar
from data.types import Alert, Outcome, PartReason, Person, School, Trouble

SHOWN: Mapping[str, int] = {
    "decide": 8,
    "handed": 12,
    "look": 4,
    "unread": 12,
    "answer": 6,
    "unanswered": 4,
    "news": 12,
    "before": 6,
    "praise": 4,
    "waiting": 8,
    "in_hand": 4,
    "answered": 4,
    "not_seen": 6,
    "unsure": 3,
}
"""At most so many lines of each section of a digest."""


class Blind(StrEnum):
    """Why a place was not seen."""

    FAILED = "failed"
    SILENT = "silent"
    NOT_ASKED = "not_asked"
    BEHIND = "behind"
    """It was due, and we did not get to it: a fault of ours."""
    NOT_RUNNING = "not_running"
    """It was due while the service did not run, and its turn has not come since."""


@dataclass(frozen=True, slots=True)
class NotSeen:
    """A place that could not be seen, has fallen silent or was not asked; `since` where that is known.

    `reasons` say why it was read only in part; `read` says that it was read within the window.
    """

    name: str
    why: Blind
    outcome: Outcome | None = None
    since: datetime | None = None
    reasons: tuple[PartReason, ...] = ()
    read: bool = False

    @property
    def only_late(self) -> bool:
        """Was it read, and only not again since it was due?"""
        return self.read and self.why is Blind.BEHIND


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to one school within one window. `people` are those who belong to it.

    `older` is what was posted long before its place was first read, apart from `stories`.
    `source_names` names sources by id, for accounts and newspapers; `papers` are the ids of those whose
    name is an outlet's, so no searches. `no_notice` names own accounts whose notice is missing; `off`
    counts places that are switched off, and `set_up` names those that are read, both in the first digest
    alone; `off_now` names those that were switched off within the window. `lost` are a person's earlier
    digests that did not surely arrive.
    `last_read` is when any place was last read, whether within the window or not. `troubles` are our own of
    that time. `unsigned` is the week of the newest governors' report and when it
    was composed, while it may be signed and nobody has.
    `excerpts` says whose words may stand in a mail: those of public posts, of news articles, or none.
    `unanswered` is what wants an answer since before the window, newest first, of which `unlisted` more are
    counted alone; `long_had` says of each matter that was taken over a fortnight ago, and never ended, who
    was told of it or has it.
    `raised` are the alerts of `stories` and `marked`, by story, also those that are finished.
    `locked` are the stories (ids) of a locked case. `links` are how the pages of ours are addressed;
    `label_lines` say from which score (0..1) a label of abuse holds.
    """

    school: School
    day: date
    school_day: bool
    window: Window
    now: datetime
    zone: ZoneInfo
    people: tuple[Person, ...]
    reading: ReadingCounts = field(default_factory=lambda: ReadingCounts(0, 0))
    last_read: datetime | None = None
    stories: tuple[MatterView, ...] = ()
    older: tuple[MatterView, ...] = ()
    alerts: tuple[MatterView, ...] = ()
    cases: tuple[MatterView, ...] = ()
    marked: tuple[MatterView, ...] = ()
    unanswered: tuple[MatterView, ...] = ()
    unlisted: int = 0
    long_had: tuple[frozenset[str], ...] = ()
    raised: Mapping[str, Alert] = field(default_factory=dict)
    spikes: tuple[ToldSpike, ...] = ()
    no_notice: tuple[str, ...] = ()
    acts: tuple[AccountAct, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    not_seen: tuple[NotSeen, ...] = ()
    off: int = 0
    off_now: tuple[str, ...] = ()
    set_up: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    unsigned: tuple[str, datetime] | None = None
    lost: Mapping[str, tuple[tuple[date, Fate], ...]] = field(default_factory=dict)
    source_names: Mapping[str, str] = field(default_factory=dict)
    papers: frozenset[str] = frozenset()
    excerpts: Literal["public", "news", "none"] = "public"
    locked: frozenset[str] = frozenset()
    links: Links = field(default_factory=Links)
    look_share: float = 0.125
    calendar: Calendar = field(default_factory=Calendar)
    label_lines: Mapping[str, float] = field(default_factory=dict)

    @property
    def unseen(self) -> tuple[NotSeen, ...]:
        """The places that count as not seen: neither those that were only late, nor what waits for a service
        that has only begun."""
        return tuple(n for n in self.not_seen if n.why is not Blind.NOT_RUNNING and not n.only_late)

    @property
    def places(self) -> int:
        """How many places were read, and are none of the `unseen`."""
        return max(self.reading.places - sum(n.read for n in self.unseen), 0) or self.reading.places


@dataclass(frozen=True, slots=True)
class OpenDanger:
    """An open matter of 999, and what of it nobody has recorded yet: `police`, `target`, `site`."""

    view: MatterView
    unrecorded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """One person's digest, still without words: each matter as they may know it.

    `danger` is what may be a matter of 999, whoever has it; `restricted` the restricted matters that this
    person sees to, of which no more than number and days is in here. `alone`: they are sent nothing else.
    `before` is what is grave and was posted before we began, unless it alerted; `before_looks` counts the
    stories of then that are worth a look. `news` is what was in the press; `answered` what somebody said is
    answered, once; `taken` what somebody took and has. What is to be decided has its `cases` with it.
    `about` counts the posts about the school that this person may know of, `older` those from before we
    began; `unanswered` is what still wants an answer since before, `long_open` how much more has been open
    for longer; `more_looks` those less likely to matter that are not shown; `unread` those in a language that
    nobody judged, beside them; `unsure` stories that may be another school's and stand nowhere else;
    `with_dsl` restricted matters, 0 where not even their number may be told. Nothing stands in two of these.
    `handed` is what somebody handed in, to be looked at.
    """

    person: Person
    danger: tuple[OpenDanger, ...] = ()
    restricted: tuple[MatterView, ...] = ()
    alone: bool = False
    decide: tuple[MatterView, ...] = ()
    new_to_decide: int = 0
    in_hand: tuple[MatterView, ...] = ()
    handed: tuple[MatterView, ...] = ()
    looks: tuple[MatterView, ...] = ()
    unread: tuple[MatterView, ...] = ()
    more_looks: int = 0
    answer: tuple[MatterView, ...] = ()
    unanswered: tuple[MatterView, ...] = ()
    long_open: int = 0
    news: tuple[MatterView, ...] = ()
    before: tuple[MatterView, ...] = ()
    before_looks: int = 0
    praise: tuple[MatterView, ...] = ()
    answered: tuple[MatterView, ...] = ()
    taken: tuple[MatterView, ...] = ()
    cases: tuple[MatterView, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    about: int = 0
    older: int = 0
    unsure: tuple[MatterView, ...] = ()
    with_dsl: int = 0

    @property
    def quiet(self) -> bool:
        """Nothing was said that this person is told of, and nothing waits for them."""
        first = self.danger or self.restricted
        waiting = first or self.decide or self.in_hand or self.answered or self.taken or self.cases
        said = self.handed or self.looks or self.unread or self.answer or self.news or self.praise
        left = self.unanswered or self.long_open or self.before or self.before_looks
        return not (waiting or said or left)


@dataclass(frozen=True, slots=True)
class SchoolPart:
    """One school of somebody's: what happened there, and what of it they are told."""

    facts: Facts
    chosen: Selection
