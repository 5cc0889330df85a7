"""How long people wait at the desk over a big store, alone and beside a scan that never stops; its memory.

python -P benchmarks/desk.py [--mentions 1000000] [--pages 60] [--keep FOLDER] [--no-scan]

A true `schoolgate serve` over the store of `benchmarks/digest.py`, filled up to now. Five people sign in by
codes from a mail server on this machine. Each page is asked for in turns, by the head; the room, with one
alert in fifty, by the safeguarding lead. Then again while another process scans the same home without a
pause, of a feed with forty new posts at each asking. Printed are medians and the 95th of 100 in milliseconds
by the clock, as somebody waits; what the service worked for a page; and the kilobytes of its HTML. The
service is as it is, but that a browser may ask as often as it likes, and that it lets the model go after two
seconds. It ends with 1 where one is over what it may be.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "tests")]

import requests  # noqa: E402 - the project's own folders first
from digest import build  # noqa: E402
from held import held_mb  # noqa: E402
from support.mail_server import Office, post_office  # noqa: E402

from data.effects import utc_now  # noqa: E402
from data.store.engine.open import Store  # noqa: E402

WAIT_MS, BESIDE_MS, HTML_KB, HELD_MB = 250, 600, 40, 200
LIST = "/matters"
PAGES = (
    *("/", "MATTER", LIST, f"{LIST}?words=parking", f"{LIST}?words=654321", "NEXT", f"{LIST}/csv", "/room"),
    *("/case/0001", "/case/0001/ask", "/reports", "/tell", "/sign-in"),
)
APART = "UPDATE alerts SET restricted = TRUE WHERE number::INTEGER % 50 = 7"
PEOPLE = {"head": "head", "deputy": "deputy_head", "slt": "slt", "dsl": "dsl", "it": "it_lead"}
WORDS = "The car park of Oakfield Primary School in Northvale was full again this morning, note"
SERVE = """
import sys
from pathlib import Path
from monitor.desk import page as edge
from monitor.service import scoring
from monitor.service.serve import run_service
from sources import parser_process
edge.MOST = 10**6
scoring.AwayScorer.let_go.__defaults__ = scoring.IdleLinker.let_go.__defaults__ = (2.0,)
parser_process.ParserProcess.let_go.__defaults__ = (2.0,)
home, port = Path(sys.argv[1]), int(sys.argv[2])
sys.exit(run_service(home, home / "schoolgate.toml", say=lambda line: None,
               allow_loopback=frozenset({("127.0.0.1", port)})))
"""
SCAN = """
import sys
from pathlib import Path
from data.effects import utc_now
from monitor.act.casework import make_judges
from monitor.home import wiring
from monitor.pipeline.scan import scan_sources
from sources.http.politeness import Limits
home, port = Path(sys.argv[1]), int(sys.argv[2])
where, config = wiring.open_settings(home, None)
store, judges = wiring.open_store(where.home), make_judges(config, where.home)
there = frozenset({("127.0.0.1", port)})
while True:
    with wiring.fetcher(config, limits=Limits(per_host_interval_s=0.0), allow_loopback=there) as fetcher:
        for done in scan_sources(config.sources, store=store, fetcher=fetcher, judges=lambda: judges,
                                 clock=utc_now):
            print(done.batch.run.mentions_new, flush=True)
"""


@dataclass
class Asked:
    """What asking for one page took, in milliseconds: by the clock, and of the service's processor."""

    page: str
    waits: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    kb: float = 0.0

    @property
    def p95(self) -> float:
        """At most so long did 95 of 100 wait."""
        return sorted(self.waits)[math.ceil(0.95 * len(self.waits)) - 1]

    def is_over(self, most_ms: float) -> bool:
        """Is it more than it may be? A file for a spreadsheet may be as big as it is."""
        return self.p95 > most_ms or (self.kb > HTML_KB and not self.page.endswith("/csv"))


