"""Until when, in words, seen from a day. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.words.say import Words

_WEEK = timedelta(days=6)


def until(w: Words, moment: datetime, today: date, zone: ZoneInfo) -> str:
    """“Thursday 10:12”, an end at midnight as “the end of Wednesday”; with its date more than a week away."""
    there = moment.astimezone(zone)
    midnight = there.time() == time(0)
    day = there.date() - timedelta(days=midnight)
    named = w.weekday(day) if abs(today - day) <= _WEEK else w.day(day, today)
    if midnight:
        return w("digest.end_of", day=named)
    if named == w.weekday(day):
        return w.within(w("digest.on_weekday", weekday=named, time=w.clock(moment, zone)))
    return w.within(w("digest.on_day", day=named, time=w.clock(moment, zone)))
