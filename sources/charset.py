"""Which encoding a document is in: what its header and its own declaration are worth."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they prove; the longer of two that begin alike stands first."""

_NAME = r"""\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:\-]{1,40})"""
_HEADER = re.compile(rf"charset{_NAME}", re.IGNORECASE)
_DECLARED = re.compile(
    rf"^\s{{0,99}}<\?xml\b[^>]{{0,200}}?\bencoding{_NAME}|<meta\b[^>]{{0,400}}?\bcharset{_NAME}".encode(),
    re.IGNORECASE,
)
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_HIGH = bytes(range(0x80, 0x100))


def candidates(body: bytes, content_type: str | None) -> Iterator[str]:
    """Python's names of the encodings to be tried, best first: header, own declaration, UTF-8.

    JSON is UTF-8 (RFC 8259 §8.1), whatever its posts speak of. A server's “iso-8859-1” is often only
    its default: it is passed over where the bytes are UTF-8 and more than ASCII.
    """
    if "json" not in (content_type or "").lower() and body[:64].lstrip()[:1] not in (b"{", b"["):
        header = _HEADER.search(content_type or "")
        declared = _DECLARED.search(body[:4096])
        names = [header[1]] if header else []
        names += [(declared[1] or declared[2]).decode("ascii")] if declared else []
        yield from (name for name in map(_codec, names) if name != "cp1252" or not _is_utf8(body))
    yield "utf-8"


def _codec(name: str) -> str:
    """Python's name of an encoding as the web means it; UTF-8 for what is none."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    known = _ALIASES.get(name.lower(), _ALIASES.get(info.name, info.name))
    # a declaration that could be read byte by byte is not UTF-16; codecs like "hex" give no text
    return known if not known.startswith(("utf-16", "utf-32")) and _gives_text(known) else "utf-8"


def _gives_text(name: str) -> bool:
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        return False
    return True


def _is_utf8(body: bytes) -> bool:
    try:
        return len(body.decode("utf-8")) < len(body)
    except UnicodeDecodeError:
        return False


def mostly(body: bytes) -> tuple[str, str]:
    """Text and encoding of what fits none: UTF-8 where a few bytes are broken, else windows-1252."""
    text = body.decode("utf-8", "replace")
    high = len(body) - len(body.translate(None, _HIGH))
    if text.count("\ufffd") * 10 <= high:
        return text, "utf-8"
    return body.decode("cp1252", "replace"), "cp1252"
