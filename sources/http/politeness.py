"""Limits on how often a host may be asked; the queue of each host, its turn, its robots.txt."""

from __future__ import annotations

import codecs
import heapq
import math
import re
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import count
from operator import itemgetter
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from protego import Protego
from pydantic import AwareDatetime

from data.effects import Clock, Sleep, Timer
from data.frozen import freeze
from data.web.channels import host_of
from sources.http.guard import FetchAborted, unreachable

if TYPE_CHECKING:
    from sources.http.connection import HttpAnswer


RETRY_AFTER_CAP_S = 24 * 3600.0
"""The longest that one answer can keep us away; after that we ask again."""
CRAWL_DELAY_CAP_S = 30.0
"""A longer Crawl-delay in robots.txt is cut to this: such delays are meant for crawlers of whole sites."""

ASKED_PACE_S: Mapping[str, float] = {"api.gdeltproject.org": 5.0}
"""Seconds between two requests where a site asks for it in its terms and not in robots.txt."""


@freeze
class Limits:
    """The limits of one fetch, for us and the host. Times in seconds, sizes in bytes.

    `deadline_s` covers the whole answer over all redirects, but not waiting for a turn. `max_body_bytes`
    counts bytes on the wire, `max_decompressed_bytes` what they unpack to; of a page within both,
    `sources.html.sanitise.beginning` decides how much is read. `per_host_interval_s` is the least time
    between the starts of two requests to one host; `asked_pace_s` that of hosts that ask for a longer one in
    their terms. `longest_hold_s`: if a site asks for a longer pause, we report it instead of waiting."""

    connect_s: float = 10.0
    deadline_s: float = 30.0
    max_body_bytes: int = 10 * 1024 * 1024
    max_decompressed_bytes: int = 16 * 1024 * 1024
    max_redirects: int = 5
    per_host_interval_s: float = 2.0
    asked_pace_s: Mapping[str, float] = field(default_factory=lambda: ASKED_PACE_S)
    per_host_concurrency: int = 1
    longest_hold_s: float = 5.0

    def pace_s(self, host: str) -> float:
        """Seconds between two requests to a host, before its robots.txt is asked."""
        return max(self.per_host_interval_s, self.asked_pace_s.get(host, 0.0))


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds to stay away, up to a day, from a Retry-After header: a number or an HTTP date. None if it is
    missing or neither of these (RFC 9110 §10.2.3)."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), RETRY_AFTER_CAP_S)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max((when - now).total_seconds(), 0.0), RETRY_AFTER_CAP_S)


def host_interval_s(own_s: float, crawl_delay_s: float | None) -> float:
    """Seconds between two requests to a host: ours, or what its robots.txt asks for, up to the cap."""
    return max(own_s, min(crawl_delay_s or 0.0, CRAWL_DELAY_CAP_S))


def slot(free_at_s: float, now_s: float, every_s: float) -> tuple[float, float]:
    """When the next request may start, and when the one after it may; neither is before `now_s`. Feeding each
    answer into the next call keeps starts at least `every_s` apart."""
    start = max(free_at_s, now_s)
    return start, start + every_s


def backoff_s(failures_in_a_row: int, base_s: float, cap_s: float, jitter_01: float = 0.5) -> float:
    """Seconds to wait after this many failures: doubled each time up to `cap_s`, spread by ±20 %.

    `jitter_01` in [0, 1] comes from the caller, so that sources that failed together do not retry together;
    0.5 changes nothing. Never longer than `cap_s`."""
    doublings = min(max(failures_in_a_row - 1, 0), 32)
    return min(base_s * 2.0**doublings * (0.8 + 0.4 * jitter_01), cap_s)


def user_agent(version: str, contact: str) -> str:
    """“Schoolgate/0.1.0 (+contact)”: names the tool and a contact for the site's owner."""
    plain = "".join(c if c.isascii() and c.isprintable() else "?" for c in contact)
    return f"Schoolgate/{version} (+{plain})"


# Work on many hosts at once: no worker waits for one host's turn while another host is ready.

T = TypeVar("T")


@freeze
class HostJob(Generic[T]):
    """A piece of work that begins by fetching `url`; with `robots`, robots.txt is read first."""

    url: str
    run: Callable[[], T]
    robots: bool = True


class PacedFetcher(Protocol):
    """The part of the fetcher that scheduling needs."""

    def read_robots(self, url: str) -> None: ...

    def ready_at_s(self, host: str) -> float: ...


def never() -> bool:
    """Never stop early."""
    return False


