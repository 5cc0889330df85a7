"""A true service on a home of its own, whose clock runs faster, and one fault caused in it for real.

    with a_service(folder, speed=30) as service:
        service.settle()
        service.cause("model")
        print(service.told())

Everything is real but the pace: `schoolgate serve` as a process, the model in its child, a feed that brings
a new post at each asking, a mail server, a place for short messages and one for heartbeats on this machine.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from support.mail_server import Office, post_office
from support.web_server import Answer, Site, serve

SERVE = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from data.store.engine import open as store
from monitor.terminal.output import set_up_log
from monitor.service import serve as notices
from monitor.service import heartbeat
from monitor.service import health
home, port, speed, zero = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
def clock():
    return datetime.fromtimestamp(zero + (time.time() - zero) * speed, UTC)
notices.COLLECT_S = notices.TASKS_S = notices.BEAT_S = notices.BESIDE_S = 1.0
notices.DELIVER_S = 1.5
store.WAIT_S = max(store.WAIT_S, 3 * speed)  # seconds of the clock that runs fast
notices.ASLEEP = timedelta(minutes=30)  # a busy machine's pause of seconds would count as a sleep
for work in health.STALE:
    health.STALE[work] *= 10
set_up_log(verbose=False)
from monitor.service.serve import run_service
from sources.http.politeness import Limits
sys.exit(run_service(
    home, home / "schoolgate.toml", say=lambda line: print(line, flush=True), clock=clock,
    limits=replace(Limits(), per_host_interval_s=0.0), allow_loopback=frozenset({("127.0.0.1", port)}),
))
"""
READER = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
print("held", flush=True)
time.sleep(600)
"""
DANGER = (
    "I am going to stab Mrs Quillfeather at Oakfield Primary School in Northvale tomorrow, I have the knife"
)
STOPPED, AGAIN = "Part of Schoolgate has stopped", "Schoolgate is working again"
MEANT = ("Posts may be missing", "Alerts may be late", "Posts of cases: not looked at")


@dataclass
class Told:
    """Somebody was told: by which way, after how many minutes of the service's clock."""

    who: str
    by: str
    minute: float
    what: str


@dataclass
class Service:
    """The service, and what was received from it. `minute` counts from the fault, by the service's clock."""

    home: Path
    office: Office
    site: Site
    process: subprocess.Popen[str]
    port: int
    speed: float
    short: list[tuple[float, str]]
    beats: list[float]
    posts: list[str]
    since: float = 0.0
    undo: list[Callable[[], object]] = field(default_factory=list)
    _mails: list[tuple[float, str, str]] = field(default_factory=list)

    def minute(self, at=None):
        return ((time.time() if at is None else at) - self.since) * self.speed / 60

    def settle(self, seconds=90):
        """Until it has judged and saved, and beats."""
        self.until(lambda: len(self.beats) > 0 and self.healthy(), seconds)

    def until(self, true, seconds):
        ends = time.monotonic() + seconds
        while not true():
            self.note()
            if time.monotonic() > ends:
                return False
            time.sleep(0.05)
        self.note()
        return True

    def healthy(self):
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except HTTPError as error:
            error.close()
        except OSError:
            pass
        return False

    def note(self):
        """Notes when each mail came."""
        for taken in self.office.taken[len(self._mails) :]:
            self._mails.append((time.time(), taken.to[0], str(taken.mail["Subject"])))

    def told(self, what=STOPPED):
        """Who was told of the trouble, or that it is over, since the fault, in their order."""
        self.note()
        said = (what, *(MEANT if what == STOPPED else ()))  # what is broken to IT, what it means to the head
        mails = [
            (at, who.partition("@")[0], "mail")
            for at, who, subject in self._mails
            if any(part in subject for part in said)
        ]
        mark = "working again since" if what == AGAIN else "schoolgate doctor"
        lines = [(at, "head", "chat") for at, line in self.short if mark in line]
        told = [Told(who, by, self.minute(at), what) for at, who, by in sorted(mails + lines)]
        return [one for one in told if one.minute >= 0]

    def cause(self, fault):
        """Begins the fault now."""
        self.since = time.time()
        FAULTS[fault](self)

    def mend(self):
        """Ends it."""
        while self.undo:
            self.undo.pop()()

    def status(self):
        """What `schoolgate status` ends with, after how many seconds, and what it says."""
        began = time.monotonic()
        command = [sys.executable, "-P", "-m", "monitor.cli.app", "status", "--home", str(self.home)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return run.returncode, time.monotonic() - began, run.stdout + run.stderr

    def children(self):
        """The model's processes."""
        found = []
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with suppress(OSError):
                for child in path.read_text(encoding="ascii").split():
                    if b"monitor.service.scoring" in Path(f"/proc/{child}/cmdline").read_bytes():
                        found.append(int(child))
        return found


def _model(service):
    """Whatever process holds the model is killed at once, again and again."""
    stop = threading.Event()

    def kill():
        while not stop.wait(0.02):
            for pid in service.children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill, name="killer")
    thread.start()
    service.undo += [thread.join, stop.set]


