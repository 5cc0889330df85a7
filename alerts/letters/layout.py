"""A draft as plain text: a letter, or (`public`) what is posted, separate from what is for the file."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator

from alerts.letters.kinds import LetterDraft, Quoted

RULE = "-" * 8
_AROUND = "-" * 40
"""Before and after what is quoted: it may hold quotation marks and empty lines of its own."""


def text(draft: LetterDraft, width: int | None = None) -> str:
    """The whole draft; each paragraph is one line, or wrapped at so many characters;
    what is quoted is between two lines, as it was written.
    """
    blocks = _public(draft) if draft.public else _letter(draft)
    return _joined(draft, blocks, width)


def body(draft: LetterDraft) -> str:
    """The body as a mail has it: what is to be sent, after the mark and the notice."""
    marked = f"{draft.mark}. {draft.notice}"
    if draft.public:
        return text(draft)
    blocks = (marked, RULE, *draft.body, "\n".join(draft.signed), f"{draft.dated}. {draft.reference}")
    return _joined(draft, blocks)


def _joined(draft: LetterDraft, blocks: Iterable[str], width: int | None = None) -> str:
    quotes = tuple(draft.verbatim.values())
    return "\n\n".join(_shown(block, quotes, width) for block in blocks if block) + "\n"


def _shown(block: str, quotes: Collection[str], width: int | None) -> str:
    if isinstance(block, Quoted) and block in quotes:
        return f"{_AROUND}\n{block}\n{_AROUND}"
    return _wrapped(block, width)


def _letter(draft: LetterDraft) -> Iterator[str]:
    yield f"{draft.mark}. {draft.notice}"
    yield RULE
    yield "\n".join(draft.head)
    yield f"{draft.dated}\n{draft.reference}"
    yield "\n".join(draft.to)
    yield draft.subject
    yield from draft.body
    yield "\n".join(draft.signed)


def _public(draft: LetterDraft) -> Iterator[str]:
    yield f"{draft.mark}. {draft.notice}"
    yield "\n".join((draft.title, draft.dated, draft.reference, ", ".join(draft.signed)))
    yield RULE
    yield from draft.body


def _wrapped(block: str, width: int | None) -> str:
    if width is None or isinstance(block, Quoted):
        return block
    lines = (
        textwrap.wrap(
            line, width, subsequent_indent="  " if line.startswith("- ") else "", break_long_words=False,
            break_on_hyphens=False,
        )
        for line in block.split("\n")
    )  # fmt: skip
    return "\n".join("\n".join(found) for found in lines)
