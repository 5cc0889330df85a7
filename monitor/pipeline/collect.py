"""Reading places: what each brought, what is the school's own, and whose fault ended it."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

from classifiers.own import (
    OWN_POST,
    names_pupil,
    on_site,
    own_author,
    posted_by_account,
    settle_own_post,
    settle_tag,
    tags_account,
    with_pupil_named,
)
from classifiers.text.language import Language, recognise_language
from data.effects import Apart, Clock, here
from data.errors import SchoolgateError, StoreError, StoreFull, Unreadable
from data.evidence.handed_in import BY_HAND
from data.frozen import freeze
from data.ids import digest
from data.store import sources as source_store
from data.store.engine.connect import Connection
from data.types import (
    Aggregate,
    ArticleRead,
    BackFill,
    FetchFailure,
    MailReply,
    Mention,
    MentionKind,
    Outcome,
    Page,
    Relevance,
    Request,
    Response,
    Route,
    School,
    Severity,
    Source,
    SourceRun,
    SourceState,
    Verdict,
)
from data.web.urls import canonical_url, is_profile
from data.words.say import words
from monitor.pipeline.judges import Judges
from sources.base import Collector, ReadsApart
from sources.http.politeness import HostJob, Spread
from sources.mailbox.address import is_graph, is_mailbox
from sources.own import is_the_notice
from sources.places import is_mastodon_tag
from sources.registry import CATALOGUE
from sources.registry import collector as collector_of
from sources.runs import MORE, detail_of, outcome_of
from sources.walls import KEY_USED_UP

# Reading one source: the loop over its pages, its limits and its stop rule.

EDIT_WINDOW = timedelta(days=7)
"""How far behind the newest mention read so far a list is still followed, for edits."""

DOCUMENTS_A_PAGE = 4
"""So many documents behind a list are read for each page that `max_pages` allows."""

MOST_BROKEN = 3
"""After so many documents that could not be read, no more are asked for in a run: each may take seconds."""

MOST_BACK = 1_000
"""Pages of a place that are read back at most: a list without an end stops here."""

FetchOne = Callable[[Request, SourceState | None], Response | FetchFailure]


class Work(StrEnum):
    """The kinds of our work that may fail while a source is asked."""

    READ = "read"
    JUDGE = "judge"
    SAVE = "save"


@freeze
class Failed:
    """A fault of ours: in which work, by which kind of error. `saved` says whether the store knows of it.
    `urgent` says that something was judged which is told at any hour, and is not saved: nobody is told of
    it."""

    work: Work
    kind: str
    saved: bool = True
    urgent: bool = False


@freeze
class Collected:
    """The yield of one source: its mentions, each id once, in the order read; and how it ended. `asked` is
    False where the site asked to be left alone and was: no run to be recorded. `articles` are what became of
    the articles behind its headlines, by mention; `replies` are those to mails of ours. `unplaced` are the
    articles (ids) of which nobody knows where they stand: by what place they came is all that is known.
    `failed` is the fault of ours that ended it, None where there was none."""

    source: Source
    run: SourceRun
    mentions: tuple[Mention, ...] = ()
    asked: bool = True
    articles: Mapping[str, ArticleRead] = field(default_factory=dict)
    replies: tuple[MailReply, ...] = ()
    unplaced: frozenset[str] = frozenset()
    failed: Failed | None = None


@dataclass(slots=True)
class _Reading:
    """The state of a reading: what has been read so far, and what is still to be asked for."""

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
    first: int = 0
    pages: int = 0
    documents: int = 0
    more: bool = False
    barred: bool = False
    resume: str | None = None
    second: Request | None = None
    aggregate: Aggregate | None = None
    notices: set[bool] = field(default_factory=set)
    replies: list[MailReply] = field(default_factory=list)


def collect(
    source: Source,
    state: SourceState,
    collector: Collector,
    fetch: FetchOne,
    clock: Clock,
    apart: Apart = here,
    fill: BackFill | None = None,
) -> Collected:
    """Read a source to its limits or to what is known already. Never raises for what a site does.

    Pages of a list are read up to `max_pages`, documents behind it up to four times as many. A thread
    is read on from where the last reading ended. A failure after the first page keeps what was read and
    becomes a warning; a failure on the first page is the run's outcome. `apart` is where a page is read.
    With `fill`, it goes on where that ended.
    """
    started = clock()
    if source.disabled:
        run = SourceRun(source.id, started, started, Outcome.DISABLED, detail=source.disabled)
        return Collected(source, run)
    if state.not_before is not None and started < state.not_before:
        return _leave_alone(source, state, state.not_before, started, fill)
    known = state if state.scope == scope_of(source) else replace(state, watermark=None, resume=None)
    if fill is not None:  # a list is read until it has passed that time
        known = SourceState(source.id, watermark=fill.goal_at + EDIT_WINDOW)
    reading = _Reading(source, collector, known, started, apart)
    reading.waiting.extend((fill and fill.left) or collector.requests(source, known, started))
    reading.first = 0 if fill else sum(one.auth is not None for one in reading.waiting)
    first = state if fill is None and state.scope == scope_of(source) else None
    again = _read_pages(reading, first, fetch, goes_on=fill is None)
    left = (*reading.behind, *reading.waiting, *again)
    reading.more = reading.more and fill is None
    mentions = tuple(reading.mentions.values())
    run = _make_run(reading, mentions, clock())
    if fill is not None:
        run = replace(run, back=_go_on(fill, run, mentions, left, failed=bool(again)))
        return without_older(Collected(source, run, mentions), fill.goal_at)
    if left and state.scope != scope_of(source) and not (reading.resume and left[0].auth):
        back = BackFill(source.id, (), started, started - source_store.READ_BACK)
        back = _go_on(back, run, mentions, left, failed=bool(again))
        run = replace(run, back=replace(back, stepped_at=None))
    return Collected(source, run, mentions, replies=tuple(reading.replies))


def _leave_alone(
    source: Source, state: SourceState, until: datetime, now: datetime, fill: BackFill | None
) -> Collected:
    """The run of a source that asked to be left alone until then. Of a key that is used up its own words say
    so."""
    detail = state.last_detail
    if not detail.startswith(KEY_USED_UP):
        day = words("en").day(until.date(), now.date())
        detail = f"the site asks for no request before {until:%H:%M} UTC on {day}"
    wait_s = (until - now).total_seconds()
    run = SourceRun(source.id, now, now, Outcome.BLOCKED, detail=detail, retry_after_s=wait_s)
    run = replace(run, back=fill and replace(fill, again_at=until))
    return Collected(source, run, asked=fill is not None)


def _read_pages(
    reading: _Reading, state: SourceState | None, fetch: FetchOne, *, goes_on: bool
) -> list[Request]:
    """Ask for one page after another, for the first by what is known of it (`state`); give those that are to
    be asked for again. After such a failure it only `goes_on` where nothing is read back."""
    again: list[Request] = []
    while not reading.barred and (request := _next_request(reading)) is not None:
        first = not reading.responses and not reading.failures
        failures = len(reading.failures)
        answer = fetch(request, state if first else None)
        if isinstance(answer, FetchFailure):
            _note_failure(reading, answer)
        else:
            _take_page(reading, request, answer)
        if len(reading.failures) > failures and reading.failures[-1].outcome not in _LEFT_OUT:
            again.append(request)
            reading.barred = reading.barred or not goes_on
    return again


_LEFT_OUT = (Outcome.GONE, Outcome.MALFORMED, Outcome.TOO_LARGE)
"""Failures that leave a page out of what is read back; after any other it is asked for again."""


def _go_on(
    fill: BackFill, run: SourceRun, read: Sequence[Mention], left: tuple[Request, ...], *, failed: bool
) -> BackFill:
    """Give how far it has got with this run, and what is `left`."""
    times = [m.published for m in read if m.published is not None]
    times += [fill.reached_at] if fill.reached_at else []
    pages, now = fill.pages + run.pages, run.finished_at
    on = replace(
        fill, left=left, pages=pages, reached_at=min(times, default=None), failures=0, stepped_at=now,
        again_at=None, ended_at=now if not left or pages >= MOST_BACK else None,
    )  # fmt: skip
    return replace(on, failures=fill.failures).put_off(now, run.retry_after_s or 0.0) if failed else on


def scope_of(source: Source) -> str:
    """Stands for the schools a source is read for: what one reading learns holds for these alone."""
    return digest(*sorted(source.urns))[:16]


def _next_request(reading: _Reading) -> Request | None:
    """The next request within the limits, pages first, none twice, and none of somebody's profile."""
    pages = max(reading.source.max_pages, reading.first)
    documents = reading.source.max_pages * DOCUMENTS_A_PAGE
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


