"""What a service takes after hours at work: memory, threads, handles and connections every ten seconds.

python -P benchmarks/soak/serve.py [--minutes 120] [--csv FILE] [--every 30]

A true `schoolgate serve` over fifty feeds at fifty hosts of this machine, each asked every half minute (five
minutes is the shortest that people may set), so a quarter of an hour of the soak is at least a working day. Each brings a new
post at one asking in four, two in a hundred of them grave. Three people sign in by mailed codes and open ten
pages each minute. Printed are the megabytes an hour that memory grew in the second half (least squares),
the most it was, and the spread of all else. It ends with 1 where one is over what it may be.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import linear_regression

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT), str(ROOT / "tests")]

from desk import Browser, free_port  # noqa: E402 - the project's own folders come first
from builders.recheck import PATH, Rechecks  # noqa: E402
from builders.steps import an_event  # noqa: E402
from builders.thread_page import AFTER, BEFORE, thread  # noqa: E402
from held import begun_by  # noqa: E402
from support.mail_server import Office, post_office  # noqa: E402

from data.effects import utc_now  # noqa: E402
from data.steps.codes import StepKind  # noqa: E402
from data.store.engine.open import Store  # noqa: E402
from monitor.act.casework import apply_event  # noqa: E402
from monitor.matters.reader import load_case  # noqa: E402

HOSTS = tuple(f"127.0.1.{n}" for n in range(1, 51))
PEOPLE = {"holt": "head", "pike": "dsl", "fern": "it_lead"}
PAGES = ("/", "/matters", "/tell", "/matters?words=gate")
OWN_PAGES = {"holt": ("/reports",), "pike": ("/room",), "fern": ()}
SOUGHT = (
    ("classified", {"class": "C7"}),
    ("evidence", {"capture": "c1", "manifest": "m1", "files": "1"}),
    ("weighed", {"nature": "a lie", "visible": "a day", "spread": "two groups", "impact": "he is ill"}),
    ("decided", {"decision": "seek"}),
    ("asked", {"rung": "platform_report"}),
    ("answered", {"rung": "platform_report", "result": "removed"}),
)
"""What people did in the one case: the platform has said that the post is gone, which is looked at again."""
SERVE = """
import sys
from monitor.config import model
from monitor.service import serve
home, port, hosts = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
model._SHORTEST_S = 1.0
serve.run_service.__kwdefaults__["allow_loopback"] = frozenset((host, port) for host in hosts)
from monitor.cli.app import main
sys.argv = ["schoolgate", "serve", "--home", home]
main()
"""
WORDS = (
    "amber brass cedar denim early felt green hollow iron jolly knitted linen mossy narrow oaken plain quiet "
    "round silver timber upper velvet woollen yellow apron basket bench carpet cupboard drum easel fence gate "
    "hammer jacket kettle ladder mirror needle organ pillow quilt ribbon saddle table umbrella violin window"
).split()
CALM = (
    "The {} {} at Oakfield Primary School in Northvale went well, said a parent by the {} {}. {}",
    "A {} {} was found in the road in Hexley, and the {} {} has gone home. {}",
    "Oakfield Primary in Northvale again: the {} {} is late, and nobody answers about the {} {}. {}",
)
GRAVE = "I will stab the caretaker at Oakfield Primary School in Northvale tomorrow by the {} {}. {} {} {}"


@dataclass(frozen=True)
class Sample:
    """The service at one moment; megabytes are 10^6 bytes."""

    seconds: float
    resident_mb: float
    shared_out_mb: float
    anonymous_mb: float
    threads: int
    handles: int
    close_wait: int
    store_mb: float
    children_mb: float
    children: int


def sample(pid: int, home: Path, began: float) -> Sample:
    """What /proc and the home say now. Raises OSError where the process is gone."""
    here = Path(f"/proc/{pid}")
    held = _kb(here / "smaps_rollup")
    handles, sockets = 0, set[str]()
    for one in (here / "fd").iterdir():
        handles += 1
        with suppress(OSError):
            sockets.update(re.findall(r"socket:\[(\d+)\]", str(one.readlink())))
    rows = [row.split() for row in (here / "net/tcp").read_text("ascii").splitlines()[1:]]
    children = begun_by(pid)
    kb = 0
    for child in children:
        with suppress(OSError):
            kb += _kb(Path(f"/proc/{child}/smaps_rollup")).get("Rss", 0)
    return Sample(
        round(time.monotonic() - began, 1),
        *(held[name] / 1000 for name in ("Rss", "Pss", "Anonymous")),
        len(list((here / "task").iterdir())),
        handles,
        sum(row[3] == "08" and row[9] in sockets for row in rows),
        sum(path.stat().st_size for path in home.glob("schoolgate.duckdb*")) / 1e6,
        kb / 1000,
        len(children),
    )


def _kb(file: Path) -> dict[str, int]:
    return {name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB", file.read_text("ascii"), re.M)}


class Feeds(ThreadingHTTPServer):
    """A feed at each host: its newest twenty posts, one more at one asking in `rarely`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, seed: int, rarely: int) -> None:
        super().__init__(("0.0.0.0", 0), _Handler)
        self.chance, self.rarely = random.Random(seed), rarely
        self.posts: dict[str, deque[str]] = {host: deque(maxlen=20) for host in HOSTS}
        self.published = 0
        self.asked = self.looks = 0
        self._lock = threading.Lock()

    def read(self, host: str) -> bytes:
        """The feed as it is now."""
        with self._lock:
            self.asked += 1
            posts = self.posts[host]
            if not posts or self.chance.randrange(self.rarely) == 0:
                self.published += 1
                posts.appendleft(self._write(self.published))
            return f'<rss version="2.0"><channel><title>F</title>{"".join(posts)}</channel></rss>'.encode()

    def _write(self, n: int) -> str:
        grave = self.chance.random() < 0.02
        more = " ".join(self.chance.choices(WORDS, k=self.chance.randrange(5, 120)))
        text = (GRAVE if grave else self.chance.choice(CALM)).format(*self.chance.choices(WORDS, k=4), more)
        title = " ".join(self.chance.choices(WORDS, k=3))
        return (
            f"<item><guid>{n}</guid><title>{title}</title><link>https://gazette.example.org/{n}</link>"
            f"<pubDate>{formatdate()}</pubDate><description>{text}</description></item>"
        )


