"""Sixty invented Welsh posts, `tests/fixtures/triage/welsh.jsonl`, labelled by the project's rules.

No native speaker of Welsh has checked them: neither the language nor the labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builders.verdict import SEVERITIES_OF

from classifiers.scoring.onnx_scorer import Scorer
from classifiers.triage import read_lines, triage_items
from data.register.schools_json import read_schools
from data.types import Route, Severity

FOLDER = Path(__file__).parents[2] / "fixtures" / "triage"
SCHOOLS = read_schools(FOLDER / "welsh_schools.json")
ITEMS = read_lines(FOLDER / "welsh.jsonl", SCHOOLS)


def told_to_a_person(answer: dict[str, Any]) -> bool:
    """Does it ask for a look, or stand in the list of posts in other languages?"""
    return answer["look"] or any(reason.startswith("language_") for reason in answer["reasons"])


def test_there_are_sixty_each_with_an_id_of_its_own() -> None:
    assert [item["id"] for item in ITEMS] == [f"cy-{n:03}" for n in range(1, 61)]
    assert len({item["text"] for item in ITEMS}) == 60


def test_all_are_in_welsh_and_their_traits_say_so() -> None:
    assert all(item["lang"] == "cy" and item["trait"].endswith("_cy") for item in ITEMS)


def test_an_irrelevant_post_is_ignored_and_no_other_is() -> None:
    for item in ITEMS:
        ignored, nothing = item["route"] == Route.IGNORE, item["severity"] == Severity.NOTHING
        assert ignored is nothing is (not item["relevant"]), item["id"]


def test_each_route_has_a_severity_that_the_rules_allow() -> None:
    wrong = [item["id"] for item in ITEMS if item["severity"] not in SEVERITIES_OF[Route(item["route"])]]
    assert wrong == []


def test_child_protection_carries_its_label_and_fair_comment_none_but_profanity() -> None:
    for item in ITEMS:
        route, labels = Route(item["route"]), set(item["abuse"])
        assert ("safeguarding" in labels) is (route is Route.SAFEGUARDING), item["id"]
        assert (route.urgent or route.removal) is bool(labels - {"profanity"}), item["id"]


def test_no_post_about_the_school_passes_unseen() -> None:
    answers = list(triage_items(ITEMS, SCHOOLS, Scorer()))
    unseen = [
        answer["id"]
        for item, answer in zip(ITEMS, answers, strict=True)
        if item["relevant"] and answer["severity"] < Severity.TODAY and not told_to_a_person(answer)
    ]
    assert unseen == []
