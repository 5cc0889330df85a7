"""Reading one source: the loop over its pages, its limits and its stop rule stand here, once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from data.types import (
    FetchFailure,
    Mention,
    Outcome,
    Page,
    Request,
    Response,
    Source,
    SourceRun,
    SourceState,
)
from sources.base import Collector
from sources.plan import detail_of, outcome_of

EDIT_WINDOW = timedelta(days=7)
"""How far behind the newest mention read so far a list is still followed, for edits."""

FetchOne = Callable[[Request, SourceState | None], Response | FetchFailure]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one source gave: its mentions, each id once, in the order read; and how it ended."""

    source: Source
    run: SourceRun
    mentions: tuple[Mention, ...] = ()


@dataclass(slots=True)
class _Reading:
    mentions: dict[str, Mention] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    pages: int = 0
    first: Response | None = None
    page: Page | None = None
    failure: FetchFailure | None = None


def collect(
    source: Source,
    state: SourceState,
    collector: Collector,
    fetch: FetchOne,
    clock: Callable[[], datetime],
) -> Collected:
    """Read a source to its page limit or to what is known already. Never raises for what a site does.

    A failure after the first page keeps what was read and becomes a warning, so that nothing read is
    lost; a failure on the first page is the run's outcome.
    """
    started = clock()
    if source.disabled:
        run = SourceRun(source.id, started, started, Outcome.DISABLED, detail=source.disabled)
        return Collected(source, run)
    if state.not_before is not None and started < state.not_before:
        return Collected(source, _left_alone(source, state.not_before, started))
    reading = _Reading()
    for page in _pages(source, state, collector, fetch, started, reading):
        for mention in page.mentions:
            reading.mentions[mention.id] = mention
        reading.warnings.extend(page.warnings)
    mentions = tuple(reading.mentions.values())
    return Collected(source, _run(source, state, reading, mentions, started, clock()), mentions)


def _left_alone(source: Source, until: datetime, now: datetime) -> SourceRun:
    """A site that asked to be left alone until a time is not asked before it, not even by hand."""
    detail = f"the site asks for no request before {until:%H:%M} UTC on {until.day} {until:%B}"
    wait_s = (until - now).total_seconds()
    return SourceRun(source.id, now, now, Outcome.BLOCKED, detail=detail, retry_after_s=wait_s)


def _pages(
    source: Source,
    state: SourceState,
    collector: Collector,
    fetch: FetchOne,
    now: datetime,
    reading: _Reading,
) -> Iterator[Page]:
    waiting = deque(collector.requests(source, state, now))
    asked: set[tuple[str, bytes | None]] = set()
    while waiting and reading.pages < source.max_pages:
        request = waiting.popleft()
        if (request.url, request.body) in asked:
            continue
        asked.add((request.url, request.body))
        answer = fetch(request, state if reading.first is None else None)
        if isinstance(answer, FetchFailure):
            if reading.first is None:
                reading.failure = answer
                return
            reading.warnings.append(f"page {reading.pages + 1} could not be read: {answer.detail}")
            continue
        page = _read(source, answer, collector, reading)
        yield page
        if page.next is not None and not _all_known(page, state):
            waiting.append(page.next)
        waiting.extend(page.follow)
    if waiting:
        reading.warnings.append(f"stopped after {reading.pages} pages (max_pages); more were there")


def _read(source: Source, answer: Response, collector: Collector, reading: _Reading) -> Page:
    reading.first = reading.first or answer
    reading.pages += 1
    page = Page() if answer.status == 304 else collector.parse(source, answer)
    if page.block is not None and reading.page is not None:
        reading.warnings.append(f"page {reading.pages} was not shown: {page.block.reason}")
    reading.page = reading.page or page
    return page


def _all_known(page: Page, state: SourceState) -> bool:
    """True where a list ordered newest first has reached what was read before, edits included."""
    times = [m.published for m in page.mentions if m.published is not None]
    if state.watermark is None or len(times) < len(page.mentions) or not times:
        return False
    newest_first = all(a >= b for a, b in pairwise(times))
    return newest_first and len(times) > 1 and times[-1] < state.watermark - EDIT_WINDOW


def _run(
    source: Source,
    state: SourceState,
    reading: _Reading,
    mentions: tuple[Mention, ...],
    started: datetime,
    finished: datetime,
) -> SourceRun:
    times = [m.published for m in mentions if m.published is not None and m.published <= finished]
    first, failure = reading.first, reading.failure
    outcome, detail = _ending(reading, mentions, state)
    return SourceRun(
        source.id,
        started,
        finished,
        outcome,
        detail=detail,
        status=failure.status if failure else first.status if first else None,
        pages=reading.pages,
        mentions_read=len(mentions),
        warnings=tuple(reading.warnings),
        etag=first.header("etag") if first else None,
        last_modified=first.header("last-modified") if first else None,
        retry_after_s=failure.retry_after_s if failure else None,
        watermark=max([*times, *([state.watermark] if state.watermark else [])], default=None),
    )


def _ending(reading: _Reading, mentions: tuple[Mention, ...], state: SourceState) -> tuple[Outcome, str]:
    if reading.failure is not None:
        return reading.failure.outcome, reading.failure.detail
    if reading.first is not None and reading.first.status == 304:
        return Outcome.NOT_MODIFIED, ""
    block = reading.page.block if reading.page else None
    whole = Page(mentions, warnings=tuple(reading.warnings), block=None if mentions else block)
    return outcome_of(whole, state), detail_of(whole, state)
