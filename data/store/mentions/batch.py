"""Saves what runs of sources brought, with everything that follows from it, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.ids import text_hash
from data.keeping.periods import is_restricted, retain_until
from data.store.alerts import alerts
from data.store.engine.rows import Connection, Row, execute, group_pairs, insert_rows, names, replace
from data.store.mentions.articles import put_article_reads
from data.store.mentions.known import AlreadyHeld, SchoolSet, already_held, put_judged_for
from data.store.messages.outbox import put_outbox
from data.store.sealing import seal_again
from data.store.sources.source_runs import record_first_reads, record_runs
from data.store.verdicts import stories
from data.store.verdicts.restrict import hide_in_threads, restrict
from data.store.verdicts.search import COLUMNS, bits_of
from data.store.verdicts.stories import put_enclosures
from data.types import (
    Alert,
    ArticleRead,
    Folded,
    Match,
    Meant,
    Mention,
    OutboxMessage,
    Policy,
    Reason,
    Sketch,
    SourceRun,
    Story,
    Verdict,
)

_NO_BITS = (0,) * len(COLUMNS)
Rows = tuple[tuple[str, ...], list[Row]]

_MENTION = names(
    "id version text_hash url channel kind author published edited rating parent fetched_at first_seen "
    "restricted stub retain_until"
)
_VERSION = (
    names("mention_id n text_hash title text quoted canonical_url minhash body_hash fetched_at article")
    + COLUMNS
)
_RESTRICTED = names("mention_id n url author title text quoted canonical_url reasons article")
_MATCH = names("mention_id version urn relevance score reason_codes reason_texts story_id how seen_at")
_VERDICT = names(
    "mention_id version urn relevance sentiment abuse about severity route look look_rank subject_person "
    "subjects content_class restricted reason_codes reason_texts score_labels score_values model judged_at "
    "themes history event endangers accuses weighed_most"
)


@dataclass(frozen=True, slots=True)
class BatchMentions:
    """The mentions of a batch, with what is known of each by its id.

    `restricted` are ids, `hashes` those of `data.ids.text_hash`; a mention that was not folded has no sketch.
    `articles` are the texts behind headlines.
    """

    mentions: Sequence[Mention]
    versions: Mapping[str, int]
    restricted: Set[str]
    sketches: Mapping[str, Sketch]
    hashes: Mapping[str, str]
    articles: Mapping[str, str]


def mention_rows(taken: BatchMentions, until: Mapping[str, datetime], now: datetime) -> Rows:
    """One row per mention; a restricted one without its address and author."""
    rows: list[Row] = []
    for m in taken.mentions:
        hidden = m.id in taken.restricted
        url, author = (None, None) if hidden else (m.url, m.author)
        head = (m.id, taken.versions[m.id], taken.hashes[m.id], url, m.channel, m.kind.value, author)
        times = (m.published, m.edited, m.rating, m.parent, m.fetched_at, now)
        rows.append((*head, *times, hidden, False, until[m.id]))
    return _MENTION, rows


def version_rows(taken: BatchMentions) -> Rows:
    """One row per version: its texts unless restricted, and the fingerprints that folding compares."""
    rows: list[Row] = []
    for m in taken.mentions:
        sketch = taken.sketches.get(m.id)
        address, *prints = (
            (sketch.canonical_url, sketch.minhash, sketch.text_hash) if sketch else (None, None, None)
        )
        texts = (None,) * 4 if m.id in taken.restricted else (m.title, m.text, m.quoted, address)
        article = None if m.id in taken.restricted else taken.articles.get(m.id)
        bits = _NO_BITS if m.id in taken.restricted else bits_of((m.title, m.text, m.quoted, m.author, m.url))
        head = (m.id, taken.versions[m.id], taken.hashes[m.id])
        rows.append((*head, *texts, *prints, m.fetched_at, article, *bits))
    return _VERSION, rows


def restricted_rows(taken: BatchMentions, verdicts: Sequence[Verdict]) -> Rows:
    """One row per version of a restricted mention: all that is hidden elsewhere, with reasons by school."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for verdict in verdicts:
        reasons.setdefault(verdict.mention_id, {})[verdict.urn] = [r.text for r in verdict.reasons]
    rows: list[Row] = []
    for m in taken.mentions:
        if m.id in taken.restricted:
            sketch = taken.sketches.get(m.id)
            address = sketch.canonical_url if sketch else None
            texts = (m.url, m.author, m.title, m.text, m.quoted, address, _map(reasons.get(m.id, {})))
            rows.append((m.id, taken.versions[m.id], *texts, taken.articles.get(m.id)))
    return _RESTRICTED, rows


