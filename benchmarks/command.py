"""The command that a person types, `schoolgate scan`, from its start to its end, as its user waits for it.

    python -P benchmarks/command.py [--against PYTHON] [--rounds N] [--sizes 1x5,20x60,100x5,1000x5]

Nothing is loaded before the clock starts, and every host is asked at its pace: two seconds lie between
robots.txt, which is asked for once a day, and the feed. The command runs in a network namespace of its own,
where each feed has a name and an address that look public, so that the fetcher's guard holds as in life;
nothing inside the product is changed. It needs leave to make namespaces (`unshare`, `ip`).

A new home reads the feeds of `scanning/documents.py`: all new; then the same documents again; then every
answer “not modified”. The bound is what the hosts' pace allows: two seconds and two answers of 200 ms, or one
answer where robots.txt is known; all answers shared by as many readers as there are where that is longer.
`--against` runs the same with another environment's `schoolgate`, in turns: the code before. Processor is
that of the command and every process it began; memory the most that one of them held. It prints the rows of a
Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))

from scanning.documents import feeds, held
from scanning.played import PEOPLE, SETTINGS
from scanning.server import LATENCY_S

from sources.fetch import SITES_AT_ONCE

HERE = Path(__file__).parent
SIZES = "1x5,20x60,100x5,1000x5"
PACE_S = 2.0
PORT = 80
WAYS = (("new", "new"), ("same", "nothing new"), ("unchanged", "304"))
APART = "SCHOOLGATE_BENCHMARK_APART"

Found = dict[str, dict[str, float]]


def main() -> None:
    """Plays every size in turns and prints."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--against", help="another environment's Python, whose code is measured in turns")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--sizes", default=SIZES, help="feeds x new posts each, with commas between")
    given = options.parse_args()
    if APART not in os.environ:
        os.environ[APART] = "1"
        os.execvp("unshare", ["unshare", "-r", "-n", "-m", sys.executable, "-P", *sys.argv])
    codes = (
        {"": sys.executable} if given.against is None else {"before": given.against, "after": sys.executable}
    )
    row("feeds × posts", "scan", "wall s", "× bound", "mentions/s", "processor s", "MB")
    row(*("---" for _ in range(7)))
    for count, posts in (map(int, size.split("x")) for size in given.sizes.split(",")):
        documents = feeds(count, posts, datetime.now(UTC).replace(microsecond=0))
        measured: dict[str, list[Found]] = defaultdict(list)
        with serving(documents):
            for _ in range(given.rounds):
                for name, python in codes.items():
                    measured[name].append(played(python, count))
        for name, rounds in measured.items():
            show(f"{count} × {posts}", name, rounds, held(documents))


@contextmanager
def serving(documents: Sequence[bytes]) -> Iterator[None]:
    """A server of these documents, each at a host and an address of its own."""
    for words in ("link set lo up", "route replace local 9.9.0.0/16 dev lo"):
        subprocess.run(["ip", *words.split()], check=True)
    names = [f"9.9.{n // 250}.{n % 250 + 1} {host(n)}" for n in range(len(documents))]
    with tempfile.NamedTemporaryFile("w") as known:
        known.write("\n".join(["127.0.0.1 localhost", *names, ""]))
        known.flush()
        subprocess.run(["mount", "--bind", known.name, "/etc/hosts"], check=True)
        command = [sys.executable, "-P", str(HERE / "scanning" / "server.py"), str(PORT)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            pickle.dump(list(documents), server.stdin)
            server.stdin.close()
            try:
                server.stdout.readline()
                yield
            finally:
                server.terminate()
                subprocess.run(["umount", "/etc/hosts"], check=True)


def host(n: int) -> str:
    return f"paper{n}.example.org"


def played(python: str, count: int) -> Found:
    """Figures of one home, by scan."""
    found: Found = {}
    with tempfile.TemporaryDirectory() as home:
        Path(home, "schoolgate.toml").write_text(settings(count), encoding="utf-8")
        for way, name in WAYS:
            ask(way)
            found[name] = scanned(python, home, count)
            found[name]["asked"] = ask(way)
    return found


def settings(count: int) -> str:
    """The configuration of a school with so many feeds."""
    people = "".join(
        f'[[people]]\nid = "p{n}"\nname = "{name}"\nroles = ["{role}"]\nemail = "p{n}@oakfield.example.org"\n'
        for n, (name, role) in enumerate(PEOPLE.items())
    )
    sources = "".join(
        f'[[sources]]\nid = "f{n}"\nkind = "feed"\nurl = "http://{host(n)}/{n}.xml"\n'
        f"surfaced = {str(n % 3 == 0).lower()}\n"
        for n in range(count)
    )
    return SETTINGS + people + sources


def scanned(python: str, home: str, count: int) -> dict[str, float]:
    """One command, from exec to exit. Raises SystemExit where it did not read every feed."""
    command = [str(Path(python).with_name("schoolgate")), "scan", "--no-send", "--json", "--home", home]
    kept, began = stored(home), time.perf_counter()
    with subprocess.Popen([*command, "--as", "p2"], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        words = run.stdout.read()
        _, status, used = os.wait4(run.pid, 0)
    wall = time.perf_counter() - began
    said = json.loads(words or b"{}")
    counts = said.get("counts", {"sources_seen": 0})
    if counts["sources_seen"] != count or said["not_seen"]:
        raise SystemExit(f"{command}: {counts}, {status}: the figures would be void.")
    return {
        "wall": wall,
        "worked": used.ru_utime + used.ru_stime,
        "mb": used.ru_maxrss / 1024,
        "found": stored(home) - kept,
    }


def stored(home: str) -> int:
    """How many mentions the home's store holds."""
    for path in Path(home).glob("*.duckdb"):
        with duckdb.connect(path, read_only=True) as con:
            (count,) = con.execute("SELECT count(*) FROM mentions").fetchone() or (0,)
            return int(count)
    return 0


def ask(way: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/!{way}") as answer:
        return int(answer.read())


def show(size: str, name: str, rounds: Sequence[Found], posts: int) -> None:
    """The rows of one size: medians over the rounds."""
    for _, scan in WAYS:
        wall, found = median(rounds, scan, "wall"), median(rounds, scan, "found")
        if found != (posts if scan == "new" else 0):
            print(f"{size} {scan} {name}: {found:.0f} new mentions of {posts}", file=sys.stderr)
        one = PACE_S + 2 * LATENCY_S if scan == "new" else LATENCY_S  # after that robots.txt is known
        bound = max(median(rounds, scan, "asked") * LATENCY_S / SITES_AT_ONCE, one)
        row(
            size, f"{scan}, {name}" if name else scan, f"{wall:.2f}", f"{wall / bound:.2f}",
            f"{found / wall:.0f}" if found else "", f"{median(rounds, scan, 'worked'):.2f}",
            f"{median(rounds, scan, 'mb'):.0f}",
        )  # fmt: skip


def median(rounds: Sequence[Found], scan: str, what: str) -> float:
    return statistics.median(found[scan][what] for found in rounds)


def row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
