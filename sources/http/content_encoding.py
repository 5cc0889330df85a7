"""Undoing a response's compression, never past a cap."""

from __future__ import annotations

import re
import zlib
from enum import Enum

from data.types import Outcome
from sources.http.guard import FetchAborted, malformed

ACCEPTED = "gzip, deflate"
"""The encodings that we accept and undo."""

GZIP = 16 + zlib.MAX_WBITS
"""zlib's window bits for gzip."""

_MAGIC = b"\x1f\x8b\x08"
_MAX_LAYERS = 2
_BLOCK = 16 * 1024
_FOREIGN = frozenset(("br", "compress", "dcb", "dcz", "x-compress", "zstd"))
"""Codings that we cannot undo, nor ask for. A name that is no coding (“utf-8”, “none”) is passed over."""


def decode_body(
    body: bytes, encodings: str, max_bytes: int, *, cut: bool = False, as_named: bool = False
) -> tuple[bytes, bool]:
    """The body with its compression undone, up to `max_bytes`, and whether that is all of it. Its first bytes
    say if it is gzip or plain, whatever its Content-Encoding says (FreshRSS #3543); with `as_named` a body
    that is gzip of itself stays as it came. Raises FetchAborted: too_large past the limit, malformed if the
    stream is damaged or the encoding not accepted. Of a stream that breaks off what came is returned; with
    `cut` also of a damaged or longer one."""
    named = [name.strip().lower() for name in encodings.split(",")]
    layers = [name for name in named if name in ("gzip", "x-gzip", "deflate") or name in _FOREIGN]
    if len(layers) > _MAX_LAYERS:
        raise malformed(f"The answer is compressed {len(layers)} times over.")
    undone, whole = 0, True
    for name in (*reversed(layers), *[""] * (0 if as_named else _MAX_LAYERS)):
        if name in _FOREIGN and not (body.startswith(_MAGIC) or _DOCUMENT.match(body)):
            raise malformed(f"The answer is compressed in a way not asked for ({name}).")
        if body.startswith(_MAGIC) and undone < _MAX_LAYERS:
            body, all_there = _check_ending(*inflate(body, GZIP, max_bytes), max_bytes, cut=cut)
        elif name == "deflate" and body:
            body, all_there = _without_deflate(body, max_bytes, cut=cut)
        else:
            continue
        undone, whole = undone + 1, whole and all_there
    if body.startswith(_MAGIC) and not as_named:
        raise malformed(f"The answer is compressed more than {_MAX_LAYERS} times over.")
    if len(body) > max_bytes:
        return _check_ending(body[:max_bytes], StreamEnd.TOO_LONG, max_bytes, cut=cut)
    return body, whole


def _without_deflate(body: bytes, max_bytes: int, *, cut: bool) -> tuple[bytes, bool]:
    """“deflate” means zlib (RFC 9110), but some servers send the bare stream, and some do nothing."""
    if len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0:
        return _check_ending(*inflate(body, zlib.MAX_WBITS, max_bytes), max_bytes, cut=cut)
    plain, ending = inflate(body, -zlib.MAX_WBITS, max_bytes)
    if ending is StreamEnd.CUT_OFF and not cut:
        ending = StreamEnd.DAMAGED  # any bytes may look like the beginning of such a stream
    if ending is StreamEnd.DAMAGED and _DOCUMENT.match(body):
        return body, True
    return _check_ending(plain, ending, max_bytes, cut=cut)


_DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{\[]")


def _check_ending(plain: bytes, ending: StreamEnd, max_bytes: int, *, cut: bool) -> tuple[bytes, bool]:
    if cut or ending in (StreamEnd.WHOLE, StreamEnd.CUT_OFF):
        return plain, ending is StreamEnd.WHOLE
    if ending is StreamEnd.TOO_LONG:
        raise FetchAborted(Outcome.TOO_LARGE, f"The answer unpacks to more than {in_units(max_bytes)}.")
    raise malformed("The answer's compressed data is damaged.")


class StreamEnd(Enum):
    """The way a compressed stream ended."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    DAMAGED = "damaged"
    TOO_LONG = "too long"


def inflate(body: bytes, window: int, max_bytes: int) -> tuple[bytes, StreamEnd]:
    """Unpack a stream of one or more members, up to `max_bytes`, and say how it ended. `window` is zlib's
    window bits. Anything but gzip after a complete member is padding."""
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
