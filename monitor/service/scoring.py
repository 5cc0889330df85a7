"""The model in a process of its own, so that all its memory goes when it has not been used for a while.

Measured: a model that was loaded, used and let go leaves 50 MB behind in the process that held it, and
its libraries as much again. The child reads from its standard input and writes to its standard output:
first the model's table as JSON, then for each question a JSON line of texts, answered by a JSON line and
the numbers as float32. It ends when its input does, however its parent ended.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO

import numpy as np

from data.errors import SchoolgateError
from data.types import Scores
from monitor.config_model import ModelTable

IDLE_S = 300.0
"""So long the model is kept after its last text."""

ANSWERS_IN_S, A_TEXT_S = 120.0, 0.5
"""So long the child may take over one question, and for each of its texts. A cold start on a busy machine
took 50 seconds, a text 4 ms. A child that hangs longer is ended and counts as one that died."""

_TRIES = 2
Command = Sequence[str]
CHILD: Command = (sys.executable, "-P", "-m", "monitor.service.scoring")


class AwayScorer:
    """A TextScorer whose model lives in a child process, begun at the first text. Safe in threads.

    `timer` is a clock in seconds that never jumps.
    """

    def __init__(
        self,
        model: ModelTable,
        timer: Callable[[], float],
        command: Command = CHILD,
        answers_in_s: float = ANSWERS_IN_S,
    ) -> None:
        self._table = model.model_dump_json()
        self._timer = timer
        self._command = command
        self._answers_in_s = answers_in_s
        self._child: subprocess.Popen[bytes] | None = None
        self._used_at = timer()
        self._lock = threading.Lock()

    @property
    def loaded(self) -> bool:
        """Is there a child?"""
        return self._child is not None

    def score(self, texts: Sequence[str]) -> Scores:
        """Probabilities of each text, in order; asked again once where the child died or hung over it.

        Raises SchoolgateError with the child's own sentence, or where that happened twice.
        """
        with self._lock:
            for _ in range(_TRIES):
                try:
                    return self._ask(texts)
                except (
                    OSError,
                    ValueError,
                    LookupError,
                    TypeError,
                ):  # it died, or what it wrote is no answer
                    self._end()
                finally:
                    self._used_at = self._timer()
        raise SchoolgateError("The model's process ended over a text, twice. To see why: schoolgate doctor")

    def let_go(self, idle_s: float = IDLE_S) -> bool:
        """Ends the child where it was not used for so long; never while it is at work. Says whether."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._child is None or self._timer() - self._used_at < idle_s:
                return False
            self._end()
            return True
        finally:
            self._lock.release()

    def _ask(self, texts: Sequence[str]) -> Scores:
        child = self._child = self._child or self._begin()
        watch = threading.Timer(self._answers_in_s + A_TEXT_S * len(texts), child.kill)
        watch.daemon = True
        watch.start()
        try:
            return _exchange(child, texts)
        finally:
            watch.cancel()

    def _begin(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdin is not None
        child.stdin.write(self._table.encode() + b"\n")
        return child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)
        child.wait()


def _exchange(child: subprocess.Popen[bytes], texts: Sequence[str]) -> Scores:
    """One question and its answer. Raises OSError where the child is no more."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps(list(texts)).encode() + b"\n")
    child.stdin.flush()
    line = child.stdout.readline()
    if not line.endswith(b"\n"):
        raise OSError("the model's process ended")
    head = json.loads(line)
    if "fault" in head:
        raise SchoolgateError(head["fault"])
    shape = (len(texts), len(head["labels"]))
    body = child.stdout.read(shape[0] * shape[1] * 4)
    if len(body) < shape[0] * shape[1] * 4:
        raise OSError("the model's process ended")
    values = np.frombuffer(body, np.float32).reshape(shape).copy()
    return Scores(tuple(head["labels"]), values, tuple(head["truncated"]), head["model"])


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # the other end is gone, and what was not yet written with it


def answer(table: str, asked: IO[bytes], out: IO[bytes]) -> None:
    """The child: answers every line of texts until there are no more."""
    from monitor.wiring import scorer

    model = scorer(ModelTable.model_validate_json(table))
    for line in asked:
        try:
            scores = model.score(json.loads(line))
        except SchoolgateError as error:
            out.write(json.dumps({"fault": str(error)}).encode() + b"\n")
        else:
            values = np.ascontiguousarray(scores.values, np.float32)
            truncated = [bool(t) for t in scores.truncated]
            head = {"labels": list(scores.labels), "truncated": truncated, "model": scores.model}
            out.write(json.dumps(head).encode() + b"\n" + values.tobytes())
        out.flush()


def main() -> None:
    """A signal that asks the service to end reaches its children too: the service ends this one."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer(sys.stdin.buffer.readline().decode(), sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
