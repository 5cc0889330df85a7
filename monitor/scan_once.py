"""One pass over every source, and how it is shown: for the command, and for the demo."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.effects import Clock
from monitor.config.load import Config
from monitor.terminal.output import in_json, tell
from monitor.terminal.progress import Progress

if TYPE_CHECKING:
    from data.store.engine.open import Store
    from monitor.pipeline.judges import Judges
    from monitor.pipeline.scan import FinishedSource
    from monitor.viewer import Viewer
    from monitor.views.scan.summary import ScanSummary
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
) -> ScanSummary:
    """One pass over every source; what it found, sorted for its reader."""
    from data.store.messages import outbox as outbox_store
    from monitor.pipeline.scan import scan
    from monitor.views.scan.summary import summarise

    began, ticks = clock(), time.monotonic()
    done: list[FinishedSource] = []
    with progress.over(config.sources):
        for entry in scan(
            config.sources, store=store, fetcher=fetcher, judges=judges, clock=clock, since=since,
            started=progress.started,
        ):  # fmt: skip
            done.append(entry)
            progress.finished(entry.source, entry.batch.run)
    with store.read() as con:
        waiting = outbox_store.count_waiting(con, clock())
    order = {source.id: n for n, source in enumerate(config.sources)}
    return summarise(
        [(d.source, d.before, d.batch) for d in sorted(done, key=lambda d: order[d.source.id])],
        config.schools,
        started=began,
        finished=began + timedelta(seconds=time.monotonic() - ticks),
        waiting_messages=waiting,
        look_share=config.policy.look_share,
    )


def show(summary: ScanSummary, viewer: Viewer, *, as_json: bool, say: Say) -> None:
    """Print what this person may know of it: the table, or the one JSON document."""
    from monitor.viewer import WHO_YOU_ARE

    with viewer.store.read() as con:
        seen = viewer.scan(con, summary)
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        from monitor.views.scan.as_json import as_document

        say(in_json(as_document(seen)))
        return
    from monitor.views.scan.text import scan_lines

    for line in scan_lines(seen, viewer.config.zone):
        say(line)
