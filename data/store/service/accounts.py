"""Whose account is whose: learnt when somebody first signs in with it, and gone with the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, ValueTable, execute, read_rows


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account at an issuer; `user_name` is what the settings called the person by when it was learnt."""

    issuer: str
    subject: str
    person_id: str
    user_name: str
    linked_at: datetime


_TABLE = ValueTable("accounts", LinkedAccount, "issuer subject person_id user_name linked_at")


def find_account(con: Connection, issuer: str, subject: str) -> LinkedAccount | None:
    """Return the account with that id there; None where nobody has signed in with it."""
    return _TABLE.first(con, "WHERE issuer = $issuer AND subject = $subject", issuer=issuer, subject=subject)


def find_of(con: Connection, issuer: str, person_id: str) -> LinkedAccount | None:
    """The account of that person there; None where they have signed in with none."""
    return _TABLE.first(
        con, "WHERE issuer = $issuer AND person_id = $person", issuer=issuer, person=person_id
    )


def unlink(con: Connection, person_id: str, by: str, now: datetime) -> bool:
    """Forgets whose account that person's was, at every issuer; was there one? Audited, with who did it."""
    sql = "DELETE FROM accounts WHERE person_id = $person RETURNING person_id"
    if not read_rows(con, sql, person=person_id):
        return False
    append(con, [AuditEntry(now, by, "account_unlinked", person_id)])
    return True


def link(con: Connection, account: LinkedAccount) -> None:
    """Keeps it, in the place of any other of that person's there. Audited, without id or name."""
    sql = "DELETE FROM accounts WHERE issuer = $issuer AND person_id = $person AND subject <> $subject"
    execute(con, sql, issuer=account.issuer, person=account.person_id, subject=account.subject)
    _TABLE.insert(con, [account], 2, anew=True)
    append(con, [AuditEntry(account.linked_at, account.person_id, "account_linked", account.person_id)])


def is_linked(con: Connection, person_id: str) -> bool:
    """Has that person signed in with an account of theirs, at any issuer?"""
    return _TABLE.first(con, "WHERE person_id = $person", person=person_id) is not None
