"""Which Schoolgate this is: its version, and the commit that it was made of, with its day."""

from __future__ import annotations

import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

_ROOM = Path(__file__).parents[1]
_ASKS = ("git", "-c", "safe.directory=*", "log", "-1", "--abbrev=10", "--format=%h %cs")


def release() -> str:
    """“0.1.0, commit 33febe0312 of 22 November 2026”: to be said on the telephone."""
    commit, _, day = _commit().strip().partition(" ")
    if not day:
        return f"{version('schoolgate')}, commit unknown: it was built where no git could tell"
    return f"{version('schoolgate')}, commit {commit} of {date.fromisoformat(day):%-d %B %Y}"


def _commit() -> str:
    """As the build wrote it (`hatch_build.py`); in a checkout, as git says."""
    try:
        if (_ROOM.parent / ".git").exists():
            return subprocess.run(
                _ASKS, cwd=_ROOM, capture_output=True, text=True, check=True, timeout=5
            ).stdout
        return (_ROOM / "commit.txt").read_text(encoding="utf-8")
    except (OSError, subprocess.SubprocessError):
        return ""
