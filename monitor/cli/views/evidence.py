"""What `evidence verify` and `evidence pack` print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.pack.facts import PackFacts
from alerts.pack.recipients import Recipient
from alerts.wording.cases import kept_words
from data.evidence.file_faults import Wrong
from data.words.say import words
from monitor.act.casework.evidence.packing import Packed
from monitor.act.casework.evidence.proving import Proof
from monitor.cli.views.layout import local, picked, utc


def proved_lines(proved: Proof, zone: ZoneInfo) -> Iterator[str]:
    """Every fault, else that all holds; then the time stamps, and the chain's end to be kept elsewhere."""
    for fault in proved.faults:
        yield f"{fault.wrong.value.upper()}: {fault.where}. {fault.said}"
    looked = (
        f"{_count(proved.files, 'file')} of {_count(proved.captures, 'capture')}, "
        f"{_count(proved.steps, 'step')} of cases, "
        f"{_count(proved.sealed, 'sealed row')} of posts and alerts, "
        f"{_count(proved.rows, 'row')} of the audit chain"
    )
    faults = len(proved.faults)
    yield f"{_count(faults, 'fault')} in {looked}." if faults else f"All holds: {looked}."
    if any(fault.wrong is not Wrong.LOCKED for fault in proved.faults):
        yield "Change nothing, copy the home folder as it is, and tell your data-protection officer."
    if proved.not_sealed:
        yield (
            f"Never sealed, so not compared: {_count(proved.not_sealed, 'post')} of cases that an older "
            "version opened."
        )
    for request, n in proved.erased.items():
        yield f"Erased for request {request}: {_count(n, 'post')}."
    for stamp in proved.stamps:
        yield f"Time stamp of capture {stamp.capture_id}: {local(stamp.at, zone)}, by {stamp.authority}."
    unstamped = proved.captures - len(proved.stamps)
    if unstamped:
        yield f"Without a time stamp that holds: {_count(unstamped, 'capture')}."
    if proved.last:
        yield f"The chain ends with {proved.last}"
        yield "Keep that line elsewhere. Later, --last says whether the chain still has it."


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def proved_json(proved: Proof) -> dict[str, object]:
    return {
        "holds": not proved.faults,
        "faults": [picked(fault, "wrong where said") for fault in proved.faults],
        **picked(proved, "files captures steps"),
        "audit_rows": proved.rows,
        "sealed_rows": proved.sealed,
        "posts_not_sealed": proved.not_sealed,
        "stamps": [
            {"capture": s.capture_id, "at": utc(s.at), "authority": s.authority} for s in proved.stamps
        ],
        "erased": dict(proved.erased),
        "last": proved.last,
    }


def packed_lines(facts: PackFacts, written: Sequence[Path], packed: Packed) -> Iterator[str]:
    """Where the pack is, and what its maker must know before handing it over."""
    yield from map(str, written)
    yield f"SHA-256 of the ZIP: {packed.sha256}"
    if not facts.exhibits and facts.file.case.lane is not None:
        kept = kept_words(facts.file, words("en"))
        yield " ".join(filter(None, ("There is no evidence in it: the case is off the ladder.", kept)))
    elif not facts.exhibits:
        yield "There is no evidence in it: schoolgate case capture keeps some."
    elif not facts.stamps:
        yield "No time stamp is in it: the times rest on this computer’s clock and the record."
    if facts.withheld:
        yield (
            "The case is locked (Education Act 2002, section 141F): names, dates, words, files are left out."
        )
    elif facts.recipient is not Recipient.FILE:
        yield "It holds personal data: hand it over in person, or by a way that is encrypted."


def packed_json(facts: PackFacts, written: Sequence[Path], packed: Packed) -> dict[str, object]:
    return {
        "case": facts.file.case.id,
        "to": facts.recipient.value,
        "exhibits": len(facts.exhibits),
        "files": [str(path) for path in written],
        "sha256": packed.sha256,
        "withheld": facts.withheld,
    }
