"""The table of weights is what the command that fits it prints, and no held-out post had a part in it."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from classifiers.linking.match_reasons import BIAS, WEIGHTS, relevance
from data.types import Relevance
from research.training.examples import OWN_DATA

PROJECT = Path(__file__).parents[2]
FIT = runpy.run_path(str(PROJECT / "research" / "fit_linking.py"))
ITEMS = [
    {"school": "a01", "title": "", "text": f"The hall at {n} o’clock", "relevant": True} for n in range(40)
]
TABLE = (PROJECT / "classifiers" / "linking" / "match_reasons.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def examples() -> list:
    return list(FIT["examples"](OWN_DATA))


def test_the_fitted_weights_are_those_of_the_items_that_are_trained_on(examples: list) -> None:
    fitted = FIT["fit"](examples)
    codes = re.findall(r'"(\w+)"', TABLE.partition("# fitted")[2].partition("# end of")[0])
    assert len(codes) > 30
    off = {code: fitted[code] for code in codes if abs(fitted[code] - WEIGHTS[code]) > 0.02}
    assert (off, fitted[""]) == ({}, pytest.approx(BIAS, abs=0.02))


def test_what_is_held_out_is_no_example_of_the_fit(examples: list) -> None:
    kept = FIT["placed_items"](OWN_DATA)
    assert len(kept) > 10_000
    assert sum(example.counts in (1.0, 2.0) for example in examples) == len(kept)


def test_what_is_nearly_all_ours_teaches_nothing_of_whose_it_is(tmp_path: Path) -> None:
    for name in ("a", "zq"):
        (tmp_path / f"{name}.jsonl").write_text(
            "".join(json.dumps(item | {"id": f"tr{name}-{n}"}) + "\n" for n, item in enumerate(ITEMS)),
            "utf-8",
        )
    assert {item["id"].partition("-")[0] for item in FIT["placed_items"](tmp_path)} == {"tra"}


def test_of_what_is_sure_99_in_100_are_about_the_school(examples: list) -> None:
    sure = [example.about for example in examples if relevance(example.codes) is Relevance.ABOUT]
    assert sum(sure) >= 0.99 * len(sure)
