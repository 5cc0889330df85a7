"""A nation's whole day, reckoned: what `sources/due.py` plans for all its places, times what each work costs.

    python -P -m benchmarks.nation.day --costs FILE [--run local:1] [--schools 25000] [--lists DIR]

FILE is what `slice.py --keep` wrote. Askings, and how late each post is read, are planned for every place of
every school over one weekday (`planning.py`): no part of the nation stands for the rest. Processor, memory
and disk are those of the slice, and of askings measured in this run. It prints Markdown tables.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.nation.planning import DAY_S, Planned, planned
from benchmarks.nation.played import LIMITS
from benchmarks.nation.reckon import Unit, askings, units
from benchmarks.nation.run import MIDNIGHT
from benchmarks.nation.slice import LISTS
from benchmarks.nation.world import schools
from benchmarks.nation.world.places import STATED, Family, Nation, settled, table
from benchmarks.nation.world.shown import CURVE, World
from data.types import Source
from monitor.fleet.conducting.homes import TEND_EVERY
from sources.http.host_queue import host_of

STAGES_S = 5.0
"""Seconds from an answer to the alert in the store where nothing queues: assumed, ten turns."""
BUSIEST = max(CURVE) * 24 / sum(CURVE)
TEND_S = 600.0
"""How often a home is seen to in this reckoning: often enough for mails and reminders."""
TEND_EVERY_S = TEND_EVERY.total_seconds()
"""So often the conductor sees to a home where there is time for it."""


def main() -> None:
    """Plans, measures, prints."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--costs", type=Path, required=True, help="what slice.py --keep wrote")
    options.add_argument("--run", default="local:1")
    options.add_argument("--schools", type=int, default=25_000)
    options.add_argument("--lists", type=Path, default=LISTS, help="folder of the registers")
    given = options.parse_args()
    unit = units(json.loads(given.costs.read_text(encoding="utf-8"))[given.run])
    homes = schools.of_nation(given.lists if given.lists.exists() else None, given.schools)
    nation = settled(homes)
    world = World(nation, MIDNIGHT)
    sources = {s.url: s for some in nation.named.values() for s in some} | {s.url: s for s in nation.shared}
    watchers = Counter(s.url for some in nation.named.values() for s in some)
    began = time.perf_counter()
    day, by_host = planned(world, sources, watchers, os.cpu_count() or 1)
    took = time.perf_counter() - began
    print(f"{len(nation.schools):,} schools, {len(homes):,} homes; planned in {took:.0f} s\n")
    print(table(nation), "\n")
    cost = askings(world, sources)
    print(_places(day, cost), "\n")
    print(_stages(day, cost, unit, len(homes)), "\n")
    print(_late(day), "\n")
    print(_hosts(world, sources, by_host), "\n")
    print(_breaks(day, unit, len(homes)))


def _places(day: Mapping[Family, Planned], cost: Mapping[Family, float]) -> str:
    rows = [
        "| places | askings | with news | posts read | gone before they were read | ms an asking |",
        "|---|---|---|---|---|---|",
    ]
    for family in STATED:
        told = day[family]
        rows.append(
            f"| {family} | {told.askings:,} | {told.news:,} | {told.posts - told.lost:,} | {told.lost:,} "
            f"| {1000 * cost[family]:.1f} |"
        )
    return "\n".join(rows)


def _handed(day: Mapping[Family, Planned]) -> tuple[float, float, float]:
    """Savings, mentions in them, mentions linked. What is shared goes to one home where it names a school."""
    calls = handed = linked = 0.0
    for family, told in day.items():
        stated = STATED[family]
        linked += told.news * stated.shown
        shared = family in (Family.REGIONAL, Family.PRESS, Family.PARENTS)
        calls += (told.posts - told.lost) * stated.names if shared else told.calls
        handed += told.news * stated.shown * stated.names if shared else told.handed
    return calls, handed, linked


