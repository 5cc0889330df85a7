"""Undoing a response's compression, never past a cap."""

from __future__ import annotations

import zlib
from enum import Enum

from data.types import Outcome
from sources.http.aborted import FetchAborted, malformed

ACCEPTED = "gzip, deflate"
"""The encodings that we accept and undo."""

GZIP = 16 + zlib.MAX_WBITS
"""zlib's window bits for gzip."""

_MAGIC = b"\x1f\x8b"
_MAX_LAYERS = 2
_BLOCK = 16 * 1024


def decoded(body: bytes, encodings: str, max_bytes: int, *, cut: bool = False) -> bytes:
    """The body with its Content-Encoding undone, up to `max_bytes`.

    Raises FetchAborted: too_large past the limit, malformed if the stream is damaged or the encoding was
    not accepted. With `cut`, returns as much as possible of a damaged or longer one instead.
    """
    layers = [
        name for name in (e.strip().lower() for e in encodings.split(",")) if name not in ("", "identity")
    ]
    if len(layers) > _MAX_LAYERS:
        raise malformed(f"The answer is compressed {len(layers)} times over.")
    for name in reversed(layers):
        if name not in ("gzip", "x-gzip", "deflate"):
            raise malformed(f"The answer is compressed in a way not asked for ({name}).")
        if body:
            body = _inflated(body, _window(name, body), max_bytes, cut=cut)
    return body


def _window(name: str, body: bytes) -> int:
    """zlib's window bits. “deflate” means zlib (RFC 9110), but some servers send the bare stream."""
    if name != "deflate":
        return GZIP
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS


def _inflated(body: bytes, window: int, max_bytes: int, *, cut: bool) -> bytes:
    plain, ending = inflated(body, window, max_bytes)
    if cut or ending is StreamEnd.WHOLE:
        return plain
    if ending is StreamEnd.TOO_LONG:
        raise FetchAborted(Outcome.TOO_LARGE, f"The answer unpacks to more than {in_units(max_bytes)}.")
    how = "breaks off" if ending is StreamEnd.CUT_OFF else "is damaged"
    raise malformed(f"The answer's compressed data {how}.")


class StreamEnd(Enum):
    """How a compressed stream ended."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    DAMAGED = "damaged"
    TOO_LONG = "too long"


def inflated(body: bytes, window: int, max_bytes: int) -> tuple[bytes, StreamEnd]:
    """What a stream of one or more members unpacks to, up to `max_bytes`, and how it ended.

    `window` is zlib's window bits. Anything but gzip after a complete member is padding.
    """
    parts: list[bytes] = []
    at, room = 0, max_bytes
    while at < len(body):
        if parts and not body.startswith(_MAGIC, at):
            break
        pieces, at, ending = _member(body, at, window, room)
        parts += pieces
        room -= sum(map(len, pieces))
        if ending is not StreamEnd.WHOLE:
            return b"".join(parts), ending
    return b"".join(parts), StreamEnd.WHOLE


def _member(body: bytes, at: int, window: int, room: int) -> tuple[list[bytes], int, StreamEnd]:
    """One member from `at`: what it unpacks to, up to `room`; where the next begins; how it ended."""
    engine = zlib.decompressobj(window)
    pieces: list[bytes] = []
    for start in range(at, len(body), _BLOCK):
        block = body[start : start + _BLOCK]
        try:
            pieces.append(engine.decompress(block, room + 1))
        except zlib.error:
            return pieces, len(body), StreamEnd.DAMAGED
        room -= len(pieces[-1])
        if room < 0:
            pieces[-1] = pieces[-1][:room]
            return pieces, len(body), StreamEnd.TOO_LONG
        if engine.eof:
            return pieces, start + len(block) - len(engine.unused_data), StreamEnd.WHOLE
    return pieces, len(body), StreamEnd.CUT_OFF


def in_units(count: int) -> str:
    """A number of bytes for people: “10 MB”, “512 kB”, “90 bytes”."""
    for size, unit in ((1 << 20, "MB"), (1 << 10, "kB")):
        if count >= size:
            return f"{count / size:.0f} {unit}"
    return f"{count} bytes"
