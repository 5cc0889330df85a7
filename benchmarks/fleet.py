"""What a round of `schoolgate fleet run` costs, by home and by post; and a nation's day, reckoned from it.

    python -P benchmarks/fleet.py [--homes 60] [--schools 25000] [--rounds 24] [--posts 20]

So many homes on this machine, with a board that all watch, a paper for each ten and a place of their own, on
a Ray cluster of our own, with the real model. Three rounds are run: in the first every post is new, in the
second the same is read two hours later, in the third nothing is due. Counted is the processor's time of all
processes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
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
from monitor.fleet.rounds import RoundUnderWay, joined  # noqa: E402
from monitor.pipeline.judges import scorer  # noqa: E402


def processor_s() -> float:
    """Seconds of processor of this process and all that it has begun, the ended ones included."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        stats[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    ours, more = {os.getpid()}, True
    while more:
        found = {pid for pid, (parent, _) in stats.items() if parent in ours} - ours
        more = bool(found)
        ours |= found
    return sum(stats[pid][1] for pid in ours) / os.sysconf("SC_CLK_TCK")


def later(by: timedelta) -> datetime:
    return utc_now() + by


def processor_name() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--homes", type=int, default=60)
    asked.add_argument("--schools", type=int, default=25_000)
    asked.add_argument("--rounds", type=int, default=24, help="rounds a day in which a home has places due")
    asked.add_argument("--posts", type=int, default=20, help="posts a day that are new to a home")
    given = asked.parse_args()
    sites, routes, took = Sites(given.homes), dict[str, object](), list[float]()
    with tempfile.TemporaryDirectory() as folder, serve(routes) as site:
        routes.update(sites.routes(site))
        homes = write_homes(Path(folder) / "homes", site, given.homes)
        began = processor_s()
        with joined("auto", print) as ray:
            print(f"{processor_name()}, {os.cpu_count()} cores; Ray begins: {processor_s() - began:.1f} s")
            for name, by in (("all new", 0), ("read again", 2), ("nothing due", 2)):
                began, wall = processor_s(), time.monotonic()
                real = replace(effects(site), scorer=scorer, clock=partial(later, timedelta(hours=by)))
                done = RoundUnderWay(ray, homes, real, "", send=False).run()
                took.append(processor_s() - began)
                new = sum(one.new for one in done.done)
                print(
                    f"{name:12} {took[-1]:6.1f} s of processor, {time.monotonic() - wall:6.1f} s by the "
                    f"clock; {done.places} places, {new} posts new, {len(done.failed)} homes failed"
                )
                if not by:
                    first = new
    post = (took[0] - took[1]) / first
    home = (took[1] - took[2]) / given.homes
    day_h = given.schools * (given.rounds * home + given.posts * post) / 3600
    print(f"a home with places due {home * 1000:.0f} ms, a new post {post * 1000:.0f} ms")
    print(
        f"{given.schools:,} schools, {given.rounds} rounds, {given.posts} posts each: "
        f"{day_h:.0f} core-hours a day"
    )


if __name__ == "__main__":
    main()
