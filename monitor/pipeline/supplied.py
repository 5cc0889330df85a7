"""What somebody handed in, as files of a capture: theirs under names of ours, the words as typed, an archive.

A capture is files and a manifest that lists them and says how they came about. Of a report that comes before
there is a case, the manifest is made here; of all others in `monitor.act.casework.evidence.capture_files`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from data.evidence.file_faults import MANIFEST
from data.evidence.handed_in import WORDS, SaidOfPost
from data.steps.codes import EvidenceKind
from monitor.pipeline.media import media_type, tells_place

FORMAT = "schoolgate-capture/2"
"""“/1” had no `handed_in`, and its `logged_out` was true of whatever was kept: nobody had been asked."""
LONDON = ZoneInfo("Europe/London")
"""A capture names this zone whatever the school's own: exhibits are read with UK clocks."""
WACZ = "capture.wacz"


@dataclass(frozen=True, slots=True)
class CaptureFile:
    """One file: `name` within its capture. `tells_place`: it says within itself where it was taken."""

    name: str
    content: bytes
    media_type: str
    tells_place: bool = False

    @property
    def sha256(self) -> str:
        """64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Added:
    """One handing in: into which capture, of which school and case (empty: none yet), by whom (an id).

    `people` are the ids of those at the school. `salt` is random: hashes stay in the audit when the files are
    deleted, and a post is so short that it could be guessed from its own.
    """

    capture_id: str
    urn: str
    by: str
    handed: SaidOfPost
    salt: str
    case_id: str = ""
    people: Set[str] = frozenset()


def program() -> str:
    """“Schoolgate/0.1.0”."""
    return f"Schoolgate/{version('schoolgate')}"


def kind_of(contents: Sequence[bytes]) -> EvidenceKind:
    """With what somebody handed in, or with what they said alone."""
    return EvidenceKind.SUPPLIED if contents else EvidenceKind.TOLD


def supplied_files(added: Added, contents: Sequence[bytes], at: datetime) -> list[CaptureFile]:
    """What somebody handed in, under names of ours (its own may name people), and the words as typed."""
    made = []
    for n, content in enumerate(contents, start=1):
        kind, ending = media_type(content)
        made.append(CaptureFile(f"supplied-{n}{ending}", content, kind, tells_place(content)))
    archived = [_archive(added, made, at)] if made else []
    if added.handed.words is not None:
        made.append(CaptureFile(WORDS, _typed(added, at).encode(), "text/plain; charset=utf-8"))
    return [*made, *archived]


def _typed(added: Added, at: datetime) -> str:
    """The words as they were typed, below a line that says of which capture they are."""
    return f"Capture {added.capture_id}, {utc(at)}, {added.salt}\n\n{added.handed.words}\n"


def _archive(added: Added, files: Sequence[CaptureFile], at: datetime) -> CaptureFile:
    from sources.capture.wacz import wacz
    from sources.capture.warc import archive_of_files

    said = {
        **added.handed.as_kept(added.people),
        "words": added.handed.words,
        "added_by": added.by,
        "salt": added.salt,
    }
    held = archive_of_files(
        [(f.name, f.content, f.media_type) for f in files],
        canonical(said),
        at=at,
        software=program(),
        seed=added.capture_id,
    )
    title = " ".join(part for part in (added.urn, added.case_id, added.capture_id) if part)
    return CaptureFile(WACZ, wacz(held, title=title, software=program()), "application/wacz")


def report_capture(
    added: Added, contents: Sequence[bytes], post: Mapping[str, str], at: datetime
) -> list[CaptureFile]:
    """All files of what was reported before there was a case, its manifest among them."""
    files = supplied_files(added, contents, at)
    told = common(files, kind=kind_of(contents), at=at) | {
        "urn": added.urn,
        "case": None,
        "capture": added.capture_id,
        "by": added.by,
        "program": program(),
        "logged_out": logged_out(added.handed),
        "post": dict(post),
        "handed_in": added.handed.as_kept(added.people),
        "salt": added.salt,
    }
    return [*files, CaptureFile(MANIFEST, canonical(told), "application/json")]


def common(files: Sequence[CaptureFile], *, kind: str, at: datetime) -> dict[str, object]:
    """What every manifest says: its form, its kind, when, and each file with its hash."""
    local = at.astimezone(LONDON).isoformat(timespec="seconds")
    return {
        "format": FORMAT,
        "kind": kind,
        "captured": {"utc": utc(at), "local": local, "zone": LONDON.key},
        "files": listed(files),
    }


def utc(at: datetime) -> str:
    """A moment as manifests have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(files: Sequence[CaptureFile]) -> list[dict[str, object]]:
    """Each file with its hash, by name."""
    return [_listed(f) for f in sorted(files, key=lambda f: f.name)]


def _listed(file: CaptureFile) -> dict[str, object]:
    place = {"tells_place": True} if file.tells_place else {}
    return {
        "name": file.name, "sha256": file.sha256, "size": len(file.content), "type": file.media_type, **place,
    }  # fmt: skip


def logged_out(handed: SaidOfPost | None) -> bool | None:
    """Whether somebody saw it as a visitor, as they said; None where nobody knows."""
    return None if handed is None or handed.logged_in is None else not handed.logged_in


def canonical(told: Mapping[str, object]) -> bytes:
    """JSON with keys sorted, no blanks, UTF-8, so that the same facts give the same hash."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