class _Handler(BaseHTTPRequestHandler):
    server: Feeds

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        if self.path == PATH:
            body = thread(BEFORE, AFTER)
            self.server.looks += 1
        else:
            body = self.server.read(host) if self.path == "/feed.xml" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html" if self.path == PATH else "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def settings(desk: int, health: int, mail: int, feeds: int, every_s: int) -> str:
    """A school with three people, over fifty feeds."""
    people = "".join(
        f'[[people]]\nid = "{one}"\nname = "Person {one.title()}"\nroles = ["{role}"]\n'
        f'email = "{one}@example.org"\n'
        for one, role in PEOPLE.items()
    )
    sources = "".join(
        f'[[sources]]\nid = "f{n}"\nkind = "feed"\nurl = "http://{host}:{feeds}/feed.xml"\nsurfaced = true\n'
        f'interval = "{every_s / 60:.4f} minutes"\n'
        for n, host in enumerate(HOSTS)
    )
    return (
        f'base_url = "http://127.0.0.1:{desk}"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\nlocality = "Northvale"\n'
        f'{sources}{people}[mail]\nhost = "127.0.0.1"\nport = {mail}\nsecurity = "none"\n'
        'sender = "schoolgate@example.org"\n[network]\nown_servers = ["127.0.0.1"]\n'
        f'[serve]\nhealth_port = {health}\nlisten = "127.0.0.1:{desk}"\n'
    )


def prepare(home: Path, site: str) -> None:
    """Makes the store, with a case whose post is said to be gone."""
    made = Rechecks(home, site)
    made.now = utc_now() - timedelta(hours=5)
    for kind, facts in SOUGHT:
        by = "schoolgate" if kind == "evidence" else "holt"
        with made.store.write("prepare") as con:
            event = an_event(StepKind(kind), by, "It is untrue", facts)
            case = load_case(con, con.execute("SELECT id FROM cases").fetchone()[0])
            print(kind, type(apply_event(con, made.context, case, event, made.now)).__name__)
        made.wait(hours=0.5)


