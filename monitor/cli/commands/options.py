"""Options and inputs that commands share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import typer
from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from data.register.calendar import read_day, read_moment
from monitor.config.home.paths import Paths, find_paths, write_private
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal.groups import SharedOptions
from monitor.terminal.output import in_json, say_lines, say_on_stderr
from monitor.terminal.wording import local

if TYPE_CHECKING:
    from alerts.weekly.facts import Week
    from data.steps.acts import Done, Refused
    from monitor.matters.reader import Reader


# Options that several commands share.

Home = Annotated[
    Path | None,
    # whether it can be read, and who is to read it, is said where it is opened
    Option(
        "--home", envvar="SCHOOLGATE_HOME", help="Folder of the database and schoolgate.toml.", readable=False
    ),
]
ConfigFile = Annotated[
    Path | None,
    Option("--config", help="Configuration file, if it is not HOME/schoolgate.toml.", readable=False),
]
EndedWeek = Annotated[
    str | None, Option("--week", help="The ISO week it ends in, as 2026-W47; default: the last whole one.")
]
Json = Annotated[bool, Option("--json", help="Print one JSON document instead of text.")]
SchoolOption = Annotated[str | None, Option("--school", help="Only this school, by URN.")]
Register = Annotated[
    Path | None, Option("--register", help="A register file of your own (.csv, .csv.gz, GIAS's .zip).")
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
    """The home and its configuration, as options."""

    home: Home = None
    config: ConfigFile = None

    def find_paths(self) -> Paths:
        """Find where its things lie."""
        return find_paths(os.environ, self.home, self.config)

    def open_settings(self) -> tuple[Paths, Config]:
        """Return where things lie, and the checked configuration. Raises as `wiring.load_config` does."""
        return wiring.open_settings(self.home, self.config)

    def reader(self, person: str | None, *, named: bool = False) -> Reader:
        """Open the home for the person who asks; `named`: somebody must. Raises InputError, ConfigError,
        StoreError.
        """
        from monitor.matters.reader import Reader, asker

        _, settings, store = wiring.open_home(self.home, self.config, at_once=False)
        reader = Reader(settings, store, asker(settings, person))
        if named:
            _ = reader.required_person
        return reader


class JsonOptions(HomeOptions):
    """The same, of a command that has a document for programs."""

    as_json: Json = False

    def show(self, document: object, lines: Iterable[str]) -> None:
        """Prints the JSON document where that was asked for, else the lines."""
        say_lines([in_json(document)] if self.as_json else lines)


def end_command(code: int) -> NoReturn:
    raise typer.Exit(code)


# What a person types after an option, read into values; each fault says what is wrong and what may stand.

Made = TypeVar("Made")


def ended_week(text: str | None, zone: ZoneInfo, now: datetime) -> Week:
    """The report's week of that name, else the last whole one. Raises InputError where it goes on."""
    from alerts.weekly.facts import last_complete, parse_week

    if text is None:
        return last_complete(now, zone)
    week = parse_week(text)
    if week.end(zone) > now:
        raise InputError(f"--week {text}: that week has not ended. It ends on {local(week.end(zone), zone)}.")
    return week


def day_begins(text: str | None, zone: ZoneInfo) -> datetime | None:
    """When a day given by --since begins, in UTC. Raises InputError."""
    if text is None:
        return None
    return datetime.combine(whole_day(text, "--since", zone, past=True), time(), zone).astimezone(UTC)


def whole_day(given: str, option: str, zone: ZoneInfo, *, past: bool | None = None) -> date:
    """The day given; without a year the nearest, `past` or to come. Says what it took. Raises InputError."""
    with _name_option(option):
        found = read_day(given, utc_now().astimezone(zone).date(), past=past)
    if given.strip() != found.isoformat():
        say_on_stderr(f"{option} “{given}”: {found:%A %-d %B %Y}.")
    return found


@contextmanager
def _name_option(option: str) -> Iterator[None]:
    """Say of that option what is refused."""
    try:
        yield
    except InputError as refused:
        raise InputError(f"{option}: {refused.text}") from None


def write_out(out: Path, stem: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Writes files into the folder of --out, by their endings; gives the path of each. Raises InputError."""
    for ending, content in files.items():
        path = out / f"{stem}{ending}"
        try:
            write_private(path, content)
        except OSError as error:
            raise InputError(f"--out {out}: cannot be written to ({error.strerror}).") from None
        yield str(path)


def moment(given: str | None, option: str, zone: ZoneInfo, *, past: bool | None = None) -> datetime | None:
    """The moment given, in UTC; in `zone` where it names none, its year as `whole_day`. Raises InputError."""
    if given is None:
        return None
    with _name_option(option):
        found = read_moment(given, utc_now(), zone, past=past)
    if not given.strip().startswith(f"{found.astimezone(zone):%Y-%m-%d}"):
        say_on_stderr(f"{option} “{given}”: {found.astimezone(zone):%A %-d %B %Y, %H:%M}.")
    return found


def require_done(done: Done[Made] | Refused) -> Made:
    """Return what an act made. Raises InputError with why it was refused."""
    from data.steps.acts import Refused

    if isinstance(done, Refused):
        raise InputError(f"{done.reason} Nothing was changed.")
    return done.made
