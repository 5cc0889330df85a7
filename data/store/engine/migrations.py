"""Migrations of the schema, and how they are run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from data.errors import StoreError, StoreHeld, StoreTooNew
from data.frozen import freeze
from data.store.engine.connect import BLOCK_SIZE, is_damage, pack_writes, quote_path
from data.store.engine.rows import Connection, at, duckdb, names, read_rows
from data.store.engine.tables import list_additions
from data.store.engine.turn import NAME, find_lease, is_gone


@freeze
class Migration:
    """One change: `n` counts from 1 without gaps, `statements` run in one transaction."""

    n: int
    name: str
    statements: tuple[str, ...]


_TABLES = """
CREATE TABLE schools (urn VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, aliases VARCHAR[] NOT NULL,
    former_names VARCHAR[] NOT NULL, locality VARCHAR NOT NULL, town VARCHAR NOT NULL,
    county VARCHAR NOT NULL, local_authority VARCHAR NOT NULL, street VARCHAR NOT NULL,
    postcode VARCHAR NOT NULL, trust VARCHAR, domain VARCHAR, head VARCHAR, phase VARCHAR NOT NULL,
    nation VARCHAR NOT NULL, members VARCHAR[] NOT NULL, namesakes VARCHAR NOT NULL,
    language VARCHAR DEFAULT 'en');
CREATE TABLE people (id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, roles VARCHAR[] NOT NULL, email VARCHAR,
    urns VARCHAR[] NOT NULL);
CREATE TABLE sources (id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, url VARCHAR NOT NULL,
    urns VARCHAR[] NOT NULL, name VARCHAR NOT NULL, channel VARCHAR, listing BOOLEAN NOT NULL,
    interval_s DOUBLE, max_pages INTEGER NOT NULL, settings VARCHAR NOT NULL, disabled VARCHAR,
    own BOOLEAN DEFAULT false, notice VARCHAR);
CREATE TABLE source_runs (source_id VARCHAR, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ NOT NULL,
    outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL, status INTEGER, pages INTEGER NOT NULL,
    mentions_read INTEGER NOT NULL, mentions_new INTEGER NOT NULL, warnings VARCHAR[] NOT NULL, etag VARCHAR,
    last_modified VARCHAR, retry_after_s DOUBLE, watermark TIMESTAMPTZ, scope VARCHAR NOT NULL,
    resume VARCHAR, rating DOUBLE, ratings BIGINT, notice BOOLEAN, PRIMARY KEY (source_id, started_at));
CREATE TABLE beginnings (source_id VARCHAR, urn VARCHAR, began_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (source_id, urn));
CREATE TABLE account_log (id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
    done_at TIMESTAMPTZ NOT NULL, person_id VARCHAR NOT NULL, action VARCHAR NOT NULL,
    reason VARCHAR NOT NULL, url VARCHAR);
CREATE TABLE mentions (id VARCHAR PRIMARY KEY, version INTEGER NOT NULL, text_hash VARCHAR NOT NULL,
    url VARCHAR, channel VARCHAR NOT NULL, kind VARCHAR NOT NULL, author VARCHAR, published TIMESTAMPTZ,
    edited TIMESTAMPTZ, rating DOUBLE, parent VARCHAR, fetched_at TIMESTAMPTZ NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL, restricted BOOLEAN NOT NULL, stub BOOLEAN NOT NULL,
    retain_until TIMESTAMPTZ NOT NULL);
CREATE TABLE mention_versions (mention_id VARCHAR, n INTEGER, text_hash VARCHAR NOT NULL, title VARCHAR,
    text VARCHAR, quoted VARCHAR, canonical_url VARCHAR, minhash BLOB, fetched_at TIMESTAMPTZ NOT NULL,
    body_hash VARCHAR, article VARCHAR, words_0 BIGINT, words_1 BIGINT, words_2 BIGINT, words_3 BIGINT,
    words_4 BIGINT, words_5 BIGINT, words_6 BIGINT, words_7 BIGINT, PRIMARY KEY (mention_id, n));
