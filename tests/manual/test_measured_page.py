"""Every figure of the model's card has its words; the twins made for measuring were not learnt."""

from __future__ import annotations

from pathlib import Path

from monitor.reports.manual import FIGURES
from research.evaluation.judged import press_figures, real_figures, school_figures
from research.evaluation.labelled_items import normal_form, read_items
from research.evaluation.made_tests import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]


def test_every_figure_has_its_words() -> None:
    assert {*school_figures([]), *press_figures([]), *real_figures([])} <= set(FIGURES)


def test_no_twin_is_among_what_is_learnt() -> None:
    learnt = {
        normal_form(item["text"])
        for path in (ROOT / "research" / "training" / "data").glob("*.jsonl")
        for item in read_items(path)
    }
    assert not [item["id"] for item in read_items(FUNCTIONS) if normal_form(item["text"]) in learnt]
