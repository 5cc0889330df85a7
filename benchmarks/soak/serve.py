"""Does a service at work for long take more and more: memory, threads, handles, connections nobody closes?

python -P benchmarks/soak/serve.py [--minutes 120] [--every 30] [--csv FILE]
python -P benchmarks/soak/serve.py --rounds 40 --every 1

A true `schoolgate serve` over fifty feeds at fifty hosts of this machine, each asked every so many seconds
(people may set five minutes at least), and as much more often does all else. Each feed has a new post every
two minutes, one in fifty of them a threat. Three people sign in by mailed codes and look around each minute,
and a post that is said to be gone is looked at again. Printed is by how much the least of each minute grew
in an hour, without the first third, in which what is remembered fills. It ends with 1 where standard error
has a line that is none of ours, or connections stay that nobody closed.

With `--rounds` (all feeds asked once are a round) it is measured after twenty rounds and after so many more,
however long they take. Memory is measured as it is, and what of it is in use once everything has been given
back that nobody keeps. It ends with 1 where any of it grew by more than `BOUNDS`, too.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import linear_regression, median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT), str(ROOT / "tests")]

from builders.recheck import PATH, Rechecks  # noqa: E402 - the project's own folders come first
from builders.steps import an_event  # noqa: E402
from builders.thread_page import AFTER, BEFORE, thread  # noqa: E402
from desk import Browser, free_port  # noqa: E402
from held import begun_by  # noqa: E402
from support.mail_server import Office, post_office  # noqa: E402
from support.service_forks import FIRST, THING  # noqa: E402

from data.effects import utc_now  # noqa: E402
from data.steps.codes import StepKind  # noqa: E402
from data.store.engine.open import Store  # noqa: E402
from monitor.act.casework import apply_event  # noqa: E402
from monitor.matters.reader import load_case  # noqa: E402

HOSTS = tuple(f"127.0.1.{n}" for n in range(1, 51))
PEOPLE = {"holt": "head", "pike": "dsl", "fern": "it_lead"}
PAGES = {"holt": ("/reports",), "pike": ("/room",), "fern": ()}
ALL_PAGES = ("/", "/matters", "/tell", "/matters?words=gate")
SOUGHT = (
    ("classified", {"class": "C7"}),
    ("evidence", {"capture": "c1", "manifest": "m1", "files": "1"}),
    ("weighed", {"nature": "a lie", "visible": "a day", "spread": "two groups", "impact": "he is ill"}),
    ("decided", {"decision": "seek"}),
    ("asked", {"rung": "platform_report"}),
    ("answered", {"rung": "platform_report", "result": "removed"}),
)
"""The last step of the one case: the platform has said that its post is gone."""
SERVE = """
import ctypes, gc, signal, sys, time
from pathlib import Path
from data.child_process import give_memory_back
from data.store.engine.connect import _ours, _parsed
from monitor.config import model
from monitor.service import serve
home, port, every, hosts = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4].split(",")
model._SHORTEST_S = 1.0
for pace in ("COLLECT_S", "TASKS_S", "DELIVER_S", "BEAT_S", "RECHECK_S", "BESIDE_S"):
    setattr(serve, pace, min(getattr(serve, pace), every))
serve.run_service.__kwdefaults__["allow_loopback"] = frozenset((host, port) for host in hosts)
from monitor.cli.app import main
class Heap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    )]
look_at_heap = ctypes.CDLL(None).mallinfo2
look_at_heap.restype = Heap
def is_settled():
    with _ours.lock:
        if _ours._kept is not None:
            if _ours._kept._users:
                return False
            _ours.let_go(_ours._kept)
        _parsed.clear()
        gc.collect()
        give_memory_back()
        heap = look_at_heap()
        with Path(home, "in_use").open("a") as file:
            print(heap.hblkhd + heap.uordblks + 80 * sys.getallocatedblocks(), file=file)
        return True
def settle(*_):
    while not is_settled():
        time.sleep(0.01)
