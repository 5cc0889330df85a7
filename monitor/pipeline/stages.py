"""The stages of a scan behind its reading: what has come is judged, a set at a time, and saved, a group at a
time, while the next set is judged. Between them stands one queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from classifiers.text.language import identify_language
from data.effects import Clock, Timer
from data.errors import StoreError, Unreadable
from data.frozen import freeze
from data.store import sources as source_store
from data.store.engine.open import Store
from data.store.mentions import Batch, Known, article_reads, article_texts, find_known
from data.types import (
    ArticleRead,
    FetchFailure,
    Mention,
    MentionKind,
    Outcome,
    Relevance,
    Request,
    Source,
    SourceRun,
)
from data.web.channels import channel
from data.web.urls import article_key
from monitor.pipeline.collect import (
    Collected,
    Failed,
    SourceReader,
    Work,
    fault_to_log,
    isolate_faults,
    log,
    note_fault,
    open_connection,
    source_for_linking,
)
from monitor.pipeline.conclude import with_known_places
from monitor.pipeline.judge import (
    JudgingContext,
    is_urgent,
    judge_readings,
    keep_all,
    load_context,
    urns_of,
    verdicts_on,
)
from monitor.pipeline.judged import Judged, left_out
from monitor.pipeline.judges import Judges
from sources.http.politeness import HostJob, Spread
from sources.parse import NOTHING, ArticleText, article_text, may_lead_to_article

# The articles behind headlines that name one of our schools: each address is asked for once, and only those.
# A source is judged when they have come, so that an article is judged together with its headline, and nobody
# is told twice. What other papers wrote about others is never asked for.

MOST_A_RUN = 10
"""So many articles are asked for in one run of a source; the next run goes on with the others."""
PATIENCE = timedelta(seconds=20)
"""After that no further article is asked for in a run: its headlines wait for them."""
OLDEST = timedelta(days=14)
"""The article behind an older headline is not asked for."""
AGAIN_AFTER = timedelta(hours=1)
"""When an address that failed for the moment is asked for once more."""

_ACCEPT = (("accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"),)


@freeze
class WantedArticle:
    """An article that is wanted, and its headline; `before` is what became of asking for it earlier."""

    mention: Mention
    key: str
    before: ArticleRead | None = None


@freeze
class ArticleAnswer:
    """The outcome of one address; `read` is None where it was not asked for after all."""

    key: str
    read: ArticleRead | None = None


@dataclass(slots=True)
class _AskedFor:
    """An address that is asked for in this scan, until when that may begin, whether it has, its answer."""

    until: datetime
    begun: bool = False
    answer: ArticleRead | None = None


@dataclass(slots=True)
class _Waiting:
    """A reading whose articles are asked for: since when (a timer's seconds), those come and to come."""

    collected: Collected
    since_s: float
    found: dict[str, ArticleRead] = field(default_factory=dict)
    to_come: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Articles:
    """Asks for the articles of one scan, in one thread; `add` has a job done, `timer` counts seconds."""

    store: Store
    judges: Judges
    reader: SourceReader
    clock: Clock
    timer: Timer
    add: Callable[[HostJob[Collected | ArticleAnswer]], None]
    asked: dict[str, _AskedFor] = field(default_factory=dict)
    waiting: list[_Waiting] = field(default_factory=list)

    def behind(self, readings: Sequence[Collected]) -> list[Collected]:
        """Those of the readings that wait for no article, with what was read before of those behind their
        headlines. The others are held, and their articles asked for. A fault of ours costs a reading its
        articles alone: it is logged, and its headlines are judged."""
        now = self.clock()
        heads = [(collected, headlines(collected, now)) for collected in readings]
        some = [one for one in heads if one[1]]
        found = iter(isolate_faults(some, partial(self._choose_headlines, now)) if some else ())
        ready = []
        for collected, mentions in heads:
            one = self._ask(collected, next(found), now) if mentions else None
            if one is not None and one.to_come:
                self.waiting.append(one)
            else:
                ready.append(replace(collected, articles=one.found) if one is not None else collected)
        return ready

    def complete_readings(self, answers: Iterable[ArticleAnswer], *, last: bool) -> list[Collected]:
        """The readings that have all their articles by now, or wait in vain for those that they have not: all
        of them where these were the `last` answers."""
        came = {answer.key: answer.read for answer in answers}
        for key, read in came.items():
            if read is None:
                del self.asked[key]
            else:
                self.asked[key].answer = replace(read, new=False)
        for one in self.waiting:
            for key in came.keys() & one.to_come.keys():
                mention_id, read = one.to_come.pop(key), came[key]
                if read is not None:
                    one.found[mention_id] = read
                    came[key] = replace(read, new=False)  # it is recorded with the first alone
            if self.timer() - one.since_s >= PATIENCE.total_seconds():  # a host's, or a thread's, turn is far
                one.to_come = {k: i for k, i in one.to_come.items() if self.asked[k].begun}
        done = [one for one in self.waiting if last or not one.to_come]
        self.waiting = [one for one in self.waiting if not last and one.to_come]
        return [replace(one.collected, articles=one.found) for one in done]

    def _ask(
        self, collected: Collected, articles: Sequence[WantedArticle] | Exception, now: datetime
    ) -> _Waiting:
        one = _Waiting(collected, self.timer())
        if isinstance(articles, Exception):
            log.error("source=%s work=articles fault=%s at=%s", collected.source.id, *fault_to_log(articles))
            return one
        asked = 0
        for wanted in articles:
            if wanted.before is not None and not due_again(wanted.before, now):
                one.found[wanted.mention.id] = wanted.before
            elif asked < MOST_A_RUN:
                asked += 1
                self._ask_once(wanted, one, now + PATIENCE)
        return one

    def _ask_once(self, wanted: WantedArticle, one: _Waiting, until: datetime) -> None:
        """Asked for by whichever source comes first in this scan; the others have its answer too."""
        earlier = self.asked.get(wanted.key)
        if earlier is not None and earlier.answer is not None:
            one.found[wanted.mention.id] = earlier.answer
            return
        one.to_come[wanted.key] = wanted.mention.id
        if earlier is not None:
            earlier.until = until
            return
        asked = self.asked[wanted.key] = _AskedFor(until)
        self.add(HostJob(wanted.mention.url, partial(self._fetch_article, wanted, asked)))

    def _fetch_article(self, wanted: WantedArticle, asked: _AskedFor) -> ArticleAnswer:
        """In a thread of the reading. A fault of ours costs this article alone: it is logged."""
        if self.clock() >= asked.until:
            return ArticleAnswer(wanted.key)
        asked.begun = True
        try:
            return ArticleAnswer(wanted.key, fetch_article(wanted, self.reader, self.clock))
        except Exception as error:  # noqa: BLE001 - the headline is judged all the same; it is told
            log.error("mention=%s work=articles fault=%s at=%s", wanted.mention.id, *fault_to_log(error))
            return ArticleAnswer(wanted.key)

    def _choose_headlines(
        self, now: datetime, heads: Sequence[tuple[Collected, Sequence[Mention]]]
    ) -> list[list[WantedArticle]]:
        """For each reading those of its headlines that are or may be about its schools, the newest first."""
        keys = {m.id: article_key(m.url) for _, found in heads for m in found}
        with open_connection(self.store.open_reader()) as con:
            before = find_known(con, list(keys))
            have = article_texts(con, list(before))
            reads = article_reads(con, list(keys.values()))
            left = [
                [m for m in found if not _is_settled(m, before, have, reads.get(keys[m.id]), now)]
                for _, found in heads
            ]
            asked = [(one, [m.id for m in some]) for (one, _), some in zip(heads, left, strict=True)]
            out = left_out(con, asked, self.judges)
        wanted = []
        for (collected, _), some in zip(heads, left, strict=True):
            shown = [m for m in some if (collected.source.id, m.id) not in out]
            linked = self.judges.linker.link(shown, source_for_linking(collected.source)) if shown else []
            urns = set(collected.source.urns or self.judges.schools)
            ours = [
                m
                for m, found in zip(shown, linked, strict=True)
                if any(x.urn in urns and x.relevance is not Relevance.NOT_ABOUT for x in found)
            ]
            ours.sort(key=lambda m: m.published or now, reverse=True)
            wanted.append([WantedArticle(m, keys[m.id], reads.get(keys[m.id])) for m in ours])
        return wanted


def fetch_article(wanted: WantedArticle, reader: SourceReader, clock: Clock) -> ArticleRead:
    """Ask for an article and say what became of it."""
    answer = reader.fetch(Request(wanted.mention.url, headers=_ACCEPT))
    at = clock()
    if isinstance(answer, FetchFailure):
        passing = answer.outcome is Outcome.UNREACHABLE or bool(answer.retry_after_s)
        again = at + AGAIN_AFTER if wanted.before is None and passing else None
        return replace(_make_reading(wanted, at, answer.outcome), again_at=again)
    try:
        found = reader.apart(article_text, answer)
    except Unreadable:
        return _make_reading(wanted, at, Outcome.MALFORMED)
    nothing = Outcome.BLOCKED if found.paid else Outcome.EMPTY
    return _make_reading(wanted, at, Outcome.OK if found.text else nothing, found)


def _make_reading(
    wanted: WantedArticle, at: datetime, outcome: Outcome, found: ArticleText = NOTHING
) -> ArticleRead:
    return ArticleRead(wanted.key, wanted.mention.id, at, outcome, found.text, found.paid, new=True)


def headlines(collected: Collected, now: datetime) -> list[Mention]:
    """Those of its mentions that may lead to an article, unless its settings say that none is wanted."""
    if collected.source.settings.get("articles") is False:
        return []
    keys = [article_key(m.url) for m in collected.mentions]
    often = Counter([*keys, article_key(collected.source.url)])
    return [
        m
        for m, key in zip(collected.mentions, keys, strict=True)
        if often[key] == 1  # without an address of its own an item has that of its feed or of the paper
        and m.kind is MentionKind.ARTICLE
        and channel(m.channel).press
        and may_lead_to_article(m.url)
        and (m.published is None or now - m.published <= OLDEST)
    ]


def _is_settled(
    mention: Mention,
    before: Mapping[str, Known],
    have: Mapping[str, str],
    read: ArticleRead | None,
    now: datetime,
) -> bool:
    """Is there nothing more to be learnt? It is gone, has its article, or its address gave none."""
    told = before.get(mention.id)
    gave_none = read is not None and not read.text and not due_again(read, now)
    return told is not None and (told.purged or mention.id in have or gave_none)


def due_again(read: ArticleRead, now: datetime) -> bool:
    return read.again_at is not None and read.again_at <= now


MOST_SOURCES = 64
"""So many are saved together."""
LONGEST_S = 2.0
"""No source waits longer for the others of its group, in seconds, once it has been judged."""


def end_by_fault(
    collected: Collected, error: Exception, work: Work = Work.JUDGE, *, urgent: bool = False
) -> Judged:
    """A source whose run a fault of ours ended, in that work or where it was saved: nothing of it is kept but
    the run."""
    work = Work.SAVE if isinstance(error, StoreError) else work
    return Judged(note_fault(collected.source, collected.run, work, error, urgent=urgent), ())


@dataclass(slots=True)
class Group:
    """The queue before saving: sources as they were judged, and so long `LONGEST_S` none waits for others of
    it. `timer` is a monotonic clock in seconds."""

    timer: Timer
    sources: list[Judged] = field(default_factory=list)
    began_s: float = 0.0
    urgent: bool = False

    @property
    def left_s(self) -> float:
        """Seconds until the first has to be saved: 0 where it is full or something in it is urgent."""
        if self.urgent or len(self.sources) >= MOST_SOURCES:
            return 0.0
        waited_s = self.timer() - self.began_s if self.sources else 0.0
        return max(LONGEST_S - waited_s, 0.0)

    def add(self, some: Sequence[Judged]) -> None:
        """Let some more wait."""
        if not self.sources:
            self.began_s = self.timer()
        self.sources += some
        self.urgent = self.urgent or any(is_urgent(one) for one in some)

    def take(self) -> list[Judged]:
        """Take those that came first, as many as are saved together; all, where something is urgent."""
        most = len(self.sources) if self.urgent else MOST_SOURCES
        taken, self.sources, self.urgent = self.sources[:most], self.sources[most:], False
        return taken


def save_sources(
    sources: Sequence[Judged], store: Store, judges: Judges, clock: Clock
) -> list[tuple[Batch, Failed | None]]:
    """Save each, aligned; where a fault of ours prevented it, that is recorded instead."""

    def save(some: Sequence[Judged]) -> list[Batch]:
        with open_connection(store.write("scan")) as con:
            return keep_all(con, some, judges, clock())

    with judges.timed("save"):
        found = isolate_faults(sources, save, is_urgent)
    faults = [
        one if one.collected.failed else end_by_fault(one.collected, error, Work.SAVE, urgent=is_urgent(one))
        for one, error in zip(sources, found, strict=True)
        if isinstance(error, Exception)
    ]
    told = iter(_record_faults(faults, store) if faults else ())
    return [
        next(told) if isinstance(batch, Exception) else (batch, one.collected.failed)
        for one, batch in zip(sources, found, strict=True)
    ]


def _record_faults(faults: Sequence[Judged], store: Store) -> list[tuple[Batch, Failed | None]]:
    """Says in the store that faults of ours ended these runs, where the store can be written."""

    def record(some: Sequence[Judged]) -> list[bool]:
        with open_connection(store.write("scan")) as con:
            source_store.record_runs(con, [one.collected.run for one in some])
        return [True] * len(some)

    told = []
    for one, done in zip(faults, isolate_faults(faults, record, is_urgent), strict=True):
        run, failed = one.collected.run, one.collected.failed
        if isinstance(done, Exception):  # the fault before it is what is told; nothing is half-written
            log.error("source=%s its fault could not be recorded: %s", run.source_id, fault_to_log(done)[0])
        told.append((nothing_of(run), failed and replace(failed, saved=done is True)))
    return told


def nothing_of(run: SourceRun) -> Batch:
    """A run that brought nothing."""
    return Batch(run, run.source_id, (), {}, (), (), (), (), (), (), ())


# Judging and saving: between them stands one queue.

MOST_MENTIONS = 512
"""So many are judged at a time, two seconds' work, or one source's: what is urgent does not wait for all."""

Saved: TypeAlias = "tuple[Batch, Failed | None]"


@dataclass(slots=True)
class Stages:
    """The part of a scan that judges and saves, while others read. The caller's thread judges a set; what was
    judged waits in `group`, and is saved in a thread of its own while the next is judged."""

    reading: Spread[Collected | ArticleAnswer]
    articles: Articles
    store: Store
    judges: Judges
    clock: Clock
    group: Group
    saving: Future[list[Saved]] | None = None
    thread: ThreadPoolExecutor = field(init=False)

    def save_all(self) -> Iterator[Saved]:
        """Yield what was saved of each source, until all have been read."""
        # one thread, for each keeps memory of its own: some 40 MB
        with ThreadPoolExecutor(1, thread_name_prefix="saving") as self.thread:
            while not self.reading.over or self.articles.waiting or self.group.sources:
                came = self.reading.take(self.group.left_s)
                asked = [one for one in came if isinstance(one, Collected)]
                for one in asked:
                    if not one.asked:
                        yield nothing_of(one.run), one.failed
                ready = self._list_ready(asked, [one for one in came if isinstance(one, ArticleAnswer)])
                for some in _split_sets(ready):
                    self._judge_set(some)
                    yield from self._end_saving()
                last = self.reading.over and not self.articles.waiting
                if not ready and (self.group.left_s <= 0 or last):
                    self._begin_saving()
                    yield from self._end_saving()

    def _list_ready(self, asked: Sequence[Collected], answers: Sequence[ArticleAnswer]) -> list[Collected]:
        """List what can be judged now. Of a source that brought nothing the run waits to be saved."""
        ready: list[Collected] = []
        if answers or self.articles.waiting:
            ready = self.articles.complete_readings(answers, last=self.reading.over)
        for one in asked:
            if one.asked and not one.mentions:
                self.group.add([Judged(one, urns_of(one, self.judges))])
        brought = [with_known_places(one, self.judges.natures) for one in asked if one.mentions]
        return ready + self.articles.behind(brought)

    def _judge_set(self, some: Sequence[Collected]) -> None:
        """Judges these together, or one by one where a fault of ours prevents that; they wait to be saved."""
        earlier: list[Judged] = []

        def judge(those: Sequence[Collected]) -> list[Judged]:
            judged = judge_readings(those, self._look(those, earlier), self.judges)
            earlier.extend(judged)
            return judged

        found = isolate_faults(some, judge)
        self.group.add(
            [
                one if isinstance(one, Judged) else end_by_fault(collected, one)
                for collected, one in zip(some, found, strict=True)
            ]
        )

    def _look(self, some: Sequence[Collected], earlier: Sequence[Judged]) -> JudgingContext:
        """Read what is known of these, by the store and what waits; `earlier` are others of this set. Saving
        begins now of what is due: to look meanwhile would be to wait."""
        if self.saving is not None:
            wait([self.saving])
        unsaved = [*self.group.sources, *earlier]
        now = self.clock()
        with open_connection(self.store.open_reader()) as con:
            known = load_context(con, some, self.judges, now, unsaved)
        if self.saving is None and self.group.left_s <= 0:
            self._begin_saving()
        return known

    def _begin_saving(self) -> None:
        if self.group.sources:
            sources = self.group.take()
            self.saving = self.thread.submit(save_sources, sources, self.store, self.judges, self.clock)

    def _end_saving(self) -> Iterator[Saved]:
        """Yield what the thread beside this one saves, once it has."""
        if self.saving is not None:
            saved, self.saving = self.saving.result(), None
            yield from saved


def _split_sets(ready: Sequence[Collected]) -> Iterator[list[Collected]]:
    """Those that are judged together, as many as `MOST_MENTIONS` and a group allow."""
    some: list[Collected] = []
    mentions = 0
    for one in ready:
        mentions += len(one.mentions)
        if some and (len(some) == MOST_SOURCES or mentions > MOST_MENTIONS):
            yield some
            some, mentions = [], len(one.mentions)
        some.append(one)
    if some:
        yield some


def warm(judges: Judges, now: datetime) -> None:
    """Loads what judging needs while there is nothing to judge; what it fails of is told where it judges."""
    school = next(iter(judges.schools.values()))
    text = f"{school.name}, {school.locality}: thank you to the teachers who came to the winter fair."
    post = Mention("", "", "local_forum", MentionKind.POST, "", text, fetched_at=now)
    with suppress(Exception), ThreadPoolExecutor(1) as beside:  # unpacking leaves the interpreter to others
        beside.submit(identify_language, text)
        (matches,) = judges.linker.link([post], Source("", "feed", "https://talk.example.org/"))
        verdicts_on([(post, matches)], judges)
