"""Scores the models that ship on the sealed set of who is told, three times in all at most.

    python -P -m research.told --scored-by NAME [--alone]

Each post goes the whole way, from linking to who is told, at its school with its people. Every figure is
written to `scored.json` with its range before it is printed.
"""

# ruff: noqa: E501 - one figure a line
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifiers.scoring.network import TextScorer
from classifiers.scoring.onnx_scorer import Scorer
from data.types import Alert, Severity, Verdict
from research.danger import alert_of, judge_at, people_by_school, share_of_posts
from research.evaluation.labelled_items import read_items
from research.evaluation.metrics import Estimate
from research.evaluation.shipped import shipped_models
from research.sealed import SCHOOL, SCHOOLS, scored_before, write_down

FOLDER = Path(__file__).parents[1] / "tests" / "fixtures" / "sealed" / "told"


@dataclass(frozen=True, slots=True)
class Reached:
    """One post, the verdict on it, and the alert that it raises, if any."""

    item: Mapping[str, Any]
    verdict: Verdict
    alert: Alert | None

    def who(self, name: str) -> frozenset[str]:
        """The ids that the writer of the post gave."""
        return frozenset(self.item["who"][name])

    @property
    def told(self) -> frozenset[str]:
        """Who reads the words."""
        return frozenset(self.alert.audience if self.alert else ())

    @property
    def know(self) -> frozenset[str]:
        """Who reads the words or is warned of the bare danger."""
        return self.told | frozenset(self.alert.warned if self.alert else ())

    @property
    def left_out(self) -> frozenset[str]:
        """Who is kept from it."""
        return frozenset(self.alert.excluded if self.alert else ())


def figures_of(folder: Path, scorer: TextScorer) -> dict[str, Estimate]:
    """What is measured, by name."""
    posts = reached(folder, scorer)

    def share(traits: str, holds: Callable[[Reached], bool], of: str = "") -> Estimate:
        kinds = traits.split()
        return share_of_posts([holds(p) for p in posts if p.item["trait"] in kinds and (not of or p.who(of))])

    return {
        "threats_alerted": share("threat threat_twin", lambda p: p.alert is not None),
        "target_told": share("threat", lambda p: p.who("threatened") <= p.know, "threatened"),
        "target_left_out": share("threat", lambda p: bool(p.who("threatened") & p.left_out), "threatened"),
        "twin_target_warned": share("threat_twin", lambda p: p.who("threatened") <= p.know, "threatened"),
        "accused_told": share("threat_twin allegation sarcasm press", lambda p: bool(p.who("accused") & p.told), "accused"),
        "accused_left_out": share("threat_twin allegation sarcasm press", lambda p: p.who("accused") <= p.left_out, "accused"),
        "may_be_meant_told": share("threat_twin allegation sarcasm", lambda p: bool(p.who("may_be_meant") & p.told), "may_be_meant"),
        "wronged_left_out": share("wronged", lambda p: bool(p.who("wronged") & p.left_out), "wronged"),
        "wronged_accused": share("wronged threat idiom", lambda p: bool(p.verdict.accuses)),
        "allegations_alerted": share("allegation", lambda p: p.alert is not None),
        "idiom_alerted": share("idiom", lambda p: p.alert is not None and p.item["severity"] < Severity.TODAY),
        "sarcasm_alerted": share("sarcasm", lambda p: p.verdict.severity >= Severity.TODAY),
        "sarcasm_thanked": share("sarcasm", lambda p: p.verdict.route.value == "thank"),
        "thanks_alerted": share("thanks", lambda p: p.verdict.severity >= Severity.TODAY),
        "press_adverse_answered": share("press", lambda p: p.verdict.severity >= Severity.RESPOND),
        "press_good_calm": share("press_good", lambda p: p.verdict.severity < Severity.TODAY),
    }  # fmt: skip


def reached(folder: Path, scorer: TextScorer) -> list[Reached]:
    """Every post with what becomes of it."""
    schools, people = people_by_school(folder / SCHOOLS)
    items = read_items(folder / SCHOOL)
    judged = judge_at(items, schools, people, scorer)
    return [
        Reached(item, v, alert_of(v, people[item["school"]], schools[item["school"]]))
        for item, v in zip(items, judged, strict=True)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.told", description=__doc__)
    parser.add_argument("--scored-by", required=True, help="who scores it; kept in scored.json")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--alone", action="store_true", help="without the second reader")
    chosen = parser.parse_args(arguments)
    before = scored_before(chosen.folder, (SCHOOL, SCHOOLS))
    scorer = Scorer() if chosen.alone else shipped_models()
    found = write_down(
        chosen.folder, before, chosen.scored_by, scorer, figures_of(chosen.folder, scorer), datetime.now(UTC)
    )
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
