"""What each test takes of the processor: `pytest --dearest 30` lists those that take most.

Counted are the test's process and what it waited for, by phase; what a fixture of a module or a session takes
falls to whichever test asks for it first. A test whose call alone takes more than `MOST_SECONDS` is reported
at the end, unless it is marked `slow`, and fails nothing: a busy machine makes the same work dearer.
"""

import resource
import time
from collections import defaultdict

import pytest

MOST_SECONDS = 40.0
PHASES = ("setup", "call", "teardown")


def pytest_addoption(parser):
    parser.addoption(
        "--dearest", type=int, default=0, metavar="N", help="list the N tests of most processor time"
    )


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Booked(), "dearest-booked")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    return (yield from _timed(item, "setup"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    return (yield from _timed(item, "call"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    return (yield from _timed(item, "teardown"))


def _timed(item, phase):
    begun = spent()
    try:
        return (yield)
    finally:
        item.stash.setdefault(_TOOK, {})[phase] = spent() - begun


_TOOK = pytest.StashKey[dict[str, float]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.processor_seconds = item.stash.setdefault(_TOOK, {}).get(call.when, 0.0)
    report.marked_slow = item.get_closest_marker("slow") is not None
    return report


def spent():
    """The seconds of processor that this process and what it has waited for have taken."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class _Booked:
    """Adds up, in the process that prints, what all reported."""

    def __init__(self):
        self.tests = defaultdict(lambda: dict.fromkeys(PHASES, 0.0))
        self.dear = {}

    def pytest_runtest_logreport(self, report):
        seconds = getattr(report, "processor_seconds", 0.0)
        self.tests[report.nodeid][report.when] += seconds
        if report.when == "call" and seconds > MOST_SECONDS and not report.marked_slow:
            self.dear[report.nodeid] = seconds

    def pytest_terminal_summary(self, terminalreporter, config):
        for test, seconds in self.dear.items():
            terminalreporter.line(
                f"reported: {test} {seconds:.1f} s of processor, more than {MOST_SECONDS:.0f}:"
                " make it cheaper, or mark it slow and say why it must cost that"
            )
        if most := config.getoption("--dearest"):
            rows = sorted(self.tests.items(), key=lambda row: -sum(row[1].values()))
            terminalreporter.section(f"dearest {min(most, len(rows))} of {len(rows)} tests")
            terminalreporter.line(f"{'setup':>8}{'call':>8}{'teardown':>9}  seconds of processor")
            for test, took in [*rows[:most], ("all", {p: sum(t[p] for _, t in rows) for p in PHASES})]:
                terminalreporter.line(
                    f"{took['setup']:8.2f}{took['call']:8.2f}{took['teardown']:9.2f}  {test}"
                )
