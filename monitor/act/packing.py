"""Gathering what a pack is made of, making it, and writing down that it was made."""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version

from alerts.access.knowing import reads_whole
from alerts.ladder.advance import Refusal
from alerts.letters.facts import for_the_police
from alerts.pack.compose import bundle, compose_pack, is_letter
from alerts.pack.facts import (
    Exhibit,
    PackFacts,
    Recipient,
    Stamped,
    exhibits,
    given_letter,
    guard,
    keeps_letters,
    may_have_any,
    needs_withholding,
    render_pack,
    without_people,
)
from data.cases import Case, Event
from data.errors import CaseMoved, InputError, SchoolgateError
from data.evidence.faults import MANIFEST
from data.evidence.vault import Vault
from data.frozen import freeze
from data.people import people_of
from data.steps.classes import Noted
from data.steps.codes import EvidenceKind
from data.store import cases as case_store
from data.store import mentions as mention_store
from data.store.engine.audit_chain import Code, record_act
from data.store.engine.connect import Connection
from data.types import Person
from data.words.say import join_filled, words
from monitor.act.casework import apply_event, school_rules
from monitor.act.keeping import may_be_copied
from monitor.act.letter import name_of_author
from monitor.act.proving import prove, read_evidence
from monitor.config.home.context import Context
from monitor.matters.reader import Session, load_case, matter_of


class DoesNotHold(SchoolgateError):
    """The error that `n` things kept of the case are not as they were: nothing is handed over."""

    def __init__(self, found: str, n: int) -> None:
        self.n = n
        super().__init__(found)


@freeze
class PackRequest:
    """Which pack is wanted: who makes it, who it is for, with or without a chronology of conduct."""

    case: Case
    maker: Person
    recipient: Recipient
    course: bool


@freeze
class Packed:
    """A pack as bytes: `name` is what its files are called."""

    name: str
    zip: bytes
    pdf: bytes
    steps: int

    @property
    def sha256(self) -> str:
        """Return the hash of the ZIP, 64 hex digits."""
        return hashlib.sha256(self.zip).hexdigest()


def gather_pack(
    con: Connection, context: Context, wanted: PackRequest, vault: Vault, now: datetime
) -> PackFacts:
    """All that the pack needs. Raises DoesNotHold where what is kept was changed since."""
    case = wanted.case
    held = read_evidence(con, case.id)
    proved = prove(held, vault, case_id=case.id)
    if proved.faults:
        found = "\n".join(f"{fault.where}. {fault.said}" for fault in proved.faults)
        raise DoesNotHold(f"{found}\nNo pack was made. To see all of it: ⟪/proof⟫", len(proved.faults))
    file = case_store.whole_file(con, case, restricted=case.restricted)
    rules = school_rules(context, case.urn)
    school, people = rules.school, people_of(rules.school, context.config.all_people)
    contents = {f.sha256: vault.get(f.sha256) for f in file.evidence}
    w = words(school.language)
    said = for_the_police(file, rules, w, contents)
    quoted = said["time_quoted"]
    made = exhibits(case.id, file.evidence, people, context.config.zone, vault.get)
    shown = tuple(given for e in made if (given := given_exhibit(e, case, wanted.recipient)) is not None)
    whole = {e.capture_id for e in shown if e.file(MANIFEST)}
    mine = (case.id, case.mention_id)
    told = mention_store.find_reports(con, [case.mention_id]) if case.mention_id else {}
    reports = told.get(case.mention_id or "", ())  # whoever acts on it may have to ask those who gave a name
    return PackFacts(
        file=file,
        school=school,
        people=people,
        maker=wanted.maker,
        recipient=wanted.recipient,
        made_at=now,
        version=version("schoolgate"),
        zone=context.config.zone,
        exhibits=shown,
        contents=contents,
        links=tuple(link for link in held.chain if link.entry.subject in mine and link.entry.urn == case.urn),
        last=proved.last or "",
        stamps={s.capture_id: Stamped(s.at, s.authority) for s in proved.stamps if s.capture_id in whole},
        conduct=case_store.by_the_same(con, case) if wanted.course else None,
        reported=tuple((report.seen_by, report.at) for report in reports if report.seen_by),
        consent=said["consent_words"],
        crimes=said["crimes"],
        seen_by=tuple(said["seen_by"]),
        author_name=name_of_author(con, case.id) if wanted.recipient is Recipient.POLICE else "",
        time_named=join_filled(" ", said["time_named"], quoted and w("pack.summary.quoted", words=quoted)),
    )


