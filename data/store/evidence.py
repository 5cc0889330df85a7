"""Rows of evidence and of proof."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from data.cases import EvidenceFile, StoredStep
from data.ids import digest
from data.store.engine.audit_chain import AuditEntry, Code, append, file_seal
from data.store.engine.rows import Connection, ValueTable, at_or_none, read_column, read_rows, read_value
from data.types import LISTED

# What the vault holds, what it belongs to, and who put it there. The bytes themselves are in the vault.

FILES = ValueTable("evidence", EvidenceFile)


def evidence_file(
    urn: str,
    mention_id: str | None,
    sha256: str,
    media_type: str,
    size_bytes: int,
    captured_at: datetime,
    captured_by: str,
    how: str,
    case_id: str | None = None,
    capture_id: str | None = None,
    name: str = "",
) -> EvidenceFile:
    """Make the row of a file: `sha256` is its name in the vault, `captured_by` a person's id or “schoolgate”.
    `capture_id` and `name` are empty for a single file that came with a person's report. Its id is 16 hex
    digits over what it belongs to and its content."""
    within = (capture_id, name) if capture_id else ()
    of = digest("evidence", urn, mention_id or "", sha256, *within)[:16]
    what = (sha256, media_type, size_bytes, captured_at, captured_by, how)
    return EvidenceFile(of, urn, mention_id, case_id, capture_id, name, *what)


def put_files(con: Connection, files: Sequence[EvidenceFile]) -> None:
    """Records files of the vault, each new one with an audit entry that holds its hash."""
    known = read_column(con, "SELECT id FROM evidence WHERE id = ANY($ids)", ids=[f.id for f in files])
    new = list({f.id: f for f in files if f.id not in known}.values())
    FILES.insert(con, new)
    entries = []
    for f in new:
        codes = (f.sha256, *([Code.CAPTURE.of(f.capture_id)] if f.capture_id else []), file_seal(f))
        of = f.case_id or f.mention_id or f.id
        entries.append(AuditEntry(f.captured_at, f.captured_by, "evidence_kept", of, f.urn, codes))
    append(con, entries)


def files_of(con: Connection, case_id: str) -> tuple[EvidenceFile, ...]:
    """The files held for a case, in the order of capture; those of one capture by name. Also those handed in
    with a post of it before it was a case's, at its school, and of cases in it."""
    wanted = f"""WHERE case_id = $case OR case_id IN ({_PART_OF_IT}) OR (case_id IS NULL AND {_OF_ITS_POSTS})
        ORDER BY captured_at, capture_id, name, id"""
    return tuple(FILES.select(con, wanted, case=case_id))


_PART_OF_IT = """SELECT c.id FROM cases c JOIN case_steps j ON j.case_id = c.id AND j.step = 'joined'
    WHERE c.ending = 'joined' AND json_extract_string(j.detail, '$.case') = $case"""
_OF_ITS_POSTS = "(mention_id, urn) IN (SELECT mention_id, urn FROM case_places WHERE case_id = $case)"


def listed_with(con: Connection, story_id: str, mention_id: str | None) -> list[str]:
    """The other posts (ids) of this story that were handed in as lines of a list, where this one was."""
    sql = "SELECT DISTINCT mention_id FROM matches WHERE story_id = $id AND how = $how ORDER BY mention_id"
    found = read_column(con, sql, id=story_id, how=LISTED)
    return [other for other in found if other != mention_id] if mention_id in found else []


def handed_in_untold(con: Connection, case_id: str) -> tuple[EvidenceFile, ...]:
    """The files of captures of a case's posts, made before they had a case, that no step of it names."""
    wanted = f"""WHERE case_id IS NULL AND capture_id IS NOT NULL AND {_OF_ITS_POSTS}
            AND capture_id NOT IN (SELECT coalesce(json_extract_string(detail, '$.capture'), '')
                FROM case_steps WHERE case_id = $case AND step = 'evidence')
        ORDER BY captured_at, capture_id, name, id"""
    return tuple(FILES.select(con, wanted, case=case_id))


def is_kept(con: Connection, capture_id: str) -> bool:
    return bool(read_rows(con, "SELECT 1 FROM evidence WHERE capture_id = $id LIMIT 1", id=capture_id))


def more_than(con: Connection, how: str, mention_ids: Sequence[str]) -> bool:
    """Is anything kept of these posts, or in cases about them, that did not come to be kept like this?"""
    sql = """SELECT 1 FROM evidence WHERE how <> $how AND (mention_id = ANY($ids)
            OR case_id IN (SELECT id FROM cases WHERE mention_id = ANY($ids))) LIMIT 1"""
    return bool(read_rows(con, sql, how=how, ids=mention_ids))


def all_named(con: Connection) -> frozenset[str]:
    """The SHA-256 of every file that a row names."""
    return frozenset(read_column(con, "SELECT DISTINCT sha256 FROM evidence"))


# Raw rows, read to prove that evidence and cases are as they were recorded.


_STEPS = ValueTable("case_steps", StoredStep)


def files(con: Connection, case_id: str | None = None) -> tuple[EvidenceFile, ...]:
    """The rows of `evidence`, of one case or all, in order of capture. For a case this includes files handed
    in with its posts before they had it."""
    columns = FILES.selected.replace(" name,", " coalesce(name, ''),")
    sql = f"""SELECT {columns} FROM evidence
        WHERE $case::VARCHAR IS NULL OR case_id = $case::VARCHAR OR case_id IS NULL
            AND mention_id IN (SELECT mention_id FROM case_places WHERE case_id = $case::VARCHAR)
        ORDER BY captured_at, capture_id, name, id"""
    return tuple(FILES.values(read_rows(con, sql, case=case_id)))


def stored_steps(con: Connection, case_id: str | None = None) -> tuple[StoredStep, ...]:
    """Return the rows of `case_steps`, of one case or all, in order."""
    sql = """SELECT case_id, n, urn, step, actor, epoch_us(done_at), epoch_us(recorded_at),
            coalesce(why, ''), detail, epoch_us(due_at), coalesce(clock, '') FROM case_steps
        WHERE $case::VARCHAR IS NULL OR case_id = $case::VARCHAR ORDER BY case_id, n"""
    return tuple(_STEPS.values(read_rows(con, sql, case=case_id)))


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
    return at_or_none(read_value(con, sql, how=END))


def has_begun(con: Connection) -> bool:
    """Was anything ever recorded?"""
    return con.execute("SELECT 1 FROM audit LIMIT 1").fetchone() is not None
