"""`schoolgate source list`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from monitor.cli.commands.options import ConfigFile, Home, Json
from monitor.home import wiring
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.types import Source, SourceRun
    from monitor.config.load import Config
    from monitor.terminal.table import Cell


def list_sources(home: Home = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is.

    \b
    Examples:
      schoolgate source list
    """
    where, settings = wiring.settings(home, config)
    runs = _latest_runs(where.home, settings)
    if as_json:
        say(in_json([_as_json(s, runs.get(s.id)) for s in settings.sources]))
        return
    if not settings.sources:
        say(f"{settings.path.name} names no source yet. To see what there is: schoolgate source propose")
    from monitor.terminal.table import table

    rows = [_row(source, runs.get(source.id), utc_now(), settings.zone) for source in settings.sources]
    for line in table(("Id", "Place", "Last read", "How it ended"), rows, wraps=("Place", "How it ended")):
        say(line)


def _latest_runs(home: Path, settings: Config) -> dict[str, SourceRun]:
    """By source; empty before the first scan has made the store."""
    from data.store.sources import source_runs as source_store

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return {}
    with store.read() as con:
        return source_store.latest_runs(con, [s.id for s in settings.sources])


def _as_json(source: Source, run: SourceRun | None) -> dict[str, object]:
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "schools": list(source.urns),
        "disabled": source.disabled,
        "last_run": None
        if run is None
        else {
            "at": run.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "outcome": run.outcome.value,
            "detail": run.detail,
            "read": run.mentions_read,
            "new": run.mentions_new,
        },
    }


def _row(source: Source, run: SourceRun | None, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    from monitor.cli.views.layout import brief
    from monitor.cli.views.sources import ended
    from monitor.terminal.table import Cell, Tone
    from monitor.terminal.wording import outcome_cell

    if source.disabled:
        return source.id, source.name, "", Cell(f"switched off: {source.disabled}", Tone.WARN)
    if run is None:
        return source.id, source.name, "", "not read yet"
    tone = outcome_cell(run.outcome).tone
    return source.id, source.name, brief(run.finished_at, now, zone), Cell(ended(run), tone)
