"""From collected mentions to one batch for the store: link, score, decide; then fold and alert.

`judge` does what takes long, outside any transaction. `keep` does the rest inside the one that saves the
batch, by what the store holds by then: another process may have judged the same meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.gravity import calls_for_alert
from alerts.instant.from_before import dated
from alerts.instant.lag import UNKNOWN
from classifiers.signals.find import find_signals
from classifiers.text.model_text import model_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.relevance import worth_scoring
from data.ids import text_hash
from data.judged import not_read_whole
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.mentions import batch as mention_store
from data.store.messages.outbox import put_outbox
from data.store.sources import source_runs as source_store
from data.types import (
    Folded,
    Match,
    Mention,
    Relevance,
    Scores,
    Signal,
    Verdict,
)
from monitor.pipeline.articles.beside import read_anew, texts_beside, told_of, with_article
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Judges
from monitor.pipeline.own_accounts import as_linked, is_own_post, languages_before, settled
from monitor.pipeline.raising import lag_of_place, passed_on, raise_for, tell, touched
from monitor.pipeline.suppressed import without_erased_words, without_suppressed


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading, judged by what was known when it came; nothing of it is saved yet.

    `fresh` are its new and edited mentions, each with its matches; `verdicts` are on version 1 of each until
    `conclude` says which it is. `urns` are the schools that it was judged for, `texts` the articles behind
    headlines, by mention.
    """

    collected: Collected
    urns: tuple[str, ...]
    fresh: tuple[tuple[Mention, tuple[Match, ...]], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def judge(
    collected: Collected,
    store: Store,
    judges: Judges,
    now: datetime,
    extra: tuple[Signal, ...] = (),
    said: str | None = None,
) -> Judged:
    """Judges one source's new and edited mentions; the others will only be sighted.

    `extra` are signals that a person has given with every mention of it; `said` is all that is judged of
    them, where what is kept holds more than what somebody said. Looks are kept as they are:
    how many are shown is the business of those who show them.
    """
    urns = tuple(u for u in (collected.source.urns or tuple(judges.schools)) if u in judges.schools)
    if not collected.mentions:
        return Judged(collected, urns)
    with store.read() as con:
        left = _unjudged(con, collected.mentions, urns, now, read_anew(collected))
        left = without_erased_words(con, collected, left, judges)
        parents = {m.parent for m in collected.mentions if m.id in left and m.parent}
        about = mention_store.about(con, sorted(parents))
        before = languages_before(con, collected, now) if left else []
        texts = texts_beside(con, collected, left)
    if not left:
        return Judged(collected, urns)
    read = [
        with_article(m, texts.get(m.id, "")) if said is None else replace(m, text=said)
        for m in collected.mentions
    ]
    linked = judges.linker.link(read, as_linked(collected.source), about)
    fresh = tuple(
        (m, tuple(x for x in found if x.urn not in left[m.id].done))
        for m, found in zip(collected.mentions, linked, strict=True)
        if m.id in left
    )
    words = {m.id: m for m in read}
    verdicts = verdicts_on([(words[m.id], found) for m, found in fresh], judges, extra)
    verdicts = settled(verdicts, collected, before, judges)
    verdicts = tuple(told_of(v, words[v.mention_id], texts, collected.articles) for v in verdicts)
    return Judged(collected, urns, fresh, verdicts, texts)


def keep(con: Connection, judged: Judged, judges: Judges, now: datetime) -> mention_store.Batch:
    """Saves what is concluded of it, and tells whoever must know, in the caller's transaction."""
    batch = conclude(con, judged, judges, now)
    lag = lag_of_place(con, judged.collected.source, now) if batch.alerts else UNKNOWN
    mention_store.save(con, batch, now=now, policy=judges.policy)
    told = tell(con, batch.alerts, lag, judges, now)
    put_outbox(con, told, now)
    return replace(batch, outbox=told)


def conclude(con: Connection, judged: Judged, judges: Judges, now: datetime) -> mention_store.Batch:
    """The batch of it, by what the store holds now; asked in the transaction that saves it.

    What another process has judged since is only sighted, what it has told of is not told again.
    """
    collected = judged.collected
    left = _unjudged(con, [m for m, _ in judged.fresh], judged.urns, now, read_anew(collected))
    left = without_suppressed(con, collected, left, judges, judged.verdicts)
    fresh = [
        (m, tuple(x for x in found if x.urn not in left[m.id].done))
        for m, found in judged.fresh
        if m.id in left
    ]
    mentions, matches = tuple(m for m, _ in fresh), [found for _, found in fresh]
    versions = {m.id: left[m.id].version for m in mentions}
    verdicts = tuple(
        replace(
            v,
            version=versions[v.mention_id],
            restricted=v.restricted or passed_on(v) or left[v.mention_id].restricted,
        )
        for v in judged.verdicts
        if v.mention_id in left and v.urn not in left[v.mention_id].done
    )
    verdicts = _dated(con, verdicts, collected, left)
    folded = _folded(con, mentions, matches, verdicts, left, judges, now)
    stories = touched(mentions, folded, now)
    raised = raise_for(con, stories, folded, verdicts, collected.source, judges, now)
    return mention_store.Batch(
        run=replace(collected.run, mentions_new=sum(not left[m.id].again for m in mentions)),
        source_id=collected.source.id,
        mentions=mentions,
        versions=versions,
        seen=tuple(m.id for m in collected.mentions),
        matches=tuple((m.id, versions[m.id], x) for m, ms in zip(mentions, matches, strict=True) for x in ms),
        stories=stories,
        folded=folded,
        verdicts=verdicts,
        alerts=raised.alerts,
        outbox=(),
        kept_out=raised.kept_out,
        urns=judged.urns,
        articles={m.id: judged.texts[m.id] for m in mentions if m.id in judged.texts},
        article_reads=tuple(read for read in collected.articles.values() if read.new),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """A mention that is not judged for all schools: the version it is, for which schools it was judged.

    `again` says that this version was judged before, by its headline alone.
    """

    version: int
    done: frozenset[str]
    restricted: bool
    edited: bool
    again: bool = False


def _dated(
    con: Connection, verdicts: Sequence[Verdict], collected: Collected, left: Mapping[str, _Left]
) -> tuple[Verdict, ...]:
    """The verdicts, those on what was posted before we began with the time of their post."""
    if not verdicts:
        return ()
    source_id, first = collected.source.id, collected.run.started_at
    began = source_store.began(con, [source_id])[source_id]
    mentions = {m.id: m for m in collected.mentions}
    return tuple(
        dated(v, mentions[v.mention_id], began.get(v.urn, first), new_words=left[v.mention_id].edited)
        for v in verdicts
    )


def _unjudged(
    con: Connection,
    mentions: Sequence[Mention],
    urns: Sequence[str],
    now: datetime,
    anew: Collection[str],
) -> dict[str, _Left]:
    """Those of the mentions whose words have not been judged for all these schools, by id.

    Those `anew` have been, by their headlines; they are judged with their articles.
    """
    known = mention_store.known(con, [m.id for m in mentions]) if mentions else {}
    left = {}
    for mention in mentions:
        before = known.get(mention.id)
        done = _judged_for(mention, before, urns, now)
        again = mention.id in anew and before is not None and not before.purged and bool(done)
        done = frozenset() if again else done
        if not done.issuperset(urns):
            restricted = before is not None and before.restricted
            version = _version(mention, before)
            edited = before is not None and version > before.version
            left[mention.id] = _Left(version, done, restricted, edited, again)
    return left


def _judged_for(
    mention: Mention, before: mention_store.Known | None, urns: Sequence[str], now: datetime
) -> frozenset[str]:
    """The schools for which this text of the mention, or one read later, has been judged already."""
    if before is None:
        return frozenset()
    if before.text_hash != text_hash(mention.title, mention.text):
        return frozenset(urns) if _overtaken(mention, before, now) else frozenset()
    return frozenset(urns) if before.purged else frozenset(before.urns)


def _overtaken(mention: Mention, before: mention_store.Known, now: datetime) -> bool:
    """Was what is known read after this? What lies in the future is no proof: the clock was set back."""
    return before.fetched_at is not None and mention.fetched_at < before.fetched_at <= now


def _version(mention: Mention, before: mention_store.Known | None) -> int:
    """1 for a new mention; one more where its words have changed."""
    if before is None:
        return 1
    return before.version + (before.text_hash != text_hash(mention.title, mention.text))


def _folded(
    con: Connection,
    mentions: Sequence[Mention],
    matches: Sequence[tuple[Match, ...]],
    verdicts: Sequence[Verdict],
    left: Mapping[str, _Left],
    judges: Judges,
    now: datetime,
) -> tuple[Folded, ...]:
    """Stories of what the verdicts call ours, or grave and another's; a grave reply is folded alone."""
    relevance = {(v.mention_id, v.urn): _as_folded(v) for v in verdicts}
    grave = {v.mention_id for v in verdicts if calls_for_alert(v) or passed_on(v)}
    alone = [replace(m, parent=None) if m.id in grave else m for m in mentions]
    ours = [
        tuple(replace(match, relevance=relevance[m.id, match.urn]) for match in found)
        for m, found in zip(mentions, matches, strict=True)
    ]
    again = {m.id for m in mentions if left[m.id].done or left[m.id].again}
    return judges.recent.fold(con, alone, ours, now, again)


def _as_folded(verdict: Verdict) -> Relevance:
    """What is grave and another's joins our stories; the school's own news joins none."""
    if passed_on(verdict):
        return Relevance.UNSURE
    return Relevance.NOT_ABOUT if is_own_post(verdict) else verdict.relevance


def verdicts_on(
    fresh: Sequence[tuple[Mention, tuple[Match, ...]]], judges: Judges, extra: tuple[Signal, ...] = ()
) -> tuple[Verdict, ...]:
    """What we think of each mention for each school that it was matched with, in their order."""
    asked = [
        i
        for i, (mention, matches) in enumerate(fresh)
        if any(map(worth_scoring, matches)) and (mention.text + mention.title).strip()
    ]
    scores = _score([fresh[i][0] for i in asked], judges)
    row_of = {i: n for n, i in enumerate(asked)}
    verdicts = []
    for i, (mention, matches) in enumerate(fresh):
        row = scores.row(row_of[i]) if scores is not None and i in row_of else {}
        for match in matches:
            school, people = judges.schools[match.urn], judges.people_of(match.urn)
            signals = (*find_signals(mention, school, people), *extra)
            judged = decide(
                mention, 1, match, row, signals,
                policy=judges.policy, school=school, people=people,
                thresholds=judges.thresholds,
                model=scores.model if row and scores is not None else "",
            )  # fmt: skip
            cut = scores is not None and i in row_of and scores.cut(row_of[i])
            verdicts.append(not_read_whole(judged) if cut else judged)
    return tuple(verdicts)


def _score(mentions: Sequence[Mention], judges: Judges) -> Scores | None:
    if not mentions:
        return None
    return judges.scorer().score([model_text(m.channel, m.title, m.text, m.rating) for m in mentions])
