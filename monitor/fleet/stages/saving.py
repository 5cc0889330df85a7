"""Judging and saving for homes, and seeing to them. A home has one writer; it may be asked anything twice."""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from threading import Lock

from data.effects import Clock, utc_now
from data.errors import ConfigError, StoreError, StoreHeld
from data.types import Mention
from monitor.config.settings import ModelSettings
from monitor.fleet.settings import FleetHome, OwnFolders, SharedPlace
from monitor.fleet.stages.linking import NationalLinker
from monitor.fleet.stages.scoring import GivenScores, Wanting
from monitor.fleet.stages.tending import Desk, Tending
from monitor.fleet.work import SHARED, AskPlace, Saved, ScoresWanted, Tend, Tended, ToSave
from monitor.pipeline.collect import Collected, scope_of
from monitor.pipeline.judge import Before, judge_all, keep_all, look
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Judged
from monitor.pipeline.scanning.asking import AskedSource, asked, isolated, opened, told_of
from monitor.service.scoring import AwayScorer
from monitor.service.serve import tell_of_no_start
from monitor.service.state.holder import Taken

log = logging.getLogger("schoolgate.fleet")

_Placed = tuple[int, Collected]
"""A reading, and its place among those that were handed over."""


@dataclass
class Saving:
    """A worker of `Stage.SAVE`. What it keeps of a home it makes anew where the home's file has changed."""

    national: NationalLinker
    shared: tuple[SharedPlace, ...]
    model: ModelSettings
    folders: OwnFolders
    clock: Clock = utc_now
    _desks: dict[str, Desk] = field(default_factory=dict, init=False)
    _tendings: dict[str, Tending] = field(default_factory=dict, init=False)
    _looked: dict[str, tuple[object, Before]] = field(default_factory=dict, init=False)
    _begun: dict[str, tuple[object, int, Saved]] = field(default_factory=dict, init=False)
    """By home: how many turns of a work were saved before scores were wanted for the rest, and what that was.
    """
    _making: dict[str, Lock] = field(default_factory=lambda: defaultdict(Lock), init=False)
    """One a home: to make it waits for its store, and for no other's."""

    def __call__(self, work: ToSave | Tend | AskPlace) -> Saved | ScoresWanted | Tended | AskedSource:
        """Does it. Raises SchoolgateError where the home cannot be used at all."""
        match work:
            case ToSave():
                return self._saved(work)
            case Tend():
                return self._tended(work)
            case AskPlace(_, _, _, FleetHome() as home):
                return _asked_as_its_own(work, home, self._desk(home), self.clock)
        raise TypeError(f"a writer was asked for {type(work).__name__}")

    def _saved(self, work: ToSave) -> Saved | ScoresWanted:
        desk = self._desk(work.home)
        scorer = desk.own_scorer or GivenScores(work.scores)
        judges = replace(desk.judges, scorer=lambda: scorer)
        key = tuple((reading.run.source_id, reading.run.started_at) for reading in work.readings)
        readings, unknown = _collected(work, desk)
        turns = _each_source_once(readings)
        begun, turn, done = self._begun.pop(desk.home.name, (None, 0, Saved()))
        if begun != key:
            turn, done = 0, Saved(failed=dict.fromkeys(unknown, "NoSource"))
        try:
            if len(turns) > 1 and not work.scores and desk.own_scorer is None:
                # the scores of all are asked for at once; a fault shows at its own turn
                with suppress(Exception):
                    self._judge(desk, judges, work.now, list(enumerate(_each_source_whole(readings))))
            for some in turns[turn:]:
                done = _and(done, self._save(some, desk, judges, work.now))
                turn += 1
        except Wanting as wanting:
            self._begun[desk.home.name] = key, turn, done
            return ScoresWanted(wanting.texts)
        return done

    def _save(self, some: Sequence[_Placed], desk: Desk, judges: Judges, now: datetime) -> Saved:
        judged = isolated(some, partial(self._judge, desk, judges, now))
        ready = [(i, one) for (i, _), one in zip(some, judged, strict=True) if isinstance(one, Judged)]

        def keep(these: Sequence[tuple[int, Judged]]) -> list[Saved]:
            with opened(desk.store.write("fleet")) as con:
                batches = keep_all(con, [one for _, one in these], judges, now)
            return [Saved(len(b.mentions), len(b.alerts), _delays_s(b.mentions, now)) for b in batches]

        done = isolated(ready, keep)
        ended = [*zip(some, judged, strict=True), *zip(ready, done, strict=True)]
        faults = {i: end for (i, _), end in ended if isinstance(end, Exception)}
        for fault in faults.values():
            log.error("home=%s fault=%s at=%s", desk.home.name, *told_of(fault))
        saved = Saved(failed={i: type(fault).__name__ for i, fault in faults.items()})
        for one in done:
            saved = _and(saved, one) if isinstance(one, Saved) else saved
        return saved

    def _judge(self, desk: Desk, judges: Judges, now: datetime, some: Sequence[_Placed]) -> list[Judged]:
        """What was looked up stays from a first try to the next, with scores: nobody else writes meanwhile
        but people, and what they change is asked again where it is saved."""
        readings = [one for _, one in some]
        key = tuple((one.source.id, one.run.started_at) for one in readings)
        known = self._looked.pop(desk.home.name, (None, None))
        before = known[1] if known[0] == key else None
        if before is None:
            with opened(desk.store.read()) as con:
                before = look(con, readings, judges, now)
        self._looked[desk.home.name] = key, before
        judged = judge_all(readings, before, judges)
        del self._looked[desk.home.name]
        return judged

    def _tended(self, work: Tend) -> Tended:
        try:
            desk = self._desk(work.home)
        except StoreHeld as held:
            return Tended(held_by=held.by)
        except StoreError as error:
            tell_of_no_start(work.home.folder, self.folders.load(work.home, os.environ), error, self.clock)
            raise
        tending = self._tendings.get(desk.home.name)
        if tending is None:
            tending = Tending(desk, self._spare, self.clock, self.folders.fleet)
            self._tendings[desk.home.name] = tending
        if work.only_send:
            tending.send()
            return Tended()
        try:
            return Tended(faults=tending.tend(work.read_at, work.first_by))
        except Taken as taken:
            return Tended(held_by=taken.by)

    def _desk(self, home: FleetHome) -> Desk:
        with self._making[home.name]:
            found = self._desks.get(home.name)
            if found is None or found.home != home or found.changed:
                found = self._desks[home.name] = self._made(home, found)
            return found

    def _made(self, home: FleetHome, before: Desk | None) -> Desk:
        """Anew; where its file has faults what was in use stays."""
        try:
            made = Desk(home, self.shared, self.national, self.folders, self.clock)
        except ConfigError as error:
            if before is None:
                raise
            log.error("home=%s its file is not taken: %d faults", home.name, len(error.faults))
            before.taken()
            return before
        if (tending := self._tendings.pop(home.name, None)) is not None:
            tending.close()
        return made

    def close(self) -> None:
        """Its homes' pages answer nobody any more, and services of their own may run for them."""
        for tending in self._tendings.values():
            tending.close()

    @cached_property
    def _spare(self) -> AwayScorer:
        """For what people hand in: it is begun when it is needed, and ends with this process."""
        return AwayScorer(self.model, time.monotonic)