def _note_failure(reading: _Reading, failure: FetchFailure) -> None:
    """Remember it; a site that bars us, or whose documents keep breaking, is not asked again in this run."""
    reading.failures.append(failure)
    if failure.url == reading.state.resume and reading.second is not None:
        reading.state = replace(reading.state, resume=None)
        reading.waiting.append(reading.second)
    if reading.responses:
        reading.warnings.append(f"page {len(reading.responses) + 1} could not be read: {failure.detail}")
        if CATALOGUE[reading.source.kind].key:
            reading.unread.append(failure.detail)
    broken = sum(each.outcome is Outcome.MALFORMED for each in reading.failures)
    if failure.outcome is Outcome.BLOCKED or broken >= MOST_BROKEN:
        reading.more = reading.more or bool(reading.waiting or reading.behind)
        reading.barred = True


def _take_page(reading: _Reading, request: Request, answer: Response) -> None:
    """Takes in a page; one that could not be read to its end counts as one that did not come."""
    try:
        nothing_new = answer.status == 304
        pages = [] if nothing_new else list(_parse_apart(reading, answer))
    except Unreadable as error:
        told = (Outcome.MALFORMED, request.url, str(error), answer.fetched_at, answer.status)
        _note_failure(reading, FetchFailure(*told))
        return
    first = not reading.responses
    reading.responses.append(answer)
    if nothing_new and is_graph(answer.url):
        reading.resume = answer.url
    if pages and answer.status == 206:
        part = "The answer came only in part; what came was read."
        warned = replace(pages[0], warnings=(part, *pages[0].warnings), unread=(part, *pages[0].unread))
        pages[0] = warned
    for page in pages:
        _add_page(reading, request, page, first=first)


