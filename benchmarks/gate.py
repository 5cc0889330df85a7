"""The gate of speed: what the network reads of a mention, and figures of time that are only reported.

    python -P benchmarks/gate.py [--write] [--size 20x5]

A small scan, with the shipped model and again with its answers remembered, and a list, each in several
rounds; the least counts. `gate.toml` holds what each figure was, and each is printed beside it. `--write`
writes them down anew: for whoever has made it faster, or says in CHANGELOG.md why not.

- `rows`: what the network reads, a mention. More than a fifth over what it was is refused (exit 1);
- `statements` of the store a save, and `saves` a source, to the next fifth: groups are also saved by elapsed
  time, so both are reported, and refuse nothing;
- `mention`: processor of all but the network, a mention; `list`: of `schoolgate alerts list`. Both as
  multiples of what Python takes for a known piece of work at that moment, and reported.
"""

from __future__ import annotations

import argparse
import math
import pickle
import resource
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _duckdb
import duckdb
from processor import known_work_s
from scanning.documents import feeds, held
from scanning.played import Play, Watched

KEPT = Path(__file__).with_name("gate.toml")
LEEWAY = 1.2
"""So many times what they were the rows may be."""
START = "import sys; from monitor.cli.app import main; sys.argv[0] = 'schoolgate'; main()"


def main() -> int:
    """Measure, and print each figure beside what it was; 1 where the network reads too much."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--write", action="store_true")
    options.add_argument("--kept", type=Path, default=KEPT)
    options.add_argument("--size", default="20x5", help="feeds x new posts each")
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    found = measured(*map(int, given.size.split("x")), given.rounds)
    was = tomllib.loads(given.kept.read_text("utf-8"))
    if given.write:
        given.kept.write_text(
            "".join(f"{name} = {value}\n" for name, value in {**was, **found}.items()), "utf-8"
        )
    for name, value in found.items():
        print(f"{'' if name == 'rows' else 'reported: '}{name} {value}, was {was[name]}")
    if fault := compare_rows(found["rows"], was["rows"]):
        print(fault, file=sys.stderr)
    return int(bool(fault) and not given.write)


def compare_rows(rows: float, was: float) -> str:
    """Say that the network reads more than a fifth more of a mention than it did; "" where it does not."""
    if rows <= was * LEEWAY:
        return ""
    return f"rows is {rows}, more than a fifth over {was}: the network reads too much of each mention."


def measured(count: int, posts: int, rounds: int) -> dict[str, float]:
    """Every figure, the least of the rounds."""
    documents = feeds(count, posts, datetime.now(UTC).replace(microsecond=0))
    found, said = [], watched()
    for _ in range(rounds):
        with serving(documents) as port:
            found.append(scanned(port, count, held(documents), said))
    return {name: round(min(each[name] for each in found), 2) for name in found[0]}


@contextmanager
def serving(documents: Sequence[bytes]) -> Iterator[int]:
    """Serve these documents from a process of its own and yield its port."""
    command = [sys.executable, "-P", str(Path(__file__).parent / "scanning" / "server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        pickle.dump(list(documents), server.stdin)
        server.stdin.close()
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def scanned(port: int, count: int, mentions: int, said: list[str]) -> dict[str, float]:
    """One round: a home whose texts the network reads, one with its answers remembered, a list of that."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        play, rows = Play(port, count, Path(first), said), []
        play.start()
        scorer = play.judges.scorer()
        run = scorer._run
        scorer._run = lambda ids: rows.extend(ids) or run(ids)
        play.scan()
        again = Play(port, count, Path(second), said)
        again.start()
        again.judges = replace(again.judges, scorer=lambda: scorer)
        unit_s = python_s()
        done = again.scan()
        unit_s = min(unit_s, python_s())
        return {
            "rows": len(rows) / mentions,
            "statements": done["statements"] / done["commits"],
            "saves": math.ceil(5 * done["commits"] / count) / 5,
            "mention": done["worked"] / mentions / unit_s * 1000,
            "list": listed_s(second) / unit_s,
        }


def watched() -> list[str]:
    """Every statement of this process from now on, by its first word."""
    said: list[str] = []
    connect = duckdb.connect
    for module in (duckdb, _duckdb):
        module.connect = lambda *args, **named: Watched(connect(*args, **named), said)
    return said


def python_s() -> float:
    """Seconds of processor that Python takes for a known piece of work, the least of five: some 50 ms."""
    return min(known_work_s() for _ in range(5))


def listed_s(home: str) -> float:
    """Seconds of processor of `schoolgate alerts list`, the least of five."""
    return min(_command_s(home) for _ in range(5))


def _command_s(home: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-P", "-c", START, "alerts", "list", "--home", home, "--as", "p2"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
