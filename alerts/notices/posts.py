"""Mails that tell of posts beside alerts: a surge of talk, what inspectors judged the school to be, a pupil
named in full. Pure.

That of a surge goes to the leadership and holds no text, title, address, author or handle. A surge is more
talk than usual for this school, by a robust comparison with the last fourteen days. The last three hours are
held against the same three hours, and those an hour earlier and later, of each of these days of the same sort
(school days with school days), and against those of the same weekday by themselves, for what comes every week
is usual. “Usual” is a median, so that one loud day changes nothing. A surge is ten posts or more, three times
what is usual, five deviations above it (the median absolute deviation, and never less than chance alone would
give), and twice as many as the busiest three hours of all but two of the days before, for talk comes in
threads. Days and hours are those of the school's clock, so a change of clocks moves nothing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from statistics import median, median_low
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, access, heads, spokesperson
from alerts.access.matter import Matter
from alerts.access.offices import PRESS_CONTACT, Fact
from alerts.access.recipients import head_now, in_office, leadership, recipients_of_fact
from alerts.layout.note import Button, mails, short_note
from alerts.links import Links
from alerts.next_date import Means, in_working_hours
from data.frozen import freeze
from data.matters import PostView
from data.register.calendar import local_day
from data.types import About, Alert, Messages, OutboxMessage, Person, School
from data.words.say import words

WINDOW = timedelta(hours=3)
DAYS = 14
ENOUGH_DAYS = 7
LEAST = 10
"""Fewer posts in three hours are no surge, whatever is usual."""
STILL_LEAST = 4
"""Fewer are not talk that goes on."""
OVER_AFTER = timedelta(hours=12)
"""A surge is over when talk has been as usual for so long: a night's quiet does not end it."""

_TIMES_USUAL = 3.0
_STILL_TIMES_USUAL = 2.0
_DEVIATIONS = 5.0
_TIMES_BUSIEST = 2.0
_DEVIATIONS_OF_THREADS = 7.0  # set by benchmarks/spikes.py; their tail is longer than a normal one
_NORMAL = 1.4826  # a median absolute deviation times this is the standard deviation of normal noise
_DAYS_OF_A_SORT = 3  # with fewer, all days are compared
_WEEK = 7
_SHIFTS = (-1, 0, 1)
_HOURS = 24

RUSH = timedelta(hours=6)
"""Reviews come by ones and twos, so a rush of them is looked for over longer."""
RUSH_LEAST = 5
RUSH_KNOWN = timedelta(days=2)
"""With less history no reviews are called unusual."""

SchoolDay = Callable[[date], bool]


@freeze
class Reading:
    """Posts in the hours up to a moment, and what is usual then; from `line` on they are a surge."""

    mentions: int
    usual: float
    line: float
    began_at: datetime

    @property
    def surge(self) -> bool:
        return self.mentions >= self.line

    @property
    def lively(self) -> bool:
        """Enough for a surge that was told to be going on still."""
        return self.mentions >= max(STILL_LEAST, _STILL_TIMES_USUAL * self.usual)


def measure(
    moments: Sequence[datetime],
    threads: Sequence[str],
    now: datetime,
    zone: ZoneInfo,
    since: datetime,
    school_day: SchoolDay,
) -> Reading | None:
    """The reading at `now`; None where too little was said, or too little is known, to compare. `moments` are
    when each post was made, in order, aware, and `threads` what each belongs to; history is known from
    `since` on."""
    counted = _count(moments, now)
    if counted < STILL_LEAST or now - since < timedelta(days=ENOUGH_DAYS):
        return None
    local = now.astimezone(zone)
    # The same three hours by the school's clock on each day before, and an hour either side: the count, the
    # day, and how many days ago that was.
    windows = [
        (_count(moments, end), (local - timedelta(days=back)).date(), back)
        for back in range(1, DAYS + 1)
        for end in _ends(local, back, _SHIFTS, since)
    ]
    # Counts on days of today's sort, where there are enough of those.
    sort = school_day(local.date())
    same = [window for window in windows if school_day(window[1]) is sort]
    enough = len({day for _, day, _ in same}) >= _DAYS_OF_A_SORT
    alike = [count for count, _, _ in (same if enough else windows)]
    weekly = [count for count, _, back in windows if back % _WEEK == 0]
    usual = float(max(median(alike), median_low(weekly) if weekly else 0))
    spread = _NORMAL * median(abs(count - median(alike)) for count in alike)
    line = max(LEAST, _TIMES_USUAL * usual, usual + _DEVIATIONS * max(spread, sqrt(usual + 1)))
    if counted >= line:
        chance = _DEVIATIONS_OF_THREADS * sqrt(_posts_of_thread(moments, threads, local, since) * (usual + 1))
        # The most in three hours on any of the days before but the two busiest, for one surge may touch two.
        # The last day is left out: what began then is not yet usual.
        spans = (_ends(local, back, range(1 - _HOURS, 1), since) for back in range(1, DAYS))
        days = [max((_count(moments, end) for end in ends), default=0) for ends in spans]
        line = max(line, _TIMES_BUSIEST * sorted(days)[-3], usual + chance)
    return Reading(counted, usual, line, moments[bisect_right(moments, now - WINDOW)])