def _parse_apart(reading: _Reading, answer: Response) -> Iterator[Page]:
    """Read a document; one that is handed over once, and cannot be read as a whole, a piece at a time."""
    by, source = reading.collector, reading.source
    try:
        yield reading.apart(by.parse, source, answer)
        return
    except Unreadable:
        if not isinstance(by, ReadsApart) or not (parts := by.split(answer)):
            raise
    lost = []
    for part in parts:
        try:
            yield reading.apart(by.parse, source, part)
        except Unreadable:
            lost.append(part)
    yield by.give_up(source, lost)


def _add_page(reading: _Reading, request: Request, page: Page, *, first: bool) -> None:
    clash = sum(m.id in reading.mentions and reading.mentions[m.id].text != m.text for m in page.mentions)
    reading.mentions.update((m.id, m) for m in page.mentions)
    if clash:
        reading.warnings.append(
            f"{clash} posts bore the number of another with other words; the last was kept."
        )
    reading.warnings.extend(page.warnings)
    reading.left_out.extend(page.left_out)
    reading.unread.extend(page.unread)
    reading.replies.extend(page.replies)
    reading.aggregate = reading.aggregate or page.aggregate
    if page.notice is not None:
        reading.notices.add(page.notice)
    thread = (
        request.auth is None
        and page.resume is None
        and any(m.kind is MentionKind.REPLY for m in page.mentions)
    )
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


def _make_run(reading: _Reading, mentions: tuple[Mention, ...], finished: datetime) -> SourceRun:
    first = reading.responses[0] if reading.responses else None
    failure = reading.failures[0] if reading.failures and first is None else None
    outcome, detail = _ending(reading, mentions)
    complete = not (
        reading.failures or reading.more or reading.unread
    )  # all that was there was read, as far as we know
    times = [m.published for m in mentions if m.published is not None and m.published <= finished]
    unfinished = []  # what was not read at all is the most important warning
    if reading.more and reading.responses:
        limit = f"{MORE} the {len(reading.responses)} pages that were read (max_pages)."
        unfinished = [limit + (" The next scan reads on from there." if reading.resume else "")]
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
        warnings=(*unfinished, *reading.warnings, *reading.left_out),
        etag=single.header("etag") if single else None,
        last_modified=single.header("last-modified") if single else None,
        retry_after_s=max((f.retry_after_s for f in reading.failures if f.retry_after_s), default=None),
        watermark=max(times, default=None) if complete else None,
        scope=scope_of(reading.source),
        resume=reading.resume or reading.state.resume,
        aggregate=reading.aggregate,
        notice=any(reading.notices) if reading.notices else None,
    )


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


# What is found on the school's own pages and accounts: whose it is, and what becomes of it.

EARLIER_DAYS = 60
"""How far back an account's posts are looked at for the languages it posts in."""


def source_for_linking(source: Source) -> Source:
    """Return the source as linking is to see it: everything on an account of the school's own is about it."""
    return replace(source, listing=True) if source.own else source


