"""`schoolgate case close` and `case reopen`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, WhyWanted


def close(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    removed: Annotated[
        bool, typer.Option("--removed", help="Gone, and found gone twice, a day apart.")
    ] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Still there, without what was wrong.")] = False,
    standing: Annotated[bool, typer.Option("--standing", help="It stays; nobody is asked any more.")] = False,
    answered: Annotated[bool, typer.Option("--answered", help="The concern itself was answered.")] = False,
    handed_over: Annotated[
        bool, typer.Option("--handed-over", help="It is in the safeguarding system, or with the police.")
    ] = False,
    mistaken: Annotated[bool, typer.Option("--mistaken", help="It was opened by mistake.")] = False,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Close a case, and say how it ended.

    \b
    Examples:
      schoolgate case close 4 --removed --as t-quillfeather --why "Gone on Monday and on Wednesday"
      schoolgate case close 5 --answered --as t-quillfeather --why "Mr Example was rung and thanked"
    """
    from data.steps.codes import Ending
    from data.steps.keeping import Closed
    from monitor.commands.case.record import record_with_reason
    from monitor.commands.inputs import exactly_one
    from monitor.session import open_session

    endings = {
        Ending.REMOVED: removed, Ending.CHANGED: changed, Ending.STANDING: standing,
        Ending.ANSWERED: answered, Ending.HANDED_OVER: handed_over, Ending.MISTAKEN: mistaken,
    }  # fmt: skip
    chosen = exactly_one({ending.value: on for ending, on in endings.items()}, "Say how it ended")
    said, session = Closed(ending=Ending(chosen)), open_session(person, home, config)
    record_with_reason(session, case, said, why, as_json=as_json)


def reopen(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open a closed case again, at the rung it had reached.

    \b
    Examples:
      schoolgate case reopen 4 --as t-quillfeather --why "It is back under the same address"
      schoolgate case reopen 4 --as t-quillfeather --why "There is a copy elsewhere" --json
    """
    from data.steps.keeping import Reopened
    from monitor.commands.case.record import record_with_reason
    from monitor.session import open_session

    record_with_reason(open_session(person, home, config), case, Reopened(), why, as_json=as_json)
