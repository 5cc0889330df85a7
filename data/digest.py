"""Facts of the daily digest besides the matters (`data.matters`), as read from the store."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from data.frozen import freeze
from data.types import Escalation


@freeze
class Window:
    """The time a digest covers: from `since` (included) to `until` (excluded). Aware, UTC."""

    since: datetime
    until: datetime


@freeze
class Edition:
    """One digest composed for one person. `period` is its day, as 2026-11-17. `outbox_key` is None where
    there was nothing to send."""

    kind: str
    urn: str
    period: str
    person_id: str
    covers: Window
    outbox_key: str | None
    composed_at: datetime


class Fate(StrEnum):
    """The fate of a message that may not have arrived."""

    FAILED = "failed"
    UNSURE = "unsure"


@freeze
class Headline:
    """A news article's title as it was published, its address, and the sources that carried it."""

    title: str
    url: str | None
    source_ids: tuple[str, ...]


@freeze
class Surge:
    """A surge of talk that people were told of, or a rush `of_reviews`; `lasted_to`: when it last went on."""

    urn: str
    began_at: datetime
    told_at: datetime
    mentions: int
    usual: float
    themes: tuple[str, ...]
    lasted_to: datetime
    of_reviews: bool = False


@freeze
class Drill:
    """A school's drill of the alarm in one term, as far as it went: the `days` it was announced for, when it
    began, who was `told` at first (ids) and `asked` since, who has it, and when it was over."""

    id: str
    urn: str
    days: frozenset[date] = frozenset()
    begun_at: datetime | None = None
    told: tuple[str, ...] = ()
    asked: tuple[Escalation, ...] = ()
    taken_by: str | None = None
    over_at: datetime | None = None

    @property
    def runs(self) -> bool:
        return self.begun_at is not None and self.over_at is None

    @property
    def since(self) -> datetime:
        """When it began, of one that did."""
        assert self.begun_at is not None
        return self.begun_at


@freeze
class AccountAct:
    """The number of times that something was done on one of the school's own accounts: hidden, blocked and so
    on."""

    source_id: str
    action: str
    times: int


@freeze
class Undelivered:
    """A message other than a digest that was not sent, or may not have been."""

    person_id: str
    kind: str
    fate: Fate
    alert_id: str | None


@freeze
class ReadingCounts:
    """The numbers of posts that were new, and of places that could be read."""

    posts: int
    places: int
