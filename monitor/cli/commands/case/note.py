"""`schoolgate case note`."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from monitor.cli.commands.options import As, CaseNumber, ConfigFile, Home, Json
from monitor.terminal import private_words

CLOCKS = ("art14_month", "dp_complaint_30d")
"""What is owed to a person about their data: being told that it is held, an answer to their complaint."""


def note(
    case: CaseNumber,
    text: Annotated[
        str,
        Argument(
            metavar="WORDS",
            default_factory=str,
            show_default=False,
            callback=private_words.wanted("What is to be remembered"),
            help="What is to be remembered.",
        ),
    ],
    person: As,
    starts: Annotated[
        str | None,
        Option("--starts", help="A time owed to a person about their data: art14-month or dp-complaint-30d."),
    ] = None,
    ends: Annotated[str | None, Option("--ends", help="That it was kept: the same names.")] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Write a note into a case.

    \b
    Examples:
      schoolgate case note 4 "Mrs Example rang; she is willing to come in" --as t-quillfeather
      schoolgate case note 4 --as t-quillfeather
      schoolgate case note 4 "She complains of how we use her data" --starts dp-complaint-30d --as c-dray
    """
    from data.rungs import CaseClock
    from data.steps.keeping import Noted
    from monitor.cli.commands.case.record import event_of, record_step
    from monitor.cli.commands.inputs import among, own_words
    from monitor.home.wiring import open_session

    said = Noted(
        starts=CaseClock(among(starts, "--starts", CLOCKS)) if starts else None,
        ends=CaseClock(among(ends, "--ends", CLOCKS)) if ends else None,
    )
    words = own_words(text, "WORDS")
    session = open_session(person, home, config)
    record_step(session, case, event_of(session, said, words), as_json=as_json)
