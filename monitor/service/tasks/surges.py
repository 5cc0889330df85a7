"""Tells the leadership once when far more is said about a school, or reviewed, than is usual for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.notices.posts import (
    DAYS,
    ENOUGH_DAYS,
    LEAST,
    OVER_AFTER,
    RUSH,
    RUSH_KNOWN,
    RUSH_LEAST,
    STILL_LEAST,
    WINDOW,
    Reading,
    Talk,
    goes_on,
    main_themes,
    measure,
    measure_reviews,
    surge_messages,
)
from data.digest import Surge
from data.store import weekly as weekly_store
from data.store.engine.connect import Connection
from data.store.outbox import put_outbox
from data.store.weekly import Heard
from data.types import School
from data.web.channels import REVIEWS
from monitor.config.home.context import Context, Write, message_means

_FRESH = timedelta(minutes=2)
_BEFORE = timedelta(hours=5)
"""So much more than the days compared is read: the window, the hour before it, a change of clocks."""
_KEEP_EVERY = timedelta(minutes=30)


def spikes(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about surges and rushes of reviews that begin now, and how long those told have lasted.

    Two cheap questions come first: a school is looked at where something about it came in the last two
    minutes and enough in the hours before, or where a surge that was told may be going on.
    """
    writes: list[Write] = []
    rushes: set[str] = set()
    for of_reviews, window, least in ((True, RUSH, RUSH_LEAST), (False, WINDOW, LEAST)):
        heard = weekly_store.count_much_heard(
            con, now - window, now - _FRESH, STILL_LEAST, of_reviews=of_reviews
        )
        for urn, count in heard.items():
            school = context.config.school(urn)
            before = weekly_store.latest_surge(con, urn, of_reviews=of_reviews)
            over = before is None or now - before.lasted_to > OVER_AFTER
            worth = count >= least if over else before and now - before.lasted_to >= _KEEP_EVERY
            if school is not None and school.urn == urn and worth:
                found = _find_surges(con, context, school, before, now, rushes, of_reviews=of_reviews)
                rushes |= {urn} if found else set()
                writes.extend(found)
    return writes


def _find_surges(
    con: Connection,
    context: Context,
    school: School,
    before: Surge | None,
    now: datetime,
    rushes: Collection[str],
    *,
    of_reviews: bool,
) -> list[Write]:
    """`rushes` are the schools (urns) of which a rush of reviews is told now."""
    settled = now - (RUSH_KNOWN if of_reviews else timedelta(days=ENOUGH_DAYS))
    # how far back what is kept tells how much was said; None where nothing is
    watched = weekly_store.watched_since(con, school.urn, settled)
    kept = now - timedelta(days=context.config.policy.criticism_days)
    since = None if watched is None else max(watched, kept, now - timedelta(days=DAYS) - _BEFORE)
    if since is None:
        return []
    posts: Sequence[Heard] = weekly_store.list_heard(con, school.urn, since, settled)
    if of_reviews:
        posts = [p for p in posts if p.channel in REVIEWS]
        reading = measure_reviews([p.at for p in posts], now, since)
    else:
        posts = _without_rush(con, school.urn, posts, rushes, now)
        moments, stories = [p.at for p in posts], [p.story_id for p in posts]
        calendar = context.config.calendar(school.urn)
        reading = measure(moments, stories, now, context.config.zone, since, calendar.school_day)
    if reading is None:
        return []
    if before is not None and goes_on(reading, before.lasted_to, now):
        mentions = max(before.mentions, reading.mentions) if of_reviews else before.mentions
        lasting = replace(before, lasted_to=now, mentions=mentions)
        return [lambda con: weekly_store.put_surges(con, [lasting])]
    return (
        _tell_of_surge(context, school, reading, posts, now, of_reviews=of_reviews) if reading.surge else []
    )


def _without_rush(
    con: Connection, urn: str, posts: Sequence[Heard], rushes: Collection[str], now: datetime
) -> Sequence[Heard]:
    """The posts without the reviews of a rush that was told and may be going on."""
    rush = weekly_store.latest_surge(con, urn, of_reviews=True)
    if urn not in rushes and (rush is None or now - rush.lasted_to > OVER_AFTER):
        return posts
    return [p for p in posts if p.channel not in REVIEWS]


def _tell_of_surge(
    context: Context,
    school: School,
    reading: Reading,
    posts: Sequence[Heard],
    now: datetime,
    *,
    of_reviews: bool,
) -> list[Write]:
    counted = posts[-reading.mentions :]
    talk = Talk(
        began_at=reading.began_at,
        mentions=reading.mentions,
        usual=reading.usual,
        stories=len({p.story_id for p in counted}),
        themes=tuple(theme for p in counted for theme in p.themes),
        of_reviews=of_reviews,
    )
    messages = surge_messages(talk, school, context.config.people, message_means(context, school.urn), now)
    surge = Surge(
        *(school.urn, reading.began_at, now, reading.mentions, reading.usual),
        *(main_themes(talk.themes, talk.mentions), now, of_reviews),
    )
    return [lambda con: weekly_store.put_surges(con, [surge]), lambda con: put_outbox(con, messages, now)]
