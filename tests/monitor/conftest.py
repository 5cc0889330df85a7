import pytest

from data.store.engine.open import Store


@pytest.fixture(autouse=True)
def _files_stay_attached(monkeypatch):
    """As where a command or the service opens them (`monitor.home.wiring.open_store`)."""
    monkeypatch.setitem(Store.__init__.__kwdefaults__, "keep", True)
