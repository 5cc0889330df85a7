"""`schoolgate case recheck`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli_case import case_app
from monitor.cli_options import At, ConfigFile, Home, Json, Why, finish
from monitor.completing import cases, people
from monitor.terminal import say


@case_app.command("recheck")
def case_recheck(
    case: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help="The case's number: 0004, or 4.", autocompletion=cases),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Every post whose next look is due, by now.")] = False,
    person: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PERSON", help="Who you are, by id in schoolgate.toml.", autocompletion=people
        ),
    ] = None,
    saw: Annotated[
        str | None,
        typer.Option(
            "--saw", help="What you saw yourself, logged out: gone, present, changed or log-in-wall."
        ),
    ] = None,
    why: Why = "",
    at: At = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Is it still there? Looks at the post's exact address, logged out.

    A wall, an error or a redirect is never taken for a removal. Where the program cannot see it, look
    yourself and write it down with --saw.

    \b
    Examples:
      schoolgate case recheck 4 --as t-quillfeather
      schoolgate case recheck --due
      schoolgate case recheck 4 --saw gone --why "the post is not in the group any more" --as t-quillfeather
    """
    from monitor.commands import case_recheck as command

    meant = command.one_or_due(case, person, due=due)
    if meant is None:
        finish(command.all_due(home=home, config=config, as_json=as_json, say=say))
    number, who = meant
    finish(
        command.one(
            number, person=who, saw_it=saw, why=why, at=at, home=home, config=config, as_json=as_json,
            say=say,
        )
    )  # fmt: skip