class Visitors(threading.Thread):
    """Three people who sign in each hour and look around each minute. `pages` counts, `faults` are named."""

    def __init__(self, base: str, office: Office, home: Path) -> None:
        super().__init__(daemon=True)
        self._store = Store(home, clock=utc_now, sleep=time.sleep)
        self._base, self._office, self.ending = base, office, threading.Event()
        self.pages, self.faults = 0, list[str]()

    def run(self) -> None:
        chance, signed_in, browsers = random.Random(5), 0.0, dict[str, Browser]()
        while not self.ending.wait(60 if browsers else 20):
            try:
                if self.pages:
                    with self._store.write("look again") as con:
                        con.execute("UPDATE cases SET recheck_at = now()")
                if not browsers or time.monotonic() - signed_in > 3600:
                    browsers = {who: Browser(self._base) for who in PEOPLE}
                    for who, browser in browsers.items():
                        browser.sign_in(f"{who}@example.org", self._office)
                    signed_in = time.monotonic()
                for who, browser in browsers.items():
                    for page in (*PAGES, *OWN_PAGES[who]):
                        self._look(browser, page, chance)
            except (Exception, SystemExit) as fault:  # noqa: BLE001 - counted
                self.faults.append(f"{type(fault).__name__}: {fault}")

    def _look(self, browser: Browser, page: str, chance: random.Random) -> None:
        text = browser.get(page)
        self.pages += 1
        matters = re.findall(r'href="(/(?:m|case)/[^"#?]+)"', text)
        if matters:
            browser.get(chance.choice(matters))
            self.pages += 1


@contextmanager
def at_work(folder: Path, every_s: int, rarely: int, seed: int) -> Iterator[tuple[subprocess.Popen[str], Visitors, Feeds]]:
    """The service, who visits it, and what it reads; ended with SIGTERM."""
    feeds, desk = Feeds(seed, rarely), free_port()
    threading.Thread(target=feeds.serve_forever, daemon=True).start()
    with post_office() as office, (folder / "log").open("w", encoding="utf-8") as log:
        text = settings(desk, free_port(), office.port, feeds.server_port, every_s)
        home = folder / "home"
        home.mkdir()
        prepare(home, f"http://{HOSTS[0]}:{feeds.server_port}")
        (home / "schoolgate.toml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-P", "-c", SERVE, str(home), str(feeds.server_port), ",".join(HOSTS)]
        service = subprocess.Popen(command, stdout=log, stderr=log, text=True)
        visitors = Visitors(f"http://127.0.0.1:{desk}", office, home)
        visitors.start()
        try:
            yield service, visitors, feeds
        finally:
            visitors.ending.set()
            service.terminate()
            print("ended with", service.wait(30))
            feeds.shutdown()


def slope(samples: Sequence[Sample], of: str) -> float:
    """How much it grew in an hour, by least squares."""
    return 3600 * linear_regression([s.seconds for s in samples], [getattr(s, of) for s in samples]).slope


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--minutes", type=float, default=120)
    options.add_argument("--csv", type=Path, default=Path("soak.csv"))
    options.add_argument("--every", type=int, default=30)
    options.add_argument("--rarely", type=int, default=4)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as name, given.csv.open("w", newline="") as file:
        folder, table = Path(name), csv.writer(file)
        table.writerow(field.name for field in fields(Sample))
        with at_work(folder, given.every, given.rarely, given.seed) as (service, visitors, feeds):
            began = time.monotonic()
            while time.monotonic() - began < 60 * given.minutes and service.poll() is None:
                time.sleep(10)
                with suppress(OSError):
                    samples.append(sample(service.pid, folder / "home", began))
                    table.writerow(asdict(samples[-1]).values())
                    file.flush()
        print(f"{feeds.asked} askings, {feeds.published} posts, {feeds.looks} looks, {visitors.pages} pages", *visitors.faults[:5])
        print((folder / "log").read_text(encoding="utf-8")[-3000:])
    second = samples[len(samples) // 2 :]
    for of in ("resident_mb", "shared_out_mb", "anonymous_mb", "store_mb", "children_mb"):
        most = max(getattr(s, of) for s in samples)
        print(f"{of}: {slope(second, of):+.1f} MB an hour in the second half, most {most:.0f}")
    for of in ("threads", "handles", "close_wait", "children"):
        print(f"{of}: {min(getattr(s, of) for s in second)} to {max(getattr(s, of) for s in second)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
