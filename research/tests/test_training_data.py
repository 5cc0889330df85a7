"""What is learnt from, and what is kept out of it."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import numpy as np
import pytest

from classifiers.scoring.network import HEADS, LABELS, spans
from data.errors import InputError
from research.evaluation.labelled_items import bucket, held_for_measuring, normal_form, read_items
from research.training.calibrate import calibrate
from research.training.examples import (
    AUXILIARY,
    COLUMNS,
    DISTRESS,
    distress_items,
    own_example,
    own_items,
    without_context,
)
from research.training.public_sets import PUBLIC, PublicSet, evaluation_forms, public_examples, sealed

ITEM = {
    "id": "x-1",
    "channel": "facebook",
    "title": "Ashgrove parents",
    "text": "Mr Vale hit my son.",
    "rating": None,
    "relevant": True,
    "sentiment": "negative",
    "abuse": ["safeguarding"],
    "severity": 3,
    "route": "safeguarding",
    "about": "staff",
}


def test_an_item_about_the_school_teaches_every_head_but_offence() -> None:
    example = own_example(ITEM)
    assert set(example.targets) == set(LABELS) - {"offensive"}
    assert {column for column, value in example.targets.items() if value == 1.0} == {
        "relevant",
        "abuse:safeguarding",
        "severity:3",
        "sentiment:negative",
        "route:safeguarding",
        "about:staff",
    }


def test_an_item_about_something_else_teaches_only_that() -> None:
    assert own_example({**ITEM, "relevant": False}).targets == {"relevant": 0.0}


def test_what_a_row_does_not_tell_is_unknown() -> None:
    row = own_example({**ITEM, "relevant": False}).row()
    assert sum(math.isnan(value) for value in row) == len(COLUMNS) - 1


def test_what_is_composed_in_the_voice_of_real_posts_teaches_no_relevance() -> None:
    untied = {
        **ITEM,
        "relevant": False,
        "as_if": 3,
        "as_if_route": "safeguarding",
        "as_if_abuse": ["safeguarding"],
    }
    targets = own_example(untied).targets
    assert "relevant" not in targets
    assert targets["severity:3"] == 1.0


REAL = {
    **ITEM,
    "relevant": False,
    "severity": 0,
    "route": "ignore",
    "abuse": [],
    "origin": "a_set/train/1",
    "as_if": 4,
    "as_if_route": "safeguarding",
    "as_if_abuse": ["self_harm", "safeguarding"],
}


def test_a_real_post_that_is_not_ours_teaches_how_grave_it_would_be_if_it_were() -> None:
    told = own_example(REAL).targets
    assert (told["relevant"], told["severity:3"], told["severity:4"]) == (0.0, 1.0, 1.0)
    assert told["route:safeguarding"] == told["abuse:self_harm"] == 1.0
    assert "sentiment:negative" not in told


def test_a_doubtful_real_post_teaches_relevance_alone() -> None:
    assert own_example({**REAL, "doubtful": True}).targets == {"relevant": 0.0}


def test_words_of_distress_stand_in_the_corpus_alone(tmp_path: Path) -> None:
    (tmp_path / "triage").mkdir()
    for name in ("real_train", "real_more"):
        (tmp_path / "triage" / f"{name}.jsonl").write_text("", "utf-8")
    with pytest.raises(InputError, match="93 posts of"):
        distress_items(tmp_path)
    assert not any("text" in item for item in read_items(DISTRESS))


def test_the_form_without_context_keeps_words_and_targets() -> None:
    example = own_example(ITEM)
    bare = without_context(ITEM, example)
    assert bare.text == "post\nMr Vale hit my son."
    assert bare.targets == example.targets


def test_the_own_items_are_split_as_the_card_says() -> None:
    kept, held = own_items()
    assert len(held) == 2852
    assert len(kept) > 19800


def test_auxiliary_columns_come_after_those_that_are_exported() -> None:
    assert COLUMNS[: len(LABELS)] == LABELS
    assert len(COLUMNS) == len(LABELS) + len(AUXILIARY)


def test_every_public_label_maps_to_a_column() -> None:
    ours = {ours for chosen in PUBLIC for ours in chosen.labels.values()} - {"sentiment"}
    assert ours <= set(COLUMNS)


CHOSEN = PublicSet(
    "made_up", "CC0-1.0", 4, {"hate": "abuse:hate"}, unless=(("source", "closed"),), rare=("hate",)
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "datasets").mkdir()
    rows = [("train", f"plain {i}", 0, "open") for i in range(8)]
    rows += [
        ("train", "rare one", 1, "open"),
        ("train", "Rare   one!", 1, "open"),
        ("train", "hidden", 0, "closed"),
    ]
    rows += [("test", "plain 3", 0, "open"), ("train", "known nothing", None, "open")]
    connection = duckdb.connect()
    connection.execute("create table t(split varchar, text varchar, hate tinyint, source varchar)")
    connection.executemany("insert into t values (?, ?, ?, ?)", rows)
    connection.table("t").write_parquet(str(tmp_path / "datasets" / "made_up.parquet"))
    return tmp_path


def test_of_a_public_set_rare_rows_come_first_and_no_more_than_allowed(corpus: Path) -> None:
    examples = public_examples(corpus, CHOSEN, frozenset())
    assert len(examples) == 4
    assert [example.targets for example in examples[:2]] == [{"abuse:hate": 1.0}, {"abuse:hate": 0.0}]


def test_a_text_of_a_test_split_is_never_trained_on(corpus: Path) -> None:
    excluded = evaluation_forms(corpus)
    assert excluded == {"plain 3"}
    chosen = PublicSet("made_up", "CC0-1.0", 100, {"hate": "abuse:hate"})
    assert "plain 3" not in {
        normal_form(e.text.partition("\n")[2]) for e in public_examples(corpus, chosen, excluded)
    }


def test_rows_of_another_licence_inside_a_set_are_left_out(corpus: Path) -> None:
    chosen = PublicSet("made_up", "CC0-1.0", 100, {"hate": "abuse:hate"}, unless=(("source", "closed"),))
    assert not any("hidden" in example.text for example in public_examples(corpus, chosen, frozenset()))


def test_a_row_without_a_label_is_left_out(corpus: Path) -> None:
    chosen = PublicSet("made_up", "CC0-1.0", 100, {"hate": "abuse:hate"})
    assert not any(
        "known nothing" in example.text for example in public_examples(corpus, chosen, frozenset())
    )


def test_copies_of_one_text_fall_on_one_side() -> None:
    assert normal_form("You are GREAT!!") == normal_form("you are great")
    held = [held_for_measuring("jigsaw_toxic_partial", f"text {i}") for i in range(500)]
    assert 60 < sum(held) < 140
    assert not held_for_measuring("dynahate", "text 1")


@pytest.mark.parametrize(("key", "place"), [("tra-a01", 245), ("tra-0001", 776)])
def test_a_bucket_never_moves(key: str, place: int) -> None:
    assert bucket(key, 1000) == place


def test_calibration_takes_off_the_weights_and_finds_the_temperature() -> None:
    rng = np.random.default_rng(5)
    true = rng.normal(0, 2, (4000, len(LABELS))).astype(np.float32)
    targets = np.zeros(true.shape)
    for head, span in spans():
        if head.exclusive:
            chance = np.exp(true[:, span]) / np.exp(true[:, span]).sum(axis=1, keepdims=True)
            picks = [rng.choice(len(head.labels), p=row / row.sum()) for row in chance.astype(float)]
            targets[np.arange(len(picks)), span.start + np.asarray(picks)] = 1
        else:
            targets[:, span] = rng.random(true[:, span].shape) < 1 / (1 + np.exp(-true[:, span]))
    shift = [-0.5] * len(LABELS)
    found = calibrate(true * 2 + 0.5, targets, shift)
    assert np.allclose(found.scale, 0.5, atol=0.07)
    assert np.allclose(found.apply(true * 2 + 0.5), true, atol=0.6)


def test_every_column_belongs_to_one_head() -> None:
    assert [column for head in HEADS for column in head.columns] == list(LABELS)
    assert len(set(LABELS)) == len(LABELS) == 31


def test_a_head_that_the_calibration_set_does_not_tell_of_keeps_its_scale() -> None:
    head, span = spans()[-1]
    targets = np.zeros((50, len(LABELS)))
    targets[:, [place.start for _, place in spans()]] = 1
    targets[:, span] = np.nan
    logits = np.random.default_rng(3).normal(0, 1, targets.shape).astype(np.float32)
    found = calibrate(logits, targets, [-0.5] * len(LABELS))
    assert found.scale[span] == (1.0,) * len(head.labels)
    assert found.shift[span] == (-0.5,) * len(head.labels)


def test_no_post_of_the_sealed_set_is_learnt_or_held_out() -> None:
    """Two letters, or a headline without text, are nobody's."""
    kept, held = own_items()
    assert not [i["id"] for i in (*kept, *held) if len(normal_form(i["text"])) > 2 and sealed(i["text"])]
    assert sealed("")
