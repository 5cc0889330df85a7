"""The card that the trainer wrote for the shipped model."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from support.for_each import for_each

from classifiers.scoring.onnx_scorer import CARD, MODEL_DIR, file_digest
from data.errors import InputError
from data.register.national_lists import read_schools
from data.types import ABUSE_LABELS
from research.evaluation.labelled_items import normal_form, read_items
from research.training.card import card_page, with_report, with_themes
from research.training.examples import own_items
from research.training.own_posts.holdout import write_holdout

Split = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""The own items as (training, held out)."""

FACTS = json.loads((MODEL_DIR / CARD).read_text(encoding="utf-8"))
PAGE = (MODEL_DIR / "README.md").read_text(encoding="utf-8")
PERMITTED = ("MIT", "Apache-2.0", "CC0-1.0", "CC-BY-4.0", "released without restriction", "the project's own")


def test_every_training_set_has_a_permitted_licence() -> None:
    assert FACTS["data"]
    assert [s["name"] for s in FACTS["data"] if not s["licence"].startswith(PERMITTED)] == []


def test_no_set_of_another_licence_slips_in_under_a_longer_name() -> None:
    assert not re.search(r"GPL|NC|SA|no licence", " ".join(s["licence"] for s in FACTS["data"]))


def test_the_exported_model_agrees_with_the_trained_one() -> None:
    kept = FACTS["agreement"]
    assert kept["sentiment"] >= 0.97
    assert kept["abuse"] >= 0.98
    assert kept["severity"] >= 0.97
    assert kept["mean_shift"] <= 0.02


def test_the_own_posts_beside_the_trainer_are_those_it_learnt() -> None:
    folder = Path(__file__).parents[1] / "training" / "data"
    own = {
        s["name"].removeprefix("school posts "): s["sha256"]
        for s in FACTS["data"]
        if "school posts" in s["name"]
    }
    assert own == {path.name: file_digest(path) for path in folder.glob("*.jsonl")}


def test_the_own_posts_beside_the_trainer_are_those_the_n_grams_learnt() -> None:
    folder = Path(__file__).parents[1] / "training" / "data"
    assert FACTS["ngrams"]["data"] == {path.name: file_digest(path) for path in folder.glob("*.jsonl")}


def test_the_n_grams_dismiss_nothing_grave_of_what_they_were_not_fitted_on() -> None:
    assert FACTS["ngrams"]["out_of_fold"]["dismissed.grave"] == 0


def test_the_labels_of_abuse_are_those_of_the_program() -> None:
    assert [label for label in FACTS["labels"] if label.startswith("abuse:")] == [
        f"abuse:{x}" for x in ABUSE_LABELS
    ]


@for_each("name", [s["name"] for s in FACTS["data"]])
def test_the_page_names_every_set(name: str) -> None:
    assert f"| {name} |" in PAGE


def test_the_page_says_that_the_posts_are_invented_and_a_person_reads() -> None:
    assert "invented" in PAGE
    assert "Not to be used unattended" in PAGE


def test_the_page_is_generated_from_the_facts() -> None:
    assert card_page(FACTS) == PAGE


@pytest.fixture(scope="module")
def split() -> Split:
    return own_items()


def test_no_held_out_post_was_learnt(split: Split) -> None:
    kept, held = split
    assert len(held) >= 300
    learnt, measured = ({normal_form(item["text"]) for item in side} for side in (kept, held))
    assert learnt & measured <= {""}  # a picture alone has no words to be learnt


def test_both_halves_of_a_contrast_pair_are_on_one_side(split: Split) -> None:
    kept, held = split
    assert not {item["pair"] for item in kept if item.get("pair")} & {
        item["pair"] for item in held if item.get("pair")
    }


def test_the_holdout_file_is_what_training_leaves_out(tmp_path: Path, split: Split) -> None:
    fixtures = Path(__file__).parents[2] / "tests" / "fixtures" / "triage"
    assert read_items(fixtures / "holdout.jsonl") == split[1]
    write_holdout(tmp_path)
    for name in ("holdout.jsonl", "holdout_schools.json"):
        assert (tmp_path / name).read_bytes() == (fixtures / name).read_bytes()
    schools = read_schools(fixtures / "holdout_schools.json").values()
    assert len({school.urn for school in schools}) == len(schools)


