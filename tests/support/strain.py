"""Functions that strain whoever runs them, as some documents do, and who runs them."""

import ctypes
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from support.checkout import TESTS

from data.errors import InputError, Unreadable
from data.system.shut_in import shut_in
from data.types import Page, Request
from sources.parser_process import Bounds, ParserProcess

FAST = Bounds(work_s=0.3, whole_s=30.0, memory_mb=200)
CHILD = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(TESTS)!r})\nfrom sources.parser_process import main\nmain()",
)
"""The reader's process, which finds these functions too."""


def reader(bounds=FAST, timer=time.monotonic):
    """One whose process can be asked for these functions."""
    return ParserProcess(timer, bounds, CHILD)


@dataclass(frozen=True, slots=True)
class Both:
    """A value with parts of every sort."""

    text: str
    when: datetime
    parts: tuple[float, ...]
    name: str | None = None


def echo(value):
    return value


def pid():
    return os.getpid()


def environment():
    return dict(os.environ)


def shut_in_and_write(path):
    """What came of it."""
    shut_in()
    try:
        Path(path).write_bytes(b"a picture")
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "written"


def shut_in_and_ring(port):
    shut_in()
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "rung"


def shut_in_and_die_with_parent():
    """The signal that its parent's end sends it (prctl(2), PR_GET_PDEATHSIG)."""
    shut_in()
    found = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(found))
    return found.value


def spin():
    while True:
        sum(range(1000))


def hang():
    signal.pause()
    return 0


def hoard():
    return len([bytes(1 << 20) for _ in range(4000)])


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def stumble(words):
    raise LookupError(words)


def stumble_over(name):
    raise type(name, (Exception,), {})()


def refuse(words):
    raise InputError(words)


def lie():
    return "not a number"


def chatter():
    sys.stdout.write("a library says hello\n")
    sys.stdout.flush()
    return 1


class Endless:
    """A collector that never comes to an end."""

    def requests(self, source, state, now):
        return [Request(source.url)]

    def parse(self, source, response):
        spin()
        return Page()


_KEPT: list[bytes] = []


def grow():
    _KEPT.extend(b"x" * (1 << 20) for _ in range(120))
    return len(_KEPT)


def refusing(work, *args, **kwargs):
    """An `Apart` that can read nothing to its end."""
    raise Unreadable("It takes too long.")
