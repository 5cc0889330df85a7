"""Drafting a letter of a case, and recording that it was drafted: by its hash, never its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from alerts.ladder.advance import Refusal
from alerts.ladder.rules import Rules
from alerts.letters import draft as letters
from alerts.letters.allowed import refusal
from alerts.letters.facts.missing_facts import ended
from alerts.letters.kinds import LetterDraft, LetterFacts, LetterKind, NoDraft, WantedFact
from alerts.letters.layout import eml, pdf, text
from data.cases import Case, CaseFile, Event
from data.errors import SchoolgateError
from data.evidence.file_faults import MANIFEST
from data.evidence.vault import Vault
from data.steps.acts import Done, Refused
from data.steps.keeping import LetterDrafted
from data.steps.stored import facts_of
from data.store.cases import cases as case_store
from monitor.act.casework.evidence.proving import prove, read_evidence
from monitor.act.casework.finding import find_case
from monitor.act.casework.steps import apply_event, school_rules
from monitor.act.step import refused
from monitor.config.home.paths import keep
from monitor.home.wiring import Session
from monitor.matters.reader import load_case

Ask = Callable[[WantedFact], str]


class NotDrafted(SchoolgateError):
    """There is no draft: this letter is not for the case, or more must be known, as `missing` says."""

    def __init__(self, text: str, missing: NoDraft) -> None:
        super().__init__(text)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A draft, the facts that were recorded of it, the files that it was written to, and their bytes by their
    endings."""

    draft: LetterDraft
    facts: Mapping[str, str]
    paths: tuple[Path, ...]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def draft_letter(
    session: Session,
    number: str,
    kind: LetterKind,
    facts: Mapping[str, str],
    now: datetime,
    *,
    ask: Ask | None = None,
    out: Path | None = None,
    every_form: bool = False,
) -> Done[DraftRecord] | Refused:
    """Drafts the letter, records that, and writes it into the folder `out`, where one is named; with
    `every_form` all its forms, even where none is.

    Raises InputError where there is no such case for them, NotDrafted as `drafted` does, StoreError where
    evidence that the letter lists is damaged.
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
    return _record(session, case, drafted(kind, file, given, rules, ask), out, now, every_form)


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


def drafted(
    kind: LetterKind, file: CaseFile, given: LetterFacts, rules: Rules, ask: Ask | None
) -> LetterDraft:
    """The draft. `ask` puts what is missing to somebody at the terminal, each thing once; without it, where
    nothing can be asked, or after an answer that rules the letter out, raises NotDrafted, which says what is
    missing.
    """
    made = letters.draft(kind, file, given, rules)
    while isinstance(made, NoDraft) and ask is not None and made.wanted:
        asked = dict(_answers(made.wanted, ask))
        if not asked:
            break
        given = replace(given, facts={**given.facts, **asked})
        made = letters.draft(kind, file, given, rules)
        if any(ended(fact, said) for fact, said in asked.items()):
            break
    if isinstance(made, NoDraft):
        raise NotDrafted(_missing(made), made)
    return made


def _answers(wanted: Sequence[WantedFact], ask: Ask) -> Iterator[tuple[str, str]]:
    for want in wanted:
        if want.fact not in _UNASKED:
            yield want.fact, (said := ask(want))
            if ended(want.fact, said):
                return


_UNASKED = frozenset(("signer",))
"""What no answer at the terminal can supply."""


def _missing(missing: NoDraft) -> str:
    if missing.why_not:
        return f"There is no letter {missing.kind.value} for this case. {missing.why_not}"
    lines = [f"  {want.fact:<20}{want.question}" for want in missing.wanted]
    said = f"The letter {missing.kind.value} is not complete. What it must know, each as ⟨fact⟩ name=value:"
    return "\n".join((said, *lines, "Nothing was written."))


def _record(
    session: Session, case: Case, made: LetterDraft, out: Path | None, now: datetime, every_form: bool
) -> Done[DraftRecord] | Refused:
    """Records the draft (kind, forms, hashes) and writes it into the folder `out`, where one is named."""
    forms = out is not None or every_form
    files = {".txt": text(made).encode()} | ({".eml": eml(made), ".pdf": pdf(made)} if forms else {})
    name = f"{made.urn}-{case.number}-{made.kind.value}-{made.day:%Y%m%d}-DRAFT"  # of nobody
    paths = {ending: out / f"{name}{ending}" for ending in files} if out else {}
    said = LetterDrafted(
        letter=made.kind.value,
        by=made.by,
        form=tuple(ending[1:] for ending in files),
        sha256=tuple(sha256(held).hexdigest() for held in files.values()),
        place=case.place if case.place > 1 else None,
    )
    event = Event(said, session.person.id)
    with session.store.write("letter") as con:
        if every_form and any(step.said == said for step in case_store.steps(con, case.id)):
            return Done(DraftRecord(made, facts_of(said), (), files))  # the same draft is recorded once
        done = apply_event(con, session.context, load_case(con, case.id), event, now)
        if isinstance(done, Refusal):
            return refused(session, case, done)
        for ending, path in paths.items():  # a letter that cannot be written was not made
            keep(path, files[ending])
    return Done(DraftRecord(made, facts_of(said), tuple(paths.values()), files))