def _disk(service):
    """No file may grow: as on a full disk, for this process alone."""
    before = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    service.undo.append(lambda: resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, before))


def _lock(service):
    """Another program reads the store, and does not end."""
    path = service.home / "schoolgate.duckdb"
    for _ in range(200):
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        assert reader.stdout is not None
        if reader.stdout.readline():
            break
        reader.wait()
    service.since = time.time()

    def end():
        reader.kill()
        reader.communicate()

    service.undo.append(end)


def _mail_down(service):
    """The mail server says that it serves nobody, while there is something to send."""
    service.office.mail = lambda address: "421 4.3.2 closing"
    service.posts.append(DANGER)
    service.undo.append(lambda: setattr(service.office, "mail", lambda address: None))


def _refuses_all(service):
    """The mail server knows none of the addresses, while there is something to send."""
    service.office.rcpt = lambda address: "550 5.1.1 no such user"
    service.posts.append(DANGER)
    service.undo.append(lambda: setattr(service.office, "rcpt", lambda address: None))


def _settings(service):
    """The settings are changed, and cut in half by it."""
    path = service.home / "schoolgate.toml"
    text = path.read_text()
    path.write_text(text[: len(text) // 2] + '\n[[sources]]\nid = "')
    service.undo.append(lambda: path.write_text(text))


def _damaged(service):
    """The store's first bytes are overwritten."""
    path = service.home / "schoolgate.duckdb"
    before = path.read_bytes()
    path.write_bytes(b"\0" * 8192 + before[8192:])
    service.undo.append(lambda: path.write_bytes(before))


FAULTS: dict[str, Callable[[Service], None]] = {
    "model killed": _model, "disk full": _disk, "store held": _lock, "store damaged": _damaged,
    "mail down": _mail_down, "550 to everybody": _refuses_all, "settings refused": _settings,
}  # fmt: skip


def _config(site, smtp, health):
    return (
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\naliases = ["Oakfield Primary"]\n'
        f'locality = "Northvale"\n[[sources]]\nid = "a"\nkind = "feed"\nurl = "{site}/a.xml"\n'
        'surfaced = true\ninterval = "5m"\n'
        '[[people]]\nid = "head"\nname = "Mrs Tamsin Quillfeather"\nroles = ["head"]\n'
        'email = "head@example.org"\nchat_env = "SCHOOLGATE_CHAT_HEAD"\n'
        '[[people]]\nid = "it"\nname = "Mr Jo Fern"\nroles = ["it_lead"]\nemail = "it@example.org"\n'
        '[[people]]\nid = "dsl"\nname = "Ms Imogen Larkspur"\nroles = ["dsl"]\nemail = "dsl@example.org"\n'
        '[network]\nown_servers = ["127.0.0.1"]\n'
        f'[model]\nthreads = 1\n[serve]\nhealth_port = {health}\nheartbeat_url = "{site}/beat"\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "sg@example.org"\n'
    )


def _feed(posts):
    posts.append(f"Parking at Oakfield Primary School in Northvale was bad on day {len(posts)}.")
    rows = "".join(
        f"<item><title>{n}</title><guid>{n}</guid><link>https://gazette.example.org/{n}</link>"
        f"<description>{text}</description></item>"
        for n, text in enumerate(posts)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title>{rows}</channel></rss>'.encode()


@contextmanager
def a_service(home, health_port, speed):
    """Runs it while the block lasts; its clock runs `speed` times as fast as ours."""
    short: list[tuple[float, str]] = []
    beats: list[float] = []
    posts: list[str] = []

    def chat(exchange):
        short.append((time.time(), str(json.loads(exchange.asked.body)["message"])))
        return Answer(200, b"{}")

    def beat(exchange):
        beats.append(time.time())
        return Answer(200, b"OK")

    def fed(exchange):
        return Answer(200, _feed(posts), {"Content-Type": "application/rss+xml"})

    with post_office() as office, serve({"/a.xml": fed, "/chat": chat, "/beat": beat}) as site:
        home.mkdir(parents=True, exist_ok=True)
        (home / "schoolgate.toml").write_text(_config(site, office.port, health_port), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", SERVE, str(home), str(site.port), str(speed), str(time.time())],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "SCHOOLGATE_CHAT_HEAD": f"json://127.0.0.1:{site.port}/chat"},
        )  # fmt: skip
        log: list[str] = []
        assert process.stderr is not None
        reading = threading.Thread(target=log.extend, args=(process.stderr,), name="log")
        reading.start()
        service = Service(home, office, site, process, health_port, speed, short, beats, posts)
        try:
            yield service
        except AssertionError:
            sys.stderr.write("".join(log[-40:]))
            raise
        finally:
            service.mend()
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()
            process.wait()
            reading.join()
            process.stderr.close()
