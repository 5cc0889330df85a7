"""What was done and typed about somebody who asked, entry by entry: of which kinds that a person decides on,
whether it is about them, and the files beside a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from mimetypes import guess_extension

from data.cases import EvidenceFile
from data.errors import InputError
from data.evidence.file_faults import MANIFEST
from data.evidence.vault import Vault
from data.privacy.sorting import CopyKind, kinds_of
from data.steps.asking import Answered, Asked
from data.steps.kinds import Step
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.privacy import held as held_store
from monitor.act.requests.finding import HeldData
from monitor.act.requests.office import Office

Decided = Mapping[CopyKind, bool]
"""Whether a kind is given; what is not in it is still to be decided."""


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """One step of a case (`said`), or the words that somebody typed in one or elsewhere; `theirs` where it
    concerns whoever asked, as the one that the case or the step is about."""

    at: datetime
    case_id: str | None
    n: int
    said: Step | None
    words: str
    kinds: frozenset[CopyKind]
    theirs: bool

    def given(self, decided: Decided) -> bool:
        """Is it in the copy?"""
        return all(decided.get(kind, False) for kind in self.kinds)


def entries_of(con: Connection, held: HeldData) -> tuple[CopyEntry, ...]:
    """The steps of the cases that may be handled, each followed by what was typed in it; then all else."""
    typed = {(note.case_id, note.n): note for note in held.notes if note.case_id}
    found, told = list[CopyEntry](), set[tuple[str | None, int]]()
    for case in held.cases:
        for step in case_store.steps(con, case.id):
            of = {getattr(step.said, "person", "") or case.target}
            about = (step.done_at, case.id, step.n, step.said)
            theirs = not of.isdisjoint(held.people)
            found.append(CopyEntry(*about, "", kinds_of(step.said, ""), theirs))
            if note := typed.get((case.id, step.n)):
                told.add((case.id, step.n))
                found.append(CopyEntry(*about, note.words, kinds_of(step.said, note.words), theirs))
    rest = (note for note in held.notes if (note.case_id, note.n) not in told)
    found += [
        CopyEntry(note.at, note.case_id, note.n, None, note.words, kinds_of(None, note.words), theirs=False)
        for note in rest
    ]
    return tuple(found)


def by_kind(entries: Sequence[CopyEntry]) -> Mapping[CopyKind, list[CopyEntry]]:
    """The entries of each kind that there is."""
    found = {kind: [one for one in entries if kind in one.kinds] for kind in CopyKind}
    return {kind: of for kind, of in found.items() if of}


def proposed(entries: Sequence[CopyEntry]) -> bool:
    """Is it proposed that entries of one kind be given: where each is about whoever asked?"""
    return all(one.theirs for one in entries)


def decided_on(give: Sequence[CopyKind], withhold: Sequence[CopyKind]) -> Decided:
    """What a person confirmed. Raises InputError where one kind is both."""
    if both := sorted(set(give) & set(withhold)):
        raise InputError(f"“{both[0]}” is both to be given and withheld. Say one of them.")
    return {**dict.fromkeys(give, True), **dict.fromkeys(withhold, False)}


def to_author(one: CopyEntry) -> bool:
    """Was the author asked, or did they answer?"""
    return isinstance(one.said, Asked | Answered) and one.said.rung.spec.order == 1


def enclosed(
    con: Connection, office: Office, held: HeldData, entries: Sequence[CopyEntry]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Letters that went to the author of their post or came from them, and all other evidence that may show
    them, each by a name that says where it belongs. Of a lost file there is nothing."""
    vault = Vault(office.session.store.evidence)
    ids = [p.post.mention_id for p in held.posts]
    own = {p.post.mention_id for p in held.posts if p.theirs}
    of_author = {
        one.said.capture
        for one in entries
        if isinstance(one.said, Asked | Answered) and to_author(one) and one.said.capture
    }
    letters, shown = dict[str, bytes](), dict[str, bytes]()
    for n, file in enumerate(held_store.files_showing(con, ids, [c.id for c in held.cases]), 1):
        if file.name == MANIFEST or (content := vault.content(file.sha256)) is None:
            continue
        theirs = file.capture_id in of_author and file.mention_id in own
        (letters if theirs else shown)[_name(n, file)] = content
    return letters, shown


def _name(n: int, file: EvidenceFile) -> str:
    """“case-0004-17-nov-…”: where it belongs, when it was kept, what it is."""
    where = f"case-{file.case_id}" if file.case_id else f"post-{(file.mention_id or '')[:8]}"
    name = file.name or f"file{guess_extension(file.media_type) or ''}"
    return f"{where}-{file.captured_at:%Y-%m-%d}-{n}-{name}"
