"""The table of an alarm: who is asked about what nobody has in hand, how long after it was raised, and how
much they are told. Pure; docs/access.md prints it.

Of severity 4, and of violence, nobody waits for working hours. Once the table has ended somebody is asked
each morning, two hours before a time that its post names, and when it grows, until somebody has it. What else
is of severity 3 is asked about once more, at 08:00 the next morning, where that morning's digest has not
named it to them. Whoever may be its subject stands in no row, in any role they hold.

Taking it is not finishing it, so it is asked again. Of severity 4, whoever has it is asked an hour after they
took it, and an hour later the next who may act. Of severity 3, whoever has it is asked at 15:00 on the day it
is due, and the next who may act in the morning after; likewise, or the first who was told of it, of an
allegation against staff that the local authority's designated officer (LADO) was not told of (Keeping
Children Safe in Education, part four). Each is asked once for each time that it was taken, in working hours
of what is told in these; whoever is next, and is sent a digest, reads it there that morning, where it is no
secret. Whoever wanted to be asked again is, at the time they said, beside all else; and whoever gave it away
for a while at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from alerts.access.matter import Matter, free_of_it, has_conflict
from alerts.access.recipients import (
    all_who_may_know,
    asked_next,
    leadership,
    next_office,
    notified_so_far,
    overseers_of,
    people_for_repairs,
    to_remind,
    who_remains,
)
from alerts.next_date import OPENS, SchoolDays, due_at, named_moment
from data.frozen import freeze
from data.judged import is_of_this_hour
from data.matters import DECIDE, LADO, Holder, NextDate, SaidTime
from data.people import away, people_of
from data.register.calendar import local_day
from data.steps.codes import BypassRoute
from data.types import Alert, Escalation, Mark, Owner, Person, Route, School, Severity, StillOpen

HOUR = timedelta(hours=1)
ASKED_AT = time(15)
"""Early enough in the afternoon that somebody can still act that day."""
_LEAST = timedelta(hours=2)
"""Nobody is asked again sooner after they were told."""


@freeze
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
    day = local_day(due.at - timedelta(microseconds=1), days.zone)
    told = due_at(matter.alert, matter.since, days.zone, days.calendar) + _LEAST
    first = max(datetime.combine(day, ASKED_AT, days.zone), told)
    first = due_at(matter.alert, first, days.zone, days.calendar)
    morning = datetime.combine(local_day(first, days.zone) + timedelta(days=1), OPENS, days.zone)
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


class AlarmAudience(StrEnum):
    """The people who stand in a row of the table."""

    FIRST = "first"
    """Everybody whom the table of recipients tells at once."""
    NEXT = "next"
    """The next office that may be asked, of which somebody was not."""
    ALL = "all"
    """Everybody who may read it."""
    OVERSEER = "overseer"
    """The chair, or the trust's or the authority's contact."""
    ENDANGERED = "endangered"
    """Whoever it threatens or was warned of it."""
    MENDER = "mender"
    """IT, where it may not mean them."""


@freeze
class Row:
    """The step that comes so many `minutes` after it was raised: who is `asked` with all that a mail may say,
    by every way there is; who `by_number`, and who learns the bare `fact`, by mail."""

    minutes: int
    asked: tuple[AlarmAudience, ...]
    by_number: tuple[AlarmAudience, ...] = ()
    fact: tuple[AlarmAudience, ...] = ()

    @property
    def after(self) -> timedelta:
        return timedelta(minutes=self.minutes)


TABLE: tuple[Row, ...] = (
    Row(0, (AlarmAudience.FIRST,), fact=(AlarmAudience.ENDANGERED,)),
    Row(15, (AlarmAudience.FIRST, AlarmAudience.NEXT)),
    Row(30, (AlarmAudience.NEXT,), fact=(AlarmAudience.ENDANGERED,)),
    Row(60, (AlarmAudience.ALL,), by_number=(AlarmAudience.OVERSEER,), fact=(AlarmAudience.MENDER,)),
)
"""The steps of an alarm that nobody has taken. The first row is the alert itself."""
ENDS = TABLE[-1].after
MORNING = time(7)
"""When it is asked about once the table has ended, each day of the year, local time."""
_LATEST = timedelta(hours=12)
"""A morning that nothing ran in is made up for until so long after it."""
PATIENCE = 2
"""After so many mornings the overseer is asked, too."""
BEFORE = timedelta(hours=2)
"""So long before a time that the post names somebody is asked."""
LOOKED_BACK = timedelta(days=3)
"""What was raised longer ago, while nothing ran, is left to the mornings: nobody is woken for it."""


@freeze
class Call:
    """The call that is due of one alert now: the `steps` of those who are asked, the last `row` of the table
    that is due, or `why` somebody is asked beside it; who is told the bare fact (ids), and which of IT are
    told."""

    steps: tuple[Escalation, ...]
    row: Row | None = None
    why: Occasion | None = None
    fact: tuple[str, ...] = ()
    menders: tuple[str, ...] = ()


@freeze
class Open:
    """An alert that nobody has in hand, and what decides who is asked: the `matter` that it is, the steps of
    all times that it was raised, a time that its post names, and when its newest post was first seen."""

    alert: Alert
    matter: Matter
    made: Sequence[Escalation] = ()
    said: SaidTime | None = None
    grown_at: datetime | None = None

    @property
    def targets(self) -> frozenset[str]:
        return self.matter.threatened

    @property
    def steps(self) -> list[Escalation]:
        """Those of this time that it was raised."""
        return [s for s in self.made if s.times == self.alert.times]

    @property
    def asked_at(self) -> list[datetime]:
        """When somebody was asked since nobody has it."""
        return [s.told_at for s in self.steps if s.about in UNANSWERED]

    @property
    def has_ended(self) -> bool:
        return any(at - self.alert.raised_at >= ENDS for at in self.asked_at)


UNANSWERED = (StillOpen.UNTAKEN, StillOpen.BY_NUMBER)


def call(it: Open, people: Sequence[Person], school: School, days: SchoolDays, now: datetime) -> Call | None:
    """Find who is asked now, None where nobody is; what was missed is made up for at once."""
    grave = is_of_this_hour(it.alert)
    if not grave and it.alert.severity < Severity.TODAY:
        return None
    if (grave or not it.alert.audience) and (rows := _rows_due(it, people, now)):
        return _by_rows(it, rows, people, school, now)
    if (why := _why_now(it, days, now)) is None:
        return None
    # the steps beside the table: of those asked each morning, later of the overseer too
    here = people_of(school, people)
    first, last = (_morning_of(at, days.zone).date() for at in (it.alert.raised_at + ENDS, now))
    patient = not grave or (last - first).days <= PATIENCE
    asked = people_to_ask_in_morning(it, people, school, now)
    numbered = _left_by_number(it, asked, here, now)
    numbered = numbered if patient else overseers_of(it.matter, here, now) or numbered
    return Call(_steps(it, asked, numbered, here, now), why=why)


def _rows_due(it: Open, people: Sequence[Person], now: datetime) -> list[Row]:
    """The rows that are due and were not made: a row was, once somebody was asked at its time or later."""
    since, asked = it.alert.raised_at, it.asked_at
    if now - since > LOOKED_BACK:
        return []
    last = max(asked, default=since) - since
    due = [row for row in TABLE[1:] if last < row.after <= now - since]
    told = {*it.alert.audience, *(s.person_id for s in it.steps)}
    if not (due or asked) and now >= since and away(people, now).issuperset(told):
        return [TABLE[1]]
    return due


def _by_rows(it: Open, rows: Sequence[Row], people: Sequence[Person], school: School, now: datetime) -> Call:
    """All of these rows in one: each person is asked once, with words where any of them says so."""
    alert, here = it.alert, people_of(school, people)
    told = [*alert.audience, *(s.person_id for s in it.steps if s.person_id)]
    asked: list[str] = []
    for whom in (each for row in rows for each in row.asked):
        if whom is AlarmAudience.FIRST:
            asked += to_remind(alert, alert.audience, people, school, now, it.targets)
        elif whom is AlarmAudience.NEXT:
            asked += next_office(alert, people, school, now, {*told, *asked, *it.targets})
        else:
            able = all_who_may_know(it.matter, told, here)
            asked += to_remind(alert, able, people, school, now, it.targets)
    gone = away(people, now)
    asked = [p for p in asked if p not in gone] or asked
    numbered = [p for p in _left_by_number(it, asked, here, now) if p not in told]
    numbered = numbered or (overseers_of(it.matter, here, now) if any(row.by_number for row in rows) else [])
    steps = _steps(it, asked, numbered, here, now)
    fact = {each for row in rows for each in row.fact}
    warned = (*alert.audience[1:], *alert.warned) if AlarmAudience.ENDANGERED in fact else ()
    menders: tuple[str, ...] = ()
    if AlarmAudience.MENDER in fact:
        menders = _it_leads_to_ask(it, here, {*told, *(s.person_id or "" for s in steps)})
    # whoever reads that nobody has it needs no second mail that says so
    in_danger = {*it.matter.endangered, *alert.warned}.difference(s.person_id for s in steps)
    return Call(steps, rows[-1], None, tuple(p for p in dict.fromkeys(warned) if p in in_danger), menders)


def _left_by_number(it: Open, asked: Sequence[str], here: Sequence[Person], now: datetime) -> list[str]:
    """List the ids of who remains where nobody of those who may read it can be told."""
    return [] if it.alert.audience or asked else who_remains(it.matter, here, now)


def _it_leads_to_ask(it: Open, here: Sequence[Person], asked: Collection[str]) -> tuple[str, ...]:
    """Choose IT, unless it may mean them: nobody of the staff is told of an allegation that names nobody."""
    if it.matter.bypass is BypassRoute.STAFF_ALLEGATION and not it.matter.subjects:
        return ()
    out = {*asked, *it.alert.excluded, *it.targets, *it.alert.warned}
    able = (p for p in people_for_repairs(here) if p.email and p.id not in out)
    return tuple(p.id for p in able if not has_conflict(p, it.matter, here))


def tells_it(it: Open, here: Sequence[Person]) -> bool:
    """May whoever looks after the machine learn that it is unanswered?"""
    leads = {p.id for p in people_for_repairs(here)}
    return {*_it_leads_to_ask(it, here, ()), *it.alert.audience} >= leads and not leads & {*it.alert.excluded}


class Occasion(StrEnum):
    """Occasion somebody is asked once the table has ended."""

    MORNING = "morning"
    NAMED = "named"
    GREW = "grew"


def _why_now(it: Open, days: SchoolDays, now: datetime) -> Occasion | None:
    if not is_of_this_hour(it.alert):
        morning, again = _morning_of(now, days.zone, OPENS), next_morning(it.alert, days)
        late = morning - again >= LOOKED_BACK or now - morning >= _LATEST
        done = any(s.about in (*UNANSWERED, StillOpen.DUE) for s in it.steps)
        return Occasion.MORNING if again <= morning and not (late or done) else None
    morning, asked = _morning_of(now, days.zone), [a for a in it.asked_at if a <= now]
    ended = it.alert.raised_at + ENDS
    if now < ended:
        return None
    if morning >= ended and now - morning < _LATEST and not _asked_in(it, morning, morning + _DAY):
        return Occasion.MORNING
    named = named_moment(it.said, days.zone)
    if named is not None and ended <= named - BEFORE <= now < named:
        return None if _asked_in(it, named - BEFORE, named) else Occasion.NAMED
    grew = it.grown_at is not None and max(asked, default=ended) < it.grown_at <= now
    often = len({a for a in asked if a >= max(morning, ended)}) > 1  # beside the row, or the morning, itself
    return Occasion.GREW if grew and not often else None


_DAY = timedelta(days=1)


def _asked_in(it: Open, since: datetime, until: datetime) -> bool:
    return any(since <= a < until for a in it.asked_at)


def _morning_of(now: datetime, zone: ZoneInfo, at: time = MORNING) -> datetime:
    here = now.astimezone(zone)
    day = here.date() - (_DAY if here.time() < at else timedelta())
    return datetime.combine(day, at, zone).astimezone(UTC)


def next_morning(alert: Alert, days: SchoolDays) -> datetime:
    """When severity 3 is asked about again: the morning after, once the digest is out; for the lead alone on
    any day."""
    sent = due_at(alert, alert.raised_at, days.zone, days.calendar)
    ready = (sent + BEFORE).astimezone(days.zone)
    day = ready.date() + (_DAY if ready.time() > OPENS else timedelta())
    while alert.route is not Route.SAFEGUARDING and not days.calendar.working_day(day):
        day += _DAY
    return datetime.combine(day, OPENS, days.zone).astimezone(UTC)


def next_call_at(it: Open, days: SchoolDays, now: datetime) -> datetime:
    """Return the soonest time to come at which somebody may be asked, as far as it is known now."""
    named = named_moment(it.said, days.zone)
    times = [_morning_of(now + _DAY, days.zone, at) for at in (MORNING, OPENS)]
    times += [it.alert.raised_at + row.after for row in TABLE]
    times += [named - BEFORE] if named else []
    return min(at for at in times if at > now)


def people_to_ask_in_morning(it: Open, people: Sequence[Person], school: School, now: datetime) -> list[str]:
    """List the ids of who is asked beside the table: of severity 3 the first, else also the next office."""
    alert, here, grave = it.alert, people_of(school, people), is_of_this_hour(it.alert)
    asked = to_remind(alert, alert.audience, people, school, now, it.targets)
    asked = asked if grave else asked[:1]
    if grave or alert.route is Route.SAFEGUARDING:
        asked += next_office(alert, people, school, now, {*alert.audience, *it.targets})
    return _free(it, asked, here)


def _free(it: Open, asked: Sequence[str], here: Sequence[Person]) -> list[str]:
    """List those of these (ids) who may be asked: outside the audience, none with a conflict."""
    free = {*it.alert.audience, *(p.id for p in free_of_it(it.matter, here))}
    return [p for p in dict.fromkeys(asked) if p in free]


def _steps(
    it: Open, asked: Sequence[str], numbered: Sequence[str], here: Sequence[Person], now: datetime
) -> tuple[Escalation, ...]:
    """Make one step for each person who may be asked, of nobody where none is left."""
    first = Escalation(it.alert.id, it.alert.urn, it.alert.times, len(it.steps) + 1, None, now)
    who = [(p, StillOpen.UNTAKEN) for p in _free(it, asked, here)]
    known = {*asked, *it.alert.audience, *it.targets}
    who += [(p, StillOpen.BY_NUMBER) for p in numbered if p not in known]
    made = (replace(first, step=first.step + n, person_id=p, about=about) for n, (p, about) in enumerate(who))
    return tuple(made) or (first,)
