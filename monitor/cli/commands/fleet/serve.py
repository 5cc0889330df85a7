"""`schoolgate fleet serve` and `fleet doctor`: it runs until it is told to end; what is wrong."""

from __future__ import annotations

import os
import time
from typing import Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import FleetFolder, Json, finish
from monitor.terminal.output import columns, say

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
    if as_json:
        say(as_document(found, faults))
    else:
        command = typed(DOCTOR, path.parent, os.environ)
        for line in lines(found, every=every, width=columns(), command=command, last=()):
            say(line)
    finish(int(faults > 0))
