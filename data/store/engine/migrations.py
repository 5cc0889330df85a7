"""Migrations of the schema, and how they are run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.errors import StoreError, StoreHeld, StoreTooNew
from data.store.engine.connect import BLOCK_SIZE, is_damage, pack_writes, quote_path
from data.store.engine.duck import duckdb
from data.store.engine.rows import Connection, read_rows
from data.store.engine.turn import NAME, find_lease, is_gone

# The numbered list of changes to the tables. Append only: an applied migration is never edited.


@dataclass(frozen=True, slots=True)
class Migration:
    """One change: `n` counts from 1 without gaps, `statements` run in one transaction."""

    n: int
    name: str
    statements: tuple[str, ...]


_CONFIGURED = (
    """CREATE TABLE schools (
        urn VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, aliases VARCHAR[] NOT NULL,
        former_names VARCHAR[] NOT NULL, locality VARCHAR NOT NULL, town VARCHAR NOT NULL,
        county VARCHAR NOT NULL, local_authority VARCHAR NOT NULL, street VARCHAR NOT NULL,
        postcode VARCHAR NOT NULL, trust VARCHAR, domain VARCHAR, head VARCHAR, phase VARCHAR NOT NULL,
        nation VARCHAR NOT NULL, members VARCHAR[] NOT NULL, namesakes VARCHAR NOT NULL)""",
    """CREATE TABLE people (
        id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, roles VARCHAR[] NOT NULL, email VARCHAR,
        urns VARCHAR[] NOT NULL)""",
    """CREATE TABLE sources (
        id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, url VARCHAR NOT NULL, urns VARCHAR[] NOT NULL,
        name VARCHAR NOT NULL, channel VARCHAR, listing BOOLEAN NOT NULL, interval_s DOUBLE,
        max_pages INTEGER NOT NULL, settings VARCHAR NOT NULL, disabled VARCHAR)""",
    """CREATE TABLE source_runs (
        source_id VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NOT NULL,
        outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL, status INTEGER, pages INTEGER NOT NULL,
        mentions_read INTEGER NOT NULL, mentions_new INTEGER NOT NULL, warnings VARCHAR[] NOT NULL,
        etag VARCHAR, last_modified VARCHAR, retry_after_s DOUBLE, watermark TIMESTAMPTZ,
        scope VARCHAR NOT NULL, resume VARCHAR, rating DOUBLE, ratings BIGINT,
        PRIMARY KEY (source_id, started_at))""",
)

_SAID = (
    """CREATE TABLE mentions (
        id VARCHAR PRIMARY KEY, version INTEGER NOT NULL, text_hash VARCHAR NOT NULL, url VARCHAR,
        channel VARCHAR NOT NULL, kind VARCHAR NOT NULL, author VARCHAR, published TIMESTAMPTZ,
        edited TIMESTAMPTZ, rating DOUBLE, parent VARCHAR, fetched_at TIMESTAMPTZ NOT NULL,
        first_seen TIMESTAMPTZ NOT NULL, restricted BOOLEAN NOT NULL, stub BOOLEAN NOT NULL,
        retain_until TIMESTAMPTZ NOT NULL)""",
    """CREATE TABLE mention_versions (
        mention_id VARCHAR NOT NULL, n INTEGER NOT NULL, text_hash VARCHAR NOT NULL, title VARCHAR,
        text VARCHAR, quoted VARCHAR, canonical_url VARCHAR, minhash BLOB, fetched_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (mention_id, n))""",
    """CREATE TABLE restricted_texts (
        mention_id VARCHAR NOT NULL, n INTEGER NOT NULL, url VARCHAR, author VARCHAR, title VARCHAR,
        text VARCHAR, quoted VARCHAR, canonical_url VARCHAR, reasons MAP(VARCHAR, VARCHAR[]) NOT NULL,
        PRIMARY KEY (mention_id, n))""",
    """CREATE TABLE sightings (
        mention_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, first_seen TIMESTAMPTZ NOT NULL,
        last_seen TIMESTAMPTZ NOT NULL, PRIMARY KEY (mention_id, source_id))""",
    """CREATE TABLE fingerprints (
        mention_id VARCHAR PRIMARY KEY, version INTEGER NOT NULL, text_hash VARCHAR NOT NULL,
        purged_at TIMESTAMPTZ NOT NULL, retain_until TIMESTAMPTZ NOT NULL)""",
    """CREATE TABLE counts (
        day DATE NOT NULL, urn VARCHAR NOT NULL, channel VARCHAR NOT NULL, relevance VARCHAR NOT NULL,
        sentiment VARCHAR NOT NULL, route VARCHAR NOT NULL, purged BIGINT NOT NULL,
        PRIMARY KEY (day, urn, channel, relevance, sentiment, route))""",
)

_JUDGED = (
    """CREATE TABLE matches (
        mention_id VARCHAR NOT NULL, version INTEGER NOT NULL, urn VARCHAR NOT NULL,
        relevance VARCHAR NOT NULL, score DOUBLE NOT NULL, reason_codes VARCHAR[] NOT NULL,
        reason_texts VARCHAR[] NOT NULL, story_id VARCHAR, how VARCHAR, seen_at TIMESTAMPTZ,
        PRIMARY KEY (mention_id, version, urn))""",
    """CREATE TABLE stories (
        id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, title VARCHAR NOT NULL,
        first_seen TIMESTAMPTZ NOT NULL, last_seen TIMESTAMPTZ NOT NULL, restricted BOOLEAN NOT NULL)""",
    """CREATE TABLE verdicts (
        mention_id VARCHAR NOT NULL, version INTEGER NOT NULL, urn VARCHAR NOT NULL,
        relevance VARCHAR NOT NULL, sentiment VARCHAR NOT NULL, abuse VARCHAR[] NOT NULL,
        about VARCHAR NOT NULL, severity INTEGER NOT NULL, route VARCHAR NOT NULL, look BOOLEAN NOT NULL,
        look_rank DOUBLE NOT NULL, subject_person VARCHAR, subjects VARCHAR[] NOT NULL,
        content_class VARCHAR NOT NULL, restricted BOOLEAN NOT NULL, reason_codes VARCHAR[] NOT NULL,
        reason_texts VARCHAR[] NOT NULL, score_labels VARCHAR[] NOT NULL, score_values DOUBLE[] NOT NULL,
        model VARCHAR NOT NULL, judged_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (mention_id, version, urn))""",
)

_ACTED = (
    """CREATE TABLE alerts (
        id VARCHAR NOT NULL, story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, severity INTEGER NOT NULL,
        route VARCHAR NOT NULL, content_class VARCHAR NOT NULL, restricted BOOLEAN NOT NULL,
        audience VARCHAR[] NOT NULL, excluded VARCHAR[] NOT NULL, reason_codes VARCHAR[] NOT NULL,
        reason_texts VARCHAR[] NOT NULL, first_raised_at TIMESTAMPTZ NOT NULL,
        raised_at TIMESTAMPTZ NOT NULL, times INTEGER NOT NULL,
        acked_at TIMESTAMPTZ, acked_by VARCHAR, handed_over_at TIMESTAMPTZ, handed_over_by VARCHAR,
        PRIMARY KEY (story_id, urn))""",
    """CREATE TABLE outbox (
        key VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        subject VARCHAR NOT NULL, body VARCHAR NOT NULL, due_at TIMESTAMPTZ NOT NULL,
        expires_at TIMESTAMPTZ NOT NULL, alert_id VARCHAR, written_at TIMESTAMPTZ NOT NULL,
        sent_at TIMESTAMPTZ, attempts INTEGER NOT NULL, leased_until TIMESTAMPTZ)""",
    """CREATE TABLE deliveries (
        outbox_key VARCHAR NOT NULL, attempt INTEGER NOT NULL, urn VARCHAR NOT NULL,
        tried_at TIMESTAMPTZ NOT NULL, outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL,
        PRIMARY KEY (outbox_key, attempt))""",
    """CREATE TABLE cases (
        id VARCHAR PRIMARY KEY, story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL,
        content_class VARCHAR NOT NULL, rung VARCHAR NOT NULL, opened_at TIMESTAMPTZ NOT NULL,
        opened_by VARCHAR NOT NULL, closed_at TIMESTAMPTZ, hold BOOLEAN NOT NULL)""",
    """CREATE TABLE case_steps (
        case_id VARCHAR NOT NULL, n INTEGER NOT NULL, urn VARCHAR NOT NULL, step VARCHAR NOT NULL,
        actor VARCHAR NOT NULL, done_at TIMESTAMPTZ NOT NULL, due_at TIMESTAMPTZ, detail VARCHAR NOT NULL,
        PRIMARY KEY (case_id, n))""",
    """CREATE TABLE evidence (
        id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, mention_id VARCHAR, case_id VARCHAR,
        sha256 VARCHAR NOT NULL, media_type VARCHAR NOT NULL, size_bytes BIGINT NOT NULL,
        captured_at TIMESTAMPTZ NOT NULL, captured_by VARCHAR NOT NULL, how VARCHAR NOT NULL)""",
)

_PROVED = (
    """CREATE TABLE audit (
        n BIGINT PRIMARY KEY, done_at TIMESTAMPTZ NOT NULL, actor VARCHAR NOT NULL,
        action VARCHAR NOT NULL, subject VARCHAR NOT NULL, urn VARCHAR, codes VARCHAR[] NOT NULL,
        previous VARCHAR NOT NULL, hash VARCHAR NOT NULL)""",
    "CREATE TABLE audit_notes (sha256 VARCHAR PRIMARY KEY, note VARCHAR NOT NULL)",
)

_SERVED = (
    "ALTER TABLE schools ADD COLUMN language VARCHAR DEFAULT 'en'",
    "ALTER TABLE sources ADD COLUMN own BOOLEAN DEFAULT false",
    "ALTER TABLE sources ADD COLUMN notice VARCHAR",
    "ALTER TABLE source_runs ADD COLUMN notice BOOLEAN",
    "ALTER TABLE verdicts ADD COLUMN themes VARCHAR[] DEFAULT []",
    "ALTER TABLE outbox ADD COLUMN html VARCHAR",
    "ALTER TABLE outbox ADD COLUMN via VARCHAR DEFAULT 'mail'",
    "ALTER TABLE outbox ADD COLUMN times INTEGER DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN attachment VARCHAR",
    "ALTER TABLE outbox ADD COLUMN leased_by VARCHAR",
    "ALTER TABLE outbox ADD COLUMN next_try_at TIMESTAMPTZ",
    "ALTER TABLE outbox ADD COLUMN handing_over_at TIMESTAMPTZ",
    "ALTER TABLE outbox ADD COLUMN unsure_at TIMESTAMPTZ",
    "ALTER TABLE outbox ADD COLUMN failed_at TIMESTAMPTZ",
    "ALTER TABLE outbox ADD COLUMN withdrawn_at TIMESTAMPTZ",
    "ALTER TABLE outbox ADD COLUMN told_at TIMESTAMPTZ",
    """CREATE TABLE leases (
        name VARCHAR PRIMARY KEY, holder VARCHAR NOT NULL, taken_at TIMESTAMPTZ NOT NULL,
        held_until TIMESTAMPTZ NOT NULL)""",
    """CREATE TABLE editions (
        kind VARCHAR NOT NULL, urn VARCHAR NOT NULL, period VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        covers_from TIMESTAMPTZ NOT NULL, covers_to TIMESTAMPTZ NOT NULL, outbox_key VARCHAR,
        composed_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (kind, urn, period, person_id))""",
    """CREATE TABLE reports (
        urn VARCHAR NOT NULL, week VARCHAR NOT NULL, facts VARCHAR NOT NULL,
        composed_at TIMESTAMPTZ NOT NULL, signed_at TIMESTAMPTZ, signed_by VARCHAR, sha256 VARCHAR,
        page_sha256 VARCHAR, PRIMARY KEY (urn, week))""",
    """CREATE TABLE escalations (
        alert_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, times INTEGER NOT NULL, step INTEGER NOT NULL,
        person_id VARCHAR, told_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (alert_id, times, step))""",
    """CREATE TABLE spikes (
        urn VARCHAR NOT NULL, began_at TIMESTAMPTZ NOT NULL, told_at TIMESTAMPTZ NOT NULL,
        mentions BIGINT NOT NULL, usual DOUBLE NOT NULL, themes VARCHAR[] NOT NULL,
        lasted_to TIMESTAMPTZ NOT NULL, PRIMARY KEY (urn, began_at))""",
    """CREATE TABLE account_log (
        id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
        done_at TIMESTAMPTZ NOT NULL, person_id VARCHAR NOT NULL, action VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, url VARCHAR)""",
)

_REMOVED = (
    "ALTER TABLE cases ALTER COLUMN rung DROP NOT NULL",
    "ALTER TABLE cases ADD COLUMN state VARCHAR DEFAULT 'triage'",
    "ALTER TABLE cases ADD COLUMN mention_id VARCHAR",
    "ALTER TABLE cases ADD COLUMN lane VARCHAR",
    "ALTER TABLE cases ADD COLUMN restricted BOOLEAN DEFAULT false",
    "ALTER TABLE cases ADD COLUMN subjects VARCHAR[] DEFAULT []",
    "ALTER TABLE cases ADD COLUMN assigned_to VARCHAR",
    "ALTER TABLE cases ADD COLUMN ending VARCHAR",
    "ALTER TABLE cases ADD COLUMN locked BOOLEAN DEFAULT false",
    "ALTER TABLE cases ADD COLUMN due_at TIMESTAMPTZ",
    "ALTER TABLE cases ADD COLUMN clock VARCHAR",
    "ALTER TABLE cases ADD COLUMN recheck_at TIMESTAMPTZ",
    "ALTER TABLE case_steps ADD COLUMN recorded_at TIMESTAMPTZ",
    "ALTER TABLE case_steps ADD COLUMN why VARCHAR DEFAULT ''",
    "ALTER TABLE case_steps ADD COLUMN clock VARCHAR DEFAULT ''",
    "ALTER TABLE evidence ADD COLUMN capture_id VARCHAR",
    "ALTER TABLE evidence ADD COLUMN name VARCHAR DEFAULT ''",
)

_BEGUN = (
    "ALTER TABLE verdicts ADD COLUMN history TIMESTAMPTZ",
    "ALTER TABLE alerts ADD COLUMN posted_at TIMESTAMPTZ",
    """CREATE TABLE beginnings (
        source_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, began_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (source_id, urn))""",
    """INSERT INTO beginnings SELECT r.source_id, s.urn, min(r.started_at)
        FROM source_runs r JOIN (SELECT id, unnest(urns) AS urn FROM sources) s ON s.id = r.source_id
        WHERE r.outcome IN ('ok', 'empty') GROUP BY r.source_id, s.urn""",
)

_COPIED = ("ALTER TABLE mention_versions ADD COLUMN body_hash VARCHAR",)
_GIVEN_UP = ("ALTER TABLE outbox ADD COLUMN given_up_at TIMESTAMPTZ",)
_FOUND_SOONER = (
    "CREATE INDEX matches_by_story ON matches (story_id)",
    "CREATE INDEX verdicts_by_mention ON verdicts (mention_id)",
    "CREATE INDEX versions_by_mention ON mention_versions (mention_id)",
    "CREATE INDEX sightings_by_mention ON sightings (mention_id)",
)
_CLOCK = (
    """CREATE TABLE clock (
        id INTEGER PRIMARY KEY, believed_at TIMESTAMPTZ NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
        doubted_at TIMESTAMPTZ, boot VARCHAR, up_s DOUBLE)""",
)
_ASKED_OF_THEIR_DATA = (
    """CREATE TABLE privacy_requests (
        id VARCHAR PRIMARY KEY, urn VARCHAR NOT NULL, kind VARCHAR NOT NULL, reference VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, received_at TIMESTAMPTZ NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
        recorded_by VARCHAR NOT NULL, due_at TIMESTAMPTZ, acknowledged_at TIMESTAMPTZ,
        extended_at TIMESTAMPTZ, answered_at TIMESTAMPTZ, answered_by VARCHAR, ending VARCHAR,
        answer VARCHAR NOT NULL)""",
    """CREATE TABLE suppressions (
        key VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, request_id VARCHAR, added_at TIMESTAMPTZ NOT NULL)""",
    """CREATE TABLE corrections (
        request_id VARCHAR NOT NULL, mention_id VARCHAR NOT NULL, words VARCHAR NOT NULL,
        added_at TIMESTAMPTZ NOT NULL, added_by VARCHAR NOT NULL, PRIMARY KEY (request_id, mention_id))""",
)
_SEALED = (
    """CREATE TABLE seal_salts (
        kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, version INTEGER NOT NULL, urn VARCHAR NOT NULL,
        salts MAP(VARCHAR, VARCHAR) NOT NULL, PRIMARY KEY (kind, subject, version, urn))""",
)
_TOLD_BY_THE_PRESS = ("ALTER TABLE verdicts ADD COLUMN event VARCHAR",)
_ENCLOSED = (
    """CREATE TABLE enclosures (
        mention_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, mail VARCHAR NOT NULL,
        kinds VARCHAR[] NOT NULL)""",
)
_BEHIND_HEADLINES = (
    "DROP INDEX versions_by_mention",
    "ALTER TABLE mention_versions ADD COLUMN article VARCHAR",
    "CREATE INDEX versions_by_mention ON mention_versions (mention_id)",
    "ALTER TABLE restricted_texts ADD COLUMN article VARCHAR",
    """CREATE TABLE article_reads (
        key VARCHAR PRIMARY KEY, mention_id VARCHAR NOT NULL, read_at TIMESTAMPTZ NOT NULL,
        outcome VARCHAR NOT NULL, paid BOOLEAN NOT NULL, again_at TIMESTAMPTZ)""",
)
_MARKED = (
    """CREATE TABLE marks (
        story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, mark VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        marked_at TIMESTAMPTZ NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (story_id, urn))""",
)
_COUNTED_ONCE = ("ALTER TABLE reports ADD COLUMN counted VARCHAR DEFAULT '[]'",)
_THREADED = ("ALTER TABLE outbox ADD COLUMN thread VARCHAR",)
_JUDGED_FOR_MANY = (
    "CREATE TABLE school_sets (id VARCHAR PRIMARY KEY, urns VARCHAR[] NOT NULL)",
    """CREATE TABLE judged_for (
        mention_id VARCHAR NOT NULL, version INTEGER NOT NULL, schools VARCHAR NOT NULL,
        PRIMARY KEY (mention_id, version, schools))""",
)
_FOUND_BY_WORDS = (
    "DROP INDEX versions_by_mention",
    *(f"ALTER TABLE mention_versions ADD COLUMN words_{n} BIGINT" for n in range(8)),
    "CREATE INDEX versions_by_mention ON mention_versions (mention_id)",
)
_MEANT = (
    "ALTER TABLE verdicts ADD COLUMN endangers VARCHAR[]",
    "ALTER TABLE verdicts ADD COLUMN accuses VARCHAR[]",
    "ALTER TABLE alerts ADD COLUMN warned VARCHAR[] DEFAULT []",
)
_SAID_AT_THE_DOOR = (
    """CREATE TABLE handed_in (
        mention_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, says VARCHAR NOT NULL,
        said_at TIMESTAMPTZ NOT NULL, holds BOOLEAN, settled_at TIMESTAMPTZ,
        settled_by VARCHAR, PRIMARY KEY (mention_id, urn))""",
)

_OF_SPLIT = "FROM {0} o JOIN split s ON o.mention_id = s.of AND o.{1} = s.n"
_INTO_POSTS = (
    """INSERT INTO mentions BY NAME SELECT m.* REPLACE (s.id AS id, 1 AS version, s.text_hash AS text_hash,
        NULL AS author, s.read_at AS fetched_at, s.read_at AS first_seen)
    FROM mentions m JOIN split s ON m.id = s.of""",
    *(
        f"INSERT INTO {table} BY NAME SELECT o.* REPLACE (s.id AS mention_id, 1 AS {n}) "
        + _OF_SPLIT.format(table, n)
        for table, n in (
            ("mention_versions", "n"), ("restricted_texts", "n"), ("matches", "version"),
            ("verdicts", "version"), ("judged_for", "version"),
        )
    ),
    """INSERT INTO sightings BY NAME SELECT id AS mention_id, 'report-in' AS source_id,
        read_at AS first_seen, read_at AS last_seen FROM split""",
    """UPDATE stories SET title = top.title FROM (
        SELECT x.story_id, coalesce(nullif(n.title, ''), n.text) AS said,
            left(regexp_replace(said, '[[:space:]]+', ' ', 'g'), 80) AS title
        FROM matches x JOIN mentions m ON m.id = x.mention_id AND m.version = x.version
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = x.urn
        WHERE x.story_id IN (SELECT story_id FROM matches WHERE mention_id IN (SELECT id FROM split))
        QUALIFY row_number() OVER (PARTITION BY x.story_id ORDER BY v.severity DESC, m.id) = 1) top
    WHERE stories.id = top.story_id AND NOT stories.restricted AND top.title IS NOT NULL""",
    "DROP TABLE split",
)  # fmt: skip
_SPLIT_BY_HAND = (
    # what people handed in at one address was kept as versions of one post: each of an earlier version with
    # other words is a post of its own again, in its story. What is sealed of the post itself stays as it is.
    """CREATE TEMP TABLE split AS
    SELECT n.mention_id AS of, n.n, n.text_hash, n.fetched_at AS read_at, m.restricted,
        left(sha256(concat(n.mention_id, ' ', n.n)), 16) AS id
    FROM mention_versions n JOIN mentions m ON m.id = n.mention_id
    LEFT JOIN restricted_texts r ON r.mention_id = n.mention_id AND r.n = n.n
    WHERE n.n < m.version AND NOT m.stub AND n.text_hash <> m.text_hash
        AND coalesce(r.text, n.text, '') <> ''
        AND m.id IN (SELECT subject FROM audit WHERE action = 'reported_in')
        AND m.id NOT IN (SELECT mention_id FROM sightings WHERE source_id <> 'report-in')
    QUALIFY row_number() OVER (PARTITION BY n.mention_id, n.text_hash ORDER BY n.n) = 1""",
    *_INTO_POSTS,
)
_BY_HAND_AND_READ = (
    # the same where a source read the post too: a version came by hand whose time is that of a report's run.
    # Each with words that no source brought is a post of its own, and the post that which was read last; but
    # as it is where it is sealed, or no source brought any version of it.
    """CREATE TEMP TABLE handed AS
    SELECT n.mention_id AS of, n.n, n.text_hash, n.fetched_at AS read_at, m.restricted, m.version,
        coalesce(r.text, n.text, '') AS words, x.started_at IS NOT NULL AS by_hand,
        max(CASE WHEN x.started_at IS NULL AND z.subject IS NULL THEN n.n END)
            OVER (PARTITION BY n.mention_id) AS last_read
    FROM mention_versions n JOIN mentions m ON m.id = n.mention_id
    LEFT JOIN restricted_texts r ON r.mention_id = n.mention_id AND r.n = n.n
    LEFT JOIN source_runs x ON x.source_id = 'report-in' AND x.started_at = n.fetched_at
    LEFT JOIN (SELECT DISTINCT subject FROM seal_salts) z ON z.subject = m.id
    WHERE NOT m.stub AND m.id IN (SELECT subject FROM audit WHERE action = 'reported_in')
        AND m.id IN (SELECT mention_id FROM sightings WHERE source_id <> 'report-in')""",
    """CREATE TEMP TABLE split AS
    SELECT of, n, text_hash, read_at, restricted, left(sha256(concat(of, ' ', n)), 16) AS id FROM handed b
    WHERE by_hand AND words <> '' AND (n < version OR last_read IS NOT NULL)
        AND text_hash NOT IN (SELECT text_hash FROM handed o WHERE o.of = b.of AND (NOT o.by_hand
            OR o.n = o.version AND o.last_read IS NULL))
    QUALIFY row_number() OVER (PARTITION BY of, text_hash ORDER BY n) = 1""",
    *_INTO_POSTS[:-2],
    """UPDATE mentions SET version = b.n, text_hash = b.text_hash FROM handed b
    WHERE id = b.of AND b.n = b.last_read AND b.n < b.version""",
    *(
        f"""DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM mentions m JOIN handed b ON b.of = m.id
            WHERE b.last_read = m.version AND m.id = {table}.mention_id AND {table}.{n} > m.version)"""
        for table, n in (
            ("mention_versions", "n"), ("restricted_texts", "n"), ("matches", "version"),
            ("verdicts", "version"), ("judged_for", "version"),
        )
    ),
    *_INTO_POSTS[-2:],
    "DROP TABLE handed",
)  # fmt: skip
_BROUGHT_BY = (
    # who handed in a post that was split off another: the one report of that within a minute of its version
    "DROP INDEX sightings_by_mention",
    "ALTER TABLE sightings ADD COLUMN entry BIGINT",
    "CREATE INDEX sightings_by_mention ON sightings (mention_id)",
    """UPDATE sightings SET entry = of.entry FROM (
        SELECT left(sha256(concat(v.mention_id, ' ', v.n)), 16) AS id, min(a.n) AS entry
        FROM mention_versions v JOIN audit a ON a.action = 'reported_in' AND a.subject = v.mention_id
            AND a.done_at BETWEEN v.fetched_at AND v.fetched_at + INTERVAL 1 MINUTE
        GROUP BY ALL HAVING count(*) = 1) of
    WHERE sightings.mention_id = of.id AND sightings.source_id = 'report-in'""",
)
_NUMBERED = (
    # at random, three draws for each: hardly ever is one drawn twice, or that of a case
    "ALTER TABLE alerts ADD COLUMN number VARCHAR",
    """UPDATE alerts SET number = drawn.number FROM (
        SELECT a.id, d.number FROM (SELECT id, row_number() OVER () AS r FROM alerts) a JOIN (
            SELECT number, row_number() OVER () AS r FROM (
                SELECT DISTINCT CAST(100000 + CAST(floor(random() * 900000) AS INTEGER) AS VARCHAR) AS number
                FROM alerts, range(3))
            WHERE number NOT IN (SELECT id FROM cases UNION ALL
                SELECT subject FROM audit WHERE action = 'case_opened')) d ON d.r = a.r) drawn
    WHERE alerts.id = drawn.id""",
)
_NOT_TAKEN = (
    """CREATE TABLE files_not_taken (
        number VARCHAR PRIMARY KEY, mention_id VARCHAR NOT NULL, urn VARCHAR NOT NULL,
        place VARCHAR NOT NULL)""",
)
_OWNED = (
    # who has a matter was kept with its alert, with its case and among the marks: the last of them has it.
    """CREATE TABLE owners (
        story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR, since_at TIMESTAMPTZ,
        given_by VARCHAR, until_at TIMESTAMPTZ, ask_at TIMESTAMPTZ, times INTEGER, mark VARCHAR,
        marked_by VARCHAR, marked_at TIMESTAMPTZ, marked_times INTEGER, why VARCHAR,
        PRIMARY KEY (story_id, urn))""",
    """INSERT INTO owners BY NAME
    WITH has AS (
        SELECT story_id, urn, acked_by AS person_id, acked_at AS since_at, acked_by AS given_by, 0 AS given
        FROM alerts WHERE acked_at IS NOT NULL
        UNION ALL SELECT m.story_id, m.urn, m.person_id, m.marked_at, m.person_id, 0
        FROM marks m LEFT JOIN alerts a USING (story_id, urn)
        WHERE m.mark = 'taken' AND m.times >= coalesce(a.times, 0)
        UNION ALL SELECT c.story_id, c.urn, c.assigned_to, coalesce(s.recorded_at, s.done_at), s.actor, 1
        FROM cases c JOIN case_steps s ON s.case_id = c.id AND s.step = 'assigned'
            AND json_extract_string(s.detail, '$.person') = c.assigned_to
        WHERE c.closed_at IS NULL),
    newest AS (
        SELECT * FROM has
        QUALIFY row_number() OVER (PARTITION BY story_id, urn ORDER BY since_at DESC, given DESC) = 1),
    said AS (
        SELECT story_id, urn, mark, person_id AS marked_by, marked_at, times AS marked_times
        FROM marks WHERE mark <> 'taken')
    SELECT story_id, urn, n.person_id, n.since_at, n.given_by, s.mark, s.marked_by, s.marked_at,
        s.marked_times, CASE WHEN n.person_id IS NULL THEN NULL
            WHEN n.given = 1 AND n.since_at < a.raised_at THEN a.times - 1
            ELSE coalesce(a.times, 0) END AS times
    FROM newest n FULL JOIN said s USING (story_id, urn) LEFT JOIN alerts a USING (story_id, urn)""",
    "DROP TABLE marks",
    "ALTER TABLE alerts DROP COLUMN acked_at",
    "ALTER TABLE alerts DROP COLUMN acked_by",
    "ALTER TABLE cases DROP COLUMN assigned_to",
)
_ASKED_AGAIN = ("ALTER TABLE escalations ADD COLUMN about VARCHAR DEFAULT 'untaken'",)
_SAID_WRONG = (
    """CREATE TABLE said_wrong (
        mention_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL, relevance VARCHAR,
        label VARCHAR NOT NULL, severity INTEGER, why VARCHAR NOT NULL, said_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (mention_id, urn, person_id))""",
)

_OF_REVIEWS = ("ALTER TABLE spikes ADD COLUMN of_reviews BOOLEAN DEFAULT false",)

_SIGNED_IN = (
    """CREATE TABLE sessions (
        id_hash VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL, device VARCHAR NOT NULL,
        began_at TIMESTAMPTZ NOT NULL, seen_at TIMESTAMPTZ NOT NULL, checked_at TIMESTAMPTZ)""",
)
_ACCOUNTS = (
    """CREATE TABLE accounts (
        issuer VARCHAR NOT NULL, subject VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        user_name VARCHAR NOT NULL, linked_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (issuer, subject))""",
)

_BOUND = (
    "DROP TABLE sessions",
    """CREATE TABLE sessions (
        id_hash VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL, address_hash VARCHAR NOT NULL,
        device VARCHAR NOT NULL, began_at TIMESTAMPTZ NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
        checked_at TIMESTAMPTZ)""",
)
_NOTED = (
    """CREATE TABLE notes (
        id VARCHAR PRIMARY KEY, story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        note VARCHAR NOT NULL, written_at TIMESTAMPTZ NOT NULL)""",
    """CREATE TABLE growth_watches (
        story_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        asked_at TIMESTAMPTZ NOT NULL, mentions INTEGER NOT NULL, places INTEGER NOT NULL,
        severity INTEGER NOT NULL, PRIMARY KEY (story_id, urn))""",
)

_WAYS_IN = (
    """CREATE TABLE printed_codes (
        hash VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL, printed_by VARCHAR NOT NULL,
        printed_at TIMESTAMPTZ NOT NULL, ends_at TIMESTAMPTZ NOT NULL, used_at TIMESTAMPTZ)""",
    "CREATE TABLE day_codes (urn VARCHAR PRIMARY KEY, changed_at TIMESTAMPTZ NOT NULL)",
)

_PASSKEYS = (
    """CREATE TABLE credentials (
        id VARCHAR PRIMARY KEY, person_id VARCHAR NOT NULL, address_hash VARCHAR NOT NULL,
        public_key VARCHAR NOT NULL, signed BIGINT NOT NULL, name VARCHAR NOT NULL,
        made_at TIMESTAMPTZ NOT NULL, used_at TIMESTAMPTZ)""",
)

_CORRECTED = (
    """CREATE TABLE corrected (
        mention_id VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        kind VARCHAR DEFAULT '', relevance VARCHAR, label VARCHAR NOT NULL, severity INTEGER,
        why VARCHAR NOT NULL, said_at TIMESTAMPTZ NOT NULL, route VARCHAR, tone VARCHAR,
        was_relevance VARCHAR, was_severity INTEGER, was_route VARCHAR, was_tone VARCHAR,
        model VARCHAR DEFAULT '', counts_at TIMESTAMPTZ, PRIMARY KEY (mention_id, urn, person_id, kind))""",
    "INSERT INTO corrected BY NAME SELECT * FROM said_wrong",
    "DROP TABLE said_wrong",
    "ALTER TABLE corrected RENAME TO said_wrong",
)

_WEIGHED_MOST = ("ALTER TABLE verdicts ADD COLUMN weighed_most INTEGER[]",)
_PLACED = (
    """CREATE TABLE case_places (
        case_id VARCHAR NOT NULL, n INTEGER NOT NULL, urn VARCHAR NOT NULL, role VARCHAR NOT NULL,
        mention_id VARCHAR, channel VARCHAR NOT NULL, host VARCHAR NOT NULL, state VARCHAR NOT NULL,
        said_gone_at TIMESTAMPTZ, PRIMARY KEY (case_id, n))""",
    """INSERT INTO case_places
        WITH there AS (SELECT case_id, max(n) FILTER (step IN ('came_back', 'reopened') OR (step = 'checked'
                AND (clock = 'basildon_24h' OR contains(detail, '"result": "present"')))) AS n
            FROM case_steps GROUP BY case_id),
        gone AS (SELECT s.case_id, min(s.done_at) AS at FROM case_steps s JOIN there t USING (case_id)
            WHERE s.n > coalesce(t.n, 0) AND regexp_matches(s.detail, '"result": "(removed|amended|gone)"')
            GROUP BY s.case_id)
        SELECT c.id, 1, c.urn, 'post', c.mention_id, coalesce(m.channel, ''), '', CASE
            WHEN c.ending IN ('removed', 'changed') THEN 'gone' WHEN c.state = 'confirming' THEN 'said_gone'
            WHEN c.state = 'waiting' THEN 'asked' ELSE 'standing' END, g.at
        FROM cases c LEFT JOIN mentions m ON m.id = c.mention_id LEFT JOIN gone g ON g.case_id = c.id""",
)
_MOVED = (
    """CREATE TABLE story_moves (
        from_story VARCHAR NOT NULL, to_story VARCHAR NOT NULL, urn VARCHAR NOT NULL, merged BOOLEAN NOT NULL,
        posts VARCHAR[] NOT NULL, moved_at TIMESTAMPTZ NOT NULL, moved_by VARCHAR NOT NULL,
        times INTEGER NOT NULL, first_seen TIMESTAMPTZ, last_seen TIMESTAMPTZ, kept_out VARCHAR[] NOT NULL,
        notes VARCHAR[] NOT NULL,
        PRIMARY KEY (from_story, to_story))""",
)
_LETTERS_TYPED = (
    """CREATE TABLE letter_facts (
        case_id VARCHAR NOT NULL, letter VARCHAR NOT NULL, urn VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
        facts VARCHAR NOT NULL, typed_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (case_id, letter))""",
    "DROP TABLE growth_watches",  # nothing had read it
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "first_tables", _CONFIGURED + _SAID + _JUDGED + _ACTED + _PROVED),
    Migration(2, "the_service", _SERVED),
    Migration(3, "the_ladder", _REMOVED),
    Migration(4, "beginnings", _BEGUN),
    Migration(5, "copies_by_their_words", _COPIED),
    Migration(6, "given_up", _GIVEN_UP),
    Migration(7, "found_sooner", _FOUND_SOONER),
    Migration(8, "the_clock", _CLOCK),
    Migration(9, "asked_of_their_data", _ASKED_OF_THEIR_DATA),
    Migration(10, "sealed_rows", _SEALED),
    Migration(11, "told_by_the_press", _TOLD_BY_THE_PRESS),
    Migration(12, "enclosed_in_mails", _ENCLOSED),
    Migration(13, "behind_headlines", _BEHIND_HEADLINES),
    Migration(14, "marks", _MARKED),
    Migration(15, "weeks_counted_once", _COUNTED_ONCE),
    Migration(16, "threads_of_mails", _THREADED),
    Migration(17, "judged_for_many", _JUDGED_FOR_MANY),
    Migration(18, "found_by_words", _FOUND_BY_WORDS),
    Migration(19, "who_is_meant", _MEANT),
    Migration(20, "split_by_hand", _SPLIT_BY_HAND),
    Migration(21, "said_at_the_door", _SAID_AT_THE_DOOR),
    Migration(22, "numbers_of_alerts", _NUMBERED),
    Migration(23, "split_what_was_read_too", _BY_HAND_AND_READ),
    Migration(24, "brought_by", _BROUGHT_BY),
    Migration(25, "files_not_taken", _NOT_TAKEN),
    Migration(26, "owners", _OWNED),
    Migration(27, "asked_again", _ASKED_AGAIN),
    Migration(28, "rushes_of_reviews", _OF_REVIEWS),
    Migration(29, "said_wrong", _SAID_WRONG),
    Migration(30, "sessions_of_the_desk", _SIGNED_IN),
    Migration(31, "accounts", _ACCOUNTS),
    Migration(32, "sessions_by_address", _BOUND),
    Migration(33, "notes", _NOTED),
    Migration(34, "ways_in_without_mail", _WAYS_IN),
    Migration(35, "passkeys", _PASSKEYS),
    Migration(36, "corrections", _CORRECTED),
    Migration(37, "weighed_most", _WEIGHED_MOST),
    Migration(38, "places_of_cases", _PLACED),
    Migration(39, "stories_merged_and_split", _MOVED),
    Migration(40, "facts_of_letters", _LETTERS_TYPED),
)


# Applies pending migrations: numbered, atomic, recorded, forward only, one copy kept before the first.

_RECORD = (
    "CREATE TABLE IF NOT EXISTS migrations (n INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMPTZ)"
)
BIG_BYTES, BIG_BLOCKS = 128 * 2**20, 65536
"""A file of so many bytes gets such blocks when it is copied: of 1 GB in small ones, opening and closing
takes 35 ms of processor, in these 10; in bigger ones rows are found more slowly.
"""
_SIZE = "SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()"


def applied_migrations(con: Connection) -> tuple[str, ...]:
    """Return the names of the migrations this file has had, in order; empty for a new file."""
    try:
        rows = read_rows(con, "SELECT n, name FROM migrations")  # sorted there it takes twice as long
    except duckdb.CatalogException:  # asking the catalogue first would cost 6 ms at every opening
        return ()
    return tuple(name for _, name in sorted(rows))


def refuse_newer(done: Sequence[str], known: Sequence[Migration], path: Path) -> None:
    """Raises StoreTooNew where the file has had a migration this version does not know."""
    names = [m.name for m in known]
    unknown = [name for n, name in enumerate(done) if names[n : n + 1] != [name]]
    if unknown:
        raise StoreTooNew(
            f"{path} was written by a newer Schoolgate (it has had the change “{unknown[0]}”, which this "
            "version does not know). Install that version again; nothing was changed."
        )


def refuse_held(con: Connection, path: Path, now: datetime) -> None:
    """Raises StoreHeld where a service runs for a file with changes to come: it is of another version."""
    try:
        lease = find_lease(con, NAME)
    except duckdb.CatalogException:  # it is older than the first service
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
    """Applies what is pending and returns its names. `con` holds the file and is in no transaction.

    Each migration commits together with its row in `migrations`; a failed one leaves neither.
    """
    done = applied_migrations(con)
    refuse_newer(done, migrations, path)
    pending = migrations[len(done) :]
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
    """Copies every table with its keys into a new file (0600), which is complete once it has its name.

    A copy holds what is in the tables now and nothing that was deleted before. Raises StoreError where it
    cannot be written, duckdb.Error where the original is damaged; `target` is then unchanged.
    """
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
