"""The book of notices: what is owed to whom, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.layout.note import LIFE, Button, mails, short_note
from alerts.links import Links
from alerts.next_date import in_working_hours
from data.privacy import PrivacyRequest, RequestKind
from data.register.calendar import SCHOOL_CLOSES, SCHOOL_OPENS, Calendar
from data.types import OutboxMessage, Person, School, Trouble
from data.words.say import words

# Which troubles of ours people are told of, and when: once, and once that it works again. Pure.

AFTER = timedelta(minutes=15)
"""What has failed for so long is told."""
TOGETHER = timedelta(minutes=5)
"""What has failed for this long by then stands in the same notice."""
STEADY = timedelta(hours=1)
"""So long it must have worked before that is told; what fails again until then is the same trouble."""
OFTEN, LATELY = 3, timedelta(days=1)
"""Told so often within so long, it is told anew only after twice the time, and twice that the next time."""
GIVEN_UP = timedelta(days=3)
"""Word that it works again is tried for so long."""
KEPT = timedelta(days=40)
"""What has passed is remembered for the digests: the longest holiday, and some days."""
NOT_RUNNING = timedelta(hours=2)
"""A service that gave no sign of life for longer did not run."""
SERVICE = "service"

_STORE_WORK = frozenset(("collect", "save", "tend", "beat", "mail", "chat", "purge", "recheck"))
_STORE_FAULTS = frozenset(("StoreError", "StoreBusy", "StoreDamaged", "StoreTooNew", "IOException"))
_FOR_GOOD = frozenset(("StoreTooNew",))
"""Faults at which the service ends, and is not begun again: told at once."""
_MATTER = {"collect": "all", "read": "place", "beat": "store", "save": "store"}
MATTERS = (
    "store", "judge", "all", "place", "mail", "tend", "chat", "config", "purge", "recheck", "codes",
    "numbers", SERVICE,
)  # fmt: skip
"""What people are told has stopped, the gravest first; each has its words."""


def matter(trouble: Trouble) -> str:
    """Return what it means to people: one of `MATTERS`. What is in no table is a periodic task's."""
    if trouble.work in _STORE_WORK and trouble.why in _STORE_FAULTS:
        return "store"
    if (trouble.work, trouble.why) == ("collect", "silent"):
        return "place"  # something is still owed; where all of it is, its own faults say so
    found = _MATTER.get(trouble.work, trouble.work)
    return found if found in MATTERS else "tend"