class Browser:
    """One person's, which keeps cookies and follows where it is led."""

    def __init__(self, base: str) -> None:
        self._base, self._line = base, requests.Session()

    def get(self, path: str) -> str:
        answer = self._line.get(self._base + path, timeout=120)
        answer.raise_for_status()
        return answer.text

    def led(self, path: str, to: str) -> str:
        """Where the last link on a page leads that begins so: on Today what is restricted comes first."""
        found = re.findall(rf'href="({re.escape(to)}[^"]+)"', self.get(path))
        if not found:
            raise SystemExit(f"{path} does not lead to {to}: the figures would be void.")
        return unescape(found[-1])

    def send(self, path: str, form: dict[str, str]) -> str:
        answer = self._line.post(self._base + path, form, headers={"Origin": self._base}, timeout=120)
        answer.raise_for_status()
        return answer.text

    def sign_in(self, address: str, office: Office) -> None:
        """By the code that is mailed."""
        form = hidden(self.get("/sign-in")) | {"address": address, "device": "own", "do": "send_code"}
        had = codes(office, address)
        asked, until = hidden(self.send("/sign-in", form)), time.monotonic() + 60
        while len(found := codes(office, address)) == len(had) and time.monotonic() < until:
            time.sleep(0.02)
        page = self.send("/sign-in", {**asked, "code": found[-1], "do": "prove"})
        if "/sign-out" not in page:
            raise SystemExit(f"{address} was not signed in: the figures would be void.")


def hidden(page: str) -> dict[str, str]:
    """What the page's form carries unseen."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def codes(office: Office, address: str) -> list[str]:
    """All that were mailed to an address, the newest last."""
    parts = (each.mail.get_body(("plain",)) for each in list(office.taken) if address in each.to)
    said = (part.get_content() for part in parts if part is not None)
    return [found[1] for text in said if (found := re.match(r"\D{0,3}(\d{6})\b", text))]


class _Feed(BaseHTTPRequestHandler):
    asked = count()

    def do_GET(self) -> None:
        at = next(self.asked)
        rows = "".join(
            f"<item><guid>{at}-{n}</guid><link>https://example.org/{at}/{n}</link>"
            f"<description>{WORDS} {at} of {n}</description></item>"
            for n in range(40)
        )
        body = f'<rss version="2.0"><channel><title>F</title>{rows}</channel></rss>'.encode()
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def served(home: Path, base: str, feed: int) -> Iterator[int]:
    """The process of the service, once its desk answers."""
    with subprocess.Popen([sys.executable, "-P", "-c", SERVE, str(home), str(feed)]) as service:
        try:
            until = time.monotonic() + 300
            while not _answers(base):
                if service.poll() is not None or time.monotonic() > until:
                    raise SystemExit("The service did not begin to answer.")
                time.sleep(0.1)
            print(f"answers {time.monotonic() - until + 300:.1f} s after it was begun", flush=True)
            yield service.pid
        finally:
            service.terminate()


def _answers(base: str) -> bool:
    try:
        return requests.get(f"{base}/sign-in", timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


@contextmanager
def scanning(home: Path, feed: int) -> Iterator[list[str]]:
    """While the block lasts, another process scans the home; what it says of each scan."""
    said: list[str] = []
    command = [sys.executable, "-P", "-c", SCAN, str(home), str(feed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as scan:
        assert scan.stdout is not None
        reading = threading.Thread(target=said.extend, args=(scan.stdout,), daemon=True)
        reading.start()
        try:
            until = time.monotonic() + 120
            while not said and scan.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            yield said
        finally:
            scan.kill()


def ask(browsers: Mapping[str, Browser], pages: Sequence[str], rounds: int, pid: int) -> list[Asked]:
    """Each page so many times, in turns; the first time warms up."""
    found = [Asked(page) for page in pages]
    for at in range(rounds + 1):
        for one in found:
            browser = browsers["dsl" if one.page == "/room" else "head"]
            began, worked = time.perf_counter(), worked_ms(pid)
            page = browser.get(one.page)
            if at:
                one.waits.append((time.perf_counter() - began) * 1000)
                one.worked.append(worked_ms(pid) - worked)
                one.kb = max(one.kb, len(page.encode()) / 1000)
    return found


def worked_ms(pid: int) -> float:
    """Milliseconds of processor that the process has worked; its clock ticks a hundred times a second."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return 1000 * sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")


def settle(pid: int, wait_s: float) -> None:
    """Waits until the service has seen to what a home filled at one stroke gives it to do, or so long."""
    until, quiet = time.monotonic() + wait_s, 0
    while quiet < 4 and time.monotonic() < until:
        before = worked_ms(pid)
        time.sleep(1)
        quiet = quiet + 1 if worked_ms(pid) - before < 100 else 0


def idle_mb(pid: int, wait_s: float) -> int:
    """The least megabytes within so many seconds: what is freed is given back at each sign of life."""
    until, least = time.monotonic() + wait_s, held_mb(pid)
    while time.monotonic() < until:
        time.sleep(0.5)
        least = min(least, held_mb(pid))
    return least