class Spread(Generic[T]):
    """Jobs done by threads of its own, whatever its owner does meanwhile; they begin as it is entered.

    One job at a time per host, at its pace, after its robots.txt; at most `workers` at once. What is added
    later is done first, then the hosts whose robots.txt was read, then the others: so its owner soon has
    something to do. While `full` says so only what was added is begun: so much has been read that its owner
    must catch up. Once `stopped` says so, or a job has raised, none is begun at all. `timer` is a monotonic
    clock in seconds. `add`, `take` and `over` may be used by any thread."""

    def __init__(
        self,
        jobs: Iterable[HostJob[T]],
        pace: PacedFetcher,
        workers: int,
        timer: Timer,
        stopped: Callable[[], bool] = never,
        full: Callable[[], bool] = never,
    ) -> None:
        self._pace = pace
        self._workers = workers
        self._timer = timer
        self._stopped = stopped
        self._full = full
        self._added: _HostQueue[T] = _HostQueue(pace)
        self._met: _HostQueue[T] = _HostQueue(pace)
        self._begun_with: _HostQueue[T] = _HostQueue(pace)
        self._robots_read: set[str] = set()
        self._under_way: set[str] = set()
        self._ended: deque[T] = deque()
        self._fault: BaseException | None = None
        self._closed = False
        self._idle = 0
        self._threads: list[Thread] = []
        lock = Lock()
        self._to_do, self._to_take = Condition(lock), Condition(lock)
        for job in jobs:
            self._begun_with.add(job)

    def __enter__(self) -> Self:
        try:
            with self._to_do:
                for _ in range(min(self._workers, len(self._begun_with.work))):
                    self._one_more()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing more is begun; waits for what is under way."""
        self._close()
        for thread in self._threads:
            thread.join()

    def add(self, job: HostJob[T]) -> None:
        """One job more."""
        with self._to_do:
            self._added.add(job)
            if self._idle:
                self._to_do.notify()
            elif len(self._threads) < self._workers and not self._closed:
                self._one_more()

    def take(self, wait_s: float) -> list[T]:
        """Take the jobs that have ended since the last take, in that order; waits so long for the first,
        unless all is over. Raises what a job raised, after what ended before it was taken."""
        with self._to_take:
            if self._met or self._begun_with:
                self._to_do.notify_all()  # what was taken before may have made room
            self._to_take.wait_for(lambda: self._ended or self._fault or self._is_over(), wait_s)
            ended = list(self._ended)
            self._ended.clear()
            if self._fault is not None and not ended:
                raise self._fault
            return ended

    @property
    def over(self) -> bool:
        """Is nothing left, neither to be done nor to be taken?"""
        with self._to_do:
            return not self._ended and self._fault is None and self._is_over()

    def _is_over(self) -> bool:
        """Is nothing under way, and will nothing more be begun, as it stands?"""
        return not self._under_way and (self._ends() or not (self._added or self._met or self._begun_with))

    def _ends(self) -> bool:
        return self._closed or self._fault is not None or self._stopped()

    def _close(self) -> None:
        with self._to_do:
            self._closed = True
            self._to_do.notify_all()

    def _one_more(self) -> None:
        """One thread more. Where the machine gives no more of them, those that there are do the work."""
        thread = Thread(target=self._work, name=f"collect-{len(self._threads)}")
        try:
            thread.start()
        except RuntimeError:
            if not self._threads:
                raise
            return
        self._threads.append(thread)

    def _work(self) -> None:
        while (step := self._next()) is not None:
            host, do = step
            try:
                found = do()
            except BaseException as error:  # noqa: BLE001 - raised again by whoever takes
                self._end(host, (), error)
            else:
                self._end(host, found)

    def _end(self, host: str, found: Collection[T], error: BaseException | None = None) -> None:
        with self._to_take:
            self._under_way.discard(host)
            self._ended.extend(found)
            self._fault = self._fault or error
            for line in (self._added, self._met, self._begun_with):
                line.free(host)
            if found or error or self._is_over():
                self._to_take.notify_all()

    def _next(self) -> tuple[str, Callable[[], Collection[T]]] | None:
        """The next host and what is done there, as soon as one may be asked; None once this is closed."""
        with self._to_do:
            while not self._closed:
                wait_s = None
                if not self._ends():
                    line, at_s = self._line()
                    now = self._timer()
                    if line is not None and (at_s <= now or not self._under_way):
                        return self._begin(line)
                    wait_s = at_s - now if line is not None else None
                self._idle += 1
                self._to_do.wait(wait_s)
                self._idle -= 1
        return None

    def _line(self) -> tuple[_HostQueue[T] | None, float]:
        """From where the next job comes, and when its host may be asked: the first line that has one ready.

        Waiting for a host that is not ready happens inside the fetch, and only if nothing else is under way.
        """
        soonest: tuple[_HostQueue[T] | None, float] = None, math.inf
        now = self._timer()
        for line in (self._added,) if self._full() else (self._added, self._met, self._begun_with):
            at_s = line.ready_at_s(self._under_way)
            if at_s <= now:
                return line, at_s
            soonest = min(soonest, (line, at_s), key=itemgetter(1))
        return soonest

    def _begin(self, line: _HostQueue[T]) -> tuple[str, Callable[[], Collection[T]]]:
        """The line's next host, and either its robots.txt or its next job, which gives its result."""
        _, _, host = heapq.heappop(line.ready)
        job = line.work[host][0]
        self._under_way.add(host)
        if job.robots and host not in self._robots_read:
            self._robots_read.add(host)
            if host in self._begun_with.work:
                self._met.work[host] = self._begun_with.work.pop(host)  # its place is found once it is free
            return host, lambda: self._read_robots(job.url)
        line.work[host].popleft()
        if not line.work[host]:
            del line.work[host]
        return host, lambda: (job.run(),)

    def _read_robots(self, url: str) -> tuple[()]:
        self._pace.read_robots(url)
        return ()


