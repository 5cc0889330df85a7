"""The page of the removal ladder says what the code does: its tables are printed by it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from alerts.ladder.transitions import GUARDS, TABLE
from data.rungs import Rung

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def printer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_ladder", DOCS / "print_ladder.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_code(printer: ModuleType) -> None:
    page = (DOCS / "removal-ladder.md").read_text(encoding="utf-8")
    assert printer.printed(page) == page


def test_every_command_of_a_step_has_a_row_in_the_page_of_cases(printer: ModuleType) -> None:
    page = (DOCS / "cases.md").read_text(encoding="utf-8")
    assert printer.with_steps(page) == page
    row = next(line for line in page.splitlines() if line.startswith("| `schoolgate case step hold`"))
    again = printer.with_steps(page.replace(f"{row}\n", ""))
    assert "| `schoolgate case step hold` | keep the case and its evidence from deletion |" in again


def test_who_acts_and_who_is_told_stands_in_its_page_as_in_the_code(printer: ModuleType) -> None:
    page = (DOCS / "access.md").read_text(encoding="utf-8")
    assert printer.printed(page, printer.ACCESS_TABLES) == page


def test_every_transition_and_every_guard_stands_in_the_page() -> None:
    page = (DOCS / "removal-ladder.md").read_text(encoding="utf-8")
    for _, kind in TABLE:
        assert f"| `{kind}` |" in page
    for guard in GUARDS:
        assert f"| `{guard}` |" in page
    for rung in Rung:
        assert f"| `{rung}` |" in page


def test_a_page_without_its_markers_is_refused(printer: ModuleType) -> None:
    with pytest.raises(ValueError, match="transitions"):
        printer.printed("nothing")
