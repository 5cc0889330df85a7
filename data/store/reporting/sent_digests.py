"""The digests composed for each person and period; what became of them decides where the next one begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import _duckdb as duckdb

from data.digest import Edition, Fate, Window
from data.store.engine.bulk import at, names, put

_EDITION = names("kind urn period person_id covers_from covers_to outbox_key composed_at")
_KEY = _EDITION[:4]


def put_edition(con: duckdb.DuckDBPyConnection, edition: Edition) -> None:
    """Adds an edition. An existing one stays as it is, unless it had nothing to send."""
    covers = edition.covers
    row = (
        *(edition.kind, edition.urn, edition.period, edition.person_id, covers.since, covers.until),
        *(edition.outbox_key, edition.composed_at),
    )
    update = {
        c: f"CASE WHEN editions.outbox_key IS NULL THEN excluded.{c} ELSE editions.{c} END"
        for c in _EDITION[4:]
    }
    put(con, "editions", _EDITION, [row], key=_KEY, update=update)


def composed(con: duckdb.DuckDBPyConnection, periods: Sequence[str]) -> frozenset[tuple[str, str, str, str]]:
    """The editions of these days: kind, urn, period and person, including those with nothing to send."""
    rows = con.execute(
        "SELECT kind, urn, period, person_id FROM editions WHERE period = ANY($periods)",
        {"periods": list(periods)},
    ).fetchall()
    return frozenset(rows)


def edition(
    con: duckdb.DuckDBPyConnection, kind: str, urn: str, period: str, person_id: str
) -> Edition | None:
    """The edition of that day for that person; None where none was composed."""
    row = con.execute(
        """SELECT epoch_us(covers_from), epoch_us(covers_to), outbox_key, epoch_us(composed_at) FROM editions
        WHERE kind = $kind AND urn = $urn AND period = $period AND person_id = $person""",
        {"kind": kind, "urn": urn, "period": period, "person": person_id},
    ).fetchone()
    if row is None:
        return None
    since, until, key, made = row
    return Edition(kind, urn, period, person_id, Window(at(since), at(until)), key, at(made))


def covered(
    con: duckdb.DuckDBPyConnection, kinds: Sequence[str], urn: str, before: str
) -> dict[str, datetime]:
    """Up to when each person has been told: the end of the newest edition that was sent.

    Where none was sent, the start of the first one composed, since its time is still untold. Only editions of
    days before the period `before` count. Aware, UTC.
    """
    rows = con.execute(
        """SELECT e.person_id,
            epoch_us(coalesce(max(e.covers_to) FILTER (o.sent_at IS NOT NULL), min(e.covers_from)))
        FROM editions e LEFT JOIN outbox o ON o.key = e.outbox_key
        WHERE list_contains($kinds::VARCHAR[], e.kind) AND e.urn = $urn AND e.period < $before
        GROUP BY e.person_id""",
        {"kinds": list(kinds), "urn": urn, "before": before},
    ).fetchall()
    return {person: at(until) for person, until in rows}


def any_sent(con: duckdb.DuckDBPyConnection, kind: str, urn: str, before: str) -> bool:
    """Was any edition of the school's, of days before `before`, sent to anybody?"""
    row = con.execute(
        """SELECT count(*) FROM editions e JOIN outbox o ON o.key = e.outbox_key
        WHERE e.kind = $kind AND e.urn = $urn AND e.period < $before AND o.sent_at IS NOT NULL""",
        {"kind": kind, "urn": urn, "before": before},
    ).fetchone()
    return bool(row and row[0])


def lost(
    con: duckdb.DuckDBPyConnection, kind: str, urn: str, before: str
) -> dict[str, tuple[tuple[date, Fate], ...]]:
    """The days of each person's editions since the newest that was sent: unsent, or perhaps not received."""
    rows = con.execute(
        """SELECT e.person_id, e.period, o.unsure_at IS NOT NULL
        FROM editions e JOIN outbox o ON o.key = e.outbox_key
        WHERE e.kind = $kind AND e.urn = $urn AND e.period < $before AND o.sent_at IS NULL
            AND e.period > coalesce((
                SELECT max(s.period) FROM editions s JOIN outbox p ON p.key = s.outbox_key
                WHERE s.kind = e.kind AND s.urn = e.urn AND s.person_id = e.person_id
                    AND p.sent_at IS NOT NULL AND s.period < $before), '')
        ORDER BY e.period""",
        {"kind": kind, "urn": urn, "before": before},
    ).fetchall()
    found: dict[str, tuple[tuple[date, Fate], ...]] = {}
    for person, period, unsure in rows:
        fate = Fate.UNSURE if unsure else Fate.FAILED
        found[person] = (*found.get(person, ()), (date.fromisoformat(period), fate))
    return found
