"""What homes came to hold, to hold runs against each other: verdicts, counts, alerts by time seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data.ids import digest
from monitor.home import wiring

Held = Mapping[str, Any]

_VERDICTS = """SELECT m.first_seen, v.mention_id, v.version, v.urn, v.relevance, v.sentiment, v.severity,
    v.route, v.abuse, v.about, v.restricted, v.look FROM verdicts v JOIN mentions m ON m.id = v.mention_id
    ORDER BY m.first_seen, v.mention_id, v.version, v.urn"""
_ALERTS = """SELECT a.first_raised_at, a.story_id, a.urn, a.severity, a.route, a.times FROM alerts a
    ORDER BY a.first_raised_at, a.story_id, a.urn"""
_TABLES = ("mentions", "mention_versions", "verdicts", "stories", "alerts", "outbox", "sightings", "audit")
COMPARED = ("mentions", "mention_versions", "verdicts", "stories", "alerts")
"""Counts that must be equal; the others tell how it went: one audit entry a saving, one message an alert."""


def held(homes: Mapping[str, Path]) -> dict[str, Held]:
    """Of each home how many rows it has, digests of its verdicts and its alerts, its store's size."""
    return {name: _of(folder) for name, folder in homes.items()}


def unlike(one: Mapping[str, Held], other: Mapping[str, Held]) -> list[str]:
    """The homes that hold something else, with what."""
    return [
        f"{name}: {what}"
        for name in sorted(one.keys() | other.keys())
        for what in ("verdicts", "alerts", "counts")
        if _part(one.get(name), what) != _part(other.get(name), what)
    ]


def _part(of: Held | None, what: str) -> Any:
    if of is None:
        return None
    return {k: of["counts"][k] for k in COMPARED} if what == "counts" else of[what]


def _of(folder: Path) -> Held:
    store = wiring.open_store(folder, migrate=False)
    if not store.path.exists():
        return {"verdicts": "", "alerts": "", "counts": dict.fromkeys(_TABLES, 0), "grave": 0, "bytes": 0}
    with store.read() as con:
        verdicts, alerts = con.execute(_VERDICTS).fetchall(), con.execute(_ALERTS).fetchall()
        counts = {t: con.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in _TABLES}  # type: ignore[index]
    return {
        "verdicts": _stood(verdicts),
        "alerts": _stood(alerts),
        "counts": counts,
        "grave": sum(row[3] >= 3 for row in alerts),
        "bytes": store.path.stat().st_size,
    }


def _stood(rows: Sequence[tuple[Any, ...]]) -> str:
    return digest(*(repr(tuple(map(str, row))) for row in rows))
