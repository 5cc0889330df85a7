"""A home and its configuration, and services and scans of it in processes of their own.

The model is a stub in each process, which is slow where it is told so; documents are read in the process too.
"""

import mmap
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from support.forked import Forked
from support.places import BY_THE_MODEL, Places
from support.web_server import free_port

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

PEOPLE = (
    ("head", "Mrs Tamsin Quillfeather", "head"),
    ("dsl", "Ms Imogen Larkspur", "dsl"),
    ("deputy", "Mr Osric Fennimore", "deputy_dsl"),
    ("chair", "Mrs Ottoline Marrow", "chair"),
    ("it", "Mr Piers Tansy", "it_lead"),
)
FEW = (PEOPLE[0], PEOPLE[1], PEOPLE[-1])
"""Two who are told of danger, and one of what fails: alerts come to their end sooner."""
EVERY_S = 2.0
"""Each place is asked this often, which no configuration may say."""
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
assert "lanterns" in BY_THE_MODEL
_CODE = f"import sys; from {__name__} import begin; begin(*sys.argv[1:])"


class Worker:
    """What begins services and scans; `move` moves the clock of all of them, and ours."""

    def __init__(self, folder: Path, home: Path, port: int, log: Path, scoring_s: float = 0.0) -> None:
        ahead = folder / "ahead"
        ahead.write_bytes(struct.pack("d", 0.0))
        self._ahead = _mapped(ahead)
        self._given = home, port, ahead, log, scoring_s
        self._running: dict[int, Forked] = {}

    def clock(self) -> datetime:
        return _clock(self._ahead)

    def move(self, span: timedelta) -> None:
        (ahead,) = struct.unpack("d", self._ahead[:8])
        self._ahead[:8] = struct.pack("d", ahead + span.total_seconds())

    def begin(self, what: str, most_bytes: int = 0) -> int:
        """The number of a process that serves, or scans until it is killed; no file of it may grow past so
        many bytes, where it is said."""
        process = Forked(_CODE, *self._given, what, most_bytes)
        self._running[process.pid] = process
        return process.pid

    def end(self, pid: int, number: int) -> int:
        """Sends the signal and waits; how it ended, -9 where it was killed."""
        process = self._running.pop(pid)
        process.send_signal(number)
        process.communicate()
        return process.wait()

    def close(self) -> None:
        for pid in list(self._running):
            self.end(pid, signal.SIGKILL)


def _mapped(ahead: Path) -> mmap.mmap:
    with ahead.open("r+b") as file:
        return mmap.mmap(file.fileno(), 8)


def _clock(ahead: mmap.mmap) -> datetime:
    return utc_now() + timedelta(seconds=struct.unpack("d", ahead[:8])[0])


class Stub(scoring.AwayScorer):
    """A scorer that knows one threat by one word, in this process."""

    slow_s = 0.0

    def score(self, texts: Sequence[str]) -> Scores:
        time.sleep(self.slow_s)
        rows = [list((_GRAVE if "lanterns" in text else _CALM).values()) for text in texts]
        return Scores(tuple(_CALM), np.array(rows, np.float32), (False,) * len(texts), "stub")


class Here:
    """Reads documents in this process."""

    __call__ = staticmethod(here)

    def let_go(self, idle_s: float = 0.0) -> bool:
        return False


def begin(home: str, port: str, ahead: str, log: str, scoring_s: str, what: str, most_bytes: str) -> None:
    """What such a process does; it logs into that file. At the port are the places."""
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    Stub.slow_s = float(scoring_s)
    wiring.reading = Here  # type: ignore[assignment]
    serve.AwayScorer = Stub  # type: ignore[misc]
    running.COLLECT_S, running.TASKS_S, running.DELIVER_S, running.BEAT_S = 1, 0.5, 0.5, 2
    sources.due.interval_s = lambda *given: EVERY_S
    output.set_up_log(verbose=False)
    if int(most_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    moved = _mapped(Path(ahead))
    given = {
        "clock": lambda: _clock(moved), "limits": replace(Limits(), per_host_interval_s=0.0),
        "allow_loopback": frozenset({("127.0.0.1", int(port))}),
    }  # fmt: skip
    if what == "serve":
        config = Path(home) / "schoolgate.toml"
        run(lambda: sys.exit(serve.serve(Path(home), config, say=print, **given)))
    run(lambda: _scan(Path(home), given))


def _scan(home: Path, given: dict) -> None:
    """Until it is killed."""
    _, config = wiring.settings(home, None)
    store = wiring.open_store(home, given["clock"])
    scorer, quiet = Stub(config.model, time.monotonic), Progress(quiet=True)
    judges = replace(wiring.judges(config, home), scorer=lambda: scorer)
    with wiring.fetcher(config, **given) as fetcher:
        while True:
            scan_once(
                config, store, lambda: judges, fetcher, clock=given["clock"], since=None, progress=quiet
            )


def configured(
    home: Path, places: Places, site: str, smtp: int, people: Sequence[tuple[str, str, str]] = PEOPLE
) -> int:
    """Writes the home's configuration; gives the port at which its service says how it is."""
    port = free_port()
    tables = "".join(
        f'[[people]]\nid = "{who}"\nname = "{name}"\nroles = ["{role}"]\nemail = "{who}@example.org"\n'
        for who, name, role in people
    )
    text = (
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\naliases = ["Oakfield Primary"]\n'
        f'locality = "Northvale"\n{places.configuration(site)}{tables}'
        f'[mail]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "sg@example.org"\n'
        f"[serve]\nhealth_port = {port}\n"
    )
    (home / "schoolgate.toml").write_text(text, encoding="utf-8")
    return port
