"""A home and its configuration, and the process that forks services and scans of it."""

import mmap
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from support.checkout import TESTS, paths
from support.places import Places
from support.web_server import free_port

from data.effects import utc_now

PEOPLE = (
    ("head", "Mrs Tamsin Quillfeather", "head"), ("dsl", "Ms Imogen Larkspur", "dsl"),
    ("deputy", "Mr Osric Fennimore", "deputy_dsl"), ("chair", "Mrs Ottoline Marrow", "chair"),
    ("it", "Mr Piers Tansy", "it_lead"),
)  # fmt: skip
FEW = (PEOPLE[0], PEOPLE[1], PEOPLE[-1])
"""Two who are told of danger, and one of what fails: alerts come to their end sooner."""


class Worker:
    """The process that forks services and scans; `ahead_s` moves the clock of all of them, and ours."""

    def __init__(self, folder: Path, home: Path, port: int, log: Path, **more: str) -> None:
        ahead = folder / "ahead"
        ahead.write_bytes(struct.pack("d", 0.0))
        with ahead.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)
        worker_file = Path(__file__).with_name("service_worker.py")
        path = paths(TESTS)
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(worker_file), str(home), str(port), str(ahead)],
                env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", **more},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
            )  # fmt: skip

    def clock(self) -> datetime:
        return utc_now() + timedelta(seconds=struct.unpack("d", self._ahead[:8])[0])

    def move(self, span: timedelta) -> None:
        (ahead,) = struct.unpack("d", self._ahead[:8])
        self._ahead[:8] = struct.pack("d", ahead + span.total_seconds())

    def ask(self, line: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self, pid: int, number: int) -> int:
        """Sends the signal and waits; how it ended, -9 where it was killed."""
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        return self.ask(f"wait {pid}")

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def configured(
    home: Path, places: Places, site: str, smtp: int, people: Sequence[tuple[str, str, str]] = PEOPLE
) -> int:
    """Writes the home's configuration; gives the port at which its service says how it is."""
    port = free_port()
    tables = "".join(
        f'[[people]]\nid = "{who}"\nname = "{name}"\nroles = ["{role}"]\nemail = "{who}@example.org"\n'
        for who, name, role in people
    )
    text = (
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\naliases = ["Oakfield Primary"]\n'
        f'locality = "Northvale"\n{places.configuration(site)}{tables}'
        f'[mail]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "sg@example.org"\n'
        f"[serve]\nhealth_port = {port}\n"
    )
    (home / "schoolgate.toml").write_text(text, encoding="utf-8")
    return port
