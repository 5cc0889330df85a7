"""The page of a letter: what was sent to somebody who was asked to act, or what came back; its words."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from lxml import etree, html

from alerts.layout.pdf import Heading, Paragraph, names_any
from alerts.pack.facts import Block, Exhibit, PackFacts, Quote, file_name, table
from alerts.wording.cases import drop_mark, where_kept
from alerts.wording.matters import channel_name
from data.cases import EvidenceFile
from data.evidence.faults import MANIFEST
from data.rungs import Rung
from data.steps.classes import Asked
from data.words.say import Words, asking_words

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MOST_XML = 8 * 1024 * 1024
_NOT_TO_BE_READ = (
    *(KeyError, ValueError, OSError, EOFError, RuntimeError),
    *(zlib.error, zipfile.BadZipFile, etree.LxmlError),
)
"""What the libraries raise for an archive that is locked, damaged or none, or that holds no XML."""
_ODD_MAIL = (LookupError, ValueError, AttributeError, TypeError, etree.LxmlError)
"""The same for a mail, which is what anybody wrote."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def letter_text(files: Sequence[tuple[EvidenceFile, bytes]]) -> str | None:
    """The words of the first of these files that has any, text before mail before Word; None for none."""
    held = {file.name.rpartition(".")[2]: content for file, content in files}
    found = (_READ[ending](held[ending]) for ending in _READ if ending in held)
    return next((text.strip() for text in found if text and text.strip()), None)


def _mail(content: bytes) -> str | None:
    try:
        message = message_from_bytes(content, policy=policy.default)
        head = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
        return "\n".join((*head, "", _body(message)))
    except _ODD_MAIL:
        return None


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    said = str(part.get_content())
    if part.get_content_subtype() != "html" or not said.strip():
        return said
    return str(html.document_fromstring(said).text_content())


def _word(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as held, held.open("word/document.xml") as part:
            xml = part.read(_MOST_XML + 1)
        if len(xml) > _MOST_XML:
            return None
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except _NOT_TO_BE_READ:
        return None
    return "\n".join(_paragraph(p) for p in root.iter(f"{_W}p"))


def _paragraph(p: etree._Element) -> str:
    said = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
    return "".join((t.text or "") if t.tag == f"{_W}t" else said.get(str(t.tag), "") for t in p.iter())


_READ = {"txt": lambda content: content.decode("utf-8-sig", "replace"), "eml": _mail, "docx": _word}

LETTERS = frozenset(("sent", "received"))
"""Kinds of exhibits that are letters and no evidence of the post."""
_MOST_LINES = 400
_TIMES = ("written", "sent", "received_by_them", "received", "recorded")


def is_letter(exhibit: Exhibit) -> bool:
    return exhibit.facts.get("kind") in LETTERS


def exhibit_date(exhibit: Exhibit) -> datetime:
    """Return when it was captured or handed in; of a letter, when it was sent or came."""
    said = exhibit.facts.get(str(exhibit.facts.get("kind"))) if is_letter(exhibit) else None
    return datetime.fromisoformat(said) if said else exhibit.at


def what_it_is(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    """In a few words, for a list of exhibits."""
    kind = str(exhibit.facts.get("kind") or "supplied")
    if not is_letter(exhibit):
        return w(f"pack.code.{kind}")
    said = _whose(exhibit, facts, w)
    return said if facts.withheld else w("pack.value.facts", name=said, value=_name_asking(exhibit.facts, w))


def _whose(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    """Whether it was sent or came back, and who sent it, as the step of it says."""
    steps = (s.said for s in facts.file.steps if isinstance(s.said, Asked))
    sender = next((s.sender for s in steps if s.sender and s.capture == exhibit.capture_id), None)
    return w(f"pack.value.letter_{exhibit.facts['kind']}{f'_{sender}' if sender else ''}")


def _name_asking(said: Mapping[str, Any], w: Words) -> str:
    return asking_words(Rung(said["rung"]), said.get("way") or "", w)


def letter_blocks(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The heading, who wrote to whom and when, and the words, unless they are left out."""
    said, manifest = exhibit.facts, exhibit.file(MANIFEST)
    sent = said["kind"] == "sent"
    rows = [(w("pack.fact.what"), _whose(exhibit, facts, w))]
    if facts.withheld:
        rows.append((w("pack.fact.to" if sent else "pack.fact.from"), w("pack.withheld_value")))
    else:
        where = where_kept(facts.file, exhibit.files[0], w) or channel_name(facts.file.case.channel, w)
        rows += _letter_rows(said, where, facts, w)
        rows.append((w("pack.fact.kept_by"), facts.person(exhibit.producer) or exhibit.producer))
    blocks: list[Block] = [
        Heading(w("pack.head.exhibit", name=facts.exhibit_name(exhibit)), 2),
        table([*rows, (w("pack.fact.hash"), manifest.sha256 if manifest else "–")], w),
    ]
    return blocks if facts.withheld else [*blocks, *_words(exhibit, facts, w)]


def _letter_rows(said: Mapping[str, Any], where: str, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    rows = [(w("pack.fact.to" if said["kind"] == "sent" else "pack.fact.from"), _name_asking(said, w))]
    rows.append((w("pack.fact.place"), where))
    if said.get("letter"):
        rows.append((w("pack.fact.letter"), w(f"letter.title.{said['letter']}")))
    if said.get("channel"):
        rows.append((w("pack.fact.channel"), channel_name(said["channel"], w)))
    if said.get("reference"):
        rows.append((w("pack.fact.reference"), said["reference"]))
    if said.get("result"):
        rows.append((w("pack.fact.result"), w(f"pack.code.{said['result']}")))
    times = [(name, datetime.fromisoformat(said[name])) for name in _TIMES if said.get(name)]
    rows += [(w(f"pack.fact.{name}"), facts.moment(at)) for name, at in times]
    return [*rows, (w("pack.fact.kept"), w(f"pack.code.{said['kept']}"))]


def _words(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The words where the file has any, in full or their beginning; else where the file is."""
    files = [f for f in exhibit.files if f.name != MANIFEST]
    text = letter_text([(f, facts.contents[f.sha256]) for f in files])
    names = ", ".join(map(file_name, files))
    if text is None:
        return [Paragraph(w("pack.value.files", names=names))]
    drafted = exhibit.facts.get("kept") == "as_drafted"
    text = drop_mark(text) if drafted else text
    lines = [line for line in text.splitlines() if line.strip()]
    where = Paragraph(w("pack.value.letter_files", names=names))
    blocks: list[Block] = [Heading(w("pack.head.letter"), 3), where, Quote(tuple(lines[:_MOST_LINES]))]
    if len(lines) > _MOST_LINES:
        blocks.append(Paragraph(w("pack.value.letter_longer")))
    if drafted:
        blocks.append(Paragraph(w("pack.value.letter_drafted")))
    return [*blocks, *([Paragraph(w("pack.value.letter_plain"))] if names_any(text) else [])]
