"""Which places are proposed for the schools that are set up: what needs looking up is looked up first."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alerts.wording.digest.headlines import fit, headline_and_paper, plain_headline
from alerts.wording.matters import channel_name
from data.digest import Headline
from data.effects import Apart, Clock, Timer
from data.errors import Unreadable
from data.frozen import freeze
from data.judged import calls_for_alert
from data.store.engine.rows import group_pairs
from data.types import (
    FetchFailure,
    Match,
    Mention,
    MentionKind,
    Outcome,
    Relevance,
    Request,
    Response,
    School,
    Severity,
    Source,
    SourceRun,
    SourceState,
    Verdict,
)
from data.web.channels import WEBSITE, channel_at, host_of
from data.web.urls import canonical_url
from data.words.say import words
from monitor.config.home.lookup import free
from monitor.pipeline.collect import Collected, SourceReader, ask_source, source_for_linking
from monitor.pipeline.judge import verdicts_on
from monitor.pipeline.judges import Judges
from monitor.terminal.output import terminal_columns, visible
from monitor.terminal.progress import Progress
from monitor.terminal.wording import outcome_words, pace_words
from sources.fetch import Fetcher
from sources.http.politeness import HostJob, Limits
from sources.nature import CHANNEL_OF, Nature, said_or_sure
from sources.places import Proposal, search_spellings
from sources.propose import (
    Behind,
    Outlet,
    article_requests,
    articles_in,
    by_address,
    count_outlets,
    make_proposal,
    paper_feeds,
    papers,
    places_behind_page,
    propose,
    request_front_page,
)
from sources.registry import needs_leave
from sources.walls import needs_scripts

# A place read once, to see what watching it would bring. Nothing is stored and nobody is told. What is shown
# has been judged like everything that a scan reads: words that are restricted or must not be repeated are
# left out.

SHOWN = 5
"""So many finds of one place are shown."""
_WORDS = 12
_RANK = {Relevance.ABOUT: 0, Relevance.UNSURE: 1, Relevance.NOT_ABOUT: 2}
_EVEN = 0.5
_UNDER_A_TITLE = (MentionKind.REPLY, MentionKind.EDIT)
"""Their title is their thread's, or their page's with the editor's name."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@freeze
class Find:
    """One post or article, as it is shown to somebody who decides whether its place is to be watched.

    `said` is its title or its first dozen words, "" where they must not be shown; then `why` is "" too.
    `place` is the outlet, or the site and what kind of place it is. `why` says whose it is, in a sentence.
    `source_id` is the place that it was read in.
    """

    source_id: str
    said: str
    place: str
    published: datetime | None
    relevance: Relevance
    why: str = ""


@freeze
class Linked:
    """One mention of a source, with the school that it is likeliest about."""

    mention: Mention
    match: Match
    source: Source

    @property
    def rank(self) -> tuple[int, bool, float]:
        """By what they are shown: those about the school first, its own posts last, the newest first."""
        newest = -(self.mention.published or _LONG_AGO).timestamp()
        return _RANK[self.match.relevance], self.source.own, newest

    @property
    def thread(self) -> tuple[str, str]:
        """Return the key of its thread; a reply has its thread's title."""
        mention = self.mention
        return self.source.id, mention.title or mention.parent or mention.id


@freeze
class PlacePreview:
    """A place read once; `about` and `perhaps` count what is surely and perhaps about a school. `dangers` are
    posts of which a scan would tell somebody at once."""

    source: Source
    run: SourceRun
    about: int = 0
    perhaps: int = 0
    finds: tuple[Find, ...] = ()
    dangers: tuple[Linked, ...] = ()


def preview_place(
    source: Source, reader: SourceReader, judges: Judges, clock: Clock,
    theirs: Container[str] | None = None, *, for_danger: bool = False,
) -> PlacePreview:  # fmt: skip
    """Reads a source once and gives what is about `theirs`, or all; a find alone loads the model. All of it
    is judged only `for_danger`."""
    collected = read_first_page(source, reader, clock)
    found = [one for one in link_posts(collected, judges) if theirs is None or one.match.urn in theirs]
    return PlacePreview(
        source,
        collected.run,
        about=count_linked(found, Relevance.ABOUT),
        perhaps=count_linked(found, Relevance.UNSURE),
        finds=finds(found, judges),
        dangers=find_dangers(found, judges) if for_danger else (),
    )


