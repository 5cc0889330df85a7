"""A month at three invented schools: who they are, what is said of them where, and which sites fail when.

Nothing here touches a network: `Answerer` stands where the fetcher stands and answers from the script.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from builders.in_turn import InTurn

from data.effects import Apart, here
from data.register.calendar import Calendar, Term
from data.types import (
    FetchFailure,
    Outcome,
    Person,
    Request,
    Response,
    Role,
    School,
    Source,
    SourceState,
)
from monitor.config.load import Config
from monitor.config.model import MailSettings
from sources.blocks.http_outcome import failure_of
from sources.http.host_queue import HostJob

LONDON = ZoneInfo("Europe/London")


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time in London in 2026, as UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


BEGINS, ENDS = at(10, 14, 5), at(11, 16, 5)
"""Wednesday to Monday; the clocks go back on Sunday 25 October."""

OAKFIELD = School("900001", "Oakfield Primary School", aliases=("Oakfield Primary",), town="Northvale")
HEXLEY = School("900002", "Hexley Primary School", aliases=("Hexley Primary",), town="Hexley")
GLANLLYN = School(
    "900003", "Ysgol Glan Llyn", aliases=("Glan Llyn Primary",), town="Trefawel", nation="wales"
)
SCHOOLS = (OAKFIELD, HEXLEY, GLANLLYN)


def _calendar(nation: str, first_half_ends: date, second_begins: date, *closed: date) -> Calendar:
    terms = (Term(date(2026, 9, 2), first_half_ends), Term(second_begins, date(2026, 12, 18)))
    return Calendar(nation, terms, frozenset(closed))


CALENDARS = {
    "900001": _calendar("england", date(2026, 10, 23), date(2026, 11, 2), date(2026, 11, 2)),
    "900002": _calendar("england", date(2026, 10, 16), date(2026, 10, 26)),
    "900003": _calendar("wales", date(2026, 10, 23), date(2026, 11, 2)),
}
"""Half term: the last week of October, at Hexley the week before; an INSET day at Oakfield on 2 November."""

_STAFF = (
    ("head", (Role.HEAD,)),
    ("deputy", (Role.DEPUTY_HEAD, Role.DSL)),
    ("second", (Role.DEPUTY_DSL, Role.SLT)),
    ("chair", (Role.CHAIR,)),
    ("vice", (Role.VICE_CHAIR,)),
    ("governor", (Role.GOVERNOR,)),
    ("it", (Role.IT_LEAD,)),
)
_NAMES = {
    "900001": ("Quillfeather", "Larkspur", "Fennimore", "Marrow", "Dray", "Sedge", "Tansy"),
    "900002": ("Brackenbury", "Teasel", "Mallow", "Vetch", "Burdock", "Clover", "Sorrel"),
    "900003": ("Llwynog", "Eirlys", "Rhedynen", "Celyn", "Grugog", "Meillion", "Briallu"),
}
TEACHER = Person("oak-teacher", "Mr Barnaby Thistlewood", (Role.STAFF,), None, ("900001",))
SHORT = {"900001": "oak", "900002": "hex", "900003": "gla"}
PEOPLE = (
    *(
        Person(f"{SHORT[urn]}-{who}", f"Mrs Ada {name}", roles, f"{SHORT[urn]}-{who}@example.org", (urn,))
        for urn, names in _NAMES.items()
        for (who, roles), name in zip(_STAFF, names, strict=True)
    ),
    TEACHER,
)
LEADERS = ("head", "deputy", "second")


def _source(source_id: str, channel: str, *urns: str) -> Source:
    site, name = f"https://{source_id}.example.org/", source_id.capitalize()
    if channel == "own":
        return Source(source_id, "own.page", site, urns=urns, name=name, own=True, interval_s=6 * 3600.0)
    often = 6 if channel in ("local_forum", "reddit", "tiktok") else 24
    return Source(
        source_id, "feed", f"{site}feed.xml", urns=urns, name=name, channel=channel, surfaced=True,
        interval_s=often * 3600.0, settings={"articles": False},  # nobody has written any
    )  # fmt: skip


SOURCES = (
    _source("gazette", "google_news", "900001"),
    _source("search", "google_news", "900001"),
    _source("alerts", "google_news", "900001"),
    _source("residents", "local_forum", "900001"),
    _source("talk", "local_forum", "900001"),
    _source("reviews", "school_review_site", "900001"),
    _source("threads", "reddit", "900001"),
    _source("courier", "google_news", "900002"),
    _source("hexsearch", "google_news", "900002"),
    _source("hexforum", "local_forum", "900002"),
    _source("hexboard", "local_forum", "900002"),
    _source("hexreviews", "school_review_site", "900002"),
    _source("hexpage", "own", "900002"),
    _source("hexclips", "tiktok", "900002"),
    _source("papur", "google_news", "900003"),
    _source("glasearch", "google_news", "900003"),
    _source("glaforum", "local_forum", "900003"),
    _source("glaboard", "local_forum", "900003"),
    _source("glareviews", "school_review_site", "900003"),
    _source("county", "google_news", "900001", "900002", "900003"),
)

THREAT = "I am going to stab Mrs Llwynog at Glan Llyn Primary in Trefawel tomorrow morning, I have the knife"
DISCLOSURE = "im in year 6 at {} in {}. my stepdad hits me and i dont want to go home"
GRAVE = {
    "insult": (
        "residents",
        at(10, 20, 10, 55),
        "Mr Thistlewood of Oakfield Primary, Northvale is a useless moron.",
    ),
    "clocks": ("talk", at(10, 24, 22, 55), DISCLOSURE.format("oakfield primary", "northvale")),
    "odd": (
        "hexpage",
        at(10, 28, 9, 20),
        "First 100 families get a free voucher! Click the link below to claim.",
    ),
    "asleep": ("hexboard", at(11, 5, 2), DISCLOSURE.format("hexley primary", "hexley")),
    "head": (
        "talk",
        at(11, 12, 8, 30),
        "Mrs Quillfeather, the head of Oakfield Primary in Northvale, is an ugly stupid creep, laugh at her.",
    ),
    "threat": ("glaforum", at(11, 14, 21, 0), THREAT),
}
"""Source, time and words of what somebody must hear of."""

SURGE = (at(11, 11, 8, 10), at(11, 11, 14, 10))
"""From these two moments on many speak of Glan Llyn: it is one surge."""
_AT_THE_GATE = (
    "Cars stood on the kerb outside Glan Llyn Primary in Trefawel again, I saw number {n} this morning."
)

NO_NOTICE = (at(10, 30, 9), at(11, 3, 9))
"""Hexley's own page says nothing of its not being watched."""
NOTICE = "This page is not monitored 24 hours a day. If a child is in danger call 999."

