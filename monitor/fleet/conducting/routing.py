"""From what places gave to the homes it is for: linked, with the articles behind headlines, handed over.

A segment of what was read is deleted when all of it is kept for the homes it goes to.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from data.errors import SchoolgateError, StoreDamaged, StoreError
from data.ids import digest
from data.store.engine.open import Store
from data.store.mentions.articles import article_reads, put_article_reads
from data.store.segments import HandedReading, read_segment
from data.store.shelf import SegmentShelf, put_at
from data.types import ArticleRead, Mention, SourceRun
from data.web.channels import host_of
from monitor.fleet.conducting.line import WorkLine
from monitor.fleet.engines.base import SUSPECT, Stage, WorkerLost, again_after, shard_of
from monitor.fleet.work import SHARED, AskArticle, Place, Routed, ToRoute
from monitor.pipeline.articles import PATIENCE, WantedArticle, due_again

log = logging.getLogger("schoolgate.fleet")

AT_ONCE = 2
"""So many segments are linked by one linker at a time, so that it never waits for the next."""

MOST_TRIES = 3
UNKNOWN_WAITS = timedelta(minutes=15)
LATELY, MOST_LATELY = timedelta(hours=1), 1000
"""So long an article that was read is known, so that feeds that carry the same do not ask for it each."""

HandOver = Callable[[str, Sequence[HandedReading], datetime], None]
"""Keeps readings for a home, by its name. Raises SchoolgateError where they cannot be kept."""


@dataclass(eq=False)
class _Segment:
    """One that is being routed: what is left of it."""

    path: Path
    left: int = 0


@dataclass(eq=False)
class _AwaitingArticles:
    """A reading that waits for its articles, until `until` at most."""

    segment: _Segment
    place: Place
    reading: HandedReading
    to: Mapping[str, tuple[int, ...]]
    until: datetime
    to_come: set[str]
    found: dict[str, ArticleRead] = field(default_factory=dict)
    handed: bool = False


@dataclass
class HandingOut:
    """What was read and is not handed over yet. `told` is given each run with the homes that something
    of it went to, `spoilt` is told where a segment cannot be read."""

    places: Mapping[str, Place]
    read: SegmentShelf
    line: WorkLine
    store: Store
    linkers: int
    fetchers: int
    clock: Callable[[], datetime]
    hand_over: HandOver
    told: Callable[[Place, SourceRun, Collection[str]], None]
    spoilt: Callable[[], None]
    faults: int = 0
    _begun: dict[Path, _Segment] = field(default_factory=dict, init=False)
    _tried: dict[Path, tuple[int, datetime]] = field(default_factory=dict, init=False)
    _articles: list[_AwaitingArticles] = field(default_factory=list, init=False)
    _asked: dict[str, list[tuple[_AwaitingArticles, WantedArticle]]] = field(default_factory=dict, init=False)
    _lately: OrderedDict[str, ArticleRead] = field(default_factory=OrderedDict, init=False)
    _next: int = 0
    _answers: int = 0

    @property
    def waiting(self) -> int:
        """So many segments are not handed over."""
        return len(self.read.waiting())

    def waits_since(self, now: datetime) -> datetime | None:
        """Since when the oldest of them waits, but for what waits until its home is in the fleet again; None
        where none does."""
        aside = {path for path, (tries, _) in self._tried.items() if not tries}
        return min((put_at(path, now) for path in self.read.waiting() if path not in aside), default=None)

    def begin(self, now: datetime) -> None:
        """Begins with what can be begun; what has waited for its articles for long enough goes without."""
        for one in [w for w in self._articles if now >= w.until]:
            self._go_on(one)
        for path in self.read.waiting():
            if path in self._begun or self._tried.get(path, (0, now))[1] > now:
                continue
            shard = self._free_linker()
            if shard is None:
                return
            self._route(path, shard, now)

    def _free_linker(self) -> int | None:
        """Each in turn; one that hangs holds back no other."""
        for _ in range(self.linkers):
            shard, self._next = self._next % self.linkers, self._next + 1
            if self.line.under_way(Stage.LINK, shard) < AT_ONCE:
                return shard
        return None

    def look_anew(self, now: datetime) -> None:
        """The clock was changed: nothing waits for a time by what it said before."""
        self._tried = {path: (tries, now) for path, (tries, _) in self._tried.items()}
        for one in self._articles:
            one.until = now + PATIENCE

    def _route(self, path: Path, shard: int, now: datetime) -> None:
        try:
            read = self._known_of(path, read_segment(path), now)
        except StoreDamaged as error:
            log.error("in=route segment=%s fault=%s: deleted", path.name, type(error).__name__)
            self.spoilt()
            self.read.drop(path)
            return
        except StoreError as error:
            self._failed(path, error)
            return
        if not read:
            return
        readings = [(self.places[r.run.source_id], r) for r in read]
        segment = self._begun[path] = _Segment(path, len(readings))
        work = ToRoute(tuple(readings), now)
        self.line.ask(
            Stage.LINK, shard, work, partial(self._routed, segment, readings), partial(self._failed, path)
        )

    def _known_of(self, path: Path, readings: Sequence[HandedReading], now: datetime) -> list[HandedReading]:
        """Those of places that there are. The others wait by themselves, for as long as segments may: their
        home may be out of the fleet for an hour. Raises StoreError."""
        known = [r for r in readings if r.run.source_id in self.places]
        if len(known) == len(readings):
            return known
        if known:
            unknown = [r for r in readings if r.run.source_id not in self.places]
            self._tried[self.read.put(unknown, put_at(path, now))] = 0, now + UNKNOWN_WAITS
            self.read.put(known, put_at(path, now))
            self.read.drop(path)
        else:
            self._tried[path] = 0, now + UNKNOWN_WAITS
        return []

    def _split(self, path: Path) -> None:
        """One of its readings may be what ends the linkers: each is tried by itself. Raises StoreError."""
        readings = read_segment(path)
        if len(readings) > 1:
            for reading in readings:
                self.read.put([reading], put_at(path, self.clock()))
            self.read.drop(path)

    def _failed(self, path: Path, error: Exception) -> None:
        """It stays where it is, and is tried again."""
        log.error("in=route segment=%s fault=%s", path.name, type(error).__name__)
        self.faults += 1
        self._begun.pop(path, None)
        self._articles = [one for one in self._articles if one.segment.path != path]
        tries, _ = self._tried.get(path, (0, None))
        again = self.clock() + again_after(error, tries, SUSPECT)
        if isinstance(error, WorkerLost):
            before, self._answers = self._answers, self.line.answers[Stage.LINK]
            if tries >= MOST_TRIES and before == self._answers:
                tries -= 1  # no linker has done anything else since: it is not this that ends them
        self._tried[path] = tries + 1, again
        if isinstance(error, WorkerLost) and tries + 1 == MOST_TRIES:
            self._split(path)

    def _routed(
        self, segment: _Segment, readings: Sequence[tuple[Place, HandedReading]], routed: Sequence[Routed]
    ) -> None:
        now = self.clock()
        asked = self._unknown(readings, routed, now)
        ready = []
        for (place, reading), one in zip(readings, routed, strict=True):
            keys = [(place.source.id, w.key) for w in one.wanted]
            wanted = [
                replace(w, before=asked[k]) for w, k in zip(one.wanted, keys, strict=True) if k in asked
            ]
            if wanted:
                keys_to_come = {w.key for w in wanted}
                waits = _AwaitingArticles(segment, place, reading, one.to, now + PATIENCE, keys_to_come)
                self._articles.append(waits)
                for each in wanted:
                    self._ask_once(waits, each, now)
            else:
                ready.append((place, reading, one.to))
        self._hand_over(segment, ready, now)

    def _unknown(
        self, readings: Sequence[tuple[Place, HandedReading]], routed: Sequence[Routed], now: datetime
    ) -> dict[tuple[str, str], ArticleRead | None]:
        """Those of the wanted articles, by place and address, that are to be asked for, with what became of
        asking for them before."""
        wanted = {
            (p.source.id, w.key) for (p, _), one in zip(readings, routed, strict=True) for w in one.wanted
        }
        if not wanted:
            return {}
        with self.store.read() as con:
            known = article_reads(con, [_book_key(*each) for each in wanted])
        before = {each: known.get(_book_key(*each)) for each in wanted}
        return {each: read for each, read in before.items() if read is None or due_again(read, now)}

    def _ask_once(self, one: _AwaitingArticles, wanted: WantedArticle, now: datetime) -> None:
        """Whoever else wants the article, now or within the hour, has the same answer."""
        lately = self._lately.get(wanted.key)
        if lately is not None and timedelta(0) <= now - lately.at < LATELY:
            self._came(one, wanted, replace(lately, mention_id=wanted.mention.id))
            return
        waiting = self._asked.setdefault(wanted.key, [])
        waiting.append((one, wanted))
        if len(waiting) == 1:
            shard = shard_of(host_of(wanted.mention.url), self.fetchers)
            came, lost = partial(self._article, wanted.key), partial(self._no_article, wanted.key)
            self.line.ask(Stage.FETCH, shard, AskArticle(wanted), came, lost)

    def _article(self, key: str, read: ArticleRead) -> None:
        self._lately[key] = read
        while len(self._lately) > MOST_LATELY:
            self._lately.popitem(last=False)
        for one, wanted in self._asked.pop(key):
            self._came(one, wanted, replace(read, mention_id=wanted.mention.id))

    def _no_article(self, key: str, error: Exception) -> None:
        for one, wanted in self._asked.pop(key, ()):
            self._one_less(one, wanted)

    def _came(self, one: _AwaitingArticles, wanted: WantedArticle, read: ArticleRead) -> None:
        """What comes too late is handed over after its headline."""
        one.found[wanted.mention.id] = read
        if one.handed:
            self._hand_over_late(one, wanted.mention, read)
        self._one_less(one, wanted)

    def _hand_over_late(self, one: _AwaitingArticles, mention: Mention, read: ArticleRead) -> None:
        place = one.reading.mentions.index(mention)
        reading = replace(one.reading, mentions=(mention,), articles={mention.id: read})
        for home in [home for home, some in one.to.items() if place in some]:
            self.hand_over(home, [_part(one.place, home, reading, (0,))], self.clock())
        self._remember(one.place, [read])

    def _remember(self, place: Place, reads: Collection[ArticleRead]) -> None:
        """They are handed over, and not asked for again."""
        if reads:
            with self.store.write("fleet") as con:
                keys = [_book_key(place.source.id, read.key) for read in reads]
                put_article_reads(
                    con, [replace(r, key=key, text="") for r, key in zip(reads, keys, strict=True)]
                )

    def _one_less(self, one: _AwaitingArticles, wanted: WantedArticle) -> None:
        one.to_come.discard(wanted.key)
        if not one.to_come:
            self._go_on(one)

    def _go_on(self, one: _AwaitingArticles) -> None:
        if one not in self._articles:
            return
        self._articles.remove(one)
        found = dict(one.found)
        reading = replace(one.reading, articles=found)
        try:
            self._hand_over(one.segment, [(one.place, reading, one.to)], self.clock())
            one.handed = True
            self._remember(one.place, list(found.values()))
        except SchoolgateError as error:
            self._failed(one.segment.path, error)

    def _hand_over(
        self,
        segment: _Segment,
        readings: Sequence[tuple[Place, HandedReading, Mapping[str, tuple[int, ...]]]],
        now: datetime,
    ) -> None:
        """Keeps what goes to each home; the segment is deleted with the last of it."""
        by_home: dict[str, list[HandedReading]] = defaultdict(list)
        for place, reading, to in readings:
            for home, some in to.items():
                by_home[home].append(_part(place, home, reading, some))
        for home, parts in sorted(by_home.items()):
            self.hand_over(home, parts, now)
        for place, reading, to in readings:
            self.told(place, reading.run, to)
        segment.left -= len(readings)
        if not segment.left:
            self.read.drop(segment.path)
            self._begun.pop(segment.path, None)
            self._tried.pop(segment.path, None)


def _part(place: Place, home: str, reading: HandedReading, some: Sequence[int]) -> HandedReading:
    """A reading as it is handed to a home: by the home's own source, with its own mentions alone."""
    mentions = tuple(reading.mentions[i] for i in some)
    ids = {m.id for m in mentions}
    theirs = next((w.source.id for w in place.watches if w.home == home), f"{SHARED}{place.source.id}")
    run = replace(reading.run, source_id=theirs, mentions_read=len(mentions), mentions_new=0)
    return HandedReading(run, mentions, {i: read for i, read in reading.articles.items() if i in ids})


def _book_key(place_id: str, key: str) -> str:
    """By what the fleet remembers that it asked for an article: of what was said there it keeps nothing."""
    return digest("asked", place_id, key)
