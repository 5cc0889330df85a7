"""`schoolgate case host`."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor import typed
from monitor.cli_case import case_app
from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, finish
from monitor.terminal import say


@case_app.command("host")
def case_host(
    case: CaseNumber,
    person: As,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: show what is known already.")
    ] = False,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="Also of a restricted case; it is recorded.")
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", callback=typed.given, help="Why you need to see it; it is recorded."),
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Whom to ask: the platform's own way, or who hosts the website.

    Of a website the public registers are asked (RDAP), and what they tell is recorded. The page itself
    is not opened.

    \b
    Examples:
      schoolgate case host 4 --as t-quillfeather
      schoolgate case host 4 --as t-quillfeather --offline
      schoolgate case host 4 --as t-quillfeather --json
    """
    from monitor.commands import case_host as command

    finish(
        command.host(
            case, person=person, offline=offline, restricted=restricted, reason=reason,
            home=home, config=config, as_json=as_json, say=say,
        )
    )  # fmt: skip
