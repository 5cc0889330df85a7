"""The chain of what was done: each row holds the SHA-256 of the one before it.

It holds ids, codes and hashes, never text, names or handles. The words a person gave as a reason
stand in `audit_notes` under their SHA-256, so that they can be erased without breaking the chain.
A chain shows that a row was changed, taken out or put in between; that its end was cut off shows
only against a copy of the last hash kept elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from data.ids import digest
from data.store.bulk import at, names, put

FIRST = "0" * 64
_COLUMNS = names("n done_at actor action subject urn codes previous hash")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@=+/-]{0,127}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to what: `actor` a person's id or “schoolgate”, `subject` an id, `codes` facts."""

    done_at: datetime
    actor: str
    action: str
    subject: str
    urn: str | None = None
    codes: tuple[str, ...] = ()


def append(con: duckdb.DuckDBPyConnection, entries: Iterable[Entry]) -> None:
    """Adds rows at the chain's end, in the caller's transaction.

    Raises ValueError where a field is not an id, a code or a hash (no blanks, 128 characters).
    """
    last = con.execute("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1").fetchone()
    n, previous = last or (0, FIRST)
    rows = []
    for entry in entries:
        _refuse_words(entry)
        n += 1
        hashed = _hash(n, entry, previous)
        rows.append(_row(n, entry, previous, hashed))
        previous = hashed
    put(con, "audit", _COLUMNS, rows)


def note(con: duckdb.DuckDBPyConnection, words: str) -> str:
    """Keeps a person's words beside the chain and gives the code that stands for them in it."""
    sha256 = digest(words)
    put(con, "audit_notes", ("sha256", "note"), [(sha256, words)], key=("sha256",))
    return f"note:{sha256}"


def verify(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Sentences about rows that do not hold; empty where the whole chain does."""
    faults = []
    rows = con.execute(
        """SELECT n, epoch_us(done_at), actor, action, subject, urn, codes, previous, hash
        FROM audit ORDER BY n"""
    ).fetchall()
    previous = FIRST
    for expected, (n, done_us, actor, action, subject, urn, codes, said, hashed) in enumerate(rows, start=1):
        entry = Entry(at(done_us), actor, action, subject, urn, tuple(codes))
        if n != expected:
            faults.append(f"Audit row {expected} is missing; row {n} stands in its place.")
        elif said != previous:
            faults.append(f"Audit row {n} does not follow from row {n - 1}.")
        if hashed != _hash(n, entry, said):
            faults.append(f"Audit row {n} was changed after it was written.")
        previous = hashed
    return faults


def _refuse_words(entry: Entry) -> None:
    for field in (entry.actor, entry.action, entry.subject, entry.urn or "0", *entry.codes):
        if not _CODE.fullmatch(field):
            raise ValueError(f"not an id, a code or a hash: the audit of “{entry.action}” refuses a field")


def _hash(n: int, entry: Entry, previous: str) -> str:
    at_us = round(entry.done_at.timestamp() * 1_000_000)
    facts: Sequence[object] = (entry.actor, entry.action, entry.subject, entry.urn, list(entry.codes))
    return digest(previous, json.dumps([n, at_us, *facts]))


def _row(n: int, entry: Entry, previous: str, hashed: str) -> tuple[object, ...]:
    codes = list(entry.codes)
    return (
        n,
        entry.done_at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.urn,
        codes,
        previous,
        hashed,
    )
