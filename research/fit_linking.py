"""Fit the weights of `classifiers/linking/match_reasons.py` and print them.

    python -P -m research.fit_linking [DIR]

`DIR` holds labelled items (`a.jsonl` with `a_schools.json`, and so on); without it, the project's own.
What is held out for measuring is left out, and so are real posts and noise. Each item counts three times:
as found by a search for its school; as read in a general feed; and, if it is no review, against another
school of its file, which it is never about. Logistic regression with a ridge of 1, by Newton's method: the
same data give the same weights. Codes that the table marks “set” are left as they are there.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.linking.evidence import evidence
from classifiers.linking.school_profile import SchoolProfile, document, profile
from data.register.national_lists import read_schools
from data.register.school_names import core, words_of
from data.types import Mention, MentionKind, Source
from research.training.examples import OWN_DATA, nobodys_matter, own_items

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SEARCH = Source("search", "search", "", surfaced=True)
FEED = Source("feed", "feed", "")
STILL = 1e-9
"""No weight moves by more than this: it is found."""
NEARLY_ALL_OURS = frozenset(
    f"tr{name}" for name in words_of("aa zh zi zj zk zl zm zn zo zp zq zr zs zt zu zv zw zx zy zz")
)
"""Files in which hardly a post is another school's: with them a namesake's burst pipe was taken for ours."""
UNFITTED = words_of(
    "danger school_and_place untied search_alone posted_here few_bearers many_bearers common_name "
    "local_board own_group"
)


@dataclass(frozen=True, slots=True)
class Example:
    """Codes found for one item and one school; whether it is about it; how much it counts."""

    codes: frozenset[str]
    about: bool
    counts: float


def examples(folder: Path) -> Iterator[Example]:
    """Three examples of most items that are trained on, in a fixed order; of those held out none."""
    rng = random.Random(1)
    by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in placed_items(folder):
        by_file[str(item["id"]).partition("-")[0].removeprefix("tr")].append(item)
    for name, items in sorted(by_file.items()):
        schools = read_schools(folder / f"{name}_schools.json")
        known = {
            key: profile(s, [o for o in schools.values() if o.urn != s.urn and core(o.name) == core(s.name)])
            for key, s in schools.items()
        }
        for item in items:
            yield from _of_item(item, known, rng)


def placed_items(folder: Path) -> list[dict[str, Any]]:
    """Those trained on that were written for a school, as to whose they are too; real posts and noise name
    none of the schools.
    """
    return [
        i
        for i in own_items(folder)[0]
        if not (i.get("origin") or nobodys_matter(i) or i["id"].partition("-")[0] in NEARLY_ALL_OURS)
    ]


def _of_item(
    item: Mapping[str, Any], known: dict[str, SchoolProfile], rng: random.Random
) -> Iterator[Example]:
    channel, about = str(item["channel"]), bool(item["relevant"])
    mention = Mention("m", "", channel, MentionKind.POST, str(item["title"]), str(item["text"]), NOW)
    doc, who = document(mention), known[str(item["school"])]
    yield Example(frozenset(evidence(doc, who, SEARCH)), about, 1.0 if about else 2.0)
    if channel.endswith("_report"):
        return
    yield Example(frozenset(evidence(doc, who, FEED)), about, 0.25 if about else 0.5)
    other = known[rng.choice(list(known))]
    review = "review" in channel or channel == "trustpilot"
    if not review and other is not who and not other.places.keys() & who.places.keys():
        yield Example(frozenset(evidence(doc, other, FEED)), False, 0.5)


def fit(given: list[Example], rounds: int = 30) -> dict[str, float]:
    """The weight of each code, and of the constant under the empty name."""
    codes = sorted({code for example in given for code in example.codes} - UNFITTED)
    place = {code: i for i, code in enumerate(codes)}
    table = np.zeros((len(given), len(codes) + 1))
    table[:, -1] = 1.0
    for row, example in enumerate(given):
        table[row, [place[code] for code in example.codes if code in place]] = 1.0
    about = np.array([example.about for example in given], dtype=float)
    counts = np.array([example.counts for example in given])
    ridge = np.append(np.ones(len(codes)), 0.0)
    weights = np.zeros(len(codes) + 1)
    for _ in range(rounds):
        chance = 1.0 / (1.0 + np.exp(-(table @ weights)))
        slope = table.T @ (counts * (chance - about)) + ridge * weights
        bend = (table * (counts * chance * (1.0 - chance))[:, None]).T @ table + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if abs(step).max() < STILL:
            break
    return dict(zip([*codes, ""], weights.tolist(), strict=True))


def main() -> None:
    """Print the table's rows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=OWN_DATA)
    weights = fit(list(examples(parser.parse_args().folder)))
    print(f"BIAS = {weights.pop(''):.2f}")
    for code, weight in sorted(weights.items(), key=lambda item: -item[1]):
        print(f'    "{code}": {weight:.2f},')


if __name__ == "__main__":
    main()
