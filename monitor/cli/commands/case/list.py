"""`schoolgate case list`."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from monitor.cli.commands.options import Asking, ConfigFile, Home, Json, School
from monitor.terminal.output import in_json, say, tell


def list_cases(
    mine: Annotated[
        bool, Option("--mine", help="Only those you have, or were told of and nobody has.")
    ] = False,
    everything: Annotated[bool, Option("--all", help="Also those that are closed.")] = False,
    overdue: Annotated[bool, Option("--overdue", help="Only those with something past its time.")] = False,
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
    from monitor.cli.commands.common import open_reader
    from monitor.cli.views.case import case_list as view
    from monitor.cli.views.screen import screen_of
    from monitor.home import wiring
    from monitor.matters.listed import cases_listed
    from monitor.terminal.wording import WHO_YOU_ARE

    reader, now = open_reader(person, home, config, named=mine), utc_now()
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.read() as con:
        cases = cases_listed(con, reader, now, urns, closed=everything)
    if mine:
        cases = [case for case in cases if case.asked or (case.holder is not None and case.holder.mine)]
    if overdue:
        cases = [case for case in cases if view.overdue(case)]
    if reader.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json([view.as_json(case, now) for case in cases]))
        return
    for line in view.lines(cases, screen_of(reader.config, now)):
        say(line)
    if not cases:
        say(view.none(mine=mine, overdue=overdue, everything=everything))
