"""Runs of each source: how it has fared, what that means for the next run, and what it has brought."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from data.content_class import ContentClass
from data.frozen import freeze
from data.ids import digest
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    Row,
    ValueTable,
    at,
    at_or_none,
    execute,
    insert_rows,
    names,
    read_column,
    read_rows,
    read_value,
)
from data.store.engine.rows import replace as as_given
from data.store.owners import in_hand_sql
from data.types import (
    Aggregate,
    BackFill,
    Mention,
    MentionKind,
    Outcome,
    Person,
    Request,
    School,
    Source,
    SourceRun,
    SourceState,
)

_ARTICLES = """
SELECT DISTINCT m.id, m.url, m.channel, m.author, coalesce(n.title, ''), epoch_us(m.fetched_at)
FROM mentions m JOIN sightings s ON s.mention_id = m.id
JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
JOIN matches x ON x.mention_id = m.id AND x.version = m.version
WHERE s.source_id = ANY($ids) AND m.kind = 'article' AND NOT m.restricted AND NOT m.stub
    AND m.url IS NOT NULL AND x.relevance IN ('about', 'unsure')
"""


def articles_of(con: Connection, source_ids: Sequence[str]) -> list[Mention]:
    """The articles about a school, or perhaps about one, that these sources brought, without their texts."""
    rows = read_rows(con, _ARTICLES, ids=source_ids)
    return [
        Mention(id_, url, channel, MentionKind.ARTICLE, title, "", at(fetched), author=author)
        for id_, url, channel, author, title, fetched in rows
    ]


_RUN = names(
    "source_id started_at finished_at outcome detail status pages mentions_read mentions_new warnings "
    "etag last_modified retry_after_s watermark scope resume rating ratings notice"
)
_BEGUN = names("source_id urn began_at")
_SEEN = [o.value for o in Outcome if o.is_seen]
_USUAL_FROM = 3
_READ = [Outcome.OK.value, Outcome.PARTLY.value, Outcome.EMPTY.value]
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
GOOD_RUNS = 30
"""How many of the newest good runs decide what is usual."""

_DAY_US = 24 * 3600 * 10**6
_LONGEST_WAIT_S = 31 * 86400.0
_HUNDRED_DAYS_US = 100 * _DAY_US
"""Twenty school days lie in so many, whichever holidays are among them."""
_LATELY = timedelta(days=30)
"""How far back from its newest run a source is looked at first: a year of runs takes ten times as long."""

_STATES = """
SELECT source_id,
    arg_max({e: etag, m: last_modified, s: scope, r: resume}, started_at)
        FILTER (list_contains($read::VARCHAR[], outcome)),
    arg_max({f: epoch_us(finished_at), r: retry_after_s, o: outcome, d: detail}, started_at),
    epoch_us(max(started_at)), epoch_us(max(started_at) FILTER (list_contains($seen::VARCHAR[], outcome))),
    coalesce(
        list_position(list(list_contains($seen::VARCHAR[], outcome) ORDER BY started_at DESC), TRUE) - 1,
        count(*)
    ),
    coalesce(list_position(list(outcome <> $ours ORDER BY started_at DESC), TRUE) - 1, count(*)),
    arg_max(mentions_read, started_at, $good) FILTER (list_contains($read::VARCHAR[], outcome))
FROM source_runs WHERE source_id = ANY($ids) AND started_at >= $since GROUP BY source_id
"""
_ALL_TIME = """
SELECT source_id, list(epoch_us(started_at)) FILTER (mentions_new > 0), epoch_us(max(watermark)),
    epoch_us(min(started_at)), epoch_us(max(started_at))
