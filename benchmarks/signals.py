"""How often each signal fires, and how often it is right, on posts that its writers had not seen.

    python -P benchmarks/signals.py --corpus DIR [--write]

Read are the school posts of `triage/train` from file l on and `triage/dev.jsonl` (the relevant ones), and
the real posts of `triage/real_train.jsonl` (all of them). `--write` puts the table into benchmarks/signals.md
between its markers; what “right” means stands there.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classifiers.signals.catalogue import FAMILIES, RULES, find_signals
from classifiers.triage import mention_of
from data.register.national_lists import read_schools
from data.types import Severity, Signal
from research.evaluation.labelled_items import read_items

PAGE = Path(__file__).with_name("signals.md")
MARKS = ("<!-- signals: counted by benchmarks/signals.py -->", "<!-- end of signals -->")
LEAST_HITS = 20
"""Rules with fewer hits are counted together with those of their family that say the same kind of thing."""

_FAMILY_OF = {rule.signal.name: family for family, rules in FAMILIES.items() for rule in rules}
_REMOVALS = ("request_removal", "platform_report")

Item = Mapping[str, Any]


@dataclass
class Count:
    """Hits that can be judged, and those that are right."""

    hits: int = 0
    right: int = 0

    def add(self, right: bool) -> None:
        """One more hit."""
        self.hits += 1
        self.right += right

    def more(self, other: Count) -> None:
        """Adds another count."""
        self.hits += other.hits
        self.right += other.right

    def __str__(self) -> str:
        return f"{self.right} of {self.hits}" if self.hits else "–"


@dataclass
class Row:
    """One rule, or the rare ones of a family that say the same kind of thing."""

    name: str
    says: str
    hint: bool = False
    school: Count = field(default_factory=Count)
    real: Count = field(default_factory=Count)

    @property
    def hits(self) -> int:
        """On both kinds of posts."""
        return self.school.hits + self.real.hits

    @property
    def precision(self) -> float:
        """Share of the hits that are right."""
        return (self.school.right + self.real.right) / self.hits if self.hits else 0.0


def says(signal: Signal) -> str:
    """The strongest thing that a signal says."""
    if signal.danger:
        return "danger"
    if signal.severity >= Severity.TODAY:
        return "severity 3"
    if signal.labels:
        return "label"
    if signal.clears:
        return "clears"
    return "route" if signal.route else "subject"


def right(signal: Signal, item: Item) -> bool | None:
    """Does the item bear out what the signal says? None where its label cannot tell."""
    return _JUDGES[says(signal)](signal, item)


def _grave(signal: Signal, item: Item) -> bool | None:
    return bool(item["severity"] >= Severity.TODAY)


def _labelled(signal: Signal, item: Item) -> bool | None:
    return bool(set(signal.labels) & set(item["abuse"])) if item["relevant"] else None


def _cleared(signal: Signal, item: Item) -> bool | None:
    return item["severity"] < Severity.TODAY and not set(signal.clears) & set(item["abuse"])


def _routed(signal: Signal, item: Item) -> bool | None:
    """Between ways of removal a vote is judged only where a removal is due."""
    wanted = signal.route.value if signal.route else ""
    if wanted in _REMOVALS and item["route"] not in _REMOVALS:
        return None
    return bool(item["route"] == wanted) if item["relevant"] else None


def _about(signal: Signal, item: Item) -> bool | None:
    """What asserts nothing else is right where it names the subject; one that names none is not judged."""
    return bool(item["about"] == signal.about.value) if signal.about and item["relevant"] else None


_JUDGES: Mapping[str, Callable[[Signal, Item], bool | None]] = {
    "danger": _grave,
    "severity 3": _grave,
    "label": _labelled,
    "clears": _cleared,
    "route": _routed,
    "subject": _about,
}


def counted(items: Iterable[tuple[Item, Sequence[Signal]]], rows: Mapping[str, Row], kind: str) -> None:
    """Adds the hits of the items to the rows, by the name of the signal. A danger in doubt is not counted."""
    for item, signals in items:
        for signal in signals:
            row = rows[signal.name]
            found = right(signal, item)
            if found is not None and signal.hint == row.hint:
                getattr(row, kind).add(found)


def fired(items: Path, schools: Path, *, relevant: bool) -> Iterator[tuple[Item, Sequence[Signal]]]:
    """Each item of a file with its signals; `relevant` leaves out those about others."""
    known = read_schools(schools)
    for item in read_items(items):
        if item["relevant"] or not relevant:
            yield item, find_signals(mention_of(item), known[item["school"]], ())


def pooled(rows: Iterable[Row]) -> list[Row]:
    """Those of danger and those with hits enough one by one; the others by family, by kind where rare yet."""
    rows = list(rows)
    alone = [row for row in rows if row.says == "danger" or row.hits >= LEAST_HITS]
    families = _together(
        (row for row in rows if row not in alone), lambda row: f"{_FAMILY_OF[row.name]}, rarer ones"
    )
    large = [row for row in families if row.hits >= LEAST_HITS]
    rest = _together((row for row in families if row not in large), lambda _: "other families, rarer ones")
    return sorted([*alone, *large, *rest], key=_order)


def _together(rows: Iterable[Row], name: Callable[[Row], str]) -> list[Row]:
    found: dict[tuple[str, str, bool], Row] = {}
    for row in rows:
        key = (name(row), row.says, row.hint)
        pool = found.setdefault(key, Row(*key))
        pool.school.more(row.school)
        pool.real.more(row.real)
    return list(found.values())


def _order(row: Row) -> tuple[int, bool, str]:
    return list(_JUDGES).index(row.says), row.hint, row.name


def table(rows: Sequence[Row]) -> list[str]:
    """The rows as Markdown: the overrides, all of them together, then everything else."""
    dangers = [row for row in rows if row.says == "danger"]
    together = _together(dangers, lambda _: "all of them")
    others = [row for row in rows if row.says != "danger"]
    return ["Overrides:", "", *_lines([*dangers, *together]), "", "Everything else:", "", *_lines(others)]


def _lines(rows: Sequence[Row]) -> list[str]:
    lines = ["| signal | says | school posts: right | real posts: right | share |", "|---|---|---|---|---|"]
    for row in rows:
        share = f"{row.precision:.2f}" if row.hits else "–"
        kind = f"{row.says} (hint)" if row.hint else row.says
        lines.append(f"| {row.name} | {kind} | {row.school} | {row.real} | {share} |")
    return lines


def write(lines: Sequence[str]) -> None:
    """Puts the lines between the markers of the page."""
    start, end = MARKS
    page = PAGE.read_text(encoding="utf-8")
    inner = "\n".join((start, "", *lines, "", end))
    PAGE.write_text(
        re.sub(f"{re.escape(start)}.*?{re.escape(end)}", lambda _: inner, page, flags=re.DOTALL),
        encoding="utf-8",
    )


def main() -> None:
    """Prints the table; writes it where asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="every rule by itself, however rare")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    triage = chosen.corpus / "triage"
    rows = {r.signal.name: Row(r.signal.name, says(r.signal), r.signal.hint) for r in RULES}
    counted(fired(triage / "dev.jsonl", triage / "schools.json", relevant=True), rows, "school")
    for path in sorted((triage / "train").glob("[l-x].jsonl")):
        schools = path.with_name(f"{path.stem}_schools.json")
        counted(fired(path, schools, relevant=True), rows, "school")
    real = fired(triage / "real_train.jsonl", triage / "real_train_schools.json", relevant=False)
    counted(real, rows, "real")
    lines = table(sorted(rows.values(), key=_order) if chosen.all else pooled(rows.values()))
    print("\n".join(lines))
    if chosen.write:
        write(lines)


if __name__ == "__main__":
    main()
