"""Undoing a response's compression, never past a cap."""

from __future__ import annotations

import zlib

from data.types import Outcome
from sources.stop import Stop

ACCEPTED = "gzip, deflate"
"""What is asked for; nothing else is undone."""

_GZIP = 16 + zlib.MAX_WBITS
_MAX_LAYERS = 2


def decoded(body: bytes, encodings: str, max_bytes: int, *, cut: bool = False) -> bytes:
    """The body with its Content-Encoding undone, at most `max_bytes` of it.

    Raises Stop: too_large past the cap, malformed where the stream is damaged or the encoding
    was not asked for. With `cut`, what can be had of a damaged or longer one is given instead.
    """
    layers = [
        name for name in (e.strip().lower() for e in encodings.split(",")) if name not in ("", "identity")
    ]
    if len(layers) > _MAX_LAYERS:
        raise Stop(Outcome.MALFORMED, f"The answer is compressed {len(layers)} times over.")
    for name in reversed(layers):
        if name not in ("gzip", "x-gzip", "deflate"):
            raise Stop(Outcome.MALFORMED, f"The answer is compressed in a way not asked for ({name}).")
        if body:
            body = _inflated(body, _window(name, body), max_bytes, cut=cut)
    return body


def _window(name: str, body: bytes) -> int:
    """zlib's window bits. “deflate” means zlib (RFC 9110), but some servers send the bare stream."""
    if name != "deflate":
        return _GZIP
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS


def _inflated(body: bytes, window: int, max_bytes: int, *, cut: bool) -> bytes:
    parts: list[bytes] = []
    room = max_bytes
    while body:
        engine = zlib.decompressobj(window)
        try:
            part = engine.decompress(body, room + 1)
        except zlib.error as error:
            if cut or parts:  # after a whole stream, what follows is padding
                break
            raise Stop(Outcome.MALFORMED, "The answer's compressed data is damaged.") from error
        parts.append(part[:room])
        room -= len(part)
        if room < 0:
            if cut:
                break
            raise Stop(Outcome.TOO_LARGE, f"The answer unpacks to more than {in_units(max_bytes)}.")
        if not engine.eof and not cut:
            raise Stop(Outcome.MALFORMED, "The answer's compressed data breaks off.")
        body = engine.unused_data if engine.eof else b""
    return b"".join(parts)


def in_units(count: int) -> str:
    """A number of bytes as a person says it: “10 MB”, “512 kB”, “90 bytes”."""
    for size, unit in ((1 << 20, "MB"), (1 << 10, "kB")):
        if count >= size:
            return f"{count / size:.0f} {unit}"
    return f"{count} bytes"
