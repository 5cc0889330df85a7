"""The exhibits of a case: each capture, and each file that somebody handed in, numbered and named. Pure.

A name is `<URN>-<yyyymmdd>-<case>-<initials of producer>/<n>`; in the names of files “_” stands for “/”.
It never includes the name of anybody the matter is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.cases import EvidenceFile
from data.evidence.file_faults import MANIFEST
from data.evidence.handed_in import WORDS
from data.types import Person

OURS = "SG"
"""The initials used when the program, and no person, is the producer."""
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "revd", "sir", "dame"))
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

Read = Callable[[str], bytes]
"""The bytes of a file by its SHA-256, checked."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit. `facts` are what its manifest says, empty for what was handed in; `at` is in UTC."""

    n: int
    series: str
    producer: str
    at: datetime
    how: str
    files: tuple[EvidenceFile, ...]
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called: `900001-20261120-0042-AB/1`."""
        return f"{self.series}/{self.n}"

    @property
    def folder(self) -> str:
        """Its folder in the pack, without “/”."""
        return f"{self.series}_{self.n}"

    @property
    def capture_id(self) -> str | None:
        """The capture whose files they are, None for a single file that was handed in."""
        return self.files[0].capture_id

    def file(self, name: str) -> EvidenceFile | None:
        """Its file of that name, None where it has none."""
        return next((f for f in self.files if f.name == name), None)


def series(urn: str, at: datetime, case_id: str, initials_: str, zone: ZoneInfo) -> str:
    """What the names of exhibits begin with: `900001-20261120-0042-AB`, the day a local one."""
    return f"{urn}-{at.astimezone(zone):%Y%m%d}-{case_id}-{initials_}"


def initials(person_id: str, people: Sequence[Person]) -> str:
    """Those of a person's name, titles aside: “Mrs Anna Brook” → “AB”."""
    name = next((p.name for p in people if p.id == person_id), "")
    words = [w for w in re.findall(r"[^\W\d_]+", name) if w.lower() not in _TITLES]
    return "".join(w[0] for w in words).upper() or OURS


def exhibits(
    case_id: str, files: Sequence[EvidenceFile], people: Sequence[Person], zone: ZoneInfo, read: Read
) -> tuple[Exhibit, ...]:
    """The exhibits in the order in which they came."""
    together: dict[str, list[EvidenceFile]] = {}
    for file in sorted(files, key=lambda f: (f.captured_at, f.capture_id or "", f.name, f.id)):
        together.setdefault(file.capture_id or file.id, []).append(file)
    made = []
    for n, held in enumerate(together.values(), start=1):
        first = held[0]
        by = initials(first.captured_by, people)
        named, at = series(first.urn, first.captured_at, case_id, by, zone), first.captured_at
        made.append(Exhibit(n, named, first.captured_by, at, first.how, tuple(held), _facts(held, read)))
    return tuple(made)


def without_people(exhibit: Exhibit) -> Exhibit:
    """Of what was handed in only that, and its words: not the manifest and the archive, which say who saw it
    and who handed it in. Of a page, all of it."""
    if not exhibit.facts.get("handed_in"):
        return exhibit
    given = tuple(f for f in exhibit.files if f.name.startswith("supplied-") or f.name == WORDS)
    return replace(exhibit, files=given)


def file_name(file: EvidenceFile) -> str:
    """The name of a file within its exhibit's folder: plain letters, nothing that leads elsewhere."""
    ending = _ENDINGS.get(file.media_type, "")
    return _UNSAFE.sub("_", file.name).lstrip(".") or f"supplied{ending}"


_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf", "image/gif": ".gif"}


def _facts(held: Sequence[EvidenceFile], read: Read) -> Mapping[str, Any]:
    manifest = next((f for f in held if f.name == MANIFEST), None)
    if manifest is None:
        return {}
    facts = json.loads(read(manifest.sha256))
    return facts if isinstance(facts, dict) else {}