signal.signal(signal.SIGUSR1, settle)
sys.argv = ["schoolgate", "serve", "--home", home]
main()
"""
"""On SIGUSR1 it ends DuckDB's instance, forgets what statements it has parsed, and writes down the bytes that
are in use then: glibc's (mallinfo2(3)), and 80 for each small object of Python."""
WARM, LOOKS = 20, 60
"""Rounds and pages before the first measurement: what is remembered fills."""
BOUNDS = {"in_use_mb": 0.06, "anonymous_mb": 0.4, "threads": 0.1, "handles": 0.2, "close_wait": 0.0}
"""The most by which each may grow in a round. Anonymous memory varies by 20 MB, what is in use by 2."""
CALM = (
    "The {} at Oakfield Primary School in Northvale went well, said a parent by the {}. {}",
    "A {} was found in the road in Hexley, and the {} has gone home. {}",
    "Oakfield Primary in Northvale again: the {} is late, and nobody answers about the {}. {}",
)
THREAT = "I will stab the caretaker at Oakfield Primary School in Northvale tomorrow by the {} {} {}"


@dataclass(frozen=True)
class Sample:
    """The service at one moment; megabytes are 10^6 bytes. `shared_mb` shares out what others map too."""

    seconds: float
    resident_mb: float
    shared_mb: float
    anonymous_mb: float
    threads: int
    handles: int
    close_wait: int
    store_mb: float
    children_mb: float


def sample(pid: int, home: Path, began: float) -> Sample:
    """Measure the process by /proc and the home. Raises OSError where the process is gone."""
    here, held = Path(f"/proc/{pid}"), _kb(pid)
    links = [str(one.readlink()) for one in (here / "fd").iterdir() if one.is_symlink()]
    rows = [row.split() for row in (here / "net/tcp").read_text("ascii").splitlines()[1:]]
    return Sample(
        seconds=round(time.monotonic() - began, 1),
        resident_mb=held["Rss"] / 1000,
        shared_mb=held["Pss"] / 1000,
        anonymous_mb=held["Anonymous"] / 1000,
        threads=len(list((here / "task").iterdir())),
        handles=len(links),
        close_wait=sum(row[3] == "08" and f"socket:[{row[9]}]" in links for row in rows),
        store_mb=sum(path.stat().st_size for path in home.glob("schoolgate.duckdb*")) / 1e6,
        children_mb=sum(_kb(child).get("Anonymous", 0) for child in begun_by(pid)) / 1000,
    )


def _kb(pid: int) -> dict[str, int]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return {name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}


class Feeds(ThreadingHTTPServer):
    """A feed at each host with its newest dozen posts; the page of the case is at each, too."""

    daemon_threads, request_queue_size = True, 128

    def __init__(self, every_s: float) -> None:
        super().__init__(("0.0.0.0", 0), _Handler)
        self._often = every_s / 120
        self._chance, self._lock, self.asked, self.published, self.looks = (
            random.Random(7),
            threading.Lock(),
            0,
            0,
            0,
        )
        self._posts = {host: deque((self._write() for _ in range(12)), maxlen=12) for host in HOSTS}

    def read(self, host: str) -> bytes:
        """The feed as it is now."""
        with self._lock:
            self.asked += 1
            if self._chance.random() < self._often:
                self._posts[host].appendleft(self._write())
            posts = "".join(self._posts[host])
        return f'<rss version="2.0"><channel><title>F</title>{posts}</channel></rss>'.encode()

    @property
    def rounds(self) -> float:
        """The number of times that each feed was asked."""
        return self.asked / len(HOSTS)

    def _write(self) -> str:
        self.published += 1
        threat = self.asked and self._chance.random() < 0.02
        pair, other = (" ".join(map(self._chance.choice, (FIRST.split(), THING.split()))) for _ in "12")
        more = " ".join(self._chance.choices(THING.split(), k=self._chance.randrange(5, 120)))
        text = (THREAT if threat else self._chance.choice(CALM)).format(pair, other, more)
        return (
            f"<item><guid>{self.published}</guid><title>{other} {pair}</title><description>{text}"
            f"</description><pubDate>{formatdate()}</pubDate><link>https://gazette.test/{self.published}</link></item>"
        )


