"""`schoolgate alerts show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import AlertId, Asking, ConfigFile, Home, Json, finish
from monitor.terminal import private_words
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from monitor.viewer import Viewer
    from monitor.views.alerts import Read, ShownAlert


def alerts_show(
    alert_id: AlertId,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="Print a restricted matter's text.")
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", callback=private_words.given, help="Why you need to see it; it is recorded."
        ),
    ] = None,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """One alert: what, why, and who was told.

    \b
    Examples:
      schoolgate alerts show 3f2a --as b-patel
      schoolgate alerts show 3f2a --restricted --as b-patel --reason "I am the DSL on duty"
    """
    from data.effects import utc_now
    from monitor.viewer import WHO_YOU_ARE, find_alert, open_viewer
    from monitor.views import alerts as view

    viewer, now = open_viewer(person, home, config), utc_now()
    with viewer.store.read() as con:
        shown = find_alert(con, viewer, alert_id)
    read = _read(viewer, shown, reason) if restricted else None
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json(view.as_json(shown, now, read)))
        finish(0)
    names = {p.id: p.name for p in viewer.config.people}
    for line in view.lines(shown, names, now, viewer.config.zone, read):
        say(line)
    finish(0)


def _read(viewer: Viewer, shown: ShownAlert, reason: str | None) -> Read:
    """The texts behind an alert, for one who may read them; the reading and its reason are recorded."""
    from data.effects import utc_now
    from data.errors import InputError
    from data.store.alerts import alerts as alert_store
    from data.store.mentions import person_reports as report_store
    from monitor.viewer import find_alert, whoever_may_act
    from monitor.views.alerts import Read

    why = (reason or "").strip()
    if not why:
        raise InputError("Say why you need to see it; the reason is kept: --reason “…”")
    with viewer.store.write("reading a restricted matter") as con:
        alert = find_alert(con, viewer, shown.alert.id)
        reader = whoever_may_act(viewer, alert)
        texts = alert_store.restricted_text(con, alert.alert.id, reason=why, person=reader.id, now=utc_now())
        return Read(texts, report_store.reported(con, [t.mention_id for t in texts]))
