"""Places, and files of old mails, that are read back for schools that are new there: one stored step after
another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from data.effects import Clock
from data.store.engine.connect import Connection
from data.store.sources import list_back_fills, use_of_key
from data.types import BackFill, Source, SourceState
from monitor.config.load import Config
from monitor.pipeline.collect import AskedSource, SourceReader, ask_source
from monitor.pipeline.scan import FinishedSource, scan_sources
from sources.base import Collector
from sources.keys import plan_ask
from sources.registry import collector

MOST_AT_ONCE = 4
"""So many places are read back beside one another."""
_SHARE = 0.5
"""So much of a key's budget may be used by it: the rest is for what is new."""

Archive: TypeAlias = "tuple[SourceReader, Collector]"
"""The file of old mails in the place of the network, and what reads its pieces."""


def due_back_fills(
    con: Connection, config: Config, now: datetime, file: str = ""
) -> list[tuple[Source, BackFill]]:
    """List the places that are read on now, the least read first; or a file of mails by its hash."""
    on = {s.id: s for s in config.sources if s.disabled is None or file}
    open_ = (f for f in list_back_fills(con, list(on)) if f.file == file and f.ended_at is None)
    due = ((on[f.source_id], f) for f in open_ if f.again_at is None or f.again_at <= now)
    return [one for one in due if _is_within_budget(con, config, *one, now)][:MOST_AT_ONCE]


def _is_within_budget(con: Connection, config: Config, source: Source, fill: BackFill, now: datetime) -> bool:
    """May its key still be used for it?"""
    key = config.keys.get(str(source.settings.get("credential")))
    asks = fill.left or (key and collector(source.kind).requests(source, SourceState(source.id), now))
    if key is None or not asks:
        return True
    plan, most = plan_ask(key, asks[0].url, now), source.max_pages
    used = use_of_key(con, key.name, plan.allowance.path, plan.day)
    asks_too_much = plan.asks_a_day and used.asks + most > plan.asks_a_day * _SHARE
    costs_too_much = plan.pence and used.pence + plan.pence * most > (key.pence_a_month or 0.0) * _SHARE
    return not (asks_too_much or costs_too_much)


def step_back(
    places: Sequence[tuple[Source, BackFill]], archive: Archive | None = None, **given: Any
) -> Iterator[FinishedSource]:
    """Read, judge and save one step of each; `given` as for `scan_sources`."""
    fills = {fill.source_id: fill for _, fill in places}

    def ask(source: Source, state: SourceState, reader: SourceReader, clock: Clock) -> AskedSource:
        reader, reads = archive or (reader, None)
        return ask_source(source, state, reader, clock, fill=fills[source.id], collector=reads)

    of = [replace(source, urns=fill.urns, disabled=None) for source, fill in places]
    yield from scan_sources(of, ask=ask, **given)


def read_back(
    config: Config, file: str = "", archive: Archive | None = None, **given: Any
) -> Iterator[FinishedSource]:
    """Step after step, until nothing is left of these places or what is left has to wait."""
    while True:
        with given["store"].open_reader() as con:
            places = due_back_fills(con, config, given["clock"](), file)
        done = list(step_back(places, archive, **given)) if places else []
        yield from done
        if not done or any(one.failed for one in done):
            return
