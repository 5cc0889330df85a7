"""`schoolgate alerts list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from monitor.views.alerts import ShownAlert


def alerts_list(
    mine: Annotated[
        bool, typer.Option("--mine", help="Only what you have, or were asked to take and nobody has.")
    ] = False,
    untaken: Annotated[bool, typer.Option("--open", help="Only what nobody has.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what is finished.")] = False,
    school: School = None,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What nobody has, and what somebody has and is not finished; of a restricted one only “with the DSL”.

    \b
    Examples:
      schoolgate alerts list
      schoolgate alerts list --mine --as b-patel
      schoolgate alerts list --open --json
    """
    from data.effects import utc_now
    from data.errors import InputError
    from monitor import wiring
    from monitor.viewer import WHO_YOU_ARE, named, open_viewer
    from monitor.views import alert_list, alerts

    if untaken and everything:
        raise InputError("--open and --all are two lists. Give one of them.")
    viewer, now = open_viewer(person, home, config), utc_now()
    if mine:
        named(viewer)
    urns = [wiring.pick_urn(viewer.config, school)] if school else None
    with viewer.store.read() as con:
        shown = viewer.listed(con, urns, finished=everything)
    shown = [s for s in shown if _wanted(s, mine=mine, untaken=untaken)]
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json([alerts.as_json(alert, now) for alert in shown]))
        finish(0)
    if none := alert_list.none(shown, mine=mine, everything=everything):
        say(none)
    for line in (*alert_list.listed(shown, now, viewer.config.zone), *alert_list.how_to_read(shown)):
        say(line)
    finish(0)


def _wanted(shown: ShownAlert, *, mine: bool, untaken: bool) -> bool:
    who = shown.who
    return not (mine and not (who.mine or who.asked)) and not (untaken and not who.nobody)
