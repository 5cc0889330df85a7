"""The stream that `benchmarks/stream.py` measures: seeded, mixed as it says, and no post lost on its way."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from data.register.schools_json import read_schools
from research.evaluation.labelled_items import read_items

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stream():
    before = list(sys.path)
    yield runpy.run_path(str(ROOT / "benchmarks" / "stream.py"))
    sys.path[:] = before


@pytest.fixture(scope="module")
def items():
    return read_items(ROOT / "tests" / "fixtures" / "triage" / "holdout.jsonl")


def test_the_stream_is_mixed_as_it_says_and_the_same_each_time(stream, items) -> None:
    drawn = stream["draw"](items, 4000, 0.4)
    assert drawn == stream["draw"](items, 4000, 0.4)
    ours = [item for item in drawn if item["relevant"]]
    assert len(ours) / len(drawn) == pytest.approx(0.4, abs=0.03)
    assert stream["grave"](drawn) / len(ours) == pytest.approx(0.03, abs=0.02)


def test_every_post_of_the_stream_comes_out_of_its_feed_once_with_its_words(stream, items) -> None:
    schools = read_schools(ROOT / "tests" / "fixtures" / "triage" / "holdout_schools.json")
    drawn = stream["draw"](items, 300, 0.4)
    linker = stream["Linker"](list(schools.values()))
    read = [stream["_linked"](feed, linker) for feed in stream["feeds"](drawn, schools)]
    mentions = [mention for linked in read for mention in linked.mentions]
    places = [int(mention.url.rpartition("/")[2]) for mention in mentions]
    assert sorted(places) == list(range(300))
    words = [
        len(set(str(drawn[n]["text"]).split()) - set(m.text.split()))
        for n, m in zip(places, mentions, strict=True)
    ]
    assert sum(count == 0 for count in words) / len(words) > 0.95
