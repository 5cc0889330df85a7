"""A file encrypted by AES-256-GCM, chunk by chunk, so that one of any size takes little memory.

First the format and the id of the key, in words, and a random salt; then chunks of 1 MiB, each with its tag.
Each file has a key of its own, made of the given one and the salt (HKDF-SHA256, RFC 5869), so that no nonce
comes twice under one key. A nonce is the chunk's number and whether it is the last, as in STREAM (Hoang,
Reyhanitabar, Rogaway and Vizár, 2015): no chunk can be moved, left out, cut off or added. The header and
`about`, what the file is, are the associated data of each: no file can be put in another's place.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import field
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from data.errors import KeyMissing, StoreDamaged
from data.frozen import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
CHUNK = 1 << 20
_TAG = 16
_FORMAT = b"schoolgate-encrypted/1 "
_ID_DIGITS = 16
_SALT_BYTES = 32
_NAMED = len(_FORMAT) + _ID_DIGITS
HEADER_BYTES = _NAMED + 1 + _SALT_BYTES


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys of 32 bytes: the first encrypts, each decrypts what it encrypted. `place` is where they lie."""

    place: str
    held: tuple[bytes, ...] = field(repr=False)

    @property
    def newest(self) -> str:
        """The id of the one that encrypts."""
        return key_id(self.held[0])

    def named(self, wanted: str) -> bytes:
        """The key of that id. Raises KeyMissing."""
        for key in self.held:
            if key_id(key) == wanted:
                return key
        raise KeyMissing(
            f"The key {wanted} is not in {self.place}, and what was encrypted under it cannot be read "
            "without it, by nobody. Put a copy of that key there, on a line of its own."
        )


def key_id(key: bytes) -> str:
    """What stands for a key in files and sentences, 16 hex digits; it does not tell the key."""
    return sha256(b"schoolgate key\0" + key).hexdigest()[:_ID_DIGITS]


def key_needed(header: bytes) -> str:
    """The id of the key that a file was encrypted under, by its first HEADER_BYTES; "" where it was not."""
    ours = len(header) == HEADER_BYTES and header.startswith(_FORMAT)
    return header[len(_FORMAT) : _NAMED].decode("ascii", "replace") if ours else ""


def encrypted(source: IO[bytes], keys: Keyring, about: str) -> Iterator[bytes]:
    """The envelope of all that is read from `source`, in parts."""
    header = _FORMAT + keys.newest.encode() + b"\n" + secrets.token_bytes(_SALT_BYTES)
    cipher, tied = _cipher(keys.held[0], header), header + about.encode()
    yield header
    for n, (chunk, last) in enumerate(_chunks(source, CHUNK)):
        yield cipher.encrypt(_nonce(n, last), chunk, tied)


def decrypted(source: IO[bytes], keys: Keyring, about: str) -> Iterator[bytes]:
    """What an envelope holds, in parts; it is whole only once the last was given.

    Raises KeyMissing, and StoreDamaged where it is not what was written, to the byte, as `about`.
    """
    from cryptography.exceptions import InvalidTag

    header = source.read(HEADER_BYTES)
    if not (needs := key_needed(header)):
        raise StoreDamaged(f"{about} is not encrypted, or its beginning is gone.")
    cipher, tied = _cipher(keys.named(needs), header), header + about.encode()
    for n, (chunk, last) in enumerate(_chunks(source, CHUNK + _TAG)):
        try:
            content = cipher.decrypt(_nonce(n, last), chunk, tied)
        except InvalidTag:
            raise StoreDamaged(
                f"{about} is not as it was written: it was changed, cut off, or is another file."
            ) from None
        yield content


def _cipher(key: bytes, header: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=header[-_SALT_BYTES:], info=_FORMAT).derive(key))


def _nonce(n: int, last: bool) -> bytes:
    return n.to_bytes(11, "big") + bytes((last,))


def _chunks(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Each part, and whether it is the last; of nothing one that is empty."""
    chunk = source.read(size)
    while following := source.read(size):
        yield chunk, False
        chunk = following
    yield chunk, True