def measure_reviews(moments: Sequence[datetime], now: datetime, since: datetime) -> Reading | None:
    """The reading of reviews in the six hours up to `now`; None where too few came, or too little is known. A
    rush is five or more, three times what is usual and twice the busiest six hours before. `moments` and
    `since` as for `measure`."""
    began = now - RUSH
    before, counted = bisect_right(moments, began), bisect_right(moments, now) - bisect_right(moments, began)
    if counted < STILL_LEAST or began - since < RUSH_KNOWN:
        return None
    ends = [bisect_right(moments, moment + RUSH) for moment in moments[:before]]
    busiest = max((min(end, before) - i for i, end in enumerate(ends)), default=0)
    usual = before / ((began - since) / RUSH)
    line = max(RUSH_LEAST, _TIMES_USUAL * usual, _TIMES_BUSIEST * busiest)
    return Reading(counted, usual, line, moments[before])


def goes_on(reading: Reading, lasted_to: datetime, now: datetime) -> bool:
    """Is this the surge that was told and was last seen at `lasted_to`?"""
    return reading.lively and now - lasted_to <= OVER_AFTER


def _posts_of_thread(
    moments: Sequence[datetime], threads: Sequence[str], local: datetime, since: datetime
) -> float:
    """Count a day's posts of a post's thread, on average; the longest, perhaps a surge, is left out."""
    known = range(bisect_left(moments, since), bisect_right(moments, local - WINDOW))
    counted = Counter((threads[i], local_day(moments[i], local.tzinfo)) for i in known)
    sizes = sorted(counted.values())[:-1]
    return sum(n * n for n in sizes) / sum(sizes) if sizes else 1.0


def _ends(local: datetime, back: int, shifts: Sequence[int], since: datetime) -> list[datetime]:
    """List the ends (UTC) of windows that are known: so many days back by the clock, and hours on."""
    day = local - timedelta(days=back)
    ends = [(day + timedelta(hours=shift)).astimezone(UTC) for shift in shifts]
    return [end for end in ends if end - WINDOW >= since]


def _count(moments: Sequence[datetime], end: datetime) -> int:
    return bisect_right(moments, end) - bisect_right(moments, end - WINDOW)


_MOST_THEMES = 3
_LEAST_OF_A_THEME = 3


@freeze
class Talk:
    """A surge, or with `of_reviews` a rush of those; `themes` has one entry per theme of a post."""

    began_at: datetime
    mentions: int
    usual: float
    stories: int
    themes: tuple[str, ...]
    of_reviews: bool = False


