"""One pass over every source, and how it is shown: for the command, and for the demo."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.effects import Clock
from data.errors import StoreError
from monitor.config.load import Config
from monitor.terminal.output import in_json, tell
from monitor.terminal.progress import Progress

if TYPE_CHECKING:
    from data.store.engine.open import Store
    from data.store.mentions.batch import Batch
    from monitor.cli.views.scan.summary import ScanSummary
    from monitor.matters.reader import Reader
    from monitor.pipeline.judges import Judges
    from monitor.pipeline.scan import FinishedSource
    from sources.fetch import Fetcher

Say = Callable[[str], None]


def scan_once(
    config: Config,
    store: Store,
    judges: Judges,
    fetcher: Fetcher,
    *,
    clock: Clock,
    since: datetime | None,
    progress: Progress,
    saved: Callable[[Batch], None] = lambda batch: None,
) -> ScanSummary:
    """One pass over every source; what it found, sorted for its reader. What was `saved` is said at once."""
    from monitor.cli.views.scan.summary import summarise
    from monitor.cli.views.scan.text import unsaved
    from monitor.pipeline.scan import scan

    began, ticks = clock(), time.monotonic()
    done: list[FinishedSource] = []
    with progress.over(config.sources):
        for entry in scan(
            config.sources, store=store, fetcher=fetcher, judges=judges, clock=clock, since=since,
            started=progress.started,
        ):  # fmt: skip
            done.append(entry)
            saved(entry.batch)
            progress.finished(entry.source, entry.batch.run)
            if entry.failed is not None and entry.failed.urgent:
                progress.warn(unsaved(entry.source))
    order = {source.id: n for n, source in enumerate(config.sources)}
    summary = summarise(
        [(d.source, d.before, d.batch) for d in sorted(done, key=lambda d: order[d.source.id])],
        config.schools,
        started=began,
        finished=began + timedelta(seconds=time.monotonic() - ticks),
        waiting_messages=waiting(store, clock()),
        look_share=config.policy.look_share,
    )
    return replace(summary, unsaved=tuple(d.source for d in done if d.failed and d.failed.urgent))


def waiting(store: Store, now: datetime) -> int:
    """How many messages wait; 0 where the store cannot be read, which the end of a scan tells by itself."""
    from data.store.messages.outbox import count_waiting

    try:
        with store.read() as con:
            return count_waiting(con, now)
    except StoreError:
        return 0


def show(summary: ScanSummary, reader: Reader, *, as_json: bool, say: Say) -> None:
    """Print what this person may know of it: the table, or the one JSON document.

    Raises StoreError where the store does not say what they may know: then they see how the sources fared.
    """
    from monitor.cli.views.scan.for_reader import known_scan

    fault: StoreError | None = None
    try:
        with reader.store.read() as con:
            seen = known_scan(con, reader, summary)
    except StoreError as error:
        fault = error
        seen = replace(summary, schools=(), new_stories=0, fresh={}, cut_short=True)
    _shown(seen, reader, as_json=as_json, say=say)
    if fault is not None:
        raise fault


def _shown(seen: ScanSummary, reader: Reader, *, as_json: bool, say: Say) -> None:
    from monitor.terminal.wording import WHO_YOU_ARE

    if reader.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        from monitor.cli.views.scan.as_json import as_document

        say(in_json(as_document(seen)))
        return
    from monitor.cli.views.scan.text import scan_lines

    for line in scan_lines(seen, reader.config.zone):
        say(line)
