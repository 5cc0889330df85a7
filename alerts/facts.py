"""Everything one school's digest is made from, gathered once, and what of it one reader is told. No words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.links import Links
from data.cases import Case, Profile
from data.digest import AccountAct, Drill, Fate, ReadingCounts, Surge, Undelivered, Window
from data.frozen import freeze
from data.matters import MatterView
from data.register.calendar import Calendar
from data.types import Alert, Outcome, PartReason, People, Person, School, Trouble


class Agenda(StrEnum):
    """The place of an open matter for a reader, in the order in which they read: first what may be a matter
    of 999, then what they have, what is late, and what nobody has. BEFORE was posted before we began; OTHERS
    have it, or it waits for somebody outside; PRAISE is worth passing on, UNSURE may be another school's."""

    DANGER = "danger"
    MINE = "mine"
    OVERDUE = "overdue"
    DECIDE = "decide"
    LOOK = "look"
    ANSWER = "answer"
    NEWS = "news"
    BEFORE = "before"
    OTHERS = "others"
    PRAISE = "praise"
    UNSURE = "unsure"


class Phrase(StrEnum):
    """The wording of a matter: as a threat to its reader, as danger that only wrongs them, as danger, by its
    number alone, as something to decide, as a case, as in somebody's hands, as a question, as news, as what
    people say."""

    TO_YOU = "to_you"
    OF_YOU = "of_you"
    DANGER = "danger"
    NUMBER = "number"
    DECISION = "decision"
    CASE = "case"
    HELD = "held"
    LOOK = "look"
    NEWS = "news"
    SAYING = "saying"


NAMED = 7
"""The number of matters that a digest names, and Today of each group: what a head reads in a minute. What may
be danger or severity 4 is always named."""


class Blind(StrEnum):
    """Why a place was not seen."""

    FAILED = "failed"
    SILENT = "silent"
    NOT_ASKED = "not_asked"
    BEHIND = "behind"
    """It was due, and we did not get to it: a fault of ours."""
    NOT_RUNNING = "not_running"
    """It was due while the service did not run, and its turn has not come since."""
    FIRST = "first"
    """It was set up, and its first turn has not come."""
    UNMATCHED = "unmatched"
    """Its query has found nothing for a month."""
    CUT = "cut"
    """Its query finds more than is read."""


WAITING = (Blind.NOT_RUNNING, Blind.FIRST)
"""Nothing is wrong with such a place: only its turn is still to come."""
_TO_PUT_RIGHT = (Outcome.MISCONFIGURED, Outcome.DISABLED, Outcome.GONE, Outcome.OUR_FAULT)


@freeze
class NotSeen:
    """A place not seen, silent, not asked (`since` if known), read in part (`reasons`), or `read` lately. Of
    one with a key `detail` says what is wrong with the key, or when asking goes on."""

    name: str
    why: Blind
    outcome: Outcome | None = None
    since: datetime | None = None
    reasons: tuple[PartReason, ...] = ()
    read: bool = False
    detail: str = ""

    @property
    def needs_work(self) -> bool:
        """Is somebody to put it right, since waiting does not?"""
        return self.why in (Blind.BEHIND, Blind.CUT) or self.outcome in _TO_PUT_RIGHT

    @property
    def only_late(self) -> bool:
        """Was it read, and only not again since it was due?"""
        return self.read and self.why is Blind.BEHIND