def main_themes(themes: Sequence[str], mentions: int) -> tuple[str, ...]:
    """List at most three themes that have three posts and a quarter of all, or more."""
    least = max(_LEAST_OF_A_THEME, mentions / 4)
    ranked = sorted(Counter(themes).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(theme for theme, n in ranked if n >= least)[:_MOST_THEMES]


def surge_messages(
    talk: Talk, school: School, people: Sequence[Person], means: Means, now: datetime
) -> Messages:
    """One mail to each of the leadership, of reviews to the head alone: at once in working hours, else at the
    next opening. Today and the digest show the posts, and the digest tells the others of reviews. Keys depend
    on the school, the surge's beginning and the person, so that a repeat is one."""
    w, usual, zone, base = words(school.language), round(talk.usual), means.zone, means.links.base_url
    themes = [w(f"theme.{t}") for t in main_themes(talk.themes, talk.mentions) if w.has(f"theme.{t}")]
    when = f"{w.day(now, now, zone)}, {w.clock(now, zone)}"
    usually = (
        w("spike.usual", usual=w.number(usual)) if usual else w("spike.usual_none"),
        *([] if talk.of_reviews else [w("spike.stories", n=talk.stories)]),
        *([w("spike.themes", themes="; ".join(themes))] if themes else []),
    )
    note = short_note(
        w,
        w("spike.subject_reviews" if talk.of_reviews else "spike.subject"),
        w("spike.reviews" if talk.of_reviews else "spike.count", n=talk.mentions, when=when),
        *(usually, (w("spike.what_next"),)),
        once=w("spike.once"),
        button=Button(w("spike.open"), f"{base.rstrip('/')}/matters") if base else None,
    )
    key = ("spike", school.urn, talk.began_at.isoformat())
    due = in_working_hours(now, zone, means.calendar)
    to = head_now(school, people, now) if talk.of_reviews else leadership(school, people)
    return mails(note, to, school.urn, "spike", key, due)


def pupil_messages(
    story_id: str, matter: Matter, school: School, people: Sequence[Person], means: Means, now: datetime
) -> Messages:
    """Mail those of its row who may read it, in working hours: a slip of the school's own, no danger."""
    w = words(school.language)
    why, then = w("account.pupil.why"), w("account.pupil.next", answered=w("page.mark"))
    subject, said, once = (w(f"account.pupil.{part}") for part in ("subject", "said", "once"))
    note = short_note(w, subject, said, (why,), (then,), once=once)
    due, found = in_working_hours(now, means.zone, means.calendar), list[OutboxMessage]()
    able = [p for p in people if p.email and access(p, matter, people) is Access.WORDS]
    for person in recipients_of_fact(Fact.PUPIL_NAMED, able, people, now):
        link = means.links.page(story_id, person.id, now)
        button = Button(w("account.pupil.open"), link) if link else None
        typed = () if link else ((w("account.pupil.read"), w("instant.desk")),)
        for_them = replace(note, button=button, commands=typed)
        found += mails(for_them, [person], school.urn, "account", ("pupil", story_id), due)
    return tuple(found)


def ended_messages(
    alert: Alert, post: PostView, told: Sequence[str], school: School, people: Sequence[Person], links: Links,
    now: datetime,
) -> Messages:  # fmt: skip
    """To those who were `told` of it (ids), that a later post may say that it has ended, or clears somebody:
    no word of either, for it may be restricted. Whoever was only warned of danger gets no link. However many
    posts say so, that it may be over is told once for each time that it was raised."""
    w, found = words(school.language), list[OutboxMessage]()
    of = "cleared" if post.reasons == ("cleared",) else "over"
    key = ("ended", alert.id, str(alert.times))
    if of == "cleared":
        key = ("ended", alert.story_id, post.id)
    subject, said, then = (w(f"notice.{of}.{k}", number=alert.number) for k in ("subject", "said", "next"))
    note = short_note(w, subject, said, (then,))
    for person in (p for p in people if p.email and p.id in told):
        link = None if person.id in alert.warned else links.page(alert.story_id, person.id, now)
        button = Button(w("notice.over.open"), link) if link else None
        found += mails(replace(note, button=button), [person], school.urn, PRESS, key, now)
    return tuple(found)


PRESS = "press"


def grade_messages(
    story_id: str, grade: str, matter: Matter, school: School, people: Sequence[Person], means: Means,
    now: datetime,
) -> Messages:  # fmt: skip
    """To the head, whom the policy has answer the press, and the press contact; never to whom it may accuse.
    It is about the school, whoever leads it. Keys depend on the grade and the week: what each paper writes of
    it is told once."""
    w, matter = words(school.language), replace(matter, about=About.SCHOOL)
    year, week, _ = now.astimezone(means.zone).isocalendar()
    key = ("grade", school.urn, grade, f"{year}-{week}")
    subject, said = w("notice.grade.subject", grade=grade), w("notice.grade.said", grade=grade)
    note = short_note(w, subject, said, (w("notice.grade.next"),), once=w("notice.grade.once"))
    found: list[OutboxMessage] = []
    speaks = spokesperson(matter, people)
    contacts = in_office(school, people, PRESS_CONTACT)
    reading = (p for p in contacts if access(p, matter, people) is Access.WORDS)
    told = dict.fromkeys((*heads(matter, people), *([speaks[0]] if speaks else []), *reading))
    for person in tuple(p for p in told if p.email):
        reads = access(person, matter, people) is Access.WORDS
        link = means.links.page(story_id, person.id, now) if reads else None
        button = Button(w("notice.grade.open"), link) if link else None
        found += mails(replace(note, button=button), [person], school.urn, PRESS, key, now)
    return tuple(found)
