"""A child process of ours that answers questions. It is reused, and ended when an answer takes too long.

A question goes to its standard input and the answer comes from its standard output, each as bytes preceded by
their length. The child ends when its input is closed, however its parent ended.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import struct
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, TypeVar

from data.effects import Timer

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


T = TypeVar("T")
"""Returns seconds and never jumps."""

_LENGTH = struct.Struct(">Q")
_PIECE = 1 << 16
_PASSED_ON = frozenset(("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV"))
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 128 * 1024
_LAST_S = 1.0


class Ended(Exception):
    """The child gave no answer. `code` is its exit status; None if it took too long."""

    def __init__(self, code: int | None = None) -> None:
        self.code = code
        super().__init__("the process took too long" if code is None else f"the process ended with {code}")


class ChildProcess:
    """One child process, started at the first question. Safe across threads, which take turns. `quiet`
    discards its standard error. No answer may be longer than `most` bytes."""

    def __init__(
        self,
        command: Sequence[str],
        timer: Timer,
        *,
        env: Mapping[str, str] | None = None,
        quiet: bool = False,
        most: int = 1 << 28,
    ) -> None:
        self._command = command
        self._timer = timer
        self._env = env
        self._quiet = quiet
        self._most = most
        self._child: subprocess.Popen[bytes] | None = None
        self._used_at = timer()
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process id, None if it is not running."""
        child = self._child
        return child.pid if child is not None else None

    def ask(self, question: bytes, within_s: float, understood: Callable[[bytes], T]) -> T:
        """Sends a question and returns what `understood` makes of the answer. Raises Ended; the next question
        then starts a new child.

        An answer that `understood` cannot read (ValueError, LookupError, TypeError, RecursionError) counts as
        no answer."""
        with self._lock:
            try:
                return understood(self._ask(question, self._timer() + within_s))
            except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
                raise Ended(self._wait_for_end()) from error
            except Ended:
                self._end()
                raise
            finally:
                self._used_at = self._timer()

    def let_go(self, idle_s: float) -> bool:
        """Ends a child that has been idle for that long, never one at work. Returns whether it did."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._child is None or self._timer() - self._used_at < idle_s:
                return False
            self._end()
            return True
        finally:
            self._lock.release()

    def _ask(self, question: bytes, ends: float) -> bytes:
        child = self._child = self._child or self._begin()
        asked, said = _pipes(child)
        self._send(asked, question, ends)
        (length,) = _LENGTH.unpack(self._receive(said, _LENGTH.size, ends))
        if length > self._most:
            raise ValueError("the answer is longer than allowed")
        return self._receive(said, length, ends)

    def _begin(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if self._quiet else None,
            env=self._env,
        )
        asked, _ = _pipes(child)
        os.set_blocking(asked, False)
        return child

    def _send(self, pipe: int, message: bytes, ends: float) -> None:
        for part in (_LENGTH.pack(len(message)), message):
            left = memoryview(part)
            while left:
                self._ready(pipe, select.POLLOUT, ends)
                left = left[os.write(pipe, left[:_PIECE]) :]

    def _receive(self, pipe: int, length: int, ends: float) -> bytes:
        found = bytearray()
        while len(found) < length:
            self._ready(pipe, select.POLLIN, ends)
            part = os.read(pipe, min(length - len(found), _PIECE))
            if not part:
                raise OSError("the process ended")
            found += part
        return bytes(found)

    def _ready(self, pipe: int, what: int, ends: float) -> None:
        poll = select.poll()
        poll.register(pipe, what)
        if not poll.poll(max(0.0, ends - self._timer()) * 1000):
            raise Ended

    def _wait_for_end(self) -> int:
        """Say how the child ended by itself; one still running is killed and counts as killed."""
        child = self._child
        with suppress(subprocess.TimeoutExpired):
            if child is not None:
                child.wait(_LAST_S)
        return self._end()

    def _end(self) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):  # the other end is gone, and unwritten data with it
                    pipe.close()
        return child.wait()


def _pipes(child: subprocess.Popen[bytes]) -> tuple[int, int]:
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdin.fileno(), child.stdout.fileno()


def serve(answer: Callable[[bytes], bytes]) -> None:
    """The child's side: answers each question until there are no more.

    Signals that ask the parent to stop reach its children too and are ignored here: the parent ends this
    process. Anything a library prints on standard output is kept out of the answers."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(0), "rb") as asked, os.fdopen(os.dup(1), "wb") as said:
        os.dup2(2, 1)
        while (question := _message(asked)) is not None:
            told = answer(question)
            try:
                said.write(_LENGTH.pack(len(told)) + told)
                said.flush()
            except BrokenPipeError:  # the parent is gone
                os._exit(0)


def _message(pipe: IO[bytes]) -> bytes | None:
    """The next complete message; None at the end of the input."""
    length = pipe.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(length)[0]
    message = pipe.read(size)
    return message if len(message) == size else None


def plain_environment() -> dict[str, str]:
    """The environment a program needs to start, without any secrets ours may have been given."""
    return {name: value for name, value in os.environ.items() if name in _PASSED_ON}


def keep_memory_small() -> None:
    """Lets freed memory go back to the system (glibc): few heaps, large blocks outside them. Call before any
    thread starts. Saves an idle service 5 to 8 MB (measured)."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        for option, value in ((_M_TRIM_THRESHOLD, _LARGE), (_M_MMAP_THRESHOLD, _LARGE), (_M_ARENA_MAX, 2)):
            libc.mallopt(option, value)


def give_memory_back() -> None:
    """Returns freed memory to the system where its C library can (glibc)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
