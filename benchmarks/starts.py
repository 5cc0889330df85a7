"""What a command costs before it has done anything: processor time of whole processes, in turns.

python -P benchmarks/starts.py [--rounds N] [--schools 1,1000] [--against PYTHON]

Each home has been scanned once (a feed on this machine, 300 posts) and has as many schools as asked for, five
people and four places each. Told are medians beside a Python that does nothing, by which a busy machine is
known. `--against` names the Python of another checkout, which makes its own homes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = (
    "--version", "--help", "alerts list", "status", "source list", "doctor",
)  # fmt: skip
OF_MANY = ("alerts list", "status", "source list")
START = "import sys; from monitor.cli.app import main; sys.argv[0] = 'schoolgate'; main()"
QUIET = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
SCAN = """
import sys, threading
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from monitor.home import wiring
from monitor.cli.commands import scan
from monitor.cli.commands.options import JsonOptions
from sources.http.politeness import Limits

WORDS = ("the head is a bully", "thank you for the harvest boxes", "parking at the gate is worse again",
         "nobody rang back about it", "somebody should burn the place down", "the choir was lovely")

class Feed(BaseHTTPRequestHandler):
    def do_GET(self):
        now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        items = "".join(
            f"<item><guid>{n}</guid><title>Oakfield Primary School {n}</title><pubDate>{now}</pubDate>"
            f"<description>Oakfield Primary, Northvale: {WORDS[n % 6]} {n}.</description></item>"
            for n in range(int(sys.argv[2]))
        )
        body = f"<rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>".encode()
        self.send_response(200 if "feed" in self.path else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *said):
        pass

server = HTTPServer(("127.0.0.1", 0), Feed)
threading.Thread(target=server.serve_forever, daemon=True).start()
home, port = Path(sys.argv[1]), server.server_address[1]
path = home / "schoolgate.toml"
path.write_text(path.read_text().replace("PORT", str(port)))
wiring.fetcher = partial(wiring.fetcher, allow_loopback=frozenset({("127.0.0.1", port)}),
                         limits=Limits(per_host_interval_s=0.0, per_host_concurrency=8))
scan.say = lambda line: None
scan.scan(JsonOptions(home=home, as_json=True), source=["gazette"], no_send=True)
"""
HEAD = 'contact = "office@oakfield.example.sch.uk"\n[cli]\nme = "p0-1"\n'
HEAD += '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
FEED = '[[sources]]\nid = "gazette"\nkind = "feed"\nurl = "http://127.0.0.1:PORT/feed"\n'
SCHOOL = """[[schools]]
urn = "{urn}"
name = "{name} Primary School"
aliases = ["{name} Primary", "{name}"]
town = "Northvale"
county = "Northshire"
postcode = "ZA4 2QR"
trust = "Brightwater Learning Trust"
head = "Mrs Tamsin Quill{n}"
terms = [{{ first = 2026-09-02, last = 2026-10-23 }}, {{ first = 2026-11-02, last = 2026-12-18 }}]
"""
PERSON = """[[people]]
id = "p{n}-{k}"
name = "Ms Person{k} Name{n}"
roles = ["{role}"]
email = "p{k}@school{n}.example.sch.uk"
schools = ["{urn}"]
"""
ROLES = ("head", "dsl", "chair", "deputy_dsl", "it_lead")
PLACE = '[[sources]]\nid = "s{n}-{k}"\nname = "Place {k} of {n}"\nschools = ["{urn}"]\n'
PLACES = (
    'kind = "feed"\nurl = "https://news{n}.example.org/rss.xml"\n',
    'kind = "forum.phpbb"\nurl = "https://town{n}.example.org/viewtopic.php?t={n}"\n',
    'kind = "reviews.generic"\nurl = "https://nurseries{n}.example.org/{n}"\nlisting = true\n'
    'settings = {{ item = "li.review", text = ".body", author = ".by", date = "time" }}\n',
    'kind = "feed"\nurl = "https://www.google.co.uk/alerts/feeds/{n}/{n}"\nsurfaced = true\n',
)


def main() -> None:
    """Makes the homes, measures in turns, and prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--schools", default="1,10,100,1000")
    options.add_argument("--against", help="the Python of another checkout")
    given = options.parse_args()
    pythons = [*([given.against] if given.against else []), sys.executable]
    with tempfile.TemporaryDirectory() as folder:
        for count in map(int, given.schools.split(",")):
            homes = [a_home(Path(folder) / f"{count}-{n}", count, python) for n, python in enumerate(pythons)]
            print(f"{count} schools, 300 posts" if count > 1 else "1 school, 300 posts")
            for command in COMMANDS if count == 1 else OF_MANY:
                tell(command, pythons, homes, given.rounds)


def a_home(home: Path, schools: int, python: str) -> Path:
    """With so many schools, read once by this Python's Schoolgate."""
    home.mkdir()
    (home / "schoolgate.toml").write_text(config(schools), encoding="utf-8")
    scan = [python, "-P", "-c", SCAN, str(home), "300"]
    subprocess.run(scan, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return home


def config(schools: int) -> str:
    """The first school is the one that the posts are about."""
    rows = [HEAD, FEED]
    for n in range(schools):
        known = {"n": n, "urn": 100000 + n, "name": f"Oak{n}" if n else "Oakfield"}
        rows.append(SCHOOL.format(**known))
        rows += [PERSON.format(k=k, role=role, **known) for k, role in enumerate(ROLES)]
        rows += [(PLACE + place).format(k=k, **known) for k, place in enumerate(PLACES)]
    return "\n".join(rows)


def tell(command: str, pythons: list[str], homes: list[Path], rounds: int) -> None:
    """Its times, in turns with those of the others and of a Python that does nothing."""
    spent: dict[str, list[float]] = {}
    for _ in range(rounds):
        spent.setdefault("nothing", []).append(processor_s([sys.executable, "-c", ""], homes[0]))
        for python, home in zip(pythons, homes, strict=True):
            run = [python, "-P", "-c", START, *command.split()]
            spent.setdefault(python, []).append(processor_s(run, home))
    nothing, *ours = map(statistics.median, spent.values())
    shown = "   before ".join(
        f"{s * 1000:5.0f} ms ({s / nothing:3.0f} times nothing)" for s in reversed(ours)
    )
    print(f"  schoolgate {command:<14} {shown}", flush=True)


def processor_s(command: list[str], home: Path) -> float:
    """Seconds of processor of the whole process."""
    env = {**os.environ, "SCHOOLGATE_HOME": str(home)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    pid = os.posix_spawn(command[0], command, env, file_actions=QUIET)
    _, _, used = os.wait4(pid, 0)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
