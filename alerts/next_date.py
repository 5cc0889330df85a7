"""Say who has a matter, by when something is next to be done in it, and how and when people of its school are
reached: one answer for every list, page and mail. Pure.

Who is recorded has it: who acknowledged its alert, took what was never raised, or was given it, the last of
them; else whoever opened its case or acted in that last. Never somebody it may accuse or is aimed at. Beside
it what may be said of a story, “I have it” or “done with”, and by whom.

Of what nobody has, when somebody must have decided: within the hour, or on the day on which it is told. Of an
allegation against staff in England, the working day in which the LADO is told (Keeping Children Safe in
Education, part four). Of personal data out, the 72 hours in which the Information Commissioner is (UK GDPR,
article 33). Of a case, its clocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, alleged_in, people_here, persons_meant
from alerts.access.offices import FACTS, Fact, facts_of_class
from alerts.links import Links
from data.cases import Case
from data.frozen import freeze
from data.judged import BY_MAIL, calls_for_alert, is_enquiry, is_of_this_hour, means_violence
from data.matters import (
    DECIDE,
    ICO,
    LADO,
    Having,
    Holder,
    MatterNote,
    MatterView,
    NextDate,
    SaidTime,
)
from data.register.calendar import Calendar, local_day
from data.steps.codes import BypassRoute
from data.types import Alert, Harm, Mark, Marked, Owner, Person, Severity, Verdict, Via
from data.words.say import LANGUAGES, words


def list_marks(
    person: Person,
    matter: Matter,
    people: Iterable[Person],
    alert: Alert | None,
    verdicts: Sequence[Verdict],
    cases: Iterable[Case] = (),
    *,
    had: bool = False,
) -> tuple[tuple[Mark, ...], bool]:
    """List the marks that this person may set on a story that has none which ends it; and whether they may
    say, with a reason, of what is grave that it is not about us, was no danger or is over, which takes two of
    them; nobody whom it threatens or may accuse is one of the two.

    `had` says that somebody has it already: then nobody takes it. What was raised as an alert is taken by
    acknowledging that. None of what is of severity 4, of the routes safeguarding and police_now, or
    restricted or locked; nor while a case of it is open, which ends by its own steps. An enquiry of the press
    is answered in a case, which says what was sent. Nobody says of what criticises them that it is not about
    us: it would leave what governors are told."""
    here, of_it = people_here(matter, people), list(cases)
    if any(case.locked for case in of_it) or access(person, matter, here) is not Access.WORDS:
        return (), False
    meant = person.id in alleged_in(verdicts, here) | matter.threatened | matter.endangered
    if may_be_danger(matter, alert, verdicts):
        return (), not meant
    if any(case.closed_at is None for case in of_it):
        return (), False
    take = () if had or alert is not None else (Mark.TAKEN,)
    not_us = () if meant else (Mark.NOT_US,)
    answered = () if any(map(is_enquiry, verdicts)) else (Mark.ANSWERED,)
    return (*take, *not_us, *answered), False


def undoable(marked: Marked, person: Person, cases: Iterable[Case] = ()) -> bool:
    """May this person take the mark back? What somebody has is theirs alone to give up; what also closed
    one of its `cases` stays."""
    closed = any(case.closed_at is not None and case.closed_at >= marked.at for case in cases)
    if marked.mark is Mark.MERGED or (marked.mark.ends and closed):
        return False
    return marked.mark.ends or marked.person_id == person.id


def may_be_danger(matter: Matter, alert: Alert | None, verdicts: Sequence[Verdict]) -> bool:
    """May it be danger: severity 4, past the ladder, restricted, violent? No one tap ends or delays that."""
    judged: list[Alert | Verdict] = [*([alert] if alert else ()), *verdicts]
    if matter.restricted or (alert is not None and means_violence(alert)):
        return True
    return any(j.severity >= Severity.THIS_HOUR or j.route.urgent for j in judged)


def find_holder(
    owner: Owner | None, cases: Sequence[Case] = (), kept_out: Collection[str] = ()
) -> Holder | None:
    """Find who has the matter, None where nobody has: by who is recorded (`owner`) and the open `cases` about
    it; nobody whom its alert keeps out, or whom it may accuse (`kept_out`, ids)."""
    still_open = [case for case in cases if case.closed_at is None]
    out = {*kept_out, *(person for case in still_open for person in (*case.subjects, case.target))}
    if owner is not None and owner.person not in out:
        took = Having.TAKEN if owner.taken else Having.ACKNOWLEDGED
        how = took if owner.by in ("", owner.person) else Having.GIVEN
        return Holder(owner.person, owner.at, how)
    acting = [
        Holder(case.acting, case.acting_at or case.opened_at, Having.ACTING)
        for case in still_open
        if case.acting is not None and case.acting not in out
    ]
    return max(acting, key=lambda t: t.since, default=None)


def put_off(owner: Owner | None, person: Person, day: date, zone: ZoneInfo) -> bool:
    """Does this person have it, and wish to be asked again on a later day? Others see it as before."""
    if owner is None or owner.ask_at is None or owner.person != person.id:
        return False
    return local_day(owner.ask_at, zone) > day


OPENS = time(8)
CLOSES = time(18)
_YEAR_DAYS = 366


def in_working_hours(now: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """Return `now` between 08:00 and 18:00 on a working day, else its next 08:00; zone of `now`."""
    local = now.astimezone(zone)
    if calendar.working_day(local.date()) and OPENS <= local.time() < CLOSES:
        return now
    first = local.date() + timedelta(days=local.time() >= OPENS)
    day = next(d for n in range(_YEAR_DAYS) if calendar.working_day(d := first + timedelta(days=n)))
    return datetime.combine(day, OPENS, zone).astimezone(now.tzinfo)


WAKES, MAILED, SLEEPS = time(7), time(7, 30), time(22)


def in_waking_hours(now: datetime, zone: ZoneInfo) -> datetime:
    """Return `now` between 07:00 and 22:00, else the next 07:30; in the zone of `now`."""
    local = now.astimezone(zone)
    if WAKES <= local.time() < SLEEPS:
        return now
    day = local.date() + timedelta(days=local.time() >= SLEEPS)
    return datetime.combine(day, MAILED, zone).astimezone(now.tzinfo)


def due_at(alert: Alert, now: datetime, zone: ZoneInfo, calendar: Calendar, via: Via = Via.MAIL) -> datetime:
    """When the alert goes out, aware, in the zone of `now`: at once for severity 4, danger, and the routes
    safeguarding and police_now; by mail, which wakes nobody, also for what the table of facts has so
    (Monkhouse 401; UK GDPR, article 33), and by chat of a fraud that comes by mail. Else between 08:00 and
    18:00 on a working day of the school."""
    if is_of_this_hour(alert) or alert.route.urgent:
        return now
    by_mail = via is Via.MAIL or any(reason.code == BY_MAIL for reason in alert.because)
    if by_mail and any(FACTS[fact].at_once for fact in facts_raised(alert)):
        return now
    return in_working_hours(now, zone, calendar)


def facts_raised(alert: Alert) -> set[Fact]:
    """The facts that an alert tells of."""
    known = {*facts_of_class(alert.content_class), *(reason.code for reason in alert.because)}
    return {fact for fact in FACTS if fact in known}


REPORTED_WITHIN = timedelta(hours=72)


def ico_by(alert: Alert | None, cases: Sequence[Case] = (), *, anyway: bool = False) -> datetime | None:
    """When the Information Commissioner is told at the latest, where personal data may be out: 72 hours, by
    day and night, after somebody of the school first read it (UK GDPR, article 33); None where none may be,
    they are told, or it was decided that they are not, unless asked `anyway`."""
    of_data = [case for case in cases if Fact.DATA_OUT in facts_of_class(case.content_class)]
    decided = [case.breach for case in cases if case.breach]
    settled = any(ICO in case.referred_to for case in cases) or (
        decided and not any(b.reports for b in decided)
    )
    if (settled and not anyway) or not (of_data or (alert and Fact.DATA_OUT in facts_raised(alert))):
        return None
    read = [case.opened_at for case in of_data] + ([alert.known_at or alert.raised_at] if alert else [])
    return min(read) + REPORTED_WITHIN


@freeze
class Means:
    """The school's zone and calendar, how links are made, and the ids of those who also get chat messages.
    `beside` holds, by id, the ids of those who read somebody's chat messages too, having the same address.
    `quotes` says that a public headline may stand in a mail; `support` is what is offered to a target, and
    who to ring."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    calendar: Calendar = field(default_factory=Calendar)
    links: Links = field(default_factory=Links)
    chats: frozenset[str] = frozenset()
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    quotes: bool = True
    support: str = ""


