"""Lay out, sign and address a letter."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from importlib.resources import files
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from alerts.access.knowing import signers
from alerts.delivery.mail import header_line
from alerts.ladder.rules import Rules
from alerts.layout.pdf import compile_pdf, printable
from alerts.letters.kinds import LetterDraft, LetterKind, Quoted
from alerts.wording.cases import RULE
from data.cases import Case
from data.errors import InputError
from data.steps.codes import Complainant
from data.types import Person, Role, School
from data.words.say import join_filled, words

# A draft as text, mail and PDF: a letter, or (`public`) what is posted, apart from what is for the file.

_LAYOUT_ITEM = "- "
_MOST_TOGETHER = 400
"""A last paragraph up to this long stands on the same page as who signs."""


def make_letter_pdf(draft: LetterDraft) -> bytes:
    """Make the PDF. Raises typst.TypstError where it could not be made as the standard asks."""
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
        "attached": [
            {"name": f"{name}.txt", "text": said}
            for name, said in draft.verbatim.items()
            if printable(said) != said  # the fonts cannot show it as it is
        ],
        "signed": _lines(draft.signed),
        "public": draft.public,
        "attached_note": words(draft.language)("letter.attached"),
    }
    return compile_pdf("alerts.letters/letter.typ", given, draft.day)


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [printable(line) for line in lines]


def _block(paragraph: str) -> dict[str, object]:
    said = printable(paragraph)
    if isinstance(paragraph, Quoted):
        return {"quote": said}
    if not said.startswith(_LAYOUT_ITEM):
        return {"text": said}
    return {"items": [line.removeprefix(_LAYOUT_ITEM) for line in said.split("\n")]}


_SUBJECT_CHARS = 160


def eml(draft: LetterDraft) -> bytes:
    """The file's bytes, lines ended as mail has them."""
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    mail["To"] = draft.mail_to or ""
    mail["Subject"] = header_line(f"{draft.mark}: {draft.subject}", _SUBJECT_CHARS)
    mail.set_content(body(draft), cte="quoted-printable")
    return mail.as_bytes()


_AROUND = "-" * 40
"""Before and after what is quoted: it may hold quotation marks and empty lines of its own."""


def write_draft(draft: LetterDraft, width: int | None = None) -> str:
    """Write the draft, each paragraph a line or wrapped at so many characters; quotes as written."""
    blocks = _public(draft) if draft.public else _letter(draft)
    return _join_blocks(draft, blocks, width)


def body(draft: LetterDraft) -> str:
    """The body as a mail has it: what is to be sent, after the mark and the notice."""
    marked = f"{draft.mark}. {draft.notice}"
    if draft.public:
        return write_draft(draft)
    blocks = (marked, RULE, *draft.body, "\n".join(draft.signed), f"{draft.dated}. {draft.reference}")
    return _join_blocks(draft, blocks)


def _join_blocks(draft: LetterDraft, blocks: Iterable[str], width: int | None = None) -> str:
    quotes = tuple(draft.verbatim.values())
    return "\n\n".join(_write_block(block, quotes, width) for block in blocks if block) + "\n"


def _write_block(block: str, quotes: Collection[str], width: int | None) -> str:
    if isinstance(block, Quoted) and block in quotes:
        return f"{_AROUND}\n{block}\n{_AROUND}"
    if width is None or isinstance(block, Quoted):
        return block
    wrap = partial(textwrap.wrap, width=width, break_long_words=False, break_on_hyphens=False)
    lines = (
        wrap(line, subsequent_indent="  " if line.startswith("- ") else "") for line in block.split("\n")
    )
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


# The names in a letter: who signs it, an office or the individual alone, and how its reader is addressed.


def signer(case: Case, rules: Rules) -> tuple[Person, Role] | None:
    """Find who signs for the school, and in which office: never its subject, nor whom it is aimed at. Where
    it is about the head, the chair does (Basildon 9.1), save for fair comment."""
    return next(iter(signers(rules.matter(case), rules.people)), None)


def complainant(case: Case, rules: Rules) -> Person | None:
    """The member of staff in whose own name removal is asked for; None where it is the school, or unknown."""
    if case.complainant is not Complainant.STAFF:
        return None
    return rules.person(case.complainant_person)