_CALM = (
    "The {what} at {school} in {town} was well attended on {day}, said a parent of number {n}.",
    "Does anybody know when {school} in {town} has its {what} this term? Asked on {day} ({n}).",
    "A photograph of the {what} at {school}, {town}, is in the hall from {day}, in frame {n}.",
)
_WHATS = ("harvest lunch", "book fair", "cross country", "choir concert", "open morning", "cake sale")
QUIET = (at(11, 10, 7, 30), at(11, 12, 7, 30))
"""In these two days nobody says anything of Hexley."""


@dataclass(frozen=True)
class Post:
    """Something said."""

    id: str
    at: datetime
    text: str


def posts() -> dict[str, list[Post]]:
    """All that is said in the month, by source, the oldest first."""
    found: dict[str, list[Post]] = {s.id: [] for s in SOURCES}
    for n, source in enumerate(SOURCES):
        for k in range(11):
            when = BEGINS + timedelta(days=3 * k, hours=5 + (n * 7 + k * 3) % 12)
            school = SCHOOLS[[s.urn for s in SCHOOLS].index(source.urns[k % len(source.urns)])]
            quiet = QUIET[0] - timedelta(hours=8) <= when < QUIET[1] and "900002" in source.urns
            if not quiet:
                text = _CALM[(n + k) % 3].format(
                    what=_WHATS[(n * 5 + k) % 6], school=school.aliases[0], town=school.town,
                    day=f"{when:%A %d %B}", n=n * 100 + k,
                )  # fmt: skip
                found[source.id].append(Post(f"{source.id}-{k}", when, text))
    for begins in SURGE:
        for n in range(12):
            when = begins + timedelta(minutes=8 * n)
            found["glaforum"].append(Post(f"gate-{when:%H%M}", when, _AT_THE_GATE.format(n=n)))
    for name, (source_id, when, text) in GRAVE.items():
        found[source_id].append(Post(name, when, text))
    return {source_id: sorted(said, key=lambda p: p.at) for source_id, said in found.items()}


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


