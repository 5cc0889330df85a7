"""Scores the program on the sealed set of dangers, allegations and look-alikes, three times in all at most.

    python -P -m research.danger --scored-by NAME

Each post goes the whole way, from linking to who is told, at its school with its people. Every figure is
written to `scored.json` with its range before it is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from alerts.raise_alert import StoryNow, raise_alert
from classifiers.linking.linker import Linker
from classifiers.scoring.network import TextScorer
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.scoring.persons import reader_of
from classifiers.signals.catalogue import find_signals
from classifiers.text.model_text import mention_text
from classifiers.triage import limit_looks, link_items, mention_of
from classifiers.verdicts.decide import TextReading, decide, read_again
from classifiers.verdicts.parts import Question, choose_questions, questions_about
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.types import Alert, Person, Policy, Role, School, Story, Verdict
from research.evaluation.metrics import Estimate, share
from research.sealed import FOLDER, scored_before, write_down

SETS = ("threats", "allegations", "prevent", "images", "children", "harmless")
FILES = (*(f"{name}.jsonl" for name in SETS), "schools.json")


@dataclass(frozen=True, slots=True)
class Told:
    """One post: its labels, its school's people, the verdict, and the alert that it raises, if any."""

    item: Mapping[str, Any]
    people: tuple[Person, ...]
    verdict: Verdict
    alert: Alert | None

    @property
    def alerted(self) -> bool:
        """Is anybody told of it at once?"""
        return self.alert is not None

    @property
    def shown(self) -> bool:
        """Is anybody told, or shown it to look at?"""
        return self.alerted or self.verdict.look

    @property
    def meant(self) -> frozenset[str]:
        """Ids of those whom it accuses, or whom a careful reader could not rule out."""
        return self._ids("accused") | self._ids("may_be_meant")

    @property
    def leaks(self) -> bool:
        """Are the words told to anybody who may be meant?"""
        return self.alert is not None and not self.meant.isdisjoint(self.alert.audience)

    @property
    def at_risk_told(self) -> bool:
        """Do those in danger, or the head, know of it, and a safeguarding lead, but for whom it accuses?"""
        target = self._ids("danger") or self._holders(Role.HEAD)
        return self._knows(target) and self.lead_told

    @property
    def head_told(self) -> bool:
        """As above, where it is enough that the head knows of it in the place of who is in danger."""
        return self._knows(self._ids("danger") | self._holders(Role.HEAD)) and self.lead_told

    @property
    def lead_told(self) -> bool:
        """Does a safeguarding lead read it whom it does not accuse; else, is somebody told?"""
        leads = self._holders(Role.DSL, Role.DEPUTY_DSL) - self.meant
        return self.alert is not None and (not leads or not leads.isdisjoint(self.alert.audience))

    def _knows(self, ids: frozenset[str]) -> bool:
        known = frozenset((*self.alert.audience, *self.alert.warned)) if self.alert else frozenset()
        free = ids - self.meant if ids - self.meant else ids
        return not free or not free.isdisjoint(known)

    def _ids(self, name: str) -> frozenset[str]:
        return frozenset(who.removeprefix("person:") for who in self.item[name] if who.startswith("person:"))

    def _holders(self, *roles: Role) -> frozenset[str]:
        return frozenset(p.id for p in self.people if not set(roles).isdisjoint(p.roles))


def figures_of(folder: Path, scorer: Scorer) -> dict[str, Estimate]:
    """What is measured of each set, by name."""
    posts = told_of(folder, scorer)
    grave = [post for name in SETS[:-1] for post in posts[name]]
    return {
        "threats_alerted": _share(posts["threats"], lambda p: p.alerted),
        "threats_told_to_target_and_lead": _share(posts["threats"], lambda p: p.at_risk_told),
        "threats_told_to_head_and_lead": _share(posts["threats"], lambda p: p.head_told),
        "allegations_alerted": _share(posts["allegations"], lambda p: p.alerted),
        "prevent_to_lead": _share(posts["prevent"], lambda p: p.lead_told),
        "images_alerted": _share(posts["images"], lambda p: p.alerted),
        "children_alerted": _share(posts["children"], lambda p: p.alerted),
        "grave_shown": _share(grave, lambda p: p.shown),
        "words_to_whoever_is_meant": _share(grave, lambda p: p.leaks),
        "harmless_alerted": _share(posts["harmless"], lambda p: p.alerted),
    }