CREATE TABLE restricted_texts (mention_id VARCHAR, n INTEGER, url VARCHAR, author VARCHAR, title VARCHAR,
    text VARCHAR, quoted VARCHAR, canonical_url VARCHAR, reasons MAP(VARCHAR, VARCHAR[]) NOT NULL,
    article VARCHAR, PRIMARY KEY (mention_id, n));
CREATE TABLE sightings (mention_id VARCHAR, source_id VARCHAR, first_seen TIMESTAMPTZ NOT NULL,
    last_seen TIMESTAMPTZ NOT NULL, entry BIGINT, PRIMARY KEY (mention_id, source_id));
CREATE TABLE enclosures (mention_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, mail VARCHAR NOT NULL,
    kinds VARCHAR[] NOT NULL);
CREATE TABLE fingerprints (mention_id VARCHAR PRIMARY KEY, version INTEGER NOT NULL,
    text_hash VARCHAR NOT NULL, purged_at TIMESTAMPTZ NOT NULL, retain_until TIMESTAMPTZ NOT NULL);
CREATE TABLE counts (day DATE, urn VARCHAR, channel VARCHAR, relevance VARCHAR, sentiment VARCHAR,
    route VARCHAR, purged BIGINT NOT NULL, PRIMARY KEY (day, urn, channel, relevance, sentiment, route));
CREATE TABLE article_reads (key VARCHAR PRIMARY KEY, mention_id VARCHAR NOT NULL,
    read_at TIMESTAMPTZ NOT NULL, outcome VARCHAR NOT NULL, paid BOOLEAN NOT NULL, again_at TIMESTAMPTZ);
CREATE TABLE matches (mention_id VARCHAR, version INTEGER, urn VARCHAR, relevance VARCHAR NOT NULL,
    score DOUBLE NOT NULL, reason_codes VARCHAR[] NOT NULL, reason_texts VARCHAR[] NOT NULL,
    story_id VARCHAR, how VARCHAR, seen_at TIMESTAMPTZ, PRIMARY KEY (mention_id, version, urn));
CREATE TABLE stories (id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, title VARCHAR NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL, last_seen TIMESTAMPTZ NOT NULL, restricted BOOLEAN NOT NULL);
CREATE TABLE verdicts (mention_id VARCHAR, version INTEGER, urn VARCHAR, relevance VARCHAR NOT NULL,
    sentiment VARCHAR NOT NULL, abuse VARCHAR[] NOT NULL, about VARCHAR NOT NULL, severity INTEGER NOT NULL,
    route VARCHAR NOT NULL, look BOOLEAN NOT NULL, look_rank DOUBLE NOT NULL, subject_person VARCHAR,
    subjects VARCHAR[] NOT NULL, content_class VARCHAR NOT NULL, restricted BOOLEAN NOT NULL,
    reason_codes VARCHAR[] NOT NULL, reason_texts VARCHAR[] NOT NULL, score_labels VARCHAR[] NOT NULL,
    score_values DOUBLE[] NOT NULL, model VARCHAR NOT NULL, judged_at TIMESTAMPTZ NOT NULL,
    themes VARCHAR[] DEFAULT [], history TIMESTAMPTZ, event VARCHAR, endangers VARCHAR[], accuses VARCHAR[],
    weighed_most INTEGER[], PRIMARY KEY (mention_id, version, urn));
CREATE TABLE school_sets (id VARCHAR PRIMARY KEY, urns VARCHAR[] NOT NULL);
CREATE TABLE judged_for (mention_id VARCHAR, version INTEGER, schools VARCHAR,
    PRIMARY KEY (mention_id, version, schools));