def is_on_own_place(url: str, school: School, sources: Sequence[Source]) -> bool:
    """Check whether the address is on the school's website, or below that of an account of its own."""
    address = canonical_url(url)
    accounts = (canonical_url(s.url) for s in sources if s.own and school.urn in s.urns)
    below = any(address == own or address.startswith((f"{own}/", f"{own}?")) for own in accounts)
    return below or on_site(url, school)


def is_own_post(verdict: Verdict) -> bool:
    """The school's own news: nobody's opinion, so it joins no story."""
    return verdict.route is Route.IGNORE and any(r.code == OWN_POST for r in verdict.reasons)


def adjust_for_own_account(
    verdicts: Sequence[Verdict], collected: Collected, before: Sequence[Language], judges: Judges
) -> tuple[Verdict, ...]:
    """Adjust the verdicts on an account of the school's own by who posted and whether it is odd. `before` are
    the languages that the account posted in. Elsewhere, and of what a person handed in, we cannot tell whose
    it is: what tags such an account or is found on one is treated as the posts of others."""
    source = collected.source
    if not verdicts:
        return ()
    mentions = {m.id: m for m in collected.mentions}
    if not source.own or source.kind == BY_HAND:
        return tuple(
            settle_tag(v, m, school)
            if v.relevance is not Relevance.NOT_ABOUT and (source.own or tags_account(m, school))
            else v
            for v, m, school in ((v, mentions[v.mention_id], judges.schools[v.urn]) for v in verdicts)
        )
    author = own_author(collected.mentions)
    return tuple(_adjust_verdict(v, mentions, source, author, before, judges) for v in verdicts)


def _adjust_verdict(
    verdict: Verdict,
    mentions: Mapping[str, Mention],
    source: Source,
    author: str | None,
    before: Sequence[Language],
    judges: Judges,
) -> Verdict:
    mention, school = mentions[verdict.mention_id], judges.schools[verdict.urn]
    if not posted_by_account(mention, source, school, author):
        return settle_tag(verdict, mention, school, by_visitor=True)
    if is_the_notice(f"{mention.title}\n{mention.text}", source.notice):
        verdict = replace(
            verdict, route=Route.IGNORE, severity=Severity.NOTHING, restricted=False, abuse=(), reasons=()
        )
    others = [m for m in mentions.values() if posted_by_account(m, source, school, author)]
    came = [m for m in others if m.published and mention.published and m.published < mention.published]
    earlier = [*before, *(recognise_language(f"{m.title}\n{m.text}") for m in came)]
    found = settle_own_post(verdict, mention, school, judges.means(school.urn).zone, earlier)
    if judges.policy.names_permitted:
        return found
    adults = [p.name for p in judges.people_of(school.urn)]
    named = names_pupil(f"{mention.title}\n{mention.text}", adults)
    return with_pupil_named(found, named) if named else found


def languages_before(con: Connection, collected: Collected, now: datetime) -> list[Language]:
    """List the languages of what was kept of the school's own account, less what the page shows now."""
    source = collected.source
    if not source.own or source.kind == BY_HAND:
        return []
    kept = source_store.earlier_posts(con, source.id, now - timedelta(days=EARLIER_DAYS), OWN_POST)
    shown = {m.id for m in collected.mentions}
    return [recognise_language(text) for mention_id, text in kept if mention_id not in shown]


# Asking one source: what it gave, or which fault of ours ended it, which is told and stops no other.

log = logging.getLogger("schoolgate.scan")
I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


def note_fault(
    source: Source, run: SourceRun, work: Work, error: Exception, *, urgent: bool = False
) -> Collected:
    """The source as a fault of ours ended its run: of what it learnt only what the site asked of us is kept.
    The fault's kind and place are logged, never its text, which may hold a post's; a SchoolgateError's own
    sentence is for people."""
    log.error("source=%s work=%s fault=%s at=%s", run.source_id, work.value, *fault_to_log(error))
    told = str(error) if isinstance(error, SchoolgateError) else f"{type(error).__name__}; please report it"
    ended = SourceRun(
        run.source_id,
        run.started_at,
        max(run.finished_at, run.started_at),
        Outcome.OUR_FAULT,
        detail=f"it could not be {_DONE[work]}: {told}",
        retry_after_s=run.retry_after_s,
        back=run.back,
    )
    return Collected(source, ended, failed=Failed(work, type(error).__name__, urgent=urgent))


_DONE = {Work.READ: "read", Work.JUDGE: "judged", Work.SAVE: "saved"}


