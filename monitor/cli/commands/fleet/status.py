"""`schoolgate fleet status`: how a fleet fares, home by home."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import FleetFolder, Json, finish
from monitor.cli.views.layout import brief, local, picked, utc
from monitor.terminal.output import in_json, say_lines
from monitor.terminal.table import Cell, Tone, table

if TYPE_CHECKING:
    from monitor.fleet.progress import FleetProgress, HomeProgress
    from monitor.fleet.settings import Fleet

ALL_ARE_SHOWN = 20
"""Of a fleet of more homes only those are shown that do not fare well."""
MOST_SHOWN = 40
"""So many at most, unless all are asked for."""
_UNTENDED = timedelta(hours=1)
"""A home whose mails and reminders nobody saw to for so long does not fare well."""
_HEADS = ("Home", "Waiting", "Saved", "New", "Alerts", "What")


def fleet_status(
    every: Annotated[bool, Option("--all", help="Show each home, also those that fare well.")] = False,
    fleet: FleetFolder = None,
    as_json: Json = False,
) -> None:
    """How the fleet fares, home by home. Exit code 1 where it does not run, something waits for long, or
    a home is left out.

    \b
    Examples:
      schoolgate fleet status
      schoolgate fleet status --all
      schoolgate fleet status --json
    """
    from monitor.fleet.progress import read
    from monitor.fleet.settings import find, load

    settings, now = load(find(os.environ, fleet)), utc_now()
    found = read(settings.folder)
    there = {home.name for home in found.homes} if found else set()
    missing = [home.name for home in settings.homes if home.name not in there] if found else []
    shown = lines(found, missing, now, settings, every=every)
    say_lines([in_json(as_document(found, missing, now))] if as_json else shown)
    finish(_exit(found, missing, now))


def _exit(found: FleetProgress | None, missing: Sequence[str], now: datetime) -> int:
    return int(found is None or not found.runs(now) or not found.well(now) or bool(missing))


_OF_A_RUN = (
    "pid", "machine", "since", "last_sign", "engine", "places", "delay_s", "faults", "unrouted_since",
    "restarts", "homes",
)  # fmt: skip


def as_document(found: FleetProgress | None, missing: Sequence[str], now: datetime) -> dict[str, object]:
    """One JSON document; times are ISO 8601, UTC. Of a fleet that never ran all is null."""
    said: dict[str, object] = {"running": found is not None and found.runs(now), **dict.fromkeys(_OF_A_RUN)}
    if found is not None:
        said |= {
            **picked(found, "pid machine engine faults unrouted_since"), "since": utc(found.started_at),
            "last_sign": utc(found.at), "places": picked(found.places, "all due under_way blocked failing"),
            "delay_s": dict(zip(("median", "p95"), found.delay_s, strict=True)) if found.delay_s else None,
            "restarts": {stage.value: n for stage, n in found.restarts.items()},
            "homes": [_home_as_document(home, now) for home in found.homes],
        }  # fmt: skip
    return said | {"not_taken_up": list(missing), "exit": _exit(found, missing, now)}


def _home_as_document(home: HomeProgress, now: datetime) -> dict[str, object]:
    times = "oldest_waiting_at last_handed_at last_saved_at last_tended_at"
    return {
        **picked(home, f"name waiting_segments {times} new_today alerts_today left_out stale unusable"),
        "waits_long": home.waits_long(now), "faults": dict(home.faults),
        "last_fault": home.last_fault or None, "held_by": home.held_by or None,
    }  # fmt: skip


def lines(
    found: FleetProgress | None, missing: Sequence[str], now: datetime, fleet: Fleet, *, every: bool = False
) -> Iterator[str]:
    """For a reader: the fleet, the homes that do not fare well, the others unless they are many, counts."""
    from monitor.fleet.settings import typed

    zone = fleet.zone
    yield from _first(found, now, fleet)
    if found is None:
        return
    worst_first = sorted(
        found.homes, key=lambda h: (not h.left_out, not h.waits_long(now), h.oldest_waiting_at or now)
    )
    said = [(home, _what(home, found, now, zone)) for home in worst_first]
    unwell = [_of(home, now, zone, what) for home, what in said if what]
    why = Cell("not taken up: schoolgate fleet doctor says why", Tone.WARN)
    unwell += [[name, "", "", "", "", why] for name in missing]
    well = [home for home in found.homes if not _what(home, found, now, zone)]
    shown_well = well if every or len(found.homes) <= ALL_ARE_SHOWN else []
    most = len(unwell) if every else MOST_SHOWN
    yield from table(_HEADS, [*unwell[:most], *(_of(home, now, zone) for home in shown_well)])
    if len(unwell) > most:
        to_see = typed("schoolgate fleet status --all", fleet.folder, os.environ)
        yield f"And {len(unwell) - most:,} more like these. To see each: {to_see}"
    yield f"Homes that fare well: {len(well):,} of {len(found.homes) + len(missing):,}."
    yield from _own_troubles(found, now, fleet)
    yield from _counts(found)


def _first(found: FleetProgress | None, now: datetime, fleet: Fleet) -> Iterator[str]:
    from monitor.fleet.settings import typed

    if found is not None and found.runs(now):
        yield f"The fleet runs: engine {found.engine}, since {local(found.started_at, fleet.zone)}."
        return
    last = f"its last sign was at {local(found.at, fleet.zone)}" if found else "nothing is known of it"
    yield f"The fleet does not run, and {last}."
    yield f"To start it: {typed('schoolgate fleet serve', fleet.folder, os.environ)}"


def _own_troubles(found: FleetProgress, now: datetime, fleet: Fleet) -> Iterator[str]:
    """What concerns no home alone."""
    if found.unrouted_since and found.unrouted_long(now):
        yield f"What was read on {brief(found.unrouted_since, now, fleet.zone)} has gone to no home yet."
    if found.faults:
        yield f"Faults of the fleet's own since it started: {found.faults:,}. Its log says which."


def _what(home: HomeProgress, found: FleetProgress, now: datetime, zone: ZoneInfo) -> Cell | None:
    """What is to be said of a home; None where it fares well."""
    if home.left_out:
        return Cell("left out, for faults in its file: schoolgate fleet doctor says which", Tone.GRAVE)
    said = ["its file has faults: what it said before is in use"] if home.stale else []
    grave = home.unusable or home.waits_long(now)
    if home.unusable:
        said.append("it cannot be used: schoolgate doctor, with its --home, says why")
    if home.waits_long(now) and home.oldest_waiting_at:
        said.append(f"waits since {brief(home.oldest_waiting_at, now, zone)}")
    if home.held_by:
        said.append(f"runs by itself ({home.held_by})")
    if faults := _counted(home.faults):
        last = f"; the last: {home.last_fault}" if home.last_fault else ""
        said.append(f"faults today: {faults}{last}")
    if found.runs(now) and now - (home.last_tended_at or found.started_at) > _UNTENDED:
        said.append("its mails and reminders are not seen to")
    return Cell("; ".join(said), Tone.GRAVE if grave else Tone.WARN) if said else None


def _counted(of: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {n}" for what, n in of.items() if n)


def _of(home: HomeProgress, now: datetime, zone: ZoneInfo, what: Cell | str = "") -> list[str | Cell]:
    saved = brief(home.last_saved_at, now, zone) if home.last_saved_at else "not yet"
    counts = (home.waiting_segments, home.new_today, home.alerts_today)
    waiting, new, alerts = (f"{n:,}" for n in counts)
    return [home.name, waiting, saved, new, alerts, what]


def _counts(found: FleetProgress) -> Iterator[str]:
    places = found.places
    yield (
        f"Places: {places.all:,}; due {places.due:,}, being asked {places.under_way:,}, "
        f"blocked {places.blocked:,}, failing {places.failing:,}."
    )
    new, alerts = sum(home.new_today for home in found.homes), sum(h.alerts_today for h in found.homes)
    yield f"Today: {new:,} new, {alerts:,} alerts."
    if found.delay_s:
        half, most = (f"{s:.0f} s" if s < 90 else f"{s / 60:.0f} min" for s in found.delay_s)
        yield f"From post to saved, of late: half within {half}, 95 of 100 within {most}."
    if any(found.restarts.values()):
        yield f"Workers begun anew: {_counted({stage.value: n for stage, n in found.restarts.items()})}."
