"""A folder of segments that wait to be taken in: for its owner alone (0700), and none for long."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from data.errors import StoreError, StoreFull
from data.store.engine.damage import is_of_the_machine
from data.store.engine.parquet import PART
from data.store.segments import HandedReading, write_segment

LONGEST = timedelta(hours=24)
"""No segment is kept for longer, whatever happens: it holds words of posts."""
_BROKEN_OFF = timedelta(hours=1)
"""What is not whole after that was left by a process that ended while it wrote."""
_ENDING = ".parquet"
_WRITTEN = "%Y%m%dT%H%M%S.%fZ"


class SegmentShelf:
    """The segments in one folder. Names say when a segment was put there, and nothing of what it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._put = count()

    def put(self, readings: Sequence[HandedReading], at: datetime) -> Path:
        """A new segment of these readings, put there at that time; on the disk when this returns.

        Raises StoreFull where the disk is full, StoreError otherwise.
        """
        self._make()
        name = f"{at.astimezone(UTC):{_WRITTEN}}-{next(self._put):08d}-{secrets.token_hex(6)}{_ENDING}"
        path = self.folder / name
        write_segment(path, readings)
        return path

    def waiting(self) -> list[Path]:
        """Those that are whole, the oldest first; those of one moment in the order in which they were put."""
        return sorted(self._named(_ENDING))

    def drop(self, path: Path) -> None:
        """Deletes one that was taken in. One that is gone already is no fault. Raises StoreError."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{path} could not be deleted: {error.strerror}. Delete it by hand.") from None

    def expired(self, now: datetime, after: timedelta = LONGEST) -> list[Path]:
        """Those that were put there so long ago, the oldest first, or so far ahead: a clock was wrong.

        What a process left half written an hour ago is deleted. Reads no clock. Raises StoreError.
        """
        for part in self._named(PART):
            if _away(part, now) >= _BROKEN_OFF:
                self.drop(part)
        return [path for path in self.waiting() if _away(path, now) >= after]

    def _named(self, ending: str) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            yield from (path for path in self.folder.iterdir() if path.name.endswith(ending))

    def _make(self) -> None:
        try:
            for folder in (*reversed(self.folder.parents), self.folder):
                if not folder.exists():
                    folder.mkdir(mode=0o700, exist_ok=True)
            if self.folder.stat().st_mode & 0o077:
                self.folder.chmod(0o700)
        except OSError as error:
            kind = StoreFull if is_of_the_machine(error) else StoreError
            raise kind(f"{self.folder} cannot be used for segments: {error.strerror}") from None


def put_at(path: Path, now: datetime) -> datetime:
    """When a segment was put on its shelf, by its name; of what is not named so, when it was written; `now`
    where it is gone."""
    try:
        return datetime.strptime(path.name.partition("-")[0], _WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return _changed(path, now)


def _away(path: Path, now: datetime) -> timedelta:
    """How far from now it was put there."""
    return abs(now - put_at(path, now))


def _changed(path: Path, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return now
