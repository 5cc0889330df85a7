"""What of a school stands open, for its daily digest: alerts, and what cases wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from data.digest import CaseClock, Standing, Window
from data.store.alerts import by_story
from data.store.bulk import at
from data.store.retain import HANDED_OVER
from data.store.verdicts import NEWEST, selected, verdict
from data.types import Alert, Relevance, Severity, Verdict


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    written_at: datetime
    channel: str


def standing_alerts(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[Standing, ...]:
    """Alerts of the school that nobody has in hand, and those taken in hand within the window; gravest first.

    What was handed over is left out.
    """
    rows = con.execute(
        """SELECT a.story_id, a.acked_by, coalesce(s.restricted, TRUE)
        FROM alerts a LEFT JOIN stories s ON s.id = a.story_id
        WHERE a.urn = $urn AND a.handed_over_at IS NULL AND a.severity >= $grave AND a.raised_at < $until
            AND (a.acked_at IS NULL OR (a.acked_at >= $since AND a.acked_at < $until))
        ORDER BY a.severity DESC, a.raised_at, a.id""",
        {"urn": urn, "since": window.since, "until": window.until, "grave": int(Severity.TODAY)},
    ).fetchall()
    story_ids = [story_id for story_id, _, _ in rows]
    alerts = by_story(con, story_ids)
    verdicts = _verdicts(con, urn, story_ids)
    return tuple(
        _standing(alerts[story_id, urn], acked_by, hidden, verdicts.get(story_id, []))
        for story_id, acked_by, hidden in rows
    )


def _standing(alert: Alert, acked_by: str | None, hidden: bool, judged: Sequence[_Judged]) -> Standing:
    grave = [j for j in judged if j.verdict.severity >= Severity.TODAY]
    return Standing(
        alert,
        tuple(j.verdict for j in grave or judged),
        max((alert.raised_at, *(j.written_at for j in grave))),
        restricted=alert.restricted or hidden or any(j.verdict.restricted for j in judged),
        channels=tuple(dict.fromkeys(j.channel for j in grave or judged)),
        perhaps_other=not any(j.verdict.relevance is Relevance.ABOUT for j in judged),
        acked_by=acked_by,
    )


def _verdicts(con: duckdb.DuckDBPyConnection, urn: str, story_ids: Sequence[str]) -> dict[str, list[_Judged]]:
    """The newest verdicts of these stories."""
    if not story_ids:
        return {}
    rows = con.execute(
        f"""SELECT x.story_id, epoch_us(v.judged_at), m.channel, {selected()} {NEWEST}
        WHERE x.urn = $urn AND x.story_id = ANY($ids) ORDER BY m.first_seen, m.id""",
        {"urn": urn, "ids": list(story_ids)},
    ).fetchall()
    found: dict[str, list[_Judged]] = {}
    for story_id, written, channel, *columns in rows:
        found.setdefault(story_id, []).append(_Judged(verdict(columns), at(written), channel))
    return found


def case_clocks(con: duckdb.DuckDBPyConnection, urn: str) -> tuple[CaseClock, ...]:
    """What open cases wait for, the soonest first; none of a restricted story or of C9 and C10."""
    rows = con.execute(
        """SELECT c.id, c.story_id, arg_max(t.step, t.n), epoch_us(arg_max(t.due_at, t.n)) AS due
        FROM cases c JOIN case_steps t ON t.case_id = c.id JOIN stories s ON s.id = c.story_id
        WHERE c.urn = $urn AND c.closed_at IS NULL AND t.due_at IS NOT NULL
            AND NOT s.restricted AND NOT (c.content_class = ANY($never))
        GROUP BY c.id, c.story_id ORDER BY due, c.id""",
        {"urn": urn, "never": list(HANDED_OVER)},
    ).fetchall()
    judged, kept_out = _verdicts(con, urn, [row[1] for row in rows]), kept_out_of(con, urn) if rows else {}
    return tuple(
        CaseClock(
            *(case_id, story_id, step, at(due)),
            tuple(j.verdict for j in judged.get(story_id, ()) if j.verdict.severity >= Severity.TODAY),
            kept_out.get(story_id, frozenset()),
        )
        for case_id, story_id, step, due in rows
    )


def kept_out_of(con: duckdb.DuckDBPyConnection, urn: str) -> dict[str, frozenset[str]]:
    """Ids of those whom an alert of the school keeps out, by its story."""
    rows = con.execute(
        "SELECT story_id, excluded FROM alerts WHERE urn = $urn AND len(excluded) > 0", {"urn": urn}
    ).fetchall()
    return {story_id: frozenset(excluded) for story_id, excluded in rows}
