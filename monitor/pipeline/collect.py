"""Reading places: what is due, what each brought, posts that are one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

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
from classifiers.stories import ALIKE, runs
from classifiers.text.language import Language, recognise_language
from data.effects import Apart, here
from data.errors import Unreadable
from data.ids import digest, mention_id, text_hash
from data.judged import may_be_grave, route_rank
from data.store import sources as account_store
from data.store.engine.connect import Connection
from data.store.mentions.person_reports import PostThere
from data.types import (
    Aggregate,
    ArticleRead,
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
from data.web.channels import is_of_many_posts
from data.web.profiles import is_profile
from data.web.urls import canonical_url
from data.words.say import words
from monitor.pipeline.judges import Judges
from monitor.pipeline.sighting import SOURCE_ID, Report, child_image_id
from sources.base import Collector
from sources.mailbox.address import is_graph
from sources.own import is_the_notice
from sources.places.searches import is_mastodon_tag
from sources.source_health import detail_of, outcome_of

# Reading one source: the loop over its pages, its limits and its stop rule.

EDIT_WINDOW = timedelta(days=7)
"""How far behind the newest mention read so far a list is still followed, for edits."""

DOCUMENTS_A_PAGE = 4
"""So many documents behind a list are read for each page that `max_pages` allows."""

MOST_BROKEN = 3
"""After so many documents that could not be read, no more are asked for in a run: each may take seconds."""

FetchOne = Callable[[Request, SourceState | None], Response | FetchFailure]


@dataclass(frozen=True, slots=True)
class Collected:
    """The yield of one source: its mentions, each id once, in the order read; and how it ended.

    `asked` is False where the site asked to be left alone and was: no run to be recorded. `articles` are what
    became of the articles behind its headlines, by mention; `replies` are those to mails of ours.
    """

    source: Source
    run: SourceRun
    mentions: tuple[Mention, ...] = ()
    asked: bool = True
    articles: Mapping[str, ArticleRead] = field(default_factory=dict)
    replies: tuple[MailReply, ...] = ()


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
    pages: int = 0
    documents: int = 0
    more: bool = False
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
            _note_failure(reading, answer)
        else:
            _take_page(reading, request, answer)
    mentions = tuple(reading.mentions.values())
    return Collected(source, _run(reading, mentions, clock()), mentions, replies=tuple(reading.replies))


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


def _note_failure(reading: _Reading, failure: FetchFailure) -> None:
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


def _take_page(reading: _Reading, request: Request, answer: Response) -> None:
    """Takes in a page; one that could not be read to its end counts as one that did not come."""
    try:
        nothing_new = answer.status == 304
        page = None if nothing_new else reading.apart(reading.collector.parse, reading.source, answer)
    except Unreadable as error:
        told = (Outcome.MALFORMED, request.url, str(error), answer.fetched_at, answer.status)
        _note_failure(reading, FetchFailure(*told))
        return
    first = not reading.responses
    reading.responses.append(answer)
    if nothing_new and is_graph(answer.url):
        reading.resume = answer.url
    if page is not None and answer.status == 206:
        part = "The answer came only in part; what came was read."
        page = replace(page, warnings=(part, *page.warnings), unread=(part, *page.unread))
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
    reading.replies.extend(page.replies)
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
        warnings=_list_warnings(reading),
        etag=single.header("etag") if single else None,
        last_modified=single.header("last-modified") if single else None,
        retry_after_s=max((f.retry_after_s for f in reading.failures if f.retry_after_s), default=None),
        watermark=max(times, default=None) if complete else None,
        scope=scope_of(reading.source),
        resume=reading.resume or reading.state.resume,
        aggregate=reading.aggregate,
        notice=any(reading.notices) if reading.notices else None,
    )


def _list_warnings(reading: _Reading) -> tuple[str, ...]:
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


# Which post a report is of: what was said there, not where. Pure.


def is_address_of_many(url: str) -> bool:
    """Check whether it is the address of a group, a chat or a page, and so of many posts."""
    return is_of_many_posts(url) or is_profile(url)


def same_post(report: Report, there: Sequence[PostThere]) -> PostThere | None:
    """The post at its address that was known in the very words; of an address alone the first with words."""
    if report.child_image:
        return None
    if not report.text or _has_too_few_words(report):
        first = next((post for post in there if post.text), there[0] if there else None)
        return None if is_address_of_many(report.url) else first
    said = text_hash("", report.text)
    return next((post for post in there if text_hash("", post.text) == said), None)


def near_copy(report: Report, there: Sequence[PostThere]) -> PostThere | None:
    """The post at its address of which its words are likeliest a copy, with the same names, numbers, times
    and “not”s, since no judgement may weigh these; None where they are of none."""
    return likeliest(report, [post for post in there if not _says_otherwise(report.text, post.text)])


def likeliest(report: Report, posts: Sequence[PostThere]) -> PostThere | None:
    """The one of these posts of which its words are likeliest a copy, be it with other names; or None."""
    mine = frozenset() if report.child_image else runs(report.text)
    shares = [(_share(mine, runs(post.text)), post) for post in posts]
    share, post = max(shares, key=lambda one: one[0], default=(0.0, None))
    return post if share >= ALIKE else None


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


_WORD = re.compile(r"(^|[.!?:\n]\W*)?([\w'’]+)")
_TELLS = re.compile(
    r".*\d|(?:ai|are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)n['’]?t"
    r"|not?|never|nobody|none|nothing|neither|nor|without|cannot|now|soon|noon|midnight"
    r"|today|tonight|tomorrow|yesterday|morning|afternoon|evening|night|week|weekend|before|after"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)


def _says_otherwise(one: str, other: str) -> bool:
    """Is a word replaced or moved, be it a name in small letters? Or is one of those above there, or not?"""
    (said, words), (known, others) = _telling_words(one), _telling_words(other)
    less, more = sorted((words, others), key=len)
    rest = iter(more)
    return said != known or not all(word in rest for word in less)


def _telling_words(text: str) -> tuple[list[str], list[str]]:
    """List what a text tells by single words within its sentences, and all its words, in their order."""
    tells, words = [], []
    for match in _WORD.finditer(text):
        word = match[2]
        words.append(word.casefold())
        if match[1] is None and (word[0].isupper() or _TELLS.fullmatch(word)):
            tells.append(word.casefold())
    return tells, words


def make_mention(report: Report, same: PostThere | None, now: datetime) -> Mention:
    """Make a mention of the report; of a post that is known, that one in the words in which it is known."""
    mention = Mention(
        id=_id(report),
        url=report.url,
        channel=report.channel,
        kind=MentionKind.POST,
        title="",
        text=report.text,
        fetched_at=now,
        author=report.author,
        published=None,
    )
    if same is None:
        return mention
    return replace(
        mention,
        id=same.mention_id,
        channel=same.channel,
        kind=same.kind,
        parent=same.parent,
        title=same.title,
        text=same.text,
    )


def apart(mention: Mention, report: Report) -> Mention:
    """The same as a mention of its own: its words are known, and a person says more of them now."""
    said = f"{report.says.danger} {report.says.who} {report.says.about}"
    return replace(mention, id=mention_id(SOURCE_ID, f"{mention.id} {said}"))


def adds_to(judged: Iterable[Verdict], known: Iterable[Verdict]) -> bool:
    """Is it graver than what is `known` of the post that it copies, or may it mean somebody more?"""
    before = {v.urn: v for v in known}
    return any(v.urn not in before or _adds(v, before[v.urn]) for v in judged)


def _adds(one: Verdict, other: Verdict) -> bool:
    rises = (
        one.severity > other.severity,
        route_rank(one.route) > route_rank(other.route),
        one.restricted > other.restricted,
        one.look and not may_be_grave(other),
        not {*one.abuse} <= {*other.abuse},
    )
    meant = {(m.who, m.harm) for m in (*one.endangers, *one.accuses)}
    return any(rises) or not meant <= {(m.who, m.harm) for m in (*other.endangers, *other.accuses)}


def _has_too_few_words(report: Report) -> bool:
    """Check whether these are too few words to be known by, so that they are another post at another
    moment.
    """
    return not runs(report.text) and (not report.url or is_address_of_many(report.url))


def _id(report: Report) -> str:
    """By its address and words, by its place and words where it has none."""
    address = canonical_url(report.url) if report.url else ""
    if report.child_image:
        at = f"{report.seen_at.isoformat()}{report.text}{report.handed.file_at}"
        return child_image_id(report.url or at)
    words = text_hash("", report.text)
    if _has_too_few_words(report):
        words = f"{words} {report.seen_at.isoformat()}"
    return mention_id(SOURCE_ID, f"{address or report.channel} {words}")


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
    """Adjust the verdicts on an account of the school's own by who posted and whether it is odd.

    `before` are the languages that the account posted in. Elsewhere, and of what a person handed in, we
    cannot tell whose it is: what tags such an account or is found on one is treated as the posts of others.
    """
    source = collected.source
    if not verdicts:
        return ()
    mentions = {m.id: m for m in collected.mentions}
    if not source.own or source.kind == SOURCE_ID:
        return tuple(
            settle_tag(v, m, school)
            if v.relevance is not Relevance.NOT_ABOUT and (source.own or tags_account(m, school))
            else v
            for v, m, school in ((v, mentions[v.mention_id], judges.schools[v.urn]) for v in verdicts)
        )
    author = own_author(collected.mentions)
    return tuple(_one(v, mentions, source, author, before, judges) for v in verdicts)


def _one(
    verdict: Verdict,
    mentions: Mapping[str, Mention],
    source: Source,
    author: str | None,
    before: Sequence[Language],
    judges: Judges,
) -> Verdict:
    mention, school = mentions[verdict.mention_id], judges.schools[verdict.urn]
    if not posted_by_account(mention, source, school, author):
        return settle_tag(verdict, mention, school)
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
    """List the languages of the posts that were kept of an account of the school's own, less those that the
    page shows now.
    """
    source = collected.source
    if not source.own or source.kind == SOURCE_ID:
        return []
    kept = account_store.earlier_posts(con, source.id, now - timedelta(days=EARLIER_DAYS), OWN_POST)
    shown = {m.id for m in collected.mentions}
    return [recognise_language(text) for mention_id, text in kept if mention_id not in shown]
