"""A nation's week: no small number is told, whatever a governors' report tells besides."""

from __future__ import annotations

from collections import Counter

import pytest
from builders.disclosed import spans_of
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.weekly.facts import TONES
from alerts.weekly.numbers.disclosure import FEWEST, LEAST, Arc, Hidden, lone
from alerts.weekly.numbers.national import OTHERS, SchoolWeek, areas
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.numbers.windows import Tally

KINDS = ("news", "social", "other")


def a_school(
    authority: str = "Suffolk", nation: str = "england", seen: tuple[str, ...] = KINDS, **said: int
) -> SchoolWeek:
    """`said` is by kind and tone, as news_positive."""
    return SchoolWeek(
        nation, authority, Tally("2026-W47", {k.replace("_", "|"): n for k, n in said.items()}, seen)
    )


def some(n: int, authority: str = "Suffolk", nation: str = "england") -> list[SchoolWeek]:
    """So many schools with something of each size, none of which gives another away."""
    return [a_school(authority, nation, news_positive=i % 4, social_negative=3 * i) for i in range(n)]


def told(schools: list[SchoolWeek]) -> dict[tuple[str, str], int]:
    return {(area.nation, area.authority): area.schools for area in areas(schools)}


def test_an_authority_of_five_watched_schools_is_told_by_itself():
    assert told([*some(5, "Suffolk"), *some(6, "Norfolk")]) == {
        ("england", "Norfolk"): 6,
        ("england", "Suffolk"): 5,
    }


def test_smaller_ones_are_told_together_with_what_lies_in_none():
    schools = [*some(5), *some(3, "Norfolk"), *some(2, "Essex"), a_school("")]
    assert told(schools) == {("england", "Suffolk"): 5, ("england", OTHERS): 6}


def test_what_is_left_of_a_nation_takes_its_smallest_authority_where_it_is_too_small_itself():
    schools = [*some(9, "Suffolk"), *some(5, "Norfolk"), *some(2, "Essex")]
    assert told(schools) == {("england", "Suffolk"): 9, ("england", OTHERS): 7}


def test_a_nation_of_too_few_schools_is_not_told():
    assert told([*some(8), *some(4, "Gwynedd", "wales")]) == {("england", "Suffolk"): 8}


def test_nations_are_never_told_together():
    schools = [*some(3), *some(4, "Gwynedd", "wales")]
    assert told(schools) == {}


def test_one_authority_in_two_spellings_is_one():
    assert list(told([*some(3, "East Sussex"), *some(3, "east  sussex")]).values()) == [6]


@pytest.mark.parametrize(
    ("numbers", "by_itself"),
    [
        ((30, 0, 0, 0, 0), False),  # the sum is the one number that is told: the others are 0
        ((30, 4, 4, 4, 4), False),
        ((30, 6, 9, 7, 1), False),  # what is left of the sum is the one that is not told
        ((30, 1, 0, 0, 0), False),  # it leaves two values for each
        ((30, 1, 1, 0, 0), True),
        ((30, 1, 2, 0, 3), True),
        ((9, 9, 9, 9, 9), True),
        ((0, 0, 0, 0, 0), True),  # below five: the sum is not told either
    ],
)
def test_a_total_that_would_give_a_school_s_small_number_away_is_not_told_by_itself(numbers, by_itself):
    schools = [a_school(news_neutral=n) for n in numbers] + some(7, "Norfolk")
    assert (("england", "Suffolk") in told(schools)) is by_itself


def test_a_kind_of_place_that_was_seen_nowhere_has_no_row_and_what_is_of_it_counts_under_other():
    (area,) = areas([a_school(seen=("news",), forums_negative=n) for n in (5, 6, 7, 8, 9)])
    assert set(area.table) == {"news", "people", "other", WHOLE}
    assert area.table[WHOLE][WHOLE] == 35


def test_nothing_is_told_of_a_nation_as_a_whole():
    assert {area.authority for area in areas([*some(5), *some(5, "Norfolk"), *some(5, "Essex")])} == {
        "Essex",
        "Norfolk",
        "Suffolk",
    }


NUMBERS = st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 12))
SCHOOLS = st.builds(
    lambda authority, nation, numbers: a_school(authority, nation, **numbers),
    st.sampled_from(("Suffolk", "Norfolk", "Essex", "")),
    st.sampled_from(("england", "england", "wales")),
    st.fixed_dictionaries({}, optional={f"{k}_{t}": NUMBERS for k in KINDS for t in TONES}),
)
WEEKS = st.lists(SCHOOLS, min_size=5, max_size=24)


def counted(schools: list[SchoolWeek]) -> Counter[tuple[str, str]]:
    """By kind and tone, with totals."""
    found: Counter[tuple[str, str]] = Counter()
    for school in schools:
        for name, n in school.tally.numbers.items():
            kind, _, tone = name.partition("|")
            for key in ((kind, tone), (kind, WHOLE), (WHOLE, tone), (WHOLE, WHOLE)):
                found[key] += n
    return found


def of(area, schools: list[SchoolWeek]) -> list[SchoolWeek]:
    named = {a.authority for a in areas(schools) if a.nation == area.nation}
    return [
        s
        for s in schools
        if s.nation == area.nation and (s.authority if s.authority in named else OTHERS) == area.authority
    ]


@settings(max_examples=80)
@given(WEEKS)
def test_no_number_below_five_is_told_and_what_is_told_is_what_was_counted(schools):
    for area in areas(schools):
        true = counted(of(area, schools))
        assert area.schools == len(of(area, schools)) >= LEAST
        for kind, tone, cell in area.rows():
            assert (cell is Hidden.FEW) == (true[kind, tone] < LEAST)
            assert isinstance(cell, Hidden) or cell == true[kind, tone]


@settings(max_examples=60)
@given(WEEKS)
def test_who_knows_the_file_and_each_school_s_own_total_as_reports_tell_it_learns_no_hidden_number(schools):
    for area in areas(schools):
        among = of(area, schools)
        arcs, cells = _known(area, among, counted(among))
        for name, (least, greatest) in spans_of(arcs, cells).items():
            assert greatest - least + 1 >= FEWEST, (name, least, greatest)


def _known(area, schools, true):
    """The table and the schools' totals as one flow: from the schools to the kinds of place."""
    kinds = [kind for kind in area.table if kind != WHOLE]
    arcs = [Arc(f"{k}|{t}", f"k:{k}", f"t:{t}", true[k, t], 1) for k in kinds for t in TONES]
    arcs += [Arc(f"{k}|all", "in", f"k:{k}", true[k, WHOLE], 1) for k in kinds]
    arcs += [Arc(f"all|{t}", f"t:{t}", "out", true[WHOLE, t], 1) for t in TONES]
    arcs += [Arc("all|all", "out", "schools", true[WHOLE, WHOLE], 1)]
    arcs += [Arc(f"school:{n}", "schools", "in", s.total, 1) for n, s in enumerate(schools)]
    cells = {f"{k}|{t}": cell for k, t, cell in area.rows()}
    return arcs, cells | {f"school:{n}": lone(s.total) for n, s in enumerate(schools)}