CREATE TABLE story_moves (from_story VARCHAR, to_story VARCHAR, urn VARCHAR NOT NULL,
    merged BOOLEAN NOT NULL, posts VARCHAR[] NOT NULL, moved_at TIMESTAMPTZ NOT NULL,
    moved_by VARCHAR NOT NULL, times INTEGER NOT NULL, first_seen TIMESTAMPTZ, last_seen TIMESTAMPTZ,
    kept_out VARCHAR[] NOT NULL, notes VARCHAR[] NOT NULL, PRIMARY KEY (from_story, to_story));
CREATE TABLE spikes (urn VARCHAR, began_at TIMESTAMPTZ, told_at TIMESTAMPTZ NOT NULL,
    mentions BIGINT NOT NULL, usual DOUBLE NOT NULL, themes VARCHAR[] NOT NULL,
    lasted_to TIMESTAMPTZ NOT NULL, of_reviews BOOLEAN DEFAULT false, PRIMARY KEY (urn, began_at));
CREATE TABLE growth_watches (story_id VARCHAR, urn VARCHAR, person_id VARCHAR NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL, mentions INTEGER NOT NULL, places INTEGER NOT NULL,
    severity INTEGER NOT NULL, PRIMARY KEY (story_id, urn));
CREATE TABLE alerts (id VARCHAR NOT NULL, story_id VARCHAR, urn VARCHAR, severity INTEGER NOT NULL,
    route VARCHAR NOT NULL, content_class VARCHAR NOT NULL, restricted BOOLEAN NOT NULL,
    audience VARCHAR[] NOT NULL, excluded VARCHAR[] NOT NULL, reason_codes VARCHAR[] NOT NULL,
    reason_texts VARCHAR[] NOT NULL, first_raised_at TIMESTAMPTZ NOT NULL, raised_at TIMESTAMPTZ NOT NULL,
    times INTEGER NOT NULL, handed_over_at TIMESTAMPTZ, handed_over_by VARCHAR, posted_at TIMESTAMPTZ,
    warned VARCHAR[] DEFAULT [], number VARCHAR, PRIMARY KEY (story_id, urn));
CREATE TABLE owners (story_id VARCHAR, urn VARCHAR, person_id VARCHAR, since_at TIMESTAMPTZ,
    given_by VARCHAR, until_at TIMESTAMPTZ, ask_at TIMESTAMPTZ, times INTEGER, mark VARCHAR,
    marked_by VARCHAR, marked_at TIMESTAMPTZ, marked_times INTEGER, why VARCHAR,
    PRIMARY KEY (story_id, urn));
CREATE TABLE escalations (alert_id VARCHAR, urn VARCHAR NOT NULL, times INTEGER, step INTEGER,
    person_id VARCHAR, told_at TIMESTAMPTZ NOT NULL, about VARCHAR DEFAULT 'untaken',
    PRIMARY KEY (alert_id, times, step));
CREATE TABLE said_wrong (mention_id VARCHAR, urn VARCHAR, person_id VARCHAR, kind VARCHAR DEFAULT '',
    relevance VARCHAR, label VARCHAR NOT NULL, severity INTEGER, why VARCHAR NOT NULL,
    said_at TIMESTAMPTZ NOT NULL, route VARCHAR, tone VARCHAR, was_relevance VARCHAR, was_severity INTEGER,
    was_route VARCHAR, was_tone VARCHAR, model VARCHAR DEFAULT '', counts_at TIMESTAMPTZ,
    PRIMARY KEY (mention_id, urn, person_id, kind));
CREATE TABLE notes (id VARCHAR PRIMARY KEY, story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL, note VARCHAR NOT NULL, written_at TIMESTAMPTZ NOT NULL);
CREATE TABLE outbox (key VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, body VARCHAR NOT NULL, due_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL, alert_id VARCHAR, written_at TIMESTAMPTZ NOT NULL, sent_at TIMESTAMPTZ,
    attempts INTEGER NOT NULL, leased_until TIMESTAMPTZ, html VARCHAR, via VARCHAR DEFAULT 'mail',
    times INTEGER DEFAULT 0, attachment VARCHAR, leased_by VARCHAR, next_try_at TIMESTAMPTZ,
    handing_over_at TIMESTAMPTZ, unsure_at TIMESTAMPTZ, failed_at TIMESTAMPTZ, withdrawn_at TIMESTAMPTZ,
    told_at TIMESTAMPTZ, given_up_at TIMESTAMPTZ, thread VARCHAR);
