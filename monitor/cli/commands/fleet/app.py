"""`schoolgate fleet`: its service, its doctor, and a week over all homes as a file of numbers."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.fleet.add import add_homes
from monitor.cli.commands.fleet.status import fleet_status
from monitor.cli.commands.inputs import ended_week
from monitor.cli.commands.options import EndedWeek, FleetFolder, Json, finish
from monitor.terminal.groups import group
from monitor.terminal.output import columns, in_json, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Collection

    from alerts.weekly.weeks import Week
    from monitor.fleet.counts import Published
    from monitor.fleet.settings import Fleet


def fleet_counts(
    week: EndedWeek = None,
    fleet: FleetFolder = None,
    out: Annotated[Path | None, Option("--out", metavar="DIR", help="Put a copy of the file here.")] = None,
    without: Annotated[
        list[str] | None,
        Option("--without", metavar="HOME", help="Leave this home out of that week, for good."),
    ] = None,
) -> None:
    """A week's numbers by local authority, kind of place and tone, over all homes: a Parquet file to be read.

    \b
    Examples:
      schoolgate fleet counts
      schoolgate fleet counts --week 2026-W47 --out /srv/published
      schoolgate fleet counts --week 2026-W47 --without brightwater
    """
    # Small numbers, and those that would give one away, are not in it; a week is published once.
    from monitor.fleet.counts import published
    from monitor.fleet.settings import find, load
    from monitor.terminal.progress import Progress

    settings = load(find(os.environ, fleet))
    wanted = ended_week(week, settings.zone, utc_now())
    left_out, progress = _known(settings, without or ()), Progress()
    with progress.over(settings.homes):
        found = published(settings, wanted, left_out, progress.step)
    say(str(found.path))
    say_lines(_said(wanted, found))
    if out is not None:
        from data.store.reporting.national_counts import copied

        try:
            say(str(copied(found.path, out)))
        except OSError as error:
            raise InputError(f"--out {out}: cannot be written to ({error.strerror}).") from None


def _known(fleet: Fleet, without: Collection[str]) -> frozenset[str]:
    names = {home.name for home in fleet.homes}
    if unknown := [name for name in without if name not in names]:
        raise InputError(f"--without {unknown[0]}: the fleet has no home of that name.")
    return frozenset(without)


def _said(week: Week, found: Published) -> Iterator[str]:
    if found.kept:
        yield f"{week.name} was published before: that file stays as it is, and nothing was counted anew."
        return
    schools: Counter[str] = Counter()
    for area in found.areas:
        schools[area.nation] += area.schools
    for nation, watched in schools.items():
        tables = sum(area.nation == nation for area in found.areas)
        yield f"{nation}: {watched:,} schools in {tables:,} {'table' if tables == 1 else 'tables'}"
    if found.untold:
        yield f"Not told, too few schools to hide one's numbers among: {', '.join(found.untold)}"


DOCTOR = "schoolgate fleet doctor"


def fleet_serve(fleet: FleetFolder = None) -> None:
    """Run by itself for all homes: read their places when they are due, tell people, until it is told to end.

    \b
    Examples:
      schoolgate fleet serve --fleet /srv/fleet
      SCHOOLGATE_FLEET=/srv/fleet schoolgate fleet serve
    """
    from monitor.fleet.serve import serve
    from monitor.fleet.settings import find

    finish(serve(find(os.environ, fleet), say=say))


def fleet_doctor(
    every: Annotated[bool, Option("--all", help="Show what is in order, too.")] = False,
    fleet: FleetFolder = None,
    as_json: Json = False,
) -> None:
    """Check the fleet: its file, its folder, its engine, and what its homes have wrong or in common.

    First comes the one thing to do next, with its command. Nothing is changed; exit code 1 where something
    does not work. What is wrong within one home: schoolgate doctor --home FOLDER.

    \b
    Examples:
      schoolgate fleet doctor
      schoolgate fleet doctor --all
      schoolgate fleet doctor --json
    """
    from monitor.cli.commands.setup.doctor import as_document, lines
    from monitor.fleet.settings import find, typed
    from monitor.setup.doctor.findings import Level
    from monitor.setup.doctor.fleet_file import examine

    path = find(os.environ, fleet)
    found = examine(path, env=os.environ, now=utc_now(), sleep=time.sleep)
    faults = sum(f.level is Level.FAULT for f in found)
    command = typed(DOCTOR, path.parent, os.environ)
    shown = lines(found, every=every, width=columns(), command=command, last=())
    say_lines([in_json(as_document(found, faults))] if as_json else shown)
    finish(int(faults > 0))


fleet_app = group("Many homes collected together: a nation's schools, or an authority's.")
fleet_app.command("add")(add_homes)
fleet_app.command("counts")(fleet_counts)
fleet_app.command("doctor")(fleet_doctor)
fleet_app.command("serve")(fleet_serve)
fleet_app.command("status")(fleet_status)
