"""A scan end to end, into a store with verdicts, alerts, messages and audit, beside fetching alone.

    python -P benchmarks/scan.py [--against PYTHON] [--obsei PYTHON] [--torch N] [--rounds N] [--sizes 20x60]

So many feeds with so many new posts each (`scanning/documents.py`: some about the school, some not, a few
grave, some in several feeds) are served on this machine, each by a host of its own, every answer after
200 ms, robots.txt asked as in life. A new home reads them as `schoolgate scan` does, with the shipped model:
all new; then every answer “not modified”; then the same documents once more. Told from the scan's call to its
end; what comes before, with the model loaded, is told apart. The bound is what the requests take that were
made, at 200 ms each, shared by as many readers as there are; beside it the fetcher alone, over the same feeds
in the same process. The two seconds between requests to one host are left out: every host has two requests.

`--against` runs the same under another environment's Python, in turns: the code before. `--obsei` names the
Python of an environment with obsei, `--torch` how many posts two torch pipelines read (`scanning/peers.py`).
Processor is that of all threads and processes; memory the most that each of them held, what they share
counted once. It prints the rows of a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from scanning import peers
from scanning.documents import feeds, held
from scanning.server import LATENCY_S

from sources.fetch import SITES_AT_ONCE

HERE = Path(__file__).parent
SIZES = "100x5,1000x5,20x60"
SCANS = ("new", "nothing new", "304")

Found = dict[str, dict[str, float]]


def main() -> None:
    """Plays every size in turns, then the peers, and prints."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--against", help="another environment's Python, whose code is measured in turns")
    options.add_argument("--obsei", help="the Python of an environment in which obsei is installed")
    options.add_argument("--torch", type=int, default=0, help="how many posts two torch pipelines read")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--sizes", default=SIZES, help="feeds x new posts each, with commas between")
    given = options.parse_args()
    codes = (
        {"": sys.executable} if given.against is None else {"before": given.against, "after": sys.executable}
    )
    heading()
    for feeds_, posts in (map(int, size.split("x")) for size in given.sizes.split(",")):
        documents = feeds(feeds_, posts, datetime.now(UTC).replace(microsecond=0))
        measured: dict[str, list[Found]] = defaultdict(list)
        for _ in range(given.rounds):
            for name, python in codes.items():
                measured[name].append(played(python, documents))
        for name, rounds in measured.items():
            show(f"{feeds_} × {posts}", name, rounds, held(documents))
    peers.show(given.obsei, given.torch, serving)


@contextmanager
def serving(documents: Sequence[bytes]) -> Iterator[int]:
    """The port of a server of these documents."""
    command = [sys.executable, "-P", str(HERE / "scanning" / "server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        pickle.dump(list(documents), server.stdin)
        server.stdin.close()
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def played(python: str, documents: Sequence[bytes]) -> Found:
    """What one home found, by phase."""
    with tempfile.TemporaryDirectory() as home, serving(documents) as port:
        told = json.dumps({"port": port, "feeds": len(documents), "home": home})
        command = [python, "-P", str(HERE / "scanning" / "played.py"), told]
        play = subprocess.run(command, stdout=subprocess.PIPE)
    if play.returncode:
        raise SystemExit(f"{python}: the scan ended with {play.returncode}")
    found: Found = json.loads(play.stdout)
    return found


def heading() -> None:
    names = (
        "feeds × posts", "scan", "wall s", "× bound", "× fetcher alone", "mentions/s", "processor s",
        "ms a source", "MB", "opens a source", "statements a source",
    )  # fmt: skip
    row(*names)
    row(*("---" for _ in names))


def row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def show(size: str, name: str, rounds: Sequence[Found], posts: int) -> None:
    """The rows of one size: medians over the rounds."""
    count = int(size.split()[0])
    alone = median(rounds, "fetch", "wall")
    bound = max(median(rounds, "fetch", "asked") * LATENCY_S / SITES_AT_ONCE, 2 * LATENCY_S)
    for scan in SCANS:
        wall, worked = median(rounds, scan, "wall"), median(rounds, scan, "worked")
        found = median(rounds, scan, "found")
        if found != (posts if scan == "new" else 0):
            print(f"{size} {scan} {name}: {found:.0f} new mentions of {posts}", file=sys.stderr)
        row(
            size, f"{scan}, {name}" if name else scan, f"{wall:.2f}", f"{wall / bound:.2f}",
            f"{wall / alone:.2f}", f"{found / wall:.0f}" if found else "", f"{worked:.2f}",
            f"{1000 * worked / count:.1f}", f"{median(rounds, scan, 'mb'):.0f}",
            f"{median(rounds, scan, 'opens') / count:.2f}",
            f"{median(rounds, scan, 'statements') / count:.1f}",
        )  # fmt: skip
    print(f"<!-- {size} {name}: bound {bound:.2f} s; stored {rounds[-1]['stored']};")
    for phase in ("start", "fetch"):
        print(f"{phase}", {what: round(median(rounds, phase, what), 2) for what in rounds[-1][phase]})
    print("-->", flush=True)


def median(rounds: Sequence[Found], phase: str, what: str) -> float:
    return statistics.median(found[phase][what] for found in rounds)


if __name__ == "__main__":
    main()
