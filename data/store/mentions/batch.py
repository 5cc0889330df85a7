"""Saves what runs of sources brought, with everything that follows from it, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.ids import text_hash
from data.keeping.periods import is_restricted, retain_until
from data.store.alerts import alerts
from data.store.engine.rows import Connection, Row, execute, group_pairs, insert_rows, names
from data.store.engine.tables import BITS, MATCHES, MENTIONS, RESTRICTED, VERDICTS, VERSIONS, StoredTable
from data.store.mentions.known import AlreadyHeld, SchoolSet, already_held, put_article_reads, put_judged_for
from data.store.messages.outbox import put_outbox
from data.store.sealing import hide_in_threads, restrict, seal_again
from data.store.sources import record_first_reads, record_runs
from data.store.verdicts import stories
from data.store.verdicts.search import bits_of
from data.store.verdicts.stories import put_enclosures
from data.store.verdicts.verdicts import reason_columns, verdict_rows
from data.types import (
    Alert,
    ArticleRead,
    Folded,
    Match,
    Mention,
    OutboxMessage,
    Policy,
    Sketch,
    SourceRun,
    Story,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class BatchMentions:
    """The mentions of a batch, with what is known of each by its id. `restricted` are ids, `hashes` those of
    `data.ids.text_hash`; a mention that was not folded has no sketch. `articles` are the texts behind
    headlines."""

    mentions: Sequence[Mention]
    versions: Mapping[str, int]
    restricted: Set[str]
    sketches: Mapping[str, Sketch]
    hashes: Mapping[str, str]
    articles: Mapping[str, str]


def mention_rows(taken: BatchMentions, until: Mapping[str, datetime], now: datetime) -> list[Row]:
    """One row per mention; a restricted one without its address and author."""
    rows: list[Row] = []
    for m in taken.mentions:
        hidden = m.id in taken.restricted
        state = {"restricted": hidden, "stub": False, "first_seen": now, "retain_until": until[m.id]}
        of = {"version": taken.versions[m.id], "text_hash": taken.hashes[m.id]}
        rows.append(MENTIONS.row(m, {**of, **state}, hidden=hidden))
    return rows


def version_rows(taken: BatchMentions) -> list[Row]:
    """One row per version: its texts unless restricted, and the fingerprints that folding compares."""
    rows: list[Row] = []
    for m in taken.mentions:
        hidden, sketch = m.id in taken.restricted, taken.sketches.get(m.id)
        bits = () if hidden else bits_of((m.title, m.text, m.quoted, m.author, m.url))
        own = {
            "mention_id": m.id,
            "n": taken.versions[m.id],
            "text_hash": taken.hashes[m.id],
            "canonical_url": sketch and sketch.canonical_url,
            "minhash": sketch and sketch.minhash,
            "body_hash": sketch and sketch.text_hash,
            "article": taken.articles.get(m.id),
            **dict(zip(BITS, bits, strict=False)),
        }
        rows.append(VERSIONS.row(m, own, hidden=hidden))
    return rows


def restricted_rows(taken: BatchMentions, verdicts: Sequence[Verdict]) -> list[Row]:
    """One row per version of a restricted mention: all that is hidden elsewhere, with reasons by school."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for verdict in verdicts:
        reasons.setdefault(verdict.mention_id, {})[verdict.urn] = [r.text for r in verdict.reasons]
    rows: list[Row] = []
    for m in taken.mentions:
        if m.id in taken.restricted:
            sketch, texts = taken.sketches.get(m.id), reasons.get(m.id, {})
            own = {
                "mention_id": m.id,
                "n": taken.versions[m.id],
                "canonical_url": sketch and sketch.canonical_url,
                "reasons": {"key": list(texts), "value": list(texts.values())},  # a MAP, as DuckDB takes it
                "article": taken.articles.get(m.id),
            }
            rows.append(RESTRICTED.row(m, own))
    return rows


