"""Asking one source: what it gave, or which fault ended it. Nothing is raised for either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from data.effects import Apart, Clock
from data.errors import SchoolgateError
from data.types import FetchFailure, Outcome, Request, Response, Source, SourceRun, SourceState
from monitor.pipeline.collect import Collected, collect
from monitor.pipeline.scanning.faults import Failed, Work, failed, our_fault
from sources.imap.address import is_mailbox
from sources.registry import collector as collector_of


class SourceReader(Protocol):
    """What a source is asked through: the fetcher."""

    @property
    def apart(self) -> Apart: ...

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure: ...


@dataclass(frozen=True, slots=True)
class AskedSource:
    """What asking one source gave, and the fault of ours that ended it, None where there was none."""

    collected: Collected
    failed: Failed | None = None


def asked(source: Source, state: SourceState, reader: SourceReader, clock: Clock) -> AskedSource:
    """Asks one source. Never raises for what a site does, nor for a fault of ours in reading it."""
    began = clock()
    try:
        by = collector_of(source.kind)
        return AskedSource(collect(source, state, by, reader.fetch, clock, reader.apart))
    except SchoolgateError as error:
        run = SourceRun(source.id, began, clock(), Outcome.MISCONFIGURED, detail=str(error))
        return AskedSource(Collected(source, run))
    except Exception as error:  # noqa: BLE001 - one source's bug must not stop the others; told, not hidden
        run = SourceRun(source.id, began, clock(), Outcome.OK)
        return AskedSource(Collected(source, our_fault(run, Work.READ, error)), failed(Work.READ, error))


def without_older(collected: Collected, since: datetime | None) -> Collected:
    """Without what is older; such a reading proves nothing about what is left, so it leaves no marks.

    What a mailbox brings is read once: so the next reading begins again.
    """
    if since is None:
        return collected
    kept = tuple(m for m in collected.mentions if m.published is None or m.published >= since)
    run = replace(collected.run, etag=None, last_modified=None, watermark=None)
    if is_mailbox(collected.source.url):
        run = replace(run, resume=None)
    return replace(collected, run=run, mentions=kept)
