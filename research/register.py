"""Make the register of schools that comes with Schoolgate, from the public lists of the four nations.

    python -P -m research.register LISTS

`LISTS` is a folder with the lists as published: of England the state-funded schools, all others, and the
newest list of what is open, which decides; of Wales, Scotland and Northern Ireland one each. The same lists
give the same bytes. No head or other person is in it, and no school that the newest list no longer has.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from data.register.national_lists import SHIPPED, PublicList, pack_schools, read_register
from data.register.school_names import core
from data.types import School

DAY = date(2026, 1, 30)
"""The day of the newest list."""
LISTS = (
    PublicList("England", "Department for Education", "30 January 2026"),
    PublicList("Wales", "Welsh Government", "September 2025"),
    PublicList("Scotland", "Scottish Government", "2022"),
    PublicList("Northern Ireland", "Department of Education NI", "2015"),
)
NO_SCHOOLS = frozenset({"Higher education institutions", "Offshore schools", "Service children's education"})
WELSH, WELSH_INDEPENDENT = "400000", "401967"
"""From these numbers on England's register has the schools of Wales, and its independent ones."""


def make_register(lists: Path) -> bytes:
    """Return the register as it is packed."""
    others = [s for file in ("wales", "scotland", "northern_ireland") for s in _read(lists, file).values()]
    english = sorted(_read_english(lists, others), key=lambda school: school.urn)
    return pack_schools((replace(s, head=None, trust=None) for s in (*english, *others)), DAY, LISTS)


def _read(lists: Path, name: str, *, closed: bool = False) -> dict[str, School]:
    """The schools of one list by number: Scotland's has a line for each department."""
    read = reversed(read_register(lists / f"{name}.csv.gz", closed=closed))
    return dict(reversed({school.urn: school for school in read}.items()))


def _read_english(lists: Path, elsewhere: list[School]) -> Iterator[School]:
    """Every school that is open by England's newest list, under its name there."""
    state, rest = _read(lists, "schools"), _read(lists, "schools_other", closed=True)
    names = {row["URN"]: " ".join(row["EstablishmentName"].split()) for row in _rows(lists, "open_20260130")}
    kinds = {row["URN"]: row["TypeOfEstablishment (name)"] for row in _rows(lists, "schools_other")}
    gone = [school for urn, school in state.items() if urn not in names]
    bare = [school for urn, school in rest.items() if urn in names and not (school.town or school.postcode)]
    bearers = Counter(core(school.name) for school in (*gone, *bare))
    before = {core(school.name): school for school in gone if bearers[core(school.name)] == 2}
    welsh = {fact for s in elsewhere if s.nation == "wales" for fact in (s.postcode, core(s.name))}
    for urn, name in names.items():
        school = state.get(urn) or rest[urn]
        if kinds.get(urn) in NO_SCHOOLS:
            continue
        if urn >= WELSH:
            if (
                urn >= WELSH_INDEPENDENT
                and school.postcode
                and welsh.isdisjoint((school.postcode, core(name)))
            ):
                yield replace(school, name=name, nation="wales")
            continue
        if school in bare and core(name) in before:  # a school that became an academy under its name
            school = replace(before[core(name)], urn=urn, dfe="", sector="academy")
        yield replace(school, name=name)


def _rows(lists: Path, name: str) -> Iterator[Mapping[str, str]]:
    with gzip.open(lists / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("lists", type=Path)
    SHIPPED.write_bytes(make_register(parser.parse_args().lists))
