"""Requests of people about their own data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from data.audit.codes import Code
from data.keeping.requests import PrivacyRequest, RequestEnding, RequestKind
from data.store.engine import bulk
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.bulk import at, moment, names, put

_COLUMNS = names(
    "id urn kind reference reason received_at recorded_at recorded_by due_at acknowledged_at extended_at "
    "answered_at answered_by ending answer"
)
_TIMES = frozenset(name for name in _COLUMNS if name.endswith("_at"))
_SELECTED = ", ".join(f"epoch_us({name})" if name in _TIMES else name for name in _COLUMNS)
_FIRST_LETTER = "P"


def record(con: duckdb.DuckDBPyConnection, given: PrivacyRequest) -> PrivacyRequest:
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


def change(con: duckdb.DuckDBPyConnection, changed: PrivacyRequest, entry: AuditEntry) -> None:
    """Keeps what became of a request, with its entry in the audit."""
    put(con, "privacy_requests", _COLUMNS, [_row(changed)], key=("id",), update=bulk.replace(_COLUMNS[1:]))
    append(con, [entry])


def request(con: duckdb.DuckDBPyConnection, request_id: str) -> PrivacyRequest | None:
    """The request of that number."""
    rows = con.execute(
        f"SELECT {_SELECTED} FROM privacy_requests WHERE id = $id", {"id": request_id}
    ).fetchall()
    return _request(rows[0]) if rows else None


def requests(con: duckdb.DuckDBPyConnection, urns: Sequence[str]) -> tuple[PrivacyRequest, ...]:
    """Those of these schools: what is due first, then what is answered, the newest first."""
    rows = con.execute(
        f"""SELECT {_SELECTED} FROM privacy_requests WHERE urn = ANY($urns)
        ORDER BY answered_at IS NOT NULL, due_at NULLS LAST, answered_at DESC, id""",
        {"urns": list(urns)},
    ).fetchall()
    return tuple(map(_request, rows))


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