def given_exhibit(exhibit: Exhibit, case: Case, recipient: Recipient) -> Exhibit | None:
    """Return what this recipient is given of an exhibit; None for nothing. Off the ladder words are in the
    pack as they were read; of an image of a child, or what is extremist, nobody gets a copy."""
    kept_back = is_letter(exhibit) and not keeps_letters(case, recipient)
    told = case.lane is not None and exhibit.facts.get("kind") == EvidenceKind.TOLD
    if (
        kept_back
        or told
        or not (given_letter(exhibit.facts, recipient) and may_be_copied(case, exhibit.files))
    ):
        return None
    shown = without_people(exhibit) if recipient.removes else exhibit
    return shown if shown.files else None


def pack_refusal(con: Connection, wanted: PackRequest) -> Refusal | None:
    """Why this pack may not be made: for whom nothing of it is, or a chronology not approved."""
    case = wanted.case
    name = None
    if not may_have_any(case, wanted.recipient):
        name = "off_the_ladder"
    elif wanted.course:
        name = guard(case, case_store.post_of(con, case, restricted=case.restricted))
    w = words("en")
    return Refusal(name, w(f"refusal.{name}.said"), w(f"refusal.{name}.remedy")) if name else None


def refuse_reading(session: Session, wanted: PackRequest, reason: str) -> None:
    """Raises InputError without a reason, or for a locked case to another than a lead or who leads it."""
    case, maker = wanted.case, wanted.maker
    if not _on_record(wanted):
        return
    config = session.config
    if case.locked and not reads_whole(maker, matter_of(case, config), config.people):
        raise InputError(words("en")("ladder.pack.locked"))
    if not reason:
        why = "restricted" if case.restricted else "locked"
        raise InputError(f"The case is {why}. Say why the pack is made; it is kept.")


def _on_record(wanted: PackRequest) -> bool:
    case = wanted.case
    return case.restricted or (case.locked and not needs_withholding(case, wanted.recipient))


def make_pack(facts: PackFacts) -> Packed:
    """The ZIP and the PDF within it. Raises typst.TypstError where the PDF could not be made."""
    w = words(facts.school.language)
    pdf = render_pack(compose_pack(facts, w), facts.contents)
    return Packed(facts.name, bundle(facts, pdf, w), pdf, len(facts.file.steps))


def hand_out(session: Session, wanted: PackRequest, pack: Packed, why: str, now: datetime) -> Refusal | None:
    """Records that the pack was made. Raises CaseMoved where the case was changed meanwhile."""
    case = wanted.case
    school = school_rules(session.context, case.urn).school
    w = words(school.language)
    note = w("pack.packed", recipient=w(wanted.recipient.key(school.nation)), sha256=pack.sha256)
    said = f"{note} {why}"
    with session.store.write("pack") as con:
        if len(case_store.steps_of_case(con, case.id)) != pack.steps:
            raise CaseMoved(f"Case {case.id} was changed meanwhile. Nothing was made: try again.")
        refused = record_pack(con, session.context, wanted, pack, said, now)
        if refused is None and _on_record(wanted):
            case_store.record_read(con, case, person=wanted.maker.id, reason=why, now=now)
    return refused


def record_pack(
    con: Connection, context: Context, wanted: PackRequest, packed: Packed, said: str, now: datetime
) -> Refusal | None:
    """Records in the case and the audit that it was made, who for, and its hash; or returns the refusal."""
    case, maker = wanted.case, wanted.maker
    event = Event(Noted(pack=packed.sha256), maker.id, said)
    done = apply_event(con, context, load_case(con, case.id), event, now)
    if isinstance(done, Refusal):
        return done
    codes = [Code.FOR.of(wanted.recipient.value), packed.sha256]
    if wanted.course:
        codes.append("chronology")
    record_act(con, now, maker.id, "pack_made", case.id, case.urn, tuple(codes))
    return None
