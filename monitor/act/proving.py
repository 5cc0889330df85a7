"""Proving that what is kept was not changed: files, rows, the end of the chain."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from alerts.ladder.replay import replay
from data.cases import CaseStep, EvidenceFile, StoredStep
from data.effects import Fetch
from data.evidence import faults as fault_rules
from data.evidence.faults import (
    CASE_DELETED,
    END_FORMAT,
    MANIFEST,
    EvidenceFault,
    SealedRows,
    Wrong,
    deletion_faults,
    owner_faults,
)
from data.evidence.vault import Vault
from data.frozen import freeze
from data.store import evidence as evidence_store
from data.store import owners as owner_store
from data.store.cases import CASE, case_row
from data.store.engine import audit_chain
from data.store.engine.audit_chain import Link
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.evidence import END
from data.store.owners import OwnerRow
from data.store.sealing import kept_salts, sealed_rows
from monitor.config.load import Config
from monitor.pipeline.supplied import CaptureFile, keep_files
from sources.timestamps import NoStamp, TimeStamp, stamp, with_sorted_certificates

# The end of the audit chain, stamped by an authority outside, and kept with the evidence.


def authorities_file(config: Config) -> bytes | None:
    """The PEM file, None where none is named or it cannot be read."""
    name = config.evidence.timestamp_ca
    try:
        return config.near(name).read_bytes() if name else None
    except OSError:
        return None


def stamp_files(stamped: TimeStamp | NoStamp) -> tuple[CaptureFile, ...]:
    """The files of a time stamp, which stand beside the manifest that it is of."""
    if isinstance(stamped, NoStamp):
        return ()
    return (
        CaptureFile(f"{MANIFEST}.tsq", stamped.query, "application/timestamp-query"),
        CaptureFile(f"{MANIFEST}.tsr", stamped.reply, "application/timestamp-reply"),
        CaptureFile("tsa-chain.pem", stamped.chain, "application/x-pem-file"),
    )


_BY = "schoolgate"


def end_of(chain: Sequence[audit_chain.Link]) -> str | None:
    """`HASH@ROW`, None where nothing was ever done."""
    return f"{chain[-1].hash}@{chain[-1].n}" if chain else None


def stamp_end(store: Store, config: Config, fetch: Fetch, now: datetime) -> TimeStamp | NoStamp:
    """Has the end stamped and keeps file and stamp; where there is no stamp, nothing is kept."""
    with store.open_reader() as con:
        last = audit_chain.links(con)[-1]
    told = {"format": END_FORMAT, "row": last.n, "hash": last.hash, "files": []}
    content = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    url, ca_pem = config.evidence.timestamp_url, authorities_file(config)
    found = stamp(content, url=url, ca_pem=ca_pem, fetch=fetch)
    if isinstance(found, NoStamp):
        return found
    files = [CaptureFile(MANIFEST, content, "application/json"), *stamp_files(found)]
    about = (config.schools[0].urn, None, None)
    with store.write("the chain's end") as con:
        keep_files(con, Vault(store.evidence), files, about, f"end-{last.n}", at=now, by=_BY, how=END)
    return found


# Proving what is kept: the vault, the rows, the manifests, the audit chain and the time stamps.


class StampFault(Exception):
    """The time stamp does not hold; the text is a sentence."""


@freeze
class Stamp:
    """When (UTC) an authority saw a capture's manifest, by the certificates kept with it. Whether these are
    its own is not shown: compare the last with the one it publishes."""

    capture_id: str
    at: datetime
    authority: str


@freeze
class StoredEvidence:
    """The evidence that was read of the store in one reading, so that all of it is of one moment."""

    files: Sequence[EvidenceFile]
    steps: Sequence[StoredStep]
    chain: Sequence[Link]
    changed_notes: Sequence[str]
    cases: Mapping[str, Mapping[str, Any]]
    sealed: SealedRows
    posts: Collection[str]
    owners: Mapping[tuple[str, str], OwnerRow]

    def knows(self, case_id: str) -> bool:
        """Is there anything of that case, be it only in the chain? Of an alert or a post there is no case."""
        found = (link.entry for link in self.chain if link.entry.subject == case_id)
        return bool(self.files or self.steps) or any(e.action.startswith("case_") for e in found)


@freeze
class Proof:
    """The result of a proof: what was looked at, what does not hold, the chain's end (`HASH@N`); `noted`: the
    chain is sound up to the end that was asked about; `erased` are posts gone on request, by its number."""

    faults: tuple[EvidenceFault, ...]
    files: int
    captures: int
    steps: int
    rows: int
    sealed: int
    not_sealed: int
    stamps: tuple[Stamp, ...]
    last: str | None
    erased: Mapping[str, int] = field(default_factory=dict)
    noted: bool | None = None


def read_evidence(con: Connection, case_id: str | None = None) -> StoredEvidence:
    """Reads what is to be proved, of one case or all; the chain whole."""
    steps, chain = evidence_store.stored_steps(con, case_id), audit_chain.links(con)
    taken = fault_rules.taken_into_cases(steps)
    about = fault_rules.subjects(chain, case_id, taken)
    return StoredEvidence(
        evidence_store.files(con, case_id),
        steps,
        chain,
        evidence_store.changed_notes(con),
        evidence_store.cases(con, case_id),
        SealedRows(about, sealed_rows(con, about), kept_salts(con, about)),
        evidence_store.posts_held(con, taken),
        owner_store.rows(con),
    )


def prove(
    held: StoredEvidence,
    vault: Vault,
    *,
    case_id: str | None = None,
    last: tuple[int, str] | None = None,
    present: Sequence[str] = (),
) -> Proof:
    """Look at all of it. `present` are names in the vault, listed before `held` was read: files come before
    their rows. Of files whose key is missing only that is said."""
    stamps: list[Stamp] = []
    locked = {f.sha256: why for f in held.files if (why := vault.why_locked(f.sha256))}
    shut = {f.capture_id for f in held.files if f.sha256 in locked}
    legible = [f for f in held.files if f.sha256 not in locked]
    whole = [f for f in legible if f.capture_id not in shut]
    until = [link for link in held.chain if last and link.n <= last[0]]
    faults = [
        *(
            EvidenceFault(Wrong.LOCKED, f"evidence, files: {n:,}", w)
            for w, n in Counter(locked.values()).items()
        ),
        *fault_rules.vault_faults(legible, vault.content),
        *fault_rules.manifest_faults(whole, vault.content),
        *fault_rules.chain_faults(held.chain, last),
        *deletion_faults(held.chain),
        *fault_rules.end_faults(whole, vault.content, held.chain),
        *(EvidenceFault(Wrong.CHANGED, f"audit note {n[:12]}", _NOTE_CHANGED) for n in held.changed_notes),
        *fault_rules.recorded_faults(held.files, held.chain, whole=case_id is None),
        *(steps := list(fault_rules.step_faults(held.steps, held.chain, case_id=case_id))),
        *([] if steps else _row_faults(held)),
        *fault_rules.capture_faults(held.steps, held.files),
        *fault_rules.sealed_faults(held.sealed, held.chain),
        *owner_faults(
            held.owners,
            held.chain,
            None if case_id is None else frozenset(row["story_id"] for row in held.cases.values()),
        ),
        *_stamp_faults(whole, vault, stamps),
    ]
    faults += fault_rules.strays(held.files, present)
    return Proof(
        faults=tuple(faults),
        files=len(held.files),
        captures=len(fault_rules.captures(held.files)),
        steps=len(held.steps),
        rows=len(held.chain),
        sealed=len(held.sealed.rows),
        not_sealed=fault_rules.count_unsealed(held.posts, held.chain),
        stamps=tuple(stamps),
        last=end_of(held.chain),
        erased=fault_rules.count_erased(held.chain),
        noted=None if last is None else not any(fault_rules.chain_faults(until, last)),
    )


def _row_faults(held: StoredEvidence) -> Iterator[EvidenceFault]:
    """Rows of `cases` that differ from what the steps add up to. A case that left a stub has no steps."""
    made: dict[str, list[CaseStep]] = defaultdict(list)
    for row in held.steps:
        if (step := fault_rules.row_to_step(row)) is not None:
            made[row.case_id].append(step)
    for case_id, steps in made.items():
        stored = held.cases.get(case_id)
        if stored is None:
            yield EvidenceFault(
                Wrong.MISSING, f"case {case_id}", "It has steps, but is not in the list of cases."
            )
            continue
        made_of = (
            round(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value
            for value in case_row(replay(steps))
        )
        must = dict(zip(CASE, made_of, strict=True))
        wrong = [name for name in CASE if stored[name] != must[name]]
        if wrong:
            said = f"Its row differs from its steps: {', '.join(wrong)}."
            yield EvidenceFault(Wrong.CHANGED, f"case {case_id}", said)
    left = {link.entry.subject for link in held.chain if link.entry.action == CASE_DELETED}
    for case_id in sorted(held.cases.keys() - made.keys() - left):
        yield EvidenceFault(
            Wrong.UNRECORDED, f"case {case_id}", "It is in the list of cases, but has no steps."
        )


_NOTE_CHANGED = "The words kept under that hash are others."
_RESPONSE, _CHAIN = "manifest.json.tsr", "tsa-chain.pem"


def _stamp_faults(kept: Sequence[EvidenceFile], vault: Vault, stamps: list[Stamp]) -> Iterator[EvidenceFault]:
    """Time stamps that do not hold; those that do are added to `stamps`."""
    for capture_id, held in fault_rules.captures(kept).items():
        if _RESPONSE not in held:
            continue
        parts = (_RESPONSE, _CHAIN, fault_rules.MANIFEST)
        read = [vault.content(held[name].sha256) or b"" if name in held else b"" for name in parts]
        try:
            stamps.append(read_stamp(capture_id, *read))
        except StampFault as fault:
            yield EvidenceFault(Wrong.STAMP, f"capture {capture_id}, {_RESPONSE}", str(fault))


def read_stamp(capture_id: str, response: bytes, chain: bytes, manifest: bytes) -> Stamp:
    """The checked time stamp over the manifest's bytes. Raises StampFault."""
    # late: 30 ms and 16 MB of a start, for stamps alone
    from cryptography.x509 import InvalidVersion, load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        answer = decode_timestamp_response(with_sorted_certificates(response))
        certificates = load_pem_x509_certificates(chain)
        roots = [c for c in certificates if c.issuer == c.subject] or certificates[:1]
        between = [c for c in certificates if c not in roots]
        VerifierBuilder(roots=roots, intermediates=between).build().verify_message(answer, manifest)
        from cryptography.x509 import NameOID

        issuers = {c.issuer for c in certificates if c.issuer != c.subject}
        signing = next((c for c in certificates if c.subject not in issuers), certificates[0])
        names = signing.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return Stamp(
            capture_id,
            answer.tst_info.gen_time.astimezone(UTC),
            str(names[0].value) if names else signing.subject.rfc4514_string(),
        )
    except VerificationError:
        raise StampFault("The time stamp does not hold for its manifest and the certificates kept.") from None
    except (ValueError, InvalidVersion):  # a certificate is read when it is asked, not when it is loaded
        raise StampFault("The time stamp or its certificates cannot be read.") from None