def fault_to_log(error: Exception) -> tuple[str, str]:
    """The fault's kind and place, which is all that is logged of it."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__, "nowhere"
    where = frames[-1]
    return type(error).__name__, f"{where.filename}:{where.lineno}"


class NotOpened(Exception):
    """The store could not be opened: for one as little as for all, and each had to wait as long again."""


@contextmanager
def open_connection(store: AbstractContextManager[Connection]) -> Iterator[Connection]:
    """Open the store's connection. Raises NotOpened, caused by what barred it."""
    with ExitStack() as stack:
        try:
            con = stack.enter_context(store)
        except Exception as error:
            raise NotOpened from error
        yield con


def isolate_faults(
    items: Sequence[I],
    work: Callable[[Sequence[I]], Sequence[R]],
    pressing: Callable[[I], bool] | None = None,
) -> list[R | Exception]:
    """Do the work for each, aligned. Where it fails for all together it is done one by one, and an error
    stands for whoever it fails for. Where it is the store that cannot be opened, nobody waits for it again:
    that is each one's error. Once the disk was too full for one, only what is `pressing` is tried."""
    found, fault = _try_work(items, work)
    if fault is None:
        return found
    if len(items) == 1 or isinstance(fault, NotOpened):
        return [_cause(fault)] * len(items)
    log.warning("of=%d fault=%s at=%s taken=one_by_one", len(items), *fault_to_log(fault))
    full: StoreFull | None = None
    for n, item in enumerate(items):
        if full is not None and pressing is not None and not pressing(item):
            found.append(full)
            continue
        one, fault = _try_work([item], work)
        if isinstance(fault, NotOpened):
            return found + [_cause(fault)] * (len(items) - n)
        if isinstance(fault, StoreFull):
            full = fault
        found += one if fault is None else [fault]
    return found


def _try_work(
    items: Sequence[I], work: Callable[[Sequence[I]], Sequence[R]]
) -> tuple[list[R | Exception], Exception | None]:
    try:
        return list(work(items)), None
    except Exception as error:  # noqa: BLE001 - one source's fault must not stop the others; told, not hidden
        return [], error


def _cause(fault: Exception) -> Exception:
    cause = fault.__cause__
    return cause if isinstance(fault, NotOpened) and isinstance(cause, Exception) else fault


class SourceReader(Protocol):
    """The way a source is asked: the fetcher."""

    @property
    def apart(self) -> Apart: ...

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure: ...


Ask = Callable[[Source, SourceState, SourceReader, Clock], Collected]
"""Asks one source."""


class ScanReader(SourceReader, Protocol):
    """A `SourceReader` that also does jobs in threads of its own: the fetcher, or a stand-in for it."""

    def start_jobs(
        self, jobs: Iterable[HostJob[R]], *, stopped: Callable[[], bool], full: Callable[[], bool]
    ) -> Spread[R]: ...


Replied = Callable[[Sequence[MailReply], datetime], None]
"""Does what people's replies say; raises StoreError, and they are read again."""


def ask_source(
    source: Source,
    state: SourceState,
    reader: SourceReader,
    clock: Clock,
    replied: Replied | None = None,
    fill: BackFill | None = None,
) -> Collected:
    """Asks one source. Never raises for what a site does, nor for a fault of ours in reading it. Replies are
    acted on at once, before what is judged is saved: an alarm waits for them. With `fill` it is read back."""
    began = clock()
    try:
        by = collector_of(source.kind)
        collected = collect(source, state, by, reader.fetch, clock, reader.apart, fill)
        if replied is not None and collected.replies:
            replied(collected.replies, clock())
        return collected
    except StoreError as error:
        return note_fault(source, SourceRun(source.id, began, clock(), Outcome.OK), Work.SAVE, error)
    except SchoolgateError as error:
        outcome = Outcome.OUR_FAULT if fill else Outcome.MISCONFIGURED
        run = SourceRun(source.id, began, clock(), outcome, detail=str(error), back=fill)
        return Collected(source, run)
    except Exception as error:  # noqa: BLE001 - one source's bug must not stop the others; told, not hidden
        run = SourceRun(source.id, began, clock(), Outcome.OK, back=fill)
        return note_fault(source, run, Work.READ, error)


def without_older(collected: Collected, since: datetime) -> Collected:
    """Leave out what is older, and all marks, so that the next reading begins again."""
    kept = tuple(m for m in collected.mentions if m.published is None or m.published >= since)
    run = replace(collected.run, etag=None, last_modified=None, watermark=None)
    if is_mailbox(collected.source.url):
        run = replace(run, resume=None)
    return replace(collected, run=run, mentions=kept)
