"""`schoolgate alerts ack`."""

from __future__ import annotations

from monitor.cli.commands.options import AlertId, Asking, ConfigFile, Home, finish
from monitor.terminal.output import say


def alerts_ack(
    alert_id: AlertId, person: Asking = None, home: Home = None, config: ConfigFile = None
) -> None:
    """Say that you have it in hand.

    \b
    Examples:
      schoolgate alerts ack 3f2a --as b-patel
    """
    from alerts.wording.matters import name_and_role
    from data.effects import utc_now
    from data.store.alerts import alerts as alert_store
    from data.words.say import words
    from monitor.cli.commands.common import open_reader
    from monitor.cli.views.layout import local
    from monitor.matters.one import find_alert, may_act

    reader = open_reader(person, home, config, named=True)
    now = utc_now()
    with reader.store.write("acknowledgement") as con:
        shown = find_alert(con, reader, alert_id, now)
        who = may_act(reader, shown)
        has = alert_store.ack(con, shown.alert_id, who.id, now)
    whom = name_and_role(has.person, reader.config.people, words("en"))
    if has.at == now:
        say(f"{shown.number} is with {whom}. To see what you have: schoolgate alerts list --mine")
    else:
        since = local(has.at, reader.config.zone)
        say(f"{shown.number} is with {whom} already, since {since}. Nothing was changed.")
    finish(0)
