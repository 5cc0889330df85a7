"""Do what the service does at each tick, without threads and without a clock of its own.

Each method does what is due at `clock()` and nothing where nothing is. None raises for what is not a
person's to put right at once: a fault is logged by its kind and place, counted in `health`, and the rest goes
on.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from data.effects import Clock, Fetch, Up, no_uptime
from data.errors import StoreTooNew
from data.retention.deleting import purge_if_believed
from data.store import sources as source_store
from data.store.engine.open import Store
from data.types import MailReply, Outcome, Source, SourceState, Via
from monitor.config.home.context import Context, PeriodicTask, Write
from monitor.config.home.paths import Paths
from monitor.matters.assessment import only_looks
from monitor.pipeline.back_fill import due_back_fills, step_back
from monitor.pipeline.collect import ScanReader, Work, ask_source
from monitor.pipeline.intake import Intake, take_waiting
from monitor.pipeline.judges import Judges
from monitor.pipeline.rejudge import judge_again
from monitor.pipeline.scan import FinishedSource, scan_sources
from monitor.service.delivery import Delivered, Ways
from monitor.service.health import Health, due
from monitor.service.rechecks import Compared, name_new_copies, rechecks
from monitor.service.reminders import stamp_daily
from sources.http.politeness import never
from sources.runs import due_sources
from sources.timestamps import NoStamp

log = logging.getLogger("schoolgate.service")

PURGE_EVERY = timedelta(hours=1)
"""What is not about us goes within a day of its coming: looked for this often."""

PURGE_AGAIN = timedelta(minutes=5)
"""So long after a purge that failed it is tried again."""

LOOK_UP_EVERY = timedelta(hours=1)
"""So often platforms are asked which of the posts that are due still stand."""

FIRST_READING = timedelta(minutes=10)
"""So long a digest that tells of places not seen waits for the first reading after a start or a sleep."""

SLEPT = timedelta(minutes=1)
"""Looks at what is to be written that are further apart tell of a sleep."""

STATES_LAST = timedelta(minutes=5)
"""What is remembered of the sources is read again after so long, since commands by hand ask them too."""

Deliver = Callable[[Store, Context, Clock, Sequence[Via]], Delivered]


class ServiceReader(ScanReader, Fetch, Protocol):
    """The service's fetcher, or a stand-in for it."""


