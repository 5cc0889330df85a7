"""Takes from this process what a reader of strangers' documents never needs, as far as the system lets it."""

from __future__ import annotations

import ctypes
import signal
from contextlib import suppress

_DIES_WITH_PARENT, _NEW_USER, _NEW_NETWORK = 1, 0x1000_0000, 0x4000_0000
"""Of Linux: prctl(2) and unshare(2)."""


def shut_in() -> None:
    """Takes files to write, dumps of its memory, the network where the system allows that, and a life after
    its parent's. Before any thread starts."""
    with suppress(ImportError, ValueError, OSError):  # a system without such bounds
        import resource

        for what in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
            resource.setrlimit(what, (0, 0))
    with suppress(OSError, AttributeError):  # another system than Linux
        system = ctypes.CDLL(None)
        system.prctl(_DIES_WITH_PARENT, int(signal.SIGKILL))
        system.unshare(_NEW_USER | _NEW_NETWORK)
