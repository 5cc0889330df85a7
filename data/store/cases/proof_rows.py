"""Raw rows, read to prove that evidence and cases are as they were recorded.

Nothing is parsed here, since a changed byte might prevent that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.cases import EvidenceFile
from data.ids import digest
from data.store.cases.evidence_files import FILES
from data.store.engine.rows import Connection, at, moment, read_column, read_rows, read_value


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A row of `case_steps`, its kind and facts (JSON) unparsed."""

    case_id: str
    n: int
    urn: str
    kind: str
    actor: str
    done_at: datetime
    recorded_at: datetime | None
    why: str
    facts: str
    due_at: datetime | None
    clock: str


def files(con: Connection, case_id: str | None = None) -> tuple[EvidenceFile, ...]:
    """The rows of `evidence`, of one case or all, in order of capture.

    For a case this includes files handed in with its posts before they had it.
    """
    columns = FILES.selected.replace(" name,", " coalesce(name, ''),")
    sql = f"""SELECT {columns} FROM evidence
        WHERE $case::VARCHAR IS NULL OR case_id = $case::VARCHAR OR case_id IS NULL
            AND mention_id IN (SELECT mention_id FROM case_places WHERE case_id = $case::VARCHAR)
        ORDER BY captured_at, capture_id, name, id"""
    return tuple(FILES.values(read_rows(con, sql, case=case_id)))


def steps(con: Connection, case_id: str | None = None) -> tuple[StoredStep, ...]:
    """The rows of `case_steps`, of one case or all, in order."""
    sql = """SELECT case_id, n, urn, step, actor, epoch_us(done_at), epoch_us(recorded_at), why, detail,
            epoch_us(due_at), clock FROM case_steps
        WHERE $case::VARCHAR IS NULL OR case_id = $case::VARCHAR ORDER BY case_id, n"""
    rows = read_rows(con, sql, case=case_id)
    return tuple(
        StoredStep(
            *(case, n, urn, kind, actor, at(done_us), moment(recorded_us)),
            *(why or "", facts, moment(due_us), clock or ""),
        )
        for case, n, urn, kind, actor, done_us, recorded_us, why, facts, due_us, clock in rows
    )


def changed_notes(con: Connection) -> tuple[str, ...]:
    """The SHA-256 of audit notes whose words no longer match it."""
    rows = read_rows(con, "SELECT sha256, note FROM audit_notes ORDER BY sha256")
    return tuple(sha256 for sha256, words in rows if digest(words) != sha256)


def cases(con: Connection, case_id: str | None = None) -> dict[str, dict[str, Any]]:
    """The rows of `cases`, of one case or all, by id: columns by name, times as microseconds."""
    found = con.execute(
        """SELECT * REPLACE (epoch_us(opened_at) AS opened_at, epoch_us(closed_at) AS closed_at,
            epoch_us(due_at) AS due_at, epoch_us(recheck_at) AS recheck_at)
        FROM cases WHERE $case::VARCHAR IS NULL OR id = $case::VARCHAR ORDER BY id""",
        {"case": case_id},
    )
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["id"]: row for row in rows}


def posts_held(con: Connection, mention_ids: Collection[str]) -> frozenset[str]:
    """Those of these posts whose words are held."""
    sql = "SELECT id FROM mentions WHERE NOT stub AND id = ANY($ids)"
    return frozenset(read_column(con, sql, ids=mention_ids))


END = "end of the audit chain"
"""How a stamped end of the chain is marked in `evidence`."""


def end_stamped_at(con: Connection) -> datetime | None:
    """When the chain's end was last stamped; None if it never was."""
    sql = "SELECT epoch_us(max(captured_at)) FROM evidence WHERE how = $how AND case_id IS NULL"
    return moment(read_value(con, sql, how=END))


def begun(con: Connection) -> bool:
    """Was anything ever recorded?"""
    return con.execute("SELECT 1 FROM audit LIMIT 1").fetchone() is not None
