"""Questions at the terminal whose answer is checked; and words read from standard input or a file.

What cannot be used is said, and asked again. A command line is shown to everybody on the machine in its list
of processes, so a secret, or what somebody said, comes by “-”, standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from data.errors import InputError
from monitor.terminal.output import prompt, say, say_on_stderr

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


STANDARD_INPUT = "-"
_MOST_BYTES = 5 * 1024 * 1024


def at_a_terminal() -> bool:
    """Is somebody there to answer?"""
    return sys.stdin.isatty()


def _decode_answer(raw: bytes, name: str) -> str:
    """Decode what was read. Raises InputError where it is none."""
    from data.evidence.handed_in import text_of  # late: no help page needs it

    found = text_of(raw) or ("", "")
    if raw.strip() and not found[1]:
        raise InputError(f"{name}: it contains bytes that are not text. Save it as UTF-8 text.")
    return found[0].replace("\r\n", "\n").strip()


def standard_input(name: str) -> str:
    """All of standard input, which is said to be awaited where somebody types it. Raises InputError."""
    if at_a_terminal():
        say_on_stderr(f"{name}: type the words, and end with Ctrl-D on its own line.")
    return _decode_answer(sys.stdin.buffer.read(), name)


def file(path: Path, name: str) -> str:
    """A file's words, or those of standard input for “-”. Raises InputError."""
    if str(path) == STANDARD_INPUT:
        return standard_input(name)
    try:
        with path.open("rb") as opened:  # which may be a pipe
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{name} {path}: cannot be read ({error.strerror}). Nothing was stored.") from None
    if len(raw) > _MOST_BYTES:
        raise InputError(
            f"{name} {path}: larger than {_MOST_BYTES >> 20} MB: that is not a post. Nothing was stored."
        )
    return _decode_answer(raw, f"{name} {path}")
