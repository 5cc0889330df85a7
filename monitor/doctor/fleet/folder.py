"""Checks of the fleet's own folder: its store, the segments that wait there, and who serves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from data.effects import Sleep, Uptime
from data.errors import StoreBusy, StoreError
from data.store.shelf import LONGEST, SegmentShelf, put_at
from monitor.doctor.findings import Finding, fault, ok, warn
from monitor.doctor.state import clock_trust
from monitor.fleet.conducting.conductor import AT, HOMES, READ, SEGMENTS
from monitor.fleet.progress import FleetProgress
from monitor.fleet.settings import Fleet
from monitor.terminal.wording import some

SOON = timedelta(minutes=10)
"""What was read is with its home by then, if all goes well."""
SERVE = "schoolgate fleet serve"
STATUS = "schoolgate fleet status"
_NOT_YET = "the homes it is for"


def store(fleet: Fleet, now: datetime, sleep: Sleep, up: Uptime | None) -> list[Finding]:
    """Whether the store that remembers when each place was asked can be read, and the clock be believed."""
    from data.store.engine.damage import read_whole
    from data.store.engine.open import Store
    from data.store.service import clock as clock_store

    door = Store(fleet.folder, clock=lambda: now, sleep=sleep, wait_s=5.0, upgrade=False)
    if not door.path.exists():
        return [ok("store", f"No store yet; serving the fleet makes it at {door.path}.")]
    try:
        with door.read() as con:
            read_whole(con)
            trust = clock_store.seen(con, now, up)
    except StoreBusy as error:
        return [warn("store", str(error), "Let the other end, then look again", "schoolgate fleet doctor")]
    except StoreError as error:
        remedy = (
            "It holds only when each place was asked last. Where nothing else helps: end the fleet, put the "
            "file aside, and begin again"
        )
        return [fault("store", str(error), remedy, SERVE)]
    return [ok("store", f"{door.path} opens, and every table can be read."), *clock_trust(trust)]


def segments(fleet: Fleet, now: datetime) -> Iterator[Finding]:
    """What was read and waits for its home: it holds words of posts, so nothing of it is kept for long."""
    oldest = {name: put_at(paths[0], now) for name, paths in _waiting(fleet.folder / SEGMENTS) if paths}
    kept = [name for name, at in oldest.items() if now - at >= LONGEST]
    late = [name for name, at in oldest.items() if SOON < now - at < LONGEST]
    if kept:
        what = f"Posts are kept for over 24 hours in {fleet.folder / SEGMENTS}, for: {some(kept)}."
        remedy = "What serves the fleet deletes them; or delete by hand what is older than a day"
        yield fault("segments", what, remedy, SERVE)
    if late:
        what = f"What was read waits for more than 10 minutes, for: {some(late)}."
        yield warn("segments", what, "See what is said here of these homes, and how each fares", STATUS)
    if not kept and not late:
        yield ok("segments", "Nothing that was read waits for longer than 10 minutes.")


def _waiting(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """By home the segments that wait for it, also for those that are in the file no more."""
    yield _NOT_YET, SegmentShelf(folder / READ).waiting()
    homes = folder / HOMES
    for below in sorted(homes.iterdir()) if homes.is_dir() else ():
        yield below.name.partition(AT)[0], SegmentShelf(below).waiting()


def service(seen: FleetProgress | None, now: datetime) -> Iterator[Finding]:
    """Whether the fleet is served, and which homes wait."""
    if seen is None or not seen.runs(now):
        last = f" Its last sign was on {seen.at:%-d %B %Y, %H:%M} UTC." if seen else ""
        yield warn("service", f"The fleet is not served: no place is read.{last}", "To serve it", SERVE)
        return
    long = [home.name for home in seen.homes if home.waits_long(now)]
    if long:
        what = f"Waiting for more than 15 minutes to be saved: {some(long)}."
        yield fault("service", what, "See what failed, and look at those homes", STATUS)
    else:
        yield ok("service", "The fleet is served, and no home waits for long.")
