"""The ticking: jobs of their own, so that a slow site or mail server holds nothing else; and their end.

APScheduler only ticks: what is due is decided by the store and the time, so ticks that were missed in a
sleep, a restart or a change of the clock are caught up with by one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from data.effects import Clock
from data.store.engine.open import Store
from data.store.engine.turn import Lease
from data.store.sources.source_runs import states
from data.system.child_process import give_memory_back
from data.types import SourceState, Via
from monitor.service.scoring import AwayScorer
from monitor.service.state.health import due
from monitor.service.state.notebook import renew
from monitor.service.state.status import figures
from monitor.service.step import Service

log = logging.getLogger("schoolgate.service")

COLLECT_S, TASKS_S, DELIVER_S, BEAT_S, RECHECK_S, STAMP_S, BESIDE_S = 20, 10, 5, 20, 60, 3600, 15
"""Seconds between two ticks of each kind of work."""

ENDS_WITHIN_S = 7.0
"""So long what is under way may take to end when we are told to; then it is given back."""

_LOOK_S = 1.0
_STATES_LAST = timedelta(minutes=1)
"""Over a year of askings of twenty sources, reading how they fared takes 0.2 s of processor."""
_SLEPT = timedelta(minutes=1)
_BACK = timedelta(seconds=2)


@dataclass
class Running:
    """One service at work. `ending` is set by whoever wants it to end, and where a newer version has the
    store; `lost` says that another took over.

    `reload` reads the configuration again where it has changed; it raises nothing. `beside` is what goes on
    beside the store, by name.
    `let_go` frees what judging holds and has not used for a while.
    """

    service: Service
    store: Store
    lease: Lease
    scorer: AwayScorer
    reload: Callable[[], None]
    let_go: Callable[[], None]
    clock: Clock
    ending: threading.Event
    beside: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    lost: bool = False

    def __post_init__(self) -> None:
        self._states: Mapping[str, SourceState] = {}
        self._states_at: datetime | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Every kind of work at once, then at its pace."""
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # says that a long tick is long
        for name, work, every_s in (
            ("collect", self.service.collect, COLLECT_S),
            ("recheck", self.service.recheck, RECHECK_S),
            ("stamp", self.service.stamp, STAMP_S),
            ("tend", self._run_tasks, TASKS_S),
            ("mail", partial(self.service.deliver, (Via.MAIL,)), DELIVER_S),
            ("chat", partial(self.service.deliver, (Via.CHAT,)), DELIVER_S),
            ("beat", self._beat, BEAT_S),
            *((name, work, BESIDE_S) for name, work in self.beside.items()),
        ):
            self._scheduler.add_job(self._tick, "interval", (name, work), seconds=every_s)
        self._scheduler.start()
        self._now()

    def watch(self) -> None:
        """Waits until it is to end. A clock that jumped, as after a sleep, makes every kind of work tick."""
        before = self.clock()
        while not self.ending.wait(_LOOK_S):
            now = self.clock()
            if self.service.too_new is not None:
                self.ending.set()
            elif not -_BACK < now - before < _SLEPT:
                self._now()
            before = now

    def stop(self) -> bool:
        """No more is begun; gives whether all that was under way came to its end in time."""
        self.ending.set()
        ended = threading.Thread(target=self._scheduler.shutdown, name="ending", daemon=True)
        ended.start()
        ended.join(ENDS_WITHIN_S)
        return not ended.is_alive()

    def _now(self) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    def _tick(self, name: str, work: Callable[[], object]) -> None:
        if self.ending.is_set():
            return
        try:
            work()
        except Exception as error:  # noqa: BLE001 - an edge: one kind of work must not end for good
            self.service.fault(name, error)

    def _run_tasks(self) -> None:
        self.reload()
        self.service.run_tasks()

    def _beat(self) -> None:
        """Says that we live, lets go of what is not used, and counts."""
        renewed = renew(self.store, self.lease, self.clock())
        if renewed is None:
            log.error("another service has taken this home over; this one ends")
            self.lost = True
            self.ending.set()
            return
        self.lease = renewed
        config = self.service.context.config
        with self.store.read() as con:
            # how the sources fared, by the store, whoever asked them: read again each minute
            now = self.clock()
            if due(self._states_at, now, _STATES_LAST):
                self._states, self._states_at = states(con, [s.id for s in config.sources]), now
            counted = figures(con, config, self._states, self.clock(), self.service.health.started_at)
        self.service.health.tell(counted)
        self.service.health.ended("beat", self.clock())
        if self.scorer.let_go():
            log.info("the model is let go")
        self.let_go()
        give_memory_back()
