"""A slice of a nation's day through the real fleet: by `local` and `ray`, one and two workers a stage.

    python -P -m benchmarks.nation.slice [--schools 1000] [--rounds 3] [--thinned 0.25] [--keep FILE]
        [--lists DIR] [--runs local:1,ray:1,local:2,ray:2]

The schools come from the registers in `--lists` (invented where it has none), the places from
`world/places.py`, what they say from `world/grammar.py`, `--thinned` the share of it that is said. The day is
compressed into `--rounds` askings of every place that is due. Conductor, engines, segments, model and stores
are the real ones; only the sites are played (`played.py`). All runs begin with the same empty homes.
Afterwards every home must hold the same in each run: verdicts, counts, and alerts as seen. Processor
is that of all threads and processes, with Ray's own. `--keep` writes what `day.py` reckons with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.nation import homes
from benchmarks.nation.compare import unlike
from benchmarks.nation.world import schools
from benchmarks.nation.world.places import settled, table

LISTS = Path(__file__).resolve().parents[3] / "shared" / "gias"
RUNS = "local:1,ray:1,local:2,ray:2"
STAGES = ("fetch", "link", "score", "save")

Found = Mapping[str, Any]


def main() -> None:
    """Runs all, compares, prints."""
    given = _options()
    lists = given.lists if any((given.lists / name).exists() for name in schools.LISTS) else None
    if lists is None:
        print(f"No register in {given.lists}: the schools are invented.")
    with tempfile.TemporaryDirectory(prefix="nation-") as folder:
        made = Path(folder) / "made"
        found = schools.of_nation(lists, given.schools)
        nation = settled(found)
        began = time.perf_counter()
        homes.make(made, found, nation)
        took = time.perf_counter() - began
        print(f"{len(nation.schools)} schools in {len(found)} homes, made in {took:.0f} s\n")
        print(table(nation), "\n")
        runs = {}
        for name in given.runs.split(","):
            runs[name] = _run(name, made, given, lists, tend=not runs)
            _told(name, runs[name])
            if given.keep:
                given.keep.write_text(json.dumps(runs), encoding="utf-8")
    _compared(runs)
    print(markdown(runs))


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--schools", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--thinned", type=float, default=0.25, help="share of the posts that are made")
    options.add_argument("--lists", type=Path, default=LISTS, help="folder of the registers")
    options.add_argument("--runs", default=RUNS, help="engine:workers, with commas between")
    options.add_argument("--keep", type=Path, help="a file for what was found")
    return options.parse_args()


def _run(name: str, made: Path, given: argparse.Namespace, lists: Path | None, *, tend: bool) -> Found:
    """One run in a process of its own."""
    engine, _, workers = name.partition(":")
    asked = {
        "engine": engine, "workers": int(workers), "schools": given.schools, "rounds": given.rounds,
        "thinned": given.thinned, "lists": str(lists) if lists else "", "made": str(made), "tend": tend,
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "benchmarks.nation.run", json.dumps(asked)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    found: Found = json.loads(told)
    return found


def _told(name: str, found: Found) -> None:
    """A line as soon as a run is over."""
    faults = {**found["faults"], **found["restarts"]}
    print(f"{name}: {found['wall']:.0f} s, {found['askings']} askings, faults {faults or 'none'}", flush=True)


def _compared(runs: Mapping[str, Found]) -> None:
    """Says whether all homes hold the same in all runs, and whether a host was asked too fast."""
    first = next(iter(runs))
    for name, found in runs.items():
        differ = unlike(runs[first]["held"], found["held"])
        print(f"{name} against {first}: {len(differ) or 'no'} differences {differ[:5] if differ else ''}")
        print(
            f"{name}: hosts asked faster than their pace: {found['too_soon'] or 'none'} of {found['hosts']}"
        )


def markdown(runs: Mapping[str, Found]) -> str:
    """The rows of a table: what each run cost."""
    rows = [
        "| run | by the clock | processor | ms a mention | fetch | link | score | save | conductor "
        "| the rest | MB at most |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in runs.items():
        stages = [stage_s(found, stage) for stage in STAGES]
        whole_s, mb = found["whole"]
        own = found["conductor"][0]
        parts = " | ".join(f"{s:.0f} s" for s in (*stages, own, whole_s - sum(stages) - own))
        each = 1000 * whole_s / mentions(found)
        rows.append(
            f"| {name} | {found['wall']:.0f} s | {whole_s:.0f} s | {each:.1f} | {parts} | {mb:,.0f} |"
        )
    return "\n".join([*rows, "", *_ratios(runs), "", *_counts(runs)])


def stage_s(found: Found, stage: str) -> float:
    """Seconds of processor of all workers of a stage."""
    return sum(cost[0] for name, cost in found["workers"].items() if name.startswith(stage))


def mentions(found: Found) -> int:
    """How many mentions homes hold, each home's by itself."""
    return max(1, sum(home["counts"]["mentions"] for home in found["held"].values()))


def _ratios(runs: Mapping[str, Found]) -> list[str]:
    return [
        f"ray:{n} against local:{n}, processor a mention: "
        f"{runs[f'ray:{n}']['whole'][0] / runs[f'local:{n}']['whole'][0]:.2f} (budget: 1.18)"
        for n in (1, 2)
        if {f"ray:{n}", f"local:{n}"} <= runs.keys()
    ]


def _counts(runs: Mapping[str, Found]) -> Sequence[str]:
    found = next(iter(runs.values()))
    homes_ = found["held"].values()
    counts = {t: sum(home["counts"][t] for home in homes_) for t in next(iter(homes_))["counts"]}
    grave = sum(home["grave"] for home in homes_)
    return [
        f"in all homes: {counts}; alerts of severity 3 or more: {grave}",
        f"askings by outcome (how many, mentions read): {found['outcomes']}",
        f"asked most: {found['busiest']}",
    ]


if __name__ == "__main__":
    main()
