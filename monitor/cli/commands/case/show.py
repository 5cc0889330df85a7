"""`schoolgate case show`."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from monitor.cli.commands.options import As, CaseNumber, ConfigFile, Home, Json
from monitor.terminal import private_words
from monitor.terminal.output import in_json, say


def show(
    case: CaseNumber,
    person: As,
    restricted: Annotated[
        bool, Option("--restricted", help="Print a restricted case's words; it is recorded.")
    ] = False,
    reason: Annotated[
        str | None,
        Option("--reason", callback=private_words.given, help="Why you need to see them; it is recorded."),
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """The case file, and what comes next.

    \b
    Examples:
      schoolgate case show 4 --as t-quillfeather
      schoolgate case show 0007 --as i-larkspur --restricted --reason "I am the DSL on duty"
      schoolgate case show 4 --as t-quillfeather --json
    """
    from data.effects import utc_now
    from data.store.cases.cases import record_read, whole_file
    from monitor.act.casework.evidence.sealed import as_sealed
    from monitor.act.casework.finding import find_case
    from monitor.act.casework.steps import next_steps, school_rules
    from monitor.cli.commands.inputs import own_words
    from monitor.cli.views.case.as_json import file_json
    from monitor.cli.views.case.case_file import file_screen, whole_lines
    from monitor.cli.views.screen import screen_of
    from monitor.home.wiring import open_session
    from monitor.matters.reader import Reader
    from monitor.matters.views import case_views

    session = open_session(person, home, config)
    asking = Reader(session.config, session.store, session.person)
    now = utc_now()
    if restricted:
        why = own_words(reason, "--reason")
        with session.store.write("reading a restricted matter") as con:
            found = find_case(con, session, case)
            if found.restricted or found.locked:
                record_read(con, found, person=session.person.id, reason=why, now=now)
            file, held = whole_file(con, found, restricted=True), as_sealed(con, found)
            (view,) = case_views(con, asking, [found], now)
    else:
        with session.store.read() as con:
            found = find_case(con, session, case)
            file, held = whole_file(con, found), as_sealed(con, found)
            (view,) = case_views(con, asking, [found], now)
    rules = school_rules(session.context, found.urn)
    screen = screen_of(session.config, now)
    reader = file_screen(view, found, session, rules, screen, read=restricted)
    ways = next_steps(found, session.person.id, now, rules)
    if as_json:
        say(in_json(file_json(file, ways, reader) | {"as_sealed": held}))
        return
    for line in whole_lines(file, ways, reader, rules.school, changed=held is False):
        say(line)
