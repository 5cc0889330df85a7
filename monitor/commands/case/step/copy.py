"""`schoolgate case step copy`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, Why


def copy(
    case: CaseNumber,
    mention: Annotated[
        str,
        typer.Option("--post", metavar="MENTION", help="The post that repeats it, or its id's beginning."),
    ],
    person: As,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record that the same post is elsewhere too.

    \b
    Examples:
      schoolgate case step copy 4 --post 5be0 --as c-dray
      schoolgate case step copy 4 --post 5be0 --as t-quillfeather --json
    """
    from data.cases import StepKind
    from data.store.case_posts import mentions_beginning
    from monitor.casework.steps import find_case
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import own_words
    from monitor.lookup import whole_id
    from monitor.session import open_session

    beginning = own_words(mention, "--post").lower()
    session = open_session(person, home, config)
    with session.store.read() as con:
        found = find_case(con, session, case)
        others = set(mentions_beginning(con, found.urn, beginning)) - {found.mention_id}
    post = whole_id(beginning, others, "other post of that school", "story")
    record_step(
        session, case, event_of(session, StepKind.COPY_FOUND, {"mention": post}, why), as_json=as_json
    )
