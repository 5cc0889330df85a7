"""`schoolgate alerts list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from monitor.cli.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from data.matters import MatterView


def alerts_list(
    mine: Annotated[
        bool, Option("--mine", help="Only what you have, or were asked to take and nobody has.")
    ] = False,
    untaken: Annotated[bool, Option("--open", help="Only what nobody has.")] = False,
    everything: Annotated[bool, Option("--all", help="Also what is finished.")] = False,
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
    from monitor.cli.commands.common import open_reader
    from monitor.cli.views import alert_list, alerts
    from monitor.cli.views.screen import screen_of
    from monitor.home import wiring
    from monitor.matters.listed import alerts_listed
    from monitor.terminal.wording import WHO_YOU_ARE

    if untaken and everything:
        raise InputError("--open and --all are two lists. Give one of them.")
    reader, now = open_reader(person, home, config, named=mine), utc_now()
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.read() as con:
        shown = alerts_listed(con, reader, now, urns, finished=everything)
    shown = [view for view in shown if _wanted(view, mine=mine, untaken=untaken)]
    if reader.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json([alerts.as_json(view) for view in shown]))
        finish(0)
    if none := alert_list.none(shown, mine=mine, everything=everything):
        say(none)
    for line in (*alert_list.listed(shown, screen_of(reader.config, now)), *alert_list.how_to_read(shown)):
        say(line)
    finish(0)


def _wanted(view: MatterView, *, mine: bool, untaken: bool) -> bool:
    theirs = view.asked or (view.holder is not None and view.holder.mine)
    return not (mine and not theirs) and not (untaken and view.holder is not None)
