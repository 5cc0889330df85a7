"""When a school's code of the day was changed last; the code itself is worked out, and stands nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, ValueTable


@dataclass(frozen=True, slots=True)
class ChangedDayCode:
    """A change of a school's code, and when it was made."""

    urn: str
    changed_at: datetime


_TABLE = ValueTable("day_codes", ChangedDayCode, "urn changed_at")


def changed(con: Connection) -> dict[str, datetime]:
    """When the code of each school was changed last, by URN."""
    return {row.urn: row.changed_at for row in _TABLE.read(con, "")}


def change(con: Connection, urn: str, by: str, now: datetime) -> None:
    """From now on it is another one. Audited."""
    _TABLE.put(con, [ChangedDayCode(urn, now)], 1, anew=True)
    append(con, [AuditEntry(now, by, "day_code_changed", by, urn)])
