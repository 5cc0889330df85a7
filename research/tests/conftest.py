"""What the tests of research find once, since it is the same each time and takes seconds."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os

import pytest
from hypothesis import settings

from research.training import examples

settings.register_profile("busy", deadline=None)
settings.load_profile("busy")  # by the clock on the wall, a busy machine fails what is right


@pytest.fixture(scope="session", autouse=True)
def _groups_found_once(tmp_path_factory):
    """Which labelled items belong together: of the same items it is found once, for all processes."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    real = examples.groups

    def groups(items):
        asked = hashlib.sha256(json.dumps(items).encode()).hexdigest()
        told = shared / f"groups-{asked}.json"
        with told.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not told.exists():
                told.write_text(json.dumps(real(items)), encoding="utf-8")
        return json.loads(told.read_text(encoding="utf-8"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(examples, "groups", groups)
        yield
