"""A draft as a PDF that screen readers can read (PDF/UA-1), by typst, with the fonts that come with it.

The same draft gives the same bytes: the file bears the letter's day, not the time it was made.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from importlib.resources import files

from alerts.letters.kinds import Draft

_ITEM = "- "


def pdf(draft: Draft) -> bytes:
    """The PDF. Raises typst.TypstError where it could not be made as the standard asks."""
    import typst

    given = {
        "language": draft.language,
        "title": f"{draft.mark}: {draft.title}",
        "mark": draft.mark,
        "notice": draft.notice,
        "head": draft.head,
        "dated": draft.dated,
        "reference": draft.reference,
        "to": draft.to,
        "subject": draft.subject,
        "blocks": [_block(paragraph) for paragraph in draft.body],
        "signed": draft.signed,
        "public": draft.public,
    }
    return typst.compile(
        files("alerts.letters").joinpath("templates/letter.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(draft.day, time(), UTC),
    )


def _block(paragraph: str) -> dict[str, object]:
    if paragraph.startswith(_ITEM):
        return {"items": [line.removeprefix(_ITEM) for line in paragraph.split("\n")]}
    return {"text": paragraph}
