"""`schoolgate alerts show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from monitor.cli.commands.options import AlertId, Asking, ConfigFile, Home, Json, finish
from monitor.terminal import private_words
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from data.matters import MatterView, PostView
    from monitor.matters.reader import Reader


def alerts_show(
    alert_id: AlertId,
    restricted: Annotated[bool, Option("--restricted", help="Print a restricted matter's text.")] = False,
    reason: Annotated[
        str | None,
        Option("--reason", callback=private_words.given, help="Why you need to see it; it is recorded."),
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
    from monitor.cli.commands.common import open_reader
    from monitor.cli.views import alerts as view
    from monitor.cli.views.screen import screen_of
    from monitor.matters.one import find_alert
    from monitor.terminal.wording import WHO_YOU_ARE

    reader, now = open_reader(person, home, config), utc_now()
    with reader.store.read() as con:
        shown = find_alert(con, reader, alert_id, now)
    read = _read(reader, shown, reason) if restricted else None
    if reader.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json(view.as_json(shown, read)))
        finish(0)
    for line in view.lines(shown, screen_of(reader.config, now), read):
        say(line)
    finish(0)


def _read(reader: Reader, shown: MatterView, reason: str | None) -> tuple[PostView, ...]:
    """The texts behind an alert, for one who may read them; the reading and its reason are recorded."""
    from data.effects import utc_now
    from data.errors import InputError
    from monitor.matters.one import find_alert, restricted_posts

    why = (reason or "").strip()
    if not why:
        raise InputError("Say why you need to see it; the reason is kept: --reason “…”")
    with reader.store.write("reading a restricted matter") as con:
        now = utc_now()
        return restricted_posts(con, reader, find_alert(con, reader, shown.alert_id, now), why, now)
