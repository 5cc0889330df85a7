"""Do the rows of evidence and cases agree with the audit chain that seals each of them? Pure."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from data.cases import CaseStep, EvidenceFile
from data.evidence.file_faults import (
    DELETED,
    END_FORMAT,
    KEPT,
    MANIFEST,
    EvidenceFault,
    Read,
    Wrong,
    captures,
    name_of,
)
from data.ids import digest
from data.steps.codes import StepKind
from data.steps.stored import read_stored
from data.store.cases.cases import action_of
from data.store.cases.evidence_rows import StoredStep
from data.store.engine import audit_chain
from data.store.engine.audit_chain import AuditEntry, Code, Link, SealedKind, file_seal, row_seal
from data.store.engine.rows import group_pairs

CASE_DELETED, RESTORED, TEXT_DELETED = "case_deleted", "restored", "text_deleted"
_TAKING = frozenset(action_of(kind) for kind in (StepKind.OPENED, StepKind.COPY_FOUND))
_CLOSED, _REOPENED = action_of(StepKind.CLOSED), action_of(StepKind.REOPENED)
_POST = Code.KIND.of(SealedKind.POST.value)


class _DeletionsRead:
    """The chain, read entry by entry. `keeping` are the cases that keep a post which was sealed for them, or
    their alert; `open` the cases that were not closed; `requests` those about somebody's data. A store that
    was restored may hold cases as open whose end is not in its chain."""

    def __init__(self) -> None:
        self.keeping: dict[str, set[str]] = defaultdict(set)
        self.sealed: set[str] = set()
        self.open: set[str] = set()
        self.requests: set[str] = set()
        self._takes: Mapping[str, Callable[[AuditEntry], str | None]] = {
            "sealed": self._note_sealed,
            _CLOSED: lambda entry: self.open.discard(entry.subject),
            _REOPENED: lambda entry: self.open.add(entry.subject),
            "request_recorded": lambda entry: self.requests.add(entry.subject),
            RESTORED: lambda entry: self.open.clear(),
            CASE_DELETED: self._case_deleted,
            TEXT_DELETED: self._check_deletion,
            "alert_deleted": self._check_deletion,
        } | dict.fromkeys(_TAKING, self._note_taken)

    def find_fault(self, entry: AuditEntry) -> str | None:
        """Say why a record of a deletion cannot be true; None where it can, and of everything else."""
        take = self._takes.get(entry.action)
        return None if take is None else take(entry)

    def _note_sealed(self, entry: AuditEntry) -> None:
        if _POST in entry.codes:
            self.sealed.add(entry.subject)

    def _note_taken(self, entry: AuditEntry) -> None:
        if entry.action == action_of(StepKind.OPENED):
            self.open.add(entry.subject)
        taken = {i for kind in (Code.MENTION, Code.ALERT) for i in kind.values(entry.codes)}
        if self.sealed & taken:
            for one in taken:
                self.keeping[one].add(entry.subject)

    def _case_deleted(self, entry: AuditEntry) -> str | None:
        for cases in self.keeping.values():
            cases.discard(entry.subject)
        if entry.subject not in self.open:
            return None
        return f"case {entry.subject} was deleted, but it was never closed"

    def _check_deletion(self, entry: AuditEntry) -> str | None:
        cases = self.keeping.pop(entry.subject, None)
        if unknown := [one for one in Code.REQUEST.values(entry.codes) if one not in self.requests]:
            return f"a post was erased for request {unknown[0]}, but no such request was recorded"
        if not cases:
            return None
        what = "the post" if entry.action == TEXT_DELETED else "the alert"
        return f"{what} of case {min(cases)} was deleted, while the case kept it"


def deletion_faults(chain: Sequence[Link]) -> Iterator[EvidenceFault]:
    """Records of deletions that the program never makes."""
    reading = _DeletionsRead()
    for link in chain:
        if said := reading.find_fault(link.entry):
            false = f"It says that {said}: Schoolgate deletes nothing in that way, so the record is false."
            yield EvidenceFault(Wrong.UNRECORDED, f"audit row {link.n}", false)


_KINDS = frozenset(kind.value for kind in StepKind)


def chain_faults(chain: Sequence[Link], last: tuple[int, str] | None = None) -> Iterator[EvidenceFault]:
    """Rows that were changed, removed or inserted; given `last` (number, hash), also a missing end."""
    for said in audit_chain.faults(chain):
        yield EvidenceFault(Wrong.CHAIN, "audit chain", said)
    if last is not None:
        (n, hashed), restored = last, "or an older backup was brought back"
        said = f"Row {n} is not the one noted earlier: the chain was rewritten, {restored}."
        if all(link.n < n for link in chain):
            said = f"Row {n}, noted earlier, is missing: the end of the chain was cut off, {restored}."
        if not any(link.n == n and link.hash.startswith(hashed) for link in chain):
            yield EvidenceFault(Wrong.CHAIN, "audit chain", said)


def count_erased(chain: Sequence[Link]) -> dict[str, int]:
    """Count the posts that the chain records as erased for each request (its number)."""
    gone = {
        (request, link.entry.subject)
        for link in chain
        if link.entry.action == TEXT_DELETED
        for request in Code.REQUEST.values(link.entry.codes)
    }
    return dict(sorted(Counter(request for request, _ in gone).items()))


def end_faults(files: Sequence[EvidenceFile], read: Read, chain: Sequence[Link]) -> Iterator[EvidenceFault]:
    """Ends of the chain that were stamped but are no longer in it."""
    stands = {link.n: link.hash for link in chain}
    for capture_id, held in captures(files).items():
        manifest = held.get(MANIFEST)
        end = _end(read(manifest.sha256) or b"") if manifest else None
        if end is not None and stands.get(end[0]) != end[1]:
            said = f"Row {end[0]} is not the one that was stamped: the chain was cut off or rewritten."
            yield EvidenceFault(Wrong.CHAIN, f"audit chain, {capture_id}", said)


def _end(manifest: bytes) -> tuple[int, str] | None:
    try:
        told = json.loads(manifest)
        return (told["row"], told["hash"]) if told["format"] == END_FORMAT else None
    except (ValueError, KeyError, TypeError):
        return None


def recorded_faults(
    files: Sequence[EvidenceFile], chain: Sequence[Link], *, whole: bool
) -> Iterator[EvidenceFault]:
    """Rows of evidence that no entry seals; with `whole`, also entries whose row is missing."""
    kept = [link for link in chain if link.entry.action == KEPT]
    bare = {code for link in kept for code in link.entry.codes}
    sealed: dict[str, set[str]] = defaultdict(set)
    for link in kept:
        for code in link.entry.codes:
            sealed[code].update(Code.FILE.seals(link.entry.codes))
    for file in files:
        if file.sha256 not in bare:
            yield EvidenceFault(Wrong.UNRECORDED, name_of(file), "No audit entry records that it was stored.")
        elif sealed[file.sha256] and file_seal(file) not in sealed[file.sha256]:
            said = "Its row is not the one that the audit entry seals."
            yield EvidenceFault(Wrong.CHANGED, name_of(file), said)
    if whole:
        yield from _find_gone(files, kept, chain)


def _find_gone(
    files: Sequence[EvidenceFile], kept: Sequence[Link], chain: Sequence[Link]
) -> Iterator[EvidenceFault]:
    """Find seals without a row (of an entry without a seal, no hash) whose deletion is not on record."""
    seals = {file_seal(file) for file in files}
    hashes = {file.sha256 for file in files}
    deleted = {
        (link.entry.subject, code)
        for link in chain
        if link.entry.action == DELETED
        for code in link.entry.codes
    }
    texts = {link.entry.subject for link in chain if link.entry.action == TEXT_DELETED}
    for link in kept:
        subject, codes = link.entry.subject, link.entry.codes
        if subject in texts or any((subject, code) in deleted for code in codes):
            continue
        own = Code.FILE.seals(codes)
        if not (seals & set(own) if own else hashes & set(codes)):
            said = f"Audit row {link.n} records a file for {subject}, but the evidence has no such row."
            yield EvidenceFault(Wrong.MISSING, "evidence", said)


def step_faults(
    steps: Sequence[StoredStep], chain: Sequence[Link], *, case_id: str | None
) -> Iterator[EvidenceFault]:
    """Steps that no entry seals, entries whose step is missing, and steps out of order."""
    entries = group_pairs(
        (link.entry.subject, link)
        for link in chain
        if case_id in (None, link.entry.subject) and Code.STEP.seals(link.entry.codes)
    )
    held = group_pairs((step.case_id, step) for step in steps)
    for case in sorted(held.keys() | entries.keys()):
        if case not in held and _deleted_on_record(case, entries[case], chain):
            continue
        yield from _case_faults(case, held.get(case, []), entries.get(case, []))


def _case_faults(case: str, steps: Sequence[StoredStep], entries: Sequence[Link]) -> Iterator[EvidenceFault]:
    seals = {code: link for link in entries for code in Code.STEP.seals(link.entry.codes)}
    met: Counter[str] = Counter()
    order = []
    for step in steps:
        where = f"case {case}, step {step.n}"
        facts = _written_facts(step)
        sealed = "" if facts is None else row_seal(step, step.kind, facts)
        link = seals.get(sealed)
        if link is None:
            yield EvidenceFault(Wrong.UNRECORDED, where, "No audit entry of this case seals it as it is now.")
            continue
        met[sealed] += 1
        order.append(link.n)
        if step.why and Code.NOTE.of(digest(step.why)) not in link.entry.codes:
            yield EvidenceFault(Wrong.CHANGED, where, "The reason given is not the one in the audit.")
        if not step.why and Code.NOTE.seals(link.entry.codes):
            yield EvidenceFault(Wrong.MISSING, where, "A reason was given, but it is no longer there.")
    for seal, link in seals.items():
        if not met[seal]:
            said = f"Audit row {link.n} seals a step that is missing."
            yield EvidenceFault(Wrong.MISSING, f"case {case}", said)
    if [s.n for s in steps] != list(range(1, len(steps) + 1)) or order != sorted(order):
        said = "Its steps are not numbered in the order they were taken."
        yield EvidenceFault(Wrong.CHANGED, f"case {case}", said)


def capture_faults(steps: Sequence[StoredStep], files: Sequence[EvidenceFile]) -> Iterator[EvidenceFault]:
    """Captures that their case's step describes wrongly: the manifest's hash, the number of files."""
    held = captures(files)
    told = {}
    for step in steps:
        facts = facts_of_row(step) or {}
        if step.kind == StepKind.EVIDENCE or facts.get("capture"):
            told[facts.get("capture", "")] = (step, facts)
    for capture_id, (step, facts) in told.items():
        where = f"case {step.case_id}, step {step.n}, capture {capture_id}"
        has = held.get(capture_id, {})
        manifest = has[MANIFEST].sha256 if MANIFEST in has else None
        if manifest != facts.get("manifest"):
            yield EvidenceFault(Wrong.CHANGED, where, "Its manifest is not the one that the step names.")
        elif str(len(has)) != facts.get("files"):
            said = f"The step tells of {facts.get('files')} files, there are {len(has)}."
            yield EvidenceFault(Wrong.MISSING if len(has) < _number(facts) else Wrong.UNKNOWN, where, said)
    for capture_id, has in held.items():
        if capture_id not in told and any(f.case_id for f in has.values()):
            yield EvidenceFault(Wrong.UNRECORDED, f"capture {capture_id}", "No step of a case tells of it.")


def _deleted_on_record(case: str, entries: Sequence[Link], chain: Sequence[Link]) -> bool:
    """Were the steps deleted when their time was up? The entry that remains holds a hash over all their
    seals. Early entries wrote that hash as `sha256:`, as a letter's."""
    seals = [code for link in entries for code in Code.STEP.seals(link.entry.codes)]
    left = {kind.of(digest(*seals)) for kind in (Code.ALL_STEPS, Code.SHA256)}
    return any(
        link.entry.action == CASE_DELETED and link.entry.subject == case and left & set(link.entry.codes)
        for link in chain
    )


def _number(facts: Mapping[str, str]) -> int:
    given = facts.get("files", "")
    return int(given) if given.isascii() and given.isdigit() else 0


def facts_of_row(step: StoredStep) -> dict[str, str] | None:
    """Return what a row of steps says; None where it is not written as a step is."""
    try:
        facts = json.loads(step.facts)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def _written_facts(step: StoredStep) -> dict[str, str] | None:
    """Return the facts of a row; None where it is not written as a step is."""
    facts = facts_of_row(step)
    whole = facts is not None and step.facts == json.dumps(facts, ensure_ascii=False)
    return facts if whole and step.recorded_at is not None and step.kind in _KINDS else None


def row_to_step(step: StoredStep) -> CaseStep | None:
    """Return the step a row holds; None where the row is not written as a step is."""
    facts = _written_facts(step)
    if facts is None or step.recorded_at is None:
        return None
    try:
        said, otherwise = read_stored(StepKind(step.kind), facts)
    except ValueError:
        return None
    return CaseStep(
        *(step.case_id, step.n, step.urn, said, step.actor, step.done_at, step.recorded_at),
        *(step.why, otherwise, step.due_at, step.clock),
    )