@dataclass(kw_only=True)
class Service:
    """The work of one home. `tasks` are named for the log; `judges` are made anew for each collect.

    `deliver_due` hands over the messages that are due in some ways. `context` may be replaced between two
    ticks. With `waits` digests that tell of places not seen wait for the first reading.
    `too_new` is that a newer version has the store now: nothing that is done here helps.
    """

    store: Store
    context: Context
    judges: Callable[[], Judges]
    fetcher: ServiceReader
    deliver_due: Deliver
    tasks: Mapping[str, PeriodicTask]
    clock: Clock
    stopped: Callable[[], bool] = never
    purge_every: timedelta = PURGE_EVERY
    uptime: Up = no_uptime
    waits: bool = False
    too_new: StoreTooNew | None = None

    def __post_init__(self) -> None:
        self.health = Health(self.clock())
        self.ways = Ways(self.health)
        self._purge_at: datetime | None = None
        self._lookups_at: datetime | None = None
        self._upgraded = False
        self._compared: Compared = set()
        self._states: Mapping[str, SourceState] = {}
        self._states_at: datetime | None = None
        self._asked: dict[str, datetime] = {}
        self._unsaved: dict[str, int] = {}
        self._wake(self.clock())

    def _wake(self, now: datetime) -> None:
        """Nothing is known yet of what places hold: the service has begun, or slept."""
        self._awake_at = self._looked_at = now
        self._read_at = now + FIRST_READING

    def collect(self) -> int:
        """Asks the sources that are due, each once however long we were away; gives how many ended.

        It has ended well only where nothing that we owe is left: no answer that could not be read, judged
        or saved for a fault of ours.
        """
        self.keep_house()
        began = self.clock()
        try:
            config = self.context.config
            self._read_states(began)
            if self._only_looks(began):
                self.health.note_ending("collect", began)
                self.health.note_ending(Work.READ, began)
                return 0
            seen = {i: self._with_last_asking(state, began) for i, state in self._states.items()}
            due = due_sources(config.sources, seen, began, config.zone)
            done = self._scan(due) if due else 0
            self._read_back()
            owed = self._owes_reading()
        except Exception as error:  # noqa: BLE001 - an edge: the next tick tries again, the others go on
            self.fault("collect", error)
            return 0
        if began >= self._awake_at:
            self._read_at = min(self._read_at, self.clock())
        if not owed:
            self.health.note_ending("collect", self.clock())
            self.health.note_ending(Work.READ, self.clock())
        return done

    def _only_looks(self, now: datetime) -> bool:
        with self.store.open_reader() as con:
            return only_looks(con, self.context.config, now)

    def _read_states(self, now: datetime) -> None:
        ids = [s.id for s in self.context.config.sources]
        if due(self._states_at, now, STATES_LAST) or self._states.keys() != set(ids):
            with self.store.open_reader() as con:
                self._states = source_store.states(con, ids)
            self._states_at = now

    def _with_last_asking(self, state: SourceState, now: datetime) -> SourceState:
        """Add the last asking by this process, and faults that could not be saved; none from the future."""
        times = [t for t in (state.last_run_at, self._asked.get(state.source_id)) if t and t <= now]
        asked = replace(state, last_run_at=max(times, default=None))
        faults = self._unsaved.get(state.source_id)
        return replace(asked, last_outcome=Outcome.OUR_FAULT, our_faults=faults) if faults else asked

    def _scan(self, due: Sequence[Source]) -> int:
        self._states_at = None
        done, judges = 0, self.judges()
        for one in scan_sources(
            due, store=self.store, fetcher=self.fetcher, judges=lambda: judges, clock=self.clock,
            stopped=self.stopped, ask=partial(ask_source, replied=self._take_replies),
        ):  # fmt: skip
            done += 1
            self._note(one)
        return done

    def _read_back(self) -> None:
        """One step of each place that is read back for a school that is new there."""
        with self.store.open_reader() as con:
            places = due_back_fills(con, self.context.config, self.clock())
        if not places or self.stopped():
            return
        for one in step_back(
            places, store=self.store, fetcher=self.fetcher, judges=self.judges, clock=self.clock,
            stopped=self.stopped,
        ):  # fmt: skip
            if one.failed is not None:
                self.health.note_failure(one.failed.work, self.clock(), one.failed.kind)

    def _take_replies(self, replies: Sequence[MailReply], now: datetime) -> None:
        from monitor.act.matter import take_replies

        take_replies(self.store, self.context, replies, now)

    def _note(self, done: FinishedSource) -> None:
        """It was asked; what that says of our own health, and what the store could not be told of it."""
        now, source, failed = self.clock(), done.source.id, done.failed
        self._asked[source] = now
        if failed is not None and not failed.saved:
            self._unsaved[source] = self._unsaved.get(source, done.before.our_faults) + 1
        else:
            self._unsaved.pop(source, None)
            if failed is None or failed.work is not Work.SAVE:
                self.health.note_ending(Work.SAVE, now)
        if failed is not None:
            self.health.note_failure(failed.work, now, failed.kind)
        elif done.batch.mentions:
            self.health.note_ending(Work.JUDGE, now)

    def _owes_reading(self) -> bool:
        """Is there a source whose last answer could not be read, judged or saved for a fault of ours?"""
        self._read_states(self.clock())
        on = {s.id for s in self.context.config.sources if s.disabled is None}
        ours = {i for i, state in self._states.items() if state.last_outcome is Outcome.OUR_FAULT}
        return bool(on & (ours | self._unsaved.keys()))

    def keep_house(self) -> None:
        """Purge, take in reports that could not be saved, and judge open matters once after an upgrade."""
        self._purge()
        home, config = self.context.home, self.context.config
        vault = Paths(home, config.path).evidence
        with self._contain_fault("report-in"):
            take_waiting(home, Intake(self.store, self.judges, vault, config.sources), self.clock)
        if not self._upgraded:
            try:
                judge_again(self.store, self.judges, self.clock)
                self._upgraded = True
            except Exception as error:  # noqa: BLE001 - an edge: what is new is judged all the same
                self.fault(Work.JUDGE, error)

    def _purge(self) -> None:
        now = self.clock()
        if self._purge_at is not None and timedelta(0) < self._purge_at - now <= self.purge_every:
            return
        try:
            done = purge_if_believed(self.store, now, self.context.config.policy, self.uptime())
        except Exception as error:  # noqa: BLE001 - an edge: what is due to be read is read all the same
            self._purge_at = now + min(PURGE_AGAIN, self.purge_every)
            self.fault("purge", error)
            return
        if done.withheld_until:
            log.warning("in=purge why=clock_leapt: nothing is deleted until %s", done.withheld_until)
        self._purge_at = now + self.purge_every
        self.health.note_ending("purge", now)

    def recheck(self) -> int:
        """Look again at the posts of cases that are due, name new copies, and ask which posts of places with
        a key still stand; return how many posts of cases there were."""
        done = 0
        with self._contain_fault("recheck"):
            found = rechecks(self.store, self.context, self.fetcher, self.clock, self.stopped)
            done = sum(one is not None for one in found)
            list(name_new_copies(self.store, self.context, self.clock, self._compared))
            if self.context.config.keys and due(self._lookups_at, self.clock(), LOOK_UP_EVERY):
                from monitor.service.gone import look_for_gone

                self._lookups_at = self.clock()
                look_for_gone(self.store, self.context, self.fetcher, self.clock, self.stopped)
        return done

    def stamp(self) -> None:
        """Has the audit chain's end stamped, once a day; where no stamp came, the next tick tries again."""
        try:
            found = stamp_daily(self.store, self.context, self.fetcher, self.clock())
        except Exception as error:  # noqa: BLE001 - an edge, as above
            self.count("stamp", error)
            return
        if isinstance(found, NoStamp):
            self.health.fault("stamp")
            log.warning("in=stamp why=%s", found.why.value)
            return
        self.health.note_ending("stamp", self.clock())

    def run_tasks(self) -> int:
        """Asks every periodic task what it would write, and writes it; returns how many writes there were."""
        written = 0
        with self._contain_fault("tend"):
            if wanted := self._gather_writes():
                written = self._write(wanted)
        return written

    def _gather_writes(self) -> dict[str, Sequence[Write]]:
        """Gather what each task would write; all read with one connection, and none stops the others."""
        found: dict[str, Sequence[Write]] = {}
        now, context = self.clock(), self.context
        if self.waits:
            if due(self._looked_at, now, SLEPT):
                self._wake(now)
            self._looked_at = now
            context = replace(context, read_at=self._read_at)
        with self.store.open_reader() as con:
            for name, task in self.tasks.items():
                try:
                    writes = task(con, context, now)
                except Exception as error:  # noqa: BLE001 - one task's fault must not stop the others
                    self.fault(name, error)
                    continue
                if writes:
                    found[name] = writes
                else:
                    self.health.note_ending(name, now)
        return found

    def _write(self, wanted: Mapping[str, Sequence[Write]]) -> int:
        """All in one transaction; where that fails, each task's in one of its own."""
        try:
            self._write_all([write for writes in wanted.values() for write in writes])
        except Exception as error:  # noqa: BLE001 - which of them it was is found out below
            if len(wanted) == 1:
                self.fault(next(iter(wanted)), error)
                return 0
        else:
            for name in wanted:
                self.health.note_ending(name, self.clock())
            return sum(map(len, wanted.values()))
        written = 0
        for name, writes in wanted.items():
            with self._contain_fault(name):
                self._write_all(writes)
                written += len(writes)
        return written

    def _write_all(self, writes: Sequence[Write]) -> None:
        with self.store.write("tend") as con:
            for write in writes:
                write(con)

    def deliver(self, ways: Sequence[Via] = tuple(Via)) -> None:
        """Hands over the messages that are due, in these ways."""
        try:
            done = self.deliver_due(self.store, self.context, self.clock, ways)
        except Exception as error:  # noqa: BLE001 - an edge, as above
            for way in ways:
                self.fault(way.value, error)
            return
        for way in ways:
            self.ways.record_due(way, done.tried[way], self.clock())

    @contextmanager
    def _contain_fault(self, work: str) -> Iterator[None]:
        """Keep one fault from stopping the rest: it is told, and what follows the block goes on."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - an edge: the next tick tries again, the others go on
            self.fault(work, error)
        else:
            self.health.note_ending(work, self.clock())

    def fault(self, place: str, error: Exception) -> None:
        """Work that did not end well. Kind and place are logged, never its text, which may hold a post's."""
        self.health.note_failure(place, self.clock(), type(error).__name__)
        self._log(place, error)

    def count(self, place: str, error: Exception) -> None:
        """The same of what people need not be told: it is counted."""
        self.health.fault(place)
        self._log(place, error)

    def _log(self, place: str, error: Exception) -> None:
        if isinstance(error, StoreTooNew):
            if self.too_new is not None:
                return
            self.too_new = error
        where = traceback.extract_tb(error.__traceback__)[-1]
        log.error("in=%s fault=%s at=%s:%s", place, type(error).__name__, where.filename, where.lineno)
