"""One pass over every source, and how it is shown: for the command, and for the demo."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from alerts.access.matter import part_of
from data.effects import Clock
from data.errors import StoreError
from data.matters import Access, MatterView, ReaderPart
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.store.messages.outbox import count_waiting
from data.types import MailReply
from monitor.cli.views.scan import (
    ScanSummary,
    SchoolSummary,
    scan_lines,
    summarise,
    summary_document,
    unsaved_lines,
)
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.pipeline.collect import ask_source
from monitor.pipeline.scan import FinishedSource, Timings, scan_sources
from monitor.terminal.output import Say, in_json, say_on_stderr
from monitor.terminal.progress import Progress
from monitor.terminal.wording import WHO_YOU_ARE
from sources.fetch import Fetcher

if TYPE_CHECKING:
    from monitor.pipeline.judges import Judges


_NOT_ASKED_FOR: dict[str, Any] = dict.fromkeys(("seen", "matches", "stories", "outbox", "article_reads"), ())
_SECTIONS = ("today", "to_look_at", "to_answer", "good_news", "unsure", "before")
"""The parts of a school's summary that hold stories."""


def known_scan(con: Connection, reader: Reader, summary: ScanSummary) -> ScanSummary:
    """Keep what the reader may know of a scan, without what somebody marked as done with."""
    stories = stories_of(summary)
    known = reader.look(con, stories)
    stored = known.stored
    access = {story: much for story, much in known.access.items() if stored.ending_mark(story) is None}
    cases = {story: numbers for story in stories if (numbers := known.open_cases(story))}
    parts = {story: part_of(reader.person, stored.by_story[story]) for story in known.access}
    sealed = {story for story in known.access if stored.by_story[story].restricted}
    return limit_summary(summary, access, cases, parts, sealed)


def stories_of(summary: ScanSummary) -> dict[str, str]:
    """The school (URN) of every story that a summary tells of, by the story's id."""
    found = dict(summary.fresh)
    for part in summary.schools:
        lines = (line.story_id for section in _SECTIONS for line in getattr(part, section))
        alerts = (alert.story_id for alert in part.restricted_alerts)
        found |= dict.fromkeys((*lines, *part.restricted, *alerts), part.school.urn)
    return found


def limit_summary(
    summary: ScanSummary,
    known: Mapping[str, Access],
    cases: Mapping[str, tuple[str, ...]],
    parts: Mapping[str, ReaderPart],
    sealed: Collection[str] = (),
) -> ScanSummary:
    """Limit a scan to what may be known of it, by story: `known` says how much, `cases` are the open ones
    they may know of, `parts` the reader's part in each; those that are `sealed` are counted alone.

    A story that may not be known of is left out of every count that could tell of it.
    """
    hidden = {story for story in stories_of(summary) if known.get(story, Access.NOTHING) is Access.NOTHING}
    return replace(
        summary,
        schools=tuple(_limit_part(part, known, hidden, parts, sealed) for part in summary.schools),
        new_stories=summary.new_stories - len(hidden & set(summary.fresh)),
        cases=cases,
    )


def _limit_part(
    part: SchoolSummary,
    known: Mapping[str, Access],
    hidden: Collection[str],
    parts: Mapping[str, ReaderPart],
    sealed: Collection[str],
) -> SchoolSummary:
    """Leave out what is hidden, and count alone what was restricted before this scan."""
    lines = {name: [v for v in getattr(part, name) if v.story_id not in hidden] for name in _SECTIONS}
    apart = [v.story_id for of in lines.values() for v in of if v.story_id in sealed]
    sections: dict[str, Any] = {
        name: tuple(_line(v, known[v.story_id], parts[v.story_id]) for v in of if v.story_id not in sealed)
        for name, of in lines.items()
    }
    restricted = dict.fromkeys(story for story in (*part.restricted, *apart) if story not in hidden)
    alerts = tuple(a for a in part.restricted_alerts if a.story_id not in hidden)
    return replace(part, restricted=tuple(restricted), restricted_alerts=alerts, **sections)


def _line(line: MatterView, access: Access, part: ReaderPart) -> MatterView:
    if access is Access.WORDS:
        return replace(line, part=part)
    return replace(line, part=part, access=access, title="", headline=None, because=())


def scan_once(
    config: Config,
    store: Store,
    judges: Callable[[], Judges],
    fetcher: Fetcher,
    *,
    clock: Clock,
    since: datetime | None,
    progress: Progress,
    saved: Callable[[Batch], None] = lambda batch: None,
    timings: Timings | None = None,
) -> ScanSummary:
    """One pass over every source, sorted for its reader. What is `saved` is said at once."""

    def note_replies(replies: Sequence[MailReply], now: datetime) -> None:
        from monitor.act.matter import take_replies

        take_replies(store, wiring.make_context(config, store.home), replies, now)

    began, ticks = clock(), time.monotonic()
    done: list[FinishedSource] = []
    with progress.over(config.sources):
        for entry in scan_sources(
            config.sources, store=store, fetcher=fetcher, judges=judges, clock=clock, since=since,
            started=progress.start_source, timings=timings,
            ask=partial(ask_source, replied=note_replies),
        ):  # fmt: skip
            saved(entry.batch)
            # all of them are kept until the end, without what the summary does not ask for
            done.append(replace(entry, batch=replace(entry.batch, articles={}, **_NOT_ASKED_FOR)))
            progress.finish_source(entry.source, entry.batch.run)
            if entry.failed is not None and entry.failed.urgent:
                progress.warn(unsaved_lines(entry.source))
    order = {source.id: n for n, source in enumerate(config.sources)}
    summary = summarise(
        [(d.source, d.before, d.batch) for d in sorted(done, key=lambda d: order[d.source.id])],
        config.schools,
        started=began,
        finished=began + timedelta(seconds=time.monotonic() - ticks),
        waiting_messages=count_unsent(store, clock()),
        look_share=config.policy.look_share,
        hours=config.school_hours,
    )
    return replace(summary, unsaved=tuple(d.source for d in done if d.failed and d.failed.urgent))


def count_unsent(store: Store, now: datetime) -> int:
    """Count the messages that wait; 0 where the store cannot be read: the end of a scan tells that itself."""
    try:
        with store.open_reader() as con:
            return count_waiting(con, now)
    except StoreError:
        return 0


def show_summary(summary: ScanSummary, reader: Reader, *, as_json: bool, say: Say) -> None:
    """Print what this person may know of it: the table, or the one JSON document.

    Raises StoreError where the store does not say what they may know: then they see how the sources fared.
    """
    fault: StoreError | None = None
    try:
        with reader.store.open_reader() as con:
            seen = known_scan(con, reader, summary)
    except StoreError as error:
        fault = error
        seen = replace(summary, schools=(), new_stories=0, fresh={}, cut_short=True)
    if reader.person is None:
        say_on_stderr(WHO_YOU_ARE)
    for line in [in_json(summary_document(seen))] if as_json else scan_lines(seen, reader.config.zone):
        say(line)
    if fault is not None:
        raise fault
