"""Places, and files of old mails, that are read back for schools that are new there: one stored step after
another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any

from data.effects import Clock
from data.store.engine.connect import Connection
from data.store.sources import list_back_fills, use_of_key
from data.types import BackFill, Source, SourceState
from monitor.config.load import Config
from monitor.pipeline.collect import Collected, SourceReader, ask_source
from monitor.pipeline.scan import FinishedSource, scan_sources
from sources.keys import plan_ask

if TYPE_CHECKING:
    from sources.mailbox.archive import ArchiveReader

MOST_AT_ONCE = 4
"""Places that are read back beside one another."""


def due_back_fills(
    con: Connection, config: Config, now: datetime, file: str = ""
) -> list[tuple[Source, BackFill]]:
    """List the places that are read on now, the least read first; or a file of mails by its hash."""
    on = {s.id: s for s in config.sources if s.disabled is None or file}
    open_ = (f for f in list_back_fills(con, list(on)) if f.file == file and f.ended_at is None)
    due = ((on[f.source_id], f) for f in open_ if f.again_at is None or f.again_at <= now)
    return [(s, f) for s, f in due if _leaves_enough(con, config, s, now)][:MOST_AT_ONCE]


def _leaves_enough(con: Connection, config: Config, source: Source, now: datetime) -> bool:
    """Is half of its key's budget left for what is new, of the day and of the month?"""
    if (key := config.keys.get(str(source.settings.get("credential")))) is None:
        return True
    ask = plan_ask(key, key.at_server(key.kind.scarcest.path), now)
    used = use_of_key(con, key.name, ask.allowance.path, ask.day)
    return 2 * used.asks < (ask.asks_a_day or inf) and 2 * used.pence <= (key.pence_a_month or inf)


def step_back(
    places: Sequence[tuple[Source, BackFill]], archive: ArchiveReader | None = None, **given: Any
) -> Iterator[FinishedSource]:
    """Read, judge and save one step of each, or of the `archive`; `given` as for `scan_sources`."""
    fills = {fill.source_id: fill for _, fill in places}

    def ask(source: Source, state: SourceState, reader: SourceReader, clock: Clock) -> Collected:
        return ask_source(source, state, archive or reader, clock, fill=fills[source.id])

    of = [replace(source, urns=fill.urns, disabled=None) for source, fill in places]
    yield from scan_sources(of, ask=ask, **given)


def read_back(config: Config, archive: ArchiveReader | None = None, **given: Any) -> Iterator[FinishedSource]:
    """Step after step, until nothing is left of these places, or of the `archive`, or it has to wait."""
    while True:
        with given["store"].open_reader() as con:
            places = due_back_fills(con, config, given["clock"](), archive.hash if archive else "")
        done = list(step_back(places, archive, **given)) if places else []
        yield from done
        if not done or any(one.failed for one in done):
            return
