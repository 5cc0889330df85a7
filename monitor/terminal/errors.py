"""The outer edge of the command: what a person can put right is told plainly, never with a traceback."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from data.errors import AnothersHome, ConfigError, InputError, SchoolgateError, explain_refusal
from monitor.terminal.output import Document, flush_output, guard, prompt, say_on_stderr
from monitor.terminal.program import command_as_account, typed_arguments

INTERRUPTED = 130
"""As a shell counts it: 128 and the number of SIGINT."""

ON_WINDOWS = (
    "On Windows, Schoolgate runs in WSL2, the Linux that Microsoft provides for it. "
    "How to set that up: schoolgate docs windows"
)
READ_ONLY = {"--help", "--version", "docs"}
"""What needs nothing of the machine, so it answers anywhere."""


def run_app(app: Callable[[], object]) -> None:
    """Run the command and end as it says; faults that a person can put right end with their exit code."""
    guard()
    if sys.platform == "win32" and not READ_ONLY & set(sys.argv):
        _end(1, ON_WINDOWS)
    try:
        app()
    except ConfigError as error:
        # the first fault, how many more there are, and those
        more = len(error.faults) - 1
        told = f"{more} more fault{'s' if more > 1 else ''} below. " if more else ""
        _end(error.exit_code, *[error.faults[0], f"{told}Nothing was changed.", *error.faults[1:]])
    except SchoolgateError as error:
        # what was typed, as the account whose home it is, on a line alone
        lines = [str(error)]
        if isinstance(error, AnothersHome):
            lines.append(command_as_account(error.owner, error.home, typed_arguments(), error.program))
        _end(error.exit_code, *lines)
    except OSError as error:
        _end(1, explain_refusal(error))
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _end(INTERRUPTED, "Interrupted. Nothing is half written.")
        raise


@contextmanager
def ended_at_once() -> Iterator[None]:
    """The process ends where what is within does, and as that says.

    What goes with the process is not taken apart first, which took a tenth of a list. Where something still
    runs, or cannot be printed, it ends in Python's own way.
    """
    try:
        yield
    except SystemExit as end:
        if isinstance(end.code, int | None) and threading.active_count() == 1:
            atexit._run_exitfuncs()
            if flush_output():
                os._exit(end.code or 0)
        raise


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


def _end(code: int, *lines: str) -> NoReturn:
    for line in lines:  # it may quote what somebody typed: no second line stands where ours do
        say_on_stderr(Document(line.replace("\n", "\n  ")))
    sys.exit(code)
