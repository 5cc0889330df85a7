"""The school's own accounts: whether their notice is up, what they posted, what was done there and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.content_class import ContentClass
from data.ids import digest
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import Connection, ValueTable, at, read_column, read_rows
from data.store.owners import in_hand_sql

ACTIONS = ("hidden", "blocked", "deleted", "reported")
"""What can be done to a post or a person on an account of the school's own."""

_MOST_EARLIER = 20


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """Whether an account's notice was up when it was last looked for, and since when.

    `since` is the first reading in the current unbroken run of the same answer; `turned` says that a
    different answer came before it. `read_at` is the newest reading.
    """

    source_id: str
    stands: bool
    since: datetime
    read_at: datetime
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Logged:
    """One thing done on an account: `action` is one of `ACTIONS`, `reason` is in a person's words."""

    id: str
    urn: str
    source_id: str
    done_at: datetime
    person_id: str
    action: str
    reason: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OddPost:
    """An alert raised for an odd post on an account, and whether anybody has it."""

    alert_id: str
    number: str
    raised_at: datetime
    in_hand: bool


_LOG = ValueTable("account_log", Logged, "id urn source_id done_at person_id action reason url")


def notices(con: Connection, source_ids: Sequence[str]) -> dict[str, AccountNotice]:
    """The state of each account's notice; accounts never read, or never legibly, are missing."""
    sql = """WITH read AS (SELECT source_id, started_at, notice FROM source_runs
            WHERE source_id = ANY($ids) AND notice IS NOT NULL),
        newest AS (SELECT source_id, max(started_at) AS read_at, arg_max(notice, started_at) AS stands
            FROM read GROUP BY source_id),
        turned AS (SELECT source_id, max(r.started_at) AS at FROM read r JOIN newest n USING (source_id)
            WHERE r.notice <> n.stands GROUP BY source_id)
        SELECT n.source_id, n.stands, epoch_us(min(r.started_at)), epoch_us(n.read_at), t.at IS NOT NULL
        FROM newest n JOIN read r USING (source_id) LEFT JOIN turned t USING (source_id)
        WHERE r.notice = n.stands AND (t.at IS NULL OR r.started_at > t.at)
        GROUP BY n.source_id, n.stands, n.read_at, t.at"""
    rows = read_rows(con, sql, ids=source_ids)
    return {row[0]: AccountNotice(row[0], row[1], at(row[2]), at(row[3]), row[4]) for row in rows}


def without_notice(con: Connection, source_ids: Sequence[str], since: datetime | None = None) -> list[str]:
    """Those of these accounts whose newest legible reading (since then, if given) found no notice."""
    sql = """SELECT source_id FROM source_runs
        WHERE source_id = ANY($ids) AND notice IS NOT NULL
            AND ($since::TIMESTAMPTZ IS NULL OR started_at >= $since::TIMESTAMPTZ)
        GROUP BY source_id HAVING NOT arg_max(notice, started_at) ORDER BY source_id"""
    return read_column(con, sql, ids=source_ids, since=since)


def earlier_posts(con: Connection, source_id: str, since: datetime, own_post: str) -> list[tuple[str, str]]:
    """An account's own newest posts since then: id, and title and text; at most twenty."""
    sql = """SELECT m.id, coalesce(n.title, '') || chr(10) || coalesce(n.text, '') FROM sightings s
        JOIN mentions m ON m.id = s.mention_id
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        WHERE s.source_id = $source AND m.first_seen >= $since AND EXISTS (
            SELECT 1 FROM verdicts v WHERE v.mention_id = m.id AND v.version = m.version
                AND list_contains(v.reason_codes, $own))
        ORDER BY m.first_seen DESC, m.id LIMIT $most"""
    rows = read_rows(con, sql, source=source_id, since=since, own=own_post, most=_MOST_EARLIER)
    return [(mention_id, text) for mention_id, text in rows]


def odd_posts(con: Connection, source_id: str, limit: int = 5) -> list[OddPost]:
    """The newest alerts about odd posts (class C14) on this account."""
    sql = f"""SELECT DISTINCT a.id, a.number, epoch_us(a.raised_at) AS raised, {in_hand_sql("a")}
        FROM alerts a JOIN matches x ON x.story_id = a.story_id AND x.urn = a.urn
        JOIN sightings s ON s.mention_id = x.mention_id
        WHERE a.content_class = $own AND s.source_id = $source ORDER BY raised DESC, a.id LIMIT $limit"""
    rows = read_rows(con, sql, source=source_id, limit=limit, own=ContentClass.OWN_ACCOUNT)
    return [OddPost(alert_id, number, at(raised), has) for alert_id, number, raised, has in rows]


def put_log(con: Connection, entry: Logged) -> None:
    """Records what was done on an account and why, with an audit entry holding the hash of the reason: that
    may name somebody, so it is kept only here and goes with this entry.
    """
    _LOG.insert(con, [entry], 1)
    codes = (
        Code.ACTION.of(entry.action),
        Code.ENTRY.of(entry.id),
        Code.REASON.of(digest(entry.reason.strip())),
    )
    done = AuditEntry(entry.done_at, entry.person_id, "account_logged", entry.source_id, entry.urn, codes)
    append(con, [done])


def log_id(urn: str, source_id: str, person_id: str, done_at: datetime) -> str:
    """The id of an entry: the same person, account and moment give the same id."""
    return digest("account_log", urn, source_id, person_id, done_at.isoformat())[:16]


def list_log(con: Connection, source_ids: Sequence[str]) -> list[Logged]:
    """List what was done on these accounts, newest first."""
    return _LOG.select(con, "WHERE source_id = ANY($ids) ORDER BY done_at DESC, id", ids=source_ids)


def routes_at(con: Connection, url: str, canonical: str, urn: str) -> list[str]:
    """The routes of the verdicts on known posts at an address, without restricted ones."""
    sql = """SELECT DISTINCT v.route FROM mentions m
        JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version
        LEFT JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        WHERE v.urn = $urn AND NOT m.restricted AND (m.url = $url OR n.canonical_url = $canonical)
        ORDER BY v.route"""
    return read_column(con, sql, urn=urn, url=url, canonical=canonical)
