"""Is the evidence unchanged, and do rows agree with the audit chain that seals each of them? Pure.

Four things are compared: the bytes in the vault, the rows of `evidence`, the steps of the cases, and the
audit chain, which seals each row and step. A capture's manifest lists its other files.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from data.cases import CaseStep, EvidenceFile, StoredStep
from data.frozen import freeze
from data.ids import digest
from data.steps.classes import read_stored
from data.steps.codes import StepKind
from data.store.engine import audit_chain
from data.store.engine.audit_actions import action_of
from data.store.engine.audit_chain import (
    AuditEntry,
    Code,
    Link,
    RowKey,
    SealedKind,
    SealedRow,
    column_seal,
    file_seal,
    row_seal,
)
from data.store.engine.rows import group_pairs, microseconds
from data.store.engine.tables import MATCHES, VERDICTS
from data.store.owners import NOBODYS, SEALED, OwnerRow
from data.store.sealing import OF_THE_POST, SEALED_ONCE

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


@freeze
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
            at = f"{where}, {name}"
            if name not in has:
                said = "The manifest lists it, but the evidence has no row for it."
                yield EvidenceFault(Wrong.MISSING, at, said)
            elif name not in says:
                said = "The evidence has a row for it, but the manifest does not list it."
                yield EvidenceFault(Wrong.UNKNOWN, at, said)
            elif says[name] != has[name]:
                yield EvidenceFault(Wrong.CHANGED, at, "Its row and the manifest give different hashes.")


# Do the rows of evidence and cases agree with the audit chain that seals each of them? Pure.

CASE_DELETED, RESTORED, TEXT_DELETED = "case_deleted", "restored", "text_deleted"
TAKEN_DOWN = Code.AUTHORITY.of("platform")
"""The code of a deletion by the rule of a post's platform, whose author or which took the post down."""
_TAKING = frozenset(action_of(kind) for kind in (StepKind.OPENED, StepKind.COPY_FOUND))
_OPENED, _CLOSED, _REOPENED = map(action_of, (StepKind.OPENED, StepKind.CLOSED, StepKind.REOPENED))
_POST = Code.KIND.of(SealedKind.POST.value)


def deletion_faults(chain: Sequence[Link]) -> Iterator[EvidenceFault]:
    """Records of deletions that the program never makes. A store that was restored may hold cases as open
    whose end is not in its chain."""
    keeping: dict[str, set[str]] = {}  # cases that keep a post sealed for them, or their alert
    sealed, still_open, before = set[str](), set[str](), set[str]()
    for link in chain:
        action, subject, codes = link.entry.action, link.entry.subject, link.entry.codes
        said = ""
        if action == "sealed" and _POST in codes:
            sealed.add(subject)
        elif action in _TAKING:
            taken = {i for kind in (Code.MENTION, Code.ALERT) for i in kind.values(codes)}
            for one in taken if sealed & taken else ():
                keeping.setdefault(one, set()).add(subject)
        elif action == _CLOSED:
            still_open.discard(subject)
        elif action in ("request_recorded", "seen_gone"):
            before.add(subject)
        elif action == RESTORED:
            still_open.clear()
        elif action == CASE_DELETED:
            said = f"case {subject} was deleted, but it was never closed" if subject in still_open else ""
            _drop_case(keeping.values(), subject)
        elif action in (TEXT_DELETED, "alert_deleted"):
            cases = keeping.pop(subject, set())
            down = TAKEN_DOWN in codes and subject in before
            said = _false_deletion(link.entry, cases & still_open if down else cases, before)
        if action in (_OPENED, _REOPENED):
            still_open.add(subject)
        if said:
            false = f"It says that {said}: Schoolgate deletes nothing in that way, so the record is false."
            yield EvidenceFault(Wrong.UNRECORDED, f"audit row {link.n}", false)


def _drop_case(keeping: Iterable[set[str]], case_id: str) -> None:
    """A deleted case keeps nothing any more."""
    for cases in keeping:
        cases.discard(case_id)


def _false_deletion(entry: AuditEntry, cases: Collection[str], before: Collection[str]) -> str:
    """Say why a post or an alert cannot have been deleted so; "" where it can."""
    if unknown := [one for one in Code.REQUEST.values(entry.codes) if one not in before]:
        return f"a post was erased for request {unknown[0]}, but no such request was recorded"
    if not cases:
        return ""
    what = "the post" if entry.action == TEXT_DELETED else "the alert"
    return f"{what} of case {min(cases)} was deleted, while the case kept it"


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
    """Return what a row of steps says; None where that is no JSON object."""
    try:
        facts = json.loads(step.facts)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def _written_facts(step: StoredStep) -> dict[str, str] | None:
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