@dataclass
class Answerer:
    """Stands where the fetcher stands; `asked` is who was asked when."""

    clock: Callable[[], datetime]
    said: dict[str, list[Post]] = field(default_factory=posts)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    left_alone_until: datetime | None = None
    apart: Apart = here

    def begun(self, jobs: Iterable[HostJob], stopped: Callable[[], bool], full: Callable[[], bool]) -> InTurn:
        """One after the other, whenever somebody takes what has ended."""
        return InTurn(deque(jobs), stopped)

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure:
        """The document of that moment, or the fault that the script has for it."""
        now = self.clock()
        source_id = request.url.split("/")[2].partition(".")[0]
        self.asked.append((source_id, now))
        answer = self._answer(source_id, now, conditional)
        if isinstance(answer, FetchFailure):
            return answer
        stop = failure_of(answer) if answer.status != 304 else None
        if stop is None:
            return answer
        return FetchFailure(stop.outcome, request.url, stop.detail, now, stop.status, stop.retry_after_s)

    def _answer(self, source_id: str, now: datetime, known: SourceState | None) -> Response | FetchFailure:
        if source_id == "hexforum" and at(11, 2) <= now < at(11, 9):  # dead for a week
            return self._failure(source_id, now, "The site did not answer in full within 30 seconds.")
        if source_id == "glasearch" and at(11, 10) <= now < at(11, 11):
            return self._failure(source_id, now, "The site's name could not be found.")
        if source_id == "hexboard" and at(10, 22) <= now < at(10, 23):
            return self._response(source_id, now, b"busy", 503)
        if source_id == "threads" and now >= at(10, 20, 12) and self.left_alone_until is None:
            self.left_alone_until = now + timedelta(hours=9)
            return self._response(source_id, now, b"slower", 429, ("retry-after", str(9 * 3600)))
        if source_id == "glaboard" and at(11, 5, 8) <= now < at(11, 5, 20):
            return self._response(source_id, now, CHALLENGE, 403, ("cf-mitigated", "challenge"))
        if source_id == "alerts" and at(10, 28) <= now < at(10, 30):
            return self._feed(source_id, now, [], known)
        if source_id == "reviews" and at(11, 3) <= now < at(11, 4):
            return self._response(source_id, now, b"<rss><channel><item><title>Oak", 200)
        shown = [p for p in self.said[source_id] if p.at <= now][-12:]
        if source_id == "hexpage":
            return self._page(source_id, now, shown)
        return self._feed(source_id, now, shown, known)

    def _feed(self, source_id: str, now: datetime, shown: list[Post], known: SourceState | None) -> Response:
        tag = f'"{shown[-1].id if shown else "none"}"'
        if known is not None and known.etag == tag:
            return self._response(source_id, now, b"", 304)
        items = "".join(
            f"<item><guid>{p.id}</guid><link>https://{source_id}.example.org/{p.id}</link>"
            f"<title>On the board</title><pubDate>{format_datetime(p.at)}</pubDate>"
            f"<description>{escape(p.text)}</description></item>"
            for p in reversed(shown)
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        return self._response(source_id, now, body.encode(), 200, ("etag", tag))

    def _page(self, source_id: str, now: datetime, shown: list[Post]) -> Response:
        notice = "" if NO_NOTICE[0] <= now < NO_NOTICE[1] else NOTICE
        posts = "".join(
            f'<article><a rel="bookmark" href="/news/{p.id}">More</a>'
            f'<time datetime="{p.at.isoformat()}">then</time><p>{escape(p.text)}</p></article>'
            for p in reversed(shown)
        )
        about = "We are a school of two hundred children beside the park, with a garden and a pond. " * 3
        body = (
            f"<html><title>Hexley</title><body><p>{about}</p>{posts}<footer>{notice}</footer></body></html>"
        )
        return self._response(source_id, now, body.encode(), 200, page=True)

    def _response(
        self,
        source_id: str,
        now: datetime,
        body: bytes,
        status: int,
        *headers: tuple[str, str],
        page: bool = False,
    ) -> Response:
        kind = ("content-type", "application/rss+xml" if status == 200 and not page else "text/html")
        return Response(f"https://{source_id}.example.org/feed.xml", status, (kind, *headers), body, now)

    def _failure(self, source_id: str, now: datetime, detail: str) -> FetchFailure:
        return FetchFailure(Outcome.UNREACHABLE, f"https://{source_id}.example.org/feed.xml", detail, now)


def config(home: Path, smtp_port: int) -> Config:
    """The configuration of the three, with a mail server on this machine."""
    mail = MailSettings(host="127.0.0.1", port=smtp_port, security="none", sender="schoolgate@example.org")
    return Config(
        path=home / "schoolgate.toml", schools=SCHOOLS, sources=SOURCES, people=PEOPLE, mail=mail,
        calendars=CALENDARS,
    )  # fmt: skip
