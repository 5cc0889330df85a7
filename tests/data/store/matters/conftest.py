import pytest
from builders.kept_open import KeptOpen


@pytest.fixture
def store(kept_store: KeptOpen) -> KeptOpen:
    return kept_store
