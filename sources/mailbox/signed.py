"""Mails that are signed or encrypted as a whole (RFC 8551): what a part holds. No signature is checked."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import dropwhile, takewhile

KINDS = ("application/pkcs7-mime", "application/x-pkcs7-mime")
FILE = "smime.p7m"
"""The name of such a part, by which it is known where its kind says nothing (3.2.1)."""


class Holds(StrEnum):
    """Contents of a part, in place of words."""

    WORDS = ""
    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    ANSWER = "answer"


_CONSTRUCTED, _OCTETS, _NAME = 0x20, 0x04, 0x06
_LONG = 0x80
_PKCS7 = bytes.fromhex("2a864886f70d0107")
_DATA = _PKCS7 + b"\x01"
_ENCRYPTED = (_PKCS7 + b"\x03", bytes.fromhex("2a864886f70d0109100117"))


def open_part(content: bytes) -> bytes | None:
    """Give what was signed (RFC 5652, 3 and 5.2), as far as it came; None of what is encrypted."""
    elements = _list_elements(content)
    kind = next((value for tag, value in elements if tag == _NAME), b"")
    if kind in _ENCRYPTED:
        return None
    inside = dropwhile(lambda element: element != (_NAME, _DATA), elements)
    next(inside, None)
    pieces = takewhile(lambda element: element[0] == _OCTETS, inside)
    return b"".join(value for _, value in pieces)


def _list_elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """List the simple elements with their tags, those within others too, in their order (X.690, 8.1)."""
    at = 0
    while at + 1 < len(content):
        tag, length = content[at], content[at + 1]
        at += 2
        if length > _LONG:
            size = length - _LONG
            length, at = int.from_bytes(content[at : at + size], "big"), at + size
        if not tag & _CONSTRUCTED:
            yield tag, content[at : at + length]
            at += length
