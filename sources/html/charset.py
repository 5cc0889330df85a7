"""Which encoding a document is in: by its header, its own declaration, or a guess if it has neither.

A document that declares nothing and is not UTF-8 is taken as windows-1252, as browsers in Britain do,
unless its bytes make that unlikely. In English, Welsh and neighbouring languages, letters above ASCII occur
singly or in pairs; in other scripts they occur in runs. So a script is guessed (and a warning says so) only
if there are enough such bytes, most of them in runs of three or more and of many values. For a short
document a guess is worse than none.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from sources.html.encodings import codec_of

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and their encodings; of two that begin alike, the longer comes first."""

_NAME = r"""\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:\-]{1,40})"""
_HEADER = re.compile(rf"charset{_NAME}", re.IGNORECASE)
_DECLARED = re.compile(
    rf"^\s{{0,99}}<\?xml\b[^>]{{0,200}}?\bencoding{_NAME}|<meta\b[^>]{{0,400}}?\bcharset{_NAME}".encode(),
    re.IGNORECASE,
)
_HIGH = bytes(range(0x80, 0x100))

_ROWS = re.compile(rb"[\x80-\xff]+")
_FEWEST = 30  # with 10 to 24 bytes the guess is wrong for 4 of 11 scripts, with 30 or more for none
_FEWEST_KINDS = 8
_IN_ROWS = 0.6
_ROW = 3
_SAMPLE = 20_000
_GUESSED = [  # the web's encodings of non-Latin scripts
    *("euc_jp", "cp932", "gb18030", "big5hkscs", "cp949"),
    *("koi8_r", "cp1251", "iso8859_5", "cp1255", "iso8859_8", "cp1256", "cp1253", "cp874"),
]


def declared(body: bytes, content_type: str | None) -> list[str]:
    """Python's names of the encodings declared for a document, best first: the header's, then its own.

    JSON is UTF-8 (RFC 8259 §8.1), whatever its posts mention. A server's “iso-8859-1” is often only its
    default, so it is ignored if the bytes are UTF-8 and not just ASCII. Labels that are not encodings of
    the web are ignored.
    """
    if _is_json(body, content_type):
        return ["utf-8"]
    header = _HEADER.search(content_type or "")
    own = _DECLARED.search(body[:4096])
    labels = [header[1]] if header else []
    labels += [(own[1] or own[2]).decode("ascii")] if own else []
    codecs_ = filter(None, map(codec_of, labels))
    return [codec for codec in codecs_ if codec != "cp1252" or not _is_utf8(body)]


def nearest(body: bytes, codecs_: Sequence[str]) -> tuple[str, str]:
    """Text and encoding of a document that no encoding fits exactly: one that breaks few bytes, else a guess.

    One wrong byte does not mean that all the others are in another encoding.
    """
    for codec in codecs_:
        text = body.decode(codec, "replace")
        if _fits(text, body):
            return text, codec
    codec = ("" if codecs_[:-1] else guess(body)) or "cp1252"
    return body.decode(codec, "replace"), codec


def is_guessed(body: bytes, content_type: str | None) -> bool:
    """Was the encoding guessed, being neither declared nor evident? Windows-1252 is not a guess."""
    if body.startswith(tuple(mark for mark, _ in BOMS)) or declared(body, content_type):
        return False
    return not _fits(body.decode("utf-8", "replace"), body) and guess(body) is not None


def guess(body: bytes) -> str | None:
    """Python's name of a non-Latin encoding; None if there is no reason to assume one."""
    sample = _sample(body)
    rows = _ROWS.findall(sample)
    high = sum(map(len, rows))
    in_rows = sum(len(row) for row in rows if len(row) >= _ROW)
    if high < _FEWEST or in_rows < _IN_ROWS * high or len(set(b"".join(rows))) < _FEWEST_KINDS:
        return None
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=_GUESSED, preemptive_behaviour=False).best()
    return found.encoding if found else None


def _is_json(body: bytes, content_type: str | None) -> bool:
    return "json" in (content_type or "").lower() or body[:64].lstrip()[:1] in (b"{", b"[")


def _is_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    return len(text) < len(body) and _fits(text, body)


def _fits(text: str, body: bytes) -> bool:
    """Are only a few of the bytes above ASCII broken in this reading?"""
    broken = text.count("\ufffd")
    return not broken or broken * 10 <= (len(body) - len(body.translate(None, _HIGH)))


def _sample(body: bytes) -> bytes:
    """From the first byte above ASCII, cut where no multi-byte letter can be split."""
    first = _ROWS.search(body)
    start = first.start() if first else len(body)
    sample = body[start : start + _SAMPLE]
    if start + _SAMPLE >= len(body):
        return sample
    end = max(sample.rfind(b"<"), sample.rfind(b" "), sample.rfind(b"\n"))
    return sample[:end] if end > 0 else sample
