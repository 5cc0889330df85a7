"""Works that are under way at workers. What becomes of them is seen to by one thread, as it comes."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from monitor.fleet.engines.base import Engine, Stage, WorkerLost
from monitor.pipeline.scanning.asking import told_of

log = logging.getLogger("schoolgate.fleet")

LONGEST_S = {Stage.FETCH: 3600.0, Stage.LINK: 300.0, Stage.SCORE: 600.0, Stage.SAVE: 900.0}
"""A worker that has been at one work for so many seconds hangs. A place may have 50 pages at 30 seconds each
and more where its host wants long pauses; what takes longer than this is asked again, and then fails so."""

_Done = tuple[Stage, int, int, Future[Any], Callable[[Any], None], Callable[[Exception], None]]


class WorkLine:
    """For one thread, but for the engine's own, which only say that something has ended."""

    def __init__(self, engine: Engine, timer: Callable[[], float] = time.monotonic) -> None:
        """`timer` counts seconds and never jumps. `answers` counts by stage, and by worker."""
        self.restarts: Counter[Stage] = Counter()
        self.answers: Counter[Stage | tuple[Stage, int]] = Counter()
        self.faults = 0
        self._engine = engine
        self._done: SimpleQueue[_Done] = SimpleQueue()
        self._timer = timer
        self._number = count()
        self._under_way: dict[tuple[Stage, int], dict[int, float]] = defaultdict(dict)

    def __len__(self) -> int:
        return sum(map(len, self._under_way.values()))

    def under_way(self, stage: Stage, shard: int) -> int:
        """So many works of this worker have not been seen to yet."""
        return len(self._under_way[stage, shard])

    def ask(
        self,
        stage: Stage,
        shard: int,
        work: object,
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Has a work done; `then` is called with its answer, `failed` with what kept it from one.

        Where `then` itself fails, `failed` is called after it.
        """
        number = next(self._number)
        self._under_way[stage, shard][number] = self._timer()
        try:
            future = self._engine.ask(stage, shard, work)
        except Exception as error:  # noqa: BLE001 - an edge: no worker could be begun, as if it were lost
            log.error("stage=%s fault=%s at=%s", stage.value, *told_of(error))
            future = Future()
            future.set_exception(WorkerLost(stage.value))
        future.add_done_callback(lambda done: self._done.put((stage, shard, number, done, then, failed)))

    def end_hung(self) -> None:
        """Ends workers that have been at one work for far too long: what they were asked is asked again."""
        now_s = self._timer()
        for (stage, shard), began_s in self._under_way.items():
            if began_s and now_s - min(began_s.values()) > LONGEST_S[stage]:
                log.error("stage=%s shard=%d answers no more: it is ended", stage.value, shard)
                began_s.update(dict.fromkeys(began_s, now_s))
                self._engine.end(stage, shard)

    def see_to(self, wait_s: float) -> int:
        """Sees to what has ended, waiting so long for the first; gives how much it was."""
        seen = 0
        while True:
            try:
                stage, shard, number, done, then, failed = self._done.get(timeout=0.0 if seen else wait_s)
            except Empty:
                return seen
            del self._under_way[stage, shard][number]
            seen += 1
            try:
                answer = done.result()
                self.answers.update((stage, (stage, shard)))
                then(answer)
            except Exception as error:  # noqa: BLE001 - an edge: whoever asked goes on without this answer
                if isinstance(error, WorkerLost):
                    self.restarts[stage] += 1
                log.error("stage=%s fault=%s at=%s", stage.value, *told_of(error))
                self._failed(failed, error)

    def _failed(self, failed: Callable[[Exception], None], error: Exception) -> None:
        try:
            failed(error)
        except Exception as fault:  # noqa: BLE001 - an edge: what ends the fleet helps nobody
            self.faults += 1
            log.error("in=failed fault=%s at=%s", *told_of(fault))