@dataclass(slots=True)
class _HostQueue(Generic[T]):
    """Jobs by host, in the order given, and the hosts by the time when they may next be asked. A host stands
    in `ready` again each time it becomes free; where it stands there in vain it is passed over."""

    pace: PacedFetcher
    work: dict[str, deque[HostJob[T]]] = field(default_factory=dict)
    ready: list[tuple[float, int, str]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def __bool__(self) -> bool:
        return bool(self.work)

    def add(self, job: HostJob[T]) -> None:
        host = host_of(job.url)
        if host in self.work:
            self.work[host].append(job)
            return
        self.work[host] = deque([job])
        self.free(host)

    def free(self, host: str) -> None:
        """The host may be asked again, where there is work for it."""
        if host in self.work:
            heapq.heappush(self.ready, (self.pace.ready_at_s(host), next(self.order), host))

    def ready_at_s(self, under_way: Collection[str]) -> float:
        """When the next host may be asked, in the timer's seconds; infinite where all are under way."""
        while self.ready:
            at_s, _, host = self.ready[0]
            free_at_s = self.pace.ready_at_s(host)
            if host in under_way or host not in self.work:
                heapq.heappop(self.ready)
            elif free_at_s > at_s:
                heapq.heapreplace(self.ready, (free_at_s, next(self.order), host))
            else:
                return at_s
        return math.inf


@dataclass(slots=True)
class _Host:
    places: threading.Semaphore
    free_at_s: float = 0.0
    held_until_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Gate:
    """Lets requests to each host through at its pace, up to `concurrency` at a time. Thread-safe."""

    def __init__(self, timer: Timer, sleep: Sleep, concurrency: int) -> None:
        self._timer = timer
        self._sleep = sleep
        self._concurrency = concurrency
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, every_s: float) -> Iterator[float]:
        """Waits until the host may be asked; yields the seconds waited."""
        entry = self._entry(host)
        came = self._timer()
        with entry.places:
            with entry.lock:
                now = self._timer()
                start, entry.free_at_s = slot(max(entry.free_at_s, entry.held_until_s), now, every_s)
            if start > now:
                self._sleep(start - now)
            yield self._timer() - came

    def hold(self, host: str, seconds: float) -> None:
        """The host has asked us to stay away for this long."""
        entry = self._entry(host)
        with entry.lock:
            entry.held_until_s = max(entry.held_until_s, self._timer() + seconds)

    def held_s(self, host: str) -> float:
        """Seconds for which we must still stay away from the host; 0 if we need not."""
        return max(self._entry(host).held_until_s - self._timer(), 0.0)

    def ready_at_s(self, host: str) -> float:
        """When the host's next request may start, in the timer's seconds; a time in the past means now."""
        return self._entry(host).free_at_s

    def _entry(self, host: str) -> _Host:
        with self._lock:
            if host not in self._hosts:
                self._hosts[host] = _Host(threading.Semaphore(self._concurrency))
            return self._hosts[host]


# What a site's robots.txt allows us (RFC 9309): reading it, and caching it.

