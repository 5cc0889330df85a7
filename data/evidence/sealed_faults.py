"""Are posts, what was made of them, alerts and who has a matter still what the audit chain seals? Pure.

What the chain seals last of a column counts. A deletion that the chain records excuses what is gone, never
what was changed; words that the program withheld may be missing, and count as restricted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.evidence.chain_faults import facts_of_row
from data.evidence.file_faults import EvidenceFault, Wrong
from data.steps.codes import StepKind
from data.store.cases.evidence_rows import StoredStep
from data.store.engine.audit_chain import AuditEntry, Code, Link, RowKey, SealedKind, SealedRow, column_seal
from data.store.engine.tables import MATCHES, VERDICTS
from data.store.owners import NOBODYS, SEALED, OwnerRow
from data.store.sealing import OF_THE_POST, SEALED_ONCE

_SEALED = "sealed"
_TAKING = (StepKind.OPENED.value, StepKind.COPY_FOUND.value)
_MAY_BE_WITHHELD = frozenset(
    ("title", "quoted", "reasons", *(c.name for t in (MATCHES, VERDICTS) for c in t.columns if c.hidden))
)


@dataclass(frozen=True, slots=True)
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
        takes = {
            "text_deleted": self._text_deleted,
            "words_withheld": self._withheld,
            "alert_kept_out": self._kept_out,
            "alert_deleted": self._alert_deleted,
        }
        for link in chain:
            takes.get(link.entry.action, self._note_sealed)(link.entry)

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

    def _text_deleted(self, entry: AuditEntry) -> None:
        self.deleted.add(entry.subject)
        for key in self.versions.pop(entry.subject, ()):
            del self.columns[key]
            self.again.pop(key, None)

    def _withheld(self, entry: AuditEntry) -> None:
        self.withheld.add(entry.subject)

    def _alert_deleted(self, entry: AuditEntry) -> None:
        self.columns.pop(RowKey(SealedKind.ALERT, entry.subject), None)

    def _kept_out(self, entry: AuditEntry) -> None:
        self.late[entry.subject] += Code.EXCLUDED.values(entry.codes)


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
    found = (facts_of_row(step) or {} for step in steps if step.kind in _TAKING)
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
        (who, round(link.entry.done_at.timestamp() * 1_000_000))
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