@freeze
class Facts:
    """The facts of one school within one window. `people` are those who belong to it, `policy` is its own.

    `older` is what was posted long before its place was first read, apart from `stories`. `source_names`
    names sources by id, for accounts and newspapers; `papers` are the ids of those whose name is an outlet's,
    so no searches. `no_notice` names own accounts whose notice is missing; `off` counts places that are
    switched off, and `set_up` names those that are read, both in the first digest alone; `off_now` names
    those that were switched off within the window. `lost` are a person's earlier digests that did not surely
    arrive. `last_read` is when any place was last read, whether within the window or not. `troubles` are our
    own of that time. `unsigned` is the week of the newest governors' report and when it was composed, while
    it may be signed and nobody has. `excerpts` says whose words may stand in a mail: those of public posts,
    of news articles, or none. `unanswered` is what wants an answer since before the window, of which
    `unlisted` more are counted alone; `long_had` says of each matter that was taken over a fortnight ago, and
    never ended, who was told of it or has it. `raised` are the alerts of `stories` and `marked`, by
    story, also those that are finished. `locked` are the stories (ids) of a locked case. `links` are how the
    pages of ours are addressed; `drill_next` is the id of a drill that may be held on the next school day,
    and that day; `drill` one that ended within the window. `chain_end` is the end of the record, for its
    `witness` (a person's id) to keep. `over` are matters that a later post may have ended, by story: the
    number, and who (ids) may say so. `label_lines` say from which score (0..1) a label of abuse holds.
    `mails`: email goes out, or is meant to."""

    school: School
    day: date
    school_day: bool
    window: Window
    now: datetime
    zone: ZoneInfo
    people: People
    reading: ReadingCounts = ReadingCounts(0, 0)
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
    spikes: tuple[Surge, ...] = ()
    no_notice: tuple[str, ...] = ()
    acts: tuple[AccountAct, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    mails: bool = True
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
    drill_next: tuple[str, date] | None = None
    drill: Drill | None = None
    chain_end: str = ""
    witness: str | None = None
    over: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    policy: Profile = field(default_factory=Profile)

    def cases_of(self, story_id: str) -> list[Case]:
        """List the cases of a story."""
        return [case for view in self.cases if view.story_id == story_id for case in view.cases]

    @property
    def unseen(self) -> tuple[NotSeen, ...]:
        """List the places that count as not seen: not those only late, or awaiting a service just begun."""
        return tuple(n for n in self.not_seen if n.why not in WAITING and not n.only_late)

    @property
    def first_looks(self) -> int:
        """The number of places at which a first look is due; 0 where any was asked."""
        first = {n.why for n in self.not_seen} == {Blind.FIRST} and not self.last_read
        return len(self.not_seen) if first else 0

    @property
    def places(self) -> int:
        """The number of places that were read, and are none of the `unseen`."""
        return max(self.reading.places - sum(n.read for n in self.unseen), 0) or self.reading.places


@freeze
class OpenMatter:
    """A matter as its reader may know it, where it is for them and how it is worded; of a danger what nobody
    has recorded yet: `police`, `target`, `site`; whether it `may_be_over`; `late` where a time in a case of
    it has run out."""

    view: MatterView
    group: Agenda
    wording: Phrase
    unrecorded: tuple[str, ...] = ()
    late: bool = False
    may_be_over: bool = False


@freeze
class Selection:
    """The matters that are open for one person, and what was said, still without words; no matter stands in
    it twice.

    `matters` are in the order of their groups. `alone`: their part of it is all that they are sent.
    `new_to_decide` counts what was raised within the window and nobody has, `more_looks` what is less likely
    to matter and is not shown, `long_open` what has been open for longer than is listed. `about` counts the
    posts about the school that this person may know of, `older` those from before we began; `with_dsl`
    restricted matters, 0 where not even their number may be told; `open_to_others` says to who would act if
    head and chair are out that something serious is open of which they are told nothing."""

    person: Person
    matters: tuple[OpenMatter, ...] = ()
    alone: bool = False
    new_to_decide: int = 0
    more_looks: int = 0
    long_open: int = 0
    undelivered: tuple[Undelivered, ...] = ()
    about: int = 0
    older: int = 0
    with_dsl: int = 0
    open_to_others: bool = False

    def of(self, *groups: Agenda) -> tuple[OpenMatter, ...]:
        return tuple(one for one in self.matters if one.group in groups)

    @property
    def quiet(self) -> bool:
        """Was nothing said that this person is told of, and does nothing wait for them?"""
        return not self.long_open and all(one.group is Agenda.UNSURE for one in self.matters)


@freeze
class SchoolPart:
    facts: Facts
    chosen: Selection
