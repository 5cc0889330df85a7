"""What kind of file somebody handed in: told by its first bytes, never by its name.

A file is kept byte for byte as it came, whatever it says within itself: changed, it would be no evidence any
more. Where a picture tells the place at which it was taken (a telephone writes it in), that is said.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import struct
from pathlib import Path

from data.errors import InputError

MOST_BYTES = 50 * 1024 * 1024
_STARTS = {
    b"\x89PNG": ("image/png", ".png"),
    b"\xff\xd8": ("image/jpeg", ".jpg"),
    b"%PDF": ("application/pdf", ".pdf"),
    b"GIF8": ("image/gif", ".gif"),
    b"\x1a\x45\xdf\xa3": ("video/webm", ".webm"),
    b"PK\x03\x04": ("application/zip", ".zip"),
}
_HEIC, _AVIF, _MP4 = ("image/heic", ".heic"), ("image/avif", ".avif"), ("video/mp4", ".mp4")
_BRANDS = {
    b"heic": _HEIC, b"heix": _HEIC, b"mif1": _HEIC, b"avif": _AVIF, b"qt  ": ("video/quicktime", ".mov"),
    b"isom": _MP4, b"iso2": _MP4, b"iso4": _MP4, b"iso5": _MP4, b"iso6": _MP4, b"mp41": _MP4, b"mp42": _MP4,
    b"M4V ": _MP4, b"avc1": _MP4, b"3gp4": _MP4, b"3gp5": _MP4, b"3gp6": _MP4,
}  # fmt: skip
"""What stands behind “ftyp” in the files of telephones."""
_UNKNOWN = ("application/octet-stream", ".bin")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
"""What runs when it is opened is handed to nobody."""
_MAIL = re.compile(
    rb"(?:Received|Return-Path|Delivered-To|Message-ID|From|Date|MIME-Version|Subject): ", re.I
)
_PAGE = re.compile(rb"\s*<(?:!doctype html|html)\b", re.I)


def media_type(content: bytes) -> tuple[str, str]:
    """The media type and a name's ending; `application/octet-stream` and `.bin` for what is not known."""
    found = next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)
    if found is not None:
        return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", ".webp"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], _UNKNOWN)
    return _text_type(content) or _UNKNOWN


def _text_type(content: bytes) -> tuple[str, str] | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if not text.strip() or "\x00" in text:
        return None
    if _MAIL.match(content):
        return "message/rfc822", ".eml"
    return ("text/html", ".html") if _PAGE.match(content) else ("text/plain; charset=utf-8", ".txt")


def content_of(file: Path, most: int) -> bytes | None:
    """The bytes of a file; None where there are more than `most`.

    Raises OSError where it cannot be read, and for a pipe or a device: those need not have an end.
    """
    with open(file, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")
        content = opened.read(most + 1)
    return content if len(content) <= most else None


def read_handed_in(file: Path) -> bytes:
    """The bytes of a file that may be opened. Raises InputError for what is not kept."""
    try:
        content = content_of(file, MOST_BYTES)
    except OSError as error:
        raise InputError(f"⟨file⟩ {file}: cannot be read ({error.strerror}). Nothing was kept.") from None
    return fit(content, f"⟨file⟩ {file}")


def fit(content: bytes | None, given: str) -> bytes:
    """What may be kept, None for what is too large. Raises InputError for what is not kept."""
    if content is None:
        raise InputError(
            f"{given}: larger than {MOST_BYTES >> 20} MB. Nothing was kept. Of a film, add a still "
            "picture or the part that matters, and keep the whole of it where it is."
        )
    if not content:
        raise InputError(f"{given}: it is empty. Nothing was kept.")
    if content.startswith(_PROGRAMS):
        raise InputError(f"{given}: it is a program, not a picture or a document. Nothing was kept.")
    return content


# ---------------------------------------------------------- where a picture was taken

_EXIF = re.compile(rb"(?:Exif\x00\x00|eXIf|EXIF[\x00-\xff]{4})(?=II\*\x00|MM\x00\*)")
_XMP = re.compile(rb"exif:GPSLatitude", re.I)
_GPS, _LATITUDE = 0x8825, 2


def tells_place(content: bytes) -> bool:
    """Does the picture say within itself where it was taken (EXIF or XMP)?"""
    blocks = (content[m.end() :] for m in _EXIF.finditer(content))
    return bool(_XMP.search(content)) or any(_has_place(block) for block in blocks)


def _has_place(tiff: bytes) -> bool:
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        places = _entries(tiff, first, order).get(_GPS)
        return places is not None and _LATITUDE in _entries(tiff, places, order)
    except struct.error:
        return False


def _entries(tiff: bytes, at: int, order: str) -> dict[int, int]:
    """The tags of one directory with their values or offsets."""
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    read = (struct.unpack_from(f"{order}HHII", tiff, at + 2 + 12 * n) for n in range(count))
    return {tag: value for tag, _, _, value in read}
