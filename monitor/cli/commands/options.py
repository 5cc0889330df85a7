"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer import Argument, Option

from monitor.cli.commands.completion import alerts, cases, people, stories
from monitor.terminal import private_words

Home = Annotated[
    Path | None,
    Option("--home", envvar="SCHOOLGATE_HOME", help="Folder of the database and schoolgate.toml."),
]
ConfigFile = Annotated[
    Path | None, Option("--config", help="Configuration file, where it is not HOME/schoolgate.toml.")
]
FleetFolder = Annotated[
    Path | None,
    Option("--fleet", envvar="SCHOOLGATE_FLEET", help="Folder of the fleet, with its fleet.toml."),
]
EndedWeek = Annotated[
    str | None, Option("--week", help="The ISO week it ends in, as 2026-W47; default: the last whole one.")
]
Json = Annotated[bool, Option("--json", help="Print one JSON document instead of text.")]
School = Annotated[str | None, Option("--school", help="Only this school, by URN.")]
Register = Annotated[
    Path | None, Option("--register", help="A GIAS register file (.csv, .csv.gz or the downloaded .zip).")
]
As = Annotated[
    str,
    Option("--as", metavar="PERSON", help="Who you are, by id in schoolgate.toml.", autocompletion=people),
]
Asking = Annotated[
    str | None,
    Option(
        "--as",
        metavar="PERSON",
        envvar="SCHOOLGATE_AS",
        help="Who you are, by id in schoolgate.toml; default: “me” under [cli] there.",
        autocompletion=people,
    ),
]
AlertId = Annotated[
    str, Argument(metavar="ID", help="The alert's number or its case's, as listed.", autocompletion=alerts)
]
StoryId = Annotated[
    str, Argument(metavar="ID", help="The story's id, or its first characters.", autocompletion=stories)
]
CaseNumber = Annotated[
    str, Argument(metavar="CASE", help="The case's number: 0004, 4, or its alert's.", autocompletion=cases)
]
Why = Annotated[
    str,
    Option(
        "--why",
        callback=private_words.given,
        help="Why, in your own words; this is recorded. “-”: from standard input.",
    ),
]


def asked_for(option: str, said: str) -> Any:
    """An option of words that are wanted: not given, they are asked for where somebody can answer."""
    return Option(
        option,
        default_factory=str,
        show_default=False,
        callback=private_words.wanted(said.rstrip(".")),
        help=said,
    )


WhyWanted = Annotated[str, asked_for("--why", "Why, in your own words; this is recorded.")]
At = Annotated[str | None, Option("--at", help="When it happened, if not now: 2026-11-20T15:20.")]


Reference = Annotated[
    str | None, Option("--reference", help="The number they gave for the report or the crime.")
]
Whose = Annotated[
    str | None,
    Option("--person", metavar="PERSON", help="Whose; by default, the target's.", autocompletion=people),
]


def _in_language(given: str | None) -> str | None:
    from data.errors import InputError
    from data.words.say import LANGUAGES

    if given not in (None, *LANGUAGES):
        raise InputError(f"--language {given}: it is one of: {', '.join(LANGUAGES)}.")
    return given


Language = Annotated[
    str | None, Option("--language", callback=_in_language, help="en or cy; by default the school’s.")
]
Restricted = Annotated[bool, Option("--restricted", help="Also for a restricted case; this is recorded.")]
Reason = Annotated[
    str | None,
    Option("--reason", callback=private_words.given, help="Why you need to see it; this is recorded."),
]


def finish(code: int) -> NoReturn:
    """End the command with this exit code."""
    raise typer.Exit(code)
