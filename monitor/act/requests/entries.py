"""What was done and typed about somebody who asked, entry by entry: of which kinds that a person decides on,
and whether it is about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.errors import InputError
from data.privacy.sorting import CopyKind, kinds_of
from data.steps.kinds import Step
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from monitor.act.requests.finding import HeldData

Decided = Mapping[CopyKind, bool]
"""Whether a kind is given; what is not in it is still to be decided."""


@dataclass(frozen=True, slots=True)
class Entry:
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


def entries_of(con: Connection, held: HeldData) -> tuple[Entry, ...]:
    """The steps of the cases that may be handled, each followed by what was typed in it; then all else."""
    typed = {(note.case_id, note.n): note for note in held.notes if note.case_id}
    found, told = list[Entry](), set[tuple[str | None, int]]()
    for case in held.cases:
        for step in case_store.steps(con, case.id):
            of = {getattr(step.said, "person", "") or case.target}
            about = (step.done_at, case.id, step.n, step.said)
            theirs = not of.isdisjoint(held.people)
            found.append(Entry(*about, "", kinds_of(step.said, ""), theirs))
            if note := typed.get((case.id, step.n)):
                told.add((case.id, step.n))
                found.append(Entry(*about, note.words, kinds_of(step.said, note.words), theirs))
    rest = (note for note in held.notes if (note.case_id, note.n) not in told)
    found += [
        Entry(note.at, note.case_id, note.n, None, note.words, kinds_of(None, note.words), theirs=False)
        for note in rest
    ]
    return tuple(found)


def by_kind(entries: Sequence[Entry]) -> Mapping[CopyKind, list[Entry]]:
    """The entries of each kind that there is."""
    found = {kind: [one for one in entries if kind in one.kinds] for kind in CopyKind}
    return {kind: of for kind, of in found.items() if of}


def proposed(entries: Sequence[Entry]) -> bool:
    """Is it proposed that entries of one kind be given: where each is about whoever asked?"""
    return all(one.theirs for one in entries)


def decided_on(give: Sequence[CopyKind], withhold: Sequence[CopyKind]) -> Decided:
    """What a person confirmed. Raises InputError where one kind is both."""
    if both := sorted(set(give) & set(withhold)):
        raise InputError(f"“{both[0]}” is both to be given and withheld. Say one of them.")
    return {**dict.fromkeys(give, True), **dict.fromkeys(withhold, False)}
