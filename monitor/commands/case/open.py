"""`schoolgate case open`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import As, ConfigFile, Home, Json, Why


def open_(
    what: Annotated[
        str, typer.Argument(metavar="STORY|ALERT", help="The story's or the alert's id, or its beginning.")
    ],
    person: As,
    post: Annotated[
        str | None,
        typer.Option("--post", metavar="MENTION", help="Which of its posts, where there are several."),
    ] = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open a case about one post of a story.

    \b
    Examples:
      schoolgate case open 91cc --as t-quillfeather
      schoolgate case open 91cc --post 5be0 --as t-quillfeather
    """
    from alerts.ladder.advance import Refusal
    from data.effects import utc_now
    from monitor.casework.opening import open_case
    from monitor.casework.steps import take_alert
    from monitor.commands.case.record import Refused, print_result
    from monitor.session import open_session
    from monitor.terminal.output import say
    from monitor.views.case.status import first_steps

    session = open_session(person, home, config)
    now = utc_now()
    with session.store.write("case") as con:
        done = open_case(con, session, what, post, why, now)
        if isinstance(done, Refusal):
            raise Refused(done)
        take_alert(con, done.case, session, now)
    print_result(done, session, as_json=as_json)
    if not as_json:
        for line in first_steps(done.case, session):
            say(line)
