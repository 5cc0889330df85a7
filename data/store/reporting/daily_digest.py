"""Everything the daily digest says about one school, read from the store once for all its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import _duckdb as duckdb

from data.digest import AccountAct, Fate, Headline, ReadingCounts, ToldSpike, Undelivered, Window
from data.store.engine.bulk import at
from data.store.reporting.daily_digest import posts
from data.types import Outcome, Verdict


def article_headlines(con: duckdb.DuckDBPyConnection, verdicts: Mapping[str, Verdict]) -> dict[str, Headline]:
    """The headlines of the articles that these verdicts are on, by the same key; none of a restricted one."""
    found = posts(con, [v.mention_id for v in verdicts.values()])
    return {
        key: Headline(post.title, post.url, post.source_ids)
        for key, v in verdicts.items()
        if (post := found.get(v.mention_id)) is not None and post.title
    }


def told_spikes(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[ToldSpike, ...]:
    """Surges told within the window, oldest first."""
    rows = con.execute(
        """SELECT epoch_us(began_at), mentions, usual, themes FROM spikes
        WHERE urn = $urn AND told_at >= $since AND told_at < $until ORDER BY began_at""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(
        ToldSpike(at(began), mentions, usual, tuple(themes)) for began, mentions, usual, themes in rows
    )


def account_acts(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[AccountAct, ...]:
    """What was done on the school's own accounts within the window."""
    rows = con.execute(
        """SELECT source_id, action, count(*) FROM account_log
        WHERE urn = $urn AND done_at >= $since AND done_at < $until
        GROUP BY source_id, action ORDER BY source_id, action""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(AccountAct(*row) for row in rows)


def undelivered(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[Undelivered, ...]:
    """Messages other than digests that failed, expired or may not have arrived within the window."""
    rows = con.execute(
        """SELECT person_id, kind, unsure_at IS NOT NULL, alert_id FROM outbox
        WHERE urn = $urn AND kind <> 'digest' AND sent_at IS NULL AND withdrawn_at IS NULL
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) >= $since
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) < $until
        ORDER BY person_id, kind, key""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(
        Undelivered(person, kind, Fate.UNSURE if unsure else Fate.FAILED, alert_id)
        for person, kind, unsure, alert_id in rows
    )


def reading(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str], window: Window) -> ReadingCounts:
    """What these sources brought within the window."""
    row = con.execute(
        """SELECT coalesce(sum(mentions_new), 0),
            count(DISTINCT source_id) FILTER (list_contains($seen::VARCHAR[], outcome))
        FROM source_runs
        WHERE source_id = ANY($ids) AND finished_at >= $since AND finished_at < $until""",
        {
            "ids": list(source_ids), "seen": [o.value for o in Outcome if o.seen],
            "since": window.since, "until": window.until,
        },
    ).fetchone()  # fmt: skip
    return ReadingCounts(*map(int, row)) if row else ReadingCounts(0, 0)
