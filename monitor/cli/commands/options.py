"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer import Argument, Option

from monitor.terminal import private_words
from monitor.terminal.groups import SharedOptions
from monitor.terminal.output import in_json, say_lines, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.act.requests.office import Office
    from monitor.home.wiring import Session
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
    list[str] | None,
    Option("--school", help="A school's URN, where it is not all of them; may be repeated."),
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
_AS = Option("--as", metavar="PERSON", help="Who you are, by id in schoolgate.toml.")
As = Annotated[str, _AS]
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
CaseNumber = Annotated[str, Argument(metavar="CASE", help="The case's number, 482913, or its alert's.")]
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
At = Annotated[str | None, Option("--at", help="When it happened, if not now: 20 November 2026 15:20.")]


Reference = Annotated[
    str | None, Option("--reference", help="The number they gave for the report or the crime.")
]
Whose = Annotated[
    str | None,
    Option("--person", metavar="PERSON", help="Whose; by default, the target's."),
]


Restricted = Annotated[bool, Option("--restricted", help="Also for a restricted case; this is recorded.")]
Reason = Annotated[
    str | None,
    Option("--reason", callback=private_words.given, help="Why you need to see it; this is recorded."),
]


class HomeOptions(SharedOptions):
    """Where the home is, and its configuration."""

    home: Home = None
    config: ConfigFile = None

    def session(self, person: str) -> Session:
        """Opens the home for that person. Raises as `open_session` does."""
        from monitor.home.wiring import open_session

        return open_session(person, self.home, self.config)

    def office(self, person: str, school: str | None) -> Office:
        """Opens the home for whoever protects the school's data. Raises as `open_office` does."""
        from monitor.act.requests.office import open_office

        return open_office(person, self.home, self.config, school)

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


def explain_no_words(reader: Reader) -> None:
    """Tells somebody who has not said who they are why they are shown no words."""
    if reader.person is None:
        from monitor.terminal.wording import WHO_YOU_ARE

        tell(WHO_YOU_ARE)


def finish(code: int) -> NoReturn:
    raise typer.Exit(code)
