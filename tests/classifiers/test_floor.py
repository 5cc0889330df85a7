"""The quality floor only rises, and fails whenever it cannot vouch for a figure."""

import math
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each
from support.recorded_network import load_recorded

from classifiers.scoring import onnx_scorer
from classifiers.scoring.heads import LABELS, TextScorer
from classifiers.scoring.model_card import file_digest
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.verdicts.danger import LOW
from data.errors import InputError
from data.types import Scores
from research.evaluation import made_tests, measure
from research.evaluation.labelled_items import item_text, read_items
from research.evaluation.measure import (
    FLOOR_FILE,
    MARGIN,
    OWN_SETS,
    Floor,
    all_figures,
    check,
    hold_against_floor,
    measure_items,
    raised,
    read_floor,
    write_floor,
)

HOLDOUT = Path(__file__).parents[1] / "fixtures" / "triage"
HELD = Floor(
    {"dev.lane_auc": 0.9, "dev.threat_auc": 0.8, "public.x.hate_auc": 0.7}, {"triage/dev.jsonl": "aa"}
)
GOOD = {"dev.lane_auc": 0.95, "dev.threat_auc": 0.8}
SAME = {"triage/dev.jsonl": "aa"}


def test_figures_at_or_above_their_floors_hold_and_what_was_not_measured_is_no_fault() -> None:
    assert check(HELD, GOOD, SAME) == []


@for_each(
    ("figures", "data", "fault"),
    [
        ({**GOOD, "dev.lane_auc": 0.899}, SAME, "dev.lane_auc is 0.899, below its floor of 0.900"),
        ({**GOOD, "dev.lane_auc": math.nan}, SAME, "dev.lane_auc is nan, below"),
        ({**GOOD, "dev.hate_auc": 0.9}, SAME, "dev.hate_auc is 0.900 and has no floor"),
        ({"dev.lane_auc": 0.95}, SAME, "dev.threat_auc has a floor of 0.800 and was not measured"),
        (GOOD, {"triage/dev.jsonl": "bb"}, "triage/dev.jsonl has changed since the floor was set"),
        (GOOD, {**SAME, "holdout.jsonl": "cc"}, "holdout.jsonl has changed"),
    ],
)
def test_a_fault_is_said(figures: dict[str, float], data: dict[str, str], fault: str) -> None:
    (said,) = check(HELD, figures, data)
    assert said.startswith(fault)


def test_raising_lifts_a_floor_to_the_figure_less_its_margin_and_lowering_takes_the_flag() -> None:
    assert raised(HELD, {"dev.lane_auc": 0.96}, SAME, "m").floors["dev.lane_auc"] == pytest.approx(0.94)
    assert raised(HELD, {"dev.lane_auc": 0.7}, SAME, "m", lower=True).floors["dev.lane_auc"] == pytest.approx(
        0.68
    )
    with pytest.raises(InputError, match=r"dev\.a could not be measured"):
        raised(HELD, {"dev.a": math.nan}, SAME, "m")


@given(st.floats(0, 1), st.floats(0, 1))
def test_raising_never_lowers(before: float, measured: float) -> None:
    after = raised(Floor({"dev.a": before}, {}), {"dev.a": measured}, {}, "m")
    assert after.floors["dev.a"] >= before


def test_what_was_just_raised_holds(tmp_path: Path) -> None:
    figures = {"public.x.hate_auc": 0.812, "dev.lane_auc": 0.9, "holdout.lane_auc": 0.7}
    write_floor(tmp_path / "floor.toml", raised(Floor({}, {}), figures, SAME, "m-1"))
    floor = read_floor(tmp_path / "floor.toml")
    assert check(floor, figures, SAME) == []
    assert floor.model == "m-1"
    assert list(tmp_path.iterdir()) == [tmp_path / "floor.toml"]


@pytest.mark.parametrize("content", ["[dev", "dev = 3", "[dev]\na = 'b'"])
def test_an_unreadable_floor_file_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "floor.toml").write_text(content)
    with pytest.raises(InputError, match="cannot be read as a floor file"):
        read_floor(tmp_path / "floor.toml")


