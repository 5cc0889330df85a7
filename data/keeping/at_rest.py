"""Places of the keys that encrypt a home's evidence and backups. Without at-rest.json they are not encrypted.

A key file has a key a line, 32 bytes in base64, the newest first; lines that begin with “#” are for people.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path

from data.errors import KeyMissing
from data.frozen import dataclass
from data.keeping.envelope import KEY_BYTES, Keyring

NAME = "at-rest.json"
CREDENTIAL = "schoolgate-at-rest"
"""The name of the systemd credential that holds the keys."""
_FORMAT = "schoolgate-at-rest/1"
_PATHS = ("key_file", "backups")
_FOR_PEOPLE = (
    "# Schoolgate: what evidence and backups are encrypted with. Keep a copy elsewhere, never beside the\n"
    "# backups: without it nobody can read them. The first key encrypts, those below still decrypt.\n"
)


@dataclass(frozen=True, slots=True)
class AtRest:
    """The file that holds the keys, None where systemd gives them; and where backups were last written to."""

    key_file: Path | None
    backups: Path | None = None

    def text(self) -> bytes:
        """What stands in the home."""
        paths = {
            name: str(path or "") for name, path in zip(_PATHS, (self.key_file, self.backups), strict=True)
        }
        return json.dumps({"format": _FORMAT, **paths}).encode()


def read(home: Path) -> AtRest | None:
    """What stands in the home; None where nothing there is encrypted. Raises KeyMissing."""
    path = home / NAME
    if not path.exists():
        return None
    try:
        given = json.loads(path.read_bytes())
        if given["format"] != _FORMAT:
            raise ValueError(given["format"])
        return AtRest(*(Path(given[name]) if given[name] else None for name in _PATHS))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyMissing(
            f"{path}, which says where the key lies, cannot be read ({error}). To write it anew: "
            "⟪encryption on⟫ FILE"
        ) from None


def keys_of(home: Path) -> Keyring | None:
    """The keys of a home, None where nothing there is encrypted. Raises KeyMissing."""
    found = read(home)
    return keys(found) if found else None


def keys(of: AtRest) -> Keyring:
    """The keys, as they are now. Raises KeyMissing where they cannot be read, or others can read them."""
    path = of.key_file or _credential()
    try:
        with path.open(encoding="ascii") as file:
            mode, lines = os.fstat(file.fileno()).st_mode, file.read().splitlines()
        held = [b64decode(line, validate=True) for line in lines if line.strip() and line[0] != "#"]
    except OSError as error:
        raise KeyMissing(
            f"The key of evidence and backups cannot be read: {path} ({(error.strerror or '').lower()}). Put "
            "it back from your copy, or let this account read it: without it what is encrypted stays so."
        ) from None
    except ValueError:
        held = []
    if not held or any(len(key) != KEY_BYTES for key in held):
        raise KeyMissing(
            f"{path} is no key file, or is damaged: each line holds a key, {KEY_BYTES} bytes in base64. Put "
            "it back from your copy."
        )
    if of.key_file and os.name == "posix" and mode & 0o077:
        raise KeyMissing(f"Others on this machine can read the key, so it is not used: chmod 600 {path}")
    return Keyring(str(of.key_file or f"the credential {CREDENTIAL}"), tuple(held))


def key_text(held: Iterable[bytes]) -> bytes:
    """What a key file with these keys holds."""
    return (_FOR_PEOPLE + "".join(f"{b64encode(key).decode()}\n" for key in held)).encode()


def given_by_systemd() -> Path | None:
    """The file of keys that systemd has given this process, None where it has not."""
    path = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nowhere")) / CREDENTIAL
    return path if path.exists() else None


def _credential() -> Path:
    if (path := given_by_systemd()) is None:
        raise KeyMissing(
            f"The key of evidence and backups is the systemd credential {CREDENTIAL}, which this command was "
            "not given. How a command by hand gets it: ⟪docs⟫ encryption"
        )
    return path
