"""`schoolgate case list`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, Json, School, finish
from monitor.completing import people
from monitor.terminal import in_json, say


def list_cases(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those with something past its time.")
    ] = False,
    person: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PERSON", help="Who you are, to see more of yours.", autocompletion=people
        ),
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open cases, what is overdue first.

    With --as each stands there with what you may know of it; without, with its number and its time.

    \b
    Examples:
      schoolgate case list
      schoolgate case list --as t-quillfeather
      schoolgate case list --overdue --as i-larkspur --json
    """
    from data.effects import utc_now
    from data.store.cases import all_steps
    from monitor import wiring
    from monitor.casework.steps import replay_cases
    from monitor.commands.common import opened
    from monitor.lookup import known_person
    from monitor.views import case_list as view

    _, settings, store = opened(home, config)
    who = known_person(settings, person) if person is not None else None
    urns = [wiring.pick_urn(settings, school)] if school else None
    now = utc_now()
    with store.read() as con:
        found = all_steps(con, urns, open_only=not everything)
        cases = replay_cases(con, *found.values())
    rows = [row for case in cases if (row := view.row_for(who, case, settings))]
    if overdue:
        rows = [row for row in rows if view.overdue(row, now)]
    rows = view.in_order(rows, now)
    if as_json:
        say(in_json([view.as_json(row, now) for row in rows]))
        finish(0)
    names = {p.id: p.name for p in settings.people}
    for row in rows:
        for line in view.lines(row, now, settings.zone, names):
            say(line)
    if not rows:
        say("Nothing is overdue." if overdue else "There is no case." if everything else "No case is open.")
    finish(0)
