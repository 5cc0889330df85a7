"""Passkeys: of each the public half, by which one person proves that it is they. It opens nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, ValueTable, execute, read_rows


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey: whose, by which address of theirs, its public key, how often it has signed (0: it does not
    count), what its person calls it, when it was made and last used.
    """

    id: str
    person_id: str
    address_hash: str
    public_key: str
    signed: int
    name: str
    made_at: datetime
    used_at: datetime | None = None


_TABLE = ValueTable(
    "credentials", Passkey, "id person_id address_hash public_key signed name made_at used_at"
)


def put(con: Connection, passkey: Passkey) -> bool:
    """Keeps a new one; False where there is one of that id. Audited."""
    if find(con, passkey.id) is not None:
        return False
    _TABLE.put(con, [passkey], 1)
    append(con, [AuditEntry(passkey.made_at, passkey.person_id, "passkey_made", passkey.person_id)])
    return True


def find(con: Connection, passkey_id: str) -> Passkey | None:
    """The passkey of that id."""
    return _TABLE.first(con, "WHERE id = $id", id=passkey_id)


def is_any(con: Connection) -> bool:
    """Has anybody made one?"""
    return bool(read_rows(con, "SELECT 1 FROM credentials LIMIT 1"))


def of_person(con: Connection, person_id: str) -> list[Passkey]:
    """All of a person's, the oldest first."""
    return _TABLE.read(con, "WHERE person_id = $person ORDER BY made_at, id", person=person_id)


def use(con: Connection, passkey: Passkey, signed: int, now: datetime) -> bool:
    """Records that it was used, which has signed so often by now; False where that went back: there may be a
    copy of it. Then that is recorded. Audited.
    """
    if (signed or passkey.signed) and signed <= passkey.signed:
        append(con, [AuditEntry(now, passkey.person_id, "passkey_refused", passkey.person_id)])
        return False
    sql = "UPDATE credentials SET signed = $signed, used_at = $now WHERE id = $id"
    execute(con, sql, signed=signed, now=now, id=passkey.id)
    append(con, [AuditEntry(now, passkey.person_id, "passkey_used", passkey.person_id)])
    return True


def remove(con: Connection, person_id: str, by: str, now: datetime, passkey_id: str | None = None) -> int:
    """Removes that passkey of a person's, or all that they have; gives how many. Audited, with who did it."""
    sql = """DELETE FROM credentials WHERE person_id = $person AND ($id IS NULL OR id = $id)
        RETURNING id"""
    gone = read_rows(con, sql, person=person_id, id=passkey_id)
    append(con, [AuditEntry(now, by, "passkey_removed", person_id) for _ in gone])
    return len(gone)
