"""PDFs that screen readers can read (PDF/UA-1), by typst, and what reports and packs are both made of.

Nothing is fetched and no font of the machine is used: the same document gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section, or of a part of one."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `lead` is the one that says it all."""

    kind: ClassVar[str] = "paragraph"
    text: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences; `small` is for those that only some will read."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]
    small: bool = False


def compiled(template: str, given: Mapping[str, object], day: date, folder: Path | None = None) -> bytes:
    """The PDF of `package/template.typ`; pictures that it shows stand in the folder.

    It bears that day, not the time it was made. Raises typst.TypstError where it could not be made as the
    standard asks.
    """
    import typst

    package, _, name = template.partition("/")
    main: Any = files(package).joinpath("templates", name).read_bytes()
    if folder is not None:
        (folder / name).write_bytes(main)
        main = folder / name
    made: bytes = typst.compile(
        main,
        root=folder,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(day, time(), UTC),
    )
    return made
