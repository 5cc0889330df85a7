"""The report of `research.evaluate`: ranges, tables, pictures, the tests made for a purpose."""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from builders.case_desk import a_desk, insult
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scoring.network import LABELS
from data.errors import InputError, ModelMissing
from data.register.national_lists import read_schools
from data.types import Scores
from research import evaluate
from research.evaluation import measure
from research.evaluation.judged import (
    calibration_bins,
    grouped,
    judged_posts,
    precision_recall,
    school_figures,
)
from research.evaluation.labelled_items import read_items
from research.evaluation.made_tests import (
    FUNCTIONS,
    FUNCTIONS_SCHOOLS,
    IDENTITY,
    IdentityRow,
    most_above_mean,
)
from research.evaluation.measure import FLOOR_FILE, Floor, write_floor
from research.evaluation.metrics import clusters, from_rows, share
from research.evaluation.report import other_model, write_report

HOLDOUT = Path(__file__).parents[2] / "tests" / "fixtures" / "triage"


class Alarmist:
    """Finds everything grave that says “bad”, and nothing else."""

    version = "alarmist"

    def score(self, texts: Sequence[str]) -> Scores:
        column = np.asarray([[0.95 if "bad" in text else 0.02] for text in texts], dtype=np.float32)
        return Scores(LABELS, np.tile(column, (1, len(LABELS))), (False,) * len(texts), "alarmist")


def item(number: int, severity: int, text: str, **changes: object) -> dict[str, object]:
    """A labelled school post."""
    routes = ("ignore", "note", "respond", "safeguarding", "police_now")
    return {
        "id": f"e{number}", "channel": "facebook", "school": "f01", "text": text, "rating": None, "abuse": [],
        "title": "Fenwick Lane Primary parents, Dunmarsh", "relevant": severity > 0, "sentiment": "neutral",
        "severity": severity, "route": routes[severity], "about": "school", "trait": "neu_x", "pair": None,
    } | changes  # fmt: skip


@pytest.fixture
def posts() -> list[dict[str, object]]:
    """Forty posts: of the grave ones half say “bad”, of the others one in ten."""
    grave = [item(i, 3, f"Something {'bad' if i % 2 else 'dull'} {i}", title=f"t{i}") for i in range(20)]
    calm = [item(20 + i, 1, f"The {'bad' if i % 10 == 0 else 'good'} fair {i}") for i in range(20)]
    return [{**one, "title": f"Fenwick Lane, Dunmarsh {n}"} for n, one in enumerate([*grave, *calm])]


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_a_share_lies_within_its_range_and_the_range_within_0_and_1(hits: list[bool]) -> None:
    found = share(hits, np.arange(len(hits)))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.value == pytest.approx(sum(hits) / len(hits))


def test_the_range_is_the_same_every_time_and_not_a_point() -> None:
    hits = [True] * 30 + [False] * 10
    once, again = share(hits, np.arange(40)), share(hits, np.arange(40))
    assert once == again
    assert once.low < 0.75 < once.high