def read_first_page(source: Source, reader: SourceReader, clock: Clock) -> Collected:
    """The first page of a source, and what stands behind it. Never raises for what a site does."""
    found = ask_source(replace(source, max_pages=1), SourceState(source.id), reader, clock)
    return replace(found, source=source)


def link_posts(collected: Collected, judges: Judges) -> list[Linked]:
    """Link what was read, each to its school; nothing where no school of the source is known."""
    source, mentions = collected.source, collected.mentions
    matches = judges.linker.link(mentions, source_for_linking(source)) if mentions else []
    return [
        Linked(mention, min(found, key=lambda m: (_RANK[m.relevance], -m.score)), source)
        for mention, found in zip(mentions, matches, strict=True)
        if found
    ]


def count_linked(found: Iterable[Linked], relevance: Relevance) -> int:
    return sum(one.match.relevance is relevance for one in found)


def find_dangers(found: Sequence[Linked], judges: Judges) -> tuple[Linked, ...]:
    """Those that may be ours and are for the safeguarding lead, or cannot wait an hour."""
    ours = [one for one in found if one.match.relevance is not Relevance.NOT_ABOUT]
    verdicts = verdicts_on([(one.mention, (one.match,)) for one in ours], judges)
    grave = {
        v.mention_id
        for v in verdicts
        if calls_for_alert(v) and (v.restricted or v.severity is Severity.THIS_HOUR)
    }
    return tuple(one for one in ours if one.mention.id in grave)


def finds(found: Sequence[Linked], judges: Judges) -> tuple[Find, ...]:
    """The first of them, those about a school first, the newest first, each headline once."""
    kept: dict[str, Linked] = {}  # several searches bring the same article: the first of each headline
    for one in sorted(found, key=lambda one: one.rank):
        kept.setdefault(_title_and_place(one)[0].casefold() or one.mention.id, one)
    chosen = list(kept.values())[:SHOWN]
    if not chosen:
        return ()
    threads = {one.thread for one in chosen}
    beside = [one for one in found if one.thread in threads]
    # what we think of each, by its id: as it was linked, and as if it were ours, since it is shown too
    pairs = [(one.mention, (one.match, Match(one.match.urn, Relevance.UNSURE, _EVEN))) for one in beside]
    verdicts = group_pairs((verdict.mention_id, verdict) for verdict in verdicts_on(pairs, judges))
    closed = {one.thread for one in beside if any(v.restricted for v in verdicts[one.mention.id])}
    return tuple(_find(one, verdicts[one.mention.id], judges, closed) for one in chosen)


def _find(
    one: Linked, verdicts: Sequence[Verdict], judges: Judges, closed: Collection[tuple[str, str]]
) -> Find:
    said, place = _title_and_place(one)
    people = judges.people_of(one.match.urn)
    shown = one.thread not in closed and fit(said, verdicts, people)
    reason = one.match.reasons[0].text if shown and one.match.reasons else ""
    why = reason and f"{reason.partition(';')[0].rstrip('.')}."  # the rest says which other school it is not
    told = (said, place) if shown else ("", _site_of(one))
    return Find(one.source.id, *told, one.mention.published, verdicts[0].relevance, why)


def _title_and_place(one: Linked) -> tuple[str, str]:
    """Its title or first dozen words, and where it is."""
    mention, source = one.mention, one.source
    if mention.kind is MentionKind.ARTICLE and mention.title:
        names = {} if source.surfaced else {source.id: source.name}
        said, outlet = headline_and_paper(
            Headline(mention.title, mention.url, (source.id,)), names.keys(), names
        )
        return said, outlet or channel_name(mention.channel, words("en"))
    text = mention.text.split()
    first = " ".join(text[:_WORDS]) + (" …" if len(text) > _WORDS else "")
    titled = mention.title and mention.kind not in _UNDER_A_TITLE
    return plain_headline(mention.title if titled else first), _site_of(one)


