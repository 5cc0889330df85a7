"""`benchmarks/hidden.py`: what it calls over, and its short form."""

from __future__ import annotations

import runpy
from types import SimpleNamespace

import pytest
from support.checkout import ROOT


@pytest.fixture(scope="module")
def hidden():
    return SimpleNamespace(**runpy.run_path(str(ROOT / "benchmarks" / "hidden.py")))


@pytest.mark.parametrize(
    ("bare", "full", "over"),
    [(50, 59, False), (50, 61, True), (61, 50, True), (1000, 1040, False), (1000, 1060, True)],
)
def test_what_differs_by_more_than_a_twentieth_and_ten_milliseconds_is_over(hidden, bare, full, over):
    assert hidden.Compared("case show CASE", bare, full).over is over


GROSS_MS = 60
"""On a busy machine milliseconds are no measure; what was found once took 80 more, each time it was asked."""


def test_in_its_short_form_it_tells_what_commands_cost_that_are_run_in_turns(hidden):
    lines = ("case show CASE", "evidence verify CASE")
    tries = []
    while len(tries) < 8 and not (tries and all(differs_little(one) for one in tries[-1])):
        tries.append(hidden.compared("a child at risk", "vale", 3, lines, moved="opened"))
    assert [one.line for one in tries[-1]] == list(lines)
    assert all(differs_little(one) for one in tries[-1]), tries


def test_in_its_short_form_it_tells_what_a_matter_and_nothing_cost_at_the_desk(hidden):
    tries = []
    while len(tries) < 8 and not (tries and all(differs_little(one) for one in tries[-1])):
        tries.append(hidden.compared_at_desk("a child at risk", "vale", 3, moved="raised"))
    assert [one.line for one in tries[-1]] == [
        f"{how} {path}" for path in hidden.AT_DESK for how in ("GET", "POST")
    ]
    assert all(differs_little(one) for one in tries[-1]), tries


def differs_little(one) -> bool:
    return one.bare > 0 and abs(one.full - one.bare) < GROSS_MS