def match_rows(
    matches: Sequence[tuple[str, int, Match]], folded: Sequence[Folded], restricted: Set[str]
) -> Rows:
    """One row per match, with the story it was folded into.

    Raises ValueError where something was folded without a match.
    """
    story = {(f.mention_id, f.urn): f for f in folded}
    rows: list[Row] = []
    for mention_id, version, match in matches:
        f = story.pop((mention_id, match.urn), None)
        why = _reasons(match.reasons, hidden=mention_id in restricted)
        place = (f.story_id, f.how, f.sketch.seen_at) if f else (None, None, None)
        rows.append((mention_id, version, match.urn, match.relevance.value, match.score, *why, *place))
    if story:
        raise ValueError(f"folded without a match: {sorted(story)}")
    return _MATCH, rows


def verdict_rows(verdicts: Sequence[Verdict], restricted: Set[str], now: datetime) -> Rows:
    """One row per verdict."""
    rows: list[Row] = []
    for v in verdicts:
        labels, values = [label for label, _ in v.scores], [value for _, value in v.scores]
        rows.append(
            (
                *(v.mention_id, v.version, v.urn, v.relevance.value, v.sentiment.value, list(v.abuse)),
                *(v.about.value, int(v.severity), v.route.value, v.look, v.look_rank, v.subject_person),
                *(list(v.subjects), v.content_class, v.restricted),
                *_reasons(v.reasons, hidden=v.mention_id in restricted),
                *(labels, values, v.model, now, list(v.themes), v.history, v.event),
                *(meant_texts(v.endangers), meant_texts(v.accuses), v.weighed_most and list(v.weighed_most)),
            )
        )
    return _VERDICT, rows


def meant_texts(of: Sequence[Meant]) -> list[str]:
    """Each as one text, as `data.store.verdicts.verdicts` reads it: whom, how sure, by what, the harm."""
    return [f"{m.who} {m.sure:.2f} {m.by} {m.harm or '-'}" for m in of]


def _map(values: Mapping[str, list[str]]) -> dict[str, list[object]]:
    """In DuckDB's form of a MAP."""
    return {"key": list(values), "value": list(values.values())}


def _reasons(reasons: Sequence[Reason], *, hidden: bool) -> tuple[list[str], list[str]]:
    codes = [r.code for r in reasons]
    return codes, [] if hidden else [r.text for r in reasons]


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
    """Writes these batches whole in the caller's transaction; saving them again changes nothing.

    The texts of mentions with a restricted verdict go only to `restricted_texts`, with those of their earlier
    versions; once restricted, a mention stays so. Most runs bring nothing new: of those only the run is
    written. Raises ValueError where two batches bring the same mention, or an alert on the same story.
    """
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
    for table, (columns, rows), keys in _tables(batches, restricted, now, policy):
        key, update = columns[:keys], _UPDATES.get(table) or replace(columns[keys:])
        insert_rows(con, table, columns, [r for r in rows if r[0] not in held.mentions], key=key, new=True)
        insert_rows(con, table, columns, [r for r in rows if r[0] in held.mentions], key=key, update=update)
    put_judged_for(con, [one for b in batches for one in b.judged_for])
    stories.put_stories(con, [s for b in batches for s in b.stories], held.stories)
    restrict(con, sorted(restricted), now)
    hide_in_threads(con, list(written), list(held.stories), now)
    seal_again(con, written, now)
    put_enclosures(con, [(m, b.source_id) for b in batches for m in b.mentions])


def _tables(
    batches: Sequence[Batch], restricted: set[str], now: datetime, policy: Policy
) -> Iterator[tuple[str, Rows, int]]:
    """Each table with its columns and rows, and how many of the columns are its key."""
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
    yield "mentions", mention_rows(taken, until, now), 1
    yield "mention_versions", version_rows(taken), 2
    yield "restricted_texts", restricted_rows(taken, judged), 2
    yield "matches", match_rows([m for b in batches for m in b.matches], folded, restricted), 3
    yield "verdicts", verdict_rows(judged, restricted, now), 3


def _keep_first_words(table: str, columns: str) -> dict[str, str]:
    """Write an `update` that keeps the words a version was first read with, and the prints of them: another
    reading has them in other case or spacing at most, and where it concerns no school it is not folded.
    """
    return {name: f"coalesce({table}.{name}, excluded.{name})" for name in names(columns)}


_UPDATES = {
    "mentions": replace(
        names(
            "version text_hash url channel kind author published edited rating parent fetched_at restricted "
            "stub"
        )
    )
    | {
        "retain_until": """CASE WHEN mentions.stub THEN excluded.retain_until
            ELSE greatest(mentions.retain_until, excluded.retain_until) END"""
    },
    "mention_versions": replace((*names("text_hash quoted fetched_at"), *COLUMNS))
    | _keep_first_words("mention_versions", "title text article canonical_url minhash body_hash"),
    "restricted_texts": replace(names("url author quoted"))
    | _keep_first_words("restricted_texts", "title text article canonical_url")
    | {"reasons": "map_concat(restricted_texts.reasons, excluded.reasons)"},
}


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