def _site_of(one: Linked) -> str:
    """Say where it is, without a word of what it says: a title may end in what looks like an outlet."""
    site, kind = host_of(one.mention.url), channel_name(one.mention.channel, words("en"))
    return f"{site} ({kind})" if site else kind


# One look at the places that are proposed: all are asked at once, each host at its own pace, and it ends with
# the minute. At the end, what somebody sees of it: a table of the places, the first finds, those that stay
# off.

P = ParamSpec("P")
T = TypeVar("T")

MINUTE_S = 45.0
"""No page is asked for after so long; those asked for by then end within the minute."""
LOOK_UP_S = 15.0
"""Of which so many for looking up: of six schools, Wikipedia is asked for twenty pages, two seconds each."""
LIMITS = Limits(connect_s=5.0, deadline_s=10.0)
NO_TIME = "There was no time left to read it."


@freeze
class InTime:
    """The fetcher `until` a moment of the timer, in seconds; what was looked up is `kept` by address."""

    fetcher: Fetcher
    until: float
    clock: Clock
    timer: Timer = time.monotonic
    kept: dict[str, Response] = field(default_factory=dict, repr=False)

    @property
    def apart(self) -> Apart:
        """Return where what was fetched is read."""
        return self.fetcher.apart

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure:
        """The document while there is time, else that there was none."""
        if request.url in self.kept:
            return self.kept[request.url]
        if self.over():
            return FetchFailure(Outcome.UNREACHABLE, request.url, NO_TIME, self.clock())
        answer = self.fetcher.fetch(request, conditional)
        if isinstance(answer, Response):
            self.kept[request.url] = answer
        return answer

    def find_in_time(
        self, finds: Callable[P, tuple[T, ...]], *args: P.args, **named: P.kwargs
    ) -> tuple[T, ...]:
        """Find things in a document; nothing in one that takes more to read than any may."""
        try:
            return self.apart(finds, *args, **named)
        except Unreadable:
            return ()

    @staticmethod
    def for_a_minute(fetcher: Fetcher, clock: Clock) -> InTime:
        """The fetcher, for a minute from now."""
        return InTime(fetcher, time.monotonic() + MINUTE_S, clock)

    def within(self, seconds: float) -> InTime:
        """The same for so long at most."""
        return replace(self, until=min(self.until, self.timer() + seconds))

    def over(self) -> bool:
        return self.timer() >= self.until


@freeze
class PlaceRead:
    """A proposed place, and what reading it once gave: `run` is None where it was not read."""

    proposal: Proposal
    run: SourceRun | None = None
    found: tuple[Linked, ...] = ()

    @property
    def source(self) -> Source:
        return self.proposal.source

    @property
    def about(self) -> int:
        """Count how many of what was read are about a school that is watched for."""
        return count_linked(self.found, Relevance.ABOUT)

    @property
    def perhaps(self) -> int:
        return count_linked(self.found, Relevance.UNSURE)

    @property
    def was_read(self) -> bool:
        """Was it read, so that its site allows it?"""
        return self.run is not None and self.run.outcome.is_seen

    @property
    def late(self) -> bool:
        return self.run is not None and self.run.detail == NO_TIME


def survey(proposals: Sequence[Proposal], reader: InTime, judges: Judges) -> list[PlaceRead]:
    """Reads each place once whose terms allow it, showing which on a terminal; gives all in their order."""
    asked, progress = [p for p in proposals if not p.why_off], Progress()

    def one(proposal: Proposal) -> PlaceRead:
        progress.start_source(proposal.source)
        collected = read_first_page(replace(proposal.source, disabled=None), reader, reader.clock)
        return PlaceRead(proposal, collected.run, tuple(link_posts(collected, judges)))

    jobs = [HostJob(p.source.url, partial(one, p)) for p in asked]
    places: dict[str, PlaceRead] = {}
    with progress.over([p.source for p in asked]):
        for place in reader.fetcher.spread(jobs, stopped=reader.over):
            places[place.source.id] = place
            progress.step()
    now = reader.clock()
    for p in asked:
        missed = SourceRun(p.source.id, now, now, Outcome.UNREACHABLE, detail=NO_TIME)
        places.setdefault(p.source.id, PlaceRead(p, missed))
    return [places.get(p.source.id, PlaceRead(p)) for p in proposals]