# Are posts, what was made of them, alerts and who has a matter still what the audit chain seals?
#
# What the chain seals last of a column counts. A deletion that the chain records excuses what is gone, never
# what was changed; words that the program withheld may be missing, and count as restricted.

_SEALED = "sealed"
_TAKEN_BY = (StepKind.OPENED.value, StepKind.COPY_FOUND.value)
_MAY_BE_WITHHELD = frozenset(
    ("title", "quoted", "reasons", *(c.name for t in (MATCHES, VERDICTS) for c in t.columns if c.hidden))
)


@freeze
class SealedRows:
    """The facts read of the store about these posts and alerts (`about`, ids): rows, and salts of columns."""

    about: frozenset[str]
    rows: Sequence[SealedRow]
    salts: Mapping[tuple[RowKey, str], str]


class _SealsRead:
    """The seals of the chain, read entry by entry: the code of each column, and what may be missing.
    `versions` are those of a post that are sealed, `cases` is the case that it was sealed for; `late` are the
    people whom an alert has kept out since it was sealed; `again` is what was sealed twice, which the program
    never does; `hidden` are posts that are restricted now."""

    def __init__(self, chain: Sequence[Link]) -> None:
        self.columns: dict[RowKey, dict[str, str]] = defaultdict(dict)
        self.again: dict[RowKey, set[str]] = defaultdict(set)
        self.versions: dict[str, set[RowKey]] = defaultdict(set)
        self.cases: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.withheld: set[str] = set()
        self.hidden: set[str] = set()
        self.late: dict[str, list[str]] = defaultdict(list)
        for entry in (link.entry for link in chain):
            if entry.action == TEXT_DELETED:
                self.deleted.add(entry.subject)
                for key in self.versions.pop(entry.subject, ()):
                    del self.columns[key]
                    self.again.pop(key, None)
            elif entry.action == "words_withheld":
                self.withheld.add(entry.subject)
            elif entry.action == "alert_kept_out":
                self.late[entry.subject] += Code.EXCLUDED.values(entry.codes)
            elif entry.action == "alert_deleted":
                self.columns.pop(RowKey(SealedKind.ALERT, entry.subject), None)
            else:
                self._note_sealed(entry)

    def _note_sealed(self, entry: AuditEntry) -> None:
        told = {value.partition("=")[0]: Code.COLUMN.of(value) for value in Code.COLUMN.values(entry.codes)}
        key = key_of(entry) if told else None
        if key is None:
            return
        if key.kind is SealedKind.POST:
            self.deleted.discard(key.subject)
            for other in self.versions[key.subject]:
                if other.version < key.version:
                    for name in OF_THE_POST - SEALED_ONCE:
                        self.columns[other].pop(name, None)
            self.versions[key.subject].add(key)
            self.again[key] |= SEALED_ONCE & self.columns[key].keys() & told.keys()
        self.columns[key] |= told
        if own := Code.CASE.values(entry.codes):
            self.cases[key.subject] = own[0]
        if "excluded" in told:
            self.late[key.subject] = []


def sealed_faults(held: SealedRows, chain: Sequence[Link]) -> Iterator[EvidenceFault]:
    """Sealed rows that were changed or are missing, or that were put beside them."""
    reading = _SealsRead([link for link in chain if link.entry.subject in held.about])
    rows = {row.key: row for row in held.rows}
    reading.hidden = {k.subject for k, row in rows.items() if row.columns.get("restricted") is True}
    for key, codes in reading.columns.items():
        where = _where(key, reading.cases)
        if again := sorted(reading.again.get(key, ())):
            yield EvidenceFault(Wrong.UNRECORDED, where, f"It was sealed a second time: {', '.join(again)}.")
        row = rows.get(key)
        if row is None:
            if key.subject not in reading.deleted:
                yield EvidenceFault(Wrong.MISSING, where, "It was sealed, and is no longer in the store.")
            continue
        salts = held.salts
        found: dict[Wrong, list[str]] = defaultdict(list)
        for name, code in codes.items():
            if name in _MOVED:
                continue
            wrong = _wrong(_value_when_sealed(row, name, reading), salts.get((row.key, name)), name, code)
            if wrong is not None and not _is_excused(wrong, row, name, reading):
                found[wrong].append(name)
        for wrong, names in found.items():
            yield EvidenceFault(wrong, where, _SAID[wrong].format(", ".join(names)))
    for key in rows:
        whole = key.subject in reading.cases and key.subject not in reading.deleted
        if whole and key not in reading.columns:
            where = _where(key, reading.cases)
            yield EvidenceFault(Wrong.UNRECORDED, where, "It was put in without being sealed.")


def _wrong(value: object, salt: str | None, name: str, code: str) -> Wrong | None:
    if salt is None:
        return Wrong.UNKNOWN
    if column_seal(name, salt, value) == code:
        return None
    return Wrong.MISSING if value in (None, [], "") else Wrong.CHANGED