FROM source_runs WHERE source_id = ANY($ids) GROUP BY source_id
"""


def was_ever_read(con: Connection, but: str) -> bool:
    """Was any place of this home ever read, or tried, `but` this one (its id)?"""
    return bool(read_rows(con, "SELECT 1 FROM source_runs WHERE source_id <> $but LIMIT 1", but=but))


def states(con: Connection, source_ids: Sequence[str]) -> dict[str, SourceState]:
    """Return what is remembered of each of these sources; one that was never read gets an empty state. Good
    runs are those that gave a page to read (`ok`, `partly`, `empty`): their median is what is usual, and the
    newest provides ETag and Last-Modified. `longest_gap_s` is the longest time without anything new."""
    found = {source_id: SourceState(source_id) for source_id in source_ids}
    ever = read_rows(con, _ALL_TIME, ids=source_ids)
    if not ever:
        return found
    lately = _read_newest(con, {source_id: (first, last) for source_id, _, _, first, last in ever})
    for source_id, news, mark, first, _ in ever:
        page, newest, ran, seen, failures, ours, read = lately[source_id]
        ended, retry_s, outcome = at_or_none(newest["f"]), newest["r"], newest["o"]
        page, news = page or {"e": None, "m": None, "s": "", "r": None}, sorted(news or ())
        # The first and the last of each day, of the newest hundred days; in order, as they are given.
        days: dict[int, list[int]] = {}
        for us in news:
            if us > news[-1] - _HUNDRED_DAYS_US:
                days.setdefault(us // _DAY_US, [us, us])[1] = us
        found[source_id] = SourceState(
            source_id=source_id,
            etag=page["e"],
            last_modified=page["m"],
            first_run_at=at_or_none(first),
            last_run_at=at_or_none(ran),
            last_ok_at=at_or_none(seen),
            last_new_at=at_or_none(news[-1]) if news else None,
            not_before=ended + timedelta(seconds=min(retry_s, _LONGEST_WAIT_S))
            if ended and retry_s
            else None,
            failures_in_a_row=failures,
            usual_mentions=median(read) if len(read or ()) >= _USUAL_FROM else None,
            longest_gap_s=max(((b - a) / 1e6 for a, b in pairwise(news)), default=None),
            news_at=tuple(map(at, sorted({us for day in days.values() for us in day}))),
            watermark=at_or_none(mark),
            scope=page["s"] or "",
            resume=page["r"],
            last_outcome=Outcome(outcome),
            last_detail=newest["d"],
            our_faults=ours,
        )
    return found


def _read_newest(con: Connection, ran_us: Mapping[str, tuple[int, int]]) -> dict[str, Sequence[Any]]:
    """Return what the newest runs of each say: those of late, or all where these are too few to say it and
    there are older ones. `ran_us` is when each ran first and last, in microseconds."""
    since = at(max(last for _, last in ran_us.values())) - _LATELY
    told = _since(con, list(ran_us), since)
    open_ = [
        i for i, (first, _) in ran_us.items()
        if at(first) < since and (i not in told or len(told[i][-1] or ()) < GOOD_RUNS)
    ]  # fmt: skip
    return told | _since(con, open_, _EVER)


def _since(con: Connection, source_ids: Sequence[str], since: datetime) -> dict[str, Sequence[Any]]:
    given = {
        "ids": list(source_ids), "since": since, "seen": _SEEN, "read": _READ, "good": GOOD_RUNS,
        "ours": Outcome.OUR_FAULT,
    }  # fmt: skip
    return {row[0]: row[1:] for row in con.execute(_STATES, given).fetchall()} if source_ids else {}


def record_runs(con: Connection, runs: Sequence[SourceRun]) -> None:
    """Records runs; one that is recorded already stays as it is. A step back is recorded as that alone."""
    steps = [run for run in runs if run.back is not None and run.back.urns]
    if steps:
        _record_steps(con, steps)
        runs = [run for run in runs if run not in steps]
    there = _find_recorded(con, runs)
    rows = []
    for run in runs:
        if (run.source_id, run.started_at) in there:
            continue
        score = run.aggregate or Aggregate(None, None)
        held = {"warnings": list(run.warnings), "rating": score.rating, "ratings": score.count}
        rows.append([held[c] if c in held else getattr(run, c) for c in _RUN])
    insert_rows(con, "source_runs", _RUN, rows, key=_RUN[:2], new=True)


def _find_recorded(con: Connection, runs: Sequence[SourceRun]) -> set[tuple[str, datetime]]:
    """Find those of these runs that are there: source and time. Read by time, as they came."""
    if not runs:
        return set()
    sql = """SELECT source_id, epoch_us(started_at) FROM source_runs
        WHERE started_at BETWEEN $first AND $last AND source_id = ANY($ids)"""
    rows = read_rows(
        con,
        sql,
        first=min(run.started_at for run in runs),
        last=max(run.started_at for run in runs),
        ids=[run.source_id for run in runs],
    )
    return {(source_id, at(us)) for source_id, us in rows}


def record_first_reads(con: Connection, begun: Iterable[tuple[SourceRun, Sequence[str]]]) -> None:
    """Record when a source was first read well for each of these schools, and what is to be read back for
    them; later runs change nothing."""
    begun = [one for one in begun if one[0].outcome.value in _READ and not (one[0].back and one[0].back.urns)]
    wanted = [(run.source_id, urn, run.started_at) for run, urns in begun for urn in urns]
    there = first_reads(con, [source_id for source_id, _, _ in wanted]) if wanted else {}
    rows = [row for row in wanted if row[1] not in there[row[0]]]
    insert_rows(con, "beginnings", _BEGUN, rows, key=_BEGUN[:2], new=True)
    for run, _ in begun:
        new = tuple(urn for source_id, urn, _ in rows if source_id == run.source_id)
        if new and there[run.source_id]:  # what was about nobody may be about them
            begin_back_fills(con, [run.source_id], new, run.started_at)
        elif new and run.back is not None:
            put_back_fill(con, replace(run.back, urns=new))


def first_reads(con: Connection, source_ids: Sequence[str]) -> dict[str, dict[str, datetime]]:
    """Return when each of these sources was first read well, for each school (urn)."""
    sql = "SELECT source_id, urn, epoch_us(began_at) FROM beginnings WHERE source_id = ANY($ids)"
    rows = read_rows(con, sql, ids=source_ids)
    found: dict[str, dict[str, datetime]] = {source_id: {} for source_id in source_ids}
    for source_id, urn, us in rows:
        found[source_id][urn] = at(us)
    return found


# How far places, and files of old mails, are read back for schools that are new there.

READ_BACK = timedelta(days=90)
"""The time that a place is read back for a school, or a name of one, that is new there."""


def _back_fill(*, remaining: str, **held: Any) -> BackFill:
    left = (
        Request(url, how, tuple((a, b) for a, b in heads), body and body.encode("latin-1"), auth)
        for url, how, heads, body, auth in json.loads(remaining)
    )
    return BackFill(left=tuple(left), **held)


_BACK_FILLS = ValueTable(
    "back_fills", _back_fill, columns="source_id file urns began_at goal_at remaining pages "
    "reached_at counted failures stepped_at again_at ended_at",
)  # fmt: skip


def list_back_fills(con: Connection, source_ids: Sequence[str]) -> list[BackFill]:
    """List how far these places, and files for them, are read back; the least read first."""
    rest = "WHERE source_id = ANY($ids) ORDER BY pages, source_id, file"
    return _BACK_FILLS.select(con, rest, ids=list(source_ids))


def begin_back_fills(con: Connection, ids: Sequence[str], urns: Sequence[str], now: datetime) -> None:
    """Begin to read these places back under new names, or for more schools: from their first page."""
    open_ = {f.source_id: f.urns for f in list_back_fills(con, ids) if f.ended_at is None and not f.file}
    for source_id in ids:
        every = tuple(dict.fromkeys((*open_.get(source_id, ()), *urns)))
        put_back_fill(con, BackFill(source_id, every, now, now - READ_BACK))


def is_reading_back(con: Connection, now: datetime, *, served: bool) -> bool:
    """Was a place read back a moment ago, or is it new, and about to be by the service (`served`)?"""
    sql = """SELECT count(*) > 0 FROM back_fills WHERE ended_at IS NULL AND coalesce(again_at, $now) <= $now
        AND (stepped_at > $lately OR ($served AND stepped_at IS NULL AND began_at > $lately))"""
    return bool(read_value(con, sql, now=now, lately=now - timedelta(minutes=5), served=served))


def put_back_fill(con: Connection, fill: BackFill) -> None:
    """Write how far a place, or a file, is read back."""
    asked = [(r.url, r.method, r.headers, r.body and r.body.decode("latin-1"), r.auth) for r in fill.left]
    held = {"remaining": json.dumps(asked), "urns": list(fill.urns)}
    row = [held[c] if c in held else getattr(fill, c) for c in _BACK_FILLS.columns]
    changes = as_given(_BACK_FILLS.columns[2:])
    insert_rows(con, "back_fills", _BACK_FILLS.columns, [row], key=("source_id", "file"), update=changes)


def _record_steps(con: Connection, steps: Sequence[SourceRun]) -> None:
    """Record how far each came. A fault of ours leaves it where it was; a step that another process has made
    meanwhile stays as that left it."""
    for before in list_back_fills(con, [run.source_id for run in steps]):
        for run in steps:
            fill = run.back
            if fill is None or (fill.source_id, fill.file) != (before.source_id, before.file):
                continue
            if run.outcome is Outcome.OUR_FAULT:
                put_back_fill(con, before.put_off(run.finished_at))
            elif before.pages == fill.pages - run.pages and before.began_at == fill.began_at:
                put_back_fill(con, fill)


def scores(con: Connection, source_id: str, until: datetime) -> tuple[float, int] | None:
    """The overall score (1..5) that the place showed last by then, and over how many reviews."""
    sql = """SELECT arg_max(rating, started_at), coalesce(arg_max(ratings, started_at), 0) FROM source_runs
        WHERE source_id = $id AND started_at <= $until AND rating IS NOT NULL"""
    (row,) = read_rows(con, sql, id=source_id, until=until)
    return None if row[0] is None else (row[0], row[1])


def latest_runs(con: Connection, source_ids: Sequence[str] | None = None) -> dict[str, SourceRun]:
    """The newest run of each source that was ever read; only of these sources, if given."""
    newest = """WHERE $ids::VARCHAR[] IS NULL OR source_id = ANY($ids::VARCHAR[])
        QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY started_at DESC) = 1"""
    return {run.source_id: run for run in _RUNS.select(con, newest, ids=source_ids)}


def _run(*, rating: float | None, ratings: int | None, **held: Any) -> SourceRun:
    aggregate = None if rating is None and ratings is None else Aggregate(rating, ratings)
    return SourceRun(aggregate=aggregate, **held)


_RUNS = ValueTable("source_runs", _run, columns=" ".join(_RUN), outcome=Outcome)


# The school's own accounts: whether their notice is up, what they posted, what was done there and why.

ACTIONS = ("hidden", "blocked", "deleted", "reported")
"""What can be done to a post or a person on an account of the school's own."""

