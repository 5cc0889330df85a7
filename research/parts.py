"""Counts who is told of invented posts that name each person's part, by writer.

    python -P -m research.parts FOLDER [FILE …] [--faults]

FOLDER holds `schools.json` and the posts, as `research/reader/hands` does. Each post goes the whole way, from
linking to who is told. `--faults` prints each post with whom it tells, or leaves out, wrongly.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.scoring.network import TextScorer
from classifiers.scoring.onnx_scorer import Scorer
from data.types import Person, Role, Route, School, Severity
from research.danger import alert_of, judge_at, share_of_posts
from research.evaluation.labelled_items import read_items
from research.evaluation.shipped import shipped_models
from research.told import Reached

SCHOOLS = "schools.json"


@dataclass(frozen=True, slots=True)
class ReachedPeople(Reached):
    """The same, with the people of its school."""

    people: tuple[Person, ...]

    def with_part(self, *parts: str) -> frozenset[str]:
        """Ids of those to whom its writer gave one of these parts."""
        return frozenset(who for who, given in self.item["people"].items() if {*parts} & {*given})

    @property
    def harmless(self) -> bool:
        """Is it about the school and of severity 2 or less?"""
        return bool(self.item["relevant"]) and self.item["severity"] < Severity.TODAY

    @property
    def alerted(self) -> bool:
        """Is anybody told at once?"""
        return self.verdict.severity >= Severity.TODAY

    @property
    def accused(self) -> frozenset[str]:
        """Ids of those whom the verdict accuses by name."""
        return frozenset(m.who.removeprefix("person:") for m in self.verdict.accuses)

    @property
    def lead_told(self) -> bool:
        """Does a lead of safeguarding whom it does not accuse read the words?"""
        leads = {p.id for p in self.people if p.roles == (Role.DSL,)} - self.with_part("harm", "crime")
        return not leads or bool(leads & self.told)


def persons(posts: Sequence[ReachedPeople], parts: str, but: str = "") -> Iterator[tuple[ReachedPeople, str]]:
    """Each person with one of these parts and none of the others, in a post that alerts, with the post."""
    for post in posts:
        if post.alerted and post.item["relevant"]:
            for who in sorted(post.with_part(*parts.split()) - post.with_part(*but.split())):
                yield post, who


OF_PERSONS: Mapping[str, tuple[str, str, Callable[[ReachedPeople, str], bool]]] = {
    "accused told": ("harm crime", "", lambda post, who: who in post.told),
    "accused left out": ("harm crime", "", lambda post, who: who in post.accused),
    "threatened told or warned": ("threatened", "harm crime", lambda post, who: who in post.know),
    "threatened left out": ("threatened", "harm crime", lambda post, who: who in post.accused),
    "wronged told": ("wronged", "harm crime threatened", lambda post, who: who in post.told),
    "wronged left out": ("wronged", "harm crime threatened", lambda post, who: who in post.accused),
}
OF_POSTS: Mapping[str, tuple[Callable[[ReachedPeople], bool], Callable[[ReachedPeople], bool]]] = {
    "severity 3 and 4 alerted": (lambda p: p.item["severity"] >= Severity.TODAY, lambda p: p.alerted),
    "severity 3 and 4 alerted or shown": (
        lambda p: p.item["severity"] >= Severity.TODAY,
        lambda p: p.alerted or p.verdict.look,
    ),
    "severity 4 alerted": (lambda p: p.item["severity"] >= Severity.THIS_HOUR, lambda p: p.alerted),
    "harmless alerted": (lambda p: p.harmless, lambda p: p.alerted),
    "harmless shown": (lambda p: p.harmless, lambda p: p.verdict.look),
    "another's alerted": (lambda p: not p.item["relevant"], lambda p: p.alerted),
    "lead told of a child's matter": (
        lambda p: p.item["route"] == Route.SAFEGUARDING and p.alerted,
        lambda p: p.lead_told,
    ),
}
FAULTS = ("accused told", "threatened left out", "wronged left out", "harmless alerted")


def reached(folder: Path, names: Sequence[str], scorer: TextScorer) -> list[ReachedPeople]:
    """Every post with what becomes of it."""
    rows = json.loads((folder / SCHOOLS).read_text(encoding="utf-8"))
    schools = {row["id"]: _school(row) for row in rows}
    people = {row["id"]: tuple(_person(one, row["id"]) for one in row["people"]) for row in rows}
    files = [folder / name for name in names] or sorted(folder.glob("*.jsonl"))
    items = [
        {**item, "quoted": item.get("parent", ""), "id": f"{file.stem}-{item['id']}"}
        for file in files
        for item in read_items(file)
    ]
    judged = judge_at(items, schools, people, scorer)
    at = [item["school"] for item in items]
    alerts = [alert_of(v, people[where], schools[where]) for v, where in zip(judged, at, strict=True)]
    here = [people[where] for where in at]
    return [ReachedPeople(*row) for row in zip(items, judged, alerts, here, strict=True)]


def _school(row: Mapping[str, Any]) -> School:
    head = next(one["name"] for one in row["people"] if one["role"] == Role.HEAD)
    nation = row.get("nation", "england")
    return School(
        row["id"],
        row["name"],
        aliases=tuple(row["aliases"]),
        locality=row["town"],
        county=row["county"],
        phase=row["phase"],
        head=head,
        nation=nation,
    )


def _person(row: Mapping[str, str], school: str) -> Person:
    role = Role(row["role"]) if row["role"] in {*Role} else Role.STAFF
    return Person(row["id"], row["name"], (role,), f"{row['id']}@example.org", (school,))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.parts", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--alone", action="store_true", help="without the second reader")
    parser.add_argument("--faults", action="store_true")
    chosen = parser.parse_args(arguments)
    posts = reached(chosen.folder, chosen.files, Scorer() if chosen.alone else shipped_models())
    for name, (parts, but, holds) in OF_PERSONS.items():
        _show(name, [(post, holds(post, who)) for post, who in persons(posts, parts, but)], chosen.faults)
    for name, (those, does) in OF_POSTS.items():
        _show(name, [(post, does(post)) for post in posts if those(post)], chosen.faults)


def _show(name: str, cases: Sequence[tuple[ReachedPeople, bool]], faults: bool) -> None:
    if cases:
        share = share_of_posts([held for _, held in cases])
        print(f"{name:34} {share.value:.3f} ({share.low:.3f}–{share.high:.3f}) of {share.n}")
    for post, held in cases:
        if faults and held and name in FAULTS:
            print(f"    {post.item['id']} {post.item['text'][:160]!r}")


if __name__ == "__main__":
    main()
