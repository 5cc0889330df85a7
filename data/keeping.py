"""Periods for which each thing is kept, and the record of what was deleted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from data.content_class import BYPASSING, EIGHTEEN_MONTHS, SIX_YEARS, ContentClass, class_spec
from data.effects import utc_text
from data.frozen import freeze
from data.ids import digest
from data.steps.codes import Ending
from data.types import Policy, Relevance, Verdict


def kept_for(verdict: Verdict, policy: Policy) -> timedelta:
    """Return how long a verdict requires its mention to be kept, from when the mention was first seen. Not
    about the school: hours. Criticism, opinion, praise (C0): days. Discrimination and threats six years,
    defamation eighteen months, everything else the policy's `retain_days`; restricted texts no longer than
    that, and only until they are handed over."""
    if verdict.relevance is Relevance.NOT_ABOUT and not verdict.restricted:
        return timedelta(hours=policy.unmatched_hours)
    if verdict.content_class == ContentClass.FAIR_COMMENT and not verdict.restricted:
        return timedelta(days=policy.criticism_days)
    return class_spec(verdict.content_class).kept or timedelta(days=policy.retain_days)


def retain_until(verdicts: Iterable[Verdict], now: datetime, policy: Policy) -> datetime:
    """When a mention first seen now may go: the latest time its verdicts require; hours if it has none."""
    unmatched = timedelta(hours=policy.unmatched_hours)
    return now + max((kept_for(v, policy) for v in verdicts), default=unmatched)


def is_restricted(verdict: Verdict) -> bool:
    """Is the text for the designated safeguarding lead only?"""
    return verdict.restricted or verdict.content_class in BYPASSING


@freeze
class ClosedCase:
    """The facts that decide how long a closed case is kept. `last_public` is when its post was last seen in
    public. `course` says that a chronology was approved: the case was about a course of conduct. Times are
    UTC."""

    content_class: ContentClass
    ending: Ending | None
    closed_at: datetime
    last_public: datetime
    course: bool = False

    @property
    def leaves_stub(self) -> bool:
        """Does it belong to the school's safeguarding system, so that a stub is left here?"""
        return self.ending is Ending.HANDED_OVER or self.content_class in BYPASSING


def case_kept_until(case: ClosedCase, policy: Policy) -> datetime:
    """When the steps, the evidence and the post of a closed case may go, UTC.

    Handed over: at once. Fair comment (C0) or a mistake: days. Hate, threats and a course of conduct: six
    years. Defamation: eighteen months from when it was last public, since an action may be brought for a year
    (Limitation Act 1980, section 4A), but not within those days of closing. Everything else: the policy's
    `retain_days`. Counted from closing, except for defamation.
    """
    days = timedelta(days=policy.criticism_days)
    if case.ending is Ending.HANDED_OVER:
        return case.closed_at
    if case.ending is Ending.MISTAKEN or case.content_class == ContentClass.FAIR_COMMENT:
        return case.closed_at + days
    if case.course:
        return case.closed_at + SIX_YEARS
    if case.content_class == ContentClass.DEFAMATION:
        return max(case.last_public + EIGHTEEN_MONTHS, case.closed_at + days)
    return case.closed_at + (class_spec(case.content_class).kept or timedelta(days=policy.retain_days))


# The record of deletions, beside the store, so that restoring a backup does not bring deleted data back.
#
# An append-only file of lines such as `2026-11-17T09:00:00Z mention HASH`: when, what kind of thing, and half
# the SHA-256 of its id. It says nothing about the content and survives a damaged store. The first line says
# since when the record has been kept. Lines expire after a year.

DELETIONS_LOG = "deletions.log"
LINES_KEPT = timedelta(days=365)
_PRUNED = timedelta(days=30)
"""How long after they expire old lines are removed, all at once."""
_FORMAT = "schoolgate-deletions/1"
_LINE = re.compile(r"(\S+) (mention|stub|case|case_stub|suppressed) ([0-9a-f]{32})")


class DeletedKind(StrEnum):
    """The kind of what was deleted: all of it, or all but a stub."""

    MENTION = "mention"
    STUB = "stub"
    CASE = "case"
    CASE_STUB = "case_stub"
    SUPPRESSED = "suppressed"
    """Nothing that was deleted, but the key under which it is not to be read again."""