_MOST_EARLIER = 20


@freeze
class AccountNotice:
    """Whether an account's notice was up when it was last looked for, and since when. `since` is the first
    reading in the current unbroken run of the same answer; `turned` says that a different answer came before
    it. `read_at` is the newest reading."""

    source_id: str
    stands: bool
    since: datetime
    read_at: datetime
    turned: bool = False


@freeze
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


@freeze
class OddPost:
    """An alert raised for an odd post on an account, and whether anybody has it."""

    alert_id: str
    number: str
    raised_at: datetime
    in_hand: bool


_LOG = ValueTable("account_log", Logged, "id")


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
    may name somebody, so it is kept only here and goes with this entry."""
    _LOG.insert(con, [entry])
    why = Code.REASON.of(digest(entry.reason.strip()))
    codes = (Code.ACTION.of(entry.action), Code.ENTRY.of(entry.id), why)
    done = AuditEntry(entry.done_at, entry.person_id, "account_logged", entry.source_id, entry.urn, codes)
    append(con, [done])


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


# The configuration as last used: schools, people and sources, each replaced as a whole.

_SCHOOL = names(
    "urn name aliases former_names locality town county local_authority street postcode trust domain "
    "head phase nation members namesakes language"
)
_PEOPLE = ValueTable("people", Person, "id", "id name roles email urns")
_SOURCE = names("id kind url urns name channel listing interval_s max_pages settings disabled own notice")


def put_schools(con: Connection, schools: Sequence[School]) -> list[str]:
    """Store exactly these schools; give those (urns) that have a name which they had not."""
    rows = read_rows(con, "SELECT urn, name, aliases, former_names FROM schools")
    had = {urn: {name, *aliases, *former} for urn, name, aliases, former in rows}
    names = [(s.urn, {s.name, *s.aliases, *s.former_names}) for s in schools if s.urn in had]
    _whole(con, "schools", _SCHOOL, [[_column(school, c) for c in _SCHOOL] for school in schools])
    return [urn for urn, called in names if not called <= had[urn]]


def put_people(con: Connection, people: Sequence[Person]) -> None:
    """Stores exactly these people; the accounts, codes and passkeys of others are forgotten."""
    _whole(con, "people", _PEOPLE.columns, _PEOPLE.rows(people))
    ids = [person.id for person in people]
    for table in ("accounts", "printed_codes", "credentials"):
        execute(con, f"DELETE FROM {table} WHERE person_id <> ALL($ids)", ids=ids)


def put_sources(con: Connection, sources: Sequence[Source]) -> None:
    """Stores exactly these sources. What was learnt of a removed one stays in `source_runs`."""
    rows = [[_column(source, c) for c in _SOURCE] for source in sources]
    _whole(con, "sources", _SOURCE, rows)


def _whole(con: Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    con.execute(f"DELETE FROM {table}")
    insert_rows(con, table, columns, rows, key=columns[:1])


def _column(value: School | Source, name: str) -> object:
    held = getattr(value, name)
    if name == "namesakes":
        return json.dumps([asdict(namesake) for namesake in held], ensure_ascii=False)
    if name == "settings":
        return json.dumps(dict(held), ensure_ascii=False, sort_keys=True)
    return list(held) if isinstance(held, tuple) else held


# What keys of interfaces have asked and cost.


@freeze
class KeyUse:
    """The use of a key: asks in one of its budgets on one day of the platform's, and its pence that month."""

    asks: int = 0
    pence: float = 0.0


def use_of_key(con: Connection, key: str, budget: str, day: date) -> KeyUse:
    """Return how much of a key's budgets is used: of the day, and of the month that it is in."""
    sql = """SELECT coalesce(sum(asks) FILTER (budget = $budget AND day >= $day), 0), coalesce(sum(pence), 0)
        FROM asks_of_keys WHERE key_name = $key AND day >= date_trunc('month', $day::DATE)"""
    ((asks, pence),) = read_rows(con, sql, key=key, budget=budget, day=day)
    return KeyUse(int(asks), float(pence))


def count_ask(con: Connection, key: str, budget: str, day: date, pence: float, asks: int = 1) -> None:
    """Count an ask of a key with what it costs at most; without an ask, what it did not cost."""
    sql = """INSERT INTO asks_of_keys VALUES ($key, $budget, $day, $asks, $pence) ON CONFLICT DO UPDATE
        SET asks = asks_of_keys.asks + excluded.asks, pence = asks_of_keys.pence + excluded.pence"""
    execute(con, sql, key=key, budget=budget, day=day, asks=asks, pence=pence)
