"""One scan: sources are collected at each host's pace, judged and saved one by one as they come in.

A source is saved with its verdicts, alerts and outbox rows in one transaction, or not at all; then
it is due again. The one broad catch of the pipeline stands in `_guarded`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from data.effects import Clock
from data.errors import SchoolgateError
from data.store import mentions as mention_store
from data.store import sources as source_store
from data.store.mentions import Batch
from data.store.open import Store
from data.types import Outcome, Source, SourceRun, SourceState
from monitor.collect import Collected, FetchOne, collect
from monitor.judge import Judges, judge
from sources.batch import Job
from sources.registry import collector as collector_of

if TYPE_CHECKING:
    from sources.fetch import Fetcher

log = logging.getLogger("schoolgate.scan")


@dataclass(frozen=True, slots=True)
class Done:
    """One source finished: how it ended before this run, its run, and what was saved for it."""

    source: Source
    before: SourceState
    batch: Batch


def scan(
    sources: Sequence[Source],
    *,
    store: Store,
    fetcher: Fetcher,
    judges: Judges,
    clock: Clock,
    since: datetime | None = None,
    started: Callable[[Source], None] = lambda source: None,
) -> Iterator[Done]:
    """Read, judge and save every source; yields each as it is saved.

    Raises SchoolgateError for faults of our own (store, model); what a site does is in the runs.
    """
    with store.read() as con:
        states = source_store.states(con, [s.id for s in sources])
    state_of = {s.id: states.get(s.id) or SourceState(s.id) for s in sources}

    def one(source: Source) -> Collected:
        started(source)
        return _guarded(source, state_of[source.id], fetcher.fetch, clock)

    jobs = [Job(source.url, partial(one, source)) for source in sources]
    for found in fetcher.spread(jobs):
        collected = _since(found, since)
        now = clock()
        batch = judge(collected, store, judges, now)
        with store.write("scan") as con:
            mention_store.save(con, batch, now=now, policy=judges.policy)
        log.info(
            "source=%s outcome=%s read=%d new=%d alerts=%d",
            collected.source.id, batch.run.outcome.value, batch.run.mentions_read,
            batch.run.mentions_new, len(batch.alerts),
        )  # fmt: skip
        yield Done(collected.source, state_of[collected.source.id], batch)


def _guarded(source: Source, state: SourceState, fetch: FetchOne, clock: Clock) -> Collected:
    began = clock()
    try:
        return collect(source, state, collector_of(source.kind), fetch, clock)
    except SchoolgateError as error:
        outcome, detail = Outcome.MISCONFIGURED, str(error)
    except Exception as error:  # noqa: BLE001 - one source's bug must not stop the others; told, not hidden
        where = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "source=%s fault=%s at=%s:%s", source.id, type(error).__name__, where.filename, where.lineno
        )
        outcome = Outcome.MALFORMED
        detail = f"a fault of ours while reading it ({type(error).__name__}); please report it"
    return Collected(source, SourceRun(source.id, began, clock(), outcome, detail=detail))


def _since(collected: Collected, since: datetime | None) -> Collected:
    if since is None:
        return collected
    kept = tuple(m for m in collected.mentions if m.published is None or m.published >= since)
    return Collected(collected.source, collected.run, kept)
