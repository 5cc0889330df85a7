"""Asking one source: what it gave, or which fault ended it. Nothing is raised for either.

A fault of ours is one source's alone, is told, and stops no other.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from data.effects import Apart, Clock
from data.errors import SchoolgateError, StoreError
from data.store.engine.connect import Connection
from data.types import FetchFailure, MailReply, Outcome, Request, Response, Source, SourceRun, SourceState
from monitor.pipeline.collect import Collected, collect
from sources.http.host_queue import HostJob, Spread
from sources.mailbox.address import is_mailbox
from sources.registry import collector as collector_of

log = logging.getLogger("schoolgate.scan")

I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


class Work(StrEnum):
    """The kinds of our work that may fail while a source is asked: to read its answer, to judge it, to save
    it.
    """

    READ = "read"
    JUDGE = "judge"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours: in which work, by which kind of error. `saved` says whether the store knows of it.

    `urgent` says that something was judged which is told at any hour, and is not saved: nobody is told of it.
    """

    work: Work
    kind: str
    saved: bool = True
    urgent: bool = False


def count_fault(work: Work, error: Exception) -> Failed:
    """The fault as it is counted."""
    return Failed(work, type(error).__name__)


def our_fault(run: SourceRun, work: Work, error: Exception) -> SourceRun:
    """The run as a fault of ours ended it: of what it learnt only what the site asked of us is kept.

    The fault's kind and place are logged, never its text, which may hold a post's; a SchoolgateError's
    own sentence is for people.
    """
    log.error("source=%s work=%s fault=%s at=%s", run.source_id, work.value, *fault_to_log(error))
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


def fault_to_log(error: Exception) -> tuple[str, str]:
    """The fault's kind and place, which is all that is logged of it."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__, "nowhere"
    where = frames[-1]
    return type(error).__name__, f"{where.filename}:{where.lineno}"


class NotOpened(Exception):
    """The store could not be opened: for one as little as for all, and each had to wait as long again."""


@contextmanager
def open_connection(store: AbstractContextManager[Connection]) -> Iterator[Connection]:
    """Open the store's connection. Raises NotOpened, caused by what barred it."""
    with ExitStack() as stack:
        try:
            con = stack.enter_context(store)
        except Exception as error:
            raise NotOpened from error
        yield con


def isolate_faults(items: Sequence[I], work: Callable[[Sequence[I]], Sequence[R]]) -> list[R | Exception]:
    """Do the work for each, aligned. Where it fails for all together it is done one by one, and an error
    stands for whoever it fails for.

    Where it is the store that cannot be opened, nobody waits for it again: that is each one's error.
    """
    found, fault = _try_work(items, work)
    if fault is None:
        return found
    if len(items) > 1 and not isinstance(fault, NotOpened):
        log.warning("of=%d fault=%s at=%s taken=one_by_one", len(items), *fault_to_log(fault))
        for n, item in enumerate(items):
            one, fault = _try_work([item], work)
            if isinstance(fault, NotOpened):
                return found + [_cause(fault)] * (len(items) - n)
            found += one if fault is None else [fault]
        return found
    return [_cause(fault)] * len(items)


def _try_work(
    items: Sequence[I], work: Callable[[Sequence[I]], Sequence[R]]
) -> tuple[list[R | Exception], Exception | None]:
    try:
        return list(work(items)), None
    except Exception as error:  # noqa: BLE001 - one source's fault must not stop the others; told, not hidden
        return [], error


def _cause(fault: Exception) -> Exception:
    cause = fault.__cause__
    return cause if isinstance(fault, NotOpened) and isinstance(cause, Exception) else fault


class SourceReader(Protocol):
    """The way a source is asked: the fetcher."""

    @property
    def apart(self) -> Apart: ...

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure: ...


Ask = Callable[[Source, SourceState, SourceReader, Clock], "AskedSource"]
"""Asks one source."""


class ScanReader(SourceReader, Protocol):
    """A `SourceReader` that also does jobs in threads of its own: the fetcher, or a stand-in for it."""

    def start_jobs(
        self, jobs: Iterable[HostJob[R]], *, stopped: Callable[[], bool], full: Callable[[], bool]
    ) -> Spread[R]: ...


@dataclass(frozen=True, slots=True)
class AskedSource:
    """The result of asking one source, and the fault of ours that ended it, None where there was none."""

    collected: Collected
    failed: Failed | None = None


Replied = Callable[[Sequence[MailReply], datetime], None]
"""Does what people's replies say; raises StoreError, and they are read again."""


def ask_source(
    source: Source, state: SourceState, reader: SourceReader, clock: Clock, replied: Replied | None = None
) -> AskedSource:
    """Asks one source. Never raises for what a site does, nor for a fault of ours in reading it. Replies are
    acted on at once, before what is judged is saved: an alarm waits for them."""
    began = clock()
    try:
        by = collector_of(source.kind)
        collected = collect(source, state, by, reader.fetch, clock, reader.apart)
        if replied is not None and collected.replies:
            replied(collected.replies, clock())
        return AskedSource(collected)
    except StoreError as error:
        run = SourceRun(source.id, began, clock(), Outcome.OK)
        return AskedSource(Collected(source, our_fault(run, Work.SAVE, error)), count_fault(Work.SAVE, error))
    except SchoolgateError as error:
        run = SourceRun(source.id, began, clock(), Outcome.MISCONFIGURED, detail=str(error))
        return AskedSource(Collected(source, run))
    except Exception as error:  # noqa: BLE001 - one source's bug must not stop the others; told, not hidden
        run = SourceRun(source.id, began, clock(), Outcome.OK)
        return AskedSource(Collected(source, our_fault(run, Work.READ, error)), count_fault(Work.READ, error))


def without_older(collected: Collected, since: datetime | None) -> Collected:
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