class _Handler(BaseHTTPRequestHandler):
    server: Feeds

    def do_GET(self) -> None:
        body, kind = b"", "application/rss+xml"
        if self.path == "/feed.xml":
            body = self.server.read(self.headers.get("Host", "").partition(":")[0])
        elif self.path == PATH:
            self.server.looks += 1
            body, kind = thread(BEFORE, AFTER), "text/html"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def prepare(home: Path, site: str, desk: int, mail: int, every_s: float) -> None:
    """Makes a home of three people over fifty feeds, and a case whose post is said to be gone."""
    home.mkdir()
    made = Rechecks(home, site)
    made.now = utc_now() - timedelta(hours=5)
    for kind, facts in SOUGHT:
        by = "schoolgate" if kind == "evidence" else "holt"
        with made.store.write("prepare") as con:
            case = load_case(con, con.execute("SELECT id FROM cases").fetchone()[0])
            apply_event(
                con, made.context, case, an_event(StepKind(kind), by, "It is untrue", facts), made.now
            )
        made.wait(hours=0.5)
    people = "".join(
        f'[[people]]\nid = "{one}"\nname = "Person {one.title()}"\nroles = ["{role}"]\n'
        f'email = "{one}@example.org"\n'
        for one, role in PEOPLE.items()
    )
    sources = "".join(
        f'[[sources]]\nid = "f{n}"\nkind = "feed"\nurl = "{site.replace(HOSTS[0], host)}/feed.xml"\n'
        f'surfaced = true\ninterval = "{every_s / 60:.4f} minutes"\n'
        for n, host in enumerate(HOSTS)
    )
    (home / "schoolgate.toml").write_text(
        f'base_url = "http://127.0.0.1:{desk}"\n'
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\nlocality = "Northvale"\n'
        f'{sources}{people}[mail]\nhost = "127.0.0.1"\nport = {mail}\nsecurity = "none"\n'
        'sender = "schoolgate@example.org"\n[network]\nown_servers = ["127.0.0.1"]\n'
        f'[serve]\nhealth_port = {free_port()}\nlisten = "127.0.0.1:{desk}"\n',
        encoding="utf-8",
    )


class Visitors(threading.Thread):
    """Three people who sign in each hour and look around each minute. `pages` counts, `faults` are named."""

    def __init__(self, base: str, office: Office, home: Path) -> None:
        super().__init__(daemon=True)
        self._store = Store(home, clock=utc_now, sleep=time.sleep)
        self._base, self._office, self.ending = base, office, threading.Event()
        self._chance, self.pages, self.faults = random.Random(5), 0, list[str]()

    def run(self) -> None:
        signed_in, browsers = 0.0, dict[str, Browser]()
        while not self.ending.wait(60 if browsers else 20):
            try:
                if not browsers or time.monotonic() - signed_in > 3600:
                    coming = {who: Browser(self._base) for who in PEOPLE}
                    for who, browser in coming.items():
                        browser.sign_in(f"{who}@example.org", self._office)
                    browsers, signed_in = coming, time.monotonic()
                for who, browser in browsers.items():
                    for page in (*ALL_PAGES, *PAGES[who]):
                        self._look(browser, page)
                with self._store.write("look again") as con:
                    con.execute("UPDATE cases SET recheck_at = now()")
            except (Exception, SystemExit) as fault:  # noqa: BLE001 - counted, and it goes on
                self.faults.append(f"{type(fault).__name__}: {fault}")

    def _look(self, browser: Browser, page: str) -> None:
        """Opens it and one of what it leads to."""
        led = re.findall(r'href="(/(?:m|case)/[^"#?]+)"', browser.get(page))
        if led:
            browser.get(self._chance.choice(led))
        self.pages += 1 + bool(led)


@contextmanager
def at_work(folder: Path, every_s: float) -> Iterator[tuple[subprocess.Popen[bytes], Visitors, Feeds]]:
    """The service's process, who visits it and what it reads; ended with SIGTERM, its log in `folder`."""
    feeds, desk, home = Feeds(every_s), free_port(), folder / "home"
    threading.Thread(target=feeds.serve_forever, daemon=True).start()
    with post_office() as office, (folder / "log").open("w") as log:
        prepare(home, f"http://{HOSTS[0]}:{feeds.server_port}", desk, office.port, every_s)
        words = (str(home), str(feeds.server_port), str(every_s), ",".join(HOSTS))
        service = subprocess.Popen(
            [sys.executable, "-P", "-c", SERVE, *words], stdout=subprocess.DEVNULL, stderr=log
        )
        visitors = Visitors(f"http://127.0.0.1:{desk}", office, home)
        visitors.start()
        try:
            yield service, visitors, feeds
        finally:
            visitors.ending.set()
            service.terminate()
            service.wait(30)
            feeds.shutdown()


