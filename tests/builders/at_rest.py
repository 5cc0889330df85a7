"""A home whose evidence an earlier version encrypted in place."""

import json
import os
from base64 import b64encode
from io import BytesIO

from data.envelope import AT_REST, Keyring, encrypt_parts
from data.evidence.vault import Vault


def a_key_file(path, *keys):
    """A file with these keys, the first of which encrypts, for its owner alone."""
    lines = ["# Keep a copy elsewhere.", *(b64encode(key).decode() for key in keys)]
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(0o600)
    return path


def naming(home, key_file):
    """The home says that its key lies there; None: in the systemd credential."""
    said = {"format": "schoolgate-at-rest/1", "key_file": str(key_file or ""), "backups": ""}
    (home / AT_REST).write_text(json.dumps(said))


def encrypt_file(vault, name, key):
    """A file of evidence as that version left it; its age stays."""
    path = vault.path(name)
    age = path.stat().st_mtime_ns
    envelope = encrypt_parts(BytesIO(path.read_bytes()), Keyring("", (key,)), f"evidence/{name}")
    overwrite(path, b"".join(envelope), age)


def overwrite(path, content, age=None):
    """Somebody, or something, puts other bytes in a file of evidence."""
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(0o400)
    if age is not None:
        os.utime(path, ns=(age, age))


def an_encrypted_home(home, key_file, key=b"o" * 32):
    """All evidence of a home is encrypted under a key of its own."""
    naming(home, a_key_file(key_file, key))
    vault = Vault(home / "evidence")
    for name in vault.names():
        encrypt_file(vault, name, key)
