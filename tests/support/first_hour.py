"""The first hour of a technician, as it is played: each command and answer, in the stand-in town.

Alex sits at a terminal of 80 columns and types commands; nothing is asked, and each line is counted.
"""

import fcntl
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from support.forked import COMMAND, Forked
from support.stand_ins import REGISTERS, Town, town

FASTER = 4
CODE = f"from support.first_hour import hurry; hurry()\n{COMMAND}"
"""What a technician's `schoolgate` is to be who has not so long."""


def hurry():
    """Makes this process one of those."""
    from monitor.pipeline import looking
    from sources.http.politeness import Limits

    true = Limits.pace_s
    patch.object(Limits, "pace_s", lambda limits, host: true(limits, host) / FASTER).start()
    looking.MINUTE_S /= FASTER
    looking.LOOK_UP_S /= FASTER


_PATIENCE_S = 60.0
_QUIET_S = 0.15
_STEERS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>()][A-Z0-9]?|[\x00\x07\x08]")


@dataclass
class Technician:
    home: Path
    more: Mapping[str, str] = field(default_factory=dict)
    columns: int = 80
    code: str = ""
    """What `schoolgate` is, forked from what has imported it; else the command that is installed."""
    lines: list[str] = field(default_factory=list)
    screen: str = ""

    def types(self, command):
        """Types a command and waits for its end: its exit status, and what it showed."""
        with self._begun(command) as (program, here):
            shown = self._until_the_end(here, program)
            self.screen += shown
            return program.wait(), shown

    @contextmanager
    def leaves_running(self, command, until):
        """Types a command, waits until it says that, and ends it with Ctrl-C afterwards."""
        with self._begun(command) as (program, here):
            shown, began = "", time.monotonic()
            while until not in shown:
                assert time.monotonic() < began + _PATIENCE_S, shown
                if select.select([here], [], [], _QUIET_S)[0]:
                    more = _read(here)
                    assert more, shown
                    shown += plain(more)
            self.screen += shown
            yield
            os.killpg(program.pid, signal.SIGINT)
            program.wait(_PATIENCE_S)

    @contextmanager
    def _begun(self, command):
        self.lines.append(command)
        self.screen += f"$ {command}\n"
        here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, self.columns, 0, 0))
        program = self._program(shlex.split(command)[1:], there)
        os.close(there)
        try:
            yield program, here
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
            program.communicate()
            os.close(here)

    def _program(self, words, there):
        env = self._environment()
        if self.code:
            own_session = f"import os\nos.setsid()\n{self.code}"
            return Forked(own_session, *words, env=env, at=there, cwd=self.home)
        return subprocess.Popen(
            [str(Path(sys.executable).parent / "schoolgate"), *words],
            **{"stdin": there, "stdout": there, "stderr": there}, cwd=self.home, env=env,
            start_new_session=True,
        )  # fmt: skip

    def _environment(self):
        kept = {
            name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH", "TMPDIR") if name in os.environ
        }
        own = {
            "HOME": str(self.home),
            "SCHOOLGATE_HOME": str(self.home / "schoolgate"),
            "TERM": "xterm-256color",
        }
        return kept | own | dict(self.more)

    def _until_the_end(self, here, program):
        shown, heard = b"", time.monotonic()
        while time.monotonic() < heard + _PATIENCE_S:
            if select.select([here], [], [], _QUIET_S)[0]:
                more = _read(here)
                if not more:
                    return plain(shown)
                shown, heard = shown + more, time.monotonic()
            elif program.poll() is not None:
                return plain(shown)
        raise AssertionError(f"it did not end:\n{plain(shown)}")


def _read(here):
    with suppress(OSError):  # Linux answers so where the other side is closed
        return os.read(here, 65536)
    return b""


def plain(shown):
    """What stands on the screen: no colours, and of a line that was written over only the last."""
    text = _STEERS.sub("", shown.decode(errors="replace")).replace("\r\n", "\n")
    return "\n".join(line.rpartition("\r")[2] for line in text.split("\n"))


INSTALL = "pip install -c constraints.txt ."
PEOPLE = """school,name,role,email
,Mrs Ada Example,head,head@oakfield.example.sch.uk
,Mr Joss Field,dsl,field@oakfield.example.sch.uk
,Ms Tamsin Vale,chair,vale@oakfield.example.sch.uk
"""


@dataclass
class Hour:
    """What was played: who typed, in which town, and what each command showed."""

    alex: Technician
    northvale: Town
    config: str
    asked_by_init: list[str]
    init: str
    doctor: tuple[int, str]
    scan: tuple[int, str]
    status: str


def play(folder):
    """Plays it in an empty folder. Nothing is edited by hand: the file stays as `init` wrote it. It is set up
    by the command as installed, at its true pace; only the first scan hurries."""
    (folder / "edubasealldata.csv").write_bytes(REGISTERS["england"].read_bytes())
    (folder / "people.csv").write_text(PEOPLE)
    file = folder / "schoolgate" / "schoolgate.toml"
    with town(datetime.now(UTC), folder) as northvale:
        alex = Technician(folder)
        alex.lines.append(INSTALL)
        way = f"--proxy {northvale.proxy_url} --ca-file town-ca.pem"
        _, init = alex.types(
            f"schoolgate init --urn 900101 --people people.csv --register edubasealldata.csv {way}"
        )
        asked = list(northvale.asked)
        alex.types("schoolgate set contact=office@oakfield.example.sch.uk")
        alex.types('schoolgate set dpia.recorded_by="Mrs Ada Example" dpia.recorded_on=2026-09-01')
        config = file.read_text()
        doctor = alex.types("schoolgate doctor")
        alex.code = CODE
        scan = alex.types("schoolgate scan")
        alex.code = ""
        with alex.leaves_running("schoolgate serve", "serves"):
            _, status = Technician(folder).types("schoolgate status")
        assert file.read_text() == config, "somebody had to edit the file"
        return Hour(alex, northvale, config, asked, init, doctor, scan, status)
