"""Options and inputs that commands share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from data.types import School
from monitor.config.home.paths import Paths, find_paths, write_private
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal import answers
from monitor.terminal.groups import SharedOptions
from monitor.terminal.output import in_json, say_lines, say_on_stderr
from monitor.terminal.wording import local

if TYPE_CHECKING:
    from alerts.weekly.facts import Week
    from data.steps.acts import Done, Refused
    from monitor.act.people import Keeper
    from monitor.matters.reader import Reader
    from monitor.setup.mail import MailOptions


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
Schools = Annotated[
    list[str] | None, Option("--school", help="A school's URN, if not for all schools; may be repeated.")
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


@contextmanager
def name_options(options: Mapping[str, str]) -> Iterator[None]:
    """Say of the option, or of the question, that gave a key what the rules of the file refuse."""
    from monitor.config.edit import EditRefused

    try:
        yield
    except EditRefused as refused:
        said = [(next((k for k in reversed(f.path) if k in options), None), f.what) for f in refused.faults]
        if any(key is None for key, _ in said):
            raise
        told = " ".join(f"{options[str(key)]}: {what}" for key, what in said)
        raise InputError(f"{told} Nothing was changed.") from None


def pick_school(settings: Config, urn: str | None) -> School:
    """The one school meant. Raises InputError; for the trust too, which is no row of `[[schools]]`."""
    school = settings.school(wiring.pick_urn(settings, urn))
    if school is None or school.is_trust:
        raise InputError(f"The trust is not one of the schools: it is in {settings.path.name} under [trust].")
    return school


def chosen_urns(given: Sequence[str] | None, settings: Config) -> tuple[str, ...]:
    """The numbers of the schools that are named; none where it is all of them. Raises InputError."""
    return tuple(dict.fromkeys(wiring.pick_urn(settings, urn) for urn in given or ()))


def mail_options(
    said: dict[str, str | None], secret_file: Path | None, secret_env: str | None, certificate: Path | None
) -> MailOptions:
    """Read what options say of signing in to mail. Raises InputError for a secret that cannot be read."""
    from monitor.setup.mail import MailOptions as RealMailOptions

    return RealMailOptions(
        said, _secret_in(secret_file), secret_env, str(certificate.absolute()) if certificate else None
    )


def _secret_in(file: Path | None) -> str | None:
    """The first line of the file or of standard input: no secret stands on a command line.

    A terminal shows what is typed into standard input: there it is asked for, unseen.
    """
    if file is None or (str(file) == answers.STANDARD_INPUT and answers.at_a_terminal()):
        return None
    said = answers.file(file, "--secret-file")
    return said.split("\n")[0].strip()


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


def keeper(where: Paths, settings: Config) -> Keeper:
    """The keeper of the machine, who changes these settings now."""
    from monitor.act.people import Keeper

    store = wiring.open_store(where.home) if where.store.exists() else None
    return Keeper(settings, where.home, store, None, utc_now())


def require_done(done: Done[Made] | Refused) -> Made:
    """Return what an act made. Raises InputError with why it was refused, and the command that would help."""
    from data.steps.acts import Refused

    if isinstance(done, Refused):
        helps = [
            f"\n  schoolgate {each.act} {each.person}"
            + "".join(f' --{one} "{one.upper()}"' for one in each.wanted)
            for each in done.remedies
        ]
        raise InputError(f"{done.reason} Nothing was changed.{''.join(helps)}")
    return done.made
