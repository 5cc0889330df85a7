"""`schoolgate alerts`: to stop an alarm where no page is at hand, by its number and without words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.wording.matters import name_and_role, name_holder
from data import effects
from data.errors import InputError
from data.matters import MatterView
from data.steps.acts import Refused
from data.words.say import words
from monitor.cli.commands import options
from monitor.config.home.paths import own_account
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import Session
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_on_stderr
from monitor.terminal.table import draw_table
from monitor.terminal.wording import WHO_YOU_ARE, WITH_THE_DSL, brief, severity_cell, utc_json


def alerts_list(
    opts: options.JsonOptions, school: options.SchoolOption = None, person: options.Asking = None
) -> None:
    """List what is open, by number: how soon, and who is dealing with it. Read at the desk what it is."""
    from monitor.matters.searching import alerts_listed

    reader, now = opts.reader(person), effects.utc_now()
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.open_reader() as con:
        shown = alerts_listed(con, reader, now, urns)
    if reader.person is None:
        say_on_stderr(WHO_YOU_ARE)
    opts.show([alert_json(alert) for alert in shown], alert_table(shown, reader.config, now))


def alerts_ack(opts: options.HomeOptions, alert_id: options.AlertId, person: options.Asking = None) -> None:
    """Take one for somebody who was told of it or asked. All of them get an email about that."""
    from monitor.act.mark import Handling
    from monitor.act.matter import TakenBy, take_matter
    from monitor.matters.views import find_alert, read_matter

    reader, now = opts.reader(person, named=True), effects.utc_now()
    config, who = reader.config, reader.required_person
    session = Session(config, reader.store, who, wiring.make_context(config, reader.store.home))
    with reader.store.write("acknowledgement") as con:
        view = read_matter(con, reader, find_alert(con, reader, alert_id).story_id, now)
        assert view is not None  # of what they may know there is one
        done = take_matter(
            Handling(con, session, view.story_id, view.urn, now), view, TakenBy.SHELL, own_account()
        )
    name = name_and_role(who.id, config.people, words("en"))
    if isinstance(done, Refused):
        raise InputError(f"{view.number} was not taken for {name}. {done.reason}")
    say(f"{view.number} is with {name}. They and the others who were told get an email about it.")


alerts_app = group("What somebody must act on, by number.")
alerts_app.command("list")(alerts_list)
alerts_app.command("ack")(alerts_ack)


def alert_json(view: MatterView) -> dict[str, object]:
    """One as JSON values, times in UTC; null of what its reader may not know."""
    has, apart = view.holder, view.apart
    return {
        "id": view.number if apart else view.alert_id,
        "number": view.number, "urn": view.urn, "restricted": view.restricted,
        "severity": None if apart else int(view.severity),
        "raised_at": utc_json(view.raised_at) if view.raised_at else None,
        "has_it": {"person": has.person or None, "since": utc_json(has.since)} if has else None,
    }  # fmt: skip


def alert_table(shown: Sequence[MatterView], config: Config, now: datetime) -> Iterator[str]:
    """A table, what nobody has first."""
    if not shown:
        yield "No alert is open."
        return
    rows = []
    for view in sorted(shown, key=lambda v: v.holder is not None):
        kept, has = f"{WITH_THE_DSL}: " if view.restricted else "", "nobody yet"
        if view.holder is not None:
            since = brief(view.holder.since, now, config.zone)
            has = f"{name_holder(view.holder, config.people, words('en'))}, since {since}"
        soon = "" if view.apart else severity_cell(view.severity)
        raised = brief(view.raised_at, now, config.zone) if view.raised_at else ""
        rows.append((view.number, soon, raised, f"{kept}{has}"))
    yield from draw_table(("Number", "How soon", "Raised", "Dealing with it"), rows)