CREATE TABLE deliveries (outbox_key VARCHAR, attempt INTEGER, urn VARCHAR NOT NULL,
    tried_at TIMESTAMPTZ NOT NULL, outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL,
    PRIMARY KEY (outbox_key, attempt));
CREATE TABLE editions (kind VARCHAR, urn VARCHAR, period VARCHAR, person_id VARCHAR,
    covers_from TIMESTAMPTZ NOT NULL, covers_to TIMESTAMPTZ NOT NULL, outbox_key VARCHAR,
    composed_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (kind, urn, period, person_id));
CREATE TABLE reports (urn VARCHAR, week VARCHAR, facts VARCHAR NOT NULL, composed_at TIMESTAMPTZ NOT NULL,
    signed_at TIMESTAMPTZ, signed_by VARCHAR, sha256 VARCHAR, page_sha256 VARCHAR,
    counted VARCHAR DEFAULT '[]', PRIMARY KEY (urn, week));
CREATE TABLE cases (id VARCHAR PRIMARY KEY, story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL,
    content_class VARCHAR NOT NULL, rung VARCHAR, opened_at TIMESTAMPTZ NOT NULL, opened_by VARCHAR NOT NULL,
    closed_at TIMESTAMPTZ, hold BOOLEAN NOT NULL, state VARCHAR DEFAULT 'triage', mention_id VARCHAR,
    lane VARCHAR, restricted BOOLEAN DEFAULT false, subjects VARCHAR[] DEFAULT [], ending VARCHAR,
    locked BOOLEAN DEFAULT false, due_at TIMESTAMPTZ, clock VARCHAR, recheck_at TIMESTAMPTZ);
CREATE TABLE case_steps (case_id VARCHAR, n INTEGER, urn VARCHAR NOT NULL, step VARCHAR NOT NULL,
    actor VARCHAR NOT NULL, done_at TIMESTAMPTZ NOT NULL, due_at TIMESTAMPTZ, detail VARCHAR NOT NULL,
    recorded_at TIMESTAMPTZ, why VARCHAR DEFAULT '', clock VARCHAR DEFAULT '', PRIMARY KEY (case_id, n));
CREATE TABLE case_places (case_id VARCHAR, n INTEGER, urn VARCHAR NOT NULL, role VARCHAR NOT NULL,
    mention_id VARCHAR, channel VARCHAR NOT NULL, host VARCHAR NOT NULL, state VARCHAR NOT NULL,
    said_gone_at TIMESTAMPTZ, PRIMARY KEY (case_id, n));
CREATE TABLE evidence (id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, mention_id VARCHAR, case_id VARCHAR,
    sha256 VARCHAR NOT NULL, media_type VARCHAR NOT NULL, size_bytes BIGINT NOT NULL,
    captured_at TIMESTAMPTZ NOT NULL, captured_by VARCHAR NOT NULL, how VARCHAR NOT NULL, capture_id VARCHAR,
    name VARCHAR DEFAULT '');
CREATE TABLE files_not_taken (number VARCHAR PRIMARY KEY, mention_id VARCHAR NOT NULL, urn VARCHAR NOT NULL,
    place VARCHAR NOT NULL);
CREATE TABLE handed_in (mention_id VARCHAR, urn VARCHAR, says VARCHAR NOT NULL, said_at TIMESTAMPTZ NOT NULL,
    holds BOOLEAN, settled_at TIMESTAMPTZ, settled_by VARCHAR, PRIMARY KEY (mention_id, urn));
