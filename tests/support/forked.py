"""Runs of the program in processes of their own, forked from one that has imported it: none starts cold."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from support.checkout import TESTS, paths

PROGRAM = ("monitor", "alerts", "sources", "data")
"""What every server has imported before its first run."""
COMMAND = "from monitor.cli.app import main; main()"
WACZ = "import sys; from wacz.main import main; sys.exit(main())"
"""The archive's validator, of which nobody but a server of its own has imported anything."""


class Server:
    """The process that forks. It ends when its socket does, however we ended."""

    def __init__(self, *modules):
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        worker_file = Path(__file__).with_name("fork_server.py")
        path = paths(TESTS)
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(worker_file), str(theirs.fileno()), *modules],
            env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}, pass_fds=[theirs.fileno()],
        )  # fmt: skip
        theirs.close()
        self._lock = threading.RLock()
        self._ended: dict[int, int] = {}

    def begin(self, code, argv, env, fds, cwd):
        asked = {"code": code, "argv": argv, "env": dict(env), "cwd": str(cwd.absolute())}
        with self._lock:
            socket.send_fds(self._socket, [json.dumps(asked).encode()], fds)
            return self._until("begun", None)

    def code(self, pid, within_s):
        """How it ended; None where it has not within that time."""
        with self._lock:
            return self._until("ended", pid, within_s)

    def _until(self, what, pid, within_s=60.0):
        deadline = None if within_s is None else time.monotonic() + within_s
        while pid not in self._ended:
            self._socket.settimeout(
                None if deadline is None else max(deadline - time.monotonic(), 0.0) or 1e-6
            )
            try:
                said = self._socket.recv(1 << 16)
            except (TimeoutError, BlockingIOError):
                return None
            assert said, "the process that forks has ended"
            answer = json.loads(said)
            if "ended" in answer:
                self._ended[answer["ended"]] = answer["code"]
            elif what == "begun":
                self._ended.pop(answer["begun"], None)  # a number that an earlier run had
                return answer["begun"]
        return self._ended[pid]

    def close(self):
        self._socket.close()
        self._process.wait()


@cache
def server(*modules):
    made = Server(*modules)
    atexit.register(made.close)
    return made


class Forked:
    """One run, to be used as subprocess.Popen with text pipes is. `said` is all of its standard input. With
    `at`, the end of a terminal, it reads and writes there alone."""

    def __init__(self, code, *argv, env=None, said="", at=None, cwd=None, modules=PROGRAM):
        given, typed = os.pipe()
        out, theirs_out = os.pipe()
        err, theirs_err = os.pipe()
        fds = [given, theirs_out, theirs_err]
        known = os.environ if env is None else env
        ends = fds if at is None else [at] * len(fds)
        self._server = server(*modules)
        self.pid = self._server.begin(code, tuple(map(str, argv)), known, ends, cwd or Path.cwd())
        for fd in fds:
            os.close(fd)
        with suppress(BrokenPipeError), os.fdopen(typed, "w", encoding="utf-8") as keyboard:
            keyboard.write(said)
        self.stdout = os.fdopen(out, encoding="utf-8", errors="replace")
        self.stderr = os.fdopen(err, encoding="utf-8", errors="replace")
        self.returncode: int | None = None

    def poll(self):
        if self.returncode is None:
            self.returncode = self._server.code(self.pid, 0.0)
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            self.returncode = self._server.code(self.pid, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("a forked run", timeout or 0.0)
        return self.returncode

    def communicate(self, timeout=None):
        """All that it still says; raises TimeoutExpired where it does not end."""
        said = {"out": "", "err": ""}
        reading = [
            threading.Thread(
                target=lambda n=n, s=s: said.update({n: "" if s.closed else s.read()}), daemon=True
            )
            for n, s in (("out", self.stdout), ("err", self.stderr))
        ]
        for one in reading:
            one.start()
        for one in reading:
            one.join(timeout)
            if one.is_alive():
                raise subprocess.TimeoutExpired("a forked run", timeout or 0.0)
        self.stdout.close()
        self.stderr.close()
        self.wait(timeout)
        return said["out"], said["err"]

    def send_signal(self, number):
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def run(code, *argv, env=None, cwd=None, modules=PROGRAM):
    """As subprocess.run with what it said."""
    process = Forked(code, *argv, env=env, cwd=cwd, modules=modules)
    out, err = process.communicate()
    return subprocess.CompletedProcess(list(argv), process.returncode or 0, out, err)
