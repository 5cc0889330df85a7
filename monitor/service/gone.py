"""Posts that were taken down where they were read: asked of the platforms whose rules want it known.

A fault, an answer that does not say, and a key that is refused mark nothing. A post is gone once two answers
in a row, the second a day after the first or half of the platform's time, lack it. Its words go with the
next purge, but for what is evidence, as do those of a post that cannot be looked up for 30 days
(`data.retention.deleting`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from data.effects import Clock, Fetch
from data.errors import Unreadable
from data.store import cases as case_store
from data.store import mentions as mention_store
from data.store.engine.open import Store
from data.store.sources import use_of_key
from data.types import FetchFailure, HeldPost, Lookup, Outcome, Response, Source
from monitor.act.step import record_gone
from monitor.config.home.context import Context
from monitor.service.rechecks import look_safely
from sources.base import LooksUp
from sources.http.politeness import never
from sources.keys import Key, KeyKind
from sources.registry import collector

log = logging.getLogger("schoolgate.service")

FEW = 3
"""So many asks of one place are made in a round: a search with the same key comes first."""
_OF_THE_KEY = (Outcome.BLOCKED, Outcome.MISCONFIGURED)
"""Failures that another ask meets too: what is left of the budget is for reading."""
_MOST_BETWEEN = timedelta(days=1)
_SLACK = timedelta(hours=3)
"""Each of the two asks, and the purge that follows, may come an hour late."""


def wait_for(kind: KeyKind) -> tuple[timedelta, timedelta] | None:
    """The times after which a post's platform is asked for it since it was last shown, and again where it is
    missing, so that its words go within the platform's time; None where the platform sets none."""
    times = (timedelta(hours=kind.deleted_after_h), timedelta(days=kind.refresh_days))
    within = min(filter(None, times), default=None)
    if within is None:
        return None
    between = min(_MOST_BETWEEN, within / 2)
    return within - between - _SLACK, between


def look_for_gone(
    store: Store, context: Context, fetch: Fetch, clock: Clock, stopped: Callable[[], bool] = never
) -> int:
    """Ask which of the held posts that are due still stand, and tell the open cases that were not told of
    those that are gone; return how many are newly so. Raises StoreError."""
    found = 0
    for source in context.config.sources:
        key = context.config.keys.get(str(source.settings.get("credential", "")))
        waits = wait_for(key.kind) if key and source.disabled is None else None
        if key is None or waits is None or not isinstance(asked := collector(source.kind), LooksUp):
            continue
        posts = _list_due(store, source, key, clock(), waits)
        queue = list(asked.lookups(source, posts)) if posts else []
        for _ in range(FEW):
            if not queue or stopped():
                break
            lookup = queue.pop(0)
            answer = fetch(lookup.request)
            outcome = answer.outcome if isinstance(answer, FetchFailure) else Outcome.OK
            if outcome in _OF_THE_KEY:
                log.info("source=%s: the posts that are held were not looked up", source.id)
                break
            if outcome is Outcome.GONE and len(lookup.asked) > 1:  # one of them, and nobody says which
                alone = (asked.lookups(source, [post]) for post in posts if post.id in lookup.asked)
                queue = [*chain.from_iterable(alone), *queue]
                continue
            missing, now = _list_missing(context, source, asked, lookup, answer), clock()
            again = now - max(waits[0] - waits[1], timedelta(0))
            with store.write("look up posts") as con:
                found += mention_store.note_lookup(con, list(lookup.asked), missing, now, again)
    with store.open_reader() as con:
        places = case_store.places_seen_gone(con)
    for case_id, n in places:
        look_safely(partial(record_gone, store, context, case_id, clock(), place=n), case_id)
    return found


def _list_due(
    store: Store, source: Source, key: Key, now: datetime, waits: tuple[timedelta, timedelta]
) -> Sequence[HeldPost]:
    """List the posts that are due; of what costs money none once half of the month's is spent."""
    with store.write("look up posts") as con:
        mention_store.note_looked_up(con, source.id)
        spent = use_of_key(con, key.name, "", now.date()).pence if key.kind.pence_each else 0.0
        if spent * 2 > (key.pence_a_month or 0.0):
            return ()
        return mention_store.posts_to_look_up(con, source.id, now - waits[0], now - waits[1])


def _list_missing(
    context: Context, source: Source, asked: LooksUp, lookup: Lookup, answer: Response | FetchFailure
) -> list[str] | None:
    """List those that the answer lacks; None where it does not say. That one thing is gone only an interface
    says that knows the key: without one any page may (`faults` in sources/keys.toml)."""
    if isinstance(answer, FetchFailure):
        return list(lookup.asked) if answer.outcome is Outcome.GONE and lookup.request.auth else None
    try:
        standing = context.apart(asked.standing, source, answer)
    except Unreadable:
        return None
    return None if standing is None else [i for i, own in lookup.asked.items() if own not in standing]
