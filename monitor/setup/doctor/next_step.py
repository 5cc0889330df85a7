"""The one thing to do next, among all that was found: in the order in which a school gets a watch that works.

First what was handed in and reached nobody; then what keeps everything from being judged (the program
itself, its file, the register, the model), somebody to tell, a place to read, and mail; then the rest of
what does not work. Warnings come after every fault, and when there is none left, the service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from data.errors import ConfigError
from monitor.config.load import load_file
from monitor.setup.doctor import people, settings
from monitor.setup.doctor.findings import Finding, Level, finding_lines, tell

_JUDGED_BY = ("register", "model")
"""Checks whose fault keeps every post from being judged, whatever else is well."""
_ORDER = (
    "report-in", "packages", "python", "disk", "store", "configuration", "people", "sources", "mail",
    "network", "model", "service", "offices", "contact", "dpia", "terms", "digest", "report", "privacy",
    "register", "head", "school", "night", "chat", "own accounts", "ladder", "cli", "policies", "pages",
    "heartbeat",
)  # fmt: skip
"""Checks by what comes first; all others after them, as they were found."""

BY_ITSELF, ALL_ELSE = tell("service.by_hand"), tell("doctor.fine")


def choose_next(findings: Sequence[Finding]) -> Finding | None:
    """Choose what to put right first; to let it run by itself where nothing is wrong; None where it does."""
    wrong = sort_findings([f for f in findings if f.level is not Level.OK])
    runs = any(f.check == "service" for f in findings)
    return wrong[0] if wrong else None if runs else BY_ITSELF


def sort_findings(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=_rank)


def step_lines(step: Finding, width: int = 80) -> list[str]:
    """The step as every command shows it."""
    return finding_lines(step, "Next: ", width)


def _rank(finding: Finding) -> tuple[bool, int]:
    wrong = finding.level is Level.FAULT
    check = "configuration" if wrong and finding.check in _JUDGED_BY else finding.check
    return not wrong, _ORDER.index(check) if check in _ORDER else len(_ORDER)


def next_in_file(path: Path, env: Mapping[str, str], today: date) -> Finding:
    """The next step as far as `schoolgate.toml` alone shows: quick, for whoever has just changed it."""
    wrong = [f for f in from_the_file(path, env, today) if f.level is not Level.OK]
    return min(wrong, key=_rank, default=ALL_ELSE)


def from_the_file(path: Path, env: Mapping[str, str], today: date) -> list[Finding]:
    """Report what `schoolgate.toml` alone shows: nothing else is read and nobody is asked, so it is quick."""
    try:
        config = load_file(path, env)
    except ConfigError as error:
        return settings.faults(error)
    return [
        *people.check_people(config),
        *settings.check_sources(config),
        *settings.mail(config, env),
        *settings.check_contact(config),
        *settings.dpia(config, today),
        *people.days(config, today),
    ]
