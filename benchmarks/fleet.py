"""The cost of a round of `schoolgate fleet run`, by home and by post; a nation's day, reckoned from it.

    python -P benchmarks/fleet.py [--homes 60] [--schools 25000]

So many homes on this machine, with a board that all watch, a paper for each ten and a place of their own, on
a Ray cluster of our own, with the real model. Four rounds are run: in the first every post is new, in the
second the same is read two hours later, in the third nothing is due, and in the fourth the same of two homes.
Counted is the processor's time of all processes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS.parent), str(TESTS)]
os.environ["PYTHONPATH"] = f"{TESTS.parent}{os.pathsep}{TESTS}"  # for Ray's processes

from builders.fleet import Sites, effects, write_homes  # noqa: E402
from support.web_server import serve  # noqa: E402

from data.effects import utc_now  # noqa: E402
from monitor.fleet.rounds import RoundUnderWay, join_cluster  # noqa: E402
from monitor.pipeline.judges import scorer  # noqa: E402


class Processor:
    """Seconds of processor of this process and all that it has begun, looked at twice a second: Ray does not
    count what its ended processes took."""

    def __init__(self) -> None:
        self._ticks: dict[tuple[int, str], int] = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def seconds(self) -> float:
        """Count them."""
        stats = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = path.read_text().rpartition(")")[2].split()
                stats[int(path.parent.name)] = int(fields[1]), fields[19], int(fields[11]) + int(fields[12])
        ours, more = {os.getpid()}, True
        while more:
            found = {pid for pid, (parent, *_) in stats.items() if parent in ours} - ours
            more = bool(found)
            ours |= found
        self._ticks |= {(pid, stats[pid][1]): stats[pid][2] for pid in ours if pid in stats}
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")

    def _watch(self) -> None:
        while True:
            self.seconds()
            time.sleep(0.5)


def later(by: timedelta) -> datetime:
    return utc_now() + by


def processor_name() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--homes", type=int, default=60)
    asked.add_argument("--schools", type=int, default=25_000)
    asked.add_argument("--runs", type=int, default=144, help="rounds a day")
    asked.add_argument("--rounds", type=int, default=24, help="those of them in which a home has places due")
    asked.add_argument("--posts", type=int, default=20, help="posts a day that are new to a home")
    given = asked.parse_args()
    sites, routes = Sites(given.homes), dict[str, object]()
    took, new = list[float](), list[int]()
    with tempfile.TemporaryDirectory() as folder, serve(routes) as site:
        routes.update(sites.routes(site))
        homes = write_homes(Path(folder) / "homes", site, given.homes)
        processor = Processor()
        began = processor.seconds()
        with join_cluster("auto", print) as ray:
            start = processor.seconds() - began
            print(f"{processor_name()}, {os.cpu_count()} cores; Ray begins: {start:.1f} s")
            rounds = (("all new", homes, 0), ("read again", homes, 2), ("nothing due", homes, 2))
            for name, some, by in (*rounds, ("two homes", homes[:2], 2)):
                began, wall = processor.seconds(), time.monotonic()
                real = replace(effects(site), scorer=scorer, clock=partial(later, timedelta(hours=by)))
                done = RoundUnderWay(ray, some, real, "", send=False).run()
                took.append(processor.seconds() - began)
                new.append(sum(one.new for one in done.done))
                print(
                    f"{name:12} {took[-1]:6.1f} s of processor, {time.monotonic() - wall:6.1f} s by the "
                    f"clock; {done.places} places, {new[-1]} posts new, {len(done.failed)} homes failed"
                )
    post = (took[0] - took[1]) / new[0]
    home = (took[1] - took[2]) / given.homes
    look = (took[2] - took[3]) / (given.homes - 2)
    day_s = given.schools * (given.runs * look + given.rounds * home + given.posts * post)
    day_s += given.runs * (start + took[3])
    print(
        f"a look into a home {look * 1000:.0f} ms, its part {home * 1000:.0f}, a new post {post * 1000:.0f}"
    )
    print(
        f"{given.schools:,} schools, {given.runs} rounds a day, {given.rounds} of them with places due, "
        f"{given.posts} posts new to each: {day_s / 3600:.0f} core-hours a day"
    )


if __name__ == "__main__":
    main()