_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@freeze
class SchoolDays:
    nation: str
    zone: ZoneInfo
    calendar: Calendar


def next_date(
    alert: Alert | None,
    cases: Sequence[Case],
    days: SchoolDays,
    now: datetime,
    *,
    had: bool,
    lane: BypassRoute | None = None,
) -> NextDate | None:
    """Find what is due first in a matter, None where nothing is. `cases` are all about it, open or closed.
    `had` says that somebody has it; `lane` is the way past the removal ladder that its alert takes."""
    return min(next_dates(alert, cases, days, now, had=had, lane=lane), key=lambda d: d.at, default=None)


def next_dates(
    alert: Alert | None,
    cases: Sequence[Case],
    days: SchoolDays,
    now: datetime,
    *,
    had: bool,
    lane: BypassRoute | None = None,
) -> list[NextDate]:
    """All that is due in a matter; given as to `next_date`."""
    found: list[NextDate] = []
    for case in cases:
        found += [NextDate(wait.due_at, wait.clock, late=True) for wait in case.late(now)]
        if (due := case.due(now)) is not None and case.closed_at is None:
            found.append(NextDate(due.due_at, due.clock, late=False))
    if alert is not None and not had:
        found.append(to_decide(alert, days, now))
    ended, told = cases and all(c.closed_at for c in cases), any(LADO in c.referred_to for c in cases)
    alleged = BypassRoute.STAFF_ALLEGATION in (lane, *(c.lane for c in cases))
    if alleged and days.nation == "england" and not (ended or told):
        known = [c.opened_at for c in cases] + ([alert.raised_at] if alert else [])
        day = local_day(min(known), days.zone) + _DAY
        while not days.calendar.working_day(day):
            day += _DAY
        at = datetime.combine(day + _DAY, time(0), days.zone).astimezone(UTC)
        found.append(NextDate(at, LADO, late=at <= now))
    if not ended and (by := ico_by(alert, cases)) is not None:
        found.append(NextDate(by, ICO, late=by <= now))
    return found


