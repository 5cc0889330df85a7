"""Runs tests of a checkout in which one line is another."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mutating.changes import Change, numbered, product

HERE = Path(__file__).parent
FEW = 12
TEST_S, CPU_S, WALL_S = 120, 300, 900
"""The longest for one test, the processor of a process, and all tests of a change: after that it hangs."""


@dataclass(frozen=True)
class Outcome:
    """What came of a change: which test caught it, how, after how many tests and how much processor."""

    caught: bool
    by: str
    how: str
    ran: int = 0
    seconds: float = 0.0


@contextmanager
def changed(copy: Path, change: Change) -> Iterator[str]:
    """The copy with that line changed; yields why it cannot be, where it cannot."""
    places = places_of(copy, change)
    if len(places) != 1:
        yield (
            "the line is gone" if not places else "the line is in " + " and ".join(str(p) for p, _ in places)
        )
        return
    path, line = places[0]
    before = path.read_bytes()
    lines = before.decode().split("\n")
    lines[line - 1] = lines[line - 1].replace(change.before, change.after)
    times = path.stat()
    path.write_bytes("\n".join(lines).encode())
    try:
        yield ""
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def places_of(copy: Path, change: Change) -> list[tuple[Path, int]]:
    """Where the line stands: in its file, else wherever a function of its name has that text."""
    own = copy / change.file
    if own.is_file() and (line := _line(own.read_text(encoding="utf-8"), change, change.function)):
        return [(own, line)]
    short = change.function.rpartition(".")[2]
    texts = [(copy / file, text) for file, text in product(copy) if change.before in text]
    return [(path, line) for path, text in texts if (line := _line(text, change, short))]


def _line(text: str, change: Change, function: str) -> int:
    """The number of the line, in a function of that full or last name; 0 where there is none."""
    lines = text.split("\n")
    for name, line, nth in numbered(text):
        here = f".{name}".endswith(f".{function}")
        if here and nth == change.nth and lines[line - 1].strip() == change.before:
            return line
    return 0


def names_of(copy: Path) -> list[str]:
    """All tests of a checkout."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "names.json"
        _pytest(copy, ["--collect-only", "-q"], {"CODE_MUTANTS_LIST": str(told)})
        return list(json.loads(told.read_text(encoding="utf-8")))


def undone(copy: Path, tests: Sequence[str]) -> set[str]:
    """Those of the tests that fail in the copy as it is."""
    if not tests:
        return set()
    booked, _ = _booked(copy, tests, float("inf"), [])
    return {*tests} - {test for test, _, ended in booked if ended == "passed"}


def run_tests(copy: Path, tests: Sequence[str], seconds: float) -> Outcome:
    """Runs them in this order until one fails, or that much processor is spent.

    The first few by themselves: they catch most faults, and only their files are read then.
    """
    ran, spent = 0, 0.0
    for some in (tests[:FEW], tests[FEW:]):
        if not some or spent > seconds:
            break
        booked, code = _booked(copy, some, seconds - spent, ["-x"])
        ran, spent = ran + len(booked), round(spent + sum(cost for _, cost, _ in booked), 2)
        failed = next((test for test, _, ended in booked if ended == "failed"), "")
        if failed:
            return Outcome(caught=True, by=failed, how="failed", ran=ran, seconds=spent)
        if code != 0 and spent < seconds - 0.5:  # it was not the bound that ended it
            how = "hung" if code is None or code < 0 else "ended"
            return Outcome(
                caught=True, by=some[min(len(booked), len(some) - 1)], how=how, ran=ran, seconds=spent
            )
    return Outcome(caught=False, by="", how="passed", ran=ran, seconds=spent)


Booked = list[tuple[str, float, str]]


def _booked(
    copy: Path, tests: Sequence[str], seconds: float, more: Sequence[str]
) -> tuple[Booked, int | None]:
    """What the plugin wrote of each test that was run, and how the run ended (None: not by itself)."""
    with tempfile.TemporaryDirectory() as folder:
        book, order, names = (Path(folder) / name for name in ("book", "order", "names"))
        order.write_text(json.dumps(list(tests)), encoding="utf-8")
        names.write_text("\n".join(tests) + "\n", encoding="utf-8")
        told = {"CODE_MUTANTS_BOOK": str(book), "CODE_MUTANTS_TESTS": str(order)}
        code = _pytest(copy, [*more, f"@{names}"], {**told, "CODE_MUTANTS_SECONDS": str(seconds)})
        lines = book.read_text(encoding="utf-8").splitlines() if book.exists() else []
        return [tuple(json.loads(line)) for line in lines], code


def _pytest(copy: Path, words: Sequence[str], told: dict[str, str]) -> int | None:
    """How pytest ended in the copy; None where it had to be ended."""
    options = ["-n", "0", "-p", "plugin", "-p", "no:randomly", "--hypothesis-seed=28", f"--timeout={TEST_S}"]
    tests = subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *words],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(HERE), **told}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        resource.prlimit(tests.pid, resource.RLIMIT_CPU, (CPU_S, CPU_S))
        return tests.wait(WALL_S)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(tests.pid, signal.SIGKILL)  # what a test began and did not end
        tests.wait()
