"""Who is told of a post is scored by who reads its words. The set here is made up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from classifiers.scoring.heads import LABELS
from data.types import Scores
from research.told import figures_of

SCHOOL = {
    "id": "w1", "name": "Larkspur Hill School", "aliases": [], "locality": "Northvale", "county": "Norfolk",
    "urn": "900101", "phase": "primary", "trust": None,
    "people": [
        {"id": "head", "name": "Mrs Ada Example", "roles": ["head"]},
        {"id": "dsl", "name": "Mr Bo Sample", "roles": ["dsl"]},
        {"id": "teacher", "name": "Miss Di Specimen", "roles": ["staff"]},
    ],
}  # fmt: skip
POSTS = (
    ("threat", "I am going to stab Miss Specimen tomorrow at the gate.", {"threatened": ["teacher"]}),
    ("allegation", "Miss Specimen slapped my son and left bruises.", {"accused": ["teacher"]}),
    ("thanks", "The fair was lovely.", {}),
)


class Calm:
    """Finds every text harmless: what is alerted is by words and signals."""

    version = "calm"

    def score(self, texts):
        row = [0.9 if label in ("route:note", "relevant", "about:staff") else 0.001 for label in LABELS]
        return Scores(
            LABELS, np.tile(np.asarray(row, np.float32), (len(texts), 1)), (False,) * len(texts), self.version
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = {"school": "w1", "channel": "facebook", "title": SCHOOL["name"], "rating": None, "severity": 3}
    nobody: dict[str, list[str]] = {"threatened": [], "accused": [], "may_be_meant": [], "wronged": []}
    rows = [
        {**base, "id": trait, "text": text, "trait": trait, "who": nobody | who} for trait, text, who in POSTS
    ]
    (tmp_path / "schools.json").write_text(json.dumps([SCHOOL]))
    (tmp_path / "school.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_who_is_threatened_is_told_and_who_is_accused_is_left_out_and_counted_apart(folder: Path) -> None:
    found = {name: (figure.value, figure.n) for name, figure in figures_of(folder, Calm()).items()}
    assert (found["target_told"], found["target_left_out"]) == ((1, 1), (0, 1))
    assert (found["accused_told"], found["accused_left_out"]) == ((0, 1), (1, 1))
    assert (found["allegations_alerted"], found["thanks_alerted"]) == ((1, 1), (0, 1))