def table(asked: Sequence[Asked], most_ms: float) -> bool:
    """Prints them; is each within what it may be?"""
    for one in asked:
        median, worked = statistics.median(one.waits), statistics.mean(one.worked)
        over = "OVER" if one.is_over(most_ms) else ""
        print(f"{one.page[:22]:<22} {median:8.0f} {one.p95:8.0f} {worked:8.0f} {one.kb:8.1f}  {over}")
    return not any(one.is_over(most_ms) for one in asked)


def settings(port: int, health: int, mail: int, feed: int) -> str:
    """A school with five people, over one feed."""
    people = "".join(
        f'[[people]]\nid = "{one}"\nname = "Person {one.title()}"\nroles = ["{role}"]\n'
        f'email = "{one}@example.org"\n'
        for one, role in PEOPLE.items()
    )
    return (
        f'base_url = "http://127.0.0.1:{port}"\n'
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\nlocality = "Northvale"\n'
        f'[[sources]]\nid = "a"\nkind = "feed"\nurl = "http://127.0.0.1:{feed}/feed.xml"\nsurfaced = true\n'
        f'{people}[mail]\nhost = "127.0.0.1"\nport = {mail}\nsecurity = "none"\n'
        'sender = "schoolgate@example.org"\n[network]\nown_servers = ["127.0.0.1"]\n'
        f'[serve]\nhealth_port = {health}\nlisten = "127.0.0.1:{port}"\n'
    )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def measure(folder: Path, mentions: int, rounds: int, idle_s: float, *, scan: bool = True) -> bool:
    """Measures and prints; was all within what it may be?"""
    home, port = folder / f"desk-{mentions}", free_port()
    store = Store(home, clock=utc_now, sleep=time.sleep)
    if not store.path.exists():
        took = build(store, mentions, 100, utc_now() - timedelta(minutes=5))
        print(f"{mentions:,} mentions built in {took:.0f} s", flush=True)
        with store.write("the room") as con:
            con.execute(APART)
    feed = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    threading.Thread(target=feed.serve_forever, daemon=True).start()
    base, there = f"http://127.0.0.1:{port}", feed.server_address[1]
    with post_office() as office:
        (home / "schoolgate.toml").write_text(settings(port, free_port(), office.port, there), "utf-8")
        with served(home, base, there) as pid:
            return _play(home, base, there, office, pid, rounds, idle_s, scan=scan)


def _play(
    home: Path, base: str, feed: int, office: Office, pid: int, rounds: int, idle_s: float, *, scan: bool
) -> bool:
    settle(pid, 5 * idle_s)
    began = held_mb(pid)
    browsers = {one: Browser(base) for one in PEOPLE}
    for one, browser in browsers.items():
        browser.sign_in(f"{one}@example.org", office)
    head = browsers["head"]
    led = {"MATTER": head.led("/", "/m/"), "NEXT": head.led(LIST, f"{LIST}?after=")}
    pages = [led.get(page, page) for page in PAGES]
    print(f"{'page':<22} {'median':>8} {'p95 ms':>8} {'worked':>8} {'kB':>8}")
    good = table(ask(browsers, pages, rounds, pid), WAIT_MS)
    held = idle_mb(pid, idle_s)
    asked = len(pages) * (rounds + 1)
    print(
        f"memory: {began} MB begun, {held} idle after {asked} pages and {len(browsers)} sign-ins", flush=True
    )
    if scan:
        with scanning(home, feed) as said:
            print("beside a scan that never stops")
            good &= table(ask(browsers, pages, rounds, pid), BESIDE_MS)
        print(f"{len(said)} scans meanwhile, {sum(map(int, said))} new posts")
        good &= bool(said)
    return good and held <= HELD_MB


def main(given: Sequence[str] | None = None) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=60, help="how often each page is asked for")
    parser.add_argument("--keep", type=Path, help="a folder for the store, used again where it is there")
    parser.add_argument("--idle", type=float, default=60, help="seconds for it to become idle")
    parser.add_argument("--no-scan", action="store_true", help="nothing beside")
    asked = parser.parse_args(given)
    with nullcontext(asked.keep) if asked.keep else tempfile.TemporaryDirectory() as folder:
        good = measure(Path(folder), asked.mentions, asked.pages, asked.idle, scan=not asked.no_scan)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
