"""The public sets that may be trained on: each with its licence, its labels, its share.

They are ballast for language and tone. A set whose licence is missing, non-commercial, share-alike or GPL is
not here; such sets are only for measuring.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from classifiers.text.model_text import model_text
from research.evaluation.labelled_items import bucket, held_for_measuring, normal_form
from research.evaluation.public_tests import read_columns
from research.training.examples import Example, sentiment


@dataclass(frozen=True, slots=True)
class PublicSet:
    """One set: `labels` maps its columns to ours, `where` keeps rows by column and value.

    `rows` is the most that is used; every positive row of the `rare` columns is taken first.
    """

    name: str
    licence: str
    rows: int
    labels: Mapping[str, str]
    split: str = "train"
    unless: tuple[tuple[str, str], ...] = ()
    rare: tuple[str, ...] = ()


_SENTIMENT = {"sentiment": "sentiment"}
_HATE = {"hate": "abuse:hate"}

PUBLIC = (
    PublicSet("semeval2017_4a_train", "MIT", 30000, _SENTIMENT, unless=(("in_tweeteval", "dev"),)),
    PublicSet("newsmtsc", "MIT-style notice", 3000, _SENTIMENT),
    PublicSet(
        "nhs_patient_feedback",
        "MIT (rows from Care Opinion left out)",
        4000,
        _SENTIMENT,
        "all",
        unless=(("source", "Care Opinion"), ("topic", "Couldn't be improved")),
    ),
    PublicSet("goemotions", "Apache-2.0", 5000, _SENTIMENT),
    PublicSet("us_airline_tweets", "MIT", 1500, _SENTIMENT, "all"),
    PublicSet("tweeteval_offensive", "released without restriction", 11916, {"offensive": "offensive"}),
    PublicSet(
        "davidson_hate_offensive",
        "MIT",
        800,
        {"hate": "auxiliary:identity_attack", "offensive": "auxiliary:lexical"},
        "all",
    ),
    PublicSet(
        "edos_sexism",
        "CC0-1.0",
        2500,
        {**_HATE, "threat": "abuse:threat", "extremism": "auxiliary:violence"},
        rare=("threat",),
    ),
    PublicSet("hatemoji_build", "CC-BY-4.0", 4700, {**_HATE, "threat": "abuse:threat"}, rare=("threat",)),
    PublicSet(
        "convabuse",
        "CC-BY-4.0",
        1200,
        {**_HATE, "sexual": "abuse:sexual", "offensive": "auxiliary:lexical", "insult": "auxiliary:insult"},
        rare=("sexual",),
    ),
    PublicSet("implicit_hate", "CC-BY-4.0", 3000, {**_HATE, "extremism": "auxiliary:violence"}, "all"),
    PublicSet(
        "jigsaw_toxic_partial",
        "CC0-1.0",
        5000,
        {
            **_HATE,
            "threat": "abuse:threat",
            "profanity": "abuse:profanity",
            "toxic": "auxiliary:toxic",
            "insult": "auxiliary:insult",
            "identity_attack": "auxiliary:identity_attack",
        },
        rare=("threat", "hate"),
    ),
    PublicSet("online_misogyny_reddit", "MIT", 1000, {**_HATE, "threat": "abuse:threat"}, rare=("threat",)),
    PublicSet("surge_toxicity", "MIT", 500, {"toxic": "auxiliary:toxic"}, "all"),
    PublicSet("toxigen_annotated", "MIT", 2500, {**_HATE, "toxic": "auxiliary:toxic"}),
    PublicSet("threatgram101", "CC-BY-4.0", 1000, {"threat": "auxiliary:violence"}, "all"),
)


def public_examples(corpus: Path, chosen: PublicSet, excluded: frozenset[str]) -> list[Example]:
    """The examples of one set, rare positives first, then by hash of the text, up to its `rows`."""
    found = {normal_form(row["text"]): row for row in _rows(corpus, chosen) if row["text"]}
    usable = [
        (form, row)
        for form, row in found.items()
        if form
        and form not in excluded
        and not sealed(form)
        and not held_for_measuring(chosen.name, row["text"])
    ]
    usable.sort(key=lambda pair: (not any(pair[1][rare] for rare in chosen.rare), bucket(pair[0], 2**63)))
    made = (_example(row, chosen) for _, row in usable)
    return [example for example in made if example.targets][: chosen.rows]


def _rows(corpus: Path, chosen: PublicSet) -> Iterator[dict[str, Any]]:
    columns = tuple(dict.fromkeys(("split", "text", *chosen.labels, *(name for name, _ in chosen.unless))))
    for values in read_columns(corpus / "datasets" / f"{chosen.name}.parquet", columns):
        row = dict(zip(columns, values, strict=True))
        if row["split"] == chosen.split and all(row[name] != value for name, value in chosen.unless):
            yield row


def _example(row: Mapping[str, Any], chosen: PublicSet) -> Example:
    targets: dict[str, float] = {}
    for column, ours in chosen.labels.items():
        value = row[column]
        if value is None:
            continue
        targets |= sentiment(value) if ours == "sentiment" else {ours: float(value)}
    return Example(model_text("", "", row["text"], None), targets)


NEVER_FILE = Path(__file__).with_name("never.txt")
"""SHA-256 of the normal form of every text of the sealed test set."""


def sealed(text: str) -> bool:
    """Does the text stand in the sealed test set?"""
    return hashlib.sha256(normal_form(text).encode("utf-8")).hexdigest() in _never()


@lru_cache
def _never() -> frozenset[str]:
    return frozenset(NEVER_FILE.read_text(encoding="ascii").split())


def evaluation_forms(corpus: Path) -> frozenset[str]:
    """The normal forms of every text in a test or dev split, none of which may be trained on."""
    forms: set[str] = set()
    for path in sorted((corpus / "datasets").glob("*.parquet")):
        rows = read_columns(path, ("split", "text"))
        forms.update(normal_form(text) for split, text in rows if text and split in ("test", "dev"))
    return frozenset(forms)
