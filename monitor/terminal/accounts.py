"""What is typed to do something as another account."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

_SUDO_LOOKS_IN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def program(other: Path | None = None) -> str:
    """Our command as sudo finds it: by its name where that does, else by the path of another that everybody
    can run, or by its own.
    """
    ours = Path(sys.argv[0]).absolute()
    if ours.name != "schoolgate" or shutil.which("schoolgate", path=_SUDO_LOOKS_IN) == str(ours):
        return "schoolgate"
    return str(other or ours)


def typed() -> tuple[str, ...]:
    """What was typed after the command's name."""
    return tuple(sys.argv[1:]) if Path(sys.argv[0]).name in ("schoolgate", "app.py") else ()


def sudo(account: str, other: Path | None = None) -> str:
    """What runs our command as that account; root is it without a name."""
    return shlex.join(("sudo", *(("-u", account) if account != "root" else ()), program(other)))


def as_account(account: str, home: Path, words: Sequence[str], other: Path | None = None) -> str:
    """These words as that account. sudo keeps no $SCHOOLGATE_HOME, so the home is named where it is not."""
    said = any(word == "--home" or word.startswith("--home=") for word in words)
    where = () if said else ("--home", str(home))
    return f"{sudo(account, other)} {shlex.join((*words, *where))}"
