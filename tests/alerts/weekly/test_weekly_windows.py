"""Small numbers: what is hidden in a report, a nation's week and all that was ever published together."""

from __future__ import annotations

import itertools
from collections import Counter
from itertools import product

import pytest
from builders.disclosed import divided, spans_of
from builders.report import SCHOOL, WEEK, ZONE
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.feasible import Known

from alerts.weekly.compose import Counts, Past, compose, tallied
from alerts.weekly.facts import TONES
from alerts.weekly.numbers.disclosure import FEWEST, LEAST, Arc, Hidden, kept_apart, lone, shown
from alerts.weekly.numbers.national import OTHERS, SchoolWeek, areas
from alerts.weekly.numbers.tables import WHOLE, cross, split_on
from alerts.weekly.numbers.windows import ALONE, MONTH, Tally, from_text, to_text
from alerts.weekly.weeks import named
from data.store.reporting.weekly_counts import ThemeCount

KINDS = {"people": "manual_report", "other": "x"}
FIRST = named("2026-W38")
SOME = st.one_of(st.integers(0, 2), st.integers(0, 9))
A_WEEK = st.tuples(*[SOME] * 6)
"""By kind and tone."""
WEEKS = st.lists(st.tuples(A_WEEK, st.integers(0, 3)), min_size=5, max_size=8)
"""With whether a report is made of it: not of some, as in holidays."""
LITTLE = (0, 1, 0, 0, 1, 0)
MIXED = (2, 1, 2, 3, 4, 1)
ALL_CONCERN = (0, 0, 5, 0, 1, 0)
QUIET_BUT_BUSY = (9, 9, 2, 9, 9, 2)
"""Weeks that are not told by themselves, since too little of them was concern."""
NO_PRAISE, SOME_PRAISE, MORE_PRAISE = (0, 2, 2, 0, 1, 1), (1, 2, 2, 0, 1, 1), (2, 2, 2, 0, 1, 1)


def past(week, numbers):
    held = {
        (KINDS[kind], tone, "about"): n
        for (kind, tone), n in zip(product(KINDS, TONES), numbers, strict=True)
    }
    return Past(week, held, {})


def named_in(weeks):
    """One theme of praise and one of concern, in so many posts as there were."""
    return tuple(
        ThemeCount(tone, "traffic", n := sum(sum(numbers[at::3]) for numbers, _ in weeks), n)
        for at, tone in enumerate(TONES)
    )


def reported(weeks):
    """The reports of these weeks, one after the other, as the store would keep them."""
    made, kept, waiting = [], [], []
    for n, (numbers, skipped) in enumerate(weeks):
        week = FIRST.back(-n)
        given = past(week, numbers)
        if skipped == 1:
            waiting.append(given)
            continue
        tallies = tuple(t for text in kept for t in from_text(text))
        whole = Counts(
            given, tuple(waiting), named_in([weeks[n]]), (), (), (), 0, tallies=tallies,
            month_themes=named_in(weeks[max(0, n - MONTH + 1) : n + 1]),
        )  # fmt: skip
        made.append(compose(SCHOOL, whole, made, [], None, WEEK.end(ZONE)))
        kept.append(to_text(tallied(whole)))
        waiting = []
    return made


def cells_of(weeks, reports):
    """(which numbers it is the sum of, what was published of it) of every number of every report.

    A theme says that five or more named it; and a busy week that waits, that fewer than five were of concern.
    """
    at = {FIRST.back(-n).name: n for n in range(len(weeks))}
    for report in reports:
        yield from told_besides(weeks, at, report)
        for row in report.weeks:
            for tone, cell in row.cells.items():
                yield parts([at[row.week]], KINDS, tone), cell
        if report.window:
            last = at[report.window.last]
            span = range(last - report.window.weeks + 1, last + 1)
            small = [n for n in span if sum(weeks[n][0]) < LEAST]
            within = [n for n in span if not report.window.left_out or n not in small]
            for kind, row in report.where.items():
                for tone, cell in row.items():
                    yield parts(within, KINDS if kind == WHOLE else [kind], tone), cell


