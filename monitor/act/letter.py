"""Drafting a letter of a case, and recording that it was drafted or sent: a draft by its hash alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from alerts.access.offices import holders
from alerts.ladder.advance import Refusal
from alerts.ladder.guards import AUTHOR
from alerts.ladder.rules import Rules
from alerts.letters import draft as letters
from alerts.letters.facts import SENTENCE_ENDS, day_and_time, time_named
from alerts.letters.kinds import QUOTED_FACTS, LetterDraft, LetterFacts, LetterKind, NoDraft, letter_refusal
from alerts.letters.layout import eml, make_letter_pdf, signer, write_draft
from alerts.next_date import REPORTED_WITHIN, ico_by
from alerts.wording.cases import drop_mark
from data.cases import Case, CaseFile, Event
from data.errors import SchoolgateError
from data.evidence.faults import MANIFEST
from data.evidence.vault import Vault
from data.judged import part_at
from data.steps.acts import Done, Refused
from data.steps.classes import Asked, LetterDrafted
from data.steps.codes import KeptLetter, Relationship
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.engine.connect import Connection
from data.types import Role
from monitor.act.casework import apply_event, find_case, school_rules
from monitor.act.keeping import LetterCopy, case_verdicts
from monitor.act.proving import prove, read_evidence
from monitor.act.step import Taken, explain_refusal, take_step, take_steps
from monitor.matters.reader import Session, load_case
from monitor.pipeline.supplied import CaptureFile


class NotDrafted(SchoolgateError):
    """There is no draft: this letter is not for the case, or more must be known, as `missing` says."""

    def __init__(self, text: str, missing: NoDraft) -> None:
        super().__init__(text)
        self.missing = missing


def compose(
    con: Connection, session: Session, file: CaseFile, kind: LetterKind, facts: Mapping[str, str],
    now: datetime,
) -> LetterDraft | NoDraft:  # fmt: skip
    """Compose the letter as it would be drafted now, or say what must be known first; nothing is recorded.
    Raises InputError for a fact that is none of its, StoreError where evidence is damaged."""
    rules, vault = school_rules(session.context, file.case.urn), Vault(session.store.evidence)
    spec, number, post = letters.spec_of(kind, file.case, rules, facts), file.case.id, file.post
    takes = {*spec.wants, *spec.may}
    # it says who saw the post, and when
    kept = {held.sha256: vault.get(held.sha256) for held in file.evidence if held.name == MANIFEST}
    quotes = bool(QUOTED_FACTS & takes)  # what it quotes has to be what was sealed
    whole = not quotes or not prove(read_evidence(con, number), vault, case_id=number).faults
    meant = (part_at(v.weighed_most, None, post.text) for v in case_verdicts(con, file.case) if post)
    given = LetterFacts(now, rules.school.language, facts, kept, next(meant, ""), whole)
    made = letters.draft(kind, file, given, rules)
    missing = {want.fact for want in made.wanted} if isinstance(made, NoDraft) else set()
    missing |= {"what", "author_name"} & takes  # where nobody says more, it can do without
    known = _known_facts(file, rules) | {"author_name": name_of_author(con, file.case)}
    known |= _known_of_breach(con, file.case, rules) if kind is LetterKind.BREACH_REPORT else {}
    more = {n: said for n, said in known.items() if said and n in missing - {*facts}}
    while more:
        again = letters.draft(kind, file, replace(given, facts={**facts, **more}), rules)
        still = {want.fact for want in again.wanted} & {*more} if isinstance(again, NoDraft) else set()
        if not still:
            return again
        # what may not go into this letter is for a person to say
        more = {n: said for n, said in more.items() if n not in still}
    return made


def _known_of_breach(con: Connection, case: Case, rules: Rules) -> dict[str, str]:
    """Say when the school learnt of data that got out and until when it is reported, and whom to ask."""
    alert = alert_store.by_story(con, [case.story_id]).get((case.story_id, case.urn))
    found = {"contact": next((p.email or "" for p in holders(rules.people, Role.DPO)), "")}
    if by := ico_by(alert, [case], anyway=True):
        at, ends = (day_and_time(each, rules, rules.w) for each in (by - REPORTED_WITHIN, by))
        found["learnt"] = rules.w("letter.learnt", at=at, ends=ends)
    return found


def name_of_author(con: Connection, case: Case) -> str:
    """Return whom the letter was addressed to by which the author was asked; "" where nobody was asked, and
    where somebody is held to be the author no longer."""
    if not any(asking.rung is AUTHOR for asking in case.askings):
        return ""
    if case.relationship is Relationship.PARENT:
        kinds: tuple[LetterKind, ...] = (LetterKind.PARENT_REMOVAL, LetterKind.PARENT_INVITATION)
    elif case.relationship.works_here:
        kinds = (LetterKind.STAFF_REMOVAL,)
    else:
        return ""
    written = (case_store.letter_facts(con, case.id, kind.value).get("to", "") for kind in kinds)
    return next(filter(None, written), "")


def _known_facts(file: CaseFile, rules: Rules) -> dict[str, str]:
    case, w = file.case, rules.w
    signed, weighed = signer(case, rules), case.weighed
    impact = weighed.impact if weighed else ""
    for unasked in ("impact_3", "impact_3_before"):
        impact = impact.replace(w(f"ladder.ready.{unasked}"), "")
    does = (weighed.nature, impact) if weighed else ()
    said = [one if one.endswith(SENTENCE_ENDS) else f"{one}." for one in map(str.strip, does) if one]
    reach = (signed[0].email or "") if signed else ""
    known = {"why": " ".join(said), "contact": reach, "danger": time_named(file, rules, w)}
    return known | {"what": said[0] if said else ""}


def type_letter(
    session: Session, number: str, kind: LetterKind, facts: Mapping[str, str], now: datetime
) -> None:
    """Keeps what is typed for the letter, until it is opened again. Raises as `draft_letter`, where more must
    be known aside."""
    with suppress(NotDrafted):
        _compose_letter(session, number, kind, facts, now)


def draft_letter(
    session: Session, number: str, kind: LetterKind, facts: Mapping[str, str], now: datetime
) -> Done[Mapping[str, bytes]] | Refused:
    """Draft the letter on record: the bytes of its forms by ending. Raises InputError for no such case,
    NotDrafted where it is not for the case or more must be known, StoreError for damaged evidence."""
    made, case = _compose_letter(session, number, kind, facts, now)
    files, event = _event(session, case, made)
    with session.store.write("letter") as con:
        if any(step.said == event.said for step in case_store.steps_of_case(con, case.id)):
            return Done(files)  # the same draft is recorded once
        done = apply_event(con, session.context, load_case(con, case.id), event, now)
        if isinstance(done, Refusal):
            return explain_refusal(session, case, done)
    return Done(files)


def send_letter(
    session: Session, number: str, kind: LetterKind, facts: Mapping[str, str], asked: Asked, now: datetime,
    *, words: str = "", why: str = "", made_from: int | None = None,
) -> Taken:  # fmt: skip
    """Record that somebody was asked by that letter, as drafted or in the `words` that went out. Raises as
    `draft_letter`, and CaseMoved as `take_step`."""
    spoken, event = asked.rung.spec.is_spoken(asked.way), Event(asked, session.person.id, why)
    try:
        made, case = _compose_letter(session, number, kind, facts, now)
    except NotDrafted as more:
        if not (spoken and more.missing.wanted):
            raise
        return take_step(session, number, event, now, made_from=made_from)
    _, drafted = _event(session, case, made)
    ours, said = drop_mark(write_draft(made)), words.strip()
    sent = (drop_mark(said) if said.startswith(made.mark) else said) or ours
    kept = KeptLetter.AS_DRAFTED if sent == ours else KeptLetter.AS_SENT
    file = CaptureFile("letter.txt", f"{sent}\n".encode(), "text/plain; charset=utf-8")
    copy = LetterCopy(kept, (file,), kind.value)
    events = (drafted, event)
    return take_steps(session, number, events, now, None if spoken else copy, made_from=made_from)


def _compose_letter(
    session: Session, number: str, kind: LetterKind, facts: Mapping[str, str], now: datetime
) -> tuple[LetterDraft, Case]:
    with session.store.open_reader() as con:
        case = find_case(con, session, number)
        file = case_store.whole_file(con, case)
    rules = school_rules(session.context, case.urn)
    if case.restricted and letter_refusal(kind, case, rules, now) is None:  # it quotes its address and author
        with session.store.write("reading a restricted matter") as con:
            reason = f"to draft the letter {kind.value}"
            case_store.record_read(con, case, person=session.person.id, reason=reason, now=now)
            file = case_store.whole_file(con, case, restricted=True)
    with session.store.open_reader() as con:
        made = compose(con, session, file, kind, facts, now)
        changed = case_store.letter_facts(con, case.id, kind.value) != facts
    if changed and not (isinstance(made, NoDraft) and made.why_not):
        with session.store.write("letter") as con:
            case_store.keep_letter_facts(con, case, kind.value, facts, session.person.id, now)
    if isinstance(made, NoDraft):
        raise NotDrafted(made.why_not, made)
    return made, case


def _event(session: Session, case: Case, made: LetterDraft) -> tuple[Mapping[str, bytes], Event]:
    files = {".txt": write_draft(made).encode(), ".eml": eml(made), ".pdf": make_letter_pdf(made)}
    said = LetterDrafted(
        letter=made.kind.value,
        by=made.by,
        form=tuple(ending[1:] for ending in files),
        sha256=tuple(sha256(held).hexdigest() for held in files.values()),
        place=case.place if case.place > 1 else None,
    )
    return files, Event(said, session.person.id)