def merge_troubles(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Keep one for each matter and time, the gravest matter first: what follows within the hour is one."""
    found: list[Trouble] = []
    for one in sorted(troubles, key=_gravity):
        before = found[-1] if found else None
        if (
            before is None
            or matter(before) != matter(one)
            or (before.until is not None and one.since - before.until >= STEADY)
        ):
            found.append(one)
        else:
            found[-1] = replace(before, until=_last((before, one)))
    return found


def _last(troubles: Collection[Trouble]) -> datetime | None:
    """When the last of these ended; None while any goes on."""
    ends = [t.until for t in troubles if t.until]
    return max(ends) if len(ends) == len(troubles) else None


@dataclass(frozen=True, slots=True)
class Notice:
    """One word about troubles that began together; `told`, `over` name who was reached: “mail head”."""

    at: datetime
    troubles: tuple[Trouble, ...]
    told: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()

    @property
    def until(self) -> datetime | None:
        """When the last of it ended; None while any goes on."""
        return _last(self.troubles)

    def steady(self, now: datetime) -> bool:
        """Has all of it worked for long enough to say so?"""
        return self.until is not None and now - self.until >= STEADY


@dataclass(frozen=True, slots=True)
class Book:
    """`waiting` are too young to tell of, `past` are over; `alive` is the last sign of life."""

    waiting: tuple[Trouble, ...] = ()
    notices: tuple[Notice, ...] = ()
    past: tuple[Trouble, ...] = ()
    alive: datetime | None = None

    def during(self, since: datetime, until: datetime) -> tuple[Trouble, ...]:
        """The troubles that people are to know of who read about that time, the earliest first."""
        told = (t for n in self.notices for t in n.troubles)
        found = [t for t in (*told, *self.past) if t.since < until and (t.until is None or t.until > since)]
        return tuple(sorted(found, key=lambda t: t.since))


@dataclass(frozen=True, slots=True)
class Look:
    """The findings of a look: what fails now, and when each kind of work last ended well."""

    fails: Sequence[Trouble] = ()
    well: Mapping[str, datetime] = field(default_factory=dict)


def note_look(book: Book, look: Look, now: datetime) -> Book:
    """Note what a look found. What is over stays so; what begins after it is told as new."""
    fails = {t.work: t for t in look.fails}
    notices = [
        n if n.steady(now) else replace(n, troubles=_update_troubles(n.troubles, fails, look.well))
        for n in book.notices
    ]
    told = {t.work for n in notices if not n.steady(now) for t in n.troubles}
    waiting = {t.work: t for t in _update_troubles(book.waiting, fails, look.well) if t.until is None}
    waiting = {work: t for work, t in waiting.items() if work not in told}
    for work, found in fails.items():
        if work not in told:
            waiting.setdefault(work, found)
    return _add_notice(replace(book, notices=tuple(notices)), list(waiting.values()), now)


def _update_troubles(
    troubles: Iterable[Trouble], fails: Mapping[str, Trouble], well: Mapping[str, datetime]
) -> tuple[Trouble, ...]:
    found = []
    for one in troubles:
        ended = well.get(one.work)
        if again := fails.get(one.work):
            found.append(replace(one, why=again.why, until=None))
        elif one.until is None and ended is not None and ended > one.since:
            found.append(replace(one, until=ended))
        else:
            found.append(one)
    return tuple(found)


def _add_notice(book: Book, waiting: list[Trouble], now: datetime) -> Book:
    """Add a notice of what has failed for long enough; what goes with one that stands joins it."""
    notices, left = [], waiting
    for notice in book.notices:
        stands = not notice.steady(now)
        joined = [t for t in left if stands and _ripe(t, now) and _goes_with(t, notice)]
        notices.append(replace(notice, troubles=(*notice.troubles, *joined)))
        left = [t for t in left if t not in joined]
    if any(now - t.since >= _delay_of_notice(t, book.past, now) for t in left):
        new = tuple(sorted((t for t in left if _ripe(t, now)), key=_gravity))
        notices.append(Notice(now, new))
        left = [t for t in left if t not in new]
    return replace(book, notices=tuple(notices), waiting=tuple(left))


def _ripe(trouble: Trouble, now: datetime) -> bool:
    return now - trouble.since >= TOGETHER or trouble.why in _FOR_GOOD


def _delay_of_notice(trouble: Trouble, past: Iterable[Trouble], now: datetime) -> timedelta:
    """Say how long it must have failed: what comes and goes all day, whoever brings it about, is no storm."""
    if trouble.why in _FOR_GOOD:
        return timedelta(0)
    alike = merge_troubles(
        t for t in past if matter(t) == matter(trouble) and t.until and now - t.until < LATELY
    )
    return AFTER * (1 << max(0, len(alike) - OFTEN + 1))


def _goes_with(trouble: Trouble, notice: Notice) -> bool:
    """Is it of a matter that is told already, or did it begin together with one?"""
    return any(
        matter(t) == matter(trouble) or abs(t.since - trouble.since) <= TOGETHER for t in notice.troubles
    )


def _gravity(trouble: Trouble) -> tuple[int, datetime]:
    return MATTERS.index(matter(trouble)), trouble.since


def close_notices(book: Book, now: datetime, heard: Collection[datetime]) -> Book:
    """Close notices that are over, once everybody `heard` that (by `at`), or after three days of trying."""
    over = [
        n for n in book.notices if n.until and n.steady(now) and (n.at in heard or now - n.until >= GIVEN_UP)
    ]
    past = (*book.past, *(t for n in over for t in n.troubles))
    kept = tuple(t for t in past if t.until and now - KEPT <= t.until <= now + STEADY)
    return replace(book, notices=tuple(n for n in book.notices if n not in over), past=kept)


def note_alive(book: Book, now: datetime, awake: datetime | None = None) -> Book:
    """Note a sign of life; after a long silence, that the service did not run or slept till now."""
    before = book.alive
    if before is None or now - before <= NOT_RUNNING:
        return replace(book, alive=now)
    until = awake if awake is not None and awake > before else now
    return replace(book, alive=now, past=(*book.past, Trouble(SERVICE, before, "", until)))


# Mails about what waits for somebody: a request about their own data, and what was handed in and raised no
# alert.

_A_MOMENT = timedelta(minutes=1)


def due_messages(
    one: PrivacyRequest,
    school: School,
    to: Sequence[Person],
    links: Links,
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """Say that a request is due soon, in working hours: by its number alone, since a reference may name
    somebody. The key changes with the day that it is due. Raises ValueError where nothing is due of it."""
    if one.due_at is None:
        raise ValueError(f"nothing is due of {one.id}")
    w, base = words(school.language), links.base_url
    last = w.full_day(one.due_at - _A_MOMENT, zone)
    what = "acknowledge" if one.kind is RequestKind.COMPLAINT else "answer"
    note = short_note(
        w,
        w("privacy.owed.subject", request=one.id),
        w(f"privacy.owed.{what}", request=one.id, kind=w(f"privacy.owed.kind.{one.kind.value}"), day=last),
        (w("privacy.owed.received", day=w.full_day(one.received_at, zone)), w("privacy.owed.how")),
        (w("privacy.owed.longer"),),
        once=w("privacy.owed.once"),
        button=Button(w("privacy.owed.page"), f"{base.rstrip('/')}/requests/{one.id}") if base else None,
    )
    key = ("request", school.urn, one.id, one.due_at.isoformat())
    return mails(note, to, school.urn, "account", key, in_working_hours(now, zone, calendar), LIFE)


_SHOWN = 12
"""So many matters stand in one mail; of the others it says how many there are."""
HANDED = "handed"


@dataclass(frozen=True, slots=True)
class UnreadMatter:
    """A matter handed in `at` that nobody has looked at: number, and place, "" where only few may know."""

    story_id: str
    number: str
    place: str
    at: datetime


def mailing_hour(now: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime | None:
    """The last full hour at which what was handed in before it is mailed: on a school day each from 07:00 to
    19:00, on any other 07:00. None between 20:00 and 07:00. In the school's `zone`."""
    local = now.astimezone(zone)
    hour = datetime.combine(local.date(), time(local.hour), zone)
    if not SCHOOL_OPENS <= hour.time() <= SCHOOL_CLOSES:
        return None
    return hour if calendar.school_day(local.date()) else datetime.combine(hour.date(), SCHOOL_OPENS, zone)


def handed_messages(
    unread: Sequence[UnreadMatter], school: School, to: Person, links: Links, zone: ZoneInfo, now: datetime
) -> tuple[OutboxMessage, ...]:
    """Mail one person each matter's number and place, no words; keyed by matters and hand-in times."""
    w, also = words(school.language), []
    for one in unread[:_SHOWN]:
        since = w("notice.handed.at", day=w.day(one.at, now, zone), clock=w.clock(one.at, zone))
        said = w("notice.handed.line", number=one.number, what=", ".join(filter(None, (one.place, since))))
        link = links.page(one.story_id, to.id, now)
        button = Button(w("instant.page"), link) if link else None
        also.append(((said,) if link else (said, w("instant.desk")), button))
    more = len(unread) - len(also)
    said = f"{w('digest.ring')} {w('notice.handed.said', n=len(unread))}"
    act, once = (w("notice.handed.act"),), w("notice.handed.once")
    note = short_note(w, w("notice.handed.subject", n=len(unread)), said, act, once=once)
    left = [((w("digest.more", count=w.number(more)),), None)] if more > 0 else []
    note = replace(note, also=(*also, *left))
    key = (HANDED, school.urn, *(f"{one.story_id} {one.at.isoformat()}" for one in unread))
    return mails(note, [to], school.urn, HANDED, key, now, LIFE)