def told_besides(weeks, at, report):
    for tone, found in report.themes.items():
        if found:
            yield parts([at[report.week]], KINDS, tone), Hidden.BESIDE
    for row in report.weeks:
        numbers = weeks[at[row.week]][0]
        if len(row.cells) == 1 and sum(numbers) >= ALONE and sum(numbers[2::3]) < LEAST:
            yield parts([at[row.week]], KINDS, "negative"), Hidden.FEW
    for tone, found in (report.window.themes if report.window else {}).items():
        if found:
            last = at[report.window.last]
            yield parts(range(last - MONTH + 1, last + 1), KINDS, tone), Hidden.BESIDE


def parts(weeks, kinds, tone):
    return {("n", w, k, t): 1 for w in weeks for k in kinds for t in (TONES if tone == WHOLE else (tone,))}


def limits(cell):
    if cell is Hidden.FEW:
        return 0, LEAST - 1
    return (LEAST, None) if cell is Hidden.BESIDE else (cell, cell)


def given_away(weeks, published):
    """The hidden numbers, and the small ones never spoken of, that fewer than three values are left for."""
    published = {(frozenset(sum_), cell): (sum_, cell) for sum_, cell in published}.values()
    known = Known([(sum_, *limits(cell)) for sum_, cell in published])
    hidden = [sum_ for sum_, cell in published if isinstance(cell, Hidden)]
    hidden += [parts([n], KINDS, tone) for n in range(len(weeks)) for tone in TONES]
    true = {
        ("n", n, k, t): numbers[i]
        for n, (numbers, _) in enumerate(weeks)
        for i, (k, t) in enumerate(product(KINDS, TONES))
    }
    told = [sum_ for sum_, cell in published if not isinstance(cell, Hidden)]
    found = []
    for sum_ in (s for s in hidden if s not in told):
        least, most = known.span(sum_)
        assert least.denominator == 1
        assert least <= sum(true[name] for name in sum_)
        if most is not None and most - least + 1 < FEWEST and least < LEAST:
            found.append((sum_, least, most))
    return found


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@example(weeks=[(MIXED, 0)] * 9)
@example(weeks=[((0, 1, 0, 0, 0, 0), 0)] * 12)
@example(weeks=[((1, 9, 9, 1, 9, 9), 0), (LITTLE, 1), (MIXED, 0)] * 3)
@example(weeks=[(MIXED, 0), (LITTLE, 0)] * 4)
@example(weeks=[((4, 0, 0, 0, 0, 0), 0)] * 8)
@example(weeks=[(ALL_CONCERN, 0)])
@example(weeks=[(NO_PRAISE, 0)] * 4 + [(SOME_PRAISE, 0)] * 2 + [(MORE_PRAISE, 0)] * 2)
@example(weeks=[(QUIET_BUT_BUSY, 0)] * 4)
@example(weeks=[((0, 5, 6, 9, 1, 9), 0)])
@given(weeks=WEEKS)
def test_no_sum_of_all_that_was_ever_published_is_a_hidden_number(weeks):
    reports = reported(weeks)
    assert not given_away(weeks, cells_of(weeks, reports))


def every_four(last):
    return range(last - 3, last + 1)


def so_far(last):
    return range(last + 1)


PRAISE = (1, 2, 3, 3, 4)


@pytest.mark.parametrize("window", [every_four, so_far])
def test_the_same_check_finds_what_windows_that_share_weeks_would_give_away(window):
    """Of two that follow each other the difference is a week, or a week less another."""
    weeks = [((praise, 3, 3, 0, 0, 0), 0) for praise in PRAISE]
    published = []
    for n, (numbers, _) in enumerate(weeks):
        cells = divided(dict(zip(TONES, numbers[:3], strict=True)))
        published += [(parts([n], KINDS, tone), cell) for tone, cell in cells.items()]
    assert not given_away(weeks, published)
    for last in (3, 4):
        sums = {t: sum(weeks[w][0][i] for w in window(last)) for i, t in enumerate(TONES)}
        cells = divided(sums)
        published += [(parts(window(last), KINDS, tone), cell) for tone, cell in cells.items()]
    assert (parts([4], KINDS, "positive")) in [sum_ for sum_, _, _ in given_away(weeks, published)]


