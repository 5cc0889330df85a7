"""The engine of one machine: a process for each worker, begun when it is asked and anew when it ended."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from data.errors import SchoolgateError
from data.system.child_process import keep_memory_small
from monitor.fleet.engines.base import Stage, Station, WorkerLost, close_work

log = logging.getLogger("schoolgate.fleet")

_ENDS_WITHIN_S = 5.0


class LocalEngine:
    """Workers as processes of this machine. They end with this process, however it ends."""

    def __init__(self, stations: Mapping[Stage, Station]) -> None:
        self._stations = stations
        self._lock = threading.Lock()
        self._processes: dict[tuple[Stage, int], _WorkerProcess] = {}

    def ask(self, stage: Stage, shard: int, work: object) -> Future[Any]:
        """As `Engine.ask`."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        name = f"{stage}-{shard}"
        with self._lock:
            process = self._processes.get((stage, shard))
            if process is None or not process.ask(work, future):
                process = self._processes[stage, shard] = _WorkerProcess(name, self._stations[stage])
                if not process.ask(work, future):  # it ended as it began
                    future.set_exception(WorkerLost(name))
        return future

    def end(self, stage: Stage, shard: int) -> None:
        """As `Engine.end`."""
        with self._lock:
            process = self._processes.pop((stage, shard), None)
        if process is not None:
            process.kill()

    def pids(self) -> dict[str, int]:
        """The processes that run, by stage and shard: `score-0`."""
        return {process.name: pid for process in self._processes.values() if (pid := process.pid) is not None}

    def close(self) -> None:
        """As `Engine.close`."""
        with self._lock:
            processes, self._processes = self._processes, {}
        for process in processes.values():
            process.close()


class _WorkerProcess:
    """One process from its beginning to its end: its questions by number, a thread that sends them, since a
    worker that hangs takes nothing, and a thread that takes its answers. Only the sender closes the line:
    else what it is sending could go to whatever is opened next.
    """

    def __init__(self, name: str, station: Station) -> None:
        self.name = name
        self._numbers = count()
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._lost = False
        self._to_send: SimpleQueue[tuple[int, object] | None] = SimpleQueue()
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, station), name=name, daemon=True)
        self._process.start()
        theirs.close()
        self._taker = threading.Thread(target=self._take, name=f"{name} answers", daemon=True)
        self._taker.start()
        threading.Thread(target=self._send, name=f"{name} works", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def ask(self, work: object, future: Future[Any]) -> bool:
        """Is it asked? A process that was lost is not."""
        with self._lock:
            if self._lost:
                return False
            number = next(self._numbers)
            self._waiting[number] = future
            self._to_send.put((number, work))
        return True

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def close(self) -> None:
        """Ends it once it has done what is under way, if that is soon."""
        self._to_send.put(None)
        self._process.join(_ENDS_WITHIN_S)
        self._process.kill()
        self._process.join()

    def _send(self) -> None:
        asked: tuple[int, object] | None
        while (asked := self._to_send.get()) is not None:
            try:
                self._line.send(asked)
            except Exception:  # noqa: BLE001 - it has ended, or this cannot be sent: who waits is told it is lost
                log.warning("worker=%s is gone", self.name)
                self.kill()
        with suppress(OSError):
            self._line.send(None)
        self._taker.join()
        self._line.close()

    def _take(self) -> None:
        with suppress(Exception):  # it has ended, or what it says cannot be read
            while True:
                number, answer, fault = self._line.recv()
                future = self._waiting.pop(number)
                if fault is not None:
                    future.set_exception(fault)
                else:
                    future.set_result(answer)
        self.kill()
        with self._lock:
            self._lost = True
        self._to_send.put(None)
        for future in self._waiting.values():
            future.set_exception(WorkerLost(self.name))


def _run(line: Connection, station: Station) -> None:
    """The worker's side: does each work in a thread, `at_once` at a time, until its line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    keep_memory_small()
    work, sending = station.make(), threading.Lock()

    def answer(number: int, asked: object) -> None:
        try:
            told = pickle.dumps((number, work(asked), None))
        except BaseException as error:  # noqa: BLE001 - an edge: a library's panic is no Exception, and is told too
            told = pickle.dumps((number, None, _sent(error)))
        with sending, suppress(BrokenPipeError):  # whoever asked is gone
            line.send_bytes(told)

    with ThreadPoolExecutor(station.at_once) as threads:
        try:
            while (asked := line.recv()) is not None:
                threads.submit(answer, *asked)
        except (EOFError, OSError):  # whoever asked is dead: what is under way is asked again by the next
            os._exit(1)
    close_work(work)


def _sent(error: BaseException) -> Exception:
    """The error as whoever asked is told it: by its kind alone where it cannot be sent, or read there."""
    with suppress(Exception):
        if isinstance(error, Exception) and pickle.loads(pickle.dumps(error)) is not None:
            return error
    return SchoolgateError(type(error).__name__)
