"""Posts that were taken down where they were read: asked of the platforms whose rules want it known.

A fault, an answer that does not say, and a key that is refused mark nothing. A post is gone once two answers
in a row, the second a day after the first or half of the platform's time, lack it. Its words go with the
next purge, but for what is evidence (`data.retention.deleting`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from data.effects import Clock, Fetch
from data.errors import Unreadable
from data.store import cases as case_store
from data.store import mentions as mention_store
from data.store.engine.open import Store
from data.store.sources import use_of_key
from data.types import Lookup, Response, Source
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
    """Ask which of the held posts that are due still stand, and tell the open cases of those that are gone;
    return how many these are. Raises StoreError."""
    found = 0
    for source in context.config.sources:
        key = context.config.keys.get(str(source.settings.get("credential", "")))
        waits = wait_for(key.kind) if key and source.disabled is None else None
        if key is None or waits is None or not isinstance(asked := collector(source.kind), LooksUp):
            continue
        for lookup in _list_lookups(store, source, asked, key, clock(), waits):
            answer = None if stopped() else fetch(lookup.request)
            if not isinstance(answer, Response):
                log.info("source=%s: the posts that are held were not looked up", source.id)
                break  # what is left of the budget is for reading; asked again another time
            missing = _list_missing(context, source, asked, lookup, answer)
            found += _note_answer(store, context, lookup, missing, clock)
    return found


def _list_lookups(
    store: Store, source: Source, asked: LooksUp, key: Key, now: datetime, waits: tuple[timedelta, timedelta]
) -> Sequence[Lookup]:
    """List the first asks that are due; of what costs money none once half of the month's is spent."""
    with store.open_reader() as con:
        spent = use_of_key(con, key.name, "", now.date()).pence if key.kind.pence_each else 0.0
        if spent * 2 > (key.pence_a_month or 0.0):
            return ()
        posts = mention_store.posts_to_look_up(con, source.id, now - waits[0], now - waits[1])
    return asked.lookups(source, posts)[:FEW] if posts else ()


def _list_missing(
    context: Context, source: Source, asked: LooksUp, lookup: Lookup, answer: Response
) -> list[str] | None:
    """List those that the answer lacks; None where it does not say."""
    try:
        standing = context.apart(asked.standing, source, answer)
    except Unreadable:
        return None
    return None if standing is None else [i for i, own in lookup.asked.items() if own not in standing]


def _note_answer(
    store: Store, context: Context, lookup: Lookup, missing: Collection[str] | None, clock: Clock
) -> int:
    """Note what is missing, and tell the open cases of what is gone; how many posts that is."""
    with store.write("look up posts") as con:
        gone = mention_store.note_lookup(con, list(lookup.asked), missing, clock())
        places = case_store.open_places(con, gone)
    for case_id, n in places:
        look_safely(partial(record_gone, store, context, case_id, clock(), place=n), case_id)
    return len(gone)