def test_a_small_school_s_four_weeks_say_what_no_week_of_them_could():
    reports = reported([(MIXED, 0)] * 4)
    first, last = reports[0], reports[-1]
    assert (first.window, first.where) == (None, {})
    assert first.own.cells == {WHOLE: 13}
    assert (last.window.first, last.window.last, last.window.weeks) == ("2026-W38", "2026-W41", 4)
    assert last.window.cells == {"positive": 20, "neutral": 20, "negative": 12, WHOLE: 52}
    assert last.where["people"] == {WHOLE: 20}


def test_a_window_is_told_again_until_the_next_and_no_two_share_a_week():
    reports = reported([(MIXED, 0)] * 9)
    assert [r.window.last if r.window else None for r in reports] == [
        *[None] * 3, *["2026-W41"] * 4, *["2026-W45"] * 2
    ]  # fmt: skip
    assert reports[-1].window.first == "2026-W42"


def test_a_week_too_small_to_show_is_left_out_of_a_window_of_larger_ones():
    """What is left of the window's total would be that week."""
    reports = reported([(MIXED, 0), (LITTLE, 0), (MIXED, 0), (MIXED, 0)])
    window = reports[-1].window
    assert (window.weeks, window.left_out, window.cells[WHOLE]) == (4, 1, 39)


def test_a_school_of_one_mention_a_week_is_told_of_a_term():
    reports = reported([((0, 0, 0, 1, 0, 0), 0)] * 12)
    assert all(r.window is None and r.own.cells == {WHOLE: Hidden.FEW} for r in reports[:-1])
    assert reports[-1].window.weeks == 12
    assert reports[-1].window.cells[WHOLE] == 12


def test_a_busy_week_is_told_by_itself_as_soon_as_it_is_over():
    (report,) = reported([((9, 9, 9, 9, 9, 9), 0)])
    assert report.window.weeks == 1
    assert report.own.cells == report.where[WHOLE]


def test_a_busy_week_with_little_praise_is_told_by_itself_too():
    (report,) = reported([((1, 9, 9, 1, 9, 9), 0)])
    assert report.own.cells["negative"] == 18
    assert report.own.cells["positive"] is Hidden.FEW


def test_weeks_without_a_report_are_in_the_window_that_follows():
    reports = reported([(MIXED, 0), (MIXED, 1), (MIXED, 1), (MIXED, 0)])
    assert [r.week for r in reports] == ["2026-W38", "2026-W41"]
    assert reports[-1].window.weeks == 4


def test_what_was_counted_once_is_what_a_longer_window_adds_up():
    """A post that was hidden or corrected since would else be the difference of the two."""
    reports = reported([(MIXED, 0)] * 4)
    assert reports[-1].window.cells[WHOLE] == sum(r.own.cells[WHOLE] for r in reports)


# --- small numbers: whatever is shown, what is hidden could be three things at the least, mostly five

ROWS, COLUMNS = ("news", "social", "forums", "other"), ("positive", "neutral", "negative")
SMALL = st.one_of(st.integers(0, 6), st.integers(0, 60))
TABLES = st.fixed_dictionaries({(r, c): SMALL for r in ROWS for c in COLUMNS})


