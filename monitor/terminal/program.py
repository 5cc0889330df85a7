"""The program as it is run: how it ends, its version, how it is typed as another account.

What a person can put right is told plainly, never with a traceback.
"""

from __future__ import annotations

import atexit
import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from data.errors import AnothersHome, ConfigError, SchoolgateError, explain_refusal
from monitor.terminal import output
from monitor.terminal.output import Document, flush_output, guard, say_on_stderr

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

    Its threads are waited for, as in Python's own end. What goes with the process is not taken apart first:
    that took a tenth of a list, and DuckDB's binding then lists on standard error what it still holds. Where
    something cannot be printed, it ends in Python's own way.
    """
    try:
        yield
    except SystemExit as end:
        if isinstance(end.code, int | None):
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
            if flush_output():
                os._exit(end.code or 0)
        raise


def _end(code: int, *lines: str) -> NoReturn:
    for line in lines:  # it may quote what somebody typed: no second line stands where ours do
        say_on_stderr(Document(output.name_home(line).replace("\n", "\n  ")))
    sys.exit(code)


_SUDO_LOOKS_IN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def program_path(other: Path | None = None) -> str:
    """Our command as sudo finds it: by its name, else by a path that everybody can run, or its own."""
    ours = Path(sys.argv[0]).absolute()
    if ours.name != "schoolgate" or shutil.which("schoolgate", path=_SUDO_LOOKS_IN) == str(ours):
        return "schoolgate"
    return str(other or ours)


def typed_arguments() -> tuple[str, ...]:
    """Return what was typed after the command's name."""
    return tuple(sys.argv[1:]) if Path(sys.argv[0]).name in ("schoolgate", "app.py") else ()


def sudo_command(account: str, other: Path | None = None) -> str:
    """Return what runs our command as that account; root is it without a name."""
    return shlex.join(("sudo", *(("-u", account) if account != "root" else ()), program_path(other)))


def command_as_account(account: str, home: Path, words: Sequence[str], other: Path | None = None) -> str:
    """These words as that account. sudo keeps no $SCHOOLGATE_HOME, so the home is named where it is not."""
    said = any(word == "--home" or word.startswith("--home=") for word in words)
    where = () if said else ("--home", str(home))
    return f"{sudo_command(account, other)} {shlex.join((*words, *where))}"


_ROOM = Path(__file__).parents[1]
_ASKS = ("git", "-c", "safe.directory=*", "log", "-1", "--abbrev=10", "--format=%h %cs")


def release() -> str:
    """“0.1.0, commit 33febe0312 of 22 November 2026”: to be said on the telephone."""
    from importlib.metadata import version

    commit, _, day = _commit_id().strip().partition(" ")
    if not day:
        return f"{version('schoolgate')}, commit unknown: it was built where no git could tell"
    return f"{version('schoolgate')}, commit {commit} of {date.fromisoformat(day):%-d %B %Y}"


def _commit_id() -> str:
    """Return the commit as the build wrote it (`hatch_build.py`); in a checkout, as git says."""
    try:
        if (_ROOM.parent / ".git").exists():
            return subprocess.run(
                _ASKS, cwd=_ROOM, capture_output=True, text=True, check=True, timeout=5
            ).stdout
        return (_ROOM / "commit.txt").read_text(encoding="utf-8")
    except (OSError, subprocess.SubprocessError):
        return ""


_WAIT_S = 120.0
_PROGRAM = (sys.executable, "-P", "-c", "from schoolgate.start import main; main()")


def run_doctor(home: Path, config: Path) -> Mapping[str, Any] | None:
    """Return what `schoolgate doctor` finds, as its document; None where it came to no end."""
    command = (*_PROGRAM, "doctor", "--json", "--home", str(home), "--config", str(config))
    try:
        done = subprocess.run(command, capture_output=True, timeout=_WAIT_S, check=False)
        found: Mapping[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return found
