"""The record of deletions, beside the store: so that what was deleted is not brought back by a backup.

A file of lines, `2026-11-17T09:00:00Z mention SHA-256`, that is only added to: when, what kind of thing, and
the SHA-256 of its id. It says nothing of what that was, and outlives a damaged store. The first line says
since when it is kept. Lines go after a year.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from data.ids import digest

NAME = "deletions.log"
KEPT = timedelta(days=365)
_FORMAT = "schoolgate-deletions/1"
_LINE = re.compile(r"(\S+) (mention|stub|case|case_stub) ([0-9a-f]{64})")


class Kind(StrEnum):
    """What was deleted: whole, or but for a stub."""

    MENTION = "mention"
    STUB = "stub"
    CASE = "case"
    CASE_STUB = "case_stub"


@dataclass(frozen=True, slots=True)
class Deletions:
    """What records hold: their lines. `since` is when they began, None where there is none.

    `until` is up to when they are known to be whole.
    """

    since: datetime | None = None
    until: datetime | None = None
    lines: frozenset[str] = frozenset()

    def after(self, made: datetime) -> Gone:
        """What was deleted since a backup was made. What came again before that was there once more."""
        held: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        for line in self.lines:
            at, kind, sha256 = line.split(" ")
            if _moment(at) >= made.replace(microsecond=0):
                held[Kind(kind)].add(sha256)
        return Gone({kind: frozenset(found) for kind, found in held.items()})

    def covers(self, made: datetime, now: datetime) -> bool:
        """Does it tell of all that was deleted between a backup and now?"""
        return self.since is not None and self.until is not None and self.since <= made and now <= self.until

    @property
    def text(self) -> list[str]:
        """The lines of a file that holds all of it."""
        return [_first(self.since), *sorted(self.lines)] if self.since else []


@dataclass(frozen=True, slots=True)
class Gone:
    """Hashes of the ids that were deleted, by kind."""

    hashes: Mapping[Kind, frozenset[str]] = field(default_factory=dict)

    def of(self, kind: Kind, ids: Iterable[str]) -> list[str]:
        """Those of these ids that were deleted so."""
        known = self.hashes.get(kind)
        return [one for one in ids if hashed(kind, one) in known] if known else []


NOTHING = Gone()


def hashed(kind: Kind, subject: str) -> str:
    """What stands in the record for an id."""
    return digest("deleted", kind, subject)


def add(home: Path, now: datetime, gone: Mapping[Kind, Iterable[str]]) -> None:
    """Writes down what is about to be deleted; it is on the disk when this returns.

    Called before the deletion is committed: where that fails, the same is deleted by the next one. Raises
    OSError where it cannot be written.
    """
    path = home / NAME
    held = path.read_text(encoding="ascii").splitlines() if path.exists() else [_first(now)]
    kept = [_first(now - KEPT), *_young(held, now)] if _is_old(held, now) else held
    lines = [f"{_iso(now)} {kind} {hashed(kind, one)}" for kind, ids in gone.items() for one in sorted(ids)]
    if lines or kept is not held or not path.exists():
        write(path, [*kept, *lines])


def write(path: Path, lines: Iterable[str]) -> None:
    """The whole file, or the one before it, for its owner alone."""
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write("".join(f"{line}\n" for line in lines).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read(path: Path, until: datetime) -> Deletions:
    """What it holds, whole up to `until`; nothing where there is no such file, or none that can be read."""
    try:
        first, *lines = path.read_text(encoding="ascii").splitlines()
        since = _began(first)
        found = [m for m in map(_LINE.fullmatch, lines) if m is not None]
    except (OSError, ValueError):
        return Deletions()
    return Deletions(since, until, frozenset(m[0] for m in found))


def together(records: Iterable[Deletions]) -> Deletions:
    """All of them as one."""
    held = [one for one in records if one.since is not None]
    lines = frozenset(line for one in held for line in one.lines)
    since = min((one.since for one in held if one.since), default=None)
    return Deletions(since, max((one.until for one in held if one.until), default=None), lines)


def _first(since: datetime) -> str:
    return f"{_FORMAT} {_iso(since)}"


def _began(first: str) -> datetime:
    kind, _, since = first.partition(" ")
    if kind != _FORMAT:
        raise ValueError(first)
    return _moment(since)


def _is_old(held: list[str], now: datetime) -> bool:
    """Is there a line that has been there for a year?"""
    return any(now - _moment(line.partition(" ")[0]) > KEPT for line in held[1:2])


def _young(held: list[str], now: datetime) -> list[str]:
    return [line for line in held[1:] if now - _moment(line.partition(" ")[0]) <= KEPT]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
