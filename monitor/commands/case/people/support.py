"""`schoolgate case support` and `case chronology`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.completion import people
from monitor.commands.options import As, At, CaseNumber, ConfigFile, Home, Json, Whose, WhyWanted

if TYPE_CHECKING:
    from data.cases import Case, Event


def support_command(status: str) -> Callable[..., None]:
    """The command that records what became of the support offered: a status, never what is said in it."""

    def support(
        case: CaseNumber,
        person: As,
        whose: Whose = None,
        at: At = None,
        home: Home = None,
        config: ConfigFile = None,
        as_json: Json = False,
    ) -> None:
        from data.steps.asking import SupportStep
        from data.steps.codes import Support
        from monitor.commands.case.record import event_of, record_step, school_person
        from monitor.session import open_session

        session = open_session(person, home, config)

        def step(found: Case) -> Event:
            by = school_person(session, found, whose, "--person").id if whose else ""
            return event_of(session, SupportStep(status=Support(status), person=by), at=at)

        reading = status == Support.OFFERED
        record_step(session, case, step, as_json=as_json, reading=reading)

    return support


def approve_chronology(
    case: CaseNumber,
    person: As,
    author: Annotated[str, typer.Option("--author", help="The name it was posted under, as shown.")],
    about: Annotated[
        str,
        typer.Option(
            "--person", metavar="PERSON", help="The person the posts are about.", autocompletion=people
        ),
    ],
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Allow one author's posts about one person to be put together in this case.

    Only the head can, or the chair where it is about the head. Only posts held already are used: nobody is
    searched for.

    \b
    Examples:
      schoolgate case chronology approve 6 --author "oakwatcher" --person b-thistlewood --as t-quillfeather \\
        --why "Five posts in two weeks, each about her way home"
      schoolgate case chronology approve 6 --author "oakwatcher" --person b-thistlewood --as o-fennimore \\
        --why "Each is about her way home" --json
    """
    from data.steps.keeping import ChronologyApproved
    from monitor.commands.case.record import event_of, record_step, school_person
    from monitor.commands.inputs import own_words
    from monitor.session import open_session

    posted_as, reason = own_words(author, "--author"), own_words(why, "--why")
    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        whom = school_person(session, found, about, "--person").id
        return event_of(session, ChronologyApproved(author=posted_as, person=whom), reason)

    record_step(session, case, step, as_json=as_json)
