"""The command `schoolgate report`: options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, School, finish
from monitor.terminal import say


def report(
    week: Annotated[
        str | None,
        typer.Option("--week", help="The ISO week it ends in, as 2026-W47; default: the last whole one."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write it here as .pdf and .html.")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it, once signed, to the governors now.")] = False,
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign it: you have read it, and it may be published.")
    ] = False,
    person: Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Who signs, by id.")] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """The governors' report of a week, from Friday 16:00 to Friday 16:00: a draft until a person signs it.

    \b
    Examples:
      schoolgate report
      schoolgate report --week 2026-W47 --out reports
      schoolgate report --week 2026-W47 --sign --as a-example
      schoolgate report --week 2026-W47 --send
    """
    from data.effects import utc_now
    from monitor.commands import weekly as command

    finish(
        command.run(
            week=week, out=out, send=send, sign=sign, person=person, school=school, home=home, config=config,
            say=say, clock=utc_now,
        )
    )  # fmt: skip
