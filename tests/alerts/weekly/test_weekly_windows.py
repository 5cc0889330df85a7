"""Small numbers: what is hidden in a report, a nation's week and all that was ever published together."""

import itertools
from itertools import product

import pytest
from builders.disclosed import Known, divided, spans_of
from builders.report import SCHOOL, WEEK, ZONE
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alerts.weekly.compose import (
    ALONE,
    MONTH,
    WHOLE,
    Counts,
    Past,
    compose_report,
    cross,
    from_text,
    several,
    tally_weeks,
    to_text,
)
from alerts.weekly.facts import (
    FEWEST,
    LEAST,
    TONES,
    Arc,
    Hidden,
    hide_numbers,
    is_well_hidden,
    lone,
    parse_week,
)
from data.store.weekly import ThemeCount

KINDS = {"people": "manual_report", "other": "x"}
FIRST = parse_week("2026-W38")
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
PRAISE = (1, 2, 3, 3, 4)
ROWS, COLUMNS = ("news", "social", "forums", "other"), ("positive", "neutral", "negative")
SMALL = st.one_of(st.integers(0, 6), st.integers(0, 60))
TABLES = st.fixed_dictionaries({(r, c): SMALL for r in ROWS for c in COLUMNS})


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
        made.append(compose_report(SCHOOL, whole, made, [], None, WEEK.end(ZONE)))
        kept.append(to_text(tally_weeks(whole)))
        waiting = []
    return made


def cells_of(weeks, reports):
    """(which numbers it is the sum of, what was published of it) of every number of every report. A theme
    says that five or more named it; and a busy week that waits, that fewer than five were of concern."""
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


def test_a_window_is_told_until_the_next_with_weeks_that_had_no_report_and_without_small_ones():
    reports = reported([(MIXED, 0)] * 9)
    assert [r.window.last if r.window else None for r in reports] == [
        *[None] * 3, *["2026-W41"] * 4, *["2026-W45"] * 2
    ]  # fmt: skip
    assert reports[-1].window.first == "2026-W42"
    # What is left of the window's total would be that week.
    reports = reported([(MIXED, 0), (LITTLE, 0), (MIXED, 0), (MIXED, 0)])
    window = reports[-1].window
    assert (window.weeks, window.left_out, window.cells[WHOLE]) == (4, 1, 39)
    reports = reported([(MIXED, 0), (MIXED, 1), (MIXED, 1), (MIXED, 0)])
    assert ([r.week for r in reports], reports[-1].window.weeks) == (["2026-W38", "2026-W41"], 4)


def test_a_school_of_little_is_told_of_a_term_and_a_busy_week_by_itself():
    reports = reported([((0, 0, 0, 1, 0, 0), 0)] * 12)
    assert all(r.window is None and r.own.cells == {WHOLE: Hidden.FEW} for r in reports[:-1])
    assert (reports[-1].window.weeks, reports[-1].window.cells[WHOLE]) == (12, 12)
    (report,) = reported([((9, 9, 9, 9, 9, 9), 0)])
    assert (report.window.weeks, report.own.cells) == (1, report.where[WHOLE])
    (report,) = reported([((1, 9, 9, 1, 9, 9), 0)])
    assert report.own.cells["negative"] == 18
    assert report.own.cells["positive"] is Hidden.FEW


def test_a_small_school_s_four_weeks_say_what_no_week_of_them_could_and_add_them_up():
    """A post that was hidden or corrected since would else be the difference of the two."""
    reports = reported([(MIXED, 0)] * 4)
    first, last = reports[0], reports[-1]
    assert (first.window, first.where) == (None, {})
    assert first.own.cells == {WHOLE: 13}
    assert (last.window.first, last.window.last, last.window.weeks) == ("2026-W38", "2026-W41", 4)
    assert last.window.cells == {"positive": 20, "neutral": 20, "negative": 12, WHOLE: 52}
    assert last.window.cells[WHOLE] == sum(r.own.cells[WHOLE] for r in reports)
    assert last.where["people"] == {WHOLE: 20}


