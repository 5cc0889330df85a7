"""What one asking, one mention, one saving costs: from a run of the slice, and from askings measured here."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.nation import costs
from benchmarks.nation.played import PlayedClock, Playing
from benchmarks.nation.world.documents import document
from benchmarks.nation.world.places import Family
from benchmarks.nation.world.shown import World
from data.types import Source, SourceState

SAMPLE = 25
"""So many places of each sort are asked, twice over; the second time counts."""
EVENING = timedelta(hours=18)


@dataclass(frozen=True, slots=True)
class Unit:
    """Seconds of processor: of linking a mention, of scoring a text, of a saving and of each mention in it,
    of the conductor for each saving, of seeing to a home first and when nothing is due. `texts` are scored
    for each mention that is read. Bytes of a home's store, and of each mention in it."""

    link: float
    score: float
    texts: float
    call: float
    mention: float
    conductor: float
    tend_first: float
    tend: float
    home_bytes: float
    mention_bytes: float
    writer_mb: float
    home_mb: float
    workers_mb: float


def units(found: Mapping[str, Any]) -> Unit:
    """From what `slice.py --keep` wrote of one run."""
    works = found["works"]
    call, mention = _line(works, "save.ToSave")
    wanted = works.get("save.ToSave.wanted.s", 0.0) / works["save.ToSave.n"]
    home_bytes, mention_bytes = _bytes(found["held"])
    mb = {name.partition("-")[0]: cost[1] for name, cost in found["workers"].items()}
    few, many = (works.get(f"memory.{size}.homes", 0) for size in ("few", "many"))
    grown = works.get("memory.many.mb", 0) - works.get("memory.few.mb", 0)
    return Unit(
        link=works["link.ToRoute.s"] / works["link.ToRoute.of"],
        score=found["workers"]["score-0"][0] / works["score.ToScore.of"],
        texts=works["score.ToScore.of"] / sum(read for _, read in found["outcomes"].values()),
        call=call + wanted, mention=mention,
        conductor=found["conductor"][0] / works["save.ToSave.n"],
        tend_first=found["tended"][0], tend=found["tended"][-1],
        home_bytes=home_bytes, mention_bytes=mention_bytes,
        writer_mb=mb["save"], home_mb=max(0.0, grown / (many - few)) if many > few else 0.0,
        workers_mb=mb["fetch"] + mb["link"] + mb["score"] + found["conductor"][1],
    )  # fmt: skip


def _line(works: Mapping[str, float], name: str) -> tuple[float, float]:
    """Seconds a call and seconds a mention, by least squares over the calls."""
    n, of, s = (works[f"{name}.{key}"] for key in ("n", "of", "s"))
    varied = works[f"{name}.of_of"] - of * of / n
    slope = (works[f"{name}.of_s"] - of * s / n) / varied if varied else 0.0
    slope = max(0.0, slope)
    return (s - slope * of) / n, slope


def _bytes(held: Mapping[str, Mapping[str, Any]]) -> tuple[float, float]:
    """A store's size without mentions, and what each adds."""
    sizes = [(home["counts"]["mentions"], home["bytes"]) for home in held.values()]
    if len({count for count, _ in sizes}) < 2:
        return float(sizes[0][1]), 0.0
    slope, first = statistics.linear_regression(*zip(*sizes, strict=True))
    return first, max(0.0, slope)


def askings(world: World, sources: Mapping[str, Source]) -> dict[Family, float]:
    """Seconds of processor of one asking, by sort of place, the making of the document taken off."""
    by_family: dict[Family, list[str]] = defaultdict(list)
    for url, place in world.nation.places.items():
        if len(by_family[place.family]) < SAMPLE:
            by_family[place.family].append(url)
    with tempfile.TemporaryDirectory() as folder:
        clock = PlayedClock(Path(folder) / "clock")
        clock.set(world.midnight + EVENING)
        worker = Playing(world, clock, Path(folder))
        return {
            family: _asked_s(world, worker, [sources[url] for url in urls])
            for family, urls in by_family.items()
        }


def _asked_s(world: World, worker: Playing, some: list[Source]) -> float:
    spent = []
    for _ in range(2):
        began = costs.of_all(os.getpid()).seconds
        for source in some * 4:
            worker(SimpleNamespace(source=source, state=SourceState(source.id)))
        asked = costs.of_all(os.getpid()).seconds
        for source in some * 4:
            place = world.nation.places[source.url]
            document(place, world.shown(place, world.midnight + EVENING))
        made = costs.of_all(os.getpid()).seconds
        spent.append((2 * asked - began - made) / (4 * len(some)))
    return max(0.0, spent[-1])
