"""Texts drawn on real schools and their namesakes: seeded, in two halves, none without a register."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

from data.types import School

ROOT = Path(__file__).parents[2]
DRAW = runpy.run_path(str(ROOT / "benchmarks" / "namesakes" / "draw.py"))
draw, templates, HALVES = DRAW["draw"], DRAW["templates"], DRAW["HALVES"]
SCHOOLS = [
    School(
        f"9001{i:02}", name, town=town, county=county, local_authority=county, street="Mill Lane",
        postcode=f"ZZ{i} 1AA", head="Mrs Ada Winterbourne",
    )
    for i, (name, town, county) in enumerate(
        (name, town, county)
        for name in ("Oakfield Primary School", "Park Primary School", "St Elen's CofE Primary School")
        for town, county in (("Castlebury", "Loamshire"), ("Northvale", "Arden"), ("Farthing", "Markshire"))
    )
]  # fmt: skip
LONE = School(
    "900190", "Hollowfield School", town="Stourley", county="Wessex", postcode="ZZ9 9AA", head="Mr Otto Fenn"
)


def test_there_are_at_least_120_templates_in_two_halves_without_a_double() -> None:
    given = templates()
    assert len(given) == len({t.text for t in given}) >= 120
    assert min(Counter(t.half for t in given).values()) >= 0.4 * len(given)
    assert {t.half for t in given} == set(HALVES)


def test_the_same_seed_draws_the_same_texts() -> None:
    schools = [*SCHOOLS, LONE]
    assert list(draw(schools, 60, 7)) == list(draw(schools, 60, 7))
    assert list(draw(schools, 60, 7)) != list(draw(schools, 60, 8))


def test_each_text_names_what_its_truth_follows_from() -> None:
    drawn = list(draw([*SCHOOLS, LONE], 300, 7))
    ours = [d for d in drawn if d.template.group == "place" and d.ours]
    others = [d for d in drawn if d.template.group == "place" and d.ours is False]
    assert ours
    assert others
    assert all(d.school.town in f"{d.title} {d.text}" for d in ours)
    assert not any(d.school.town in f"{d.title} {d.text}" for d in others)
    assert all(d.ours is None for d in drawn if d.template.whose == "bare" and d.bearers > 1)


def test_without_a_register_it_is_said_that_nothing_was_measured() -> None:
    script = ROOT / "benchmarks" / "namesakes" / "measure.py"
    done = subprocess.run(
        [sys.executable, "-P", str(script), "not-there.csv.gz"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "not measured: there is no register at not-there.csv.gz\n"
