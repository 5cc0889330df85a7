"""A process that has imported the program once, and forks each of its runs: none begins with a cold start.

python -P fork_server.py FD MODULE...

FD is one end of a socket. Each message on it asks for a run: its code, arguments, environment and folder, and
with it its standard input, output and error. The answers are the number of each run, and how each ended.
"""

import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages


def run(code, argv):
    """As `python -c CODE ARGV` ends."""
    sys.argv = ["-c", *argv]
    try:
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    except BaseException:  # noqa: BLE001 - the end of a program
        traceback.print_exc()
        return 1
    return 0


def forked(asked, fds):
    """The number of a child that does it."""
    if pid := os.fork():
        for fd in fds:
            os.close(fd)
        return pid
    code = 1
    with suppress(BaseException):
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for n, fd in enumerate(fds):
            os.dup2(fd, n)
        os.closerange(3, 256)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
        ours = {"PYTHONPATH": os.environ["PYTHONPATH"]}  # what it begins in turn is of this checkout too
        os.environ.clear()
        os.environ.update(ours | asked["env"])
        os.chdir(asked["cwd"])
        code = run(asked["code"], asked["argv"])
        threading._shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def imported(name):
    """The module and, where it is a package, all that is in it."""
    for found in walk_packages(getattr(import_module(name), "__path__", ()), name + "."):
        if not found.name.endswith("__main__"):
            import_module(found.name)


def main(fd, *modules):
    for name in modules:
        imported(name)
    asking = socket.socket(fileno=int(fd))
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(wake)
    while True:
        ready, _, _ = select.select([asking, woken], [], [])
        if woken in ready:
            os.read(woken, 1024)
            with suppress(ChildProcessError):
                while (done := os.waitpid(-1, os.WNOHANG))[0]:
                    ended = {"ended": done[0], "code": os.waitstatus_to_exitcode(done[1])}
                    asking.send(json.dumps(ended).encode())
        if asking in ready:
            said, fds, _, _ = socket.recv_fds(asking, 1 << 20, 3)
            if not said:
                return
            asking.send(json.dumps({"begun": forked(json.loads(said), list(fds))}).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
