"""A time stamp (RFC 3161) for some bytes: only their hash is sent to the configured server.

The server's signature proves that the hash existed at the server's time. A stamp is accepted only if it
answers our own request (hash and nonce) and its certificate leads to one of the configured authorities. The
libraries take 12 MB, and are imported where something is stamped.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from data.effects import Fetch
from data.frozen import freeze
from data.types import FetchFailure, Request

if TYPE_CHECKING:
    from cryptography import x509
    from rfc3161_client import TimeStampResponse

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
        # timeStampResp → ContentInfo → [0] → SignedData → certificates [0]
        whole = _element(reply, 0, len(reply))
        token = _children(reply, whole)[1]
        explicit = _children(reply, token)[1]
        signed = _children(reply, explicit)[0]
        certificates = next(e for e in _children(reply, signed) if e.tag == _CONTEXT_0)
        each = [reply[e.start : e.end] for e in _children(reply, certificates)]
    except (ValueError, IndexError, StopIteration):
        return reply
    return reply[: certificates.content] + b"".join(sorted(each)) + reply[certificates.end :]


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


_GRANTED = 0
_HEADERS = (("Content-Type", "application/timestamp-query"), ("Accept", "application/timestamp-reply"))


@freeze
class TimeStamp:
    """A valid stamp. `query` and `reply` are DER, as sent and received.

    `chain` is PEM: the configured authorities and the certificates that came with the stamp, as `openssl ts
    -verify -CAfile` expects."""

    query: bytes
    reply: bytes
    chain: bytes


class Unstamped(StrEnum):
    """Why there is no stamp."""

    NOT_CONFIGURED = "not_configured"
    NO_AUTHORITY = "no_authority"
    NOT_REACHED = "not_reached"
    NO_REPLY = "no_reply"
    REFUSED = "refused"
    NOT_OURS = "not_ours"
    NOT_TRUSTED = "not_trusted"


@freeze
class NoStamp:
    """No stamp, and why."""

    why: Unstamped


def authorities(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises ValueError if none can be read."""
    from cryptography import x509

    return x509.load_pem_x509_certificates(pem)


def stamp(content: bytes, *, url: str | None, ca_pem: bytes | None, fetch: Fetch) -> TimeStamp | NoStamp:
    """The stamp of the bytes' SHA-256 by the server at `url`, checked against the authorities of `ca_pem`."""
    if not url:
        return NoStamp(Unstamped.NOT_CONFIGURED)
    from cryptography.x509 import InvalidVersion
    from rfc3161_client import (
        HashAlgorithm,
        TimestampRequestBuilder,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )

    try:
        roots = authorities(ca_pem or b"")
    except ValueError:
        return NoStamp(Unstamped.NO_AUTHORITY)
    asked = TimestampRequestBuilder(content, HashAlgorithm.SHA256).build()
    query = asked.as_bytes()
    came = fetch(Request(url, "POST", _HEADERS, query))
    if isinstance(came, FetchFailure):
        return NoStamp(Unstamped.NOT_REACHED)
    try:
        reply = decode_timestamp_response(with_sorted_certificates(came.body))
        if reply.status != _GRANTED:
            return NoStamp(Unstamped.REFUSED)
        info = reply.tst_info
    except ValueError:
        return NoStamp(Unstamped.NO_REPLY)
    if info.nonce != asked.nonce or info.message_imprint.message != hashlib.sha256(content).digest():
        return NoStamp(Unstamped.NOT_OURS)
    try:
        VerifierBuilder(roots=roots, nonce=asked.nonce).build().verify_message(reply, content)
        chain = _chain(reply, roots)
    except (VerificationError, ValueError, InvalidVersion):
        return NoStamp(Unstamped.NOT_TRUSTED)
    return TimeStamp(query, came.body, chain)


def _chain(reply: TimeStampResponse, roots: list[x509.Certificate]) -> bytes:
    """The authorities first, then the certificates that came with the stamp, each once."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    came = [x509.load_der_x509_certificate(der) for der in sorted(reply.signed_data.certificates)]
    chain = list(dict.fromkeys([*roots, *came]))
    return b"".join(cert.public_bytes(Encoding.PEM) for cert in chain)
