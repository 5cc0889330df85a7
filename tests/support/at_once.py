"""Commands that are all given at once, beside a service: does each of them come to its turn?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builders.case_desk import Desk, a_desk, insult
from builders.mention import URN
from support.forked import COMMAND, Forked

SAID = "The parking at the gate was a mess again this morning, number {n}.\n"


def start(home: Path, *words: str, said: str = "") -> Forked:
    return Forked(COMMAND, *words, "--home", home, said=said)


@contextmanager
def a_service(home: Path) -> Iterator[None]:
    """`schoolgate serve`, until it is asked to end."""
    process = start(home, "serve")
    try:
        yield
        assert process.poll() is None, process.communicate()
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _opened(desk: Desk) -> None:
    desk("open", insult(desk), "--as", "holt")


def all_at_once(folder: Path, each: int) -> list[str]:
    """So many reports, and so many notes on one case, beside a service; what went wrong."""
    desk = a_desk(folder, _opened)
    with a_service(desk.home):
        time.sleep(1)
        words = ("report-in", "--school", URN, "--text", "-")
        reports = [start(desk.home, *words, said=SAID.format(n=n)) for n in range(each)]
        notes = [start(desk.home, "case", "note", "1", "--as", "holt", f"note {n}") for n in range(each)]
        faults = [
            error
            for process in (*reports, *notes)
            if (error := process.communicate()[1]) or process.returncode
        ]
    with desk.store.read() as con:
        noted = con.execute("SELECT count(*) FROM case_steps WHERE step = 'noted'").fetchone()
        reported = con.execute("SELECT count(*) FROM audit WHERE action = 'reported_in'").fetchone()
    if (noted, reported) != ((each,), (each,)):
        faults.append(f"{reported} reports and {noted} notes of {each} each are stored")
    return faults
