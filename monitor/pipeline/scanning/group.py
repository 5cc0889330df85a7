"""Sources that are judged and not yet saved: they are saved together, in one transaction.

Where that fails each is saved by itself, so that one source's fault stays its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from data.effects import Clock
from data.errors import StoreFull
from data.store import sources as source_store
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.types import SourceRun
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import is_urgent, keep_all
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Judged
from monitor.pipeline.scanning.asking import (
    Failed,
    R,
    Work,
    count_fault,
    fault_to_log,
    isolate_faults,
    log,
    open_connection,
    our_fault,
)

MOST_SOURCES = 64
"""So many are saved together."""
LONGEST_S = 2.0
"""No source waits longer for the others of its group, in seconds, once it has been judged."""


@dataclass(frozen=True, slots=True)
class JudgedSource:
    """One source as it is to be saved, and the fault of ours that ended its run, if any."""

    judged: Judged
    failed: Failed | None = None

    @property
    def run(self) -> SourceRun:
        """Return how it ended."""
        return self.judged.collected.run


def at_fault(collected: Collected, work: Work, error: Exception) -> JudgedSource:
    """A source whose run a fault of ours ended: nothing of it is kept but the run."""
    run = our_fault(collected.run, work, error)
    return JudgedSource(Judged(Collected(collected.source, run), ()), count_fault(work, error))


@dataclass(slots=True)
class Group:
    """The sources that wait to be saved. `timer` is a monotonic clock in seconds."""

    timer: Callable[[], float]
    sources: list[JudgedSource] = field(default_factory=list)
    began_s: float = 0.0
    urgent: bool = False

    @property
    def room(self) -> int:
        """Return how many more may come to it."""
        return MOST_SOURCES - len(self.sources)

    @property
    def left_s(self) -> float:
        """Seconds until it has to be saved, at most `LONGEST_S`."""
        waited_s = self.timer() - self.began_s if self.sources else 0.0
        return max(LONGEST_S - waited_s, 0.0)

    @property
    def due(self) -> bool:
        """Must it be saved now: is it full, has its first waited long enough, is something in it urgent?"""
        return bool(self.sources) and (self.urgent or self.room <= 0 or self.left_s <= 0)

    def add(self, some: Sequence[JudgedSource]) -> None:
        """Some more, at most as many as there is room for."""
        if not self.sources:
            self.began_s = self.timer()
        self.sources += some
        self.urgent = self.urgent or any(is_urgent(one.judged) for one in some)

    def take_all(self) -> list[JudgedSource]:
        """All that is in it, which is empty afterwards."""
        taken, self.sources, self.urgent = self.sources, [], False
        return taken


def save_sources(
    sources: Sequence[JudgedSource], store: Store, judges: Judges, clock: Clock
) -> list[tuple[Batch, Failed | None]]:
    """Save each, aligned; where a fault of ours prevented it, that is recorded instead."""

    def save(some: Sequence[JudgedSource]) -> list[Batch]:
        with open_connection(store.write("scan")) as con:
            return keep_all(con, [one.judged for one in some], judges, clock())

    found = isolate_faults(sources, _until_full(save))
    faults = [
        _note_unsaved(one, batch) if one.failed is None else one
        for one, batch in zip(sources, found, strict=True)
        if isinstance(batch, Exception)
    ]
    told = iter(_record_faults(faults, store) if faults else ())
    return [
        next(told) if isinstance(batch, Exception) else (batch, one.failed)
        for one, batch in zip(sources, found, strict=True)
    ]


def _until_full(work: Callable[[Sequence[JudgedSource]], Sequence[R]]) -> Callable[..., Sequence[R]]:
    """The work; once the disk was too full for one by itself, only what is urgent is tried one by one."""
    full: list[StoreFull] = []

    def try_sources(some: Sequence[JudgedSource]) -> Sequence[R]:
        if full and not is_urgent(some[0].judged):
            raise full[0]
        try:
            return work(some)
        except StoreFull as error:
            if len(some) == 1:
                full.append(error)
            raise

    return try_sources


def _note_unsaved(one: JudgedSource, error: Exception) -> JudgedSource:
    fault = at_fault(one.judged.collected, Work.SAVE, error)
    return replace(fault, failed=replace(count_fault(Work.SAVE, error), urgent=is_urgent(one.judged)))


def _record_faults(faults: Sequence[JudgedSource], store: Store) -> list[tuple[Batch, Failed | None]]:
    """Says in the store that faults of ours ended these runs, where the store can be written."""

    def record(some: Sequence[JudgedSource]) -> list[bool]:
        with open_connection(store.write("scan")) as con:
            source_store.record_runs(con, [one.run for one in some])
        return [True] * len(some)

    told = []
    for one, done in zip(faults, isolate_faults(faults, _until_full(record)), strict=True):
        if isinstance(done, Exception):  # the fault before it is what is told; nothing is half-written
            log.error(
                "source=%s its fault could not be recorded: %s", one.run.source_id, fault_to_log(done)[0]
            )
        known = one.failed and replace(one.failed, saved=not isinstance(done, Exception))
        told.append((nothing_of(one.run), known))
    return told


def nothing_of(run: SourceRun) -> Batch:
    """A run that brought nothing."""
    return Batch(run, run.source_id, (), {}, (), (), (), (), (), (), ())
