"""The pack as one ZIP: the files, their hashes, the rows of the record, and how to check them.

The same facts give the same bytes: members in order, stored as they are, with one fixed time.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from importlib.resources import files

from alerts.pack.exhibits import file_name
from alerts.pack.facts import PackFacts
from alerts.pack.readme import readme
from alerts.pack.recipients import given, with_reasons
from data.audit.seals import step_seal
from data.cases import CaseStep
from data.store.engine.audit_chain import Link
from data.words.say import Words

_FIXED = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can hold: the record says when a file was captured."""
SUMS = "SHA256SUMS"


def bundle(facts: PackFacts, pdf: bytes, w: Words) -> bytes:
    """The ZIP, all within one folder named as the pack."""
    held = {f"{facts.name}.pdf": pdf, "README.txt": readme(facts, w).encode()}
    if not facts.withheld:
        held |= _evidence(facts) | _record(facts)
    held[SUMS] = "".join(f"{_sha256(held[name])}  {name}\n" for name in sorted(held)).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(held):
            member = zipfile.ZipInfo(f"{facts.name}/{name}", _FIXED)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, held[name])
    return out.getvalue()


def _evidence(facts: PackFacts) -> dict[str, bytes]:
    return {
        f"exhibits/{exhibit.folder}/{file_name(file)}": facts.contents[file.sha256]
        for exhibit in facts.exhibits
        for file in exhibit.files
    }


def _record(facts: PackFacts) -> dict[str, bytes]:
    """The chain's rows for the case and its files, the steps they seal, and the script that recomputes
    both.
    """
    steps = [s for s in facts.file.steps if given(s, facts.recipient)]
    if not with_reasons(facts.recipient):
        steps = []
    wanted = {step_seal(s) for s in steps} | {f.sha256 for e in facts.exhibits for f in e.files}
    rows = [link for link in facts.links if wanted & set(link.entry.codes)]
    held = {
        "audit-rows.jsonl": _jsonl([_row(link) for link in rows]),
        "verify.py": files("alerts.pack").joinpath("templates/verify.python").read_bytes(),
    }
    return held | ({"case-steps.jsonl": _jsonl([_step(s) for s in steps])} if steps else {})


def _row(link: Link) -> dict[str, object]:
    entry = link.entry
    return {
        "n": link.n, "at_us": _us(entry.done_at), "actor": entry.actor, "action": entry.action,
        "subject": entry.subject, "urn": entry.urn, "codes": list(entry.codes), "previous": link.previous,
        "hash": link.hash,
    }  # fmt: skip


def _step(step: CaseStep) -> dict[str, object]:
    return {
        "case": step.case_id, "n": step.n, "urn": step.urn, "kind": step.kind.value, "actor": step.actor,
        "at_us": _us(step.done_at), "recorded_us": _us(step.recorded_at), "facts": dict(step.written),
        "due_us": None if step.due_at is None else _us(step.due_at), "clock": step.clock, "why": step.why,
    }  # fmt: skip


def _jsonl(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _us(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1_000_000)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
