"""What the audit chain holds for a case's step and for a file of evidence: one hash over all of it.

The chain cannot be changed unnoticed, so neither can anything its entries seal. A person's words are in the
chain by a hash of their own (`data.store.engine.audit_chain.note`).
"""

from __future__ import annotations

import json
from datetime import datetime

from data.audit.codes import Code
from data.cases import CaseStep, EvidenceFile
from data.ids import digest


def step_seal(step: CaseStep) -> str:
    """The code that represents a step in its audit entry: all of it except the words of `why`."""
    said: list[object] = [step.case_id, step.n, step.urn, step.kind.value, step.actor, _us(step.done_at)]
    said += [_us(step.recorded_at), sorted(step.facts.items()), _us(step.due_at), step.clock]
    return Code.STEP.of(digest(json.dumps(said)))


def file_seal(file: EvidenceFile) -> str:
    """The code that represents a row of `evidence` in its audit entry: every column of it."""
    said: list[object] = [file.id, file.urn, file.mention_id, file.case_id, file.capture_id, file.name]
    said += [file.sha256, file.media_type, file.size_bytes, _us(file.captured_at), file.captured_by, file.how]
    return Code.FILE.of(digest(json.dumps(said)))


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)