def is_offline(places: Sequence[PlaceRead]) -> bool:
    """Could nothing at all be reached?"""
    runs = [place.run for place in places if place.run is not None]
    return bool(runs) and all(run.outcome is Outcome.UNREACHABLE for run in runs)


def first_failure(places: Sequence[PlaceRead]) -> str:
    """Return what the first place said that could not be reached."""
    return next((place.run.detail for place in places if place.run is not None), "")


def decide_places(places: Sequence[PlaceRead], now: datetime) -> Iterator[Proposal]:
    """The places as written: off, with the reason, where terms or robots.txt forbid reading; else on."""
    for place in places:
        why = place.proposal.why_off if place.run is None else None
        if place.run is not None and place.run.outcome is Outcome.REFUSED_BY_ROBOTS:
            why = f"{outcome_words(place.run.outcome)} (its robots.txt, {now.day} {now:%B %Y})"
        yield replace(place.proposal, source=replace(place.source, disabled=why))


NATURES = (Nature.PAPER, Nature.BOARD, Nature.BLOG, Nature.REVIEWS, Nature.BODY)
"""What somebody may say of a place; a page of the school's own is watched as one."""


def is_unknown(source: Source) -> bool:
    """Is what the place is neither said nor sure, and for somebody to say?"""
    searched = source.surfaced or channel_at(source.url) != WEBSITE
    return said_or_sure(source) is None and not searched


def with_nature(place: Proposal, nature: Nature | None) -> Proposal:
    """The place with the nature that somebody says; None: as shown, and nothing where none is sure."""
    source = place.source
    if nature is None and source.kind == "feed" and source.channel is None and not source.own:
        nature = said_or_sure(source)
    return replace(place, source=replace(source, channel=CHANNEL_OF[nature] if nature else source.channel))


NOT_SHOWN = "(its words are not shown here)"
WHOSE = {
    Relevance.ABOUT: "about you",
    Relevance.UNSURE: "perhaps about you",
    Relevance.NOT_ABOUT: "another’s",
}
_INDENT = " " * 4


def find_lines(finds: Sequence[Find], today: date, zone: ZoneInfo) -> Iterator[str]:
    """The first finds: whose each is, when and where it was published, its title, and why we think so."""
    w = words("en")
    for find in finds:
        when = w.brief_day(find.published, today, zone) if find.published else "no date"
        yield f"  {WHOSE[find.relevance]} · {when} · {visible(find.place)}"
        yield from _within(visible(find.said or NOT_SHOWN))
        if find.why:
            yield from _within(f"Why: {visible(find.why)}")


def _within(text: str) -> list[str]:
    return textwrap.wrap(text, terminal_columns(), initial_indent=_INDENT, subsequent_indent=_INDENT)


def say_outcome(place: PlaceRead) -> str:
    """Say how its reading went, or why it was not read yet."""
    if place.run is None or place.late:
        return "not yet: no time was left"
    said, outcome = outcome_words(place.run.outcome), place.run.outcome
    if outcome is Outcome.REFUSED_BY_ROBOTS:
        return f"off: {said}"
    said = "it shows nothing without its scripts" if needs_scripts(place.run.detail) else said
    return said if place.was_read else f"not yet: {said}{pace_words(outcome)}"


@freeze
class Looked:
    """The finds behind an address; `failure` is why it could not be read, where it could not."""

    places: tuple[Proposal, ...]
    failure: FetchFailure | None = None


def look_behind(
    address: str, urns: tuple[str, ...], taken: Collection[str], reader: InTime, *, own: bool = False
) -> Looked:
    """The places behind an address, best first, each with an id that nobody has; the page is asked once."""
    answer = reader.fetch(Request(address))
    failure = answer if isinstance(answer, FetchFailure) else None
    if isinstance(answer, FetchFailure):
        found = reader.find_in_time(by_address, address)
    else:
        found = reader.find_in_time(places_behind_page, answer, own=own)
    ids, places = set(taken), []
    for each in found:
        key = _new_key(each.url, ids)
        places.append(make_proposal(replace(each, name=place_name(each)), key, urns))
    return Looked(tuple(places), failure)


