"""Work on many hosts at once: no worker waits for one host's turn while another host is ready."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from operator import itemgetter
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from data.web.channels import host_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
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
    clock in seconds. `add`, `take` and `over` may be used by any thread.
    """

    def __init__(
        self,
        jobs: Iterable[HostJob[T]],
        pace: PacedFetcher,
        workers: int,
        timer: Callable[[], float],
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
        """What has ended since the last take, in that order; waits so long for the first, unless all is over.

        Raises what a job raised, after what ended before it was taken.
        """
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
    """Jobs by host, in the order given, and the hosts by the time when they may next be asked.

    A host stands in `ready` again each time it becomes free; where it stands there in vain it is passed over.
    """

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
