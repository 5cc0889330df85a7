"""`benchmarks/desk.py`: what it calls over, and its short form."""

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


def test_in_its_short_form_it_signs_in_and_asks_a_true_service_for_each_page(desk, capsys) -> None:
    """Over a second: a service begins, and five people sign in."""
    desk.main(["--mentions", "500", "--pages", "1", "--idle", "0", "--no-scan"])
    said = capsys.readouterr().out
    asked = [line.split()[0] for line in said.splitlines() if line.startswith("/")]
    named = [page for page in desk.PAGES if page.startswith("/")]
    assert len(asked) == len(desk.PAGES)
    assert [page for page in asked if page in named] == named
    assert f"after {2 * len(desk.PAGES)} pages and 5 sign-ins" in said
