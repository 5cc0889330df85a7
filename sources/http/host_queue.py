"""Work on many hosts at once: no worker waits for one host's turn while another host is ready."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

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


@dataclass(slots=True)
class _Hosts(Generic[T]):
    """Hosts by the time when they may next be asked, each with its work in the order given."""

    pace: PacedFetcher
    work: dict[str, deque[HostJob[T]]] = field(default_factory=dict)
    ready: list[tuple[float, int, str]] = field(default_factory=list)
    robots_read: set[str] = field(default_factory=set)
    order: Iterator[int] = field(default_factory=count)

    def add(self, job: HostJob[T]) -> None:
        host = host_of(job.url)
        if host not in self.work:
            self.work[host] = deque()
            self.free(host)
        self.work[host].append(job)

    def free(self, host: str) -> None:
        heapq.heappush(self.ready, (self.pace.ready_at_s(host), next(self.order), host))

    def next_step(self) -> tuple[str, Callable[[], list[T]]]:
        """The next host, and either its robots.txt or its next job; a step gives the job's result, if any."""
        _, _, host = heapq.heappop(self.ready)
        job = self.work[host][0]
        if job.robots and host not in self.robots_read:
            self.robots_read.add(host)
            return host, lambda: self._read_robots(job.url)
        self.work[host].popleft()
        return host, lambda: [job.run()]

    def _read_robots(self, url: str) -> list[T]:
        self.pace.read_robots(url)
        return []


def never() -> bool:
    """Never stop early."""
    return False


def spread(
    jobs: Iterable[HostJob[T]],
    pace: PacedFetcher,
    workers: int,
    timer: Callable[[], float],
    stopped: Callable[[], bool] = never,
) -> Iterator[T]:
    """Each job's result as it completes; one job at a time per host, after its robots.txt.

    At most `workers` run at once. A caller who stops early waits only for those; once `stopped` returns
    True no more are started. What a job raises is raised here.
    """
    hosts: _Hosts[T] = _Hosts(pace)
    for job in jobs:
        hosts.add(job)
    running: dict[Future[list[T]], str] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="collect") as pool:
        while running or (hosts.ready and not stopped()):
            while _room(hosts, running, workers) and not stopped() and _may_start(hosts, running, timer):
                host, step = hosts.next_step()
                running[pool.submit(step)] = host
            room = _room(hosts, running, workers) and not stopped()
            patience = max(hosts.ready[0][0] - timer(), 0.0) if room else None
            for future in wait(running, patience, FIRST_COMPLETED).done:
                host = running.pop(future)
                if hosts.work[host]:
                    hosts.free(host)
                yield from future.result()


def _room(hosts: _Hosts[T], running: Sized, workers: int) -> bool:
    return bool(hosts.ready) and len(running) < workers


def _may_start(hosts: _Hosts[T], running: object, timer: Callable[[], float]) -> bool:
    """Waiting for a host that is not ready happens inside the fetch, and only if nothing else is running."""
    return not running or hosts.ready[0][0] <= timer()


def host_of(url: str) -> str:
    """The host of a URL in lower case, "" if there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
