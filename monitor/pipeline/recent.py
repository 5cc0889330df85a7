"""What new mentions are folded with: those of the last days, kept between groups and scans of one process.

What is kept is right as long as nothing but the transactions that fold has written to the store. Whatever
else writes there (a purge, another command, another process), it is read again; where a transaction is rolled
back, what it placed is forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from classifiers.stories.folding import fold
from classifiers.stories.shelves import Shelf
from data.store.engine.connect import Connection
from data.store.engine.turn import Turn, turn_of
from data.store.verdicts import stories as story_store
from data.types import Folded, Match, Mention, Relevance, Sketch

FOLD_DAYS = 14
"""How far back a story is looked for."""

MOST_PRINTS = 100_000
"""So many are kept from one transaction to the next, some 60 MB: those of the schools asked for last."""


class Recent:
    """The shelves of the schools that were asked for. Only for transactions that write: one at a time."""

    def __init__(self, most: int = MOST_PRINTS) -> None:
        self._most = most
        self._kept: dict[str, Shelf] = {}
        self._read_since: datetime | None = None
        self._turn: Turn | None = None
        self._undo: dict[str, Shelf] = {}
        self._doubted: set[str] = set()

    def fold(
        self,
        con: Connection,
        mentions: Sequence[Mention],
        matches: Sequence[tuple[Match, ...]],
        now: datetime,
        again: Collection[str] = (),
    ) -> tuple[Folded, ...]:
        """Folds these with what is there by now; they are to be saved in this transaction.

        `again` are ids of those that were saved with the same words before: the store keeps the print of
        then, so it is read again in the next transaction.
        """
        urns = {m.urn for found in matches for m in found if m.relevance is not Relevance.NOT_ABOUT}
        since = now - timedelta(days=FOLD_DAYS)
        folded = tuple(fold(mentions, matches, self.shelves(con, urns, since), now))
        if turn_of(con) is not None:
            self._place(folded, since)
            self._doubted |= {f.urn for f in folded if f.mention_id in again}
        return folded

    def shelves(self, con: Connection, urns: Iterable[str], since: datetime) -> Mapping[str, Shelf]:
        """What was posted about these schools since then, by school; all that is missing is read at once."""
        wanted = sorted(urns)
        if (turn := turn_of(con)) is None:
            return _read(con, wanted, since)
        if turn is not self._turn:
            self._begin(turn, since)
        missing = [urn for urn in wanted if urn not in self._kept]
        if missing:
            self._kept |= _read(con, missing, since)
            self._read_since = max(since, self._read_since or since)
        for urn in wanted:
            self._kept[urn] = self._kept.pop(urn)  # the last asked for stand last
        return {urn: self._kept[urn].since(since) for urn in wanted}

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
        self._shorten()

    def _shorten(self) -> None:
        room = self._most - sum(map(len, self._kept.values()))
        for urn in list(self._kept):
            if room >= 0:
                return
            room += len(self._kept.pop(urn))

    def _place(self, folded: Iterable[Folded], since: datetime) -> None:
        for urn, sketches in _by_school(f.sketch for f in folded).items():
            before = self._kept[urn]
            self._undo.setdefault(urn, before)
            self._kept[urn] = before.since(since).joined_by(sketches)


def _read(con: Connection, urns: Sequence[str], since: datetime) -> dict[str, Shelf]:
    found = _by_school(story_store.sketches(con, urns, since)) if urns else {}
    return {urn: Shelf(found.get(urn, ())) for urn in urns}


def _by_school(sketches: Iterable[Sketch]) -> dict[str, list[Sketch]]:
    found = defaultdict(list)
    for one in sketches:
        found[one.urn].append(one)
    return found
