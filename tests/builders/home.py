"""A home folder with an empty store."""

from __future__ import annotations

from pathlib import Path

from builders.mention import Clock, a_store

from data.store.engine.open import Store


def a_migrated_store(home: Path, clock: Clock | None = None) -> Store:
    """A store that is brought up to date already; where there is one, that one."""
    return migrated(a_store(home, clock))


def migrated(store: Store) -> Store:
    """As `store.migrate()` leaves a new home; where there is one, it stays as it is."""
    if not store.path.exists():
        store.migrate()
    return store
