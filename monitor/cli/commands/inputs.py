"""What a person types after an option, read into values; each fault says what is wrong and what may stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from data.errors import InputError

Value = TypeVar("Value", bound=StrEnum)


def own_words(given: str | None, option: str, least: int = 1) -> str:
    """A person's own words, at least so many characters of them. Raises InputError."""
    found = (given or "").strip()
    if len(found) < least:
        few = f"at least {least} characters, " if least > 1 else ""
        raise InputError(f"{option}: say it in your own words, {few}for whoever reads the case later.")
    return found


def moment(given: str | None, option: str, zone: ZoneInfo) -> datetime | None:
    """The moment given, in UTC; in the school's `zone` where it names none itself. Raises InputError."""
    return None if given is None else instant(given, option, zone)


def instant(given: str, option: str, zone: ZoneInfo) -> datetime:
    """The same of one that must be given."""
    try:
        found = datetime.fromisoformat(given.strip())
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(f"{option} “{given}”: not a time. Write it as 2026-11-20T15:20.") from None


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


def exactly_one(given: Mapping[str, bool], ask_for: str) -> str:
    """The one flag that is set. Raises InputError for none or several."""
    chosen = [name for name, on in given.items() if on]
    if len(chosen) == 1:
        return chosen[0]
    options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
    raise InputError(f"{ask_for}: exactly one of {options}.")