def test_no_held_out_post_is_nearly_a_copy_of_one_that_was_learnt(split: Split) -> None:
    """Counted are the runs of three words that two texts share, in all and as a share of the shorter."""
    kept, held = split
    runs = {item["id"]: _runs(item["text"]) for item in kept}
    learnt: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for item_id, found in runs.items():
        for run in found:
            learnt[run].add(item_id)
    copies = []
    for item in held:
        own = _runs(item["text"])
        shared = Counter(item_id for run in own for item_id in learnt.get(run, ()))
        copies += [
            (item["id"], other)
            for other, n in shared.items()
            if n >= 9 or (n >= 5 and n >= 0.15 * min(len(own), len(runs[other])))
        ]
    assert copies == []


def _runs(text: str) -> set[tuple[str, ...]]:
    words = normal_form(text).split()
    return set(zip(words, words[1:], words[2:], strict=False))


REPORT = {
    "model": FACTS["version"],
    "sets": {
        "dev": {
            "figures": {"grave_alerted": {"value": 0.8, "low": 0.7, "high": 0.9, "n": 1200}},
            "baselines": {},
            "tables": {},
        }
    },
    "functions": {
        "idiom_or_threat": {s: {"value": 0.5, "low": 0.4, "high": 0.6, "n": 20} for s in ("seen", "harmless")}
    },
    "identity": [],
    "figures": {"tone": {"value": None, "low": None, "high": None, "n": 0}},
    "hatecheck": {},
}
SEALED = {"date": "2026-11-21T12:00:00+00:00", "by": "somebody", "model": "m", "figures": {}}


def test_the_card_takes_a_report_and_what_the_sealed_set_gave() -> None:
    gave = {**SEALED, "figures": REPORT["sets"]["dev"]["figures"]}
    page = card_page(with_report(FACTS, REPORT, [gave]))
    assert "| grave_alerted | 0.800 | 0.700–0.900 | 1,200 |" in page
    assert "the sealed set, time 1 (2026-11-21, m)" in page
    assert "| idiom or threat | 0.500 |" in page
    assert "tone" not in page.partition("## The whole program")[2].partition("## Themes")[0]


def test_a_report_on_another_model_is_not_put_on_the_card() -> None:
    with pytest.raises(InputError, match="The report is on another"):
        with_report(FACTS, {**REPORT, "model": "another"}, [])


NGRAMS = {
    "rows": 18038,
    "settings": {"seed": 7},
    "out_of_fold": {"relevant.auc": 0.9064},
    "code": {"classifiers/scoring/ngrams.py": "0" * 64},
}


def test_the_page_of_a_model_that_learnt_real_posts_says_so() -> None:
    real = {"name": "school posts r.jsonl", "licence": "MIT", "rows": 2021, "sha256": "0" * 64}
    invented = [source for source in FACTS["data"] if source["name"] != real["name"]]
    page, without = card_page({**FACTS, "data": [*invented, real]}), card_page({**FACTS, "data": invented})
    assert "`r.jsonl` holds real public posts" in page
    assert "No real post is among them" not in page
    assert "No real post is among them" in without


def test_the_page_tells_of_the_n_grams() -> None:
    page = card_page({**FACTS, "ngrams": NGRAMS})
    assert "fitted on 18,038 of the school posts" in page
    assert "| relevant.auc | 0.9064 |" in page
    assert f"| classifiers/scoring/ngrams.py | `{'0' * 64}` |" in page


def test_new_themes_keep_the_n_grams_and_drop_what_was_measured_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("research.training.card.TOOLS", ())
    for name in ("model.onnx", "tokenizer.json", "ngrams.npz"):
        (tmp_path / name).write_text(name)
    files = {name: "of the model before" for name in ("model.onnx", "tokenizer.json", "ngrams.npz")}
    card = {**FACTS, "files": files, "ngrams": NGRAMS, "measured": {"model": FACTS["version"]}}
    made = with_themes(tmp_path, card, {})
    assert made["files"]["ngrams.npz"] == file_digest(tmp_path / "ngrams.npz")
    assert made["ngrams"] == NGRAMS
    assert "measured" not in made
