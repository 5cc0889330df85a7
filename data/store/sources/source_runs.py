"""How each source has fared: its runs, what they mean for the next one, and what it has brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from data.store.engine.rows import Connection, ValueTable, at, at_or_none, insert_rows, names, read_rows
from data.types import Aggregate, Mention, MentionKind, Outcome, SourceRun, SourceState

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


def states(con: Connection, source_ids: Sequence[str]) -> dict[str, SourceState]:
    """Return what is remembered of each of these sources; one that was never read gets an empty state.

    Good runs are those that gave a page to read (`ok`, `partly`, `empty`): their median is what is usual,
    and the newest provides ETag and Last-Modified. `longest_gap_s` is the longest time without anything new.
    """
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
            not_before=ended + timedelta(seconds=retry_s) if ended and retry_s else None,
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
    there are older ones. `ran_us` is when each ran first and last, in microseconds.
    """
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
    """Records runs; one that is recorded already stays as it is."""
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
    """Record when a source was first read well for each of these schools; later runs change nothing."""
    wanted = [
        (run.source_id, urn, run.started_at)
        for run, urns in begun
        if run.outcome.value in _READ
        for urn in urns
    ]
    there = first_reads(con, [source_id for source_id, _, _ in wanted]) if wanted else {}
    rows = [row for row in wanted if row[1] not in there[row[0]]]
    insert_rows(con, "beginnings", _BEGUN, rows, key=_BEGUN[:2], new=True)


def first_reads(con: Connection, source_ids: Sequence[str]) -> dict[str, dict[str, datetime]]:
    """Return when each of these sources was first read successfully, for each school (urn) it was read
    for.
    """
    sql = "SELECT source_id, urn, epoch_us(began_at) FROM beginnings WHERE source_id = ANY($ids)"
    rows = read_rows(con, sql, ids=source_ids)
    found: dict[str, dict[str, datetime]] = {source_id: {} for source_id in source_ids}
    for source_id, urn, us in rows:
        found[source_id][urn] = at(us)
    return found


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


_RUNS = ValueTable("source_runs", _run, " ".join(_RUN), outcome=Outcome)
