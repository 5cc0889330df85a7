"""`schoolgate alerts list`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal.output import in_json, say, tell


def alerts_list(
    everything: Annotated[bool, typer.Option("--all", help="Also those already acknowledged.")] = False,
    school: School = None,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What somebody must act on; of each what you may know, of a restricted one only “with the DSL”.

    \b
    Examples:
      schoolgate alerts list
      schoolgate alerts list --as b-patel
      schoolgate alerts list --all --json
    """
    from data.effects import utc_now
    from data.store.alerts import alerts as alert_store
    from monitor import wiring
    from monitor.viewer import WHO_YOU_ARE, open_viewer
    from monitor.views import alerts as view

    viewer = open_viewer(person, home, config)
    urns = [wiring.pick_urn(viewer.config, school)] if school else None
    with viewer.store.read() as con:
        shown = viewer.alerts(con, alert_store.list_alerts(con, urns, open_only=not everything))
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json([view.as_json(alert) for alert in shown]))
        finish(0)
    if not shown:
        say("No alert is open." if not everything else "There has been no alert.")
    for line in (*view.listed(shown, utc_now(), viewer.config.zone), *view.how_to_read(shown)):
        say(line)
    finish(0)
