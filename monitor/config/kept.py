"""The configuration as it was checked, kept in the home, so that a command need not check it again.

What checks it takes longer to load than most commands to answer, and the text of a thousand schools
longer still: a list takes 0.35 s of processor with it and 0.49 without, at one school. Kept is what the
file says, as JSON: no secret, which may not stand in the file. It is used where it was made of this very
text by this very program, and belongs to us alone and is whole; else it counts as missing, which does no
harm.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.config.home.paths import OTHERS_MAY_WRITE
from monitor.config.home.paths import keep as keep_privately

if TYPE_CHECKING:
    from monitor.config.plain import Said

NAME = ".checked-settings"
_ROOT = Path(__file__).parents[2]
CHECKED_BY = ("data", "monitor/config", "monitor/terminal", "sources")
"""Folders of ours that check a configuration: a change in one makes what was kept out of date."""


def found(home: Path, text: str) -> Said | None:
    """What this text says, where that was kept."""
    try:
        with (home / NAME).open("rb") as file:
            held = os.fstat(file.fileno())
            if held.st_uid != os.geteuid() or held.st_mode & OTHERS_MAY_WRITE:
                return None
            key, sum_of_it, written = file.readline().strip(), file.readline().strip(), file.read()
        if key != _key(text) or sum_of_it != _sum(written):
            return None
        said: Said = json.loads(written)
        ZoneInfo(said["zone"])  # which this machine may have lost since
        return said
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None


def keep(home: Path, text: str, said: Said) -> None:
    """Keep what this text says; nothing is kept that would not come back the same, or is a secret."""
    drop(home)
    if "heartbeat_url" in said["serve"] or not home.is_dir():
        return
    with suppress(OSError, TypeError, ValueError):
        written = json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        keep_privately(home / NAME, b"\n".join((_key(text), _sum(written), written)))


def drop(home: Path) -> None:
    with suppress(OSError):
        (home / NAME).unlink()


def _key(text: str) -> bytes:
    return _sum(f"{_program()}\n{text}".encode())


def _sum(of: bytes) -> bytes:
    return hashlib.sha256(of).hexdigest().encode()


@cache
def _program() -> str:
    """The files of ours that check a configuration, with the time and size of each."""
    files = (entry for folder in CHECKED_BY for entry in _python_files(str(_ROOT / folder)))
    seen = sorted((entry.path, (now := entry.stat()).st_mtime_ns, now.st_size) for entry in files)
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _python_files(folder: str) -> Iterator[os.DirEntry[str]]:
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            yield entry
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _python_files(entry.path)
