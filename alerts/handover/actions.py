"""What was done in a safeguarding matter, by whom and when, in words: for its sheet. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from data.cases import CaseStep
from data.matters import MatterNote
from data.steps.asking import Asked, Assigned, Referred
from data.steps.judging import Opened
from data.steps.keeping import Closed, Noted
from data.store.engine.audit_chain import AuditEntry, Code
from data.web.visible import visible
from data.words.asking import asked_in, place_words
from data.words.say import Words

Names = Callable[[str], str]
"""Gives the name of a person by their id."""
_ONCE = "restricted_read"
_SAID = frozenset((_ONCE, "alert_raised", "alert_acked", "alert_given", "alert_put_down", "giving_undone"))


def recorded(entries: Iterable[AuditEntry], names: Names, w: Words) -> Iterator[tuple[datetime, str]]:
    """What the record says of it; that somebody read it once, the first time."""
    read = set()
    for entry in entries:
        if entry.action not in _SAID or (entry.action == _ONCE and entry.actor in read):
            continue
        if entry.action == _ONCE:
            read.add(entry.actor)
        to = next(iter(Code.PERSON.values(entry.codes)), "")
        yield entry.done_at, w(f"room.did.{entry.action}", who=names(entry.actor), to=names(to))


def stepped(steps: Iterable[CaseStep], names: Names, w: Words) -> Iterator[tuple[datetime, str]]:
    """What its case holds: who was told, with the number they gave, and what was written of it."""
    for step in steps:
        if isinstance(step.said, Opened | Assigned):
            continue
        who, why = names(step.actor), visible(step.why.strip())
        if isinstance(step.said, Referred | Asked):
            to = place_words(step.said.to, w) if isinstance(step.said, Referred) else asked_in(step.said, w)
            number = visible(step.said.reference)
            said = w("room.did.told_number" if number else "room.did.told", who=who, to=to, number=number)
        else:
            said = w("room.did.step", who=who, said=w(f"pack.step.{step.kind.value}"))
        why = why if isinstance(step.said, Referred | Asked | Noted | Closed) else ""
        yield step.done_at, f"{said} “{why}”" if why else said


def written(notes: Iterable[MatterNote], names: Names, w: Words) -> Iterator[tuple[datetime, str]]:
    """What people wrote on it."""
    for note in notes:
        yield note.written_at, f"{w('room.did.note', who=names(note.person_id))} “{visible(note.note)}”"
