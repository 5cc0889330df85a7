"""Is the evidence unchanged? Pure.

Four things are compared: the bytes in the vault, the rows of `evidence`, the steps of the cases, and the
audit chain, which seals each row and step (`chain_faults`). A capture's manifest lists its other files.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from data.cases import EvidenceFile

MANIFEST = "manifest.json"
ABOUT_THE_MANIFEST = frozenset((MANIFEST, "manifest.json.tsq", "manifest.json.tsr", "tsa-chain.pem"))
"""Files that the manifest cannot list: itself, and its time stamp."""
END_FORMAT = "schoolgate-chain-end/1"
"""The format of a manifest that names the end of the chain: `row` and its `hash`."""
KEPT, DELETED = "evidence_kept", "evidence_deleted"
"""Audit actions; the hash is among their codes."""


class Wrong(StrEnum):
    """The kind of what is wrong."""

    MISSING = "missing"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    UNRECORDED = "unrecorded"
    CHAIN = "chain"
    STAMP = "stamp"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class EvidenceFault:
    """One thing that is wrong: where (a file, a row), and a sentence about it."""

    wrong: Wrong
    where: str
    said: str


Read = Callable[[str], bytes | None]
"""The bytes in the vault under a SHA-256, whatever they are now; None where there are none."""


def name_of(file: EvidenceFile) -> str:
    """Return how people see a file of evidence named: case and capture, name, the start of its hash."""
    case = f"case {file.case_id}, " if file.case_id else ""
    capture = f"capture {file.capture_id}, " if file.capture_id else f"mention {file.mention_id}, "
    return f"{case}{capture}{file.name or 'file'} ({file.sha256[:12]})"


def vault_faults(files: Sequence[EvidenceFile], read: Read) -> Iterator[EvidenceFault]:
    """Files named by the rows that are missing or no longer the same."""
    for file in files:
        content = read(file.sha256)
        if content is None:
            yield EvidenceFault(Wrong.MISSING, name_of(file), "The file is no longer in the vault.")
        elif hashlib.sha256(content).hexdigest() != file.sha256:
            yield EvidenceFault(Wrong.CHANGED, name_of(file), "Its bytes are not those that were stored.")
        elif len(content) != file.size_bytes:
            said = f"Its row says {file.size_bytes} bytes, which is not its size."
            yield EvidenceFault(Wrong.CHANGED, name_of(file), said)


def strays(files: Sequence[EvidenceFile], held: Sequence[str]) -> Iterator[EvidenceFault]:
    """Files in the vault that no row names."""
    named = {file.sha256 for file in files}
    for name in held:
        if name not in named:
            yield EvidenceFault(Wrong.UNKNOWN, f"vault file {name}", "No row of the evidence names it.")


def captures(files: Sequence[EvidenceFile]) -> Mapping[str, Mapping[str, EvidenceFile]]:
    """The files of each capture, by its id and by file name."""
    found: dict[str, dict[str, EvidenceFile]] = defaultdict(dict)
    for file in files:
        if file.capture_id:
            found[file.capture_id][file.name] = file
    return found


def hashes_in_manifest(manifest: bytes) -> Mapping[str, str] | None:
    """Return the SHA-256 of each file by name, as a manifest lists them; None where it cannot be read."""
    try:
        given: Any = json.loads(manifest)["files"]
        if isinstance(given, list):
            given = {one["name"]: one for one in given}
        return {name: one if isinstance(one, str) else str(one["sha256"]) for name, one in given.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def manifest_faults(files: Sequence[EvidenceFile], read: Read) -> Iterator[EvidenceFault]:
    """Captures whose files are not the ones their manifest lists."""
    for capture_id, held in captures(files).items():
        where = f"capture {capture_id}"
        if MANIFEST not in held:
            yield EvidenceFault(Wrong.MISSING, where, "It has no manifest.")
            continue
        says = hashes_in_manifest(read(held[MANIFEST].sha256) or b"")
        if says is None:
            yield EvidenceFault(Wrong.CHANGED, name_of(held[MANIFEST]), "Its manifest cannot be read.")
            continue
        has = {name: file.sha256 for name, file in held.items() if name not in ABOUT_THE_MANIFEST}
        for name in sorted(says.keys() | has.keys()):
            if says.get(name) != has.get(name):
                yield EvidenceFault(*_differs(where, name, says.get(name), has.get(name)))


def _differs(where: str, name: str, says: str | None, has: str | None) -> tuple[Wrong, str, str]:
    if has is None:
        return Wrong.MISSING, f"{where}, {name}", "The manifest lists it, but the evidence has no row for it."
    if says is None:
        said = "The evidence has a row for it, but the manifest does not list it."
        return Wrong.UNKNOWN, f"{where}, {name}", said
    return Wrong.CHANGED, f"{where}, {name}", "Its row and the manifest give different hashes."
