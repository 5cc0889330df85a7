"""A process that forks services and scans of one home, so that none begins with a cold start.

python service_worker.py HOME PORT AHEAD LOG

It imports once, then for each line it reads does one thing and answers with a line:

    serve BYTES    forks a service, gives its PID; with BYTES > 0 no file of it may grow past them
    scan S         forks a process that scans every S seconds, gives its PID
    wait PID       waits for it, and says how it ended (-9 where it was killed)

PORT is where the places are. AHEAD is a file whose eight bytes say by how many seconds the clock is ahead;
it may be moved at any time. The model is a stub in the process, which is slow where SCORING_S says so;
documents are read in the process too.
"""

import mmap
import os
import resource
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
from support.places import BY_THE_MODEL

import alerts
import monitor.service
import sources
import sources.due
from data.effects import here, utc_now
from data.types import Scores
from monitor.cli.scan_once import scan_once
from monitor.home import wiring
from monitor.service import running, scoring, serve
from monitor.terminal import output
from monitor.terminal.errors import run
from monitor.terminal.progress import Progress
from sources.http.politeness import Limits

EVERY_S = 2.0
"""Each place is asked this often, which no configuration may say."""
SCORING_S = "SCHOOLGATE_SOAK_SCORING_S"

_CALM = {
    "route:note": 0.9, "route:thank": 0.05, "route:respond": 0.05, "route:request_removal": 0.001,
    "route:platform_report": 0.001, "route:safeguarding": 0.001, "route:police_now": 0.001,
    "severity:3": 0.01, "severity:4": 0.01, "relevant": 0.9, "about:school": 0.9,
    "sentiment:negative": 0.1, "sentiment:neutral": 0.6, "sentiment:positive": 0.3, "abuse:threat": 0.01,
}  # fmt: skip
_GRAVE = _CALM | {
    "route:note": 0.001, "route:police_now": 0.99, "severity:3": 0.99, "severity:4": 0.98,
    "abuse:threat": 0.99, "sentiment:negative": 0.95, "sentiment:neutral": 0.04, "sentiment:positive": 0.01,
}  # fmt: skip


class Stub(scoring.AwayScorer):
    """A scorer that knows one threat by one word, in this process."""

    def score(self, texts: Sequence[str]) -> Scores:
        time.sleep(float(os.environ.get(SCORING_S, "0")))
        rows = [list((_GRAVE if "lanterns" in text else _CALM).values()) for text in texts]
        return Scores(tuple(_CALM), np.array(rows, np.float32), (False,) * len(texts), "stub")


class Here:
    """Reads documents in this process."""

    __call__ = staticmethod(here)

    def let_go(self, idle_s: float = 0.0) -> bool:
        return False


assert "lanterns" in BY_THE_MODEL


class Worker:
    """Forks processes that work on one home."""

    def __init__(self, home: Path, port: int, ahead: Path) -> None:
        self.home = home
        self.allowed = frozenset({("127.0.0.1", port)})
        self.limits = replace(Limits(), per_host_interval_s=0.0)
        with ahead.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)

    def clock(self) -> datetime:
        return utc_now() + timedelta(seconds=struct.unpack("d", self._ahead[:8])[0])

    def serve(self, most_bytes: int) -> int:
        if most_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        return serve.serve(
            self.home, self.home / "schoolgate.toml", say=print, clock=self.clock, limits=self.limits,
            allow_loopback=self.allowed,
        )  # fmt: skip

    def scan(self, every_s: float) -> int:
        """Until it is killed."""
        _, config = wiring.settings(self.home, None)
        store = wiring.open_store(self.home, self.clock)
        scorer = Stub(config.model, time.monotonic)
        judges = replace(wiring.judges(config, self.home), scorer=lambda: scorer)
        quiet = Progress(quiet=True)
        with wiring.fetcher(
            config, clock=self.clock, limits=self.limits, allow_loopback=self.allowed
        ) as fetcher:
            while True:
                scan_once(
                    config, store, lambda: judges, fetcher, clock=self.clock, since=None, progress=quiet
                )
                time.sleep(every_s)

    def answer(self, line: str) -> int:
        what, given = line.split()
        if what == "wait":
            return os.waitstatus_to_exitcode(os.waitpid(int(given), 0)[1])
        work = {"serve": lambda: self.serve(int(given)), "scan": lambda: self.scan(float(given))}[what]
        return forked(work)


def forked(work: Callable[[], int]) -> int:
    """The number of a child that does it; what it says goes to where our standard error goes."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        os.dup2(2, 1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        run(lambda: sys.exit(work()))
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


def imported() -> None:
    """All that a service comes to need, so that a child needs to read no file of it."""
    for room in (alerts, sources, monitor.service):
        for found in walk_packages(room.__path__, room.__name__ + "."):
            import_module(found.name)


def main(home: str, port: str, ahead: str) -> None:
    wiring.reading = Here  # type: ignore[assignment]
    serve.AwayScorer = Stub  # type: ignore[misc]
    running.COLLECT_S, running.TASKS_S, running.DELIVER_S, running.BEAT_S = 1, 0.5, 0.5, 2
    sources.due.interval_s = lambda *given: EVERY_S
    output.set_up_log(verbose=False)
    imported()
    worker = Worker(Path(home), int(port), Path(ahead))
    for line in sys.stdin:
        os.write(1, f"{worker.answer(line)}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
