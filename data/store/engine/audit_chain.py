"""The audit chain: each row holds the SHA-256 of the one before it.

It holds ids, codes and hashes, never text, names or handles. A person's words for a reason are in
`audit_notes` under their SHA-256, so that they can be erased without breaking the chain. The chain itself
shows whether a row was changed, removed or inserted; a missing end shows only against a copy of the last hash
kept elsewhere.

Of a case's step and of a file of evidence it holds one hash over all of it, so neither can be changed
unnoticed. A post, what was made of it and its alert are sealed by columns (`data.store.sealing`).
"""

from __future__ import annotations

import json
import re
from base64 import b32decode, b32encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum, unique

from data.cases import CaseStep, EvidenceFile, StoredStep
from data.frozen import freeze
from data.ids import digest
from data.store.engine.audit_actions import ACTIONS
from data.store.engine.rows import Connection, at, insert_rows, microseconds, names, read_rows

_HASHED = re.compile(r"[0-9a-f]{64}")


@unique
class Code(StrEnum):
    """The prefix of a code, before a colon; what has none is a hash, a content class or a single word.
    Whoever writes an entry takes it from here, so that a reader never mistakes one kind for another. Facts of
    a case's step that are ids, codes or hashes are named as they are stored."""

    ABOUT = "about"
    ACTION = "action"
    ALERT = "alert"
    ALL_STEPS = "all_steps"
    AMENDED = "amended"
    AS = "as"
    AUDIENCE = "audience"
    AUTHORITY = "authority"
    BROUGHT = "brought"
    CAPTURE = "capture"
    CASE = "case"
    CASES = "cases"
    CHANNEL = "channel"
    CLASS = "class"
    CLOSED = "closed"
    COLUMN = "column"
    CONTACT_SAFE = "contact_safe"
    DANGER_NOW = "danger_now"
    DECISION = "decision"
    DELETED = "deleted"
    ENDING = "ending"
    ENDS = "ends"
    ENTRY = "entry"
    ESCALATION = "escalation"
    EXCLUDED = "excluded"
    FILE = "file"
    FOR = "for"
    FORM = "form"
    FOUND = "found"
    FROM = "from"
    GIVEN = "given"
    GROUND = "ground"
    HAD = "had"
    IMMINENT = "imminent"
    INFORMED = "informed"
    KIND = "kind"
    LANE = "lane"
    MANIFEST = "manifest"
    MARK = "mark"
    MEANT = "meant"
    MENTION = "mention"
    N = "n"
    NOT_ABOUT = "not_about"
    NOTE = "note"
    NTH = "nth"
    NUMBER = "number"
    OPENED = "opened"
    OS_ACCOUNT = "os_account"
    OVERSEERS = "overseers"
    OWNER = "owner"
    OWN_SITE = "own_site"
    PDF = "pdf"
    PERSON = "person"
    PLACE = "place"
    PROPOSED_BY = "proposed_by"
    PROPOSED_CLASS = "proposed_class"
    REASON = "reason"
    RELATIONSHIP = "relationship"
    REQUEST = "request"
    RESTRICTED = "restricted"
    RESULT = "result"
    REVIEW = "review"
    RIGHT = "right"
    ROUTE = "route"
    RUNG = "rung"
    SEEN_AT = "seen_at"
    SEVERITY = "severity"
    SHA256 = "sha256"
    STARTS = "starts"
    STATUS = "status"
    STANDS = "stands"
    STEP = "step"
    STORY = "story"
    STUBS = "stubs"
    SUBJECTS = "subjects"
    TAKEN_BY = "taken_by"
    TARGET = "target"
    TIMES = "times"
    TOLD = "told"
    VERSION = "version"
    WARNED = "warned"
    WHAT = "what"
    WHO = "who"
    WITHHELD = "withheld"

    def of(self, value: object) -> str:
        """The code of this kind with that value."""
        return f"{self.value}:{value}"

    def values(self, codes: Iterable[str]) -> list[str]:
        """The values of those of the codes that are of this kind."""
        start = self.of("")
        return [code.removeprefix(start) for code in codes if code.startswith(start)]

    def seals(self, codes: Iterable[str]) -> list[str]:
        """Those of the codes that are of this kind and hold a complete hash. Early escalations wrote `step:1`
        where steps write their seals; that is not a seal."""
        found = (code.partition(":") for code in codes)
        return [a + b + c for a, b, c in found if a == self.value and _HASHED.fullmatch(c)]


