import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders.kept_open import KeptOpen, emptied, kept_open
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
def on_disk(tmp_path: Path, clock: Clock, migrated: Path) -> Store:
    """An empty, migrated store, whose file may be looked at and written anew."""
    home = tmp_path / "home"
    shutil.copytree(migrated, home)
    return a_store(home, clock, sleep=clock.sleep)


@pytest.fixture
def store(on_disk: Store) -> Store:
    return on_disk


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[KeptOpen]:
    home = tmp_path_factory.mktemp("opened") / "home"
    shutil.copytree(migrated, home)
    with kept_open(a_store(home)) as found:
        yield found


@pytest.fixture
def kept_store(opened: KeptOpen, tmp_path: Path) -> Iterator[KeptOpen]:
    """One for all tests of a file, emptied after each: opening costs more than what is done with it."""
    with emptied(opened, tmp_path) as found:
        yield found
