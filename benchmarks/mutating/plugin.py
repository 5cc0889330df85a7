"""For pytest: books what each test costs and how it ends, keeps a given order, and stops at a bound.

Loaded by `-p plugin` with this folder in PYTHONPATH. The environment says what it does: CODE_MUTANTS_BOOK is
a file that gets a line a test, CODE_MUTANTS_SECONDS the processor after which no more tests begin,
CODE_MUTANTS_TESTS a file that names the tests to run, in this order, CODE_MUTANTS_LIST a file for all names.
"""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

ENDS: dict[str, str] = {}
spent = 0.0


def pytest_collection_finish(session: pytest.Session) -> None:
    """In the order given, and nothing else."""
    if (told := os.environ.get("CODE_MUTANTS_LIST")) and "PYTEST_XDIST_WORKER" not in os.environ:
        Path(told).write_text(json.dumps([item.nodeid for item in session.items]), encoding="utf-8")
    if told := os.environ.get("CODE_MUTANTS_TESTS"):
        there = {item.nodeid: item for item in session.items}
        session.items[:] = [there[name] for name in json.loads(Path(told).read_text(encoding="utf-8"))]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Books a test; after the bound the session ends."""
    global spent
    before = _processor()
    done = yield
    seconds = _processor() - before
    spent += seconds
    if told := os.environ.get("CODE_MUTANTS_BOOK"):
        line = json.dumps([item.nodeid, round(seconds, 4), ENDS.get(item.nodeid, "passed")]) + "\n"
        with Path(told).open("a", encoding="utf-8") as book:
            book.write(line)
    if spent > float(os.environ.get("CODE_MUTANTS_SECONDS", "inf")):
        item.session.shouldstop = "the bound is reached"
    return done


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes a failure, of the test or of what was made for it."""
    if report.outcome != "passed":
        ENDS[report.nodeid] = report.outcome


def _processor() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