def match_rows(
    matches: Sequence[tuple[str, int, Match]], folded: Sequence[Folded], restricted: Set[str]
) -> list[Row]:
    """One row per match, with its story. Raises ValueError where something was folded without a match."""
    story = {(f.mention_id, f.urn): f for f in folded}
    rows: list[Row] = []
    for mention_id, version, match in matches:
        f = story.pop((mention_id, match.urn), None)
        own = {"mention_id": mention_id, "version": version, **reason_columns(match.reasons)}
        own |= {"story_id": f and f.story_id, "how": f and f.how, "seen_at": f and f.sketch.seen_at}
        rows.append(MATCHES.row(match, own, hidden=mention_id in restricted))
    if story:
        raise ValueError(f"folded without a match: {sorted(story)}")
    return rows


@dataclass(frozen=True, slots=True)
class Batch:
    """One run of one source and everything it led to.

    `mentions` are the new and edited ones, `versions` their versions by id; `seen` are all ids sighted in
    this run, changed or not. `matches` are (mention id, version, match); every item of `folded` belongs to
    one of them. `kept_out` names, by alert, people the story turns out to be about although it is not told
    again. `urns` are the schools the source was read for. `articles` are the texts behind headlines, by
    mention, `article_reads` what became of asking for them. `judged_for` are (mention id, version, schools)
    where it was judged for more schools than have a match.
    """

    run: SourceRun
    source_id: str
    mentions: tuple[Mention, ...]
    versions: Mapping[str, int]
    seen: tuple[str, ...]
    matches: tuple[tuple[str, int, Match], ...]
    stories: tuple[Story, ...]
    folded: tuple[Folded, ...]
    verdicts: tuple[Verdict, ...]
    alerts: tuple[Alert, ...]
    outbox: tuple[OutboxMessage, ...]
    kept_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    urns: tuple[str, ...] = ()
    articles: Mapping[str, str] = field(default_factory=dict)
    article_reads: tuple[ArticleRead, ...] = ()
    judged_for: tuple[tuple[str, int, SchoolSet], ...] = ()


def save(con: Connection, batch: Batch, *, now: datetime, policy: Policy) -> None:
    """Writes one batch, as `save_all` does."""
    save_all(con, [batch], now=now, policy=policy)


def save_all(con: Connection, batches: Sequence[Batch], *, now: datetime, policy: Policy) -> None:
    """Writes these batches whole in the caller's transaction; saving them again changes nothing. The texts of
    mentions with a restricted verdict go only to `restricted_texts`, with those of their earlier versions;
    once restricted, a mention stays so. Most runs bring nothing new: of those only the run is written. Raises
    ValueError where two batches bring the same mention, or an alert on the same story."""
    _refuse_twice([{m.id for m in b.mentions} for b in batches])
    _refuse_twice([{(a.story_id, a.urn) for a in b.alerts} for b in batches])
    record_runs(con, [b.run for b in batches])
    record_first_reads(con, [(b.run, b.urns) for b in batches])
    put_article_reads(con, [read for b in batches for read in b.article_reads])
    seen = {i for b in batches for i in (*b.seen, *(m.id for m in b.mentions))}
    if seen:
        touched = {f.story_id for b in batches for f in b.folded} | {s.id for b in batches for s in b.stories}
        held = already_held(con, seen, touched)
        _save_news(con, [b for b in batches if b.mentions], held, now, policy)
        _save_sightings(con, batches, held, now, policy)
    alerts.put_alerts(con, [a for b in batches for a in b.alerts], now)
    for b in batches:
        alerts.exclude_from_alerts(con, b.kept_out, now)
    put_outbox(con, [m for b in batches for m in b.outbox], now)


def _refuse_twice(given: Sequence[Collection[object]]) -> None:
    if len(set().union(*given)) < sum(map(len, given)):
        raise ValueError("two batches of one group bring the same mention, or an alert on the same story")


