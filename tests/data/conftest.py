from __future__ import annotations

from pathlib import Path

import pytest
from storing import Clock, a_store

from data.store.open import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    """An empty, migrated store."""
    store = a_store(tmp_path / "home", clock)
    store.migrate()
    return store
