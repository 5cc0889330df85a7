"""A draft as text, mail and PDF: a letter, or (`public`) what is posted, apart from what is for the file."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

from alerts.delivery.mail import one_line
from alerts.layout.pdf import compiled, printable
from alerts.letters.kinds import LetterDraft, Quoted
from data.words.say import words

_ITEM = "- "
_MOST_TOGETHER = 400
"""A last paragraph up to this long stands on the same page as who signs."""


def pdf(draft: LetterDraft) -> bytes:
    """The PDF. Raises typst.TypstError where it could not be made as the standard asks."""
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
    return compiled("alerts.letters/letter.typ", given, draft.day)


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


_SUBJECT_CHARS = 160


def eml(draft: LetterDraft) -> bytes:
    """The file's bytes, lines ended as mail has them."""
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    mail["To"] = draft.mail_to or ""
    mail["Subject"] = one_line(f"{draft.mark}: {draft.subject}", _SUBJECT_CHARS)
    mail.set_content(body(draft), cte="quoted-printable")
    return mail.as_bytes()


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