def _arcs(rows, columns, values):
    """The same table as a flow, for asking what a reader could learn."""
    arcs = [Arc(f"{r}|{c}", f"r:{r}", f"c:{c}", values[r, c], 1) for r in rows for c in columns]
    arcs += [Arc(f"{r}|all", "in", f"r:{r}", sum(values[r, c] for c in columns), 1) for r in rows]
    arcs += [Arc(f"all|{c}", f"c:{c}", "out", sum(values[r, c] for r in rows), 1) for c in columns]
    return [*arcs, Arc("all|all", "out", "in", sum(values.values()), 1)]


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_every_hidden_number_of_a_table_could_be_three_different_ones_at_the_least(values):
    cells = cross(ROWS, COLUMNS, values)
    named = {f"{r}|{c}": cell for (r, c), cell in cells.items()}
    arcs = _arcs(ROWS, COLUMNS, values)
    for name, (least, greatest) in spans_of(arcs, named).items():
        assert greatest - least + 1 >= FEWEST, (name, least, greatest)


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_no_number_below_five_is_shown_and_those_shown_are_true(values):
    cells = cross(ROWS, COLUMNS, values)
    for (row, column), cell in cells.items():
        rows = ROWS if row == WHOLE else (row,)
        columns = COLUMNS if column == WHOLE else (column,)
        true = sum(values[r, c] for r in rows for c in columns)
        assert (cell is Hidden.FEW) == (true < LEAST)
        assert isinstance(cell, Hidden) or cell == true >= LEAST


@settings(deadline=None, max_examples=25)
@given(st.fixed_dictionaries({(r, c): st.integers(0, 9) for r in "ab" for c in "xy"}))
def test_what_a_reader_could_learn_is_found_by_trying_everything(values):
    """The flow's answer against every table there could be: the two must agree to the number."""
    cells = cross("ab", "xy", values)
    named = {f"{r}|{c}": cell for (r, c), cell in cells.items()}
    arcs = _arcs("ab", "xy", values)
    possible: dict[str, set[int]] = {name: set() for name in named}
    limit = max(15, sum(values.values()) + 1)  # no number that is shown, nor a part of one, reaches it
    spans = [_span(named[f"{r}|{c}"], limit) for r in "ab" for c in "xy"]
    for ax, ay, bx, by in itertools.product(*spans):
        table = {"a|x": ax, "a|y": ay, "b|x": bx, "b|y": by, "a|all": ax + ay, "b|all": bx + by}
        table |= {"all|x": ax + bx, "all|y": ay + by, "all|all": ax + ay + bx + by}
        if all(_fits(named[name], n) for name, n in table.items()):
            for name, n in table.items():
                possible[name].add(n)
    for name, (least, greatest) in spans_of(arcs, named).items():
        assert min(possible[name]) == least
        assert max(possible[name]) == greatest or greatest >= limit
        if greatest < limit:
            assert possible[name] == set(range(least, greatest + 1))
    assert kept_apart(arcs, named) == all(
        len(possible[name]) >= FEWEST for name, cell in named.items() if isinstance(cell, Hidden)
    )


def _span(cell, limit):
    if cell is Hidden.FEW:
        return range(LEAST)
    return range(LEAST, limit) if cell is Hidden.BESIDE else (cell,)


def _fits(cell, n):
    if cell is Hidden.FEW:
        return n < LEAST
    return n >= LEAST if cell is Hidden.BESIDE else n == cell


@given(st.lists(SMALL, min_size=3, max_size=6))
def test_a_hidden_part_is_never_the_total_less_the_others(parts):
    cells = divided({str(n): value for n, value in enumerate(parts)})
    hidden = [name for name, cell in cells.items() if isinstance(cell, Hidden)]
    assert len(hidden) != 1


