"""The commands of `schoolgate evidence`: is what is kept unchanged, and handing it to somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import typed
from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, finish
from monitor.completing import cases
from monitor.terminal import say

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

    finish(command.verify(case=case, last=last, home=home, config=config, as_json=as_json, say=say))


@evidence_app.command("end")
def evidence_end(
    stamp: Annotated[
        bool, typer.Option("--stamp", help="Have it stamped by the configured time server; its hash is sent.")
    ] = False,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Print the audit chain's last hash, to be kept elsewhere.

    \b
    Examples:
      schoolgate evidence end
      schoolgate evidence end --stamp
    """
    from monitor.commands import evidence as command

    finish(command.end(stamped=stamp, home=home, config=config, say=say))


@evidence_app.command("pack")
def evidence_pack(
    case: CaseNumber,
    person: As,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to put it into.")],
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help="Whom it is for: police, solicitor, platform, la or dsl; else your own file."
        ),
    ] = None,
    chronology: Annotated[
        bool,
        typer.Option(
            "--chronology",
            help="With this author’s other posts about the same person, where that was approved in the case.",
        ),
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", callback=typed.given, help="Why; it is kept. A restricted or locked case wants one."
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="en or cy, where it is not to be the school's own.")
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Make the exhibits of a case: a ZIP and a PDF that others can check.

    \b
    Examples:
      schoolgate evidence pack 0004 --as b-patel --out exhibits
      schoolgate evidence pack 0004 --as b-patel --to police --chronology --out exhibits --json
    """
    from monitor.commands import evidence_pack as command

    finish(
        command.pack(
            case, person=person, out=out, to=to, course=chronology, reason=reason, language=language,
            home=home, config=config, as_json=as_json, say=say,
        )
    )  # fmt: skip
