"""The copy that is kept of what was sent to somebody who was asked to act, and of what came back from them.

It is an exhibit of its own: a file in the vault with a manifest, named by the step that records the sending
or the answer. Nothing is sent, and nothing of the file is changed.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.cases import LETTER_CAME, LETTER_SENT, Case, CaseStep, Event
from data.evidence.file_faults import MANIFEST
from data.evidence.vault import Vault
from data.steps.asking import Answered, Asked
from data.steps.codes import KeptLetter, StepKind
from data.steps.keeping import LetterDrafted
from data.store.engine.connect import Connection
from monitor.pipeline.supplied import (
    FORMAT,
    CaptureFile,
    canonical,
    keep_files,
    list_files,
    media_type,
    program_version,
    utc_text,
)

MOST_BYTES = 10 * 1024 * 1024
"""A letter with its enclosures; a film is no letter."""
_WORD = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
_TAKEN = frozenset((".txt", ".eml", ".pdf", ".docx"))
_SAID = {StepKind.ASKED: LETTER_SENT, StepKind.ANSWERED: LETTER_CAME}
_KIND = {StepKind.ASKED: "sent", StepKind.ANSWERED: "received"}


@dataclass(frozen=True, slots=True)
class LetterCopy:
    """Whether a letter is kept, and its files if it is; `letter` is the kind it was drafted as, if it was."""

    kept: KeptLetter
    files: tuple[CaptureFile, ...] = ()
    letter: str = ""


NO_COPY = LetterCopy(KeptLetter.NOT_KEPT)


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """A step with the copy that belongs to it: its event, and the files to be stored with it."""

    event: Event
    capture: str = ""
    files: tuple[CaptureFile, ...] = field(default=(), repr=False)

    def store(self, con: Connection, vault: Vault, case: Case, now: datetime) -> None:
        """Keeps them where the step is written, in the caller's transaction."""
        if self.files:
            about, by, how = (case.urn, case.mention_id, case.id), self.event.actor, _SAID[self.event.kind]
            keep_files(con, vault, self.files, about, self.capture, at=now, by=by, how=how)


def copy_of(content: bytes, kind: StepKind, steps: Sequence[CaseStep]) -> LetterCopy | None:
    """The copy of what was sent or came back, under a name of ours: its own may name people; known as the
    draft where it is still just what was drafted in this case. None for what is no letter."""
    media, ending = _letter_type(content)
    if ending not in _TAKEN or len(content) > MOST_BYTES:
        return None
    file = CaptureFile(f"{_NAME[kind]}{ending}", content, media)
    drafts = (s.said for s in reversed(steps) if isinstance(s.said, LetterDrafted))
    draft = next((drafted for drafted in drafts if file.sha256 in drafted.sha256), None)
    if draft is not None and kind is StepKind.ASKED:
        return LetterCopy(KeptLetter.AS_DRAFTED, (file,), draft.letter)
    return LetterCopy(KeptLetter.AS_SENT if kind is StepKind.ASKED else KeptLetter.AS_CAME, (file,))


_NAME = {StepKind.ASKED: "letter", StepKind.ANSWERED: "answer"}


def _letter_type(content: bytes) -> tuple[str, str]:
    """By its bytes, never by its name."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as held:
                return _WORD if "word/document.xml" in held.namelist() else ("", "")
        except (ValueError, OSError, RuntimeError, zipfile.BadZipFile):  # damaged, or none
            return "", ""
    return media_type(content)


def letter_record(case: Case, event: Event, copy: LetterCopy | None, now: datetime) -> LetterRecord:
    """The step with what it says of the copy; None is for what was spoken: there is no letter."""
    if copy is None or not isinstance(event.said, Asked | Answered):
        return LetterRecord(event)
    said = replace(event.said, kept=copy.kept)
    if not copy.files:
        return LetterRecord(replace(event, said=said))
    capture = secrets.token_hex(6)
    manifest = _manifest(case, event, event.said, copy, capture, now)
    made = CaptureFile(MANIFEST, manifest, "application/json")
    files = (*copy.files, made)
    said = replace(
        said,
        capture=capture,
        manifest=made.sha256,
        files=len(files),
        sha256=tuple(f.sha256 for f in copy.files),
    )
    return LetterRecord(replace(event, said=said), capture, files)


def _manifest(
    case: Case, event: Event, said: Asked | Answered, copy: LetterCopy, capture: str, now: datetime
) -> bytes:
    """Canonical JSON, as of a capture: what is known of the letter, and the hash of each of its files."""
    asked = said if isinstance(said, Asked) else None
    told = {
        "format": FORMAT,
        "urn": case.urn,
        "case": case.id,
        "capture": capture,
        "kind": _KIND[event.kind],
        "kept": copy.kept.value,
        "letter": copy.letter or None,
        "rung": said.rung.value,
        "way": said.way or None,
        "channel": asked.channel or None if asked else None,
        "reference": said.reference or None,
        "result": said.result.value if isinstance(said, Answered) else None,
        "written": _time_text(asked.written_at) if asked else None,
        _KIND[event.kind]: utc_text(event.when or now),
        "received_by_them": _time_text(asked.received_at) if asked else None,
        "recorded": utc_text(now),
        "by": event.actor,
        "program": program_version(),
        "files": list_files(copy.files),
    }
    return canonical(told)


def _time_text(at: datetime | None) -> str | None:
    """Write it as the step says it."""
    return at.isoformat() if at else None
