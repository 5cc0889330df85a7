"""Looking at a fleet: what is wrong with its file, its folder, its engine and its homes. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import Sleep, Uptime, uptime
from data.errors import ConfigError, StoreBusy, StoreError
from data.store.shelf import LONGEST, SegmentShelf, put_at
from data.web.public_addresses import is_this_machine
from monitor.fleet import progress
from monitor.fleet.conducting.conductor import AT, HOMES, READ, SEGMENTS
from monitor.fleet.progress import FleetProgress
from monitor.fleet.settings import Fleet, load, typed
from monitor.setup.doctor import fleet_homes as homes
from monitor.setup.doctor import install
from monitor.setup.doctor.findings import Finding, fault, ok, sentence, warn
from monitor.setup.doctor.settings import GET_REGISTER, beats, faults, in_register, numbers_of
from monitor.setup.doctor.state import clock_trust
from monitor.setup.doctor.state import model as the_model
from monitor.terminal.wording import some

if TYPE_CHECKING:
    from monitor.config.load import Config


def contact(fleet: Fleet) -> Iterator[Finding]:
    """Sites are told who asks; without a contact some refuse, and none can write to us."""
    if not fleet.contact:
        what = "Sites are not told who to contact about our visits."
        yield warn(
            "contact", what, "Say at the top of fleet.toml who it is: “contact” (schoolgate docs fleet)."
        )


def heartbeat(fleet: Fleet, configs: Mapping[str, Config]) -> Iterator[Finding]:
    """Whether somebody elsewhere would notice a machine that is dead. A home's own heartbeat is not sent."""
    name_it = "name it at the top of fleet.toml: “heartbeat_url”."
    yield beats(fleet.heartbeat, fleet.heartbeat_elsewhere, name_it)
    own = [name for name, config in configs.items() if config.heartbeat is not None]
    if own:
        what = f"A heartbeat of its own is not sent while the fleet serves the home: {some(own)}."
        yield warn(
            "heartbeat",
            what,
            "End the checks that wait for it, and give the fleet one (schoolgate docs fleet).",
        )


def register(fleet: Fleet, configs: Mapping[str, Config]) -> Iterator[Finding]:
    """Thousands of schools share a name: the register tells them apart."""
    of = {number: name for name, config in configs.items() for number in numbers_of(config)}

    def lost(missing: Sequence[str]) -> tuple[str, str]:
        remedy = "Look for the number, and correct it in the home's schoolgate.toml."
        return some([f"{number} (of {of[number]})" for number in missing]), remedy

    at_the_top = "at the top of fleet.toml: “register_file”"
    none = f"{GET_REGISTER}, and name the file {at_the_top} (schoolgate docs fleet)."
    unread = f"Fetch the file again, or name another {at_the_top}."
    yield from in_register(fleet.register, of, (none,), (unread,), lost)


def engine(fleet: Fleet) -> Iterator[Finding]:
    """Whether Ray is there where it is wanted, and who may reach the cluster."""
    if fleet.engine.kind != "ray":
        yield ok("engine", "Processes of this machine.")
        return
    if find_spec("ray") is None:
        remedy = 'In Schoolgate\'s checkout: pip install -c constraints.txt ".[fleet]"; or write: “local”.'
        yield fault("engine", "The engine “ray” needs Ray, which is not installed.", remedy)
        return
    address = fleet.engine.address
    if address and not is_this_machine(address.rpartition(":")[0]):
        what = (
            f"The Ray cluster is reached at {address}. Whoever else reaches it may run anything on its "
            "machines: by default a Ray cluster has no sign-in."
        )
        yield warn(
            "engine",
            what,
            "See that it is in a private network that nobody else is in (schoolgate docs fleet).",
        )
    else:
        yield ok("engine", f"Ray, at {address}." if address else "Ray, a cluster of our own on this machine.")


def places(fleet: Fleet, configs: Mapping[str, Config]) -> Iterator[Finding]:
    """Shared places that are off, and those where what names no school is handed to nobody."""
    from classifiers.linking.linker import MANY  # late: it takes a fifth of a second

    off = [place.source for place in fleet.places if place.source.disabled]
    for source in off[:3]:
        remedy = "See what is said there: “disabled”, “leave” (schoolgate docs fleet)."
        yield warn("off", sentence(f"{source.id} is off: {source.disabled}"), remedy)
    if len(off) > 3:
        names = some([source.id for source in off[3:]])
        yield warn("off", f"Off besides: {names}.", "See what is said of each in fleet.toml.")
    schools = {name: len(config.schools) for name, config in configs.items()}
    on = [place for place in fleet.places if not place.source.disabled]
    broad = [p for p in on if sum(schools.get(name, 0) for name in (p.homes or schools)) > MANY]
    for_all = [place.source.id for place in broad if not place.homes]
    narrowed = [place.source.id for place in broad if place.homes]
    nobody = "What points to none of them, such as a threat that names no school, is handed to nobody."
    if narrowed:
        yield ok("places", f"Asked for more than {MANY} schools: {some(narrowed)}. {nobody}")
    if for_all:
        what = f"Asked for the schools of all homes, more than {MANY}: {some(for_all)}. {nobody}"
        yield warn(
            "places", what, "Where it is for some homes alone, name them: “homes” (schoolgate docs fleet)."
        )


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


DOCTOR = "schoolgate fleet doctor"


def examine(
    path: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    sleep: Sleep,
    model: Callable[[], Finding] = the_model,
) -> list[Finding]:
    """Every finding, in the order of checking. `path` is the fleet's file; `now` is aware, UTC."""
    found = _examined(path, env, now, sleep, model)
    return [replace(one, command=_typed(one.command, path.parent, env)) for one in found]


def _typed(command: str, folder: Path, env: Mapping[str, str]) -> str:
    of_a_fleet = command.split()[1:2] == ["fleet"]
    return typed(command, folder, env) if of_a_fleet else command


def _examined(
    path: Path, env: Mapping[str, str], now: datetime, sleep: Sleep, model: Callable[[], Finding]
) -> list[Finding]:
    found = install.installation(path.parent, now)
    try:
        fleet = load(path)
    except ConfigError as error:
        return [*found, *faults(error, DOCTOR, "that")]
    seen = progress.read(fleet.folder)
    there = homes.read(fleet, env)
    return [
        *found,
        ok(
            "configuration", f"{fleet.path}: homes {len(fleet.homes):,}, shared places {len(fleet.places):,}."
        ),
        *contact(fleet),
        *register(fleet, there.configs),
        *engine(fleet),
        *places(fleet, there.configs),
        *homes.homes(fleet, there, seen, now, sleep),
        *store(fleet, now, sleep, uptime()),
        *segments(fleet, now),
        *service(seen, now),
        *heartbeat(fleet, there.configs),
        model(),
    ]
