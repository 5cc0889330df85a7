"""Which fleet sees to a home: a line in the home's folder, written anew as it does, for whoever looks."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from monitor.home.private_file import keep

NAME = ".served-by"


def mark(home: Path, fleet: Path) -> None:
    """This fleet, by its folder, sees to the home now. A disk that is full keeps it from nothing else."""
    with suppress(OSError):
        keep(home / NAME, str(fleet).encode())


def unmark(home: Path) -> None:
    """No fleet does any more."""
    with suppress(OSError):
        (home / NAME).unlink(missing_ok=True)


def fleet_of(home: Path) -> tuple[Path, datetime] | None:
    """The fleet's folder and when it last saw to the home, UTC; None where none does."""
    try:
        fleet = (home / NAME).read_text(encoding="utf-8")
        return Path(fleet), datetime.fromtimestamp((home / NAME).stat().st_mtime, UTC)
    except (OSError, UnicodeDecodeError):
        return None