CREATE TABLE privacy_requests (id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    reference VARCHAR NOT NULL, reason VARCHAR NOT NULL, received_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL, recorded_by VARCHAR NOT NULL, due_at TIMESTAMPTZ,
    acknowledged_at TIMESTAMPTZ, extended_at TIMESTAMPTZ, answered_at TIMESTAMPTZ, answered_by VARCHAR,
    ending VARCHAR, answer VARCHAR NOT NULL);
CREATE TABLE suppressions (key VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, request_id VARCHAR,
    added_at TIMESTAMPTZ NOT NULL);
CREATE TABLE corrections (request_id VARCHAR, mention_id VARCHAR, words VARCHAR NOT NULL,
    added_at TIMESTAMPTZ NOT NULL, added_by VARCHAR NOT NULL, PRIMARY KEY (request_id, mention_id));
CREATE TABLE audit (n BIGINT PRIMARY KEY, done_at TIMESTAMPTZ NOT NULL, actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL, subject VARCHAR NOT NULL, urn VARCHAR, codes VARCHAR[] NOT NULL,
    previous VARCHAR NOT NULL, hash VARCHAR NOT NULL);
CREATE TABLE audit_notes (sha256 VARCHAR PRIMARY KEY, note VARCHAR NOT NULL);
CREATE TABLE seal_salts (kind VARCHAR, subject VARCHAR, version INTEGER, urn VARCHAR,
    salts MAP(VARCHAR, VARCHAR) NOT NULL, PRIMARY KEY (kind, subject, version, urn));
CREATE TABLE leases (name VARCHAR PRIMARY KEY, holder VARCHAR NOT NULL, taken_at TIMESTAMPTZ NOT NULL,
    held_until TIMESTAMPTZ NOT NULL);
CREATE TABLE clock (id INTEGER PRIMARY KEY, believed_at TIMESTAMPTZ NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
    doubted_at TIMESTAMPTZ, boot VARCHAR, up_s DOUBLE);
CREATE TABLE sessions (id_hash VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL,
    address_hash VARCHAR NOT NULL, device VARCHAR NOT NULL, began_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL, checked_at TIMESTAMPTZ);
CREATE TABLE accounts (issuer VARCHAR, subject VARCHAR, person_id VARCHAR NOT NULL,
    user_name VARCHAR NOT NULL, linked_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (issuer, subject));
CREATE TABLE credentials (id VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL, address_hash VARCHAR NOT NULL,
    public_key VARCHAR NOT NULL, signed BIGINT NOT NULL, name VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ);
CREATE TABLE printed_codes (hash VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL,
    printed_by VARCHAR NOT NULL, printed_at TIMESTAMPTZ NOT NULL, ends_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ);
