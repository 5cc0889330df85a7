"""The quality floor only rises, and fails whenever it cannot vouch for a figure."""

import json
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders.verdict import STACK
from hypothesis import given
from hypothesis import strategies as st
from support.command_call import called
from support.corpus import corpus_path
from support.for_each import for_each
from support.recorded_network import load_recorded

from classifiers.scoring import onnx_scorer
from classifiers.scoring.network import LABELS, TextScorer
from classifiers.scoring.onnx_scorer import Scorer, file_digest
from classifiers.triage import answer, judge_items, mention_of, read_lines, source_of, triage_items
from classifiers.verdicts.gravity import LOW
from classifiers.verdicts.verdict_reasons import Thresholds
from data.errors import InputError
from data.types import MentionKind, Route, School, Scores, Sentiment
from monitor.cli.commands.model import triage, write_whole
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


# ----------------------------------------

SCHOOLS = {
    "s1": School(
        "900001", "Oakfield Primary School", aliases=("Oakfield Primary Northvale",), locality="Northvale"
    )
}
KEYS = ["id", "relevant", "sentiment", "abuse", "about", "severity", "route", "look", "reasons"]


class Model:
    """Gives every text the same probabilities, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def score(self, texts: Sequence[str]) -> Scores:
        self.asked.append(len(texts))
        row = [0.1 if ":" in label else 0.9 for label in LABELS]
        return Scores(LABELS, np.asarray([row] * len(texts), dtype=np.float32))


def item(**changes: Any) -> dict[str, Any]:
    return {
        "id": "i1",
        "channel": "facebook",
        "school": "s1",
        "title": "Northvale chat",
        "text": "Oakfield Primary in Northvale never rings back.",
        "rating": None,
        "published": "2026-11-20T09:00:00Z",
    } | changes


def answers(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return list(triage_items(items, SCHOOLS, Model()))


def test_a_line_has_the_keys_and_values_of_the_contract() -> None:
    assert list(answers(item())[0]) == KEYS
    (line,) = answers(item())
    assert line["relevant"] in ("about", "unsure", "not_about")
    assert line["sentiment"] in set(Sentiment)
    assert line["route"] in set(Route)
    assert line["severity"] in range(5)
    assert isinstance(line["look"], bool)
    assert all(isinstance(reason, str) for reason in line["reasons"])
    json.dumps(line)


class CutShort(Model):
    """Reads no text to its end."""

    def score(self, texts: Sequence[str]) -> Scores:
        return replace(super().score(texts), truncated=(True,) * len(texts))


def test_an_answer_says_where_a_text_was_longer_than_what_was_read_of_it() -> None:
    (whole,), (cut,) = answers(item()), triage_items([item()], SCHOOLS, CutShort())
    said = "not_read_whole: Not all of so long a text was read: please read it yourself."
    assert said in cut["reasons"]
    assert said not in whole["reasons"]


def test_texts_are_scored_in_batches_and_answers_come_in_the_order_of_the_items() -> None:
    model, many = Model(), [item(id=f"i{n}", text=f"Oakfield Primary, day {n}") for n in range(530)]
    assert [line["id"] for line in triage_items(many, SCHOOLS, model)] == [one["id"] for one in many]
    assert model.asked == [512, 18]


def test_at_most_one_in_eight_is_looked_at_and_another_language_takes_no_place_of_these() -> None:
    text = "Oakfield Primary Northvale"
    polish = [item(id=f"p{n}", text=f"{text} jest bardzo dobra dla moich dzieci {n}") for n in range(40)]
    doubtful = [item(id=f"d{n}", text=f"Not sure what to make of {text}, part {n}") for n in range(40)]
    lines = Thresholds(alert=0.5, look=0.1)
    judged = judge_items([*polish, *doubtful], SCHOOLS, Model(), thresholds=lines, stack=STACK)
    found = list(starmap(answer, judged))
    assert all(line["look"] for line in found[:40])
    assert sum(line["look"] for line in found[40:]) == 10


def test_danger_is_told_whatever_the_model_says() -> None:
    (line,) = answers(item(text="There's a bomb in Oakfield Primary, Northvale"))
    assert (line["route"], line["severity"]) == ("police_now", 4)


@for_each(
    ("channel", "kind"),
    [
        ("google_review", MentionKind.REVIEW),
        ("google_news", MentionKind.ARTICLE),
        ("wikipedia", MentionKind.EDIT),
        ("facebook", MentionKind.POST),
    ],
)
def test_the_kind_follows_from_the_channel(channel: str, kind: MentionKind) -> None:
    assert mention_of(item(channel=channel)).kind is kind


@for_each(
    ("place", "text", "relevant"),
    [
        ("ours", "Has anybody got a spare PE kit for tomorrow?", "about"),
        ("own", "Has anybody got a spare PE kit for tomorrow?", "about"),
        ("", "Has anybody got a spare PE kit for tomorrow?", "unsure"),
        ("ours", "Larkham Academy in Hexley has closed its pool.", "unsure"),
    ],
)
def test_a_place_of_ours_says_whose_its_posts_are_unless_they_name_another(
    place: str, text: str, relevant: str
) -> None:
    (answer,) = answers(item(title="Year 4 parents", text=text, place=place))
    assert answer["relevant"] == relevant


def test_a_page_of_our_own_says_nothing_of_what_else_stands_beside_it_in_the_file() -> None:
    text = "Larkham Academy in Hexley has closed its pool."
    there = item(title="Year 4 parents", text=text)
    own, ours = answers(there | {"place": "own"}, there | {"place": "ours"})
    assert (own["relevant"], ours["relevant"]) == ("about", "unsure")


def test_a_review_under_the_schools_own_name_stands_on_its_listing() -> None:
    school = SCHOOLS["s1"]
    own = item(channel="google_review", title="Oakfield Primary School")
    assert source_of(own, school).listing
    assert not source_of(own | {"title": "Oakfield Garden Centre"}, school).listing
    assert not source_of(own | {"channel": "facebook"}, school).listing


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: an object with"),
        (json.dumps(item(id="")), "line 2: “id” must be given"),
        (json.dumps(item(school="s9")), "line 2: school “s9” is not in the schools file"),
        (json.dumps(item(rating="five")), "line 2: “rating” must be a number"),
        (json.dumps(item(place="pub")), "line 2: “place” must be one of own, ours, local"),
        (json.dumps({"id": "x"}), "line 2: “channel” must be given"),
        (json.dumps(item(rating=10**400)), "line 2: “rating” is no number of stars"),
        (json.dumps(item(rating=float("nan"))), "line 2: “rating” is no number of stars"),
        (json.dumps(item(text="a\ud800b")), "line 2: “text” has half a character"),
        ("[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps(item()) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_lines(path, SCHOOLS)


def test_blank_lines_and_a_byte_order_mark_are_passed_over_and_a_missing_file_is_named(
    tmp_path: Path,
) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text("\ufeff" + json.dumps(item()) + "\n\n", encoding="utf-8")
    assert len(read_lines(path, SCHOOLS)) == 1
    with pytest.raises(InputError, match="it is not there"):
        read_lines(tmp_path / "none.jsonl", SCHOOLS)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085"])
def test_a_mark_that_is_no_end_of_line_in_json_ends_none(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "items.jsonl"
    line = json.dumps(item(text="one" + mark + "two"), ensure_ascii=False)
    path.write_text(line + "\n", encoding="utf-8")
    assert len(read_lines(path, SCHOOLS)) == 1


def test_the_output_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("before\n", encoding="utf-8")

    def breaks() -> Any:
        yield {"route": "note"}
        raise InputError("half way")

    with pytest.raises(InputError, match="half way"):
        write_whole(out, breaks())
    assert out.read_text(encoding="utf-8") == "before\n"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path / "none" / "out.jsonl", [])


def test_the_output_holds_a_line_an_item_as_json_may_write_it_and_counts_routes(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    counts = write_whole(out, [{"route": "note", "x": "é"}, {"route": "note"}])
    assert counts == {"note": 2}
    assert out.read_text(encoding="utf-8").splitlines()[0] == '{"route": "note", "x": "é"}'
    write_whole(out, [{"route": "note", "id": "a\u202eb\x9b"}])
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert line == r'{"route": "note", "id": "a\u202eb\u009b"}'
    assert json.loads(line)["id"] == "a\u202eb\x9b"


def test_labels_beside_an_item_are_ignored_and_that_is_said_once(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda _: Model())
    schools, items, out = (tmp_path / name for name in ("schools.json", "items.jsonl", "out.jsonl"))
    schools.write_text('[{"id": "s1", "urn": "900001", "name": "Oakfield Primary School"}]')
    lines = [item(id=f"i{n}", severity=4, route="ignore") for n in range(3)]
    items.write_text("\n".join(map(json.dumps, lines)))
    assert called(triage, items=items, schools=schools, out=out)[0] == 0
    assert (
        capsys.readouterr().err
        == f"{items}: keys that mean nothing here, and are ignored: route, severity.\n"
    )
    assert list(json.loads(out.read_text().splitlines()[2])) == KEYS