def off_until_leave(place: Proposal) -> Proposal:
    """Write it as switched off until somebody's leave is named: it needs no other line that says so."""
    if not needs_leave(place.source.kind, place.source.url):
        return place
    return replace(place, source=replace(place.source, disabled=None))


def same_place(url: str, sources: Iterable[Source]) -> Source | None:
    """The source that reads this address already."""
    known = canonical_url(url)
    return next((source for source in sources if canonical_url(source.url) == known), None)


def propose_places(
    schools: Sequence[School],
    sources: Sequence[Source],
    brought: Sequence[Mention],
    reader: InTime | None,
    known: Sequence[LookedUp] = (),
) -> tuple[Proposal, ...]:
    """Propose what could be watched and is not: for the schools, then the papers that searches brought most
    from. `known` is what was looked up; without a `reader` no paper is."""
    found = list(proposals(schools, known))
    if reader is not None:  # the papers' own feeds, most articles first
        wanted = papers(count_outlets(brought), [source.url for source in sources])
        jobs = [HostJob(request_front_page(outlet).url, partial(_paper, outlet, reader)) for outlet in wanted]
        feeds = {outlet: feed for outlet, feed in reader.fetcher.spread(jobs, stopped=reader.over)}
        found += [feed for outlet in wanted if (feed := feeds.get(outlet)) is not None]
    ids, new = {source.id for source in sources}, list[Proposal]()
    for place in found:
        if same_place(place.source.url, sources) is None:
            key = free(place.source.id, ids)
            ids.add(key)
            new.append(replace(place, source=replace(place.source, id=key)))
    return tuple(new)


def _paper(outlet: Outlet, reader: InTime) -> tuple[Outlet, Proposal | None]:
    """Its own feed. Some papers answer with “www.” before their name only."""
    for address in (request_front_page(outlet).url, f"https://www.{outlet.host}/"):
        front = reader.fetch(Request(address))
        if not isinstance(front, FetchFailure):
            return outlet, next(iter(reader.find_in_time(paper_feeds, outlet, front)), None)
    return outlet, None


def try_places(
    places: Sequence[Proposal], urns: Sequence[str], reader: InTime, judges: Judges
) -> list[PlaceRead]:
    """Each place that its terms allow, read once, with progress; one without schools is read for all."""
    asked = [
        place if place.source.urns else replace(place, source=replace(place.source, urns=tuple(urns)))
        for place in places
    ]
    read = survey(asked, reader, judges)
    return [replace(one, proposal=place) for one, place in zip(read, places, strict=True)]


# The places that are proposed for a school, once the net was asked.

_NAME = 60
_SPELLINGS = ((1, 3), (3, 2))
"""For up to so many schools so many spellings each; one for each of more, or the minute would not do."""


@freeze
class LookedUp:
    """The net's knowledge of one school; `unasked` is the host that did not answer."""

    urn: str
    articles: tuple[str, ...] = ()
    feeds: tuple[Proposal, ...] = ()
    unasked: str = ""


def look_up_schools(schools: Sequence[School], reader: InTime) -> list[LookedUp]:
    """Asks for each school's website and its likely Wikipedia articles, all at once."""
    jobs: list[HostJob[LookedUp]] = []
    for school in schools:
        if url := _front_page(school):
            jobs.append(HostJob(url, partial(_website, school, url, reader)))
        asked = article_requests(school)
        for _, same in groupby(asked, key=lambda request: urlsplit(request.url).hostname):
            pages = list(same)
            jobs.append(HostJob(pages[0].url, partial(_articles, school, pages, reader)))
    return list(reader.fetcher.spread(jobs, stopped=reader.over))


def hosts_without_answer(known: Sequence[LookedUp]) -> list[str]:
    """The hosts that did not answer when they were looked up, so that nobody knows what they name."""
    return sorted({one.unasked for one in known if one.unasked})


def looked_up_at(schools: Sequence[School]) -> tuple[str, ...]:
    """The hosts that looking up asks."""
    pages = (request.url for school in schools for request in article_requests(school))
    return tuple(sorted({host_of(url) for url in (*filter(None, map(_front_page, schools)), *pages)}))


