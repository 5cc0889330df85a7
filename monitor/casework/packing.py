"""Gathering what a pack is made of, making it, and writing down that it was made."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from alerts.ladder.advance import Refusal
from alerts.pack.bundle import bundle
from alerts.pack.compose import compose
from alerts.pack.conduct import guard
from alerts.pack.exhibits import exhibits
from alerts.pack.facts import PackFacts, Stamped
from alerts.pack.pdf import render
from alerts.pack.recipients import Recipient
from data.audit_codes import Code
from data.cases import Case, Event, Post, StepKind
from data.people import people_of
from data.proof import EvidenceFault
from data.store import cases as case_store
from data.store import conduct
from data.store.audit import AuditEntry, Link, append
from data.store.connect import Connection
from data.types import Person
from data.vault import Vault
from data.words.say import words
from monitor.casework.act import act, rules
from monitor.casework.proving import Proved, hold, prove
from monitor.context import Context


@dataclass(frozen=True, slots=True)
class Wanted:
    """What pack is wanted: by whom, for whom, with a chronology of a course of conduct or without.

    `language` is one of `data.words.say.LANGUAGES`, the school's own where it is None.
    """

    case: Case
    maker: Person
    recipient: Recipient
    course: bool
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack as bytes: `name` is what its files are called."""

    name: str
    zip: bytes
    pdf: bytes
    steps: int

    @property
    def sha256(self) -> str:
        """Of the ZIP, 64 hex digits."""
        return hashlib.sha256(self.zip).hexdigest()


def gather(
    con: Connection, context: Context, wanted: Wanted, vault: Vault, now: datetime
) -> PackFacts | tuple[EvidenceFault, ...]:
    """All that the pack needs; the faults instead where what is kept does not hold any more."""
    case = wanted.case
    held = hold(con, case.id)
    proved = prove(held, vault, case_id=case.id)
    if proved.faults:
        return proved.faults
    file = case_store.whole_file(con, case, restricted=case.restricted)
    school = rules(context, case.urn).school
    people = people_of(school, context.config.people)
    return PackFacts(
        file=file,
        school=school,
        people=people,
        maker=wanted.maker,
        recipient=wanted.recipient,
        made_at=now,
        version=version("schoolgate"),
        zone=context.config.zone,
        exhibits=exhibits(case.id, file.evidence, people, context.config.zone, vault.get),
        contents={f.sha256: vault.get(f.sha256) for f in file.evidence},
        links=_of_the_case(held.chain, case),
        last=proved.last or "",
        stamps=_stamps(proved),
        conduct=conduct.by_the_same(con, case) if wanted.course else None,
    )


def refused_course(con: Connection, case: Case) -> str | None:
    """The name of the guard that refuses a chronology of conduct in this case; None where none does."""
    post: Post | None = None
    if case.mention_id is not None:
        post = case_store.post(con, case.mention_id, restricted=case.restricted)
    return guard(case, post)


def make(facts: PackFacts, language: str | None = None) -> Packed:
    """The ZIP and the PDF within it. Raises typst.TypstError where the PDF could not be made."""
    w = words(language or facts.school.language)
    pdf = render(compose(facts, w), facts.contents)
    return Packed(facts.name, bundle(facts, pdf, w), pdf, len(facts.file.steps))


def record(
    con: Connection, context: Context, wanted: Wanted, packed: Packed, said: str, now: datetime
) -> Refusal | None:
    """Writes into case and audit that it was made, for whom, and its hash; or gives the refusal."""
    case, maker = wanted.case, wanted.maker
    done = act(con, context, case.id, Event(StepKind.NOTED, maker.id, said), now)
    if isinstance(done, Refusal):
        return done
    codes = [Code.FOR.of(wanted.recipient.value), packed.sha256]
    if wanted.course:
        codes.append("chronology")
    append(con, [AuditEntry(now, maker.id, "pack_made", case.id, case.urn, tuple(codes))])
    return None


def write(packed: Packed, folder: Path) -> tuple[Path, ...]:
    """Puts both files into the folder, readable by their owner alone, whole, both or neither.

    Raises FileExistsError where one of that name is there: it may have been handed over.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for ending, content in (("zip", packed.zip), ("pdf", packed.pdf)):
            written.append(_put(folder / f"{packed.name}.{ending}", content))
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return tuple(written)


def _put(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise FileExistsError(path)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def _of_the_case(chain: Sequence[Link], case: Case) -> tuple[Link, ...]:
    mine = (case.id, case.mention_id)
    return tuple(link for link in chain if link.entry.subject in mine and link.entry.urn == case.urn)


def _stamps(proved: Proved) -> dict[str, Stamped]:
    return {s.capture_id: Stamped(s.at, s.authority) for s in proved.stamps}
