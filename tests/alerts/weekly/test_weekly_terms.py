"""Terms are compared by what was shown of them, so that they give nothing away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders.report import busy

from alerts.weekly.facts import TermRow, WeekRow, WindowRow
from alerts.weekly.numbers.disclosure import Hidden
from alerts.weekly.weeks import MOST_TERMS, by_term, named, term_of
from data.register.calendar import Term

TERMS = (Term(date(2026, 4, 13), date(2026, 7, 22)), Term(date(2026, 9, 2), date(2026, 12, 18)))


def row(week, total, concern=None):
    return WeekRow(week, {"all": total} | ({} if concern is None else {"negative": concern}))


def report(week, *rows, window=None):
    return replace(busy(), week=week, weeks=rows, window=window)


def test_weeks_that_were_shown_are_added_up_and_a_hidden_one_is_taken_as_two():
    """Without it a term of quiet weeks would seem as busy as its busiest."""
    rows = [row("2026-W40", 12, 5), row("2026-W41", Hidden.FEW), row("2026-W42", 18)]
    assert by_term(rows, None, [], TERMS) == (TermRow("2026-autumn", 3, 32, 5, 12),)


def test_a_longer_window_stands_for_its_weeks_and_those_it_left_out_are_taken_as_two():
    window = WindowRow("2026-W40", "2026-W43", 4, {"all": 45, "negative": 11}, left_out=1)
    rows = [row(f"2026-W{n}", 15) for n in range(40, 45)]
    assert by_term(rows, window, [], TERMS) == (TermRow("2026-autumn", 5, 62, 11, 45),)


def test_a_term_of_which_nothing_was_shown_is_not_told():
    before = report("2026-W25", row("2026-W24", Hidden.FEW), row("2026-W25", Hidden.FEW))
    found = by_term([row("2026-W40", 9), row("2026-W41", Hidden.BESIDE)], None, [before], TERMS)
    assert found == (TermRow("2026-autumn", 1, 9),)


def test_terms_before_come_from_the_reports_of_those_weeks():
    before = report("2026-W25", row("2026-W24", 20), row("2026-W25", 24))
    found = by_term([row("2026-W40", 9)], None, [before], TERMS)
    assert found == (TermRow("2026-summer", 2, 44), TermRow("2026-autumn", 1, 9))


def test_a_week_that_two_reports_show_counts_once():
    reports = [
        report("2026-W41", row("2026-W40", 9), row("2026-W41", 9)),
        report("2026-W40", row("2026-W40", 9)),
    ]
    assert by_term([row("2026-W41", 9)], None, reports, TERMS) == (TermRow("2026-autumn", 2, 18),)


def test_only_the_newest_terms_are_told():
    reports = [report(f"{year}-W40", row(f"{year}-W40", 9)) for year in range(2018, 2026)]
    assert len(by_term([row("2026-W40", 9)], None, reports, ())) == MOST_TERMS


@pytest.mark.parametrize(
    ("week", "terms", "name"),
    [
        ("2026-W37", TERMS, "2026-autumn"),
        ("2026-W34", TERMS, "2026-summer"),
        ("2027-W01", TERMS, "2026-autumn"),
        ("2026-W09", (), "2026-spring"),
        ("2026-W20", (), "2026-summer"),
        ("2026-W47", (), "2026-autumn"),
    ],
)
def test_a_week_belongs_to_the_term_that_began_last(week, terms, name):
    """In holidays too; by its month where no terms are given."""
    assert term_of(named(week), terms) == name