def proposals(schools: Sequence[School], known: Sequence[LookedUp] = ()) -> tuple[Proposal, ...]:
    """The places to propose, each address once; its id says for which of several schools."""
    several = len(schools) > 1
    most = next((n for up_to, n in _SPELLINGS if len(schools) <= up_to), 1)
    found: dict[tuple[str, str], Proposal] = {}
    for school in schools:
        for proposal in _places_of_school(school, known, most):
            source = proposal.source
            same = found.get((source.kind, source.url))
            if same is not None:
                urns = tuple(dict.fromkeys((*same.source.urns, *source.urns)))
                found[source.kind, source.url] = replace(same, source=replace(same.source, urns=urns))
                continue
            key = f"{source.id}-{school.urn.lower()}" if several else source.id
            found[source.kind, source.url] = replace(proposal, source=replace(source, id=key))
    return tuple(found.values())


_A_FEED = re.compile(r"(?:\s*»\s*(?:RSS )?|\s+RSS )feed$", re.IGNORECASE)
"""What WordPress puts behind the name of a site whose feed it is."""
_LEFT_OUT = re.compile(r"\(…\)\W*")
_COMMENTS = re.compile(r"\bcomments\b", re.IGNORECASE)


def place_name(found: Behind) -> str:
    """Name it as a place is named: no address in it, nor that it is a feed."""
    name = _LEFT_OUT.sub("", plain_headline(_A_FEED.sub("", found.name.strip()), _NAME))
    return name or host_of(found.url)


def is_comment_feed(found: Behind) -> bool:
    """Is it what people write below a site's own pages?"""
    return bool(_COMMENTS.search(found.name) or _COMMENTS.search(urlsplit(found.url).path))


def _new_key(url: str, taken: set[str]) -> str:
    """The id of a place after its site, one that nobody has, and from now on taken."""
    key = free(host_of(url).removeprefix("www.").replace(".", "-")[:50] or "place", taken)
    taken.add(key)
    return key


def _places_of_school(school: School, known: Sequence[LookedUp], most: int) -> Iterator[Proposal]:
    ours = [each for each in known if each.urn == school.urn]
    articles = [article for each in ours for article in each.articles]
    feeds = [feed for each in ours for feed in each.feeds]
    found = propose(
        school,
        search_spellings(school)[:most],
        website=school.website,
        shared=bool(school.website) and not school.domain,
        articles=articles,
    )
    for proposal in found:
        yield proposal
        if proposal.source.id == "our-website":
            yield from feeds


def _front_page(school: School) -> str:
    """The school's own page; "" where there is none that is its alone."""
    url = school.website or (f"https://{school.domain}/" if school.domain else "")
    return url if school.domain or urlsplit(url).path.strip("/") else ""


def _articles(school: School, pages: Sequence[Request], reader: InTime) -> LookedUp:
    """The school's articles: the first page that is one, or links to one."""
    unasked = ""
    for page in pages:
        answer = reader.fetch(page)
        if isinstance(answer, FetchFailure):
            unasked = unasked or _silent(answer)
        elif found := reader.find_in_time(articles_in, answer, school):
            return LookedUp(school.urn, found)
    return LookedUp(school.urn, unasked=unasked)


def _website(school: School, url: str, reader: InTime) -> LookedUp:
    """The feeds that the school's website declares: its news, not what people comment there."""
    answer = reader.fetch(Request(url))
    if isinstance(answer, FetchFailure):
        return LookedUp(school.urn, unasked=_silent(answer))
    found = reader.find_in_time(places_behind_page, answer, own=True)
    feeds = [each for each in found if each.kind == "feed" and not each.why_off and not is_comment_feed(each)]
    named = zip(("our-website-feed", "our-website-feed-2"), feeds, strict=False)
    ours = [(k, replace(feed, own=True, name=f"Our website: {place_name(feed)}")) for k, feed in named]
    return LookedUp(school.urn, feeds=tuple(make_proposal(feed, key, (school.urn,)) for key, feed in ours))


def _silent(failure: FetchFailure) -> str:
    """The host, where it may answer another time."""
    return host_of(failure.url) if failure.outcome is Outcome.UNREACHABLE else ""
