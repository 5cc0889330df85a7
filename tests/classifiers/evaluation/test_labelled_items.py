from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers.evaluation.labelled_items import labelled_posts, read_items
from data.errors import InputError


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": ', "not JSON lines"),
        ("[1]", "“channel” is missing"),
        ('{"channel": "x"}', "“title” is missing"),
    ],
)
def test_a_file_that_is_not_labelled_is_refused_and_says_why(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "holdout.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        labelled_posts(path)


def test_only_a_line_feed_ends_an_item(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    item = {"text": "one\u2028two"}
    path.write_text(json.dumps(item, ensure_ascii=False) + "\r\n\n", encoding="utf-8")
    assert read_items(path) == [item]
