"""`schoolgate alerts ack`."""

from __future__ import annotations

from monitor.commands.options import AlertId, Asking, ConfigFile, Home, finish
from monitor.terminal.output import say


def alerts_ack(
    alert_id: AlertId, person: Asking = None, home: Home = None, config: ConfigFile = None
) -> None:
    """Say that you have it in hand.

    \b
    Examples:
      schoolgate alerts ack 3f2a --as b-patel
    """
    from data.effects import utc_now
    from data.store.alerts import alerts as alert_store
    from monitor.viewer import find_alert, named, open_viewer, whoever_may_act
    from monitor.views.layout import local
    from monitor.views.whose import name_and_role

    viewer = open_viewer(person, home, config)
    named(viewer)
    now = utc_now()
    with viewer.store.write("acknowledgement") as con:
        shown = find_alert(con, viewer, alert_id)
        who = whoever_may_act(viewer, shown)
        has = alert_store.ack(con, shown.alert.id, who.id, now)
    whom = name_and_role(has.person, viewer.config.people)
    if has.at == now:
        say(f"{shown.number} is with {whom}. To see what you have: schoolgate alerts list --mine")
    else:
        since = local(has.at, viewer.config.zone)
        say(f"{shown.number} is with {whom} already, since {since}. Nothing was changed.")
    finish(0)