def _stages(day: Mapping[Family, Planned], cost: Mapping[Family, float], unit: Unit, homes: int) -> str:
    calls, handed, linked = _handed(day)
    posts = sum(told.posts - told.lost for told in day.values())
    spent = {
        "fetch: asked, parsed": (
            sum(told.askings * cost[family] for family, told in day.items()),
            sum(t.askings for t in day.values()),
        ),
        "link": (linked * unit.link, linked),
        "score, each text once": (posts * min(1.0, unit.texts) * unit.score, posts * min(1.0, unit.texts)),
        "save, every news of a place by itself": (calls * unit.call + handed * unit.mention, calls),
        f"see to each home every {TEND_S / 60:.0f} minutes": (tended_s(unit, homes), homes * DAY_S / TEND_S),
        "conductor": (calls * unit.conductor, calls),
    }  # fmt: skip
    rows = [
        "| stage | how many | processor, hours | cores, mean | cores, busiest hour |",
        "|---|---|---|---|---|",
    ]
    for name, (seconds, count) in spent.items():
        mean = seconds / DAY_S
        rows.append(f"| {name} | {count:,.0f} | {seconds / 3600:.1f} | {mean:.2f} | {mean * BUSIEST:.2f} |")
    whole = sum(seconds for seconds, _ in spent.values())
    rows.append(f"| **all** | | {whole / 3600:.1f} | {whole / DAY_S:.2f} | {whole / DAY_S * BUSIEST:.2f} |")
    mb = unit.workers_mb + unit.writer_mb + unit.home_mb * homes
    kept = sum((t.posts - t.lost) * t.calls / max(t.news, 1) for t in day.values())
    rows += [
        "",
        f"Memory with one worker of each: {mb / 1024:.1f} GB ({unit.home_mb * 1024:.0f} kB a home at its "
        f"writer). Disk: {homes * unit.home_bytes / 1e9:.1f} GB of empty stores "
        f"({unit.home_bytes / 1e6:.2f} MB each), and "
        f"{kept * unit.mention_bytes / 1e9:.1f} GB for a day's {kept:,.0f} posts kept in homes.",
    ]
    return "\n".join(rows)


def tended_s(unit: Unit, homes: int) -> float:
    """Seconds of processor a day: more the first time, when the day's digest is written."""
    return homes * (unit.tend_first + (DAY_S / TEND_S - 1) * unit.tend)


def _late(day: Mapping[Family, Planned]) -> str:
    """Minutes from post to alert: by sort of place, and of all that names a school, as alerts come of it."""
    rows = ["| from post to alert, minutes | median | 95 of 100 |", "|---|---|---|"]
    times, weights = [], []
    for family, stated in STATED.items():
        late = np.concatenate([*day[family].late_s, np.zeros(0)])
        if late.size:
            rows.append(
                f"| {family} | {_minutes(np.quantile(late, 0.5))} | {_minutes(np.quantile(late, 0.95))} |"
            )
        times.append(late)
        weights.append(np.full(late.size, stated.names))
    whole, weight = np.concatenate(times), np.concatenate(weights)
    order = np.argsort(whole)
    upto = np.cumsum(weight[order])
    at = [whole[order][np.searchsorted(upto, share * upto[-1])] for share in (0.5, 0.95)]
    return "\n".join([*rows, f"| **what names a school** | {_minutes(at[0])} | {_minutes(at[1])} |"])


def _minutes(seconds: float) -> str:
    return f"{(seconds + STAGES_S) / 60:,.0f}"


def _hosts(world: World, sources: Mapping[str, Source], by_host: Counter[str]) -> str:
    """Askings of the most asked hosts, against what their pace lets through and what is wanted."""
    rows = [
        "| host | places | askings wanted | askings made | as many as its pace allows |",
        "|---|---|---|---|---|",
    ]
    places = Counter(host_of(url) for url in world.nation.places)
    for host, made in by_host.most_common(6):
        wanted = _wanted(world, sources, host) * places[host]
        rows.append(
            f"| {host} | {places[host]:,} | {wanted:,.0f} | {made:,} "
            f"| {made / (DAY_S / LIMITS.pace_s(host)):.0%} |"
        )
    return "\n".join(rows)


def _wanted(world: World, sources: Mapping[str, Source], host: str) -> float:
    """How often one of a host's places would be asked if it were alone there."""
    some = [url for url in world.nation.places if host_of(url) == host][:20]
    alone = Nation(
        world.nation.schools,
        world.nation.towns,
        {url: world.nation.places[url] for url in some},
        {},
        (),
        world.nation.seed,
    )
    day, _ = planned(World(alone, world.midnight), sources, {})
    return sum(told.askings for told in day.values()) / len(some)


def _breaks(day: Mapping[Family, Planned], unit: Unit, homes: int) -> str:
    """What gives first, by how far beyond its bound it is."""
    calls, handed, _ = _handed(day)
    search = day[Family.SEARCH]
    saving = (calls * unit.call + handed * unit.mention) * BUSIEST / DAY_S
    lost, posts = sum(t.lost for t in day.values()), sum(t.posts for t in day.values())
    return "\n".join(
        [
            f"- One search host: {search.places:,} searches, "
            f"{search.askings / max(search.places, 1):.1f} askings a day each.",
            f"- Seeing to every home every {TEND_EVERY_S:.0f} s would take "
            f"{homes * unit.tend / TEND_EVERY_S:,.0f} cores; one writer "
            f"comes round in {homes * unit.tend / 60:,.0f} minutes.",
            f"- Writers: {math.ceil(saving)} for the busiest hour. One conductor works "
            f"{calls * unit.conductor * BUSIEST / DAY_S:.0%} of it.",
            f"- {lost:,} of {posts:,} posts ({lost / max(posts, 1):.0%}) are gone from what a place shows "
            "before it is asked again.",
        ]
    )


if __name__ == "__main__":
    main()
