"""Files encrypted by AES-256-GCM, chunk by chunk, so that one of any size takes little memory; their keys.

First the format and the id of the key, in words, and a random salt; then chunks of 1 MiB, each with its tag.
Each file has a key of its own, made of the given one and the salt (HKDF-SHA256, RFC 5869), so that no nonce
comes twice under one key. A nonce is the chunk's number and whether it is the last, as in STREAM (Hoang,
Reyhanitabar, Rogaway and Vizár, 2015): no chunk can be moved, left out, cut off or added. The header and
`about`, what the file is, are the associated data of each: no file can be put in another's place.

Backups are encrypted where a key is named. Homes of an earlier version may hold evidence that is encrypted,
too: their at-rest.json says where its key lies. It is read, and no new evidence is encrypted.

A key file has a key a line, 32 bytes in base64, the newest first; lines that begin with “#” are for people.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import field
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

from data.errors import KeyMissing, StoreDamaged
from data.frozen import freeze

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AT_REST = "at-rest.json"
"""The file of a home that says where the key of its encrypted evidence lies."""
CREDENTIAL = "schoolgate-at-rest"
"""The name of the systemd credential that holds the keys."""
KEY_BYTES = 32
CHUNK = 1 << 20
_AT_REST_FORMAT = "schoolgate-at-rest/1"
_TAG = 16
_FORMAT = b"schoolgate-encrypted/1 "
_ID_DIGITS = 16
_SALT_BYTES = 32
_NAMED = len(_FORMAT) + _ID_DIGITS
HEADER_BYTES = _NAMED + 1 + _SALT_BYTES


@freeze
class Keyring:
    """Keys of 32 bytes: the first encrypts, each decrypts what it encrypted. `place` is where they lie."""

    place: str
    held: tuple[bytes, ...] = field(repr=False)

    @property
    def newest(self) -> str:
        """The id of the one that encrypts."""
        return key_id(self.held[0])

    def find_key(self, wanted: str) -> bytes:
        """Return the key of that id. Raises KeyMissing."""
        for key in self.held:
            if key_id(key) == wanted:
                return key
        raise KeyMissing(
            f"The key {wanted} is not in {self.place}, and what was encrypted under it cannot be read "
            "without it, by nobody. Put a copy of that key there, on a line of its own."
        )


def key_id(key: bytes) -> str:
    """Return what stands for a key in files and sentences, 16 hex digits; it does not tell the key."""
    return sha256(b"schoolgate key\0" + key).hexdigest()[:_ID_DIGITS]


def key_needed(header: bytes) -> str:
    """The id of the key that a file was encrypted under, by its first HEADER_BYTES; "" where it was not."""
    ours = len(header) == HEADER_BYTES and header.startswith(_FORMAT)
    return header[len(_FORMAT) : _NAMED].decode("ascii", "replace") if ours else ""


def encrypt_parts(source: IO[bytes], keys: Keyring, about: str) -> Iterator[bytes]:
    """Write the envelope of all that is read from `source`, in parts."""
    header = _FORMAT + keys.newest.encode() + b"\n" + secrets.token_bytes(_SALT_BYTES)
    cipher, tied = _cipher(keys.held[0], header), header + about.encode()
    yield header
    for n, (chunk, last) in enumerate(_chunks(source, CHUNK)):
        yield cipher.encrypt(_nonce(n, last), chunk, tied)


def decrypt_parts(source: IO[bytes], keys: Keyring, about: str) -> Iterator[bytes]:
    """Return what an envelope holds, in parts; it is whole only once the last was given. Raises KeyMissing,
    and StoreDamaged where it is not what was written, to the byte, as `about`."""
    from cryptography.exceptions import InvalidTag

    header = source.read(HEADER_BYTES)
    if not (needs := key_needed(header)):
        raise StoreDamaged(f"{about} is not encrypted, or its beginning is gone.")
    cipher, tied = _cipher(keys.find_key(needs), header), header + about.encode()
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


@freeze
class KeyPlace:
    """The file that holds the keys, None where systemd gives them."""

    key_file: Path | None

    def text(self) -> bytes:
        """Content of at-rest.json."""
        return json.dumps({"format": _AT_REST_FORMAT, "key_file": str(self.key_file or "")}).encode()


def read_key_place(home: Path) -> KeyPlace | None:
    """Place of the key of a home's encrypted evidence; None where at-rest.json is not there. Raises
    KeyMissing where that cannot be read."""
    path = home / AT_REST
    if not path.exists():
        return None
    try:
        given = json.loads(path.read_bytes())
        if given["format"] != _AT_REST_FORMAT:
            raise ValueError(given["format"])
        return KeyPlace(Path(given["key_file"]) if given["key_file"] else None)
    except (OSError, ValueError, KeyError, TypeError) as error:
        wanted = KeyPlace(Path("FILE")).text().decode()
        raise KeyMissing(
            f"{path}, which says where the key lies, cannot be read ({error}). It is one line: {wanted}"
        ) from None


def read_keys(home: Path) -> Keyring | None:
    """Return the keys of a home's encrypted evidence, None where it names none. Raises KeyMissing."""
    place = read_key_place(home)
    return keys_in(place) if place else None


def keys_in(place: KeyPlace) -> Keyring:
    """The keys, as they are now. Raises KeyMissing where they cannot be read, or others can read them."""
    path = place.key_file or _credential()
    try:
        with path.open(encoding="ascii") as file:
            mode, lines = os.fstat(file.fileno()).st_mode, file.read().splitlines()
        held = [b64decode(line, validate=True) for line in lines if line.strip() and line[0] != "#"]
    except OSError as error:
        raise KeyMissing(
            f"The key cannot be read: {path} ({(error.strerror or '').lower()}). Put it back from your copy, "
            "or let this account read it: without it, encrypted data stays encrypted."
        ) from None
    except ValueError:
        held = []
    if not held or any(len(key) != KEY_BYTES for key in held):
        raise KeyMissing(
            f"{path} is no key file, or is damaged: each line holds a key, {KEY_BYTES} bytes in base64. Put "
            "it back from your copy."
        )
    if os.name == "posix" and mode & 0o077 and path != given_by_systemd():
        raise KeyMissing(f"Others on this machine can read the key, so it is not used: chmod 600 {path}")
    return Keyring(str(place.key_file or f"the credential {CREDENTIAL}"), tuple(held))


def given_by_systemd() -> Path | None:
    """The file of keys that systemd has given this process, None where it has not."""
    path = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nowhere")) / CREDENTIAL
    return path if path.exists() else None


def _credential() -> Path:
    if (path := given_by_systemd()) is None:
        raise KeyMissing(
            f"The key is the systemd credential {CREDENTIAL}, which this command was not given. How a "
            "command by hand gets it: ⟪docs⟫ encryption"
        )
    return path