MAX_BYTES = 500 * 1024
"""How much of a robots.txt is read; RFC 9309 §2.5 asks for at least this."""
TOKEN = "Schoolgate"
"""The name by which robots.txt files address us."""
ROBOTS_KEPT = timedelta(hours=24)  # RFC 9309 §2.4
_KEPT_FAILED = timedelta(minutes=10)
_LONGEST_KEPT = 50_000
"""Characters of a robots.txt that is kept in the home; a longer one is asked for again."""


@freeze
class RobotsRules:
    """One host's rules. If they could not be read, `failure` is set and nothing may be fetched."""

    parsed: Any = None
    failure: FetchAborted | None = None

    def allows(self, url: str) -> bool:
        """May we fetch the URL? Yes if there are no rules, no if they could not be read."""
        if self.failure is not None:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, TOKEN))

    @property
    def crawl_delay_s(self) -> float | None:
        """Seconds the site wants between two requests, None if it does not say."""
        delay = None if self.parsed is None else self.parsed.crawl_delay(TOKEN)
        return None if delay is None else float(delay)


def rules_of(status: int, body: bytes) -> RobotsRules | None:
    """The rules in an answer to /robots.txt; None if the server failed. 2xx is read; 4xx means there are none
    (RFC 9309 §2.3.1.3), except 429, which like 5xx means that the server cannot answer now."""
    if 200 <= status < 300:
        return RobotsRules(Protego.parse("\n".join(map(_rename_program, robots_text(body).splitlines()))))
    if status == 429 or status >= 500:
        return None
    return RobotsRules()


def robots_text(body: bytes) -> str:
    """The file as text: UTF-8 as the RFC requires, UTF-16 if a byte order mark says so."""
    body = body[:MAX_BYTES]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


_AGENT = re.compile(r"\s*user(?:-|\s*)agent(?:\s*:|\s)\s*([^#]*)", re.IGNORECASE)


def _rename_program(line: str) -> str:
    """A line with one name for all programs but ours: Protego stores each program's rules separately.
    Thousands of names before thousands of rules would take gigabytes."""
    found = _AGENT.match(line)
    if found is None:
        return line
    name = found[1].strip().lower()
    ours = name == "*" or name.replace("*", "") == TOKEN.lower()
    return f"User-agent: {name.replace('*', '') or '*'}" if ours else "User-agent: another"


@freeze
class KeptRobots:
    """A robots.txt as its site answered: when (UTC), by which status, its text, "" where there is none."""

    read_at: AwareDatetime
    status: int
    text: str


class RobotsCache:
    """Rules by origin, fetched once each and kept for a day, in `known` as they were answered. Thread-safe.

    If a robots.txt cannot be read, an older copy remains in force; without one the site counts as closed for
    ten minutes, then we try again (RFC 9309 §2.3.1.4)."""

    def __init__(self, clock: Clock, known: MutableMapping[str, KeptRobots] | None = None) -> None:
        self._clock = clock
        self._known = {} if known is None else known
        self._entries: dict[str, tuple[RobotsRules, datetime]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def rules(self, origin: str, ask: Callable[[], HttpAnswer]) -> RobotsRules:
        """The origin's rules; `ask` fetches robots.txt, following redirects, and may raise FetchAborted."""
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            rules, until = self._entries.get(origin, (None, None))
            if rules is None or until is None or self._clock() >= until:
                rules, kept = self._fetch_rules(origin, ask)
                self._entries[origin] = rules, self._clock() + kept
            return rules

    def _fetch_rules(self, origin: str, ask: Callable[[], HttpAnswer]) -> tuple[RobotsRules, timedelta]:
        if (known := self._known.get(origin)) is not None:
            age = self._clock() - known.read_at
            rules = rules_of(known.status, known.text.encode())
            if rules is not None and timedelta() <= age < ROBOTS_KEPT:
                return rules, ROBOTS_KEPT - age
        try:
            answer = ask()
        except FetchAborted as stop:
            failure = stop
        else:
            rules = rules_of(answer.status, answer.body)
            if rules is not None:
                text = robots_text(answer.body) if answer.status < 300 else ""
                if len(text) <= _LONGEST_KEPT:
                    self._known[origin] = KeptRobots(self._clock(), answer.status, text)
                return rules, ROBOTS_KEPT
            failure = unreachable(
                f"The site's robots.txt answered {answer.status}; until it can be read, nothing is asked.",
                status=answer.status,
                retry_after_s=retry_after_s(answer.header("retry-after"), self._clock()),
            )
        older, _ = self._entries.get(origin, (None, None))
        if older is not None and older.failure is None:
            return older, _KEPT_FAILED
        return RobotsRules(failure=failure), _KEPT_FAILED
