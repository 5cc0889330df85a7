"""Drafting a letter of a case, and recording that it was drafted: by its hash, never its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from alerts.ladder.advance import Refusal
from alerts.ladder.rules import Rules
from alerts.letters import draft as letters
from alerts.letters.allowed import refusal
from alerts.letters.kinds import LetterDraft, LetterFacts, LetterKind, NoDraft
from alerts.letters.layout import eml, pdf, text
from data.cases import Case, CaseFile, Event
from data.errors import SchoolgateError
from data.evidence.file_faults import MANIFEST
from data.evidence.vault import Vault
from data.steps.acts import Done, Refused
from data.steps.keeping import LetterDrafted
from data.store.cases import cases as case_store
from monitor.act.casework.evidence.proving import prove, read_evidence
from monitor.act.casework.opening import find_case
from monitor.act.casework.steps import apply_event, school_rules
from monitor.act.step import refused
from monitor.home.wiring import Session
from monitor.matters.reader import load_case


class NotDrafted(SchoolgateError):
    """There is no draft: this letter is not for the case, or more must be known, as `missing` says."""

    def __init__(self, text: str, missing: NoDraft) -> None:
        super().__init__(text)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A draft, and the bytes of its forms by their endings."""

    draft: LetterDraft
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def draft_letter(
    session: Session, number: str, kind: LetterKind, facts: Mapping[str, str], now: datetime
) -> Done[DraftRecord] | Refused:
    """Drafts the letter in all its forms, and records that.

    Raises InputError where there is no such case for them, NotDrafted where the letter is not for the case or
    more must be known, StoreError where evidence that the letter lists is damaged.
    """
    with session.store.read() as con:
        case = find_case(con, session, number)
        file = case_store.whole_file(con, case)
    rules = school_rules(session.context, case.urn)
    file = _readable(session, file, kind, rules, now)
    vault = Vault(session.store.evidence)  # it says who saw the post, and when
    kept = {held.sha256: vault.get(held.sha256) for held in file.evidence if held.name == MANIFEST}
    whole = _holds(session, case, kind)
    given = LetterFacts(now, rules.school.language, facts, kept, whole)
    made = letters.draft(kind, file, given, rules)
    if isinstance(made, NoDraft):
        raise NotDrafted(made.why_not, made)
    return _record(session, case, made, now)


def _readable(session: Session, file: CaseFile, kind: LetterKind, rules: Rules, now: datetime) -> CaseFile:
    """The case file with what a letter quotes from a restricted post: its address and author.

    That they were read is recorded.
    """
    case = file.case
    if not case.restricted or refusal(kind, case, rules, now) is not None:
        return file
    with session.store.write("reading a restricted matter") as con:
        reason = f"to draft the letter {kind.value}"
        case_store.record_read(con, case, person=session.person.id, reason=reason, now=now)
        return case_store.whole_file(con, case, restricted=True)


_QUOTING = frozenset((LetterKind.S5_NOTICE, LetterKind.MUMSNET, LetterKind.POLICE))
"""Letters that others rely on for the words of the post."""


def _holds(session: Session, case: Case, kind: LetterKind) -> bool:
    """Is what a letter quotes what was sealed? True for letters of which nobody needs the exact words."""
    if kind not in _QUOTING:
        return True
    with session.store.read() as con:
        held = read_evidence(con, case.id)
    return not prove(held, Vault(session.store.evidence), case_id=case.id).faults


def _record(session: Session, case: Case, made: LetterDraft, now: datetime) -> Done[DraftRecord] | Refused:
    """Records the draft: its kind, forms and hashes."""
    files = {".txt": text(made).encode(), ".eml": eml(made), ".pdf": pdf(made)}
    said = LetterDrafted(
        letter=made.kind.value,
        by=made.by,
        form=tuple(ending[1:] for ending in files),
        sha256=tuple(sha256(held).hexdigest() for held in files.values()),
        place=case.place if case.place > 1 else None,
    )
    event = Event(said, session.person.id)
    with session.store.write("letter") as con:
        if any(step.said == said for step in case_store.steps(con, case.id)):
            return Done(DraftRecord(made, files))  # the same draft is recorded once
        done = apply_event(con, session.context, load_case(con, case.id), event, now)
        if isinstance(done, Refusal):
            return refused(session, case, done)
    return Done(DraftRecord(made, files))