def _asked_as_its_own(work: AskPlace, home: FleetHome, desk: Desk, clock: Clock) -> AskedSource:
    """A home knows its source, and the sign-in of that, by the name in its own file."""
    own = replace(work.source, id=work.source.id.removeprefix(f"{home.name}/"))
    answer = asked(own, work.state, desk.fetcher, clock)
    run = replace(answer.collected.run, source_id=work.source.id)
    return replace(answer, collected=replace(answer.collected, source=work.source, run=run))


def _collected(work: ToSave, desk: Desk) -> tuple[list[_Placed], list[int]]:
    """The readings by the home's own sources; of one that it has no more nothing is saved. Then those of a
    place that is another's, and is not in the fleet just now: they wait for it."""
    sources = {s.id: s for s in work.lent} | dict(desk.sources)
    placed = [(i, reading, sources.get(reading.run.source_id)) for i, reading in enumerate(work.readings)]
    known = [
        (i, Collected(source, replace(r.run, scope=scope_of(source)), r.mentions, articles=r.articles))
        for i, r, source in placed
        if source is not None
    ]
    unknown = [i for i, r, source in placed if source is None and r.run.source_id.startswith(SHARED)]
    return known, unknown


def _each_source_once(readings: Iterable[_Placed]) -> list[list[_Placed]]:
    """In their order, so many at a time that none is of a source that another is of."""
    turns: list[list[_Placed]] = []
    for i, one in readings:
        if not turns or any(one.source.id == other.source.id for _, other in turns[-1]):
            turns.append([])
        turns[-1].append((i, one))
    return turns


def _each_source_whole(readings: Iterable[_Placed]) -> list[Collected]:
    """A reading of each source, with the mentions of all of its readings."""
    found: dict[str, Collected] = {}
    for _, one in readings:
        before = found.get(one.source.id)
        mentions = {m.id: m for m in (*(before.mentions if before else ()), *one.mentions)}
        articles = {**(before.articles if before else {}), **one.articles}
        found[one.source.id] = replace(one, mentions=tuple(mentions.values()), articles=articles)
    return list(found.values())


def _delays_s(mentions: Iterable[Mention], now: datetime) -> tuple[float, ...]:
    """What is older was there before its place was first asked, or before a time in which nobody asked."""
    ages = (now - m.published for m in mentions if m.published is not None)
    return tuple(age.total_seconds() for age in ages if timedelta(0) <= age < timedelta(days=1))


def _and(one: Saved, other: Saved) -> Saved:
    return Saved(
        one.new + other.new,
        one.alerts + other.alerts,
        one.delays_s + other.delays_s,
        {**one.failed, **other.failed},
    )