def _is_excused(wrong: Wrong, row: SealedRow, name: str, reading: _SealsRead) -> bool:
    """Was it deleted on record, or withheld by the program?"""
    if wrong is Wrong.UNKNOWN:
        return row.key.subject in reading.deleted
    may_be = row.key.subject in reading.hidden or name == "quoted"
    value = row.columns.get(name)
    gone = value is True if name == "restricted" else name in _MAY_BE_WITHHELD and not value
    return may_be and row.key.subject in reading.withheld and gone


_MOVED = frozenset(("acked_at", "acked_by"))
"""Columns of an alert that were sealed and are kept elsewhere since; the chain names who took it besides."""
_SAID = {
    Wrong.CHANGED: "It is not what was sealed: {}. Do not rely on it as it is now.",
    Wrong.MISSING: "It was sealed, and this is no longer there: {}.",
    Wrong.UNKNOWN: "The salt of its seal is missing, so this cannot be compared: {}.",
}


def count_unsealed(posts: Collection[str], chain: Sequence[Link]) -> int:
    """Count those of these posts (ids) that an older version took into a case without sealing them."""
    return len(set(posts) - {link.entry.subject for link in chain if link.entry.action == _SEALED})


def taken_into_cases(steps: Sequence[StoredStep]) -> frozenset[str]:
    """The posts (ids) that these steps took into a case, and the alerts that they opened one of."""
    found = (facts_of_row(step) or {} for step in steps if step.kind in _TAKEN_BY)
    return frozenset(facts[name] for facts in found for name in ("mention", "alert") if facts.get(name))


def subjects(chain: Sequence[Link], case_id: str | None, taken: frozenset[str]) -> frozenset[str]:
    """The posts and alerts that are sealed; with a case, those `taken` into it or sealed for it."""
    sealed = [link.entry for link in chain if Code.COLUMN.values(link.entry.codes)]
    if case_id is None:
        return frozenset(entry.subject for entry in sealed)
    own = Code.CASE.of(case_id)
    return taken | {entry.subject for entry in sealed if own in entry.codes}


def key_of(entry: AuditEntry) -> RowKey | None:
    """The row whose columns an entry seals; None where the entry is not as it was written."""
    if entry.action != _SEALED:
        return RowKey(SealedKind.ALERT, entry.subject)
    try:
        (kind,), (version,) = Code.KIND.values(entry.codes), Code.VERSION.values(entry.codes)
        return RowKey(SealedKind(kind), entry.subject, int(version), entry.urn or "")
    except ValueError:
        return None


def _value_when_sealed(row: SealedRow, name: str, reading: _SealsRead) -> object:
    """Return a column's value; of the people kept out of an alert, without those that the chain added since.
    Where these are not there, both are given together, which no seal holds."""
    value = row.columns.get(name)
    late = reading.late.get(row.key.subject) if name == "excluded" else None
    if not late or not isinstance(value, list):
        return value
    return value[: -len(late)] if value[-len(late) :] == late else [value, late]


def _where(key: RowKey, cases: Mapping[str, str]) -> str:
    if key.kind is SealedKind.ALERT:
        return f"alert {key.subject}"
    case = f"case {cases[key.subject]}, " if key.subject in cases else ""
    what = {SealedKind.POST: "", SealedKind.VERDICT: "verdict on ", SealedKind.MATCH: "match of "}[key.kind]
    return f"{case}{what}post {key.subject}, version {key.version}"


def owner_faults(
    held: Mapping[tuple[str, str], OwnerRow], chain: Sequence[Link], stories: frozenset[str] | None = None
) -> Iterator[EvidenceFault]:
    """Records, by story and school, that are not what the chain seals last, of these stories or all. In a
    home older than seals, until its first, a record stands where an entry says so of its person then."""
    entries = [link.entry for link in chain if link.entry.action == SEALED]
    sealed = {(e.subject, e.urn or ""): e.codes[0] for e in entries if e.codes}
    done = {  # who took, was given or ended something, and when
        (who, microseconds(link.entry.done_at))
        for link in (() if entries else chain)
        for who in (link.entry.actor, *Code.PERSON.values(link.entry.codes))
    }
    for key in sorted(held.keys() | sealed.keys()):
        row, must = held.get(key), sealed.get(key)
        where = f"who has story {key[0]}"
        if (stories is not None and key[0] not in stories) or (row.seal if row else NOBODYS) == must:
            continue
        if row is None:
            yield EvidenceFault(Wrong.MISSING, where, "Who has it, or has ended it, is no longer there.")
        elif must is not None:
            yield EvidenceFault(Wrong.CHANGED, where, "Its record is not the one that the audit seals.")
        elif not done.issuperset(row.said):
            yield EvidenceFault(Wrong.UNRECORDED, where, "No audit entry says so of this person then.")
