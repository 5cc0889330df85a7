"""`schoolgate evidence pack`: the exhibits of a case, for somebody who may be given them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alerts.ladder.advance import Refusal
from alerts.ladder.deciders import leads
from alerts.ladder.lanes import SAFEGUARDERS
from alerts.pack.facts import PackFacts
from alerts.pack.recipients import Recipient, withheld
from data.effects import utc_now
from data.errors import CaseMoved, InputError, SchoolgateError
from data.store import cases as case_store
from data.store.evidence import files_of
from data.vault import Vault
from data.words.say import LANGUAGES
from monitor.casework import packing
from monitor.casework.act import rules
from monitor.casework.barred import never_copied
from monitor.casework.packing import Packed, Wanted
from monitor.commands.case_common import Desk, Refused, desk, find, one_of
from monitor.terminal import in_json

Say = Callable[[str], None]
_COURSE = {
    "open_case": ("The case is closed.", "Open it again: schoolgate case reopen."),
    "harassment_case": (
        "The case is not one of harassment, hate or threats.",
        "A person classifies it as C2, C3 or C6, if that is what it is: schoolgate case classify.",
    ),
    "chronology_approved": (
        "Nobody approved it in this case.",
        "The head approves it, or the chair where it is about the head: schoolgate case chronology approve.",
    ),
    "author_of_this_post": (
        "The author who was approved is not the one shown with the post of this case.",
        "Approve the author as shown there: schoolgate case chronology approve.",
    ),
}
"""What each guard of a course of conduct says, and what would satisfy it."""


class DoesNotHold(SchoolgateError):
    """What is kept of the case is not what was kept: nothing is handed to anybody as evidence."""


def pack(
    number: str,
    *,
    person: str,
    out: Path,
    to: str | None,
    course: bool,
    reason: str | None,
    language: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """Makes the ZIP and the PDF, writes down that they were made, and says where they stand.

    Raises InputError where the case is not for them, DoesNotHold where evidence was changed, Refused.
    """
    recipient = one_of(to or "file", "--to", Recipient)
    if language not in (None, *LANGUAGES):
        raise InputError(f"--language {language}: it is one of: {', '.join(LANGUAGES)}.")
    at = desk(person, home, config)
    with at.store.read() as con:
        case = find(con, at, number)
        wanted = Wanted(case, at.person, recipient, course, language)
        _refuse_reading(at, wanted, (reason or "").strip())
        if refused := never_copied(case, files_of(con, case.id, case.mention_id)):
            raise Refused(refused)
        if course and (name := packing.refused_course(con, case)):
            raise Refused(Refusal(name, *_COURSE[name]))
        facts = packing.gather(con, at.context, wanted, Vault(at.store.evidence), now := utc_now())
    if not isinstance(facts, PackFacts):
        found = "\n".join(f"{f.where}. {f.said}" for f in facts)
        raise DoesNotHold(
            f"{found}\nNo pack was made. To see all of it: schoolgate evidence verify {case.id}"
        )
    packed = packing.make(facts, language)
    written = _hand_out(at, wanted, packed, (reason or "").strip(), out, now)
    (_tell_json if as_json else _tell)(facts, written, packed, say)
    return 0


def _guarded(wanted: Wanted) -> bool:
    """Does it hold what is read on record alone?"""
    case = wanted.case
    return case.restricted or (case.locked and not withheld(case, wanted.recipient))


def _refuse_reading(at: Desk, wanted: Wanted, reason: str) -> None:
    """Raises InputError where it holds what its maker may not read, or not without a reason.

    All of a locked case is for a safeguarding lead, or for whoever leads the case: as in `case show`.
    """
    case, maker = wanted.case, wanted.maker
    if not _guarded(wanted):
        return
    may = SAFEGUARDERS & set(maker.roles) or maker in leads(case, rules(at.context, case.urn))
    if case.locked and not may:
        raise InputError(
            "The case is locked (Education Act 2002, section 141F). A pack with all of it is made by a "
            "safeguarding lead, or by whoever leads the case."
        )
    if not reason:
        why = "restricted" if case.restricted else "locked"
        raise InputError(f"The case is {why}. Say why the pack is made; it is kept: --reason “…”")


def _hand_out(
    at: Desk, wanted: Wanted, packed: Packed, reason: str, out: Path, now: datetime
) -> tuple[Path, ...]:
    """Records it and writes the files, both or neither."""
    case = wanted.case
    written: tuple[Path, ...] = ()
    said = f"A pack was made for: {wanted.recipient.value}. SHA-256 of the ZIP: {packed.sha256}. {reason}"
    try:
        with at.store.write("pack") as con:
            if len(case_store.steps(con, case.id)) != packed.steps:
                raise CaseMoved(f"Case {case.id} was changed meanwhile. Nothing was made: try again.")
            if _guarded(wanted):
                case_store.record_read(con, case, person=wanted.maker.id, reason=reason, now=now)
            refused = packing.record(con, at.context, wanted, packed, said, now)
            if refused is not None:
                raise Refused(refused)
            written = packing.write(packed, out)
    except FileExistsError as there:
        raise InputError(
            f"{there} is there already; it may have been handed over. Name another folder: --out"
        ) from None
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def _tell_json(facts: PackFacts, written: tuple[Path, ...], packed: Packed, say: Say) -> None:
    told = {"case": facts.file.case.id, "to": facts.recipient.value, "exhibits": len(facts.exhibits)}
    files = {"files": [str(path) for path in written], "sha256": packed.sha256}
    say(in_json(told | files | {"withheld": facts.withheld}))


def _tell(facts: PackFacts, written: tuple[Path, ...], packed: Packed, say: Say) -> None:
    """Where it is, and what the maker must know before handing it over."""
    for path in written:
        say(str(path))
    say(f"SHA-256 of the ZIP: {packed.sha256}")
    if not facts.exhibits and facts.file.case.lane is not None:
        say("There is no evidence in it: of what is off the ladder nothing is captured, on purpose.")
    elif not facts.exhibits:
        say("There is no evidence in it: schoolgate case capture keeps some.")
    elif not facts.stamps:
        say("No time stamp is in it: the times rest on this computer’s clock and the record.")
    if facts.withheld:
        say("The case is locked (Education Act 2002, section 141F): names, dates, words, files are left out.")
    elif facts.recipient is not Recipient.FILE:
        say("It holds personal data: hand it over in person, or by a way that is encrypted.")
