"""Sorts the certificates of a time stamp into the order that DER requires.

Some servers (including OpenSSL's before 3.2) send the set of certificates unsorted, which
`rfc3161-client` refuses. The signature does not cover the set, so sorting it does not affect the proof.
"""

from __future__ import annotations

from typing import NamedTuple

_SEQUENCE = 0x30
_CONTEXT_0 = 0xA0
_LONG = 0x80


class _Element(NamedTuple):
    tag: int
    start: int
    content: int
    end: int


def with_sorted_certificates(reply: bytes) -> bytes:
    """The reply (RFC 3161 §2.4.2) with that set sorted; unchanged if it has another structure."""
    try:
        certificates = _certificates(reply)
        each = [reply[e.start : e.end] for e in _children(reply, certificates)]
    except (ValueError, IndexError, StopIteration):
        return reply
    return reply[: certificates.content] + b"".join(sorted(each)) + reply[certificates.end :]


def _certificates(reply: bytes) -> _Element:
    """TimeStampResp → ContentInfo → [0] → SignedData → certificates [0]."""
    whole = _element(reply, 0, len(reply))
    token = _children(reply, whole)[1]
    explicit = _children(reply, token)[1]
    signed = _children(reply, explicit)[0]
    return next(e for e in _children(reply, signed) if e.tag == _CONTEXT_0)


def _children(der: bytes, parent: _Element) -> list[_Element]:
    if parent.tag not in (_SEQUENCE, _CONTEXT_0):
        raise ValueError("not a list")
    found, at = [], parent.content
    while at < parent.end:
        found.append(_element(der, at, parent.end))
        at = found[-1].end
    return found


def _element(der: bytes, at: int, limit: int) -> _Element:
    length, content = der[at + 1], at + 2
    if length & _LONG:
        size = length & ~_LONG
        length = int.from_bytes(der[content : content + size], "big")
        content += size
    if content + length > limit:
        raise ValueError("longer than what holds it")
    return _Element(der[at], at, content, content + length)
