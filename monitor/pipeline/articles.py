"""The articles behind headlines that name one of our schools: each address is asked for once, and only those.

A source is judged when they have come, so that an article is judged together with its headline, and nobody is
told twice. What other papers wrote about others is never asked for.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from data.effects import Clock
from data.errors import Unreadable
from data.store.engine.open import Store
from data.store.mentions.articles import article_reads, article_texts
from data.store.mentions.known import Known, find_known
from data.types import ArticleRead, FetchFailure, Mention, MentionKind, Outcome, Relevance, Request
from data.web.channels import channel
from data.web.urls import article_key
from monitor.pipeline.collect import (
    AskedSource,
    Collected,
    SourceReader,
    fault_to_log,
    isolate_faults,
    open_connection,
    source_for_linking,
)
from monitor.pipeline.judged import left_out
from monitor.pipeline.judges import Judges
from sources.articles import NOTHING, ArticleText, article_text, may_lead_to_article
from sources.http.host_queue import HostJob

log = logging.getLogger("schoolgate.scan")

MOST_A_RUN = 10
"""So many articles are asked for in one run of a source; the next run goes on with the others."""
PATIENCE = timedelta(seconds=20)
"""After that no further article is asked for in a run: its headlines wait for them."""
OLDEST = timedelta(days=14)
"""The article behind an older headline is not asked for."""
AGAIN_AFTER = timedelta(hours=1)
"""When an address that failed for the moment is asked for once more."""

_ACCEPT = (("accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"),)


@dataclass(frozen=True, slots=True)
class WantedArticle:
    """An article that is wanted, and its headline; `before` is what became of asking for it earlier."""

    mention: Mention
    key: str
    before: ArticleRead | None = None


@dataclass(frozen=True, slots=True)
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
    timer: Callable[[], float]
    add: Callable[[HostJob[AskedSource | ArticleAnswer]], None]
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
            one = self._ask(collected, next(found) if mentions else [], now)
            if one.to_come:
                self.waiting.append(one)
            else:
                ready.append(replace(collected, articles=one.found))
        return ready

    def complete_readings(self, answers: Iterable[ArticleAnswer]) -> list[Collected]:
        """The readings that have all their articles by now, or wait in vain for those that they have not."""
        came = {answer.key: answer.read for answer in answers}
        for key, read in came.items():
            if read is None:
                del self.asked[key]
            else:
                self.asked[key].answer = replace(read, new=False)
        for one in self.waiting:
            self._take(one, came)
            if self.timer() - one.since_s >= PATIENCE.total_seconds():  # a host's, or a thread's, turn is far
                one.to_come = {k: i for k, i in one.to_come.items() if self.asked[k].begun}
        ready = [replace(one.collected, articles=one.found) for one in self.waiting if not one.to_come]
        self.waiting = [one for one in self.waiting if one.to_come]
        return ready

    def given_up(self) -> list[Collected]:
        """The readings that still wait, with the articles that have come: no more will."""
        waiting, self.waiting = self.waiting, []
        return [replace(one.collected, articles=one.found) for one in waiting]

    def _take(self, one: _Waiting, came: dict[str, ArticleRead | None]) -> None:
        for key in came.keys() & one.to_come.keys():
            mention_id, read = one.to_come.pop(key), came[key]
            if read is not None:
                one.found[mention_id] = read
                came[key] = replace(read, new=False)  # it is recorded with the first alone

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
            ours = self._ours(collected, [m for m in some if (collected.source.id, m.id) not in out])
            ours.sort(key=lambda m: m.published or now, reverse=True)
            wanted.append([WantedArticle(m, keys[m.id], reads.get(keys[m.id])) for m in ours])
        return wanted

    def _ours(self, collected: Collected, heads: Sequence[Mention]) -> list[Mention]:
        """Those that are or may be about one of the source's schools."""
        linked = self.judges.linker.link(heads, source_for_linking(collected.source)) if heads else []
        urns = set(collected.source.urns or self.judges.schools)
        return [
            m
            for m, found in zip(heads, linked, strict=True)
            if any(x.urn in urns and x.relevance is not Relevance.NOT_ABOUT for x in found)
        ]


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
    # without an address of its own an item has that of its feed or of the paper
    own = [m for m, key in zip(collected.mentions, keys, strict=True) if often[key] == 1]
    return [m for m in own if _is_headline(m, now)]


def _is_headline(mention: Mention, now: datetime) -> bool:
    """A recent article of the press, whose address may lead to it."""
    return (
        mention.kind is MentionKind.ARTICLE
        and channel(mention.channel).press
        and may_lead_to_article(mention.url)
        and (mention.published is None or now - mention.published <= OLDEST)
    )


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
