"""docs/model.md says what the model's card holds; the twins made for measuring were not learnt."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from research.evaluation.judged import press_figures, real_figures, school_figures
from research.evaluation.labelled_items import normal_form, read_items
from research.evaluation.made_tests import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def printer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_measured", DOCS / "print_measured.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_card(printer: ModuleType) -> None:
    page = printer.PAGE.read_text(encoding="utf-8")
    assert printer.START in page
    assert printer.printed(page, json.loads(printer.CARD.read_text(encoding="utf-8"))) == page


def test_a_figure_stands_with_its_aim_its_range_and_its_posts(printer: ModuleType) -> None:
    found = {"value": 0.81, "low": 0.7, "high": 1.0, "n": 1200}
    card = {
        "measured": {"sets": {"dev": {"figures": {"grave_alerted": found, "real_alerts_per_1000": found}}}}
    }
    page = printer.printed(f"{printer.START}\nold\n{printer.END}", card)
    assert "| severity 3 and 4: alerted | ≥ .82 | .810 | .700 to 1.00 | 1,200 |" in page
    assert "old" not in page


def test_every_figure_has_its_words(printer: ModuleType) -> None:
    assert {*school_figures([]), *press_figures([]), *real_figures([])} <= set(printer.AIMS)


def test_no_twin_is_among_what_is_learnt() -> None:
    learnt = {
        normal_form(item["text"])
        for path in (ROOT / "research" / "training" / "data").glob("*.jsonl")
        for item in read_items(path)
    }
    assert not [item["id"] for item in read_items(FUNCTIONS) if normal_form(item["text"]) in learnt]
