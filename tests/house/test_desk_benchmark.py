"""`benchmarks/desk.py`: what it calls over."""

from __future__ import annotations

import runpy
from types import SimpleNamespace

import pytest
from support.checkout import ROOT


@pytest.fixture(scope="module")
def desk():
    return SimpleNamespace(**runpy.run_path(str(ROOT / "benchmarks" / "desk.py")))


def test_of_a_hundred_waits_the_95th_counts(desk) -> None:
    assert desk.Asked("/", [float(n) for n in range(100, 0, -1)]).p95 == 95


@pytest.mark.parametrize(("wait", "kb", "good"), [(250, 40, True), (251, 40, False), (250, 40.1, False)])
def test_a_page_that_is_slow_or_big_is_over(desk, capsys, wait, kb, good) -> None:
    assert desk.table([desk.Asked("/", [wait], [1.0], kb)], 250) is good
    assert ("OVER" in capsys.readouterr().out) is not good
