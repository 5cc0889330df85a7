"""`[plugins] allow`: which other packages may bring kinds of source."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from builders.config import SCHOOL, SOURCE, faults, read
from builders.plugin import write_package

BOARD = (
    '[[sources]]\nid = "board"\nkind = "{}"\nurl = "https://board.example.org/"\nsettings = {{ any = 1 }}\n'
)
ALLOWED = '[plugins]\nallow = ["sg-board"]\n'


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sg-board", "sg-other"):
        write_package(tmp_path / "site", name, "raise AssertionError('{name} was imported')\n")
    monkeypatch.syspath_prepend(tmp_path / "site")


def test_a_kind_of_an_allowed_package_is_a_source_and_nothing_of_it_is_imported(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL + BOARD.format("sg-board:board") + ALLOWED)
    assert (config.sources[0].kind, config.sources[0].disabled) == ("sg-board:board", None)
    assert config.plugins.allow == ("sg-board",)
    assert "sg_board" not in sys.modules


def test_no_package_is_allowed_unless_it_is_said(tmp_path: Path) -> None:
    assert read(tmp_path, SCHOOL + SOURCE).plugins.allow == ()


def test_a_kind_of_a_package_that_is_not_allowed_is_refused_with_what_allows_it(tmp_path: Path) -> None:
    assert faults(tmp_path, SCHOOL + BOARD.format("sg-other:board") + ALLOWED) == [
        "schoolgate.toml, [[sources]] number 1, “kind” (line 6): the package “sg-other” is not allowed. If "
        'it may be, write: [plugins] allow = ["sg-board", "sg-other"]'
    ]


def test_an_allowed_package_that_is_not_installed_is_told_once_with_the_nearest(tmp_path: Path) -> None:
    text = SCHOOL + BOARD.format("sg-bord:board") + '[plugins]\nallow = ["sg-bord"]\n'
    assert faults(tmp_path, text) == [
        "schoolgate.toml, [plugins], “allow” (line 10): no package “sg-bord” that "
        "brings kinds of source is installed. Did you mean “sg-board”? Install it, or remove it "
        "here (schoolgate docs plugins)."
    ]


@pytest.mark.parametrize("kind", ["sg-board:bord", "sg-bord:board"])
def test_a_kind_that_is_not_there_is_told_with_the_nearest_allowed(tmp_path: Path, kind: str) -> None:
    assert faults(tmp_path, SCHOOL + BOARD.format(kind) + ALLOWED) == [
        f"schoolgate.toml, [[sources]] number 1, “kind” (line 6): “{kind}” is not a kind of source. Did you "
        "mean “sg-board:board”?"
    ]


def test_its_place_stays_off_where_the_sites_terms_forbid_it(tmp_path: Path) -> None:
    board = BOARD.format("sg-board:board").replace("board.example.org", "www.mumsnet.com")
    assert "its terms forbid" in str(read(tmp_path, SCHOOL + board + ALLOWED).sources[0].disabled)
