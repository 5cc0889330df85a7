"""Small numbers: whatever is shown, what is hidden could be three things at the least, mostly five."""

from __future__ import annotations

import itertools

import pytest
from builders.disclosed import divided, spans_of
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.weekly.numbers.disclosure import FEWEST, LEAST, Arc, Hidden, kept_apart, lone, shown
from alerts.weekly.numbers.tables import WHOLE, cross, split_on

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
