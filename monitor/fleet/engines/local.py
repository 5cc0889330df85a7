"""The engine of one machine: a process for each worker, begun when it is asked and anew when it ended."""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any

from data.errors import SchoolgateError
from data.system.child_process import keep_memory_small
from monitor.fleet.engines.base import Stage, Station, Work, WorkerLost, close_work

log = logging.getLogger("schoolgate.fleet")

_ENDS_WITHIN_S = 5.0


class LocalEngine:
    """Workers as processes of this machine. They end with this process, however it ends."""

    def __init__(self, stations: Mapping[Stage, Station]) -> None:
        self._workers = {
            (stage, shard): _WorkerProcess(f"{stage}-{shard}", station)
            for stage, station in stations.items()
            for shard in range(len(station.machines))
        }

    def ask(self, stage: Stage, shard: int, work: object) -> Future[Any]:
        """As `Engine.ask`."""
        return self._workers[stage, shard].ask(work)

    def end(self, stage: Stage, shard: int) -> None:
        """As `Engine.end`."""
        self._workers[stage, shard].end()

    def pids(self) -> dict[str, int]:
        """The processes that run, by stage and shard: `score-0`."""
        return {worker.name: pid for worker in self._workers.values() if (pid := worker.pid) is not None}

    def close(self) -> None:
        """As `Engine.close`."""
        for worker in self._workers.values():
            worker.close()


class _WorkerProcess:
    """One process, its questions by number, and a thread that takes its answers."""

    def __init__(self, name: str, station: Station) -> None:
        self.name = name
        self._station = station
        self._numbers = count()
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None
        self._to_send: SimpleQueue[tuple[Connection, object] | None] = SimpleQueue()
        self._sender: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None else None

    def ask(self, work: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            line = self._line or self._begun()
            number = next(self._numbers)
            self._waiting[number] = future
            self._to_send.put((line, (number, work)))
        return future

    def _send(self) -> None:
        """In a thread of its own: a worker that hangs takes nothing."""
        while (one := self._to_send.get()) is not None:
            line, asked = one
            try:
                line.send(asked)
            except Exception:  # noqa: BLE001 - it has ended: the thread that takes its answers tells who waits
                log.warning("worker=%s is gone", self.name)

    def end(self) -> None:
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        with self._lock:
            process, line = self._process, self._line
            self._line = None
        if line is not None:
            self._to_send.put((line, None))
        self._to_send.put(None)
        if process is not None:
            process.join(_ENDS_WITHIN_S)
            process.kill()
            process.join()

    def _begun(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_run, args=(theirs, self._station), name=self.name, daemon=True
        )
        self._process.start()
        theirs.close()
        self._line = ours
        if self._sender is None:
            self._sender = threading.Thread(target=self._send, name=f"{self.name} works", daemon=True)
            self._sender.start()
        threading.Thread(target=self._take, args=(ours,), name=f"{self.name} answers", daemon=True).start()
        return ours

    def _take(self, line: Connection) -> None:
        with suppress(Exception):  # it has ended, or what it says cannot be read
            while True:
                number, answer, fault = line.recv()
                future = self._waiting.pop(number)
                if fault is not None:
                    future.set_exception(fault)
                else:
                    future.set_result(answer)
        with self._lock:
            if self._line is line:
                self._line = None
            lost, self._waiting = self._waiting, {}
        line.close()
        for future in lost.values():
            future.set_exception(WorkerLost(self.name))


def _run(line: Connection, station: Station) -> None:
    """The worker's side: does each work in a thread, `at_once` at a time, until its line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    keep_memory_small()
    work, sending = station.make(), threading.Lock()

    def answer(number: int, asked: object) -> None:
        told = _answered(work, number, asked)
        with sending, suppress(BrokenPipeError):  # whoever asked is gone
            line.send_bytes(told)

    with ThreadPoolExecutor(station.at_once) as threads, suppress(EOFError, OSError):
        while (asked := line.recv()) is not None:
            threads.submit(answer, *asked)
    close_work(work)


def _answered(work: Work, number: int, asked: object) -> bytes:
    try:
        return pickle.dumps((number, work(asked), None))
    except BaseException as error:  # noqa: BLE001 - an edge: a library's panic is no Exception, and is told too
        return pickle.dumps((number, None, _sent(error)))


def _sent(error: BaseException) -> Exception:
    """The error as whoever asked is told it: by its kind alone where it cannot be sent, or read there."""
    with suppress(Exception):
        if isinstance(error, Exception) and pickle.loads(pickle.dumps(error)) is not None:
            return error
    return SchoolgateError(type(error).__name__)
