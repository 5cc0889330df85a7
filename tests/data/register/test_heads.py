"""Heads told apart: what a register writes into one name may be two people, a role, or nobody."""

from __future__ import annotations

import csv
import gzip
import re

import pytest
from support.corpus import corpus_path

from data.register.heads import together, told_apart


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Mrs Ada Example", ("Mrs Ada Example",)),
        ("Mr Bo Head", ("Mr Bo Head",)),
        ("Mrs Ada Example-Sample", ("Mrs Ada Example-Sample",)),
        ("Principal Ada Example", ("Ada Example",)),
        ("Co Headteacher Ada/Bo Example/Sample", ("Ada Example", "Bo Sample")),
        ("Mrs Ada and Bo Example and Sample", ("Ada Example", "Bo Sample")),
        ("Ms Ada Example / Ms Bo Sample", ("Ms Ada Example", "Ms Bo Sample")),
        ("Mrs Example & Miss Sample", ("Mrs Example", "Miss Sample")),
        ("Co Headteacher Ada Example Bo Sample", ("Ada Example", "Bo Sample")),
        ("Mr Ada Example (Head of School) Bo Sample (Executive Head)", ("Mr Ada Example", "Bo Sample")),
        ("Executive Head: Ada Example Head of School: Bo Sample", ("Ada Example", "Bo Sample")),
        ("Mrs Ada Example (Mon-Thurs) and Bo Sample (Fridays)", ("Mrs Ada Example", "Bo Sample")),
        ("Mrs Ada Example 0.8 Mrs Bo Sample 0.2", ("Mrs Ada Example", "Mrs Bo Sample")),
        ("Mr Ada Example (Acting for Maternity Cover)", ("Mr Ada Example",)),
        ("Mrs Ada Example acting head until 31/8/2025", ("Mrs Ada Example",)),
        ("Mrs Ada Example (nee Sample)", ("Mrs Ada Example",)),
        ("Mrs Ada (Addie) Example", ("Mrs Ada Example",)),
        ("Ms Ada Example; MBE", ("Ms Ada Example",)),
        ("TBC TBC", ()),
        ("Headteacher Saviour's C of E School", ()),
        ("", ()),
    ],
)
def test_the_names_of_heads_are_told_apart(said: str, names: tuple[str, ...]) -> None:
    assert told_apart(said) == names


def test_two_heads_are_written_with_and_between_them_and_read_back_so() -> None:
    line = together("Co Headteacher Ada/Bo Example/Sample")
    assert line == "Ada Example and Bo Sample"
    assert told_apart(line) == ("Ada Example", "Bo Sample")
    assert together("TBC TBC") is None


@pytest.mark.corpus
def test_the_heads_of_the_published_register_are_told_apart() -> None:
    """Of 22,010 names some 630 hold more than a title and a name; fewer than five of those lose a person."""
    with gzip.open(corpus_path("gias", "schools.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        rows = [[row[f"Head{part}"] for part in _PARTS] for row in csv.DictReader(file)]
    said = [" ".join(part.strip() for part in row if part.strip()) for row in rows]
    found = {name: told_apart(name) for name in said}
    changed = {name: names for name, names in found.items() if names != (name,)}
    assert 550 < len(changed) < 700
    assert sum(len(names) == 2 for names in changed.values()) > 150
    assert sum(not names for names in changed.values()) == 2  # a school's name, and “TBC”
    left = [name for names in found.values() for name in names if _NOT_A_NAME.search(name)]
    assert left == []
    several = [n for n, names in changed.items() if len(names) < 2 and re.search(r" and |&|/[^\d]", n)]
    assert len(several) < 5


_PARTS = ("Title (name)", "FirstName", "LastName")
_NOT_A_NAME = re.compile(r"[/&();:@\d]|\b(?:acting|interim|executive|co-head|headteacher|principal)\b", re.I)
