"""How each source has fared: its runs, and what they say about the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import duckdb

from data.store.bulk import moment, names, put, replace
from data.types import Aggregate, Outcome, SourceRun, SourceState

_RUN = names(
    "source_id started_at finished_at outcome detail status pages mentions_read mentions_new warnings "
    "etag last_modified retry_after_s watermark scope resume rating ratings notice"
)
_SEEN = [o.value for o in Outcome if o.seen]
_READ = [Outcome.OK.value, Outcome.EMPTY.value]
GOOD_RUNS = 30
"""So many of the newest good runs say what is usual."""

_STATES = """
WITH runs AS (
    SELECT *, outcome = ANY($seen) AS seen, outcome = ANY($read) AS read,
        row_number() OVER newest AS back,
        row_number() OVER (PARTITION BY source_id, outcome = ANY($read) ORDER BY started_at DESC) AS good,
        max(started_at) FILTER (mentions_new > 0)
            OVER (PARTITION BY source_id ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
            AS new_before
    FROM source_runs WHERE source_id = ANY($ids)
    WINDOW newest AS (PARTITION BY source_id ORDER BY started_at DESC)
)
SELECT source_id,
    first(etag ORDER BY back) FILTER (read), first(last_modified ORDER BY back) FILTER (read),
    epoch_us(max(started_at)), epoch_us(max(started_at) FILTER (seen)),
    epoch_us(max(started_at) FILTER (mentions_new > 0)),
    epoch_us(first(finished_at ORDER BY back)), first(retry_after_s ORDER BY back),
    coalesce(min(back) FILTER (seen) - 1, count(*)),
    CASE WHEN count(*) FILTER (read) >= 3 THEN median(mentions_read) FILTER (read AND good <= $good) END,
    max(epoch(started_at) - epoch(new_before)) FILTER (mentions_new > 0),
    epoch_us(max(watermark)),
    first(scope ORDER BY back) FILTER (read), first(resume ORDER BY back) FILTER (read),
    first(outcome ORDER BY back)
FROM runs GROUP BY source_id
"""


def states(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> dict[str, SourceState]:
    """What is remembered of each of these sources; one that never ran gets an empty state.

    Good runs are those that gave a page to read (`ok`, `empty`): their median says what is usual,
    and the newest of them gives ETag and Last-Modified. `longest_gap_s` is the longest time between
    two runs that brought something new.
    """
    found = {source_id: SourceState(source_id) for source_id in source_ids}
    given = {"ids": list(source_ids), "seen": _SEEN, "read": _READ, "good": GOOD_RUNS}
    for row in con.execute(_STATES, given).fetchall():
        source_id, etag, modified, ran, seen, new, finished, retry_s, failures, usual, gap_s, *rest = row
        mark, scope, resume, outcome = rest
        ended = moment(finished)
        found[source_id] = SourceState(
            source_id=source_id,
            etag=etag,
            last_modified=modified,
            last_run_at=moment(ran),
            last_ok_at=moment(seen),
            last_new_at=moment(new),
            not_before=ended + timedelta(seconds=retry_s) if ended and retry_s else None,
            failures_in_a_row=failures,
            usual_mentions=usual,
            longest_gap_s=gap_s,
            watermark=moment(mark),
            scope=scope or "",
            resume=resume,
            last_outcome=Outcome(outcome),
        )
    return found


def record_run(con: duckdb.DuckDBPyConnection, run: SourceRun) -> None:
    """Records one run; the same run again changes nothing."""
    score = run.aggregate or Aggregate(None, None)
    held = {"warnings": list(run.warnings), "rating": score.rating, "ratings": score.count}
    row = [held[c] if c in held else getattr(run, c) for c in _RUN]
    put(con, "source_runs", _RUN, [row], key=_RUN[:2], update=replace(_RUN[2:]))


def latest_runs(
    con: duckdb.DuckDBPyConnection, source_ids: Sequence[str] | None = None
) -> dict[str, SourceRun]:
    """The newest run of each source that ever ran; of these sources only, where they are named."""
    columns = ", ".join(f"epoch_us({c})" if c.endswith("_at") or c == "watermark" else c for c in _RUN)
    sql = (
        f"SELECT {columns} FROM source_runs "
        "WHERE $ids::VARCHAR[] IS NULL OR source_id = ANY($ids::VARCHAR[]) "
        "QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY started_at DESC) = 1"
    )
    wanted = None if source_ids is None else list(source_ids)
    return {row[0]: _run(row) for row in con.execute(sql, {"ids": wanted}).fetchall()}


def _run(row: Sequence[Any]) -> SourceRun:
    held: dict[str, Any] = dict(zip(_RUN, row, strict=True))
    for name in ("started_at", "finished_at", "watermark"):
        held[name] = moment(held[name])
    held["outcome"] = Outcome(held["outcome"])
    held["warnings"] = tuple(held["warnings"])
    rating, ratings = held.pop("rating"), held.pop("ratings")
    held["aggregate"] = None if rating is None and ratings is None else Aggregate(rating, ratings)
    return SourceRun(**held)