def _save_news(
    con: Connection, batches: Sequence[Batch], held: AlreadyHeld, now: datetime, policy: Policy
) -> None:
    """The new and edited mentions of these batches, and what was made of them."""
    if not batches:
        return
    # Ids of their mentions that are or were restricted, or whose story a case has hidden
    joined = {f.mention_id for b in batches for f in b.folded if f.story_id in held.hidden}
    judged = {v.mention_id for b in batches for v in b.verdicts if is_restricted(v)}
    restricted = judged | joined | {m.id for b in batches for m in b.mentions if m.id in held.restricted}
    written = {m.id: b.versions[m.id] for b in batches for m in b.mentions}
    if known := held.fingerprints.intersection(written):
        execute(con, "DELETE FROM fingerprints WHERE mention_id = ANY($ids)", ids=known)
    for table, rows in _tables(batches, restricted, now, policy):
        new, again = (
            [r for r in rows if r[0] not in held.mentions],
            [r for r in rows if r[0] in held.mentions],
        )
        insert_rows(con, table.name, table.names, new, key=table.key, new=True)
        insert_rows(con, table.name, table.names, again, key=table.key, update=table.update)
    put_judged_for(con, [one for b in batches for one in b.judged_for])
    stories.put_stories(con, [s for b in batches for s in b.stories], held.stories)
    restrict(con, sorted(restricted), now)
    hide_in_threads(con, list(written), list(held.stories), now)
    seal_again(con, written, now)
    put_enclosures(con, [(m, b.source_id) for b in batches for m in b.mentions])


def _tables(
    batches: Sequence[Batch], restricted: set[str], now: datetime, policy: Policy
) -> Iterator[tuple[StoredTable, list[Row]]]:
    """Each table with its rows."""
    judged = [v for b in batches for v in b.verdicts]
    folded = [f for b in batches for f in b.folded]
    verdicts = group_pairs((verdict.mention_id, verdict) for verdict in judged)
    mentions = [m for b in batches for m in b.mentions]
    until = {m.id: retain_until(verdicts.get(m.id, ()), now, policy) for m in mentions}
    taken = BatchMentions(
        mentions,
        versions={i: n for b in batches for i, n in b.versions.items()},
        restricted=restricted,
        sketches={f.mention_id: f.sketch for f in folded},
        hashes={m.id: text_hash(m.title, m.text) for m in mentions},
        articles={i: text for b in batches for i, text in b.articles.items()},
    )
    yield MENTIONS, mention_rows(taken, until, now)
    yield VERSIONS, version_rows(taken)
    yield RESTRICTED, restricted_rows(taken, judged)
    yield MATCHES, match_rows([m for b in batches for m in b.matches], folded, restricted)
    yield VERDICTS, verdict_rows(judged, restricted, now)


_SIGHTING = names("mention_id source_id first_seen last_seen")


def _save_sightings(
    con: Connection, batches: Sequence[Batch], held: AlreadyHeld, now: datetime, policy: Policy
) -> None:
    """Save where each mention was seen, unless a stub or a fingerprint is all that is left of it."""
    written: set[str] = set()
    rows = []
    for b in batches:
        written.update(m.id for m in b.mentions)
        gone = held.stubs - written  # until a batch brings it anew
        rows += [(i, b.source_id, now, now) for i in (*b.seen, *(m.id for m in b.mentions)) if i not in gone]
    new, again = written - held.mentions, held.mentions
    key, later = _SIGHTING[:2], {"last_seen": "greatest(sightings.last_seen, excluded.last_seen)"}
    insert_rows(con, "sightings", _SIGHTING, [r for r in rows if r[0] in new], key=key, new=True)
    insert_rows(con, "sightings", _SIGHTING, [r for r in rows if r[0] in again], key=key, update=later)
    if left := held.fingerprints - written:
        sql = """UPDATE fingerprints SET retain_until = greatest(retain_until, $until)
            WHERE mention_id = ANY($left)"""
        execute(con, sql, until=now + timedelta(days=policy.criticism_days), left=left)
