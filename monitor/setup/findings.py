"""Findings of `doctor`: one thing looked at, its state, and how to put it right."""

from __future__ import annotations

import re
import textwrap
from enum import StrEnum

from data.errors import write_commands
from data.frozen import freeze
from data.shipped import read_table


class Level(StrEnum):
    """`warn` is worth putting right soon; with a `fault` Schoolgate does not do its work."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


@freeze
class Finding:
    """`check` names what was looked at; `remedy` is empty only where all is well.

    `command` does what the remedy says, typed as it stands; empty where no command does, or a page of the
    desk, which the remedy ends with.
    """

    check: str
    level: Level
    what: str
    remedy: str = ""
    command: str = ""

    @property
    def how(self) -> tuple[str, str]:
        """The remedy and its command, for another finding."""
        return self.remedy, self.command

    @property
    def whole_remedy(self) -> str:
        return f"{self.remedy}: {self.command}" if self.command else self.remedy


def tell(
    key: str, how: tuple[str, str] | None = None, /, *, level: Level | None = None, **given: object
) -> Finding:
    """The finding of `findings.toml` by check and name, “mail.none”, with what is given filled in; `how` is
    another remedy and command, `level` another than the row has.
    """
    check, _, name = key.partition(".")
    rows = read_table("monitor.setup", "findings.toml")
    row = {said: text.format_map(given) for said, text in rows[check][name].items()}
    usual = next(each for each in Level if each in row)
    remedy, command = how or (row.get("remedy", ""), row.get("command", ""))
    if command.startswith("⟪/"):
        remedy, command = f"{remedy}: {command}", ""
    return Finding(check, level or usual, write_commands(row[usual]), write_commands(remedy), command)


def end_sentence(text: str) -> str:
    """The text with a full stop at its end, where it does not close with one already."""
    return text if re.search(r"[.!?…][”’\"')]*$", text) else text + "."


def finding_lines(finding: Finding, lead: str, width: int) -> list[str]:
    """List a terminal's lines: what is so after `lead`, below it the remedy, its command on a line alone."""
    indent = " " * len(lead)

    def wrap_text(text: str, first: str = indent) -> list[str]:
        return textwrap.wrap(
            text, width, initial_indent=first, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    if not finding.remedy:
        return wrap_text(finding.what, lead)
    ends = ":" if finding.command else ""
    command = [f"{indent}  {finding.command}"] if finding.command else []
    return [*wrap_text(finding.what, lead), *wrap_text(finding.remedy + ends), *command]
