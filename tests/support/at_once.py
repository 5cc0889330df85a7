"""Commands that are all given at once, beside a service: does each of them come to its turn?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builders.case_desk import Desk
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


def all_at_once(folder: Path, count: int) -> list[str]:
    """So many reports beside a service; what went wrong."""
    desk = Desk(folder)
    with a_service(desk.home):
        time.sleep(1)
        words = ("report-in", "--school", URN, "--text", "-")
        reports = [start(desk.home, *words, said=SAID.format(n=n)) for n in range(count)]
        faults = [error for each in reports if (error := each.communicate()[1]) or each.returncode]
    with desk.store.read() as con:
        reported = con.execute("SELECT count(*) FROM audit WHERE action = 'reported_in'").fetchone()
    if reported != (count,):
        faults.append(f"{reported} reports of {count} are stored")
    return faults
