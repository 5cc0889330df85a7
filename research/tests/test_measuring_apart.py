"""What measures is not what teaches, and the posts read as the model reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.token_ids import ids_by_both

from research.evaluation.labelled_items import item_text, read_items
from research.training.examples import own_items
from research.training.themes.posts import theme_items

HELD = Path(__file__).parents[2] / "tests" / "fixtures" / "triage" / "themes.jsonl"


@pytest.fixture(scope="module")
def both():
    return ids_by_both()


def test_a_post_has_the_token_ids_that_transformers_gives_it(both) -> None:
    kept, held = own_items()
    posts = [item_text(item).partition("\n")[2] for item in (*kept[::4], *held)]
    ours, theirs = both(posts)
    assert len(posts) > 1000
    assert ours == theirs


def test_the_posts_that_measure_themes_are_none_that_teach_them() -> None:
    learnt, held = theme_items()
    measured = {item["id"] for item in read_items(HELD)}
    assert not measured & {item["id"] for item in learnt}
    assert measured >= {item["id"] for item in held}
