"""What the audit chain holds for a case's step and for a file of evidence: one hash over all of it.

The chain cannot be changed unnoticed, so neither can anything its entries seal. A person's words are in the
chain by a hash of their own (`data.store.engine.audit_chain.note`). A post, what the program made of it and
its alert are sealed column by column, each with a random salt, so that part of a row may go without the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from data.cases import CaseStep, EvidenceFile
from data.frozen import dataclass
from data.ids import digest
from data.store.engine.audit_chain import Code


class _Row(Protocol):
    """What a step and its row have in common."""

    @property
    def case_id(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def urn(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def done_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def clock(self) -> str: ...


def step_seal(step: CaseStep) -> str:
    """The code that represents a step in its audit entry: all of it except the words of `why`."""
    return row_seal(step, step.kind.value, step.written)


def row_seal(row: _Row, kind: str, facts: Mapping[str, str]) -> str:
    """The same of a row of that kind with those facts, whether or not this program can read them."""
    said: list[object] = [row.case_id, row.n, row.urn, kind, row.actor, _us(row.done_at)]
    said += [_us(row.recorded_at), sorted(facts.items()), _us(row.due_at), row.clock]
    return Code.STEP.of(digest(json.dumps(said)))


def file_seal(file: EvidenceFile) -> str:
    """The code that represents a row of `evidence` in its audit entry: every column of it."""
    said: list[object] = [file.id, file.urn, file.mention_id, file.case_id, file.capture_id, file.name]
    said += [file.sha256, file.media_type, file.size_bytes, _us(file.captured_at), file.captured_by, file.how]
    return Code.FILE.of(digest(json.dumps(said)))


class SealedKind(StrEnum):
    """What is sealed by its columns. The values are stored."""

    POST = "post"
    VERDICT = "verdict"
    MATCH = "match"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class RowKey:
    """One sealed row: of a mention (`subject` its id) in one version, or of an alert, whose version is 0.

    `urn` is empty for a post, which is no school's own.
    """

    kind: SealedKind
    subject: str
    version: int = 0
    urn: str = ""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """What the store holds of it: each column as JSON can write it, times as microseconds."""

    key: RowKey
    columns: Mapping[str, object]


def column_seal(name: str, salt: str, value: object) -> str:
    """The code that represents one column of a row. Without the salt nobody can try what it may have been."""
    return Code.COLUMN.of(f"{name}={digest(salt, name, json.dumps(value, sort_keys=True))}")


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)
