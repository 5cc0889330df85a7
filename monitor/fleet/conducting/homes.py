"""What is handed to each home, and its writer's turn at it: one work a home at a time, what is read first.

A home's segments are deleted when it has saved them. What a fault keeps from that is tried again, for a
day.
"""

from __future__ import annotations

import logging
import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from data.errors import SchoolgateError, StoreBusy, StoreDamaged
from data.store.segments import HandedReading, read_segment
from data.store.shelf import put_at
from data.types import Scores, Source, SourceRun
from monitor.fleet.conducting.desks import HomeDesk
from monitor.fleet.conducting.line import WorkLine
from monitor.fleet.crew import SAVES_AT_ONCE
from monitor.fleet.engines.base import SUSPECT, Stage, WorkerLost, again_after, shard_of
from monitor.fleet.progress import HomeProgress
from monitor.fleet.work import SHARED, TOLD_EVERY, Saved, ScoresWanted, Tend, Tended, ToSave, ToScore
from monitor.service.step import FIRST_READING

log = logging.getLogger("schoolgate.fleet")

MOST_MENTIONS = 512
"""So many mentions are saved at once, or one segment's."""
MOST_TRIES = 3
"""After so many tries in vain each segment is tried by itself: one of them may be to blame."""
MOST_DELAYS = 10_000
TEND_EVERY = timedelta(minutes=1)
"""How often a home is seen to besides, where there is time for it."""
OVERDUE = timedelta(minutes=10)
MOST_TENDED = 2
"""So many homes of one writer are seen to at once. An alert's mail has a place beside them."""


