"""Judges: the schools and their people, the rules, what links, what scores."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeAlias

from alerts.next_date import Means
from classifiers.scoring.huggingface_scorer import HuggingFaceScorer
from classifiers.scoring.network import TextScorer
from classifiers.stories import ANYWHERE, Anywhere, Shelf, fold
from classifiers.verdicts.verdict_reasons import Thresholds
from data.frozen import freeze
from data.people import PeopleBySchool
from data.store import stories as story_store
from data.store.engine.connect import Connection
from data.store.engine.turn import Turn, turn_of
from data.store.stories import posts_moved
from data.types import Alert, Folded, Match, Mention, Person, Policy, Relevance, Role, School, Sketch, Source
from monitor.config.model import ModelSettings

FOLD_DAYS = 14
"""How far back a story is looked for."""

_READS_ON = 2
"""So many threads the second reader uses."""

MOST_PRINTS = 100_000
"""So many are kept from one transaction to the next, some 60 MB: those of the schools asked for last."""


class Recent:
    """The shelves that new mentions are folded with, of the schools that were asked for, kept between groups
    and scans of one process. Only for transactions that write: one at a time.

    What is kept is right as long as nothing but the transactions that fold has written to the store. Whatever
    else writes there (a purge, another command, another process), it is read again; where a transaction is
    rolled back, what it placed is forgotten.
    """

    def __init__(self, most: int = MOST_PRINTS) -> None:
        self._most = most
        self._kept: dict[str, Shelf] = {}
        self._read_since: datetime | None = None
        self._turn: Turn | None = None
        self._undo: dict[str, Shelf] = {}
        self._doubted: set[str] = set()
        self._moved: tuple[Turn | None, dict[tuple[str, str], str]] = (None, {})

    def fold(
        self,
        con: Connection,
        mentions: Sequence[Mention],
        matches: Sequence[tuple[Match, ...]],
        now: datetime,
        again: Collection[str] = (),
        rule: Anywhere = ANYWHERE,
    ) -> tuple[Folded, ...]:
        """Folds these with what is there by now; they are to be saved in this transaction. `again` are ids of
        those that were saved with the same words before: the store keeps the print of then, so it is read
        again in the next transaction."""
        urns = {m.urn for found in matches for m in found if m.relevance is not Relevance.NOT_ABOUT}
        since = now - timedelta(days=FOLD_DAYS)
        folded = tuple(fold(mentions, matches, self.shelves(con, urns, since), now, rule))
        # what people put elsewhere; in one transaction it is read once
        turn = turn_of(con)
        if turn is None or self._moved[0] is not turn:
            self._moved = turn, posts_moved(con)
        if moved := self._moved[1]:  # what somebody put elsewhere stays there, however long ago
            folded = tuple(
                replace(f, story_id=moved.get((f.mention_id, f.urn), f.story_id)) if f.how == "new" else f
                for f in folded
            )
        if turn_of(con) is not None:
            for urn, sketches in _by_school(f.sketch for f in folded).items():
                before = self._kept[urn]
                self._undo.setdefault(urn, before)
                self._kept[urn] = before.since(since).joined_by(sketches)
            self._doubted |= {f.urn for f in folded if f.mention_id in again}
        return folded

    def shelves(self, con: Connection, urns: Iterable[str], since: datetime) -> Mapping[str, Shelf]:
        """The posts about these schools since then, by school; what is missing is read at once."""
        wanted = sorted(urns)
        if (turn := turn_of(con)) is None:
            return _read_shelves(con, wanted, since)
        if turn is not self._turn:
            self._begin(turn, since)
        missing = [urn for urn in wanted if urn not in self._kept]
        if missing:
            self._kept |= _read_shelves(con, missing, since)
            self._read_since = max(since, self._read_since or since)
        for urn in wanted:
            self._kept[urn] = self._kept.pop(urn)  # the last asked for stand last
        return {urn: self._kept[urn].since(since) for urn in wanted}

    def forget(self, urns: Iterable[str]) -> None:
        """Forget what these schools have: some of it went to another story than it was folded into."""
        for urn in urns:
            self._kept.pop(urn, None)

    def _begin(self, turn: Turn, since: datetime) -> None:
        """Forgets what may not be so any more, by what became of the last transaction and since."""
        last, self._turn = self._turn, turn
        if last is None or not turn.follows(last) or (self._read_since and since < self._read_since):
            self._kept.clear()
            self._read_since = None
        elif not last.committed:
            self._kept |= self._undo
        for urn in self._doubted:
            self._kept.pop(urn, None)
        self._undo, self._doubted = {}, set()
        room = self._most - sum(map(len, self._kept.values()))
        while room < 0:
            room += len(self._kept.pop(next(iter(self._kept))))


def _read_shelves(con: Connection, urns: Sequence[str], since: datetime) -> dict[str, Shelf]:
    found = _by_school(story_store.sketches(con, urns, since)) if urns else {}
    return {urn: Shelf(found.get(urn, ())) for urn in urns}


def _by_school(sketches: Iterable[Sketch]) -> dict[str, list[Sketch]]:
    found = defaultdict(list)
    for one in sketches:
        found[one.urn].append(one)
    return found


OpenCases: TypeAlias = "Callable[[Connection, Sequence[Alert], datetime], None]"


class Linking(Protocol):
    """Says which schools mentions are about: `classifiers.linking.linker.Linker`, or a stand-in for it."""

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]: ...


@freeze
class Judges:
    """The means of judging, made once per command: schools, people, rules and the model.

    `means` says, by urn, how a school's people are reached; `first_assessors` who looks at a matter
    first by its own policy. `secret` is the home's, with which what was erased is known again. `open_cases`
    opens the cases that alerts begin, in the transaction that saves them. `recent` is what new mentions are
    folded with. `timed` counts what is done within it to a stage. `natures` are the channels set, by host.
    """

    schools: Mapping[str, School]
    people: tuple[Person, ...]
    policy: Policy
    linker: Linking
    scorer: Callable[[], TextScorer]
    thresholds: Thresholds
    means: Callable[[str], Means] = lambda urn: Means()
    first_assessors: Mapping[str, Role] = field(default_factory=dict)
    speakers: Mapping[str, Role] = field(default_factory=dict)
    secret: Callable[[], bytes] = bytes
    open_cases: OpenCases = lambda con, alerts, now: None
    recent: Recent = field(default_factory=Recent)
    timed: Callable[[str], AbstractContextManager[None]] = lambda stage: nullcontext()
    natures: Mapping[str, str] = field(default_factory=dict)
    _by_school: PeopleBySchool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_school", PeopleBySchool(self.people))

    def people_of(self, urn: str) -> tuple[Person, ...]:
        """The people of one configured school, in their order; the same tuple each time."""
        return self._by_school.of(self.schools[urn])

    def policy_of(self, urn: str) -> Policy:
        """The rules with the school's own first assessor and press officer, where its policy names them."""
        first = self.first_assessors.get(urn, self.policy.first_assessor)
        return replace(self.policy, first_assessor=first, press=self.speakers.get(urn, self.policy.press))


def scorer(model: ModelSettings) -> TextScorer:
    """The configured model; it is loaded at its first text, as the second reader beside it is."""
    if model.name:
        return HuggingFaceScorer(model.name, model.labels)
    from classifiers.scoring.network import READ
    from classifiers.scoring.onnx_scorer import Scorer

    threads, folder = model.threads or os.cpu_count() or 1, reader_folder(model)
    again = Scorer(folder, min(threads, _READS_ON), READ) if folder else None
    return Scorer(threads=threads, reader=again)


def reader_folder(model: ModelSettings) -> Path | None:
    """The folder of the second reader; None where it is switched off or not installed."""
    found = find_spec("schoolgate_reader") if model.second_reader and not model.name else None
    return Path(found.origin).parent if found and found.origin else None