FIRST = "0" * 64
_COLUMNS = names("n done_at actor action subject urn codes previous hash")
_END = re.compile(r"([0-9a-f]{64})@([0-9]{1,18})")
_SHORT_END = re.compile(r"([0-9]{1,18})[-@ ]+([A-Z0-8 -]{16,40})")
_MISREAD = str.maketrans("018", "OIB", " -")
"""Digits that no code has, as the letters that they were read for; and what parts its groups."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@=+/-]{0,127}")


@freeze
class AuditEntry:
    """Record of an act: `actor` is a person's id or “schoolgate”, `subject` an id, `codes` are facts."""

    done_at: datetime
    actor: str
    action: str
    subject: str
    urn: str | None = None
    codes: tuple[str, ...] = ()


@freeze
class Link:
    """One row of the chain as it is: its number, what was done, the hash before it and its own."""

    n: int
    entry: AuditEntry
    previous: str
    hash: str


def append(con: Connection, entries: Collection[AuditEntry]) -> None:
    """Adds rows at the chain's end, in the caller's transaction. Raises ValueError where a field is not an
    id, a code or a hash (no blanks, 128 characters), or the act is none that the audit knows."""
    if not entries:
        return
    n, previous = last_link(con) or (0, FIRST)
    rows = []
    for entry in entries:
        if not all(map(is_code, (entry.actor, entry.action, entry.subject, entry.urn or "0", *entry.codes))):
            raise ValueError(f"not an id, a code or a hash: the audit of “{entry.action}” refuses a field")
        if entry.action not in ACTIONS:
            raise ValueError(f"the audit knows no act “{entry.action}”: write it into AuditAction")
        n += 1
        hashed = _hash(n, entry, previous)
        facts = (entry.done_at, entry.actor, entry.action, entry.subject, entry.urn, list(entry.codes))
        rows.append((n, *facts, previous, hashed))
        previous = hashed
    insert_rows(con, "audit", _COLUMNS, rows)


def record_act(
    con: Connection,
    done_at: datetime,
    actor: str,
    action: str,
    subject: str,
    urn: str | None = None,
    codes: tuple[str, ...] = (),
) -> None:
    """Adds one act at the chain's end, as `append` does, by the fields of `AuditEntry`."""
    append(con, [AuditEntry(done_at, actor, action, subject, urn, codes)])


def note(con: Connection, words: str) -> str:
    """Keeps a person's words outside the chain and returns the code that represents them in it."""
    sha256 = digest(words)
    insert_rows(con, "audit_notes", ("sha256", "note"), [(sha256, words)], key=("sha256",))
    return Code.NOTE.of(sha256)


def links(con: Connection, subjects: Collection[str] | None = None) -> tuple[Link, ...]:
    """The whole chain, in its order; or its rows about these subjects alone."""
    some, given = ("", {}) if subjects is None else ("WHERE subject = ANY($ids)", {"ids": list(subjects)})
    sql = f"""SELECT n, epoch_us(done_at), actor, action, subject, urn, codes, previous, hash
        FROM audit {some} ORDER BY n"""
    rows = read_rows(con, sql, **given)
    return tuple(
        Link(n, AuditEntry(at(done_us), actor, action, subject, urn, tuple(codes)), previous, hashed)
        for n, done_us, actor, action, subject, urn, codes, previous, hashed in rows
    )


def extent(con: Connection) -> tuple[str, int] | None:
    """The hash of its first row, by which copies of a store are known, and how many rows it has."""
    row = con.execute("SELECT arg_min(hash, n), max(n) FROM audit").fetchone()
    return None if row is None or row[1] is None else (row[0], row[1])


def last_link(con: Connection) -> tuple[int, str] | None:
    """The number and the hash of the last row; None where nothing was ever done."""
    row = con.execute("SELECT n, hash FROM audit WHERE n = (SELECT max(n) FROM audit)").fetchone()
    return None if row is None else (row[0], row[1])


