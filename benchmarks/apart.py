"""What it costs that documents are read in a process of its own: a scan with it and without, in turns.

python -P benchmarks/apart.py [--feeds N] [--posts N] [--rounds N]

A true scan into a new store of feeds on this machine that take 200 ms to answer, each with new posts, the
shipped model among what is loaded. Told are the medians of wall clock, of all processor time and of the
most memory of all processes together (what they share counted once), and their ratio.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from held import held_mb

SCAN = """
import sys
from functools import partial
from pathlib import Path
from data.effects import here
from monitor.home import wiring
from monitor.cli.commands import scan
from monitor.cli.commands.options import JsonOptions
from sources.http.politeness import Limits
home, port, where = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if where == "here":
    wiring.start_reading = lambda: here
wiring.fetcher = partial(wiring.fetcher, allow_loopback=frozenset({("127.0.0.1", port)}),
                         limits=Limits(per_host_interval_s=0.0, per_host_concurrency=8))
scan.say = lambda line: None
scan.scan_once_command(JsonOptions(home=home, as_json=True), no_send=True)
"""
LATENCY_S = 0.2


def main() -> None:
    """Measures in turns, and prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=40)
    options.add_argument("--posts", type=int, default=5)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Feed, given.posts))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    found: dict[str, list[tuple[float, float, float]]] = {"here": [], "apart": []}
    for _ in range(given.rounds):
        for where, rows in found.items():
            rows.append(_scan(where, port, given.feeds))
    server.shutdown()
    for name, place in (("wall s", 0), ("processor s", 1), ("most MB", 2)):
        here, apart = (statistics.median(row[place] for row in rows) for rows in found.values())
        print(f"{name:<12} here {here:7.2f}   apart {apart:7.2f}   ratio {apart / here:.2f}")


def _scan(where: str, port: int, feeds: int) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "schoolgate.toml").write_text(_config(port, feeds), encoding="utf-8")
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        scan = subprocess.Popen([sys.executable, "-P", "-c", SCAN, folder, str(port), where])
        most = 0
        while scan.poll() is None:
            most = max(most, held_mb(scan.pid))
            time.sleep(0.05)
        wall_s, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if scan.returncode:
        raise SystemExit(f"the scan ended with {scan.returncode}")
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, float(most)


def _config(port: int, feeds: int) -> str:
    return (
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\nlocality = "Northvale"\n'
        + "".join(
            f'[[sources]]\nid = "f{n}"\nkind = "feed"\nsurfaced = true\n'
            f'url = "http://127.0.0.1:{port}/{n}.xml"\n'
            for n in range(feeds)
        )
    )


class _Feed(BaseHTTPRequestHandler):
    def __init__(self, posts: int, *given: object) -> None:
        self.posts = posts
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        time.sleep(LATENCY_S)
        name = self.path.strip("/").partition(".")[0]
        rows = "".join(
            f"<item><guid>{name}-{n}</guid><link>https://example.org/{name}/{n}</link><description>Oakfield "
            f"Primary School in Northvale, note {n} of {name}: the choir sang, and many came to hear it."
            "</description></item>"
            for n in range(self.posts)
        )
        body = f'<rss version="2.0"><channel><title>F</title>{rows}</channel></rss>'.encode()
        self.send_response(404 if name == "robots" else 200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


if __name__ == "__main__":
    main()
