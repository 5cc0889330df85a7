"""How many mails of less weight somebody gets, and what goes together in their place. Pure.

Eight a day for a person and school: notices and questions of severity 3, mails of cases, mornings. What is
over goes in one list at 17:00, when the day ends. From the sixth first notice within an hour those below
severity 4 go together each ten minutes. No row of the table of an alarm, no code, no answer and no bare fact
for somebody threatened counts or waits; nor does a first notice of danger wait for the list of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from data.store.messages.deliveries import LIST, Queued
from data.types import Route, Severity

CEILING = 8
"""So many of them a day reach a person from a school one by one."""
LISTED_AT = time(17)
_LONDON = ZoneInfo("Europe/London")
SINGLY = 5
"""So many first notices within an hour go singly."""
_RUSH, TOGETHER = timedelta(hours=1), timedelta(minutes=10)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What waits: `held` are keys of what does not go singly now, `lists` what goes together now, each of one
    person and school; `until` is when the day ends."""

    held: frozenset[str]
    lists: tuple[tuple[Queued, ...], ...]
    until: datetime


def plan(rows: Sequence[Queued], now: datetime) -> Plan:
    """Works out which of these go now; `rows` are what is due and waits, and what went out in two days."""
    began = day_of(now)
    held: set[str] = set()
    lists: list[tuple[Queued, ...]] = []
    ordered = sorted(rows, key=lambda r: (r.person_id, r.urn))
    for _, group in groupby(ordered, key=lambda r: (r.person_id, r.urn)):
        mine = list(group)
        waiting = sorted((r for r in mine if r.went_at is None), key=lambda r: (-r.severity, r.due_at, r.key))
        late, over = _over_the_ceiling(mine, [r for r in waiting if counts(r)], began)
        rest = [r for r in waiting if r not in late and r not in over]
        together, soon = _in_a_rush(mine, rest, now)
        now_together = [*late, *together]
        if len(now_together) > 1:
            lists.append(tuple(now_together))
            held |= {r.key for r in now_together}
        held |= {r.key for r in (*over, *soon)}
    return Plan(frozenset(held), tuple(lists), began + _DAY)


def counts(row: Queued) -> bool:
    """Is it one of those of which somebody gets eight a day?"""
    if row.kind in ("case", "morning"):
        return True
    if row.kind not in ("instant", "question") or row.route in _URGENT or row.violent:
        return False
    return row.severity < Severity.THIS_HOUR and bool(row.route)


_URGENT = frozenset(route.value for route in Route if route.urgent)


def day_of(moment: datetime) -> datetime:
    """When the day of that moment began: at the last 17:00 in London."""
    here = moment.astimezone(_LONDON)
    day = here.date() - (_DAY if here.time() < LISTED_AT else timedelta())
    return datetime.combine(day, LISTED_AT, _LONDON).astimezone(UTC)


def _over_the_ceiling(
    mine: Sequence[Queued], waiting: Sequence[Queued], began: datetime
) -> tuple[list[Queued], list[Queued]]:
    """Of those that wait and count: what was over yesterday, and what is today."""
    before = _gone(mine, began - _DAY, began)
    late = [r for r in waiting if r.due_at < began and before >= CEILING]
    left = max(CEILING - _gone(mine, began, began + 2 * _DAY), 0)
    return late, [r for r in waiting if r not in late][left:]


def _gone(mine: Iterable[Queued], since: datetime, until: datetime) -> int:
    went = (r.went_at for r in mine if r.went_at is not None and (counts(r) or r.kind == LIST))
    return sum(since <= at < until for at in went)


def _in_a_rush(
    mine: Sequence[Queued], waiting: Sequence[Queued], now: datetime
) -> tuple[list[Queued], list[Queued]]:
    """Of the first notices that wait: what goes together now, and what at the next ten minutes."""
    lately = sum(r.kind == "instant" and r.went_at is not None and now - _RUSH < r.went_at for r in mine)
    notices = [r for r in waiting if r.kind == "instant"][max(SINGLY - lately, 0) :]
    able = [r for r in notices if r.route and r.severity < Severity.THIS_HOUR and not r.violent]
    return [r for r in able if _mark(r.due_at) <= now], [r for r in able if _mark(r.due_at) > now]


def _mark(moment: datetime) -> datetime:
    """The next full ten minutes."""
    past = timedelta(minutes=moment.minute % 10, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + (TOGETHER if past else timedelta())


def twins(held: Iterable[str], rows: Iterable[Queued]) -> Iterator[str]:
    """The keys of the short messages that go beside these mails."""
    of = {(r.person_id, r.alert_id, r.times) for r in rows if r.key in frozenset(held)}
    yield from (r.key for r in rows if r.chat and (r.person_id, r.alert_id, r.times) in of)
