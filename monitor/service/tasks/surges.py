"""Tells the leadership once when far more is said about a school than is usual for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.store.engine.connect import Connection
from data.store.mentions import surges as spike_store
from data.store.messages.outbox import put_outbox
from data.types import School
from monitor.config.home.context import Context, Write

if TYPE_CHECKING:
    from alerts.surges import Reading
    from data.store.mentions.surges import Heard, Surge

_FRESH = timedelta(minutes=2)
_BEFORE = timedelta(hours=5)
"""So much more than the days compared is read: the window, the hour before it, a change of clocks."""
_KEEP_EVERY = timedelta(minutes=30)


def spikes(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about surges that begin now, and how long those told have lasted.

    Two cheap questions come first: a school is looked at where something about it came in the last two
    minutes and enough in three hours, or where a surge that was told may be going on.
    """
    from alerts.surges import STILL_LEAST, WINDOW

    writes: list[Write] = []
    for urn, count in spike_store.much_heard(con, now - WINDOW, now - _FRESH, STILL_LEAST).items():
        school = context.config.school(urn)
        before = spike_store.latest_surge(con, urn)
        if school is not None and school.urn == urn and _worth_measuring(count, before, now):
            writes.extend(_of_school(con, context, school, before, now))
    return writes


def _worth_measuring(count: int, before: Surge | None, now: datetime) -> bool:
    from alerts.surges import LEAST, OVER_AFTER

    if before is None or now - before.lasted_to > OVER_AFTER:
        return count >= LEAST
    return now - before.lasted_to >= _KEEP_EVERY


def _of_school(
    con: Connection, context: Context, school: School, before: Surge | None, now: datetime
) -> list[Write]:
    from alerts.surges import ENOUGH_DAYS, goes_on, measure

    settled = now - timedelta(days=ENOUGH_DAYS)
    since = _known_since(con, context, school.urn, settled, now)
    if since is None:
        return []
    posts = spike_store.heard(con, school.urn, since, settled)
    calendar = context.config.calendar(school.urn)
    moments, stories = [p.at for p in posts], [p.story_id for p in posts]
    reading = measure(moments, stories, now, context.config.zone, since, calendar.school_day)
    if reading is None:
        return []
    if before is not None and goes_on(reading, before.lasted_to, now):
        lasting = replace(before, lasted_to=now)
        return [lambda con: spike_store.put_surges(con, [lasting])]
    return _told(context, school, reading, posts, now) if reading.surge else []


def _known_since(
    con: Connection, context: Context, urn: str, settled: datetime, now: datetime
) -> datetime | None:
    """How far back what is kept tells how much was said; None where nothing is."""
    from alerts.surges import DAYS

    watched = spike_store.watched_since(con, urn, settled)
    kept = now - timedelta(days=context.config.policy.criticism_days)
    return None if watched is None else max(watched, kept, now - timedelta(days=DAYS) - _BEFORE)


def _told(
    context: Context, school: School, reading: Reading, posts: Sequence[Heard], now: datetime
) -> list[Write]:
    from alerts.notices.surge import Talk, main_themes, surge_messages

    counted = posts[-reading.mentions :]
    talk = Talk(
        began_at=reading.began_at,
        mentions=reading.mentions,
        usual=reading.usual,
        stories=len({p.story_id for p in counted}),
        channels=tuple(p.channel for p in counted),
        themes=tuple(theme for p in counted for theme in p.themes),
    )
    config = context.config
    messages = surge_messages(talk, school, config.people, config.calendar(school.urn), config.zone, now)
    surge = spike_store.Surge(
        *(school.urn, reading.began_at, now, reading.mentions, reading.usual),
        *(main_themes(talk.themes, talk.mentions), now),
    )
    return [lambda con: spike_store.put_surges(con, [surge]), lambda con: put_outbox(con, messages, now)]
