"""How a command is typed for a home that whoever reads it would not reach by its name alone."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path

from data.errors import as_typed
from monitor.config.home.paths import account, find
from monitor.terminal.program import sudo, typed

_SYSTEM_IDS = range(1, 1000)
_NO_SHELLS = ("nologin", "false")


def here(command: str) -> str:
    """A command of ours for the home that was named, where what was typed names one."""
    words = typed()
    at = next((n for n, word in enumerate(words) if word.partition("=")[0] == "--home"), None)
    if at is None or "--home" in command or not command.startswith("schoolgate "):
        return command
    named = words[at : at + (2 if words[at] == "--home" else 1)]
    if owner := _of_a_service(Path(named[-1].removeprefix("--home="))):
        return f"{sudo(owner)} {command.removeprefix('schoolgate ')} {shlex.join(named)}"
    return f"{command} {shlex.join(named)}"


def for_home(home: Path, text: str, desk: str = "") -> str:
    """The text with its acts as commands (`as_typed`) that do what they say for whoever reads it on this
    machine: as the account of a service whose home it is, and naming a home that is not the usual one; and
    with its pages at the address of the `desk`.
    """
    owner = _of_a_service(home)
    program = sudo(owner) if owner else "schoolgate"
    named = owner or home != find({}, anybodys=True).home
    return as_typed(text, program, f" --home {shlex.quote(str(home))}" if named else "", desk)


def _of_a_service(home: Path) -> str:
    """The account whose home it is, where nobody is it: a service's own; "" of a person's, and of root's."""
    if os.name != "posix" or not home.exists():
        return ""
    import pwd

    uid = home.stat().st_uid
    with suppress(KeyError):
        shell = Path(pwd.getpwuid(uid).pw_shell).name
        return account(uid) if uid and (uid in _SYSTEM_IDS or shell in _NO_SHELLS) else ""
    return ""
