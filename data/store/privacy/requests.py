"""Requests of people about their own data, and what they say of a post about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from data.audit.codes import Code
from data.frozen import dataclass
from data.privacy.requests import PrivacyRequest, RequestEnding, RequestKind
from data.store.engine import bulk
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.bulk import Connection, at, moment, names, put, read_rows, read_value

_COLUMNS = names(
    "id urn kind reference reason received_at recorded_at recorded_by due_at acknowledged_at extended_at "
    "answered_at answered_by ending answer"
)
_TIMES = frozenset(name for name in _COLUMNS if name.endswith("_at"))
_SELECTED = ", ".join(f"epoch_us({name})" if name in _TIMES else name for name in _COLUMNS)
_FIRST_LETTER = "P"


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says of a post about them: it stands beside the post, which stays as it was."""

    request_id: str
    mention_id: str
    words: str
    added_at: datetime
    added_by: str


def record(con: Connection, given: PrivacyRequest) -> PrivacyRequest:
    """Keeps a new request, under the next number; what the id of `given` is does not matter."""
    row = con.execute("SELECT count(*) FROM audit WHERE action = 'request_recorded'").fetchone()
    kept = replace(given, id=f"{_FIRST_LETTER}{(row[0] if row else 0) + 1:04}")
    put(con, "privacy_requests", _COLUMNS, [_row(kept)], key=("id",))
    codes = (Code.KIND.of(kept.kind.value),)
    append(
        con,
        [AuditEntry(kept.recorded_at, kept.recorded_by, "request_recorded", kept.id, kept.urn, codes)],
    )
    return kept


def change(con: Connection, changed: PrivacyRequest, entry: AuditEntry) -> None:
    """Keeps what became of a request, with its entry in the audit."""
    put(con, "privacy_requests", _COLUMNS, [_row(changed)], key=("id",), update=bulk.replace(_COLUMNS[1:]))
    append(con, [entry])


def request(con: Connection, request_id: str) -> PrivacyRequest | None:
    """The request of that number."""
    rows = read_rows(con, f"SELECT {_SELECTED} FROM privacy_requests WHERE id = $id", id=request_id)
    return _request(rows[0]) if rows else None


def requests(con: Connection, urns: Sequence[str]) -> tuple[PrivacyRequest, ...]:
    """Those of these schools: what is due first, then what is answered, the newest first."""
    sql = f"""SELECT {_SELECTED} FROM privacy_requests WHERE urn = ANY($urns)
        ORDER BY answered_at IS NOT NULL, due_at NULLS LAST, answered_at DESC, id"""
    rows = read_rows(con, sql, urns=urns)
    return tuple(map(_request, rows))


def overdue(con: Connection, now: datetime) -> int:
    """How many, of all schools, should have been answered by now, or a complaint acknowledged."""
    sql = "SELECT count(*) FROM privacy_requests WHERE answered_at IS NULL AND due_at <= $now"
    return int(read_value(con, sql, now=now) or 0)


def correct(con: Connection, given: Correction, urn: str) -> None:
    """Puts what somebody says beside a post; said again for the same request, it takes the older's place."""
    columns = names("request_id mention_id words added_at added_by")
    row = (given.request_id, given.mention_id, given.words, given.added_at, given.added_by)
    put(con, "corrections", columns, [row], key=columns[:2], update=bulk.replace(columns[2:]))
    codes = (Code.MENTION.of(given.mention_id),)
    append(con, [AuditEntry(given.added_at, given.added_by, "post_corrected", given.request_id, urn, codes)])


def corrections(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[Correction]]:
    """What stands beside each of these posts, oldest first."""
    sql = """SELECT request_id, mention_id, words, epoch_us(added_at), added_by FROM corrections
        WHERE mention_id = ANY($ids) ORDER BY added_at, request_id"""
    rows = read_rows(con, sql, ids=mention_ids)
    found: dict[str, list[Correction]] = {}
    for request_id, mention_id, words, added, by in rows:
        found.setdefault(mention_id, []).append(Correction(request_id, mention_id, words, at(added), by))
    return found


def _row(one: PrivacyRequest) -> bulk.Row:
    times = (one.received_at, one.recorded_at, one.recorded_by, one.due_at, one.acknowledged_at)
    return (
        *(one.id, one.urn, one.kind.value, one.reference, one.reason, *times, one.extended_at),
        *(one.answered_at, one.answered_by, one.ending.value if one.ending else None, one.answer),
    )


def _request(row: Sequence[Any]) -> PrivacyRequest:
    request_id, urn, kind, reference, reason, received, recorded, by, due, told, longer, *answered = row
    answered_us, answered_by, ending, answer = answered
    return PrivacyRequest(
        *(request_id, urn, RequestKind(kind), reference, reason, at(received), at(recorded), by),
        *(moment(due), moment(told), moment(longer), moment(answered_us), answered_by),
        *(RequestEnding(ending) if ending else None, answer),
    )
