"""`schoolgate case letter`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor import typed
from monitor.cli_case import case_app
from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, finish
from monitor.edge import ask
from monitor.terminal import say


def _kinds(incomplete: str) -> list[str]:
    from alerts.letters.kinds import Kind

    return [kind.value for kind in Kind if kind.value.startswith(incomplete)]


@case_app.command("letter")
def case_letter(
    case: CaseNumber,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="Which letter; --list shows them.", autocompletion=_kinds),
    ] = None,
    *,
    person: As,
    facts: Annotated[
        list[str] | None,
        typer.Option(
            "--fact",
            metavar="NAME=VALUE",
            callback=typed.facts,
            help="What only a person knows; may be given again. “NAME=-”: by standard input.",
        ),
    ] = None,
    listing: Annotated[
        bool,
        typer.Option("--list", help="Which letters there are for the case, and why not the others."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write it there: text, mail draft (.eml) and PDF."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="en or cy; the school's own without it.")
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Draft a letter for a person to read, change and send. Nothing is sent.

    \b
    Examples:
      schoolgate case letter 4 --list --as t-quillfeather
      schoolgate case letter 4 parent_invitation --as t-quillfeather --fact to="Ms Example" --out letters
      schoolgate case letter 7 s5_notice --as t-quillfeather --fact meaning="that I took money" --fact …
    """
    from monitor.commands import case_letter as command

    finish(
        command.letter(
            case, kind, person=person, facts=facts or [], listing=listing, language=language, out=out,
            home=home, config=config, as_json=as_json, say=say,
            ask=ask if sys.stdin.isatty() else None,
        )
    )  # fmt: skip
