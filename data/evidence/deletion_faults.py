"""Could what the audit chain records as deleted have been deleted then? Pure.

Whoever can write to the store can add a row to the chain's end that says so. But the program deletes nothing
of an open case, nor a case's post as long as the case has its steps: a record that says so is false.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from data.evidence.file_faults import EvidenceFault, Wrong
from data.steps.codes import StepKind
from data.store.cases.cases import action_of
from data.store.engine.audit_chain import AuditEntry, Code, Link, SealedKind

CASE_DELETED, RESTORED, TEXT_DELETED = "case_deleted", "restored", "text_deleted"
_TAKING = frozenset(action_of(kind) for kind in (StepKind.OPENED, StepKind.COPY_FOUND))
_CLOSED, _REOPENED = action_of(StepKind.CLOSED), action_of(StepKind.REOPENED)
_POST = Code.KIND.of(SealedKind.POST.value)


class _DeletionsRead:
    """The chain, read entry by entry.

    `keeping` are the cases that keep a post which was sealed for them, or their alert; `open` the cases that
    were not closed; `requests` those about somebody's data. A store that was restored may hold cases as open
    whose end is not in its chain.
    """

    def __init__(self) -> None:
        self.keeping: dict[str, set[str]] = defaultdict(set)
        self.sealed: set[str] = set()
        self.open: set[str] = set()
        self.requests: set[str] = set()
        self._takes: Mapping[str, Callable[[AuditEntry], str | None]] = {
            "sealed": self._sealed,
            _CLOSED: lambda entry: self.open.discard(entry.subject),
            _REOPENED: lambda entry: self.open.add(entry.subject),
            "request_recorded": lambda entry: self.requests.add(entry.subject),
            RESTORED: lambda entry: self.open.clear(),
            CASE_DELETED: self._case_deleted,
            TEXT_DELETED: self._deleted,
            "alert_deleted": self._deleted,
        } | dict.fromkeys(_TAKING, self._taken)

    def said(self, entry: AuditEntry) -> str | None:
        """Why a record of a deletion cannot be true; None where it can, and of everything else."""
        take = self._takes.get(entry.action)
        return None if take is None else take(entry)

    def _sealed(self, entry: AuditEntry) -> None:
        if _POST in entry.codes:
            self.sealed.add(entry.subject)

    def _taken(self, entry: AuditEntry) -> None:
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

    def _deleted(self, entry: AuditEntry) -> str | None:
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
        if said := reading.said(link.entry):
            false = f"It says that {said}: Schoolgate deletes nothing in that way, so the record is false."
            yield EvidenceFault(Wrong.UNRECORDED, f"audit row {link.n}", false)
