"""`schoolgate case host`: how to report to the platform, or who hosts the website."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, Reason, Restricted
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.cases import Case
    from monitor.session import Session


def host(
    case: CaseNumber,
    person: As,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: show what is known already.")
    ] = False,
    restricted: Restricted = False,
    reason: Reason = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Who to ask: how to report to the platform, or who hosts the website.

    For a website the public registers are asked (RDAP), and their answers are recorded. The page itself is
    not opened.

    \b
    Examples:
      schoolgate case host 4 --as t-quillfeather
      schoolgate case host 4 --as t-quillfeather --offline
      schoolgate case host 4 --as t-quillfeather --json
    """
    from alerts.routes.ways import route
    from data.cases import CaseState
    from data.effects import utc_now
    from monitor.casework import hosting
    from monitor.casework.finding import find_case
    from monitor.commands.inputs import own_words
    from monitor.session import open_session
    from monitor.views.case.host import host_lines, route_json

    session = open_session(person, home, config)
    now = utc_now()
    with session.store.read() as con:
        found = find_case(con, session, case)
    if found.state is not CaseState.CLOSED:
        _refuse(session, found, now)
    url = hosting.address(session, found, own_words(reason, "--reason") if restricted else "", now)
    row = route(found.channel, url)
    facts: Mapping[str, str] = found.hosting
    if row.is_site and not offline:
        facts = _ask_registers(session, found, url, now)
    today = now.astimezone(session.config.zone).date()
    what = found.content_class
    if as_json:
        way = route_json(row, what, today)
        say(in_json({"case": found.id, "hosting": facts or None, "route": way}))
        return
    by_hand = hosting.by_hand(session.context.home, url, now) if row.is_site and not facts else None
    asked_at = hosting.last_asked(session, found) if facts else None
    for line in host_lines(found.id, row, what, facts, asked_at, today, by_hand, person):
        say(line)


def _ask_registers(session: Session, case: Case, url: str, now: datetime) -> Mapping[str, str]:
    """What the registers tell, recorded in the case; nobody is asked where that would be refused."""
    from data.cases import Event
    from data.errors import InputError
    from data.steps.stored import facts_of
    from monitor.casework import hosting
    from monitor.casework.finding import find_case
    from monitor.commands.case.record import run_step

    _refuse(session, case, now)
    found = hosting.look(session.config, session.context.home, url, now)
    if found is None:
        raise InputError(f"Case {case.id}: what is held as the post's address is no web address.")
    said = found.said()
    with session.store.write("case") as con:
        run_step(
            con, session, find_case(con, session, case.id), Event(said, session.person.id, when=now), now
        )
    return facts_of(said)


def _refuse(session: Session, case: Case, now: datetime) -> None:
    """Raises Refused where nobody may be asked: with fair comment, or a case that bypasses the ladder."""
    from data.cases import Event
    from data.steps.keeping import Hosted
    from monitor.casework.steps import rehearse
    from monitor.commands.case.record import accepted

    probe = Event(Hosted(host="?"), session.person.id)
    accepted(rehearse(session.context, case, probe, now), case, session)
