"""The lines of a digest: plain descriptions made from verdicts, with counts, who acts and by when. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from alerts.access.matter import matter_of_story
from alerts.access.offices import called
from alerts.access.part import ReaderPart, part_of
from alerts.describe import describe, gravest, next_of_alert
from alerts.digest.facts import Facts, NotSeen
from alerts.digest.view import Line
from data.digest import AccountAct, Fate, FreshStory, Standing, ToldSpike, Undelivered
from data.types import Outcome, Person, Relevance, Role, Route, Severity, Verdict
from data.words.say import Words

NOON = 12
REF_CHARS = 8
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_WEEK = timedelta(days=6)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_PLACES = 3
_STEPS = frozenset((Route.POLICE_NOW, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.RESPOND))


@dataclass(frozen=True, slots=True)
class Saying:
    """Whose digest it is, of what, in which words."""

    facts: Facts
    reader: Person
    w: Words

    def count(self, key: str, n: int) -> str:
        """“14 places”."""
        return self.w(key, n=n, count=self.w.number(n))

    def since(self, moment: datetime) -> str:
        """“yesterday 07:30”, “Friday 07:30”, “Tuesday 21 July, 07:30”: seen from the digest's day."""
        facts, w = self.facts, self.w
        day, clock = moment.astimezone(facts.zone).date(), w.clock(moment, facts.zone)
        if facts.day - day == timedelta(days=1):
            return w("digest.yesterday", time=clock)
        if timedelta(0) <= facts.day - day <= _WEEK:
            return w.within(w("digest.on_weekday", weekday=w.weekday(day), time=clock))
        return w.within(w("digest.on_day", day=w.day(day, facts.day), time=clock))

    def when(self, moment: datetime) -> str:
        """“Thursday 10:12” within a week either way, else with its date."""
        facts, w = self.facts, self.w
        day, clock = moment.astimezone(facts.zone).date(), w.clock(moment, facts.zone)
        if abs(day - facts.day) <= _WEEK:
            return w.within(w("digest.on_weekday", weekday=w.weekday(day), time=clock))
        return w.within(w("digest.on_day", day=w.day(day, facts.day), time=clock))

    def at(self, channel: str) -> str:
        """“on a local forum”: the kind of place, "" for one without a name."""
        key = f"digest.at.{channel}"
        return self.w(key) if self.w.has(key) else ""

    def lost(self, day: date, fate: Fate) -> str:
        """That an earlier digest may not have arrived."""
        return self.w(f"digest.undelivered.digest_{fate.value}", when=self.w.day(day, self.facts.day))

    def person(self, person_id: str) -> str:
        """“You”, or what somebody is for the school; never a name."""
        if person_id == self.reader.id:
            return self.w("digest.by.you")
        person = next((p for p in self.facts.people if p.id == person_id), None)
        role = called(person) if person else Role.STAFF
        return self.w(f"digest.who.{role.value}")


def one_line(text: str) -> str:
    """Without line breaks, control and direction marks."""
    return " ".join(_CONTROL.sub(" ", text).split())


def decision(say: Saying, standing: Standing) -> Line:
    """What somebody must decide: who, by when, and what is suggested."""
    alert = standing.alert
    said = _described(say, standing)
    if alert.route in _STEPS:
        event = gravest(standing.severe).event if standing.severe else None
        then = next_of_alert(alert, say.w, _part(say, standing), event)
        said = say.w("digest.with_next", said=said, next=then)
    here = {p.id for p in say.facts.people}
    first = next((person_id for person_id in alert.audience if person_id in here), None)
    who = say.person(first) if first else say.w("digest.by.nobody")
    return Line(said, f"{who} · {_by(say, standing)}", alert.id[:REF_CHARS])


def _part(say: Saying, standing: Standing) -> ReaderPart:
    """What part the reader has in it."""
    facts = say.facts
    return part_of(say.reader, matter_of_story(standing.severe, standing.alert, facts.school, facts.people))


def in_hand(say: Saying, standing: Standing) -> Line:
    """What somebody has taken in hand since the last digest."""
    who = say.person(standing.acked_by or "")
    said = say.w("digest.waiting.in_hand", said=_described(say, standing), who=who)
    return Line(said, "", standing.alert.id[:REF_CHARS])


def _described(say: Saying, standing: Standing) -> str:
    top = gravest(standing.severe) if standing.severe else None
    if top is None:
        return say.w("describe.decision", who=say.w("describe.who.school"), Who="")
    said = describe(replace(top, route=standing.alert.route), say.w)
    said = perhaps(say, _placed(say, said, standing.channels), standing.perhaps_other)
    posted = standing.alert.posted_at
    return _dated(say, said, posted) if posted else said


def before(say: Saying, story: FreshStory) -> Line:
    """What is grave and was posted before we began: what it is, where, and its date with the year."""
    w, top = say.w, story.top
    said = _placed(say, describe(top, w), sorted(story.channels))
    said = perhaps(say, said, story.relevance is Relevance.UNSURE)
    return Line(_dated(say, said, top.history) if top.history else said, "", ref(story))