@dataclass
class Handing:
    """The homes, by name. `lent` gives a source, by its home and its id there, that the home does not watch;
    `spoilt` is told of a home whose segment cannot be read; `unread` says whether something that a home
    watches is still to be read since the fleet began, or is on its way."""

    desks: dict[str, HomeDesk]
    line: WorkLine
    scorers: int
    clock: Callable[[], datetime]
    lent: Callable[[str, str], Source | None]
    spoilt: Callable[[str], None]
    unread: Callable[[str], bool]
    read_at: datetime | None = None
    _tending: Counter[int] = field(default_factory=Counter, init=False)
    delays_s: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DELAYS), init=False)

    def __post_init__(self) -> None:
        for desk in self.desks.values():
            desk.waiting.extend(desk.shelf.waiting())

    @property
    def at_work(self) -> bool:
        """Is something to be saved, or under way?"""
        return any(desk.busy or desk.tending or desk.unsaved for desk in self.desks.values())

    @property
    def waiting(self) -> int:
        """So many segments wait for their homes, but for those of homes that cannot be saved for."""
        return sum(len(desk.unsaved) for desk in self.desks.values() if desk.tries < MOST_TRIES)

    def told(self, now: datetime) -> tuple[HomeProgress, ...]:
        """How each home fares."""
        return tuple(desk.told_of(now) for desk in self.desks.values())

    @property
    def delay_s(self) -> tuple[float, float] | None:
        """Seconds from a post's own time to its being saved, of the last ones: median and 95th percentile."""
        found = sorted(self.delays_s)
        return (found[len(found) // 2], found[len(found) * 95 // 100]) if found else None

    def not_taken(self, homes: Collection[str]) -> None:
        """Their files have faults now, and no others: what was in use stays."""
        for name, desk in self.desks.items():
            desk.tell(stale=name in homes)

    def take_over(self, before: Handing) -> None:
        """What was counted today, and when each home was seen to, by whoever conducted until now."""
        for name, old in before.desks.items():
            if desk := self.desks.get(name):
                desk.fares = replace(old.fares, stale=False, unusable=False)
                desk.first_by = old.first_by

    def hand_over(self, home: str, readings: Sequence[HandedReading], now: datetime) -> None:
        """Keeps readings for a home. Raises StoreError where they cannot be kept."""
        desk = self.desks.get(home)
        if desk is not None:
            desk.waiting.append(desk.shelf.put(readings, now))
            desk.tell(last_handed_at=now)
            for reading in readings:
                desk.told[reading.run.source_id] = reading.run.outcome, now

    def tell(self, home: str, run: SourceRun, now: datetime) -> None:
        """A place was asked that brought nothing to this home. Of a place of the fleet's own it is told where
        that fares otherwise than before, or so often."""
        desk = self.desks[home]
        before = desk.told.get(run.source_id)
        shared = run.source_id.startswith(SHARED)
        if not shared or before is None or before[0] is not run.outcome or now - before[1] >= TOLD_EVERY:
            desk.told[run.source_id] = run.outcome, now
            if before is not None and before[0] is not run.outcome:
                desk.runs_at = now
            desk.runs.append(HandedReading(replace(run, mentions_new=0)))

    def wake(self, now: datetime) -> None:
        """The fleet has slept: nothing is known yet of what came meanwhile."""
        for desk in self.desks.values():
            desk.first_by = now + FIRST_READING

    def look_anew(self, now: datetime) -> None:
        """The clock was changed: nothing waits for a time by what it said before."""
        for desk in self.desks.values():
            desk.tend_at, desk.runs_at, desk.not_before = now, now, None
            desk.aside = [(now, path) for _, path in desk.aside]
            desk.told.clear()

    def begin(self, now: datetime, *, tend: bool = True) -> None:
        """Begins what can be begun: what is to be sent, what is to be saved, then what is to be seen to; but
        first of all homes that nobody has seen to for long."""
        desks = list(self.desks.values())
        if tend:
            self._tend_those(now - OVERDUE, now)
        for desk in desks:
            if desk.send and self._may_tend(desk, MOST_TENDED + 1):
                self._tend(desk, now, only_send=True)
        for desk in sorted((d for d in desks if d.ready(now)), key=lambda d: d.waiting[0].name):
            if not desk.busy and self._has_room(desk):
                self._save(desk)
        self._tell_runs(now)
        if tend:
            self._tend_those(now, now)

    def _tell_runs(self, now: datetime) -> None:
        """How its places fare is told to each home now and then, where it has had nothing else."""
        for desk in self.desks.values():
            if desk.runs and desk.runs_at <= now and desk.may_save(now) and self._has_room(desk):
                desk.runs_at = now + TEND_EVERY
                runs, desk.runs = desk.runs, []
                self._give(desk, _Hand((), _in_time(runs)))

    def _tend_those(self, since: datetime, now: datetime) -> None:
        due = (desk for desk in self.desks.values() if desk.tend_at <= since)
        for desk in sorted(due, key=lambda d: d.tend_at):
            if self._may_tend(desk, MOST_TENDED):
                self._tend(desk, now)

    def _has_room(self, desk: HomeDesk) -> bool:
        return self.line.under_way(Stage.SAVE, desk.writer) < SAVES_AT_ONCE

    def _may_tend(self, desk: HomeDesk, most: int) -> bool:
        """Others' mail servers may be slow: there must be room beside them for what is to be saved."""
        return not desk.tending and self._has_room(desk) and self._tending[desk.writer] < most

    def _save(self, desk: HomeDesk) -> None:
        paths: list[Path] = []
        readings: list[HandedReading] = []
        while desk.waiting and (not paths or desk.tries < MOST_TRIES):
            path = desk.waiting[0]
            if not path.exists():  # it was taken in before what followed failed
                desk.waiting.popleft()
                continue
            try:
                some = read_segment(path)
            except StoreDamaged as error:
                self._fault(desk, "segment", type(error).__name__)
                self.spoilt(desk.home.name)
                desk.shelf.drop(desk.waiting.popleft())
                continue
            if readings and sum(len(r.mentions) for r in (*readings, *some)) > MOST_MENTIONS:
                break
            desk.waiting.popleft()
            paths.append(path)
            readings += some
        if paths:
            runs, desk.runs = desk.runs, []
            self._give(desk, _Hand(tuple(paths), _in_time([*readings, *runs])))

    def _give(self, desk: HomeDesk, hand: _Hand) -> None:
        desk.busy = True
        lent = {r.run.source_id: self.lent(desk.home.name, r.run.source_id) for r in hand.readings}
        sources = tuple(s for s in lent.values() if s is not None)
        work = ToSave(desk.home, hand.readings, self.clock(), sources, hand.scores)
        then, failed = partial(self._saved, desk, hand), partial(self._not_saved, desk, hand)
        self.line.ask(Stage.SAVE, desk.writer, work, then, failed)

    def _saved(self, desk: HomeDesk, hand: _Hand, answer: Saved | ScoresWanted) -> None:
        if isinstance(answer, ScoresWanted):
            _Scores(self, desk, hand).ask(answer.texts)
            return
        now = self.clock()
        kept = [r for i, r in enumerate(hand.readings) if i in answer.failed and r.mentions]
        if kept:
            since = min((put_at(path, now) for path in hand.paths), default=now)
            again = desk.shelf.put(kept, since)  # what is tried again keeps its age
            desk.aside.append((now + again_after(SchoolgateError(), desk.failed), again))
            desk.failed += 1
        elif not desk.aside:
            desk.failed = 0
        for path in hand.paths:
            desk.shelf.drop(path)
        desk.busy, desk.not_before, desk.tries = False, None, 0
        desk.send = desk.send or answer.alerts > 0
        new, alerts = desk.fares.new_today + answer.new, desk.fares.alerts_today + answer.alerts
        desk.tell(last_saved_at=now, new_today=new, alerts_today=alerts)
        self.delays_s.extend(answer.delays_s)
        for kind in answer.failed.values():
            self._fault(desk, "save", kind)

    def _not_saved(self, desk: HomeDesk, hand: _Hand, error: Exception, by: Stage | None = None) -> None:
        """All of it waits again. A worker that was lost is begun anew at once; what is lost with it again,
        alone, is put aside: for long where the worker (`by`, else the writer) does other work in between."""
        desk.busy = False
        if isinstance(error, WorkerLost) and desk.tries >= MOST_TRIES and len(hand.paths) == 1:
            again = again_after(error, MOST_TRIES + desk.failed, MOST_TRIES + SUSPECT)
            desk.aside.append((self.clock() + again, hand.paths[0]))
            before, desk.answers = desk.answers, self.line.answers[by or (Stage.SAVE, desk.writer)]
            desk.failed += before != desk.answers
        else:
            desk.waiting.extendleft(reversed(hand.paths))
        desk.runs.extend(r for r in hand.readings if not r.mentions)
        self._fault(desk, "save", type(error).__name__)
        desk.not_before = self.clock() + again_after(error, desk.tries, math.inf)
        desk.tries += 1

    def _tend(self, desk: HomeDesk, now: datetime, *, only_send: bool = False) -> None:
        if only_send:
            desk.send = False
        else:
            desk.tend_at = now + TEND_EVERY
            if not (desk.busy or desk.runs or desk.unsaved or self.unread(desk.home.name)):
                desk.first_by = min(desk.first_by, now)
        desk.tending = True
        self._tending[desk.writer] += 1
        work = Tend(desk.home, now, self.read_at, only_send, desk.first_by)
        then, failed = partial(self._tended, desk, work), partial(self._not_tended, desk, work)
        self.line.ask(Stage.SAVE, desk.writer, work, then, failed)

    def _end_tending(self, desk: HomeDesk) -> None:
        desk.tending = False
        self._tending[desk.writer] -= 1

    def _tended(self, desk: HomeDesk, work: Tend, answer: Tended) -> None:
        self._end_tending(desk)
        desk.tell(unusable=False)
        if not work.only_send:
            desk.tell(last_tended_at=work.now, held_by=answer.held_by)
        for name, kind in answer.faults.items():
            self._fault(desk, name, kind)

    def _not_tended(self, desk: HomeDesk, work: Tend, error: Exception) -> None:
        """An alert's mail that was interrupted goes at once, by the next writer."""
        self._end_tending(desk)
        desk.send = desk.send or (work.only_send and isinstance(error, WorkerLost))
        desk.tell(unusable=not isinstance(error, WorkerLost | StoreBusy))
        self._fault(desk, "tend", type(error).__name__)

    def _fault(self, desk: HomeDesk, work: str, kind: str) -> None:
        faults = desk.fares.faults
        desk.tell(faults={**faults, work: faults.get(work, 0) + 1}, last_fault=kind)
        log.error("home=%s work=%s fault=%s", desk.home.name, work, kind)


@dataclass(frozen=True)
class _Hand:
    """What a writer is given: from which segments, and the scores of its texts that are known so far."""

    paths: tuple[Path, ...]
    readings: tuple[HandedReading, ...]
    scores: tuple[tuple[tuple[str, ...], Scores], ...] = ()


@dataclass
class _Scores:
    """The scores that a home's writer wants before it can save: each text's from its own scorer."""

    handing: Handing
    desk: HomeDesk
    hand: _Hand
    left: int = 0
    failed: Exception | None = None

    def ask(self, texts: Sequence[str]) -> None:
        """Asks for them; when all are there the writer is asked again."""
        by_scorer: dict[int, list[str]] = {}
        for text in texts:
            by_scorer.setdefault(shard_of(text, self.handing.scorers), []).append(text)
        self.left = len(by_scorer)
        for shard, some in by_scorer.items():
            then = partial(self._came, tuple(some))
            self.handing.line.ask(Stage.SCORE, shard, ToScore(tuple(some)), then, self._lost)

    def _came(self, texts: tuple[str, ...], scores: Scores) -> None:
        self.hand = replace(self.hand, scores=(*self.hand.scores, (texts, scores)))
        self._one_less()

    def _lost(self, error: Exception) -> None:
        self.failed = error
        self._one_less()

    def _one_less(self) -> None:
        self.left -= 1
        if self.left:
            return
        if self.failed is not None:
            self.handing._not_saved(self.desk, self.hand, self.failed, Stage.SCORE)
        else:
            self.handing._give(self.desk, self.hand)


def _in_time(readings: Sequence[HandedReading]) -> tuple[HandedReading, ...]:
    """In the order in which their places were asked."""
    return tuple(sorted(readings, key=lambda r: (r.run.started_at, r.run.source_id)))