def named_moment(said: SaidTime | None, zone: ZoneInfo) -> datetime | None:
    """Return the time that a post names, where it names day and hour."""
    if said is None or said.day is None or said.at is None:
        return None
    return datetime.combine(said.day, said.at, zone).astimezone(UTC)


def to_decide(alert: Alert, days: SchoolDays, now: datetime, said: SaidTime | None = None) -> NextDate:
    """When somebody must have decided what is to become of what nobody has, as its mail says: an hour after
    it is raised; of an enquiry of the press by the time that was `said`; else the day on which it is told."""
    named = named_moment(said, days.zone) if is_enquiry(alert) else None
    if is_of_this_hour(alert):
        at = alert.raised_at + _HOUR
    elif named is not None:
        at = named
    else:
        told = due_at(alert, alert.raised_at, days.zone, days.calendar)
        at = datetime.combine(local_day(told, days.zone) + _DAY, time(0), days.zone).astimezone(UTC)
    return NextDate(at, DECIDE, late=at <= now)


def is_past(said: SaidTime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Is the time over that a post surely names?"""
    if said is None or said.day is None or not said.sure:
        return False
    there = now.astimezone(zone)
    return (said.day, said.at or time.max) < (there.date(), there.time())


def list_safe(view: MatterView) -> frozenset[str]:
    """List who said since it was raised last, or others recorded of them, that they are safe (ids): in a
    case, or by a note."""
    said: dict[str, datetime] = {}
    for case in view.cases:
        if case.target and case.safe_at:
            said[case.target] = case.safe_at
    for note in view.notes:
        for w in map(words, LANGUAGES):
            if note.note == w("case.target.safe"):
                said[note.person_id] = note.written_at
            elif note.note == w("case.target.not_safe"):
                said.pop(note.person_id, None)
    return frozenset(person for person, at in said.items() if _since_raised(view, at))


def _since_raised(view: MatterView, at: datetime | None) -> bool:
    """Does it count: was it raised no second time since?"""
    again = view.raised_at if view.times > 1 else None
    return at is not None and (again is None or at >= again)


def is_decided(notes: Iterable[MatterNote], raised_at: datetime | None) -> bool:
    """Was it noted, since it was raised last, that it was answered outside this program, or is left?"""
    since = (note for note in notes if raised_at is not None and note.written_at >= raised_at)
    return any(note.deed is not None and note.deed.decides for note in since)


def is_ended(view: MatterView) -> bool:
    """Is it said to be done with, though a case of it may go on?"""
    return view.mark is not None and view.mark.mark.ends


def seems_over(
    view: MatterView, said: SaidTime | None, people: Iterable[Person], now: datetime, zone: ZoneInfo, *,
    denied: bool = False,
) -> bool:  # fmt: skip
    """May a danger be over: were the police called, was the time that it names an hour ago, is everybody safe
    whom it threatens, and they alone, or does one of us say that it is over, as a later post does (`denied`),
    or do two of us? Not while somebody says that they are not safe; nor by a time before it was raised
    again."""
    for case in view.cases:
        if case.unsafe_at and case.closed_at is None:
            return False
    before = view.times > 1 and is_past(said, view.raised_at or now, zone)
    calls = (call for case in view.cases if (call := case.call_of_danger))
    if any(_since_raised(view, call.at) for call in calls) or is_ended(view):
        return True
    if is_past(said, now - _HOUR, zone) and not before:
        return True
    if denied and view.mark is not None and view.mark.mark is Mark.SAID_OVER:
        return True
    judged = view.verdicts or ((view.top,) if view.top else ())
    grave = (v for v in judged if calls_for_alert(v))
    meant = [m for v in grave for m in v.endangers if m.harm is not Harm.WRONGED]
    safe, here = list_safe(view), tuple(people)
    each = (persons_meant([one], here) for one in meant) if safe else ()
    return bool(safe and meant) and all(ids and ids <= safe for ids in each)


def last_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which something ends: an end at midnight is that of the day before."""
    there = moment.astimezone(zone)
    return there.date() - timedelta(days=there.time() == time(0))
