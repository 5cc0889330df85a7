"""What the daily digest is made from, as the store gives it: counts, codes and verdicts, no post's words.

The one text here is a news article's headline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.cases import Answer, Case
from data.types import Alert, Relevance, Verdict


@dataclass(frozen=True, slots=True)
class Window:
    """The time a digest covers: from `since`, included, to `until`, left out. Aware, UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """That a digest was composed for one person. `period` is the day, as 2026-11-17.

    `outbox_key` is None where there was nothing to send.
    """

    kind: str
    urn: str
    period: str
    person_id: str
    covers: Window
    outbox_key: str | None
    composed_at: datetime


class Fate(StrEnum):
    """What became of a message that nobody can count on."""

    FAILED = "failed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Headline:
    """A news article's title as it was published, its address, and the sources that carried it."""

    title: str
    url: str | None
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FreshStory:
    """The part of one story that was judged within a window; never of a restricted story.

    `top` is the gravest verdict, `look` the one that most wants a person's eye, `looks` all that want it,
    without their scores. `places` are hosts or channels, `people` numbers that stand for authors, `channels`
    the kinds of place, `look_channel` that of `look`. `kept_out` are ids of the subjects of its alert.
    `beside` is True in a thread that holds a restricted post, `heated` where somebody swore or insulted.
    """

    story_id: str
    relevance: Relevance
    mentions: int
    articles: int
    places: frozenset[str]
    people: frozenset[int]
    top: Verdict
    look: Verdict | None = None
    channels: frozenset[str] = frozenset()
    looks: tuple[Verdict, ...] = ()
    look_channel: str = ""
    headline: Headline | None = None
    kept_out: frozenset[str] = frozenset()
    beside: bool = False
    heated: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as it stands. `severe` are the verdicts on its story with severity 3 or more, `channels` the
    kinds of place where those posts stand.

    `told_at` is when it or something grave in its story was last written; `restricted` also where only
    its story is.
    """

    alert: Alert
    severe: tuple[Verdict, ...]
    told_at: datetime
    restricted: bool
    channels: tuple[str, ...] = ()
    perhaps_other: bool = False
    acked_by: str | None = None

    @property
    def open(self) -> bool:
        """Nobody has it in hand yet."""
        return self.acked_by is None


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case as it stands: open, held, or closed within the window; what happened to its post in that time.

    `restricted` also where only its story is. `severe` and `kept_out` are its story's grave verdicts and
    those whom its alert keeps out. `asked_at` is when consent was last asked; `gone_at` and `back_at` when
    its post was seen gone, or back again, within the window; `answer` is what came back from a rung in it.
    """

    case: Case
    restricted: bool
    severe: tuple[Verdict, ...] = ()
    kept_out: frozenset[str] = frozenset()
    asked_at: datetime | None = None
    gone_at: datetime | None = None
    back_at: datetime | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class ToldSpike:
    """More talk than usual, as it was told."""

    began_at: datetime
    mentions: int
    usual: float
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountAct:
    """How often something was done on one of the school's own accounts: hidden, blocked, …"""

    source_id: str
    action: str
    times: int


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message, no digest, that was not sent, or of which we cannot tell."""

    person_id: str
    kind: str
    fate: Fate
    alert_id: str | None


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """How many posts were new to us, and how many places could be read."""

    posts: int
    places: int