class Coin:
    """A scorer that knows nothing: every label as likely as its place in the row says."""

    def score(self, texts: Sequence[str]) -> Scores:
        values = np.tile(np.linspace(0.1, 0.9, len(LABELS), dtype=np.float32), (len(texts), 1))
        return Scores(LABELS, values, (False,) * len(texts), "coin")


@pytest.fixture(scope="module")
def coins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Every figure of a model that knows nothing, over each tenth of the posts held out."""
    folder = tmp_path_factory.mktemp("tenth")
    for name in ("holdout.jsonl", "themes.jsonl"):
        posts = (HOLDOUT / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(posts[::10]), encoding="utf-8")
    shutil.copy(HOLDOUT / "holdout_schools.json", folder)
    (folder / "functions.jsonl").write_text(
        "".join(made_tests.FUNCTIONS.read_text(encoding="utf-8").splitlines(keepends=True)[::10])
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(made_tests, "FUNCTIONS", folder / "functions.jsonl")
        return all_figures(folder, Coin())


@pytest.fixture
def measured(coins: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    """It was measured once: what is done with the figures is what differs."""

    def known(data: Path, scorer: TextScorer) -> dict[str, float]:
        assert (data, type(scorer)) == (HOLDOUT, Coin)
        return coins

    monkeypatch.setattr(measure, "all_figures", known)


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    """The model, but for what its network was recorded to answer."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(onnx_scorer, "load_session", load_recorded)
        yield Scorer()


@pytest.mark.slow  # it measures the model on all of the project's own posts
def test_without_the_public_sets_it_says_so_and_holds_the_second_floor(scorer: Scorer) -> None:
    lines, code = hold_against_floor(HOLDOUT, FLOOR_FILE, scorer)
    assert "floor on public sets: not checked" in lines
    assert "floor on the held-out posts: held" in lines
    assert code == 0


@pytest.mark.usefixtures("measured")
def test_a_model_that_knows_nothing_falls_through_the_floor() -> None:
    lines, code = hold_against_floor(HOLDOUT, FLOOR_FILE, Coin())
    assert code == 1
    assert "floor on the held-out posts: held" not in lines
    assert any(line.startswith("holdout.lane_auc is 0.500, below its floor") for line in lines)


@pytest.mark.usefixtures("measured")
def test_without_a_floor_the_figures_of_heads_and_whole_decision_are_only_shown() -> None:
    lines, code = hold_against_floor(HOLDOUT, None, Coin())
    assert code == 0
    assert any(line.split() == ["holdout.lane_auc", "0.500"] for line in lines)
    lines, _ = hold_against_floor(HOLDOUT, None, Coin())
    shown = dict(line.split() for line in lines)
    assert "holdout.decision.severe_seen" in shown
    assert 0 <= float(shown["holdout.decision.no_false_alarms"]) <= 1


def test_a_folder_with_nothing_to_measure_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds nothing to measure on"):
        hold_against_floor(tmp_path, None, Coin())


def test_the_second_floor_stands_on_at_least_three_hundred_posts_and_every_section_has_floors() -> None:
    assert len((HOLDOUT / "holdout.jsonl").read_text(encoding="utf-8").splitlines()) >= 300
    floor = read_floor(FLOOR_FILE)
    assert {name.partition(".")[0] for name in floor.floors} == set(MARGIN)


@pytest.mark.corpus
def test_the_heads_hold_their_floor_on_dev(scorer: Scorer) -> None:
    path = corpus_path("triage", "dev.jsonl")
    figures = {f"dev.{what}": value for what, value in measure_items(read_items(path), scorer).items()}
    faults = check(read_floor(FLOOR_FILE), figures, {OWN_SETS["dev"]: file_digest(path)})
    assert [fault for fault in faults if "dev.decision." not in fault] == []


@pytest.mark.corpus
def test_the_low_lines_of_danger_find_95_of_100_labelled_posts(scorer: Scorer) -> None:
    grave = [
        i for i in read_items(corpus_path("triage", "dev.jsonl")) if i["relevant"] and i["severity"] >= 3
    ]
    rows = scorer.score([item_text(item) for item in grave])
    for label, line in LOW.items():
        found = [rows.row(n)[f"abuse:{label}"] >= line for n, i in enumerate(grave) if label in i["abuse"]]
        assert sum(found) / len(found) >= (0.875 if len(found) < 20 else 0.94), label
