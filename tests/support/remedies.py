"""The command that satisfies a guard, as it is printed."""

from __future__ import annotations

from dataclasses import replace

from builders.ladder import Climb

from alerts.ladder.refusals import BY_GUARD, remedies
from monitor.cli.views.case.wording import remedy_command as command


def remedy_command(guard: str, number: str, person: str, place: str = "") -> str | None:
    """In a case of that number, for that person, at that kind of place; None where no command would."""
    case = replace(Climb().case, id=number, channel=place)
    return next((command(remedy) for remedy in remedies(guard, case, person)), None)


TEMPLATES = {
    guard: (remedy_command(guard, "{0}", "{1}") or "").removeprefix("schoolgate case ") for guard in BY_GUARD
}
"""By guard, with “{0}” for the case and “{1}” for the person."""
