"""What `doctor` found: one thing looked at, how it stands, and how to put it right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """`warn` is worth putting right soon; with a `fault` Schoolgate does not do its work."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names what was looked at; `remedy` is empty only where all is well."""

    check: str
    level: Level
    what: str
    remedy: str = ""


def ok(check: str, what: str) -> Finding:
    """Nothing to put right."""
    return Finding(check, Level.OK, what)


def warn(check: str, what: str, remedy: str) -> Finding:
    """Works, but not as well or as safely as it should."""
    return Finding(check, Level.WARN, what, remedy)


def fault(check: str, what: str, remedy: str) -> Finding:
    """Something does not work."""
    return Finding(check, Level.FAULT, what, remedy)


def sentence(text: str) -> str:
    """The text with a full stop at its end, where it does not close with one already."""
    return text if re.search(r"[.!?…][”’\"')]*$", text) else text + "."
