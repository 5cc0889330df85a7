"""What `doctor` found: one thing looked at, how it stands, and how to put it right.

And the one thing to do next, in the order in which a school gets a watch that works. First what was handed in
and reached nobody; then the program itself, its file, somebody to tell, a place to read, and mail; then the
rest of what does not work. Warnings come after every fault, and when there is none left, the service.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from data.errors import ConfigError


class Level(StrEnum):
    """`warn` is worth putting right soon; with a `fault` Schoolgate does not do its work."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names what was looked at; `remedy` is empty only where all is well.

    `command` does what the remedy says, typed as it stands; empty where no command does.
    """

    check: str
    level: Level
    what: str
    remedy: str = ""
    command: str = ""

    @property
    def whole_remedy(self) -> str:
        """The remedy with its command, on one line."""
        return f"{self.remedy}: {self.command}" if self.command else self.remedy


def ok(check: str, what: str) -> Finding:
    """Nothing to put right."""
    return Finding(check, Level.OK, what)


def warn(check: str, what: str, remedy: str, command: str = "") -> Finding:
    """Works, but not as well or as safely as it should."""
    return Finding(check, Level.WARN, what, remedy, command)


def fault(check: str, what: str, remedy: str, command: str = "") -> Finding:
    """Something does not work."""
    return Finding(check, Level.FAULT, what, remedy, command)


def sentence(text: str) -> str:
    """The text with a full stop at its end, where it does not close with one already."""
    return text if re.search(r"[.!?…][”’\"')]*$", text) else text + "."


def told(finding: Finding, lead: str, width: int) -> list[str]:
    """Lines of a terminal: what is so after `lead`; below it the remedy, and its command on a line alone."""
    indent = " " * len(lead)

    def wrapped(text: str, first: str = indent) -> list[str]:
        return textwrap.wrap(
            text, width, initial_indent=first, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    if not finding.remedy:
        return wrapped(finding.what, lead)
    ends = ":" if finding.command else ""
    command = [f"{indent}  {finding.command}"] if finding.command else []
    return [*wrapped(finding.what, lead), *wrapped(finding.remedy + ends), *command]


_ORDER = (
    "report-in", "packages", "python", "disk", "store", "configuration", "people", "sources", "mail",
    "network", "model", "service", "offices", "contact", "dpia", "terms", "digest", "report", "privacy",
    "register", "night", "chat", "own accounts", "ladder", "cli", "policies", "pages", "heartbeat",
)  # fmt: skip
"""Checks by what comes first; all others after them, as they were found."""

BY_ITSELF = warn(
    "service",
    "Nothing is read unless somebody types it.",
    "Let it run by itself, and start with the machine (docs/service.md)",
    "schoolgate serve",
)


ALL_ELSE = warn(
    "doctor", "As far as schoolgate.toml goes, all is in order.", "Check the rest", "schoolgate doctor"
)


def next_step(findings: Sequence[Finding]) -> Finding | None:
    """What to put right first; to let it run by itself where nothing is wrong; None where it does."""
    wrong = in_order([f for f in findings if f.level is not Level.OK])
    runs = any(f.check == "service" for f in findings)
    return wrong[0] if wrong else None if runs else BY_ITSELF


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """What comes first, first."""
    return sorted(findings, key=_rank)


def lines(step: Finding, width: int = 80) -> list[str]:
    """The step as every command shows it."""
    return told(step, "Next: ", width)


def _rank(finding: Finding) -> tuple[bool, int]:
    known = finding.check in _ORDER
    return finding.level is not Level.FAULT, _ORDER.index(finding.check) if known else len(_ORDER)


def of_the_file(path: Path, env: Mapping[str, str], today: date) -> Finding:
    """The next step as far as `schoolgate.toml` alone shows: quick, for whoever has just changed it."""
    wrong = [f for f in from_the_file(path, env, today) if f.level is not Level.OK]
    return min(wrong, key=_rank, default=ALL_ELSE)


def from_the_file(path: Path, env: Mapping[str, str], today: date) -> list[Finding]:
    """What `schoolgate.toml` alone shows: nothing else is read and nobody is asked, so it is quick."""
    from monitor.config.load import load
    from monitor.setup.doctor import night, people, settings

    try:
        config = load(path, env)
    except ConfigError as error:
        return settings.faults(error)
    return [
        *people.people(config),
        *settings.sources(config),
        *settings.mail(config, env),
        *settings.contact(config),
        *settings.dpia(config, today),
        *night.days(config, today),
    ]
