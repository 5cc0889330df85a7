"""The commands of `schoolgate evidence`: is what is kept unchanged, and handing it to somebody."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, Json, finish
from monitor.completing import cases

evidence_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What is kept of posts: proved unchanged, and handed to somebody outside.",
)


@evidence_app.command("verify")
def evidence_verify(
    case: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help="Only this case: 0004, or 4.", autocompletion=cases),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--last", metavar="HASH@ROW", help="The chain's end as it was printed earlier."),
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Prove that files, cases and the audit chain are unchanged.

    Ends with 1 where something is missing, changed or unknown, and says what.

    \b
    Examples:
      schoolgate evidence verify
      schoolgate evidence verify 0004 --json
    """
    from monitor.commands import evidence as command

    finish(command.verify(case=case, last=last, home=home, config=config, as_json=as_json, say=typer.echo))
