"""Stands where the fetcher and its threads stand, without any: what is asked for ends when it is taken."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.effects import Apart, here
from data.types import FetchFailure, Outcome, Response
from sources.http.politeness import HostJob, never

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)


@dataclass
class InTurn:
    """Each taking does the next `at_once` jobs, one after the other, those added later first."""

    jobs: deque[HostJob]
    stopped: Callable[[], bool] = never
    at_once: int = 1
    full: Callable[[], bool] = never
    takes: list[float] = field(default_factory=list)
    added: deque[HostJob] = field(default_factory=deque)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.jobs.clear()

    @property
    def over(self):
        return self.stopped() or not (self.jobs or self.added)

    def add(self, job):
        self.added.append(job)

    def take(self, wait_s):
        self.takes.append(wait_s)
        found = []
        while len(found) < self.at_once and not self.over and (self.added or not self.full()):
            job = self.added.popleft() if self.added else self.jobs.popleft()
            found.append(job.run())
        return found


@dataclass
class Pages:
    """Answers from `bodies` by address; `asked` are the addresses, `reading` what was begun last."""

    bodies: Mapping[str, bytes]
    at_once: int = 1
    asked: list[str] = field(default_factory=list)
    apart: Apart = here
    reading: InTurn = field(default_factory=lambda: InTurn(deque()))

    def start_jobs(self, jobs, stopped, full):
        self.reading = InTurn(deque(jobs), stopped, self.at_once, full)
        return self.reading

    def fetch(self, request, conditional=None):
        self.asked.append(request.url)
        body = self.bodies.get(request.url)
        if body is None:
            return FetchFailure(Outcome.GONE, request.url, "It is not there.", NOW, 404)
        kind = "application/rss+xml" if body.startswith(b"<rss") else "text/html"
        return Response(request.url, 200, (("content-type", kind),), body, NOW)
