"""The governors' report over a big store: counting a week, making its page and PDF, a tick with nothing due.

python -P benchmarks/weekly.py [--mentions 1000000] [--days 100] [--keep FOLDER]

The store is that of `benchmarks/digest.py`. It is measured in a process of its own, so that filling it
does not count as memory. Counting is done five times, each with a store opened anew.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from digest import LEADERS, NOW, SOURCES, URN, build

from alerts.links import Links
from alerts.weekly.facts import ReportFacts, to_json
from alerts.weekly.weeks import last_complete
from data.effects import utc_now
from data.store.engine.open import Store
from data.store.reporting.signed_reports import WeeklyReport, put_report, sign
from data.store.sources.configuration import put_sources
from data.types import School
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.reports.weekly import gather, made
from monitor.service.tasks.reports import reports

SCHOOL = School(URN, "Oakfield Primary School")


def memory() -> float:
    """The most this process had, in MB: not what its parent had, which `getrusage` would count too."""
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def count(store: Store, config: Config, now: datetime) -> tuple[float, ReportFacts]:
    """Seconds for the facts of the last whole week, and those facts."""
    began = time.perf_counter()
    with store.read() as con:
        facts = gather(con, config, SCHOOL, last_complete(now, config.zone), now)
    return time.perf_counter() - began, facts


def counted(store: Store, config: Config, now: datetime, what: str) -> ReportFacts:
    before = memory()
    runs = [count(store, config, now) for _ in range(5)]
    seconds = [s for s, _ in runs]
    print(
        f"{what}: {statistics.median(seconds):.2f} s (the slowest {max(seconds):.2f}); "
        f"memory {before:,.0f} → {memory():,.0f} MB"
    )
    return runs[0][1]


def measure(folder: Path, size: int, days: int) -> None:
    store = Store(folder / f"home-{size}-{days}", clock=utc_now, sleep=time.sleep)
    config = Config(folder / "schoolgate.toml", (SCHOOL,), SOURCES, LEADERS)
    last_week = NOW - timedelta(days=7)
    facts = counted(store, config, last_week, f"{size:,} mentions: the first report, twelve weeks counted")
    with store.write("keep it") as con:
        put_report(con, URN, facts.week, to_json(facts), last_week)
    facts = counted(store, config, NOW, "the next report, one week counted")
    with store.write("keep and sign it") as con:
        put_report(con, URN, facts.week, to_json(facts), NOW)
        sign(con, WeeklyReport(URN, facts.week, to_json(facts), NOW, NOW, "head", "0" * 64, "0" * 64))
    context = Context(config, store.home, Links())
    with store.read() as con:
        reports(con, context, NOW)
        began = time.perf_counter()
        for _ in range(20):
            assert not reports(con, context, NOW)
        print(f"a tick with nothing due: {(time.perf_counter() - began) * 50:.1f} ms; {memory():,.0f} MB")
        began = time.perf_counter()
        files = made(con, config, SCHOOL, facts)
    print(
        f"page ({len(files.html):,} letters) and PDF ({len(files.pdf):,} bytes), looked through, in "
        f"{time.perf_counter() - began:.2f} s; memory {memory():,.0f} MB (of the command, not of the service)"
    )


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--mentions", type=int, default=1_000_000)
    args.add_argument("--days", type=int, default=100)
    args.add_argument("--keep", type=Path, help="a folder for the store, used again where it is there")
    args.add_argument("--measure", action="store_true", help="the store is there already")
    given = args.parse_args()
    if given.measure:
        measure(given.keep, given.mentions, given.days)
        return
    with nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / f"home-{given.mentions}-{given.days}", clock=utc_now, sleep=time.sleep)
        if not store.path.exists():
            print(f"built in {build(store, given.mentions, given.days):.0f} s")
        with store.write("the places") as con:
            put_sources(con, SOURCES)
            con.execute("DELETE FROM reports")
        sizes = ["--mentions", str(given.mentions), "--days", str(given.days)]
        again = [sys.executable, "-P", __file__, "--keep", str(folder), "--measure", *sizes]
        subprocess.run(again, check=True)


if __name__ == "__main__":
    main()
