"""`doctor`: packages of others that bring kinds of source."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders.config import SCHOOL, read
from builders.plugin import write_package

from monitor.config.load import Config
from monitor.home import wiring
from monitor.setup.doctor import install
from monitor.setup.doctor.findings import Level

BOARD = (
    '[[sources]]\nid = "board"\nkind = "sg-board:board"\nurl = "https://board.example.org/"\nsettings = {}\n'
)
ALLOWED = '[plugins]\nallow = ["sg-board"]\n'


@pytest.fixture
def with_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Config]]:
    write_package(tmp_path / "site", "sg-board")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.syspath_prepend(tmp_path / "site")
    wiring.reading.cache_clear()
    yield lambda text: read(tmp_path, SCHOOL + text)
    wiring.reading().let_go(0.0)
    wiring.reading.cache_clear()


def test_without_any_nothing_is_said(tmp_path: Path) -> None:
    assert install.plugins(read(tmp_path, SCHOOL)) == []


def test_one_that_is_not_allowed_is_named_with_what_allows_it(with_package: Callable[[str], Config]) -> None:
    (found,) = install.plugins(with_package(""))
    assert (found.level, found.what) == (
        Level.WARN,
        "The package “sg-board” brings kinds of source and is not allowed: nothing of it is loaded.",
    )
    assert found.command == "schoolgate set plugins.allow=sg-board"
    assert "sg_board" not in sys.modules


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is loaded elsewhere than on Linux")
def test_one_that_reads_its_places_is_in_order(with_package: Callable[[str], Config]) -> None:
    (found,) = install.plugins(with_package(BOARD.format("{}") + ALLOWED))
    assert (found.level, found.what) == (
        Level.OK,
        "Other packages may read: sg-board, for 1 place.",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is loaded elsewhere than on Linux")
def test_settings_that_it_refuses_are_told_before_a_scan_meets_them(
    with_package: Callable[[str], Config],
) -> None:
    found = install.plugins(with_package(BOARD.format("{ nonsense = 1 }") + ALLOWED))[0]
    assert (found.level, found.command) == (Level.FAULT, "schoolgate source test board")
    assert "“nonsense”: Extra inputs are not permitted" in found.what