def _arcs(rows, columns, values):
    """The same table as a flow, for asking what a reader could learn."""
    arcs = [Arc(f"{r}|{c}", f"r:{r}", f"c:{c}", values[r, c], 1) for r in rows for c in columns]
    arcs += [Arc(f"{r}|all", "in", f"r:{r}", sum(values[r, c] for c in columns), 1) for r in rows]
    arcs += [Arc(f"all|{c}", f"c:{c}", "out", sum(values[r, c] for r in rows), 1) for c in columns]
    return [*arcs, Arc("all|all", "out", "in", sum(values.values()), 1)]


@settings(deadline=None, max_examples=16)
@given(TABLES)
def test_every_hidden_number_of_a_table_could_be_three_at_the_least_and_those_shown_are_true(values):
    cells = cross(ROWS, COLUMNS, values)
    named = {f"{r}|{c}": cell for (r, c), cell in cells.items()}
    for name, (least, greatest) in spans_of(_arcs(ROWS, COLUMNS, values), named).items():
        assert greatest - least + 1 >= FEWEST, (name, least, greatest)
    for (row, column), cell in cells.items():
        rows = ROWS if row == WHOLE else (row,)
        columns = COLUMNS if column == WHOLE else (column,)
        true = sum(values[r, c] for r in rows for c in columns)
        assert (cell is Hidden.FEW) == (true < LEAST)
        assert isinstance(cell, Hidden) or cell == true >= LEAST


@given(st.fixed_dictionaries({(r, c): st.integers(0, 9) for r in "ab" for c in "xy"}))
def test_what_a_reader_could_learn_is_found_by_trying_everything(values):
    """The flow's answer against every table there could be: the two must agree to the number."""
    cells = cross("ab", "xy", values)
    named = {f"{r}|{c}": cell for (r, c), cell in cells.items()}
    arcs = _arcs("ab", "xy", values)
    possible = {name: set() for name in named}
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
    assert is_well_hidden(arcs, named) == all(
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


@settings(deadline=None, max_examples=25)
@given(st.lists(SMALL, min_size=2, max_size=6), st.integers(1, 4), st.data())
def test_two_ways_of_dividing_the_same_whole_give_nothing_away_together(parts, ways, data):
    total = sum(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, total), min_size=ways, max_size=ways)))
    other = [b - a for a, b in itertools.pairwise([0, *cuts, total])]
    first, second = ({f"{k}{n}": v for n, v in enumerate(p)} for k, p in (("a", parts), ("b", other)))
    (shown_first, shown_second), whole = several((first, second))
    cells = {f"0|{n}": c for n, c in shown_first.items()} | {f"1|{n}": c for n, c in shown_second.items()}
    cells["0|all"] = whole
    arcs = [Arc(f"0|{n}", "in", "middle", v, 1) for n, v in first.items()]
    arcs += [Arc("0|all", "middle", "out", total, 1)]
    arcs += [Arc(f"1|{n}", "out", "in", v, 1) for n, v in second.items()]
    for name, (least, greatest) in spans_of(arcs, cells).items():
        assert greatest > least, name


def test_a_whole_is_hidden_only_where_nothing_else_helps_and_must_add_up():
    cells = divided({"positive": 40, "neutral": 3, "negative": 30})
    assert cells[WHOLE] == 73
    assert cells["neutral"] is Hidden.FEW
    assert Hidden.BESIDE in (cells["positive"], cells["negative"])
    enough = {"positive": 5, "neutral": 6, "negative": 30}
    assert divided(enough) == {**enough, WHOLE: 41}
    assert lone(0) is lone(4) is Hidden.FEW
    assert lone(5) == 5
    with pytest.raises(ValueError, match="do not add up"):
        hide_numbers([Arc("a", "in", "out", 3, 1), Arc("b", "out", "in", 4, 1)])
