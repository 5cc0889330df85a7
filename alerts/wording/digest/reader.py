"""Reader of a digest, its schools and its words; how times and places are written in it, and for how long we
ourselves could not do our work. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from alerts.access.offices import main_role
from alerts.access.recipients import people_for_repairs
from alerts.facts import SHOWN, Facts
from alerts.notices.book import AFTER, matter, merge_troubles
from alerts.notices.fault_message import IN_HEAD, UNSEEN
from data.digest import Fate
from data.matters import PostView
from data.people import away
from data.types import PartReason, Person, Role, Trouble
from data.words.say import Words

_NOON, _EVENING = 12, 18
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
WEEK = timedelta(days=6)
_MINUTES, _HOURS = timedelta(hours=2), timedelta(days=2)
"""So long a time is told in minutes, and in hours; a longer one in days."""
_MOST_TROUBLES = 4


def read_in_part(w: Words, reasons: Sequence[PartReason]) -> str:
    """Say that a place was read only in part, and why, as far as that is known."""
    why = [w(f"digest.part.{reason.value}") for reason in reasons]
    return w("digest.part.line", why=w.list_items(why)) if why else w("digest.not_seen.partly")


@dataclass(frozen=True, slots=True)
class Saying:
    """Reader of a digest, its school, its words, and at most how many lines of each group; `at_desk`, where
    its reader has signed in and people are called by their names.
    """

    facts: Facts
    reader: Person
    w: Words
    shown: Mapping[str, int] = field(default_factory=lambda: SHOWN)
    at_desk: bool = False

    def count(self, key: str, n: int) -> str:
        """“14 places”."""
        return self.w(key, n=n, count=self.w.number(n))

    def since(self, moment: datetime) -> str:
        """“yesterday 07:30”, “Friday 07:30”, “Tuesday 21 July, 07:30”: seen from the digest's day."""
        facts = self.facts
        ago = facts.day - moment.astimezone(facts.zone).date()
        if ago == timedelta(days=1):
            return self.w("digest.yesterday", time=self.w.clock(moment, facts.zone))
        return self._on(moment, near=timedelta(0) <= ago <= WEEK)

    def lately(self, moment: datetime) -> str:
        """“00:15” of the digest's own day, else as `since`."""
        facts = self.facts
        there = moment.astimezone(facts.zone).date()
        return self.w.clock(moment, facts.zone) if there == facts.day else self.since(moment)

    def when(self, moment: datetime) -> str:
        """“Thursday 10:12” within a week either way, else with its date."""
        facts = self.facts
        return self._on(moment, near=abs(moment.astimezone(facts.zone).date() - facts.day) <= WEEK)

    def _on(self, moment: datetime, *, near: bool) -> str:
        facts, w = self.facts, self.w
        day, clock = moment.astimezone(facts.zone).date(), w.clock(moment, facts.zone)
        if near:
            return w("digest.on_weekday", weekday=w.weekday(day), time=clock)
        return w("digest.on_day", day=w.day(day, facts.day), time=clock)

    def time_posted(self, post: PostView) -> str:
        """Say when it was posted: “today 06:10”, “yesterday 21:30”, “Sunday 18:20”, “31 January 2018”."""
        facts, w = self.facts, self.w
        if post.at is None:
            return ""
        day, clock = post.at.astimezone(facts.zone).date(), w.clock(post.at, facts.zone)
        if day == facts.day:
            said = w("digest.today", time=clock)
        else:
            said = self.since(post.at) if abs(facts.day - day) <= WEEK else w.brief_day(day, facts.day)
        return said if post.published else w("digest.read_at", when=said)

    def page(self, story_id: str) -> str | None:
        """Our page of a story for this reader; None where there are no pages."""
        return self.facts.links.page(story_id, self.reader.id, self.facts.now)

    def at(self, channel: str) -> str:
        """“on a local forum”: the kind of place, "" for one without a name."""
        key = f"digest.at.{channel}"
        return self.w(key) if self.w.has(key) else ""

    def lost_digest(self, day: date, fate: Fate) -> str:
        """Say that an earlier digest may not have arrived."""
        return self.w(f"digest.undelivered.digest_{fate.value}", when=self.w.day(day, self.facts.day))

    @property
    def mends(self) -> bool:
        """Is a technical fault for this reader: IT, or anybody where no IT lead is here?"""
        gone = away(self.facts.people, self.facts.now)
        mend = [p for p in people_for_repairs(self.facts.people) if p.id not in gone]
        return not mend or self.reader in mend

    def person(self, person_id: str) -> str:
        """“You”, or what somebody is for the school; their name at the desk alone."""
        if person_id == self.reader.id:
            return self.w("digest.by.you")
        person = next((p for p in self.facts.people if p.id == person_id), None)
        if person and self.at_desk:
            return person.name
        role = main_role(person) if person else Role.STAFF
        return self.w(f"digest.who.{role.value}")


def to_one_line(text: str) -> str:
    """Remove line breaks, control and direction marks."""
    return " ".join(_CONTROL.sub(" ", text).split())


def greeting(say: Saying) -> str:
    """Good morning, afternoon or evening, by the clock of the school."""
    hour = say.facts.now.astimezone(say.facts.zone).hour
    part = "morning" if hour < _NOON else "afternoon" if hour < _EVENING else "evening"
    return say.w(f"digest.greeting.{part}")


def say_what_stopped(say: Saying) -> str:
    """Say “For 3 days, nothing that we read could be judged (…).”; "" where all worked."""
    w, troubles = say.w, _troubles(say)
    said = [_trouble(say, t) for t in troubles[:_MOST_TROUBLES]]
    if any(matter(t) in UNSEEN for t in troubles):
        said.append(w("notice.digest.unseen"))
    return " ".join(said)


def no_term(say: Saying) -> str:
    """Says that no term is known any more, and what counts instead; "" where one is."""
    ended = say.facts.calendar.end_of_terms(say.facts.day)
    return say.w("digest.terms.none", day=say.w.full_day(ended)) if ended else ""


def has_unwatched_time(say: Saying) -> bool:
    """Was there a time in which posts may have gone unseen?"""
    return any(matter(t) in UNSEEN for t in _troubles(say))


def _troubles(say: Saying) -> list[Trouble]:
    now = say.facts.now
    found = merge_troubles(t for t in say.facts.troubles if matter(t) in IN_HEAD)
    return [t for t in found if (t.until or now) - t.since >= AFTER]


def _trouble(say: Saying, trouble: Trouble) -> str:
    w = say.w
    time = (trouble.until or say.facts.now) - trouble.since
    what, since = w(f"notice.what.{matter(trouble)}"), say.since(trouble.since)
    given = {"long": _long(say, time), "what": what, "since": since}
    if trouble.until is None:
        return w("notice.digest.standing", **given)
    return w("notice.digest.over", until=say.since(trouble.until), **given)


def _long(say: Saying, time: timedelta) -> str:
    """“15 minutes”, “3 hours”, “3 days”: to the nearest minute or hour, in whole days."""
    if time < _MINUTES:
        return say.count("notice.long.minutes", round(time / timedelta(minutes=1)))
    if time < _HOURS:
        return say.count("notice.long.hours", round(time / timedelta(hours=1)))
    return say.count("notice.long.days", int(time / timedelta(days=1)))