def told_of(folder: Path, scorer: Scorer) -> dict[str, list[Told]]:
    """Every post with what becomes of it, by set."""
    schools, people = people_by_school(folder / "schools.json")
    items = [(name, item) for name in SETS for item in _lines(folder / f"{name}.jsonl")]
    judged = judge_at([item for _, item in items], schools, people, scorer)
    found: dict[str, list[Told]] = {name: [] for name in SETS}
    for (name, item), verdict in zip(items, judged, strict=True):
        at = item["school"]
        found[name].append(Told(item, people[at], verdict, alert_of(verdict, people[at], schools[at])))
    return found


def people_by_school(path: Path) -> tuple[dict[str, School], dict[str, tuple[Person, ...]]]:
    """The schools of a file and their people, by the school's id."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    schools = {row["id"]: _school(row) for row in rows}
    return schools, {row["id"]: tuple(_person(p, row["urn"]) for p in row["people"]) for row in rows}


def judge_at(
    items: Sequence[Mapping[str, Any]],
    schools: Mapping[str, School],
    people: Mapping[str, tuple[Person, ...]],
    scorer: TextScorer,
) -> tuple[Verdict, ...]:
    """The verdict on each item at its school with its people, read again where the scorer has a reader."""
    mentions = [mention_of(item) for item in items]
    matches = link_items(items, mentions, schools, Linker(list(schools.values())))
    texts = [mention_text(m) for m in mentions]
    scores, limits = scorer.score(texts), read_thresholds()

    def judge(n: int, reading: TextReading) -> list[Verdict]:
        school, here = schools[items[n]["school"]], people[items[n]["school"]]
        signals = find_signals(mentions[n], school, here)
        given = (mentions[n], matches[n], reading.scores, signals, school, here, limits)
        return [decide(read_post(*given, model=reading.model, parts=reading.parts))]

    def meet(n: int) -> Sequence[Question]:
        where = items[n]["school"]
        return choose_questions([questions_about(mentions[n], schools[where], people[where])])

    rows = [scores.row(n) for n in range(len(items))]
    readings = [TextReading(row, scores.model) for row in rows]
    found: Sequence[Sequence[Verdict]] = [judge(n, reading) for n, reading in enumerate(readings)]
    if reader := reader_of(scorer):
        found = read_again(found, texts, rows, reader, judge, meet)
    return limit_looks([verdict for (verdict,) in found], Policy().look_share)


def alert_of(verdict: Verdict, people: Sequence[Person], school: School) -> Alert | None:
    """The alert that a verdict raises, if any."""
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    story = Story("story", school.urn, "", at, at, (verdict.mention_id,))
    found = raise_alert(StoryNow(story, school, people, Policy(), at, (verdict,)))
    return found if isinstance(found, Alert) else None


def _school(row: Mapping[str, Any]) -> School:
    names: dict[str, Any] = {name: tuple(row[name]) if name == "aliases" else row[name] for name in _SCHOOL}
    head = next(p["name"] for p in row["people"] if "head" in p["roles"])
    return School(**names, head=head, nation="wales" if row["county"] == "Gwynedd" else "england")


_SCHOOL = ("urn", "name", "aliases", "locality", "county", "phase", "trust")


def _person(row: Mapping[str, Any], urn: str) -> Person:
    roles = tuple(Role(role) for role in row["roles"])
    related = tuple(row.get("related_to", ()))
    return Person(row["id"], row["name"], roles, f"{row['id']}@example.org", (urn,), related_to=related)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _share(posts: Sequence[Told], holds: Callable[[Told], bool]) -> Estimate:
    return share_of_posts([holds(post) for post in posts])


def share_of_posts(held: Sequence[bool]) -> Estimate:
    """The share of posts for which something holds, each drawn by itself."""
    return share(held, np.arange(len(held)))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.danger", description=__doc__)
    parser.add_argument("--scored-by", required=True, help="who scores it; kept in scored.json")
    parser.add_argument("--folder", type=Path, default=FOLDER / "danger")
    chosen = parser.parse_args(arguments)
    before, scorer = scored_before(chosen.folder, FILES), Scorer()
    figures = figures_of(chosen.folder, scorer)
    found = write_down(chosen.folder, before, chosen.scored_by, scorer, figures, datetime.now(UTC))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
