"""A home folder with an empty store, copied from one that was made once: making one takes far longer."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from storing import Clock, a_store

from data.store.open import Store


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        store = a_store(Path(folder))
        store.migrate()
        return store.path.read_bytes()


def a_migrated_store(home: Path, clock: Clock | None = None) -> Store:
    """A store that is brought up to date already; where there is one, that one."""
    store = a_store(home, clock)
    if not store.path.exists():
        home.mkdir(parents=True, exist_ok=True)
        store.path.write_bytes(_made())
        store.path.chmod(0o600)
    return store
