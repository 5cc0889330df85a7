"""Who is asked again about a matter in which nothing is recorded: taking it is not finishing it. Pure.

Of severity 4, whoever has it is asked an hour after they took it, and an hour later the next who may act. Of
severity 3, whoever has it is asked at 15:00 on the day it is due, and the next who may act in the morning
after; likewise, or the first who was told of it, of an allegation against staff that the local authority's
designated officer (LADO) was not told of (Keeping Children Safe in Education, part four). Each is asked once
for each time that it was taken, in working hours of what is told in these; whoever is next, and is sent a
digest, reads it there that morning, where it is no secret. What nobody has is for `escalation`.
Whoever wanted to be asked again is, at the time they said, beside all else; and whoever gave it away for a
while at the end of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from alerts.access.recipients import asked_next, leadership, notified_so_far
from alerts.next_date import OPENS, SchoolDays, due_at
from data.judged import is_of_this_hour
from data.matters import DECIDE, LADO, Holder, NextDate
from data.people import away
from data.types import Alert, Escalation, Mark, Owner, Person, School, StillOpen

HOUR = timedelta(hours=1)
ASKED_AT = time(15)
"""Early enough in the afternoon that somebody can still act that day."""
_LEAST = timedelta(hours=2)
"""Nobody is asked again sooner after they were told."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The matter that is not done with: its alert, who has it, and what is `due` in it (DECIDE and LADO
    alone). `recorded_at` is when somebody last recorded that something was done, `owner` who is recorded to
    have it, with nobody by whom it was given where they may not have it back; the holder may have left since.
    `targets` are those it is aimed at (ids), who are never asked; `marks` what the holder may mark it as."""

    alert: Alert
    holder: Holder | None
    due: tuple[NextDate, ...] = ()
    recorded_at: datetime | None = None
    owner: Owner | None = None
    targets: frozenset[str] = frozenset()
    marks: tuple[Mark, ...] = ()

    @property
    def since(self) -> datetime:
        """Since when it waits for whoever has it, or for anybody."""
        had = [has for has in (self.holder and self.holder.since, self.owner and self.owner.at) if has]
        return max([self.alert.raised_at, *had])


def ask_again(
    matter: Unfinished,
    made: Sequence[Escalation],
    people: Sequence[Person],
    school: School,
    days: SchoolDays,
    now: datetime,
) -> Escalation | None:
    """The question that is due now, None where none is; `made` are all steps of its alert so far."""
    alert, told_daily = matter.alert, {p.id for p in leadership(school, people)}
    mine = [s for s in made if s.times == alert.times]
    for about, since, times in _moments(matter, days):
        asked = [s for s in mine if s.about is about and s.told_at >= since]
        if len(asked) < len(times) and now >= max([times[len(asked)], *(s.told_at + HOUR for s in asked)]):
            who = _whom(matter, about, [s.person_id for s in asked], mine, people, school, now)
            in_digest = asked and about is StillOpen.DUE and not alert.restricted and who in told_daily
            if who is not None and not in_digest:
                return Escalation(alert.id, alert.urn, alert.times, len(mine) + 1, who, now, about)
    return None


def next_asking_at(
    matter: Unfinished, made: Sequence[Escalation], days: SchoolDays, now: datetime
) -> datetime | None:
    """Return the soonest time at which something may be asked of it, as it is now; None where never."""
    times = (at for _, _, times in _moments(matter, days) for at in times)
    return min((at for at in (*times, *(s.told_at + HOUR for s in made)) if at > now), default=None)


def _moments(
    matter: Unfinished, days: SchoolDays
) -> Iterator[tuple[StillOpen, datetime, tuple[datetime, ...]]]:
    """List what is asked, since when questions about it count, and when the first and next are asked."""
    since, grave = matter.since, is_of_this_hour(matter.alert)
    lado, had = any(due.clock == LADO for due in matter.due), (matter.holder or matter.owner) is not None
    done = matter.recorded_at is not None and matter.recorded_at >= since
    if matter.owner is not None and matter.owner.until is not None:
        yield StillOpen.BACK, matter.owner.until, (matter.owner.until,)
    if matter.owner is not None and matter.owner.ask_at is not None and matter.holder is not None:
        yield StillOpen.OWN_DATE, matter.owner.ask_at, (matter.owner.ask_at,)
    if grave and had and not done:
        yield StillOpen.UNDONE, since, (since + HOUR, since + 2 * HOUR)
    for due in matter.due:
        if due.clock == LADO:
            yield StillOpen.LADO, since, _by_day(matter, due, days)
        elif due.clock == DECIDE and had and not (grave or done or lado):
            yield StillOpen.DUE, since, _by_day(matter, due, days)


def _by_day(matter: Unfinished, due: NextDate, days: SchoolDays) -> tuple[datetime, datetime]:
    """At 15:00 on the last day, and in the morning after."""
    day = (due.at - timedelta(microseconds=1)).astimezone(days.zone).date()
    told = due_at(matter.alert, matter.since, days.zone, days.calendar) + _LEAST
    first = max(datetime.combine(day, ASKED_AT, days.zone), told)
    first = due_at(matter.alert, first, days.zone, days.calendar)
    morning = datetime.combine(first.astimezone(days.zone).date() + timedelta(days=1), OPENS, days.zone)
    return first, due_at(matter.alert, morning, days.zone, days.calendar)


def _whom(
    matter: Unfinished,
    about: StillOpen,
    asked: Sequence[str | None],
    made: Sequence[Escalation],
    people: Sequence[Person],
    school: School,
    now: datetime,
) -> str | None:
    """Find who has it or was told first; then, or where away, the next in order who may act."""
    order = asked_next(matter.alert, people, school, now)
    out = {*asked, *matter.targets, *matter.alert.excluded, *away(people, now)}
    if about is StillOpen.BACK and matter.owner is not None and matter.owner.by not in {"", *out}:
        return matter.owner.by
    holder = matter.holder.person if matter.holder else None
    if holder is not None and about is not StillOpen.BACK and not asked and holder not in out:
        return holder
    if about is StillOpen.OWN_DATE:  # it is theirs alone, and waits for them
        return None
    told = notified_so_far(matter.alert, made) if holder is None and not asked else ()
    may = (*(p for p in told if p in order), *order)
    return next((p for p in may if p not in out and p != holder), None)
