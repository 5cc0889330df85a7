"""Many requests at once: no worker waits for a host's pace while another host could be asked."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol
from urllib.parse import urlsplit

from data.types import FetchFailure, Request, Response

Result = Response | FetchFailure


class Asker(Protocol):
    """What a batch needs of the fetcher."""

    def fetch(self, request: Request) -> Result: ...

    def read_robots(self, request: Request) -> None: ...

    def ready_at_s(self, host: str) -> float: ...


@dataclass(slots=True)
class _Batch:
    """Hosts in the order in which they may be asked, one request to each at a time."""

    asker: Asker
    queues: dict[str, deque[Request]] = field(default_factory=dict)
    ready: list[tuple[float, int, str]] = field(default_factory=list)
    robots_read: set[str] = field(default_factory=set)
    order: Iterator[int] = field(default_factory=count)

    def add(self, request: Request) -> None:
        host = host_of(request.url)
        if host not in self.queues:
            self.queues[host] = deque()
            self.push(host)
        self.queues[host].append(request)

    def push(self, host: str) -> None:
        heapq.heappush(self.ready, (self.asker.ready_at_s(host), next(self.order), host))

    def next_job(self) -> tuple[str, Request, Callable[[], Result | None]]:
        _, _, host = heapq.heappop(self.ready)
        request = self.queues[host][0]
        if host not in self.robots_read:
            self.robots_read.add(host)
            return host, request, lambda: self.asker.read_robots(request)
        self.queues[host].popleft()
        return host, request, lambda: self.asker.fetch(request)


def fetch_many(
    asker: Asker, requests: Iterable[Request], workers: int, timer: Callable[[], float]
) -> Iterator[tuple[Request, Result]]:
    """Each request with its answer or failure, as they complete; one at a time to a host.

    At most `workers` are under way. A caller who stops early waits for those and no others.
    """
    batch = _Batch(asker)
    for request in requests:
        batch.add(request)
    running: dict[Future[Result | None], tuple[str, Request]] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="fetch") as pool:
        while batch.ready or running:
            while batch.ready and len(running) < workers and _may_start(batch, running, timer):
                host, request, job = batch.next_job()
                running[pool.submit(job)] = host, request
            room = bool(batch.ready) and len(running) < workers
            patience = max(batch.ready[0][0] - timer(), 0.0) if room else None
            for future in wait(running, patience, FIRST_COMPLETED).done:
                host, request = running.pop(future)
                if batch.queues[host]:
                    batch.push(host)
                result = future.result()
                if result is not None:
                    yield request, result


def _may_start(batch: _Batch, running: object, timer: Callable[[], float]) -> bool:
    """A host that is not ready is waited for inside the fetch only where nothing else goes on."""
    return not running or batch.ready[0][0] <= timer()


def host_of(url: str) -> str:
    """The host of a URL in lower case, "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
