"""`schoolgate case assign`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.completion import people
from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, Why

if TYPE_CHECKING:
    from data.cases import Case, Event


def assign(
    case: CaseNumber,
    to: Annotated[
        str, typer.Option("--to", metavar="PERSON", help="Who has it from now on.", autocompletion=people)
    ],
    person: As,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Give a case to somebody.

    \b
    Examples:
      schoolgate case assign 4 --to b-thistlewood --as t-quillfeather
      schoolgate case assign 4 --to n-ashdown --as t-quillfeather --json
    """
    from data.steps.asking import Assigned
    from monitor.commands.case.record import event_of, record_step, school_person
    from monitor.session import open_session

    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        return event_of(session, Assigned(person=school_person(session, found, to, "--to").id), why)

    record_step(session, case, step, as_json=as_json)