def _dated(say: Saying, said: str, posted_at: datetime) -> str:
    return say.w("digest.before.line", said=said, day=say.w.full_day(posted_at, say.facts.zone))


def _placed(say: Saying, said: str, channels: Sequence[str]) -> str:
    """The sentence with the kinds of place where it stands."""
    where = say.w.listed([at for c in channels[:_MOST_PLACES] if (at := say.at(c))])
    return say.w("digest.where", said=said.removesuffix("."), where=where) if where else said


def perhaps(say: Saying, said: str, doubt: bool) -> str:
    """The sentence, with a word that it may be about another school where there is that doubt."""
    return f"{said.removesuffix('.')} ({say.w('digest.perhaps_other')})." if doubt else said


def _by(say: Saying, standing: Standing) -> str:
    """Within the hour for severity 4, else on the day it is first told; said so once that is past."""
    facts, alert = say.facts, standing.alert
    if alert.severity >= Severity.THIS_HOUR:
        end = alert.raised_at + _HOUR
        late = end <= facts.now
        return (
            say.w("digest.by.was_due", when=say.since(end))
            if late
            else say.w("digest.by.time", time=say.w.clock(end, facts.zone))
        )
    day = _day_of(facts, alert.raised_at)
    if day < facts.day:
        return say.w("digest.by.was_due", when=say.w.day(day, facts.day))
    if not facts.calendar.working_day(facts.day):
        return say.w("digest.by.time", time=say.w.weekday(day))
    return say.w("digest.by.today")


def _day_of(facts: Facts, raised_at: datetime) -> date:
    """The working day whose digest is the first to tell of it: that day somebody decides."""
    there = raised_at.astimezone(facts.zone)
    day = there.date() if there.time() < facts.at else there.date() + _DAY
    while not facts.calendar.working_day(day):
        day += _DAY
    return day


def spread(say: Saying, stories: Sequence[FreshStory]) -> list[str]:
    """“2 places”, “9 people”, each only where it is more than one."""
    places, people = len(frozenset().union(*(s.places for s in stories))), people_in(stories)
    return [
        *([say.count("digest.count.places", places)] if places > 1 else []),
        *([say.count("digest.count.people", people)] if people > 1 else []),
    ]


def people_in(stories: Iterable[FreshStory]) -> int:
    return len(frozenset[int]().union(*(s.people for s in stories)))


def who_of(say: Saying, verdict: Verdict) -> str:
    return say.w(f"describe.who.{verdict.about.value}")


def ref(story: FreshStory) -> str:
    return story.story_id[:REF_CHARS]


def spike(say: Saying, told: ToldSpike) -> Line:
    """More talk than usual: how much against what is usual, and about what."""
    w = say.w
    usual = round(told.usual)
    key = "digest.more_talk.line" if usual else "digest.more_talk.line_none"
    said = w(
        key,
        n=told.mentions,
        count=w.number(told.mentions),
        when=say.since(told.began_at),
        usual=w.number(usual),
    )
    themes = [w(f"theme.{t}") for t in told.themes if w.has(f"theme.{t}")]
    return Line(f"{said} {w('digest.more_talk.about', themes='; '.join(themes))}" if themes else said)


def act(say: Saying, done: AccountAct) -> Line:
    """What was done on an account of the school's own."""
    key = f"digest.accounts.{done.action}"
    name = one_line(say.facts.source_names.get(done.source_id, done.source_id))
    key = key if say.w.has(key) else "digest.accounts.other"
    return Line(say.w(key, n=done.times, count=say.w.number(done.times), account=name))


def undelivered(say: Saying, messages: Sequence[Undelivered]) -> list[Line]:
    """How many messages did not reach whom."""
    counted = Counter((m.person_id, m.fate) for m in messages)
    return [
        Line(
            say.w(
                f"digest.undelivered.{fate.value}{'_you' if person == say.reader.id else ''}",
                n=n, count=say.w.number(n), who=say.person(person),
            )
        )
        for (person, fate), n in sorted(counted.items())
    ]  # fmt: skip


def not_seen(say: Saying, found: NotSeen) -> str:
    """A place that could not be seen, and since when."""
    w = say.w
    key = f"digest.not_seen.{_why(found.outcome) if found.outcome else found.why.value}"
    why = w(key)
    if found.since is not None:
        whole = f"{key}_since" if w.has(f"{key}_since") else "digest.not_seen.since"
        why = w(whole, why=why, since=_day(say, found.since))
    return w("digest.not_seen.line", place=one_line(found.name), why=why)


def _why(outcome: Outcome) -> str:
    return outcome.value if outcome is not Outcome.DISABLED else Outcome.MISCONFIGURED.value


def _day(say: Saying, moment: datetime) -> str:
    """“Sunday”, or “Sunday 1 November” when that was long ago; the time within the last day."""
    facts = say.facts
    day = moment.astimezone(facts.zone).date()
    if facts.day - day <= timedelta(days=1):
        return say.since(moment)
    return say.w.weekday(day) if facts.day - day <= _WEEK else say.w.day(day, facts.day)
