"""The sealed sets of dangers and of who is told are scored by who reads the words. These are made up."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from classifiers.scoring.network import LABELS
from data.errors import InputError
from data.types import Scores
from research import danger
from research.danger import FILES, SETS, figures_of, told_of
from research.sealed import MOST_TIMES
from research.told import figures_of as figures_of_told

SCHOOL = {
    "id": "w1", "name": "Larkspur Hill School", "aliases": [], "locality": "Northvale", "county": "Norfolk",
    "urn": "900101", "phase": "primary", "trust": None,
    "people": [
        {"id": "head", "name": "Mrs Ada Example", "roles": ["head"]},
        {"id": "dsl", "name": "Mr Bo Sample", "roles": ["dsl"]},
        {"id": "chair", "name": "Ms Cy Instance", "roles": ["chair"]},
    ],
}  # fmt: skip
POSTS = {
    "threats": ("I am going to stab Mrs Example tomorrow at the gate.", {"danger": ["person:head"]}),
    "allegations": ("The head slapped my son and left bruises.", {"accused": ["person:head"]}),
    "prevent": ("Nothing to see.", {}),
    "images": ("Nothing to see.", {}),
    "children": ("Nothing to see.", {}),
    "harmless": ("The fair was lovely.", {}),
}


class Calm:
    """Finds every text harmless."""

    version = "calm"

    def score(self, texts):
        row = [0.9 if label in ("route:note", "relevant", "about:head") else 0.001 for label in LABELS]
        values = np.tile(np.asarray(row, dtype=np.float32), (len(texts), 1))
        return Scores(LABELS, values, (False,) * len(texts), self.version)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schools.json").write_text(json.dumps([SCHOOL]))
    base = {"school": "w1", "channel": "facebook", "title": SCHOOL["name"], "rating": None}
    base |= {"danger": [], "accused": [], "may_be_meant": []}
    for name, (text, more) in POSTS.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({**base, "id": name, "text": text, **more}) + "\n")
    seals = (f"{hashlib.sha256((tmp_path / n).read_bytes()).hexdigest()}  {n}\n" for n in FILES)
    (tmp_path / "SHA256").write_text("".join(seals))
    return tmp_path


def test_a_threat_that_a_signal_finds_is_told_to_its_target_and_the_lead(folder: Path) -> None:
    found = figures_of(folder, Calm())
    assert found["threats_told_to_target_and_lead"].value == 1
    assert (found["children_alerted"].value, found["harmless_alerted"].value) == (0, 0)


def test_words_told_to_whom_they_accuse_are_counted(folder: Path) -> None:
    threat = told_of(folder, Calm())["threats"][0]
    assert not threat.leaks
    assert type(threat)({**threat.item, "accused": ["person:dsl"]}, *_rest(threat)).leaks


def _rest(told):
    return told.people, told.verdict, told.alert


def test_it_is_scored_three_times_and_only_as_sealed(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(danger, "Scorer", Calm)
    for _ in range(MOST_TIMES):
        danger.main(["--scored-by", "a test", "--folder", str(folder)])
    with pytest.raises(InputError, match="3 times"):
        danger.main(["--scored-by", "a test", "--folder", str(folder)])
    (folder / "scored.json").unlink()
    (folder / f"{SETS[0]}.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match="SHA-256"):
        danger.main(["--scored-by", "a test", "--folder", str(folder)])


WHO = (
    ("threat", "I am going to stab Ms Instance tomorrow at the gate.", {"threatened": ["chair"]}),
    ("allegation", "Ms Instance slapped my son and left bruises.", {"accused": ["chair"]}),
    ("thanks", "The fair was lovely.", {}),
)


def test_who_is_threatened_is_told_and_who_is_accused_is_left_out_and_counted_apart(tmp_path: Path) -> None:
    base = {"school": "w1", "channel": "facebook", "title": SCHOOL["name"], "rating": None, "severity": 3}
    nobody: dict[str, list[str]] = {"threatened": [], "accused": [], "may_be_meant": [], "wronged": []}
    rows = [{**base, "id": kind, "text": text, "trait": kind, "who": nobody | who} for kind, text, who in WHO]
    (tmp_path / "schools.json").write_text(json.dumps([SCHOOL]))
    (tmp_path / "school.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    figures = figures_of_told(tmp_path, Calm())
    found = {name: (figure.value, figure.n) for name, figure in figures.items()}
    assert (found["target_told"], found["target_left_out"]) == ((1, 1), (0, 1))
    assert (found["accused_told"], found["accused_left_out"]) == ((0, 1), (1, 1))
    assert (found["allegations_alerted"], found["thanks_alerted"]) == ((1, 1), (0, 1))
