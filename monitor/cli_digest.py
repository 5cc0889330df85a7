"""The command `schoolgate digest`: options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, School, finish
from monitor.terminal import say


def digest(
    day: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The day (YYYY-MM-DD); default: today.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write it here as .html, .txt and .eml.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it to everyone it is for, unless they have had it.")
    ] = False,
    person: Annotated[
        str | None,
        typer.Option("--as", metavar="PERSON", help="Whose view, by id; default: the first who gets it."),
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """The leadership's digest of a day: what needs them, what is new, what could not be seen.

    \b
    Examples:
      schoolgate digest
      schoolgate digest --date 2026-11-17 --out digests
      schoolgate digest --as a-example
      schoolgate digest --send
    """
    from data.effects import utc_now
    from monitor.commands import digest as command

    finish(
        command.run(
            day=day, out=out, send=send, person=person, school=school, home=home, config=config,
            say=say, clock=utc_now,
        )
    )  # fmt: skip
