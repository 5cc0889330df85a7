"""Which encoding a document is in: what its header and its own declaration are worth, and what without one.

What declares nothing and is not UTF-8 is windows-1252, as browsers in Britain take it, unless its bytes
cannot well be that: in English, Welsh and their neighbours a letter above ASCII stands alone or beside one
other, in the other scripts of the world they stand in rows. So only of a document with enough of them, most
in rows of three or more and of many kinds, is a script guessed, and said to be; of a short one never, for
there the guess is worse than none.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from sources.encodings import codec_of

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
_HIGH = bytes(range(0x80, 0x100))

_ROWS = re.compile(rb"[\x80-\xff]+")
_FEWEST = 30  # of 10 to 24 bytes it is wrong for 4 scripts of 11, of 30 and more for none
_FEWEST_KINDS = 8
_IN_ROWS = 0.6
_ROW = 3
_SAMPLE = 20_000
_GUESSED = [  # the encodings of the web whose letters are not Latin ones
    *("euc_jp", "cp932", "gb18030", "big5hkscs", "cp949"),
    *("koi8_r", "cp1251", "iso8859_5", "cp1255", "iso8859_8", "cp1256", "cp1253", "cp874"),
]


def declared(body: bytes, content_type: str | None) -> list[str]:
    """Python's names of the encodings that a document is said to be in, best first: by header, by itself.

    JSON is UTF-8 (RFC 8259 §8.1), whatever its posts speak of. A server's “iso-8859-1” is often only
    its default: it is passed over where the bytes are UTF-8 and more than ASCII. What is no encoding of
    the web is not believed.
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
    """Text and encoding of what fits none whole: that in which few bytes are broken, else a guess.

    One byte that is wrong does not make all others another encoding's.
    """
    for codec in codecs_:
        text = body.decode(codec, "replace")
        if _fits(text, body):
            return text, codec
    codec = ("" if codecs_[:-1] else guess(body)) or "cp1252"
    return body.decode(codec, "replace"), codec


def is_guessed(body: bytes, content_type: str | None) -> bool:
    """Was a document read in an encoding that it neither declares nor shows? Windows-1252 is no guess."""
    if body.startswith(tuple(mark for mark, _ in BOMS)) or declared(body, content_type):
        return False
    return not _fits(body.decode("utf-8", "replace"), body) and guess(body) is not None


def guess(body: bytes) -> str | None:
    """Python's name of an encoding of another script, None where there is no reason for one."""
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
    """Are few of the bytes above ASCII broken in this reading?"""
    broken = text.count("\ufffd")
    return not broken or broken * 10 <= (len(body) - len(body.translate(None, _HIGH)))


def _sample(body: bytes) -> bytes:
    """From the first byte above ASCII; cut where no letter of several bytes can be."""
    first = _ROWS.search(body)
    start = first.start() if first else len(body)
    sample = body[start : start + _SAMPLE]
    if start + _SAMPLE >= len(body):
        return sample
    end = max(sample.rfind(b"<"), sample.rfind(b" "), sample.rfind(b"\n"))
    return sample[:end] if end > 0 else sample
