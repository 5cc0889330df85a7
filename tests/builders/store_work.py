"""Processes that work on a store beside the test: `support.store_worker` says how."""

import signal

import support.store_worker
from support.forked import Forked

from data.store.engine.open import Store

_WORK = f"import runpy; runpy.run_module({support.store_worker.__name__!r}, run_name='__main__')"


def start(store: Store, what: str, number: int) -> Forked:
    return Forked(_WORK, store.home, what, number)


def end(process: Forked) -> int:
    """How it ended: well, or killed."""
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode
