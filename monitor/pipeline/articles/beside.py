"""An article beside its headline: what is judged of the two, and what the reasons say of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from classifiers.verdicts.verdict_reasons import ARTICLE_READ, headline_only
from data.store.engine.connect import Connection
from data.store.mentions.articles import article_texts
from data.types import ArticleRead, Mention, MentionKind, Reason, Relevance, Verdict
from data.web.channels import channel
from monitor.pipeline.collect import Collected
from sources.articles import hidden

_SAME = 60
"""A summary that begins like the article is its beginning."""


def texts_beside(collected: Collected, left: Collection[str], kept: Mapping[str, str]) -> dict[str, str]:
    """The articles behind its headlines to be judged, by mention: read now, or `kept` from before."""
    ids = press_in(collected, left)
    new = {i: collected.articles[i].text for i in ids if i in collected.articles}
    return {i: kept[i] for i in ids if i in kept} | {i: text for i, text in new.items() if text}


def press_in(collected: Collected, left: Collection[str]) -> list[str]:
    """Those of its mentions `left` to be judged that the press has: an article may be kept behind each."""
    return [m.id for m in collected.mentions if m.id in left and channel(m.channel).press]


def articles_of(collected: Collected) -> frozenset[str]:
    """The mentions whose articles have been read with this reading."""
    return frozenset(i for i, read in collected.articles.items() if read.text)


def read_anew(con: Connection, readings: Iterable[Collected]) -> frozenset[str]:
    """The mentions that are judged anew, though their words are the same: their articles have been read, and
    none was kept."""
    read = {i for one in readings for i in articles_of(one)}
    return frozenset(read.difference(article_texts(con, read)))


def with_article(mention: Mention, article: str) -> Mention:
    """The mention as it is judged: its headline, its summary and the article."""
    if not article:
        return mention
    own = "" if article.startswith(mention.text[:_SAME]) else mention.text
    return replace(mention, text=f"{own}\n{article}".strip())


def told_of(
    verdict: Verdict, mention: Mention, texts: Mapping[str, str], reads: Mapping[str, ArticleRead]
) -> Verdict:
    """The verdict with what it was judged by: the article, or its headline alone, and why."""
    reason = _reason(mention, texts.get(mention.id, ""), reads.get(mention.id))
    if reason is None or (reason is not ARTICLE_READ and verdict.relevance is Relevance.NOT_ABOUT):
        return verdict
    return replace(verdict, reasons=(*verdict.reasons, reason))


def _reason(mention: Mention, article: str, read: ArticleRead | None) -> Reason | None:
    if article:
        return ARTICLE_READ
    if read is not None:
        return headline_only("paid" if read.paid else read.outcome.value)
    press = mention.kind is MentionKind.ARTICLE and channel(mention.channel).press
    return headline_only("hidden") if press and hidden(mention.url) else None
