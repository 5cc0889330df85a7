import pytest
from builders.digest import KeptOpen


@pytest.fixture
def store(kept_store: KeptOpen) -> KeptOpen:
    return kept_store
