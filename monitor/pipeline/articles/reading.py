"""Reads the articles behind headlines that name one of our schools: each address once, and only those.

It is done while a source is collected, so that an article is judged together with its headline, and nobody is
told twice. What other papers wrote about others is never asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from data.effects import Clock
from data.errors import Unreadable
from data.store.mentions.articles import article_reads, article_texts
from data.store.mentions.batch import Known, known
from data.types import FetchFailure, Mention, MentionKind, Outcome, Relevance, Request
from data.web.articles import ArticleRead, article_key
from data.web.channels import channel
from monitor.pipeline.collect import Collected
from monitor.pipeline.judging.suppressed import left_out
from monitor.pipeline.own_accounts import as_linked
from sources.articles.address import may_lead_to_article
from sources.articles.text import NOTHING, ArticleText, article_text

if TYPE_CHECKING:
    from data.store.engine.open import Store
    from monitor.pipeline.judges import Judges
    from sources.fetch import Fetcher

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


@dataclass(slots=True)
class ArticleReader:
    """Reads articles for one scan; its sources may ask from several threads."""

    store: Store
    judges: Judges
    fetcher: Fetcher
    clock: Clock
    _lock: Lock = field(default_factory=Lock)
    _asked: dict[str, Future[ArticleRead]] = field(default_factory=dict)

    def beside(self, collected: Collected) -> Collected:
        """The reading of a source with the articles behind its headlines."""
        began = self.clock()
        if collected.source.settings.get("articles") is False:
            return collected
        heads = [m for m in _with_own_address(collected) if _is_headline(m, began)]
        if not heads:
            return collected
        found: dict[str, ArticleRead] = {}
        asked = 0
        for wanted in self._wanted(collected, heads, began):
            if wanted.before is not None and not _due_again(wanted.before, began):
                found[wanted.mention.id] = wanted.before
            elif asked < MOST_A_RUN and self.clock() - began < PATIENCE:
                found[wanted.mention.id] = self._once(wanted)
                asked += 1
        return replace(collected, articles=found)

    def _wanted(self, collected: Collected, heads: Sequence[Mention], now: datetime) -> list[WantedArticle]:
        """Those that are or may be about one of the source's schools, the newest first."""
        keys = {m.id: article_key(m.url) for m in heads}
        with self.store.read() as con:
            before = known(con, list(keys))
            have = article_texts(con, list(before))
            reads = article_reads(con, list(keys.values()))
            settled = {m.id for m in heads if _settled(m, before, have, reads.get(keys[m.id]), now)}
            left = {m.id: m for m in heads if m.id not in settled}
            out = left_out(con, [(collected, left)], self.judges)
        asked = [m for m in left.values() if (collected.source.id, m.id) not in out]
        linked = self.judges.linker.link(asked, as_linked(collected.source))
        urns = set(collected.source.urns or self.judges.schools)
        ours = [
            m
            for m, found in zip(asked, linked, strict=True)
            if any(x.urn in urns and x.relevance is not Relevance.NOT_ABOUT for x in found)
        ]
        ours.sort(key=lambda m: m.published or now, reverse=True)
        return [WantedArticle(m, keys[m.id], reads.get(keys[m.id])) for m in ours]

    def _once(self, wanted: WantedArticle) -> ArticleRead:
        """Asked for by whichever source comes first in this scan; the others wait for its answer."""
        with self._lock:
            first = wanted.key not in self._asked
            answer = self._asked.setdefault(wanted.key, Future())
        if first:
            try:
                answer.set_result(self._ask(wanted))
            except BaseException as error:
                answer.set_exception(error)
                raise
        read = answer.result()
        return read if first else replace(read, new=False)

    def _ask(self, wanted: WantedArticle) -> ArticleRead:
        answer = self.fetcher.fetch(Request(wanted.mention.url, headers=_ACCEPT))
        at = self.clock()
        if isinstance(answer, FetchFailure):
            again = at + AGAIN_AFTER if wanted.before is None and _passing(answer) else None
            return replace(_read(wanted, at, answer.outcome), again_at=again)
        try:
            found = self.fetcher.apart(article_text, answer)
        except Unreadable:
            return _read(wanted, at, Outcome.MALFORMED)
        nothing = Outcome.BLOCKED if found.paid else Outcome.EMPTY
        return _read(wanted, at, Outcome.OK if found.text else nothing, found)


def _read(wanted: WantedArticle, at: datetime, outcome: Outcome, found: ArticleText = NOTHING) -> ArticleRead:
    return ArticleRead(wanted.key, wanted.mention.id, at, outcome, found.text, found.paid, new=True)


def _with_own_address(collected: Collected) -> list[Mention]:
    """Those with an address of their own: without one, an item has that of its feed or of the paper."""
    keys = [article_key(m.url) for m in collected.mentions]
    often = Counter([*keys, article_key(collected.source.url)])
    return [m for m, key in zip(collected.mentions, keys, strict=True) if often[key] == 1]


def _is_headline(mention: Mention, now: datetime) -> bool:
    """A recent article of the press, whose address may lead to it."""
    return (
        mention.kind is MentionKind.ARTICLE
        and channel(mention.channel).press
        and may_lead_to_article(mention.url)
        and (mention.published is None or now - mention.published <= OLDEST)
    )


def _settled(
    mention: Mention,
    before: Mapping[str, Known],
    have: Mapping[str, str],
    read: ArticleRead | None,
    now: datetime,
) -> bool:
    """Is there nothing more to be learnt? It is gone, has its article, or its address gave none."""
    told = before.get(mention.id)
    if told is not None and (told.purged or mention.id in have):
        return True
    gave_none = read is not None and not read.text and not _due_again(read, now)
    return told is not None and gave_none


def _due_again(read: ArticleRead, now: datetime) -> bool:
    return read.again_at is not None and read.again_at <= now


def _passing(failure: FetchFailure) -> bool:
    return failure.outcome is Outcome.UNREACHABLE or bool(failure.retry_after_s)