CREATE TABLE day_codes (urn VARCHAR PRIMARY KEY, changed_at TIMESTAMPTZ NOT NULL);
CREATE INDEX matches_by_story ON matches (story_id);
CREATE INDEX verdicts_by_mention ON verdicts (mention_id);
CREATE INDEX versions_by_mention ON mention_versions (mention_id);
CREATE INDEX sightings_by_mention ON sightings (mention_id)
"""
"""The tables as the first 39 changes left them: a new file has them at once."""
_FIRST = names(
    "first_tables the_service the_ladder beginnings copies_by_their_words given_up found_sooner "
    "the_clock asked_of_their_data sealed_rows told_by_the_press enclosed_in_mails behind_headlines "
    "marks weeks_counted_once threads_of_mails judged_for_many found_by_words who_is_meant "
    "split_by_hand said_at_the_door numbers_of_alerts split_what_was_read_too brought_by "
    "files_not_taken owners asked_again rushes_of_reviews said_wrong sessions_of_the_desk accounts "
    "sessions_by_address notes ways_in_without_mail passkeys corrections weighed_most places_of_cases "
    "stories_merged_and_split"
)
"""Changes that an earlier version made one by one: a file that has not had them all is refused."""
_LETTER_FACTS = (
    """CREATE TABLE letter_facts (
        case_id VARCHAR NOT NULL, letter VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        facts VARCHAR NOT NULL, typed_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (case_id, letter))""",
    "DROP TABLE growth_watches",  # nothing had read it
)
_ASKS_OF_KEYS = (
    """CREATE TABLE asks_of_keys (key_name VARCHAR, budget VARCHAR, day DATE, asks INTEGER NOT NULL,
        pence DOUBLE NOT NULL, PRIMARY KEY (key_name, budget, day))""",
)
_BACK_FILLS = (
    """CREATE TABLE back_fills (
        source_id VARCHAR, file VARCHAR, urns VARCHAR[] NOT NULL, began_at TIMESTAMPTZ NOT NULL,
        goal_at TIMESTAMPTZ NOT NULL, remaining VARCHAR NOT NULL,
        pages INTEGER NOT NULL, reached_at TIMESTAMPTZ, counted INTEGER NOT NULL, failures INTEGER NOT NULL,
        stepped_at TIMESTAMPTZ, again_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, PRIMARY KEY (source_id, file))""",
    "ALTER TABLE fingerprints ADD COLUMN unmatched BOOLEAN",
)
_SAID_BY_COLUMN = (
    "ALTER TABLE notes ADD COLUMN deed VARCHAR",
    "ALTER TABLE outbox ADD COLUMN numbers VARCHAR[] DEFAULT []",
)
_WRITTEN = (
    Migration(1, _FIRST[0], tuple(_TABLES.split(";"))),
    *(Migration(n, name, ()) for n, name in enumerate(_FIRST[1:], start=2)),
    Migration(len(_FIRST) + 1, "facts_of_letters", _LETTER_FACTS),
    Migration(len(_FIRST) + 2, "asks_of_keys", _ASKS_OF_KEYS),
    Migration(len(_FIRST) + 4, "back_fills", _BACK_FILLS),
    Migration(len(_FIRST) + 6, "deeds_and_numbers_of_digests", _SAID_BY_COLUMN),
)
_ADDED = {n: Migration(n, f"columns_{n}", tuple(of)) for n, of in list_additions().items()}
if twice := _ADDED.keys() & {m.n for m in _WRITTEN}:
    raise ValueError(f"data.store.engine.tables: a change is written with the number {min(twice)} already")
MIGRATIONS = tuple(m for _, m in sorted((_ADDED | {m.n: m for m in _WRITTEN}).items()))
"""Append only: those written here, and the columns that are declared with another number."""


# Applies pending migrations: numbered, atomic, recorded, forward only, one copy kept before the first.

_RECORD = """CREATE TABLE IF NOT EXISTS migrations (
    n INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMPTZ)"""
BIG_BYTES, BIG_BLOCKS = 128 * 2**20, 65536
"""A file of so many bytes gets such blocks when it is copied: of 1 GB in small ones, opening and closing
takes 35 ms of processor, in these 10; in bigger ones rows are found more slowly."""
_NEWEST = """SELECT 1 FROM duckdb_tables() WHERE table_name = 'story_moves'
    AND database_name = current_database()"""
_SIZE = "SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()"


def applied_migrations(con: Connection) -> tuple[str, ...]:
    """Return the names of the migrations this file has had, in order; empty for a new file."""
    try:
        rows = read_rows(con, "SELECT n, name FROM migrations")  # sorted there it takes twice as long
    except duckdb.CatalogException:  # asking the catalogue first would cost 6 ms at every opening
        return ()
    return tuple(name for _, name in sorted(rows))


def set_up_at(con: Connection) -> datetime:
    """Return when the store was made."""
    ((first,),) = read_rows(con, "SELECT epoch_us(min(applied_at)) FROM migrations")
    return at(first)


def refuse_newer(done: Sequence[str], known: Sequence[Migration], path: Path) -> None:
    """Raises StoreTooNew where the file has had a migration this version does not know."""
    expected = [m.name for m in known]
    unknown = [name for n, name in enumerate(done) if expected[n : n + 1] != [name]]
    if unknown:
        raise StoreTooNew(
            f"{path} was written by a newer Schoolgate (it has had the change “{unknown[0]}”, which this "
            "version does not know). Install that version again; nothing was changed."
        )


def refuse_held(con: Connection, path: Path, now: datetime) -> None:
    """Raises StoreHeld where a service runs for a file with changes to come: it is of another version."""
    try:
        lease = find_lease(con, NAME)
    except duckdb.CatalogException:  # it has no tables
        return
    if lease is None or lease.held_until <= now or is_gone(lease.holder):
        return
    number, _, machine = lease.holder.removeprefix("PID ").partition(" on ")
    raise StoreHeld(
        f"{path.parent} is held by a service of an older Schoolgate, {lease.holder}, since "
        f"{lease.taken_at:%Y-%m-%d %H:%M} UTC. The store is not changed under it. End "
        f"it on {machine}, and begin the service of this version: sudo systemctl restart schoolgate, or "
        f"kill {number} and then ⟪serve⟫"
    )


def migrate(con: Connection, path: Path, migrations: Sequence[Migration], now: datetime) -> tuple[str, ...]:
    """Applies what is pending and returns its names. `con` holds the file and is in no transaction. Each
    migration commits together with its row in `migrations`; a failed one leaves neither."""
    done = applied_migrations(con)
    refuse_newer(done, migrations, path)
    pending = migrations[len(done) :]
    if done and pending and not read_rows(con, _NEWEST):
        raise StoreError(
            f"{path} is from a version before 25 November 2026, which this one cannot bring up to date. "
            "Nothing was changed. Open it with a version of that day first."
        )
    if done and pending:  # a new file holds nothing yet
        copy = path.with_name(f"{path.name}.before-{pending[0].n:04d}")
        copy_database(con, copy)
        os.utime(copy, (now.timestamp(), now.timestamp()))  # the time from which its retention is counted
    for migration in pending:
        con.execute("BEGIN")
        try:
            con.execute(_RECORD)
            for statement in migration.statements:
                con.execute(statement)
            con.execute("INSERT INTO migrations VALUES (?, ?, ?)", [migration.n, migration.name, now])
        except duckdb.Error:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")
    return tuple(m.name for m in pending)


def copy_database(con: Connection, target: Path) -> None:
    """Copies every table with its keys into a new file (0600), which is complete once it has its name. A copy
    holds what is in the tables now and nothing that was deleted before. Raises StoreError where it cannot be
    written, duckdb.Error where the original is damaged; `target` is then unchanged."""
    unfinished = target.with_name(target.name + ".unfinished")
    _discard(unfinished)
    try:
        _fill(con, unfinished)
    except duckdb.Error as error:
        _discard(unfinished)
        if is_damage(error):
            raise
        raise StoreError(
            f"{target} could not be written. Is there room for a second copy? The reason: {error}"
        ) from error
    sync(unfinished)
    unfinished.replace(target)
    sync(target.parent)


def _discard(path: Path) -> None:
    """Deletes a file and its log: either may contain texts."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _fill(con: Connection, path: Path) -> None:
    (name,) = read_rows(con, "SELECT current_database()")[0]
    block = BIG_BLOCKS if read_rows(con, _SIZE)[0][0] > BIG_BYTES else BLOCK_SIZE
    con.execute(f"ATTACH '{quote_path(path)}' AS copy_of_store (BLOCK_SIZE {block})")
    try:
        path.chmod(0o600)
        with pack_writes(con):
            con.execute(f'COPY FROM DATABASE "{name}" TO copy_of_store')
            con.execute("CHECKPOINT copy_of_store")
    finally:
        con.execute("DETACH copy_of_store")


def sync(path: Path) -> None:
    """Returns when the file, or the folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
