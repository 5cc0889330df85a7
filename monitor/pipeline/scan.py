"""One scan: sources are collected at each host's pace, judged and saved one by one as they come in.

A source is saved with its verdicts, alerts and outbox rows in one transaction, or not at all; then
it is due again. The pipeline's broad catches are in its per-source step: `asked`, `_kept`, `_recorded`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Protocol

from data.effects import Apart, Clock
from data.errors import SchoolgateError, StoreError
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.store.sources import source_runs as source_store
from data.types import FetchFailure, Outcome, Request, Response, Source, SourceRun, SourceState
from monitor.pipeline.articles.reading import ArticleReader
from monitor.pipeline.collect import Collected, collect
from monitor.pipeline.judge import judge, keep
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Judged
from sources.http.host_queue import HostJob, never
from sources.imap.address import is_mailbox
from sources.registry import collector as collector_of

if TYPE_CHECKING:
    from sources.fetch import Fetcher

log = logging.getLogger("schoolgate.scan")


class SourceReader(Protocol):
    """What a source is asked through: the fetcher."""

    @property
    def apart(self) -> Apart: ...

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure: ...


class Work(StrEnum):
    """What of ours may fail while a source is asked: to read its answer, to judge it, to save it."""

    READ = "read"
    JUDGE = "judge"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours: in which work, by which kind of error. `saved` says whether the store knows of it."""

    work: Work
    kind: str
    saved: bool = True


@dataclass(frozen=True, slots=True)
class FinishedSource:
    """One source finished: how it ended before this run, its run, and what was saved for it."""

    source: Source
    before: SourceState
    batch: Batch
    failed: Failed | None = None


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
) -> Iterator[FinishedSource]:
    """Read, judge and save every source; yields each as it is saved.

    A fault of ours ends that source's run alone (`Outcome.OUR_FAULT`): it is due again soon. Once `stopped`
    says so, no source is begun; those under way are finished. Raises SchoolgateError where the store cannot
    be read to begin with.
    """
    with store.read() as con:
        states = source_store.states(con, [s.id for s in sources])
    state_of = {s.id: states.get(s.id) or SourceState(s.id) for s in sources}
    articles = ArticleReader(store, judges, fetcher, clock)

    def one(source: Source) -> AskedSource:
        started(source)
        answer = asked(source, state_of[source.id], fetcher, clock)
        return _with_articles(replace(answer, collected=_since(answer.collected, since)), articles)

    jobs = [HostJob(s.url, partial(one, s), robots=s.disabled is None) for s in sources]
    for answer in fetcher.spread(jobs, stopped=stopped):
        batch, failed = _kept(answer, store, judges, clock)
        run = batch.run
        log.info(
            "source=%s outcome=%s read=%d new=%d alerts=%d",
            run.source_id, run.outcome.value, run.mentions_read, run.mentions_new, len(batch.alerts),
        )  # fmt: skip
        source = answer.collected.source
        yield FinishedSource(source, state_of[source.id], batch, failed)


@dataclass(frozen=True, slots=True)
class AskedSource:
    """What asking one source gave, and the fault of ours that ended it, None where there was none."""

    collected: Collected
    failed: Failed | None = None


def asked(source: Source, state: SourceState, reader: SourceReader, clock: Clock) -> AskedSource:
    """Asks one source. Never raises for what a site does, nor for a fault of ours in reading it."""
    began = clock()
    try:
        by = collector_of(source.kind)
        return AskedSource(collect(source, state, by, reader.fetch, clock, reader.apart))
    except SchoolgateError as error:
        run = SourceRun(source.id, began, clock(), Outcome.MISCONFIGURED, detail=str(error))
        return AskedSource(Collected(source, run))
    except Exception as error:  # noqa: BLE001 - one source's bug must not stop the others; told, not hidden
        run = SourceRun(source.id, began, clock(), Outcome.OK)
        return AskedSource(Collected(source, _our_fault(run, Work.READ, error)), _failed(Work.READ, error))


def _with_articles(answer: AskedSource, articles: ArticleReader) -> AskedSource:
    """With the articles behind its headlines; a fault of ours there costs these alone."""
    try:
        return replace(answer, collected=articles.beside(answer.collected))
    except Exception as error:  # noqa: BLE001 - as above: the headlines are judged all the same; it is told
        where = traceback.extract_tb(error.__traceback__)[-1]
        source = answer.collected.source
        log.error("source=%s articles fault=%s at=%s:%s", source.id, type(error).__name__, *where[:2])
        return replace(answer, failed=answer.failed or _failed(Work.READ, error))


def _kept(asked: AskedSource, store: Store, judges: Judges, clock: Clock) -> tuple[Batch, Failed | None]:
    """Judge and save one source, or else save that a fault of ours ended its run."""
    collected = asked.collected
    if not collected.asked:
        return _empty(collected.run), None
    work = Work.JUDGE
    try:
        judged = judge(collected, store, judges, clock())
        work = Work.SAVE
        return _saved(judged, store, judges, clock), asked.failed
    except Exception as error:  # noqa: BLE001 - as above: what one source holds must not stop the others
        work = Work.SAVE if isinstance(error, StoreError) else work
        run = _our_fault(collected.run, work, error)
        failed = _failed(work, error)
        return _empty(run), replace(failed, saved=_recorded(run, store))


def _saved(judged: Judged, store: Store, judges: Judges, clock: Clock) -> Batch:
    with store.write("scan") as con:
        now = clock()
        batch = keep(con, judged, judges, now)
    return batch


def _recorded(run: SourceRun, store: Store) -> bool:
    """Says in the store that a fault of ours ended the run, where the store can be written."""
    try:
        with store.write("scan") as con:
            source_store.record_run(con, run)
    except Exception as error:  # noqa: BLE001 - the fault before it is what is told; nothing is half-written
        log.error("source=%s its fault could not be recorded: %s", run.source_id, type(error).__name__)
        return False
    return True


def _empty(run: SourceRun) -> Batch:
    return Batch(run, run.source_id, (), {}, (), (), (), (), (), (), ())


def _failed(work: Work, error: Exception) -> Failed:
    return Failed(work, type(error).__name__)


def _our_fault(run: SourceRun, work: Work, error: Exception) -> SourceRun:
    """The run as a fault of ours ended it: of what it learnt only what the site asked of us is kept.

    The fault's kind and place are logged, never its text, which may hold a post's; a SchoolgateError's
    own sentence is for people.
    """
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "source=%s work=%s fault=%s at=%s:%s",
        run.source_id, work.value, type(error).__name__, where.filename, where.lineno,
    )  # fmt: skip
    told = str(error) if isinstance(error, SchoolgateError) else f"{type(error).__name__}; please report it"
    return SourceRun(
        run.source_id,
        run.started_at,
        max(run.finished_at, run.started_at),
        Outcome.OUR_FAULT,
        detail=f"it could not be {_DONE[work]}: {told}",
        retry_after_s=run.retry_after_s,
    )


_DONE = {Work.READ: "read", Work.JUDGE: "judged", Work.SAVE: "saved"}


def _since(collected: Collected, since: datetime | None) -> Collected:
    """Without what is older; such a reading proves nothing about what is left, so it leaves no marks.

    What a mailbox brings is read once: so the next reading begins again.
    """
    if since is None:
        return collected
    kept = tuple(m for m in collected.mentions if m.published is None or m.published >= since)
    run = replace(collected.run, etag=None, last_modified=None, watermark=None)
    if is_mailbox(collected.source.url):
        run = replace(run, resume=None)
    return replace(collected, run=run, mentions=kept)