@settings(deadline=None, max_examples=60)
@given(st.lists(SMALL, min_size=2, max_size=6), st.integers(1, 4), st.data())
def test_two_ways_of_dividing_the_same_whole_give_nothing_away_together(parts, ways, data):
    total = sum(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, total), min_size=ways, max_size=ways)))
    other = [b - a for a, b in itertools.pairwise([0, *cuts, total])]
    first, second = ({f"{k}{n}": v for n, v in enumerate(p)} for k, p in (("a", parts), ("b", other)))
    shown_first, shown_second, _ = split_on(first, second, (), {})
    cells = {**{f"0|{n}": c for n, c in shown_first.items() if n != WHOLE}}
    cells |= {f"1|{n}": c for n, c in shown_second.items() if n != WHOLE}
    cells["0|all"] = shown_first[WHOLE]
    arcs = [Arc(f"0|{n}", "in", "middle", v, 1) for n, v in first.items()]
    arcs += [Arc("0|all", "middle", "out", total, 1)]
    arcs += [Arc(f"1|{n}", "out", "in", v, 1) for n, v in second.items()]
    for name, (least, greatest) in spans_of(arcs, cells).items():
        assert greatest > least, name
    assert shown_first[WHOLE] == shown_second[WHOLE]


@given(st.tuples(*[st.integers(0, 9)] * 4), st.data())
@settings(max_examples=25, deadline=None)
def test_nor_does_dividing_some_of_the_parts_once_more(parts, data):
    """By trying everything that a reader must think possible."""
    second = dict(zip("abcd", parts, strict=True))
    gone = second["a"] + second["b"]
    soon = data.draw(st.integers(0, gone))
    _, by_second, by_third = split_on({"one": sum(parts)}, second, "ab", {"soon": soon, "late": gone - soon})

    def may_be(cell):
        return range(LEAST) if cell is Hidden.FEW else range(LEAST, 19) if cell is Hidden.BESIDE else (cell,)

    total = by_second[WHOLE]
    found = [
        (a, b, c, d, s, a + b - s)
        for a, b, c, d in itertools.product(*(may_be(by_second[n]) for n in "abcd"))
        if total in (a + b + c + d, Hidden.BESIDE) or (total is Hidden.FEW and a + b + c + d < LEAST)
        for s in may_be(by_third["soon"])
        if a + b - s in may_be(by_third["late"])
    ]
    cells = [*(by_second[n] for n in "abcd"), by_third["soon"], by_third["late"]]
    for n, cell in enumerate(cells):
        if cell is Hidden.FEW:
            assert len({row[n] for row in found}) >= FEWEST


def test_a_whole_is_hidden_only_where_nothing_else_helps():
    cells = divided({"positive": 40, "neutral": 3, "negative": 30})
    assert cells[WHOLE] == 73
    assert cells["neutral"] is Hidden.FEW
    assert Hidden.BESIDE in (cells["positive"], cells["negative"])


def test_nothing_is_hidden_where_every_number_is_large_enough():
    cells = divided({"positive": 5, "neutral": 6, "negative": 30})
    assert cells == {"positive": 5, "neutral": 6, "negative": 30, WHOLE: 41}


def test_nought_is_hidden_like_any_small_number():
    assert lone(0) is lone(4) is Hidden.FEW
    assert lone(5) == 5


def test_numbers_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        shown([Arc("a", "in", "out", 3, 1), Arc("b", "out", "in", 4, 1)])


# ------------- a nation's week: no small number is told, whatever a governors' report tells besides

KINDS_OF_PLACE = ("news", "social", "other")


def a_school(
    authority: str = "Suffolk", nation: str = "england", seen: tuple[str, ...] = KINDS_OF_PLACE, **said: int
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
    st.fixed_dictionaries({}, optional={f"{k}_{t}": NUMBERS for k in KINDS_OF_PLACE for t in TONES}),
)
SCHOOL_WEEKS = st.lists(SCHOOLS, min_size=5, max_size=24)


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
@given(SCHOOL_WEEKS)
def test_no_number_below_five_is_told_and_what_is_told_is_what_was_counted(schools):
    for area in areas(schools):
        true = counted(of(area, schools))
        assert area.schools == len(of(area, schools)) >= LEAST
        for kind, tone, cell in area.rows():
            assert (cell is Hidden.FEW) == (true[kind, tone] < LEAST)
            assert isinstance(cell, Hidden) or cell == true[kind, tone]


@settings(max_examples=60)
@given(SCHOOL_WEEKS)
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
