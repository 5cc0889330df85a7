"""Questions at the terminal whose answer is checked: what cannot be used is said, and asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

from data.errors import InputError
from monitor.terminal.output import prompt, say

T = TypeVar("T")
_NONE = frozenset({"", "-", "–", "none", "no"})


def ask_at_terminal(question: str, default: str | None = None, *, hidden: bool = False) -> str:
    """Ask at the terminal; Enter alone is `default`, or the question again where there is none. What is typed
    is not shown where it is `hidden`.

    Ctrl-C ends the command; raises InputError where nobody can answer.
    """
    try:
        return prompt(question, default=default, hidden=hidden)
    except typer.Abort as stopped:
        if isinstance(stopped.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise InputError(
            f"No answer came to “{question}”: standard input has ended. Nothing was changed. "
            "Start again at a terminal, or give the answers as options (--help)."
        ) from None


def until_right(
    question: str,
    read: Callable[[str], T],
    asking: Callable[[str], str] | None = None,
    saying: Callable[[str], None] = say,
) -> T:
    """The answer as `read` has it, which raises InputError, a sentence, for one that cannot be used."""
    while True:
        answer = (asking or ask_at_terminal)(question).strip()
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
