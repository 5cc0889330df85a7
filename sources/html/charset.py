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

_TABLE = """
utf-8: unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8
cp866: 866 cp866 csibm866 ibm866
iso8859_2: csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso8859_3: csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso8859_4: csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso8859_5: csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
iso8859_6: arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e
iso8859_6: iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
iso8859_7: csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7
iso8859_7: iso_8859-7:1987 sun_eu_greek
iso8859_8: csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598
iso8859_8: iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
iso8859_10: csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso8859_13: iso-8859-13 iso8859-13 iso885913
iso8859_14: iso-8859-14 iso8859-14 iso885914
iso8859_15: csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
iso8859_16: iso-8859-16
koi8_r: cskoi8r koi koi8 koi8-r koi8_r
koi8_u: koi8-ru koi8-u
mac_roman: csmacintosh mac macintosh x-mac-roman
mac_cyrillic: x-mac-cyrillic x-mac-ukrainian
cp874: dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
cp1250: cp1250 windows-1250 x-cp1250
cp1251: cp1251 windows-1251 x-cp1251
cp1252: ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591
cp1252: iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252
cp1253: cp1253 windows-1253 x-cp1253
cp1254: cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5
cp1254: windows-1254 x-cp1254
cp1255: cp1255 windows-1255 x-cp1255
cp1256: cp1256 windows-1256 x-cp1256
cp1257: cp1257 windows-1257 x-cp1257
cp1258: cp1258 windows-1258 x-cp1258
gb18030: chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030
big5hkscs: big5 big5-hkscs cn-big5 csbig5 x-x-big5
euc_jp: cseucpkdfmtjapanese euc-jp x-euc-jp
iso2022_jp: csiso2022jp iso-2022-jp
cp932: csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
cp949: cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601
cp949: windows-949
utf-8: unicodefffe utf-16be csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
"""
_CODECS = {
    label: codec
    for codec, _, labels in (line.partition(":") for line in _TABLE.split("\n"))
    for label in labels.split()
}
"""A declaration that could be read byte by byte cannot be UTF-16: it means UTF-8, as in browsers."""


def codec_of(label: str) -> str | None:
    """Python's name for the encoding that the web means by a label; None for an unknown label."""
    return _CODECS.get(label.strip().lower())


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
    if "json" in (content_type or "").lower() or body[:64].lstrip()[:1] in (b"{", b"["):
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
