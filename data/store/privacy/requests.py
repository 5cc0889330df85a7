"""Requests of people about their own data, and what they say of a post about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.privacy import PrivacyRequest, RequestEnding, RequestKind
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import Connection, ValueTable, at, group_pairs, read_rows, read_value

_REQUESTS = ValueTable(
    "privacy_requests",
    PrivacyRequest,
    "id urn kind reference reason received_at recorded_at recorded_by due_at acknowledged_at extended_at "
    "answered_at answered_by ending answer",
    kind=RequestKind,
    ending=RequestEnding,
)
_FIRST_LETTER = "P"


@dataclass(frozen=True, slots=True)
class Correction:
    """The words of somebody about a post about them: they stand beside the post, which stays as it was."""

    request_id: str
    mention_id: str
    words: str
    added_at: datetime
    added_by: str


_CORRECTIONS = ValueTable("corrections", Correction, "request_id mention_id words added_at added_by")


def record_request(con: Connection, given: PrivacyRequest) -> PrivacyRequest:
    """Keep a new request, under the next number; what the id of `given` is does not matter."""
    before = read_value(con, "SELECT count(*) FROM audit WHERE action = 'request_recorded'")
    kept = replace(given, id=f"{_FIRST_LETTER}{before + 1:04}")
    codes = (Code.KIND.of(kept.kind.value),)
    entry = AuditEntry(kept.recorded_at, kept.recorded_by, "request_recorded", kept.id, kept.urn, codes)
    _REQUESTS.insert(con, [kept], 1)
    append(con, [entry])
    return kept


def change(con: Connection, changed: PrivacyRequest, entry: AuditEntry) -> None:
    """Keeps what became of a request, with its entry in the audit."""
    _REQUESTS.insert(con, [changed], 1, anew=True)
    append(con, [entry])


def request(con: Connection, request_id: str) -> PrivacyRequest | None:
    """The request of that number."""
    return _REQUESTS.first(con, "WHERE id = $id", id=request_id)


def requests(con: Connection, urns: Sequence[str]) -> tuple[PrivacyRequest, ...]:
    """Those of these schools: what is due first, then what is answered, the newest first."""
    wanted = """WHERE urn = ANY($urns)
        ORDER BY answered_at IS NOT NULL, due_at NULLS LAST, answered_at DESC, id"""
    return tuple(_REQUESTS.select(con, wanted, urns=urns))


def overdue_requests(con: Connection, now: datetime) -> tuple[PrivacyRequest, ...]:
    """List those of all schools that should have been answered by now, or a complaint acknowledged."""
    return tuple(
        _REQUESTS.select(con, "WHERE answered_at IS NULL AND due_at <= $now ORDER BY due_at", now=now)
    )


def due_between(con: Connection, start: datetime, end: datetime) -> tuple[PrivacyRequest, ...]:
    """Those of all schools that are open and due after `start` and by `end`, the soonest first."""
    wanted = "WHERE answered_at IS NULL AND due_at > $start AND due_at <= $end ORDER BY due_at, id"
    return tuple(_REQUESTS.select(con, wanted, start=start, end=end))


def done_for(con: Connection, request_id: str) -> list[tuple[datetime, str, str, int]]:
    """List what was done for a request, the oldest first: when, by whom, what, and of how many posts."""
    sql = """SELECT epoch_us(done_at), actor,
            coalesce(nullif(regexp_extract(array_to_string(codes, ' '), $result, 1), ''), action),
            count(DISTINCT subject)
        FROM audit WHERE subject = $id OR list_contains(codes, $request) GROUP BY ALL ORDER BY min(n)"""
    codes = {"request": Code.REQUEST.of(request_id), "result": rf"\b{Code.RESULT.of('')}(\S+)"}
    return [(at(us), by, what, n) for us, by, what, n in read_rows(con, sql, id=request_id, **codes)]


def correct(con: Connection, given: Correction, urn: str) -> None:
    """Puts what somebody says beside a post; said again for the same request, it takes the older's place."""
    _CORRECTIONS.insert(con, [given], 2, anew=True)
    codes = (Code.MENTION.of(given.mention_id),)
    append(con, [AuditEntry(given.added_at, given.added_by, "post_corrected", given.request_id, urn, codes)])


def corrections_of_posts(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[Correction]]:
    """List what stands beside each of these posts, oldest first."""
    wanted = "WHERE mention_id = ANY($ids) ORDER BY added_at, request_id"
    found = _CORRECTIONS.select(con, wanted, ids=mention_ids)
    return group_pairs((one.mention_id, one) for one in found)
