"""Functions that strain whoever runs them, as some documents do, and who runs them."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from support.checkout import TESTS

from data.child_process import shut_in
from data.errors import InputError, Unreadable
from sources.parser_process import Bounds, ParserProcess

FAST = Bounds(work_s=0.3, whole_s=30.0, memory_mb=200)
CHILD = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
    "from sources.parser_process import run_parser\nrun_parser()",
)
"""The reader's process, which finds these functions too."""


def reader(bounds: Bounds = FAST, timer=time.monotonic) -> ParserProcess:
    """One whose process can be asked for these functions."""
    return ParserProcess(timer, bounds, CHILD)


@dataclass(frozen=True, slots=True)
class Both:
    """A value with parts of every sort."""

    text: str
    when: datetime
    parts: tuple[float, ...]
    name: str | None = None


def echo(value: Both) -> Both:
    return value


def pid() -> int:
    return os.getpid()


def environment() -> dict[str, str]:
    return dict(os.environ)


def shut_in_and_write(path: str) -> str:
    """What came of it."""
    shut_in()
    try:
        Path(path).write_bytes(b"a picture")
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "written"


def shut_in_and_ring(port: int) -> str:
    shut_in()
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "rung"


def shut_in_and_die_with_parent() -> int:
    """The signal that its parent's end sends it (prctl(2), PR_GET_PDEATHSIG)."""
    shut_in()
    found = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(found))
    return found.value


def spin() -> int:
    while True:
        sum(range(1000))


def hang() -> int:
    signal.pause()
    return 0


def hoard() -> int:
    return len([bytes(1 << 20) for _ in range(4000)])


def crash() -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def stumble(words: str) -> int:
    raise LookupError(words)


def stumble_over(name: str) -> int:
    raise type(name, (Exception,), {})()


def refuse(words: str) -> int:
    raise InputError(words)


def lie() -> int:
    return "not a number"  # type: ignore[return-value]


def chatter() -> int:
    sys.stdout.write("a library says hello\n")
    sys.stdout.flush()
    return 1


_KEPT: list[bytes] = []


def grow() -> int:
    _KEPT.extend(b"x" * (1 << 20) for _ in range(120))
    return len(_KEPT)


def refusing(work: Callable[..., object], *args: object, **kwargs: object) -> NoReturn:
    """An `Apart` that can read nothing to its end."""
    raise Unreadable("It takes too long.")
