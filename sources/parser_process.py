"""Parses what strangers wrote in a separate process, which can be killed; a parser in ours could not be.

A request is a function call, as a pickle that we made. An answer is JSON, checked against the function's
return type: a process that a document has taken over can send us false values, but nothing worse.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter, ValidationError

from data.child_process import (
    ChildProcess,
    Ended,
    give_memory_back,
    keep_memory_small,
    plain_environment,
    serve,
)
from data.effects import Timer
from data.errors import InputError, SchoolgateError, Unreadable
from data.frozen import freeze
from sources.base import time_items

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("schoolgate.reading")

IDLE_S = 60.0
"""How long the process is kept after its last document."""

_FOUND, _RAISED, _NO_ROOM = b"f", b"r", b"n"
_MOST_ANSWERED, _LONGEST_NAMED = 1 << 26, 300
_LARGE, _GROWN = 1 << 20, 100 << 20
_STATM = Path("/proc/self/statm")
_TOO_SLOW = "Reading it took more than {:g} seconds, which no ordinary page does; it was stopped."
_TOO_BIG = "Reading it took more memory than any ordinary page does; it was stopped."
_ILL_FORMED = "What reads it gave something else than it should ({}). Its authors need to know."
_BROKE = "It crashed the program that reads it."
_FOR_PEOPLE: dict[str, type[SchoolgateError]] = {
    kind.__name__: kind for kind in (InputError, SchoolgateError, Unreadable)
}


@freeze
class Bounds:
    """Limits for one document: seconds of processor time, seconds in all, megabytes of memory.

    The total is generous, since a busy machine is not the document's fault. On systems without a memory limit
    (macOS) memory is unlimited."""

    work_s: float = 5.0
    whole_s: float = 60.0
    memory_mb: int = 512


class ParserProcess:
    """An `Apart` whose process starts with the first document. Threads may share it; they take turns."""

    def __init__(
        self,
        timer: Timer,
        bounds: Bounds | None = None,
        command: Sequence[str] = (sys.executable, "-P", "-m", "sources.parser_process"),
    ) -> None:
        self._bounds = bounds or Bounds()
        bounded = (*command, str(self._bounds.work_s), str(self._bounds.memory_mb))
        self._child = ChildProcess(bounded, timer, env=plain_environment(), quiet=True, most=_MOST_ANSWERED)

    @property
    def pid(self) -> int | None:
        """The process's id, None if there is no process."""
        return self._child.pid

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it in the process. Raises Unreadable, or an exception named like the one it raised."""
        question = pickle.dumps((work, args, kwargs))
        try:
            answer = self._child.ask(question, self._bounds.whole_s, partial(_understood, _form(work)))
        except Ended as ended:
            raise Unreadable(self._why(ended.code)) from None
        if answer.grown:
            self._child.let_go(0.0)
        if answer.error is not None:
            raise answer.error
        return cast("T", answer.value)

    def let_go(self, idle_s: float = IDLE_S) -> bool:
        """Ends a process idle for that long, never while it is working. Returns whether it ended one."""
        return self._child.let_go(idle_s)

    def _why(self, code: int | None) -> str:
        if code is None:
            return _TOO_SLOW.format(self._bounds.whole_s)
        return _TOO_SLOW.format(self._bounds.work_s) if code == -signal.SIGPROF else _BROKE


@freeze
class _ProcessAnswer:
    """The value, or the exception to raise instead. `grown`: the process should be restarted."""

    grown: bool
    value: object = None
    error: Exception | None = None


def _form(work: Callable[..., object]) -> TypeAdapter[Any]:
    """The return type of a function or a method; built once, not once per object."""
    return _form_of(getattr(work, "__func__", work))


@cache
def _form_of(work: Callable[..., object]) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(work)["return"])


def _understood(form: TypeAdapter[Any], answer: bytes) -> _ProcessAnswer:
    """The process's answer; a capital first letter means that it has grown. Raises ValueError if invalid."""
    kind, rest = answer[:1], answer[1:]
    grown = kind.isupper()
    if kind.lower() == _FOUND:
        try:
            return _ProcessAnswer(grown, form.validate_json(rest))
        except ValidationError as fault:
            first = fault.errors(include_url=False, include_input=False)[0]
            wrong = f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"
            return _ProcessAnswer(True, error=Unreadable(_ILL_FORMED.format(wrong)))
    if kind.lower() == _NO_ROOM:
        return _ProcessAnswer(True, error=Unreadable(_TOO_BIG))
    if kind.lower() != _RAISED:
        raise ValueError("not an answer")
    return _ProcessAnswer(grown, error=_error(*json.loads(rest)))


def _error(name: str, at: str, said: str) -> Exception:
    """For our own errors, their sentence; for all others only the type, with the place in the log."""
    if said and name in _FOR_PEOPLE:
        return _FOR_PEOPLE[name](said)
    log.error("fault=%s at=%s", *(ascii(text[:_LONGEST_NAMED])[1:-1] for text in (name, at)))
    kind: type[Exception] = type(name, (Exception,), {})
    return kind(at)


# ------------------------------------------------------------------------- in the process itself


def answer_call(question: bytes, work_s: float) -> bytes:
    """Make the call and return its result or error, and whether this process has grown."""
    reply = _answer(question, work_s)
    if len(question) > _LARGE:
        give_memory_back()
    return reply[:1].upper() + reply[1:] if _grown() else reply


def _answer(question: bytes, work_s: float) -> bytes:
    """The process is killed (SIGPROF) if the call works for too long."""
    work, args, kwargs = pickle.loads(question)  # our parent made it
    signal.setitimer(signal.ITIMER_PROF, work_s)
    time_items()
    try:
        return _FOUND + _form(work).dump_json(work(*args, **kwargs))
    except MemoryError:
        return _NO_ROOM
    except Exception as error:  # noqa: BLE001 - an edge: raised again by the parent
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = str(error) if isinstance(error, SchoolgateError) else ""
        return _RAISED + json.dumps([type(error).__name__, f"{where.filename}:{where.lineno}", said]).encode()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _grown() -> bool:
    """Does the process hold more memory than it should while idle? Unknown without /proc."""
    with suppress(OSError):
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") > _GROWN
    return False


def run_parser() -> None:
    """Answers requests until the parent exits."""
    keep_memory_small()
    work_s, memory_mb = float(sys.argv[1]), int(sys.argv[2])
    with suppress(ImportError, ValueError, OSError):  # a system without such a bound
        import resource

        most = memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    serve(partial(answer_call, work_s=work_s))


if __name__ == "__main__":
    run_parser()
