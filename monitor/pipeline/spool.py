"""Reports that could not be saved yet: what a person typed is not lost because the store is busy.

Each is a file of its own in `spool/` of the home, for this account alone (0600 in 0700), written before it is
judged and deleted once it is saved. Whoever works on one has it locked; the lock ends with the process, so
that what a crash left behind is taken in with what is handed in next, a `scan` or a tick of the service.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from data.errors import InputError
from data.evidence.handed_in import SaidOfPost, said_of
from monitor.config.home.paths import changed_at
from monitor.pipeline.sighting import Report

FOLDER = "spool"
_WHOLE, _PART = ".json", ".part"


@dataclass(frozen=True, slots=True)
class Kept:
    """One report as it lies in the spool: of which school, when it was reported, and the number that its
    bringer was given, "" for none yet. Its `files` are held in memory alone until it is judged.
    """

    report: Report
    urn: str
    at: datetime
    number: str = ""
    files: tuple[bytes, ...] = field(default=(), repr=False)


@contextmanager
def spool_report(home: Path, kept: Kept) -> Iterator[Path]:
    """Writes it down, whole or not at all, and holds it within. Raises OSError where that cannot be done."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    handle, name = tempfile.mkstemp(suffix=_PART, dir=folder)
    part = Path(name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with os.fdopen(handle, "wb", closefd=False) as out:
            out.write(_write_report(kept))
        os.fsync(handle)
        part.rename(part.with_suffix(_WHOLE))
    except OSError:
        os.close(handle)
        with suppress(OSError):
            part.unlink()
        raise
    try:
        yield part.with_suffix(_WHOLE)
    finally:
        os.close(handle)


def spooled_reports(home: Path) -> list[Path]:
    """Those that lie there, the oldest first, whoever works on them."""
    return sorted((home / FOLDER).glob(f"*{_WHOLE}"), key=changed_at)


def broken_off(home: Path) -> list[Path]:
    """Those that were not written whole before their program ended: nobody takes them in."""
    return sorted((home / FOLDER).glob(f"*{_PART}"))


def holds(home: Path, number: str, by: str | None) -> bool:
    """Lies one there by that number, brought by that person (an id; None: by somebody without one)?"""
    for path in spooled_reports(home):
        with suppress(InputError, OSError):
            kept = _read_report(path)
            if number and (kept.number, kept.report.by) == (number, by):
                return True
    return False


@contextmanager
def hold_report(path: Path) -> Iterator[Kept | None]:
    """One of these, ours alone within; None where somebody else has it, or has taken it in meanwhile.

    Raises InputError where it is damaged.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        yield _read_report(path) if _ours(handle) else None
    finally:
        os.close(handle)


def _ours(handle: int) -> bool:
    """Nobody else works on it, and it was not taken in meanwhile."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(handle).st_nlink > 0


def _write_report(kept: Kept) -> bytes:
    report = asdict(kept.report) | {"seen_at": kept.report.seen_at.isoformat()}
    held = {"report": report, "urn": kept.urn, "at": kept.at.isoformat(), "number": kept.number}
    return json.dumps(held, ensure_ascii=False).encode()


def _read_report(path: Path) -> Kept:
    try:
        held = json.loads(path.read_bytes())
        report = held["report"] | {"seen_at": datetime.fromisoformat(held["report"]["seen_at"])}
        handed = report.get("handed", {})
        if lies := held.get("file"):  # from a version that read files where they lay
            handed["file_at"] = Path(lies).absolute().as_uri()
        report["handed"] = SaidOfPost(**handed | {"not_known": tuple(handed.get("not_known", ()))})
        report["says"] = said_of(report.get("says", {}))
        at, number = datetime.fromisoformat(held["at"]), held.get("number", "")
        return Kept(Report(**report), held["urn"], at, number)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path} is damaged and cannot be taken in. Read it, and report it anew.") from None
