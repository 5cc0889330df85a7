"""What a person types after an option, read into values; each fault says what is wrong and what may stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from data.effects import utc_now
from data.errors import InputError
from data.register.typed_days import read_day, read_moment
from monitor.home import wiring
from monitor.terminal import private_words
from monitor.terminal.answers import numbers, until_right
from monitor.terminal.output import say, tell

if TYPE_CHECKING:
    from pathlib import Path

    from alerts.weekly.weeks import Week
    from data.types import School
    from monitor.config.load import Config
    from monitor.setup.mail.asking import MailOptions


@contextmanager
def in_terms_of(options: Mapping[str, str]) -> Iterator[None]:
    """What the rules of the file refuse is said of the option, or of the question, that gave that key."""
    from monitor.config.writing.edit import EditRefused

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
        raise InputError(
            f"The trust is none of the schools: it stands in {settings.path.name} under [trust]."
        )
    return school


def which_schools(given: Sequence[str] | None, settings: Config, *, asks: bool) -> tuple[str, ...]:
    """The numbers of the schools that are meant; none where it is all of them. Raises InputError."""
    if given:
        return tuple(dict.fromkeys(wiring.pick_urn(settings, urn) for urn in given))
    if not asks or len(settings.proper) == 1:
        return ()
    for n, one in enumerate(settings.proper, 1):
        say(f"{n:>2}  {one.name} (URN {one.urn})")
    most = len(settings.proper)
    chosen = until_right("For which of these schools, by number (all: every one)", lambda a: _some(a, most))
    return () if len(chosen) == most else tuple(settings.proper[n - 1].urn for n in chosen)


def mail_options(
    said: dict[str, str | None], secret_file: Path | None, secret_env: str | None, certificate: Path | None
) -> MailOptions:
    """What options say of how mail is signed in to. Raises InputError for a secret that cannot be read."""
    from monitor.setup.mail.asking import MailOptions as RealMailOptions

    return RealMailOptions(
        said, _secret_in(secret_file), secret_env, str(certificate.absolute()) if certificate else None
    )


def _secret_in(file: Path | None) -> str | None:
    """The first line of the file or of standard input: no secret stands on a command line.

    A terminal shows what is typed into standard input: there it is asked for, unseen.
    """
    if file is None or (str(file) == private_words.STANDARD_INPUT and private_words.at_a_terminal()):
        return None
    said = private_words.file(file, "--secret-file")
    return said.split("\n")[0].strip()


def _some(answer: str, most: int) -> tuple[int, ...]:
    found = numbers(answer, most)
    if not found:
        raise InputError("At least one is needed, for example: 1; or: all")
    return found


Value = TypeVar("Value", bound=StrEnum)


def ended_week(text: str | None, zone: ZoneInfo, now: datetime) -> Week:
    """The report's week of that name, else the last whole one. Raises InputError where it goes on."""
    from alerts.weekly.weeks import last_complete, named
    from monitor.cli.views.layout import local

    if text is None:
        return last_complete(now, zone)
    week = named(text)
    if week.end(zone) > now:
        raise InputError(f"--week {text}: that week has not ended. It ends on {local(week.end(zone), zone)}.")
    return week


def day_begins(text: str | None, zone: ZoneInfo) -> datetime | None:
    """When a day given by --since begins, in UTC. Raises InputError."""
    if text is None:
        return None
    return datetime.combine(whole_day(text, "--since", zone, past=True), time(), zone).astimezone(UTC)


def whole_day(given: str, option: str, zone: ZoneInfo, *, past: bool | None = None) -> date:
    """The day given; without a year the nearest, or the nearest that is `past` or still to come (False).
    Says what was understood where it may be taken otherwise. Raises InputError.
    """
    with _of(option):
        found = read_day(given, utc_now().astimezone(zone).date(), past=past)
    if given.strip() != found.isoformat():
        tell(f"{option} “{given}”: {found:%A %-d %B %Y}.")
    return found


@contextmanager
def _of(option: str) -> Iterator[None]:
    """What is refused is said of that option."""
    try:
        yield
    except InputError as refused:
        raise InputError(f"{option}: {refused.text}") from None


def write_out(out: Path, stem: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Writes files into the folder of --out, by their endings; gives the path of each. Raises InputError."""
    from monitor.config.home.paths import keep

    for ending, content in files.items():
        path = out / f"{stem}{ending}"
        try:
            keep(path, content)
        except OSError as error:
            raise InputError(f"--out {out}: cannot be written to ({error.strerror}).") from None
        yield str(path)


def own_words(given: str | None, option: str, least: int = 1) -> str:
    """A person's own words, at least so many characters of them. Raises InputError."""
    found = (given or "").strip()
    if len(found) < least:
        few = f"at least {least} characters, " if least > 1 else ""
        raise InputError(f"{option}: say it in your own words, {few}for whoever reads the case later.")
    return found


def moment(given: str | None, option: str, zone: ZoneInfo, *, past: bool | None = None) -> datetime | None:
    """The moment given, in UTC; in the school's `zone` where it names none, without a year as `whole_day`.
    Raises InputError."""
    return None if given is None else instant(given, option, zone, past=past)


def instant(given: str, option: str, zone: ZoneInfo, *, past: bool | None = None) -> datetime:
    """The same of one that must be given."""
    with _of(option):
        found = read_moment(given, utc_now(), zone, past=past)
    if not given.strip().startswith(f"{found.astimezone(zone):%Y-%m-%d}"):
        tell(f"{option} “{given}”: {found.astimezone(zone):%A %-d %B %Y, %H:%M}.")
    return found


def one_of(given: str, option: str, kinds: type[Value]) -> Value:
    """The member of an enum that is named; blanks and hyphens count as underscores. Raises InputError."""
    return kinds(among(given, option, tuple(kinds)))


def among(given: str, option: str, known: tuple[str, ...]) -> str:
    """The same of plain names."""
    found = given.strip().lower().replace("-", "_").replace(" ", "_")
    if found in known:
        return found
    names = ", ".join(name.replace("_", "-") for name in known)
    raise InputError(f"{option} {given}: there is no such thing. It is one of: {names}.")
