"""Codes on paper, by which one person signs in while no mail arrives: each once, a hash of each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, ValueTable, execute


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """One code: whose, who printed it and when, until when it is good; `used_at` is None before."""

    hash: str
    person_id: str
    printed_by: str
    printed_at: datetime
    ends_at: datetime
    used_at: datetime | None = None


_TABLE = ValueTable("printed_codes", PrintedCode, "hash person_id printed_by printed_at ends_at used_at")


def put(con: Connection, codes: Sequence[PrintedCode]) -> None:
    """Keeps the codes of one sheet, in the place of what its person had before and did not use. Audited."""
    first = codes[0]
    withdraw(con, first.person_id)
    execute(con, "DELETE FROM printed_codes WHERE ends_at <= $now", now=first.printed_at)
    _TABLE.put(con, codes, 1)
    append(con, [AuditEntry(first.printed_at, first.printed_by, "codes_printed", first.person_id)])


def find(con: Connection, hashed: str, now: datetime) -> PrintedCode | None:
    """The code of that hash; None where there is none, or it was used or is over."""
    good = "WHERE hash = $hash AND used_at IS NULL AND ends_at > $now"
    return _TABLE.first(con, good, hash=hashed, now=now)


def use(con: Connection, hashed: str, now: datetime) -> bool:
    """Records that the person whose code that is has signed in with it; False where it is good no more.
    Audited.
    """
    code = find(con, hashed, now)
    if code is None:
        return False
    execute(con, "UPDATE printed_codes SET used_at = $now WHERE hash = $hash", now=now, hash=hashed)
    append(con, [AuditEntry(now, code.person_id, "printed_code_used", code.person_id)])
    return True


def of_person(con: Connection, person_id: str, now: datetime) -> list[PrintedCode]:
    """Those of that person's sheets which are not over, the newest first: what was used of an earlier one
    stays among them."""
    good = "WHERE person_id = $person AND ends_at > $now ORDER BY printed_at DESC"
    return _TABLE.read(con, good, person=person_id, now=now)


def withdraw(con: Connection, person_id: str) -> None:
    """Lets none of that person's be used any more; what was used is shown to them until it would be over."""
    unused = "DELETE FROM printed_codes WHERE person_id = $person AND used_at IS NULL"
    execute(con, unused, person=person_id)
