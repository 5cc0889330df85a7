"""The pack as one ZIP: the files, their hashes, the rows of the record, and how to check them.

The same facts give the same bytes: members in order, stored as they are, with one fixed time.
"""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import textwrap
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files

from alerts.pack.exhibits import file_name
from alerts.pack.facts import PackFacts
from alerts.pack.recipients import given, with_reasons
from data.cases import CaseStep
from data.evidence.file_faults import MANIFEST
from data.store.engine.audit_chain import Link, step_seal
from data.words.say import Words

_WIDTH = 100
_VERIFY = ("openssl", "ts", "-verify")
_STAMP, _QUERY, _CHAIN, _WACZ = "manifest.json.tsr", "manifest.json.tsq", "tsa-chain.pem", "capture.wacz"


def readme(facts: PackFacts, w: Words) -> str:
    """The text; each command is on a line of its own, indented by four spaces, to be typed in its folder."""
    parts = [
        w(
            "pack.readme.top", case=facts.file.case.id, school=facts.school.name, urn=facts.file.case.urn,
            recipient=w(facts.recipient.key(facts.school.nation)),
        ),
        w("pack.made_with", version=facts.version)
        if facts.withheld
        else w("pack.readme.made", utc=facts.utc(facts.made_at), version=facts.version),
        w("pack.readme.what_withheld" if facts.withheld else "pack.readme.what", pdf=f"{facts.name}.pdf"),
    ]  # fmt: skip
    if facts.withheld:
        parts += [w("pack.withheld"), w("pack.readme.withheld")]
    parts.append(w("pack.readme.shell"))
    text = [_wrapped(part) for part in parts]
    text.append(_section(w("pack.readme.all"), [shlex.join(("sha256sum", "-c", "--strict", "SHA256SUMS"))]))
    if not facts.withheld:
        text += _sections(facts, w)
    text.append(_wrapped(w("pack.readme.limits")))
    return "\n\n".join(text) + "\n"


def _sections(facts: PackFacts, w: Words) -> list[str]:
    stamps, archives = _stamps(facts), _with(facts, _WACZ)
    return [
        _section(w("pack.readme.stamps" if stamps else "pack.readme.no_stamps"), stamps),
        _section(
            w("pack.readme.archive" if archives else "pack.readme.no_archive"),
            [shlex.join(("wacz", "validate", "--file", f"{folder}/{_WACZ}")) for folder in archives],
        ),
        _section(w("pack.readme.rows"), [shlex.join(("python3", "verify.py"))]),
        _wrapped(w("pack.readme.format")),
    ]


def _stamps(facts: PackFacts) -> list[str]:
    """Both ways: against the manifest itself, and against the request that was sent.

    As of the stamp's own time, since certificates run out long before a matter is over.
    """
    found = []
    for exhibit in facts.exhibits:
        if (stamp := facts.stamps.get(exhibit.capture_id or "")) is None:
            continue
        folder, at = f"exhibits/{exhibit.folder}", str(int(stamp.at.timestamp()))
        ends = ("-in", f"{folder}/{_STAMP}", "-CAfile", f"{folder}/{_CHAIN}", "-attime", at)
        found.append(shlex.join((*_VERIFY, "-data", f"{folder}/{MANIFEST}", *ends)))
        found.append(shlex.join((*_VERIFY, "-queryfile", f"{folder}/{_QUERY}", *ends)))
    return found


def _with(facts: PackFacts, name: str) -> list[str]:
    """The folders of the exhibits that have a file of that name."""
    return [f"exhibits/{e.folder}" for e in facts.exhibits if e.file(name) is not None]


def _section(said: str, commands: Sequence[str]) -> str:
    return "\n".join([_wrapped(said), *(["", *(f"    {c}" for c in commands)] if commands else [])])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


_FIXED = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can hold: the record says when a file was captured."""
SUMS = "SHA256SUMS"


def bundle(facts: PackFacts, pdf: bytes, w: Words) -> bytes:
    """The ZIP, all within one folder named as the pack."""
    held = {f"{facts.name}.pdf": pdf, "README.txt": readme(facts, w).encode()}
    if not facts.withheld:
        held |= {
            f"exhibits/{exhibit.folder}/{file_name(file)}": facts.contents[file.sha256]
            for exhibit in facts.exhibits
            for file in exhibit.files
        } | _record(facts)
    held[SUMS] = "".join(f"{_sha256(held[name])}  {name}\n" for name in sorted(held)).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(held):
            member = zipfile.ZipInfo(f"{facts.name}/{name}", _FIXED)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, held[name])
    return out.getvalue()


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