def end_code(n: int, hashed: str) -> str:
    """An end of the chain to be typed: its row's number and 80 bits of its hash, beyond guessing."""
    short = b32encode(bytes.fromhex(hashed[:20])).decode()
    return "-".join((str(n), *(short[at : at + 4] for at in range(0, 16, 4))))


def read_end(text: str) -> tuple[int, str] | None:
    """The number and hash, or its beginning, of a noted end: `HASH@ROW` or an `end_code`; None of neither."""
    text = " ".join(text.split())
    if found := _END.fullmatch(text):
        return int(found[2]), found[1]
    if found := _SHORT_END.fullmatch(text.upper()):
        short = found[2].translate(_MISREAD)
        return (int(found[1]), b32decode(short).hex()) if len(short) == 16 else None
    return None


def is_code(text: str) -> bool:
    """Is it an id, a code or a hash, which the chain may hold?"""
    return bool(_CODE.fullmatch(text))


def verify(con: Connection) -> list[str]:
    """A sentence for each row that does not hold; empty where the whole chain is sound."""
    return faults(links(con))


def faults(chain: Sequence[Link]) -> list[str]:
    """Find the same as `verify`, for a chain that has already been read."""
    found = []
    previous = FIRST
    for expected, link in enumerate(chain, start=1):
        if link.n != expected:
            found.append(f"Audit row {expected} is missing; row {link.n} is in its place.")
        elif link.previous != previous:
            found.append(f"Audit row {link.n} does not follow from row {link.n - 1}.")
        if link.hash != _hash(link.n, link.entry, link.previous):
            found.append(f"Audit row {link.n} was changed after it was written.")
        previous = link.hash
    return found


def _hash(n: int, entry: AuditEntry, previous: str) -> str:
    """The hash that a row should have: SHA-256 over `previous`, U+001F and the row as JSON."""
    facts: Sequence[object] = (entry.actor, entry.action, entry.subject, entry.urn, list(entry.codes))
    return digest(previous, json.dumps([n, microseconds(entry.done_at), *facts]))


def step_seal(step: CaseStep) -> str:
    """The code that represents a step in its audit entry: all of it except the words of `why`."""
    return row_seal(step, step.kind.value, step.stored_facts)


def row_seal(row: CaseStep | StoredStep, kind: str, facts: Mapping[str, str]) -> str:
    """The same of a row of that kind with those facts, whether or not this program can read them."""
    said: list[object] = [row.case_id, row.n, row.urn, kind, row.actor, microseconds(row.done_at)]
    said += [microseconds(row.recorded_at), sorted(facts.items()), microseconds(row.due_at), row.clock]
    return Code.STEP.of(digest(json.dumps(said)))


def file_seal(file: EvidenceFile) -> str:
    """The code that represents a row of `evidence` in its audit entry: every column of it."""
    said: list[object] = [file.id, file.urn, file.mention_id, file.case_id, file.capture_id, file.name]
    said += [
        file.sha256,
        file.media_type,
        file.size_bytes,
        microseconds(file.captured_at),
        file.captured_by,
        file.how,
    ]
    return Code.FILE.of(digest(json.dumps(said)))


class SealedKind(StrEnum):
    """The kind of what is sealed by its columns. The values are stored."""

    POST = "post"
    VERDICT = "verdict"
    MATCH = "match"
    ALERT = "alert"


@freeze
class RowKey:
    """One sealed row: of a mention (`subject` its id) in one version, or of an alert, whose version is 0.
    `urn` is empty for a post, which is no school's own."""

    kind: SealedKind
    subject: str
    version: int = 0
    urn: str = ""


@freeze
class SealedRow:
    """The values that the store holds of it: each column as JSON can write it, times as microseconds."""

    key: RowKey
    columns: Mapping[str, object]


def column_seal(name: str, salt: str, value: object) -> str:
    """The code that represents one column of a row. Without the salt nobody can try what it may have been."""
    return Code.COLUMN.of(f"{name}={digest(salt, name, json.dumps(value, sort_keys=True))}")
