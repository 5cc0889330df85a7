"""The words of a letter that was kept, as they are printed: of a mail, a Word document or a text file. Pure.

Nothing in the file is followed or run; what cannot be read as words is left to the file itself.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage

from lxml import etree, html

from data.cases import EvidenceFile

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MOST_XML = 8 * 1024 * 1024
_NOT_TO_BE_READ = (
    *(KeyError, ValueError, OSError, EOFError, RuntimeError),
    *(zlib.error, zipfile.BadZipFile, etree.LxmlError),
)
"""What the libraries raise for an archive that is locked, damaged or none, or that holds no XML."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def letter_text(files: Sequence[tuple[EvidenceFile, bytes]]) -> str | None:
    """The words of the first of these files that has any, text before mail before Word; None for none."""
    held = {file.name.rpartition(".")[2]: content for file, content in files}
    found = (_READ[ending](held[ending]) for ending in _READ if ending in held)
    return next((text.strip() for text in found if text and text.strip()), None)


def _plain(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")


def _mail(content: bytes) -> str | None:
    """Its headers and its words: the plain part, else what its page says."""
    try:
        message = message_from_bytes(content, policy=policy.default)
        head = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
        return "\n".join((*head, "", _body(message)))
    except (
        LookupError,
        ValueError,
        AttributeError,
        TypeError,
        etree.LxmlError,
    ):  # a mail is what anybody wrote
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
    """Its paragraphs, a line each."""
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


_READ = {"txt": _plain, "eml": _mail, "docx": _word}