@freeze
class Deletions:
    """The contents of records: their lines, and the spans (from, to) for which they are complete."""

    spans: tuple[tuple[datetime, datetime], ...] = ()
    lines: frozenset[str] = frozenset()

    def after(self, made: datetime) -> Gone:
        """Return what was deleted after a backup was made. Earlier deletions do not count: what the backup
        holds had come back since."""
        held: dict[DeletedKind, set[str]] = {kind: set() for kind in DeletedKind}
        for line in self.lines:
            at, kind, sha256 = line.split(" ")
            if _moment(at) >= made.replace(microsecond=0):
                held[DeletedKind(kind)].add(sha256)
        return Gone({kind: frozenset(found) for kind, found in held.items()})

    def known_to(self, made: datetime) -> datetime:
        """The time up to which every deletion since then is known."""
        reached = made
        for since, until in sorted(self.spans):
            if since <= reached:
                reached = max(reached, until)
        return reached

    def text(self, now: datetime) -> list[str]:
        """The contents of a file that holds all of it."""
        whole = [since for since, _ in self.spans if self.known_to(since) >= now]
        return [_first(min(whole, default=now)), *sorted(self.lines)]


@freeze
class Gone:
    """Hashes of the ids that were deleted, by kind."""

    hashes: Mapping[DeletedKind, frozenset[str]] = field(default_factory=dict)

    def of(self, kind: DeletedKind, ids: Iterable[str]) -> list[str]:
        """Those of these ids that were deleted in this way."""
        known = self.hashes.get(kind)
        return [one for one in ids if hash_deleted(kind, one) in known] if known else []


NOTHING = Gone()


def hash_deleted(kind: DeletedKind, subject: str) -> str:
    """Return how an id is written in the record; a key is a hash already."""
    if kind is DeletedKind.SUPPRESSED:
        return subject
    return digest("deleted", kind, subject)[:32]


def add_deletions(home: Path, now: datetime, gone: Mapping[DeletedKind, Iterable[str]]) -> None:
    """Record what is about to be deleted; it is on the disk when this returns. Called before the deletion is
    committed: if that fails, the next run deletes the same. Raises OSError where it cannot be written,
    ValueError where the file is not such a record."""
    path = home / DELETIONS_LOG
    if not path.exists():
        write_lines(path, [_first(now)])
    elif _is_old(path, now):
        held = path.read_text(encoding="ascii").splitlines()[1:]
        write_lines(path, [_first(now - LINES_KEPT), *(line for line in held if _is_young(line, now))])
    lines = [
        f"{utc_text(now)} {kind} {hash_deleted(kind, one)}\n"
        for kind, ids in gone.items()
        for one in sorted(ids)
    ]
    if lines:
        # Starts a new line first if a crash cut the last one short.
        content = "".join(lines).encode("ascii")
        with path.open("r+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                content = content if file.read(1) == b"\n" else b"\n" + content
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Writes the complete file or leaves the old one; only its owner can read it."""
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write("".join(f"{line}\n" for line in lines).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_deletions(path: Path, until: datetime) -> Deletions:
    """Return the contents of a file, complete up to `until`; empty where it is missing or unreadable."""
    if not path.is_file():  # reading a pipe would block
        return Deletions()
    try:
        first, *lines = path.read_text(encoding="ascii").splitlines()
        since = _began(first)
    except (OSError, ValueError):
        return Deletions()
    return Deletions(((since, until),), frozenset(line for line in lines if _when(line)))


def join_deletions(records: Iterable[Deletions]) -> Deletions:
    held = list(records)
    spans = tuple(span for one in held for span in one.spans)
    return Deletions(spans, frozenset(line for one in held for line in one.lines))


def _first(since: datetime) -> str:
    return f"{_FORMAT} {utc_text(since)}"


def _began(first: str) -> datetime:
    kind, _, since = first.partition(" ")
    if kind != _FORMAT:
        raise ValueError(first)
    return _moment(since)


def _is_old(path: Path, now: datetime) -> bool:
    """Is any line over thirteen months old? Raises ValueError where the file is not such a record."""
    with path.open(encoding="ascii") as file:
        _began(file.readline().strip())
        first = file.readline()
    return _when(first.strip()) is not None and not _is_young(first, now - _PRUNED)


def _is_young(line: str, now: datetime) -> bool:
    at = _when(line.strip())
    return at is not None and now - at <= LINES_KEPT


def _when(line: str) -> datetime | None:
    """The time of a line; None for a line that is not ours."""
    found = _LINE.fullmatch(line)
    try:
        return _moment(found[1]) if found else None
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
