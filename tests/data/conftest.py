import shutil
from pathlib import Path

import pytest
from builders.mention import Clock, a_store

from data.store.engine.open import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty, migrated store, to be copied: migrating takes longer than most tests."""
    home = tmp_path_factory.mktemp("migrated") / "home"
    a_store(home).migrate()
    return home


@pytest.fixture
def store(tmp_path: Path, clock: Clock, migrated: Path) -> Store:
    """An empty, migrated store."""
    home = tmp_path / "home"
    shutil.copytree(migrated, home)
    return a_store(home, clock)
