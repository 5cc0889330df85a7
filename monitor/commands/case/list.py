"""`schoolgate case list`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import Asking, ConfigFile, Home, Json, School
from monitor.terminal.output import in_json, say, tell


def list_cases(
    mine: Annotated[
        bool, typer.Option("--mine", help="Only those you have, or were told of and nobody has.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those with something past its time.")
    ] = False,
    person: Asking = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open cases, what is overdue first: when something is next due, who has it, where it stands.

    Each is shown as far as you may know of it; without --as, only its number, state and times.

    \b
    Examples:
      schoolgate case list
      schoolgate case list --mine --as t-quillfeather
      schoolgate case list --overdue --as i-larkspur --json
    """
    from data.effects import utc_now
    from data.store.cases.cases import all_steps
    from monitor import wiring
    from monitor.casework.replaying import replay_cases
    from monitor.viewer import WHO_YOU_ARE, named, open_viewer
    from monitor.views.case import case_list as view

    viewer = open_viewer(person, home, config)
    settings, now = viewer.config, utc_now()
    if mine:
        named(viewer)
    urns = [wiring.pick_urn(settings, school)] if school else None
    with viewer.store.read() as con:
        found = all_steps(con, urns, open_only=not everything)
        rows = viewer.case_rows(con, replay_cases(con, *found.values()))
    if mine:
        rows = [row for row in rows if row.who.mine or row.who.asked]
    if overdue:
        rows = [row for row in rows if view.overdue(row, now)]
    rows = view.in_order(rows, now)
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json([view.as_json(row, now) for row in rows]))
        return
    names = {p.id: p.name for p in settings.people}
    for line in view.lines(rows, now, settings.zone, names):
        say(line)
    if not rows:
        say(view.none(mine=mine, overdue=overdue, everything=everything))
