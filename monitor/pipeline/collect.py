"""Reading one source: the loop over its pages, its limits and its stop rule."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from data.effects import Apart, here
from data.errors import Unreadable
from data.ids import digest
from data.types import (
    Aggregate,
    ArticleRead,
    FetchFailure,
    Mention,
    MentionKind,
    Outcome,
    Page,
    Request,
    Response,
    Source,
    SourceRun,
    SourceState,
)
from data.words.say import words
from sources.base import Collector
from sources.http.profiles import is_profile
from sources.mailbox.address import is_graph
from sources.places.searches import is_mastodon_tag
from sources.source_health import detail_of, outcome_of

EDIT_WINDOW = timedelta(days=7)
"""How far behind the newest mention read so far a list is still followed, for edits."""

DOCUMENTS_A_PAGE = 4
"""So many documents behind a list are read for each page that `max_pages` allows."""

MOST_BROKEN = 3
"""After so many documents that could not be read, no more are asked for in a run: each may take seconds."""

FetchOne = Callable[[Request, SourceState | None], Response | FetchFailure]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one source gave: its mentions, each id once, in the order read; and how it ended.

    `asked` is False where the site asked to be left alone and was: no run to be recorded. `articles` are what
    became of the articles behind its headlines, by mention.
    """

    source: Source
    run: SourceRun
    mentions: tuple[Mention, ...] = ()
    asked: bool = True
    articles: Mapping[str, ArticleRead] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what is still to be asked for."""

    source: Source
    collector: Collector
    state: SourceState
    started: datetime
    apart: Apart
    waiting: deque[Request] = field(default_factory=deque)
    behind: deque[Request] = field(default_factory=deque)
    asked: set[tuple[str, bytes | None]] = field(default_factory=set)
    mentions: dict[str, Mention] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    failures: list[FetchFailure] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    pages: int = 0
    documents: int = 0
    more: bool = False
    resume: str | None = None
    second: Request | None = None
    aggregate: Aggregate | None = None
    notices: set[bool] = field(default_factory=set)


def collect(
    source: Source,
    state: SourceState,
    collector: Collector,
    fetch: FetchOne,
    clock: Callable[[], datetime],
    apart: Apart = here,
) -> Collected:
    """Read a source to its limits or to what is known already. Never raises for what a site does.

    Pages of a list are read up to `max_pages`, documents behind it up to four times as many. A thread
    is read on from where the last reading ended. A failure after the first page keeps what was read and
    becomes a warning; a failure on the first page is the run's outcome. `apart` is where a page is read.
    """
    started = clock()
    if source.disabled:
        run = SourceRun(source.id, started, started, Outcome.DISABLED, detail=source.disabled)
        return Collected(source, run)
    if state.not_before is not None and started < state.not_before:
        day = words("en").day(state.not_before.date(), started.date())
        detail = f"the site asks for no request before {state.not_before:%H:%M} UTC on {day}"
        wait_s = (state.not_before - started).total_seconds()
        run = SourceRun(source.id, started, started, Outcome.BLOCKED, detail=detail, retry_after_s=wait_s)
        return Collected(source, run, asked=False)
    known = state if state.scope == scope_of(source) else replace(state, watermark=None, resume=None)
    reading = _Reading(source, collector, known, started, apart)
    reading.waiting.extend(collector.requests(source, known, started))
    while (request := _next(reading)) is not None:
        first = not reading.responses and not reading.failures
        answer = fetch(request, state if first and state.scope == scope_of(source) else None)
        if isinstance(answer, FetchFailure):
            _failed(reading, answer)
        else:
            _read(reading, request, answer)
    mentions = tuple(reading.mentions.values())
    return Collected(source, _run(reading, mentions, clock()), mentions)


def scope_of(source: Source) -> str:
    """Stands for the schools a source is read for: what one reading learns holds for these alone."""
    return digest(*sorted(source.urns))[:16]


def _next(reading: _Reading) -> Request | None:
    """The next request within the limits: pages first, then documents behind them; None at the end.

    None is asked for twice, and no page leads on to somebody's profile, but one of the school's own.
    """
    pages, documents = reading.source.max_pages, reading.source.max_pages * DOCUMENTS_A_PAGE
    for queue, room in (
        (reading.waiting, pages - reading.pages),
        (reading.behind, documents - reading.documents),
    ):
        while queue:
            if room <= 0:
                reading.more = True
                break
            request = queue.popleft()
            asked, ours = (request.url, request.body), reading.source.own or is_profile(reading.source.url)
            if asked not in reading.asked and (ours or not is_profile(request.url)):
                reading.asked.add(asked)
                reading.pages += queue is reading.waiting
                reading.documents += queue is reading.behind
                return request
    return None


def _failed(reading: _Reading, failure: FetchFailure) -> None:
    """Remember it; a site that bars us, or whose documents keep breaking, is not asked again in this run."""
    reading.failures.append(failure)
    if failure.url == reading.state.resume and reading.second is not None:
        reading.state = replace(reading.state, resume=None)
        reading.waiting.append(reading.second)
    if reading.responses:
        reading.warnings.append(f"page {len(reading.responses) + 1} could not be read: {failure.detail}")
    broken = sum(each.outcome is Outcome.MALFORMED for each in reading.failures)
    if failure.outcome is Outcome.BLOCKED or broken >= MOST_BROKEN:
        reading.more = reading.more or bool(reading.waiting or reading.behind)
        reading.waiting.clear()
        reading.behind.clear()


def _read(reading: _Reading, request: Request, answer: Response) -> None:
    """Takes in a page; one that could not be read to its end counts as one that did not come."""
    try:
        nothing_new = answer.status == 304
        page = None if nothing_new else reading.apart(reading.collector.parse, reading.source, answer)
    except Unreadable as error:
        told = (Outcome.MALFORMED, request.url, str(error), answer.fetched_at, answer.status)
        _failed(reading, FetchFailure(*told))
        return
    first = not reading.responses
    reading.responses.append(answer)
    if nothing_new and is_graph(answer.url):
        reading.resume = answer.url
    if page is not None:
        _take(reading, request, page, first=first)


def _take(reading: _Reading, request: Request, page: Page, *, first: bool) -> None:
    clash = sum(m.id in reading.mentions and reading.mentions[m.id].text != m.text for m in page.mentions)
    reading.mentions.update((m.id, m) for m in page.mentions)
    if clash:
        reading.warnings.append(
            f"{clash} posts bore the number of another with other words; the last was kept."
        )
    reading.warnings.extend(page.warnings)
    reading.left_out.extend(page.left_out)
    reading.unread.extend(page.unread)
    reading.aggregate = reading.aggregate or page.aggregate
    if page.notice is not None:
        reading.notices.add(page.notice)
    thread = page.resume is None and any(m.kind is MentionKind.REPLY for m in page.mentions)
    if thread and not first:
        reading.resume = request.url
    reading.resume = page.resume or reading.resume
    reading.behind.extend(page.follow)
    resume = reading.state.resume
    if first and thread and page.next is not None and resume is not None:
        reading.second = page.next
        reading.waiting.append(Request(resume))
    elif page.next is not None and not _all_known(page, reading.state):
        reading.waiting.append(page.next)


def _all_known(page: Page, state: SourceState) -> bool:
    """True where a list ordered newest first has reached what was read before, edits included."""
    times = [m.published for m in page.mentions if m.published is not None]
    if state.watermark is None or len(times) < len(page.mentions) or not times:
        return False
    newest_first = all(a >= b for a, b in pairwise(times))
    return newest_first and len(times) > 1 and times[-1] < state.watermark - EDIT_WINDOW


def _run(reading: _Reading, mentions: tuple[Mention, ...], finished: datetime) -> SourceRun:
    first = reading.responses[0] if reading.responses else None
    failure = reading.failures[0] if reading.failures and first is None else None
    outcome, detail = _ending(reading, mentions)
    complete = not (
        reading.failures or reading.more or reading.unread
    )  # all that was there was read, as far as we know
    times = [m.published for m in mentions if m.published is not None and m.published <= finished]
    single = first if complete and len(reading.responses) == 1 else None
    return SourceRun(
        reading.source.id,
        reading.started,
        finished,
        outcome,
        detail=detail,
        status=failure.status if failure else first.status if first else None,
        pages=len(reading.responses),
        mentions_read=len(mentions),
        warnings=_told(reading),
        etag=single.header("etag") if single else None,
        last_modified=single.header("last-modified") if single else None,
        retry_after_s=max((f.retry_after_s for f in reading.failures if f.retry_after_s), default=None),
        watermark=max(times, default=None) if complete else None,
        scope=scope_of(reading.source),
        resume=reading.resume or reading.state.resume,
        aggregate=reading.aggregate,
        notice=any(reading.notices) if reading.notices else None,
    )


def _told(reading: _Reading) -> tuple[str, ...]:
    """Warnings, the most important first: what was not read at all."""
    if not reading.more:
        return (*reading.warnings, *reading.left_out)
    limit = f"More is there than the {len(reading.responses)} pages that were read (max_pages)."
    on = " The next scan reads on from there." if reading.resume else ""
    return (limit + on, *reading.warnings, *reading.left_out)


def _ending(reading: _Reading, mentions: tuple[Mention, ...]) -> tuple[Outcome, str]:
    if reading.failures and not mentions:
        if reading.failures[0].status == 404 and is_mastodon_tag(reading.source.url):
            return Outcome.EMPTY, ""
        return reading.failures[0].outcome, reading.failures[0].detail
    if len(reading.responses) == 1 and reading.responses[0].status == 304:
        return Outcome.NOT_MODIFIED, ""
    warnings, left_out, unread = map(tuple, (reading.warnings, reading.left_out, reading.unread))
    whole = Page(mentions, warnings=warnings, left_out=left_out, unread=unread)
    return outcome_of(whole, reading.state), detail_of(whole, reading.state)
