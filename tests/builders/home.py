"""A home folder with an empty store, copied from one that was made once: making one takes far longer."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from builders.mention import Clock, a_store

from data.store.engine.open import Store


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        store = a_store(Path(folder))
        store.migrate()
        return store.path.read_bytes()


def a_migrated_store(home: Path, clock: Clock | None = None) -> Store:
    """A store that is brought up to date already; where there is one, that one."""
    return migrated(a_store(home, clock))


def migrated(store: Store) -> Store:
    """As `store.migrate()` leaves a new home, but copied."""
    if not store.path.exists():
        store.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        store.path.write_bytes(_made())
        store.path.chmod(0o600)
    return store
