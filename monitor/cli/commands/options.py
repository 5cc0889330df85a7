"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer import Argument, Option

from monitor.terminal.groups import SharedOptions
from monitor.terminal.output import in_json, say_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.matters.reader import Reader

Home = Annotated[
    Path | None,
    # whether it can be read, and who is to read it, is said where it is opened
    Option(
        "--home", envvar="SCHOOLGATE_HOME", help="Folder of the database and schoolgate.toml.", readable=False
    ),
]
ConfigFile = Annotated[
    Path | None,
    Option("--config", help="Configuration file, where it is not HOME/schoolgate.toml.", readable=False),
]
EndedWeek = Annotated[
    str | None, Option("--week", help="The ISO week it ends in, as 2026-W47; default: the last whole one.")
]
Json = Annotated[bool, Option("--json", help="Print one JSON document instead of text.")]
School = Annotated[str | None, Option("--school", help="Only this school, by URN.")]
Schools = Annotated[
    list[str] | None, Option("--school", help="A school's URN, where it is not all of them; may be repeated.")
]
SecretFile = Annotated[
    Path | None,
    Option("--secret-file", metavar="FILE", help="Read the password or secret from here; -: from input."),
]
SecretEnv = Annotated[
    str | None, Option("--secret-env", metavar="NAME", help="The environment variable that holds it.")
]
Certificate = Annotated[
    Path | None,
    Option("--certificate", metavar="FILE", help="Microsoft 365: a PEM with its key, for a secret."),
]
Register = Annotated[
    Path | None, Option("--register", help="A GIAS register file (.csv, .csv.gz or the downloaded .zip).")
]
Asking = Annotated[
    str | None,
    Option(
        "--as",
        metavar="PERSON",
        envvar="SCHOOLGATE_AS",
        help="Who you are, by id in schoolgate.toml; default: “me” under [cli] there.",
    ),
]
AlertId = Annotated[str, Argument(metavar="ID", help="The alert's number or its case's, as listed.")]


class HomeOptions(SharedOptions):
    """Where the home is, and its configuration."""

    home: Home = None
    config: ConfigFile = None

    def reader(self, person: str | None, *, named: bool = False) -> Reader:
        """Opens the home for whoever asks; with `named`, somebody must be. Raises InputError for somebody
        unknown, ConfigError, StoreError.
        """
        from monitor.home import wiring
        from monitor.matters.reader import Reader, asker

        _, settings, store = wiring.open_home(self.home, self.config, at_once=False)
        reader = Reader(settings, store, asker(settings, person))
        if named:
            _ = reader.named
        return reader


class JsonOptions(HomeOptions):
    """The same, of a command that has a document for programs."""

    as_json: Json = False

    def show(self, document: object, lines: Iterable[str]) -> None:
        """Prints the JSON document where that was asked for, else the lines."""
        say_lines([in_json(document)] if self.as_json else lines)


def finish(code: int) -> NoReturn:
    raise typer.Exit(code)
