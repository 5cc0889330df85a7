"""Choose what is left to be judged of a reading, by what is known; what is judged with it; what was judged of
it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from enum import Enum

from classifiers.verdicts.verdict_reasons import ARTICLE_READ, headline_only, passed_on
from data.content_class import BYPASSING
from data.evidence.handed_in import BY_HAND
from data.frozen import freeze
from data.ids import text_hash
from data.judged import calls_for_alert, maybe_grave
from data.store import privacy as privacy_store
from data.store.engine.connect import Connection
from data.store.mentions import Known, SchoolSet, article_texts, set_of
from data.types import TITLE, ArticleRead, Match, Mention, MentionKind, Relevance, Verdict
from data.web.channels import channel
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Judges
from sources.parse import hides_address

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


def mentions_with_articles(con: Connection, readings: Iterable[Collected]) -> frozenset[str]:
    """The mentions judged anew though their words are the same: their articles were read, and none kept."""
    read = {i for one in readings for i in articles_of(one)}
    return frozenset(read.difference(article_texts(con, read)))


def with_article(mention: Mention, article: str) -> Mention:
    """The mention as it is judged: its headline, its summary and the article."""
    if not article:
        return mention
    own = "" if article.startswith(mention.text[:_SAME]) else mention.text
    return replace(mention, text=f"{own}\n{article}".strip())


def fit_to_stored(verdict: Verdict, judged: Mention, kept: Mention, texts: Mapping[str, str]) -> Verdict:
    """The verdict with the part that weighed most as it stands in what is kept, with the article behind it;
    without, where it stands in a copy alone, or is neither raised nor shown after all."""
    span = verdict.weighed_most
    if span is None or not (verdict.look or calls_for_alert(verdict)):
        return replace(verdict, weighed_most=None) if span else verdict
    if span == TITLE:
        return verdict
    said = judged.text[slice(*span)]
    start = f"{kept.text}\n{texts.get(kept.id, '')}".find(said)
    return replace(verdict, weighed_most=(start, start + len(said)) if start >= 0 else None)


def with_basis(
    verdict: Verdict, mention: Mention, texts: Mapping[str, str], reads: Mapping[str, ArticleRead]
) -> Verdict:
    """The verdict with what it was judged by: the article, or its headline alone, and why."""
    reason, read = None, reads.get(mention.id)
    if texts.get(mention.id):
        reason = ARTICLE_READ
    elif read is not None:
        reason = headline_only("paid" if read.paid else read.outcome.value)
    elif (
        mention.kind is MentionKind.ARTICLE and channel(mention.channel).press and hides_address(mention.url)
    ):
        reason = headline_only("hidden")
    if reason is None or (reason is not ARTICLE_READ and verdict.relevance is Relevance.NOT_ABOUT):
        return verdict
    return replace(verdict, reasons=(*verdict.reasons, reason))


class LeftOut(Enum):
    """Why a post is left out: it was erased in these very WORDS, or it or its AUTHOR is suppressed."""

    WORDS = "words"
    AUTHOR = "author"


def left_out(
    con: Connection, asked: Iterable[tuple[Collected, Collection[str]]], judges: Judges
) -> dict[tuple[str, str], LeftOut]:
    """Those of these readings' mentions (the ids asked about) that are suppressed, by source and mention.
    What somebody hands in is taken in all the same: they have a reason of their own. What calls for an alert
    is too, unless it is in the very words that were erased: an objection hides no threat."""
    if not privacy_store.any_kept(con):
        return {}
    keys = {
        (collected.source.id, m.id): privacy_store.suppression_keys(judges.secret(), m)
        for collected, ids in asked
        if collected.source.id != BY_HAND
        for m in collected.mentions
        if m.id in ids
    }
    kept = privacy_store.among(con, [one for k in keys.values() for one in k.words | k.others])
    words = {at: LeftOut.WORDS for at, k in keys.items() if not kept.isdisjoint(k.words)}
    return {at: LeftOut.AUTHOR for at, k in keys.items() if not kept.isdisjoint(k.others)} | words


@freeze
class Left:
    """A mention that is not judged for all schools: the version it is, for which schools it was judged.
    `hashed` stands for its words. `edited` says that they are others than those known, `again` that this
    version was judged before, by its headline alone or before it was gone, `suppressed` that it is kept only
    for an alert."""

    version: int
    hashed: str
    done: frozenset[str] = frozenset()
    restricted: bool = False
    edited: bool = False
    again: bool = False
    suppressed: bool = False


def has_own_lane(verdict: Verdict) -> bool:
    """Is it told by itself, or may it be so grave that a person reads it by itself?"""
    apart = verdict.restricted or passed_on(verdict) or verdict.content_class in BYPASSING
    return verdict.route.urgent or apart or maybe_grave(verdict)


@freeze
class Judged:
    """One reading on its way from judging to saving: first by what was known when it came, then by what the
    store holds as it is saved.

    `left` says of its new and edited mentions, by id, what was known of them; `fresh` are these with their
    matches; `verdicts` are on version 1 of each until `conclude` says which it is. `urns` are the schools
    that it is judged for, `texts` the articles behind headlines, by mention. `seen` are the mentions that it
    sights, `whole` the schools judged for, by mention, if more than matched, `counted` what is counted and
    not kept: `conclude` says these. Of a line of a list that was handed in, `listed` are the posts (ids) of
    it from before, and it may be a matter `alone`; `seen_at` is when a person saw it, as they say.
    """

    collected: Collected
    urns: tuple[str, ...]
    left: Mapping[str, Left] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    fresh: tuple[tuple[Mention, tuple[Match, ...]], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    seen: tuple[str, ...] = ()
    whole: Mapping[str, SchoolSet] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    listed: frozenset[str] | None = None
    alone: bool = False
    seen_at: datetime | None = None

    @property
    def parents(self) -> frozenset[str]:
        """Return what the mentions that are left reply to."""
        return frozenset(m.parent for m in self.collected.mentions if m.parent and m.id in self.left)


def find_unjudged(
    mentions: Iterable[Mention],
    known: Mapping[str, Known],
    urns: Sequence[str],
    now: datetime,
    anew: Collection[str],
) -> dict[str, Left]:
    """Ids of the mentions not judged for all these schools; those `anew` were, by their headlines, and those
    that were gone."""
    left, every = {}, set_of(tuple(urns)).urns
    for mention in mentions:
        before, hashed = known.get(mention.id), text_hash(mention.title, mention.text)
        one = Left(1, hashed)
        if before is not None:
            edited = before.text_hash != hashed
            done = _schools_done(mention, before, urns, now, edited=edited)
            again = (before.gone or mention.id in anew) and not before.purged and bool(done)
            version, done = before.version + edited, frozenset[str]() if again else done
            one = Left(version, hashed, done, before.restricted, edited, again)
        if one.done is not every and not one.done >= every:
            left[mention.id] = one
    return left


def _schools_done(
    mention: Mention, before: Known, urns: Sequence[str], now: datetime, *, edited: bool
) -> frozenset[str]:
    """The schools for which this text of the mention, or one read later, has been judged already."""
    if edited:
        # what lies in the future is no proof that it was read after this: the clock was set back
        overtaken = before.fetched_at is not None and mention.fetched_at < before.fetched_at <= now
        return frozenset(urns) if overtaken else frozenset()
    if before.purged:
        return frozenset(urns)
    if not before.sets:
        return frozenset(before.urns)
    whole = set_of(tuple(urns))
    if any(of.id == whole.id for of in before.sets):
        return whole.urns
    return frozenset(before.urns).union(*(of.urns for of in before.sets))


def note_words(known: dict[str, Known], mentions: Iterable[Mention], left: Mapping[str, Left]) -> None:
    """From now on new words of these mentions are `known`, though for no school: as if they were saved."""
    for mention in mentions:
        of = left.get(mention.id)
        if of is not None and (of.edited or mention.id not in known):
            known[mention.id] = Known(
                of.version, of.hashed, restricted=of.restricted, fetched_at=mention.fetched_at
            )