def test_posts_of_one_thread_count_as_one_draw() -> None:
    hits = [True] * 20 + [False] * 20
    apart, together = share(hits, np.arange(40)), share(hits, np.arange(40) // 10)
    assert together.high - together.low > apart.high - apart.low


def test_all_right_on_few_posts_is_not_said_to_be_certain() -> None:
    few, many = share([True] * 5, np.arange(5)), share([True] * 300, np.arange(300))
    assert few.low < 0.6 < 0.98 < many.low


def test_a_share_of_nothing_is_no_number() -> None:
    found = share([], np.arange(0))
    assert (str(found), found.n) == ("–", 0)
    assert found.facts()["value"] is None


def test_a_figure_of_any_kind_is_drawn_by_clusters() -> None:
    values = np.arange(50.0)
    found = from_rows(lambda rows: float(values[rows].mean()), np.arange(50) // 5)
    assert found.value == pytest.approx(24.5)
    assert found.low < 24.5 < found.high


def test_pairs_and_threads_are_clusters_and_join() -> None:
    rows = [
        {"pair": "p", "school": "s", "title": "a"},
        {"pair": "p", "school": "s", "title": "b"},
        {"pair": None, "school": "s", "title": "b"},
        {"pair": None, "school": "t", "title": "b"},
        {"pair": None, "school": "t", "title": ""},
    ]
    numbers = clusters(rows).tolist()
    assert len(set(numbers[:3])) == 1
    assert len(set(numbers)) == 3


def test_the_figures_are_those_of_the_whole_program(posts: list[dict[str, object]]) -> None:
    judged = judged_posts(posts, read_schools(FUNCTIONS_SCHOOLS), Alarmist())
    figures = school_figures(judged)
    assert figures["grave_alerted"].value == pytest.approx(0.5)
    assert figures["false_alarms"].value == pytest.approx(0.1)
    assert math.isnan(figures["about_dismissed"].value)


def test_every_way_of_dividing_has_every_post_once_or_more(posts: list[dict[str, object]]) -> None:
    tables = grouped(judged_posts(posts, read_schools(FUNCTIONS_SCHOOLS), Alarmist()))
    assert set(tables) == {"label", "route", "channel", "trait group", "language", "length"}
    assert all(sum(row.posts for row in rows) >= len(posts) for rows in tables.values())
    assert {row.name: row.grave for row in tables["route"]} == {"note": 0, "safeguarding": 20}


def test_calibration_looks_only_at_what_is_given_a_tenth_or_more(posts: list[dict[str, object]]) -> None:
    judged = judged_posts(posts, read_schools(FUNCTIONS_SCHOOLS), Alarmist())
    bins = calibration_bins(judged)
    assert sum(n for *_, n in bins) == sum(post.likely >= 0.1 for post in judged)
    assert all(given >= 0.1 for given, *_ in bins)


def test_a_perfect_ranking_is_precise_at_every_recall() -> None:
    recall, precision = precision_recall(np.asarray([0.9, 0.8, 0.1]), np.asarray([True, True, False]))
    assert recall.tolist() == [0.5, 1.0, 1.0]
    assert precision.tolist()[:2] == [1.0, 1.0]


def test_the_report_is_a_page_the_same_as_json_and_pictures_that_are_svg(
    tmp_path: Path, posts: list[dict[str, object]]
) -> None:
    real = [{**one, "id": f"r{n}", "origin": "a_set/train", "title": ""} for n, one in enumerate(posts)]
    (tmp_path / "holdout.jsonl").write_text("\n".join(json.dumps(one) for one in [*posts, *real]))
    (tmp_path / "schools.json").write_text(FUNCTIONS_SCHOOLS.read_text(encoding="utf-8"))
    files = {"holdout": ("holdout.jsonl", "schools.json")}
    written = write_report(tmp_path / "out", tmp_path, files, Alarmist(), Alarmist())
    page = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    facts = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert {"functions", "identity", "figures"} <= set(facts)
    assert (set(facts["sets"]), facts["model"]) == ({"holdout", "holdout, real posts"}, "alarmist")
    assert "| grave_alerted | 0.500 (" in page
    assert facts["sets"]["holdout"]["figures"]["grave_alerted"]["value"] == 0.5
    assert "| real_alerts_per_1000 |" in page
    assert "| word list |" in page
    assert "| network before (alarmist) |" in page
    for picture in (path for path in written if path.suffix == ".svg"):
        assert ElementTree.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        assert f"({picture.name})" in page


def test_there_are_25_functions_of_20_twins_each_told_apart() -> None:
    items = read_items(FUNCTIONS)
    counts = Counter((one["function"], one["side"]) for one in items)
    assert len({one["function"] for one in items}) == 25
    assert set(counts.values()) == {20}
    assert len({one["text"] for one in items}) == len(items)
    twins = {one["pair"]: {} for one in items}
    for one in items:
        twins[one["pair"]][one["side"]] = one
    assert all(twin["grave"]["severity"] > twin["harmless"]["severity"] <= 2 for twin in twins.values())
    assert {one["school"] for one in items} <= set(read_schools(FUNCTIONS_SCHOOLS))


def test_thirty_sentences_take_two_dozen_words_or_more_of_six_kinds() -> None:
    facts = tomllib.loads(IDENTITY.read_text(encoding="utf-8"))
    assert len(facts["sentences"]) == 30
    assert all(sentence.count("{}") == 1 for sentence in facts["sentences"])
    assert len(facts["words"]) == 6
    assert sum(len(words) for words in facts["words"].values()) >= 24


def test_the_word_farthest_above_the_mean_is_named() -> None:
    rows = [
        IdentityRow("a", "x", 0.0, 0.1, 0.1),
        IdentityRow("a", "y", 0.0, 0.5, 0.1),
        IdentityRow("a", "", 0.0, 0.3, 0.1),
        IdentityRow("all", "", 0.0, 0.25, 0.1),
    ]
    assert most_above_mean(rows, "looked", single=True) == ("y", 2.0)
    assert most_above_mean(rows, "looked", single=False) == ("a", pytest.approx(1.2))
    assert most_above_mean(rows, "alerted", single=True) == ("", 1.0)


def test_another_model_without_its_labels_is_asked_for_them() -> None:
    with pytest.raises(InputError, match="--label THEIRS=OURS"):
        other_model("a/model", ())
    with pytest.raises(InputError, match="is not THEIRS=OURS"):
        other_model("a/model", ("LABEL_1=nonsense",))


def test_another_model_that_is_not_here_says_what_is_missing() -> None:
    with pytest.raises(ModelMissing, match=r"extra `hub`|cannot be loaded"):
        other_model("invented/model", ("LABEL_1=abuse:hate",))


def test_the_command_holds_the_project_floor_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check that cannot fail is none: without `--floor` the figures were only shown."""
    high = tmp_path / "floor.toml"
    write_floor(high, Floor({"themes.f1": 1.0}, {}))
    monkeypatch.setattr(evaluate, "FLOOR_FILE", high)
    monkeypatch.setattr(measure, "_function_figures", lambda *given: {})
    posts = (HOLDOUT / "themes.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "themes.jsonl").write_text("\n".join(posts[:60]), encoding="utf-8")
    assert ended("--data", str(tmp_path)) == 1
    assert "themes.f1 is" in capsys.readouterr().out
    assert FLOOR_FILE.is_file()


def test_the_command_counts_what_people_corrected_in_a_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_desk(tmp_path, insult)
    assert ended("--corrections", "--home", str(tmp_path)) == 0
    assert capsys.readouterr().out == "Nobody has corrected anything here whose words are still held.\n"


@pytest.mark.parametrize("given", [(), ("--corrections", "--home", "{home}"), ("--data", "{home}")])
def test_the_command_says_what_is_missing(tmp_path: Path, given: tuple[str, ...]) -> None:
    assert ended(*(word.format(home=tmp_path) for word in given)) == 2


def ended(*arguments: str) -> object:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as end:
        evaluate.main(arguments)
    return end.value.code
