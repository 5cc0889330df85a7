"""Questions at the terminal whose answer is checked: what cannot be used is said, and asked again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from data.errors import InputError
from monitor.terminal.errors import ask
from monitor.terminal.output import say

T = TypeVar("T")
_NONE = frozenset({"", "-", "–", "none", "no"})


def until_right(
    question: str,
    read: Callable[[str], T],
    asking: Callable[[str], str] | None = None,
    saying: Callable[[str], None] = say,
) -> T:
    """The answer as `read` has it, which raises InputError, a sentence, for one that cannot be used."""
    while True:
        answer = (asking or ask)(question).strip()
        try:
            return read(answer)
        except InputError as wrong:
            saying(str(wrong))


def yes(
    question: str, asking: Callable[[str], str] | None = None, saying: Callable[[str], None] = say
) -> bool:
    """Whether it is answered with yes."""
    return until_right(f"{question} (y/n)", _yes, asking, saying)


def _yes(answer: str) -> bool:
    if answer.lower() not in ("y", "yes", "n", "no"):
        raise InputError("Please answer y or n.")
    return answer.lower().startswith("y")


def is_none(answer: str) -> bool:
    """Whether it says that there is nothing to say."""
    return answer.strip().lower() in _NONE


def numbers(answer: str, most: int) -> tuple[int, ...]:
    """Which of so many are meant: “1, 3”, “2-4”, “all”; none for “none”. Raises InputError."""
    if answer.strip().lower() in ("all", "a", "*"):
        return tuple(range(1, most + 1))
    found: list[int] = []
    for part in re.split(r"[\s,;]+|\band\b", "" if is_none(answer) else re.sub(r"\s*[-–]\s*", "-", answer)):
        if not part:
            continue
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise InputError(f"“{part}” is not a number of the list. Write, for example: 1, 3")
        found += range(int(first), int(last or first) + 1)[: most + 1]
    beyond = next((n for n in found if not 1 <= n <= most), None)
    if beyond is not None:
        raise InputError(f"There is no number {beyond}: they go from 1 to {most}.")
    return tuple(dict.fromkeys(found))