def postal_address(school: School) -> str:
    """Say where the school is, in one line; "" where the settings do not say."""
    return join_filled(", ", school.street, school.locality, school.town, school.postcode)


_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "revd", "canon", "father", "fr")
)
_INITIAL = re.compile(r"[A-Z]\.?|(?:[A-Z]\.){2,3}")


def salutation(name: str) -> str:
    """Say how somebody is addressed: “Miss Aberlas”, where title and names are plain; else as given."""
    title, *names = name.split() or [""]
    if title.rstrip(".").casefold() not in _TITLES or len(names) < 2:
        return name
    *given, surname = names
    if len(given) > 1 and not all(_INITIAL.fullmatch(one) for one in given[1:]):
        return name
    plain = surname[:1].isupper() and not any("," in one or one.casefold() in _JOINS for one in names)
    return f"{title} {surname}" if plain else name


_JOINS = frozenset(("and", "a", "ac", "&", "a’r"))
"""A name of two people is left whole."""


# The letters as files: which one is taken, and what it says once its names are filled in.

ANY = "any"
_SANDBOX = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
"""Plain text, every name filled in: a letter cannot reach the machine."""
_TEMPLATES_ITEM = "- "
_MARK = re.compile("\0([a-z]+)\0")
_ALONE = re.compile('[“"]?(\0[a-z]+\0)[”"]?')
"""A paragraph that is all quotation: it is set apart, and marks around it would be one pair too many."""
_TAGS_ALONE = re.compile(r"(?m)^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\n")
"""A line that holds only tags disappears; a tag within a line changes nothing around it."""


def fill_letter(
    kind: LetterKind, language: str, nation: str, own: Path | None, values: Mapping[str, object]
) -> str:
    """Write the letter. Raises InputError for a file not readable or with an unknown name."""
    name, text = source(kind, language, nation, own)
    try:
        return _SANDBOX.from_string(without_tag_lines(text)).render(values)
    except TemplateError as error:
        raise InputError(f"{name}: {error}. What a letter may hold: ⟪docs⟫ letters") from None


def source(kind: LetterKind, language: str, nation: str, own: Path | None) -> tuple[str, str]:
    """The name and the text of the file that is taken. Raises InputError where it cannot be read."""
    names = [f"{language}/{folder}/{kind.value}.txt" for folder in (nation, ANY)]
    for path in (own / name for name in names if own is not None):
        if path.is_file():
            try:
                return str(path), path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError):
                raise InputError(f"{path} cannot be read. Save it as plain text in UTF-8.") from None
    for name in names:
        ours = files("alerts.letters").joinpath("templates", *name.split("/"))
        if ours.is_file():
            return name, ours.read_text(encoding="utf-8")
    raise InputError(f"There is no letter {kind.value} in the language {language}.")


def names_in(text: str) -> set[str]:
    """The names that a template holds."""
    return find_undeclared_variables(_SANDBOX.parse(text))


def restore_quotes(paragraph: str, quotes: Mapping[str, str]) -> str:
    """Put the quoted texts back into the paragraph, as they are; only the text where it is all there is."""
    alone = _ALONE.fullmatch(paragraph)
    found = _MARK.sub(lambda mark: quotes[mark[1]], alone[1] if alone else paragraph)
    return paragraph if found == paragraph else Quoted(found)


def without_tag_lines(text: str) -> str:
    """A template in which lines that hold only tags leave no empty line."""
    return _TAGS_ALONE.sub(r"\1", text)


def parts(text: str) -> tuple[str, tuple[str, ...]]:
    """The subject, and the paragraphs: each one line, or the lines of a list."""
    first, _, rest = text.strip().partition("\n")
    return first.strip(), tuple(p for block in rest.split("\n\n") for p in _paragraphs(block))


def _paragraphs(block: str) -> Iterator[str]:
    said: list[str] = []
    items: list[str] = []
    for line in (ln.strip() for ln in block.splitlines() if ln.strip()):
        if line.startswith(_TEMPLATES_ITEM):
            items.append(line)
        elif items:
            items[-1] += f" {line}"
        else:
            said.append(line)
    if said:
        yield " ".join(said)
    if items:
        yield "\n".join(items)
