"""A draft as a PDF that screen readers can read (PDF/UA-1), by typst, with the fonts that come with it.

The same draft gives the same bytes: the file bears the letter's day, not the time it was made. Letters for
which those fonts have no shape, as an emoji in a name, are named instead; text and mail hold them. A
quotation with such letters is attached to the PDF too, word for word, and the PDF says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time
from importlib.resources import files

from alerts.letters.kinds import LetterDraft, Quoted
from alerts.pack.printable import printable
from data.words.say import words

_ITEM = "- "
_MOST_TOGETHER = 400
"""A last paragraph up to this long stands on the same page as who signs."""


def pdf(draft: LetterDraft) -> bytes:
    """The PDF. Raises typst.TypstError where it could not be made as the standard asks."""
    import typst

    given = {
        "language": draft.language,
        "title": printable(f"{draft.mark}: {draft.title}"),
        "mark": printable(draft.mark),
        "notice": printable(draft.notice),
        "head": _lines(draft.head),
        "dated": printable(draft.dated),
        "reference": printable(draft.reference),
        "to": _lines(draft.to),
        "subject": printable(draft.subject),
        "blocks": [_block(paragraph) for paragraph in draft.body or ("",)],
        "together": len("".join(draft.body[-1:])) < _MOST_TOGETHER,
        "attached": [{"name": f"{name}.txt", "text": said} for name, said in _unprinted(draft)],
        "signed": _lines(draft.signed),
        "public": draft.public,
        "attached_note": words(draft.language)("letter.attached"),
    }
    return typst.compile(
        files("alerts.letters").joinpath("templates/letter.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(draft.day, time(), UTC),
    )


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [printable(line) for line in lines]


def _unprinted(draft: LetterDraft) -> Iterator[tuple[str, str]]:
    """What it quotes that the fonts cannot show as it is."""
    return ((name, said) for name, said in draft.verbatim.items() if printable(said) != said)


def _block(paragraph: str) -> dict[str, object]:
    said = printable(paragraph)
    if isinstance(paragraph, Quoted):
        return {"quote": said}
    if not said.startswith(_ITEM):
        return {"text": said}
    return {"items": [line.removeprefix(_ITEM) for line in said.split("\n")]}
