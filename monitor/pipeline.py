"""One scan: sources are collected at each host's pace, judged and saved one by one as they come in.

A source is saved with its verdicts, alerts and outbox rows in one transaction, or not at all; then
it is due again. The pipeline's broad catches stand in its per-source step: `_guarded` and `_kept`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from sources.batch import Job, never
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
    stopped: Callable[[], bool] = never,
) -> Iterator[Done]:
    """Read, judge and save every source; yields each as it is saved.

    Once `stopped` says so, no source is begun; those under way are finished. Raises SchoolgateError for
    faults of our own (store, model); what a site does is in the runs.
    """
    with store.read() as con:
        states = source_store.states(con, [s.id for s in sources])
    state_of = {s.id: states.get(s.id) or SourceState(s.id) for s in sources}

    def one(source: Source) -> Collected:
        started(source)
        return _guarded(source, state_of[source.id], fetcher.fetch, clock)

    jobs = [Job(source.url, partial(one, source)) for source in sources]
    for collected in fetcher.spread(jobs, stopped=stopped):
        done = Done(
            collected.source, state_of[collected.source.id], _kept(collected, store, judges, clock, since)
        )
        run = done.batch.run
        log.info(
            "source=%s outcome=%s read=%d new=%d alerts=%d",
            run.source_id, run.outcome.value, run.mentions_read, run.mentions_new, len(done.batch.alerts),
        )  # fmt: skip
        yield done


def _guarded(source: Source, state: SourceState, fetch: FetchOne, clock: Clock) -> Collected:
    began = clock()
    try:
        return collect(source, state, collector_of(source.kind), fetch, clock)
    except SchoolgateError as error:
        run = SourceRun(source.id, began, clock(), Outcome.MISCONFIGURED, detail=str(error))
    except Exception as error:  # noqa: BLE001 - one source's bug must not stop the others; told, not hidden
        run = _fault(source, began, clock(), error)
    return Collected(source, run)


def _kept(collected: Collected, store: Store, judges: Judges, clock: Clock, since: datetime | None) -> Batch:
    """Judge and save one source. A fault of the store or the model ends the scan; any other is told."""
    if not collected.asked:
        return _empty(collected.run)
    try:
        return _saved(judge(_since(collected, since), store, judges, clock()), store, judges, clock)
    except SchoolgateError:
        raise
    except Exception as error:  # noqa: BLE001 - as above: what one source holds must not stop the others
        run = _fault(collected.source, collected.run.started_at, clock(), error)
        return _saved(_empty(run), store, judges, clock)


def _saved(batch: Batch, store: Store, judges: Judges, clock: Clock) -> Batch:
    with store.write("scan") as con:
        mention_store.save(con, batch, now=clock(), policy=judges.policy)
    return batch


def _empty(run: SourceRun) -> Batch:
    return Batch(run, run.source_id, (), {}, (), (), (), (), (), (), ())


def _fault(source: Source, began: datetime, now: datetime, error: Exception) -> SourceRun:
    """A fault of ours: its kind and place are logged, never its text, which may hold a post's."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("source=%s fault=%s at=%s:%s", source.id, type(error).__name__, where.filename, where.lineno)
    detail = f"a fault of ours while reading it ({type(error).__name__}); please report it"
    return SourceRun(source.id, began, now, Outcome.MALFORMED, detail=detail)


def _since(collected: Collected, since: datetime | None) -> Collected:
    """Without what is older; such a reading proves nothing about what is left, so it leaves no marks."""
    if since is None:
        return collected
    kept = tuple(m for m in collected.mentions if m.published is None or m.published >= since)
    run = replace(collected.run, etag=None, last_modified=None, watermark=None)
    return replace(collected, run=run, mentions=kept)
