"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

Home = Annotated[
    Path | None,
    typer.Option("--home", envvar="SCHOOLGATE_HOME", help="Folder of the database and schoolgate.toml."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file, where it is not HOME/schoolgate.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
School = Annotated[str | None, typer.Option("--school", help="Only this school, by URN.")]
Register = Annotated[
    Path | None,
    typer.Option("--register", help="A GIAS register file (.csv, .csv.gz or the downloaded .zip)."),
]


def finish(code: int) -> NoReturn:
    """End the command with this exit code."""
    raise typer.Exit(code)
