"""What the vault holds, for what, and who put it there. The bytes themselves stand in the vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from data.ids import digest
from data.store.audit import Entry, append


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file: `sha256` its name in the vault, `captured_by` a person's or the program's id."""

    urn: str
    mention_id: str
    sha256: str
    media_type: str
    size_bytes: int
    captured_at: datetime
    captured_by: str
    how: str

    @property
    def id(self) -> str:
        """16 hex digits over what it is for and what it is."""
        return digest("evidence", self.urn, self.mention_id, self.sha256)[:16]


def put_evidence(con: duckdb.DuckDBPyConnection, found: Evidence) -> None:
    """Records a file of the vault, with a row in the audit; the same one again changes nothing."""
    new = con.execute(
        "INSERT INTO evidence (id, urn, mention_id, sha256, media_type, size_bytes, captured_at, "
        "captured_by, how) "
        "VALUES ($id, $urn, $mention, $sha, $type, $size, $at, $by, $how) "
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        {
            "id": found.id, "urn": found.urn, "mention": found.mention_id, "sha": found.sha256,
            "type": found.media_type, "size": found.size_bytes, "at": found.captured_at,
            "by": found.captured_by, "how": found.how,
        },
    ).fetchall()  # fmt: skip
    if new:
        append(
            con,
            [
                Entry(
                    found.captured_at,
                    found.captured_by,
                    "evidence_kept",
                    found.mention_id,
                    found.urn,
                    (found.sha256,),
                )
            ],
        )