def grows(samples: Sequence[Sample], of: str) -> float:
    """By how much the least of each minute grew in an hour, least squares, without the first third."""
    ends = samples[-1].seconds // 60 * 60
    late = [s for s in samples if samples[-1].seconds / 3 < s.seconds < ends]
    least: dict[int, float] = {}
    for one in late:
        minute = int(one.seconds // 60)
        least[minute] = min(getattr(one, of), least.get(minute, 1e9))
    return 60 * linear_regression(list(least), list(least.values())).slope


def wait(service: subprocess.Popen[bytes], done: Callable[[], bool]) -> None:
    """Waits until it is so. Raises SystemExit where the service ends before."""
    while not done():
        if service.poll() is not None:
            raise SystemExit(f"The service ended with {service.returncode}.")
        time.sleep(0.2)


def measure(service: subprocess.Popen[bytes], feeds: Feeds, home: Path) -> dict[str, float]:
    """Measures for eight rounds: the median of memory, the least of the rest. What is in use in five more."""
    ends, samples, file = feeds.rounds + 8, list[Sample](), home / "in_use"
    while feeds.rounds < ends:
        time.sleep(0.3)
        with suppress(FileNotFoundError):  # a handle or a child that has gone meanwhile
            samples.append(sample(service.pid, home, 0.0))
    file.write_text("", "ascii")
    for n in range(5):
        wait(service, lambda n=n: feeds.rounds >= ends + n)
        service.send_signal(signal.SIGUSR1)
        wait(service, lambda n=n: len(file.read_text("ascii").split()) > n)
    return {
        "rounds": feeds.rounds,
        "in_use_mb": min(map(int, file.read_text("ascii").split())) / 1e6,
        "anonymous_mb": median(s.anonymous_mb for s in samples),
        "threads": min(s.threads for s in samples),
        "handles": min(s.handles for s in samples),
        "close_wait": min(s.close_wait for s in samples),
    }


def find_growth(
    service: subprocess.Popen[bytes], visitors: Visitors, feeds: Feeds, home: Path, rounds: int
) -> list[str]:
    """Lists what grew too much in a round; prints all that was measured."""
    wait(service, lambda: feeds.rounds >= WARM and visitors.pages >= LOOKS)
    first = measure(service, feeds, home)
    wait(service, lambda: feeds.rounds >= first["rounds"] + rounds)
    last, grew = measure(service, feeds, home), list[str]()
    for of, bound in BOUNDS.items():
        slope = (last[of] - first[of]) / (last["rounds"] - first["rounds"])
        print(f"{of}: {first[of]:.1f}, then {last[of]:.1f}: {slope:+.3f} a round", flush=True)
        grew += [f"{of} grew by more than {bound} a round"] * (slope > bound)
    print(f"measured after {first['rounds']:.0f} and {last['rounds']:.0f} rounds")
    return grew


def watch(
    service: subprocess.Popen[bytes], home: Path, minutes: float, every_s: float, to: Path
) -> list[str]:
    """Prints by how much each figure grew in an hour; names connections that nobody closed."""
    samples, began = list[Sample](), time.monotonic()
    with to.open("w", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Sample)])
        table.writeheader()
        while time.monotonic() - began < 60 * minutes and service.poll() is None:
            time.sleep(min(10.0, every_s))
            with suppress(FileNotFoundError):
                samples.append(sample(service.pid, home, began))
                table.writerow(asdict(samples[-1]))
                file.flush()
    for of in (field.name for field in fields(Sample)[1:]):
        most = max(getattr(s, of) for s in samples)
        print(f"{of}: {grows(samples, of):+.1f} an hour, most {most:.0f}")
    left = min(s.close_wait for s in samples[-5:])
    return [f"{left} connections that nobody closed"] * bool(left)


def main() -> int:
    """Measures and prints."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--minutes", type=float, default=120)
    options.add_argument("--every", type=float, default=30)
    options.add_argument("--rounds", type=int)
    options.add_argument("--csv", type=Path, default="/dev/null")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name, at_work(Path(name), given.every) as at:
        service, visitors, feeds = at
        wait(service, lambda: feeds.rounds >= 3)  # what was there at first is judged and saved
        if given.rounds:
            odd = find_growth(service, visitors, feeds, Path(name) / "home", given.rounds)
        else:
            odd = watch(service, Path(name) / "home", given.minutes, given.every, given.csv)
        log = (Path(name) / "log").read_text(encoding="utf-8").splitlines()
    odd += [line for line in log if not re.match(r"\d{4}-\S+ schoolgate", line)]
    odd += [f"The service ended with {service.returncode}."] * bool(service.returncode)
    print(f"{feeds.asked} askings, {feeds.published} posts, {feeds.looks} looks, {visitors.pages} pages")
    print(*odd[:9], *visitors.faults[:5], sep="\n")
    return int(bool(odd))


if __name__ == "__main__":
    sys.exit(main())
