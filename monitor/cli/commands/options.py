"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from monitor.cli.commands.completion import alerts, cases, people, stories
from monitor.terminal import private_words

Home = Annotated[
    Path | None,
    typer.Option("--home", envvar="SCHOOLGATE_HOME", help="Folder of the database and schoolgate.toml."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file, where it is not HOME/schoolgate.toml."),
]
FleetFolder = Annotated[
    Path | None,
    typer.Option("--fleet", envvar="SCHOOLGATE_FLEET", help="Folder of the fleet, with its fleet.toml."),
]
EndedWeek = Annotated[
    str | None,
    typer.Option("--week", help="The ISO week it ends in, as 2026-W47; default: the last whole one."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
School = Annotated[str | None, typer.Option("--school", help="Only this school, by URN.")]
Register = Annotated[
    Path | None,
    typer.Option("--register", help="A GIAS register file (.csv, .csv.gz or the downloaded .zip)."),
]
As = Annotated[
    str,
    typer.Option(
        "--as", metavar="PERSON", help="Who you are, by id in schoolgate.toml.", autocompletion=people
    ),
]
Asking = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PERSON",
        envvar="SCHOOLGATE_AS",
        help="Who you are, by id in schoolgate.toml; default: “me” under [cli] there.",
        autocompletion=people,
    ),
]
AlertId = Annotated[
    str,
    typer.Argument(metavar="ID", help="The alert's number or its case's, as listed.", autocompletion=alerts),
]
StoryId = Annotated[
    str,
    typer.Argument(metavar="ID", help="The story's id, or its first characters.", autocompletion=stories),
]
CaseNumber = Annotated[
    str,
    typer.Argument(metavar="CASE", help="The case's number: 0004, 4, or its alert's.", autocompletion=cases),
]
Why = Annotated[
    str,
    typer.Option(
        "--why",
        callback=private_words.given,
        help="Why, in your own words; this is recorded. “-”: from standard input.",
    ),
]


def asked_for(option: str, said: str) -> Any:
    """An option of words that are wanted: not given, they are asked for where somebody can answer."""
    return typer.Option(
        option,
        default_factory=str,
        show_default=False,
        callback=private_words.wanted(said.rstrip(".")),
        help=said,
    )


WhyWanted = Annotated[str, asked_for("--why", "Why, in your own words; this is recorded.")]
At = Annotated[
    str | None,
    typer.Option("--at", help="When it happened, if not now: 2026-11-20T15:20."),
]


Reference = Annotated[
    str | None, typer.Option("--reference", help="The number they gave for the report or the crime.")
]
Whose = Annotated[
    str | None,
    typer.Option(
        "--person", metavar="PERSON", help="Whose; by default, the target's.", autocompletion=people
    ),
]


def _in_language(given: str | None) -> str | None:
    from data.errors import InputError
    from data.words.say import LANGUAGES

    if given not in (None, *LANGUAGES):
        raise InputError(f"--language {given}: it is one of: {', '.join(LANGUAGES)}.")
    return given


Language = Annotated[
    str | None,
    typer.Option("--language", callback=_in_language, help="en or cy; by default the school’s."),
]
Restricted = Annotated[
    bool, typer.Option("--restricted", help="Also for a restricted case; this is recorded.")
]
Reason = Annotated[
    str | None,
    typer.Option("--reason", callback=private_words.given, help="Why you need to see it; this is recorded."),
]


def finish(code: int) -> NoReturn:
    """End the command with this exit code."""
    raise typer.Exit(code)
