"""`report-year`: which months are counted together, and which cases of the store."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from builders.case import a_case, a_step
from builders.config import SCHOOL, write
from builders.home import a_migrated_store
from builders.mention import NOW, URN
from support.every_command import ended

from data.errors import InputError
from data.steps.codes import StepKind
from data.store.cases import cases
from monitor.config.load import load
from monitor.reports.year import whole_months, year

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        (None, None, (2025, 11), (2026, 10)),
        (date(2025, 9, 1), date(2026, 8, 31), (2025, 9), (2026, 8)),
        (None, date(2026, 2, 28), (2025, 3), (2026, 2)),
        (date(2026, 4, 1), None, (2026, 4), (2026, 10)),
    ],
)
def test_whole_months_are_counted_that_are_over(first, last, begins, ends):
    months = whole_months(first, last, TODAY)
    assert [(m.year, m.month) for m in (months[0], months[-1])] == [begins, ends]
    assert {m.day for m in months} == {1}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2025, 9, 2), None, "the first day of a month"),
        (None, date(2026, 11, 30), "that is over"),
        (date(2026, 8, 1), None, "small numbers could be worked out"),
        (date(2020, 1, 1), None, "small numbers could be worked out"),
        (date(2026, 12, 1), None, "small numbers could be worked out"),
    ],
)
def test_a_time_by_which_small_numbers_could_be_worked_out_is_refused(first, last, said):
    with pytest.raises(InputError, match=said):
        whole_months(first, last, TODAY)


def test_cases_opened_in_the_year_are_counted_and_none_that_is_for_a_few(tmp_path):
    path = write(tmp_path, SCHOOL)
    store, config = a_migrated_store(tmp_path), load(path, {})
    with store.write("cases") as con:
        for n in range(9):
            opened = NOW - timedelta(days=30 * n)
            steps = [a_step(1, StepKind.OPENED, case_id=f"000{n}", at=opened)]
            few = {"restricted": n == 0, "locked": n == 1}
            cases.put(con, a_case(f"000{n}", steps=1, opened_at=opened, **few), steps, (), NOW)
        months = tuple(date(2026, month, 1) for month in range(1, 13))
        read = year(con, config, config.schools[0], months, NOW)
    assert (URN, read.blocks[0].text) == (config.schools[0].urn, "Cases opened: 7.")
    code, out, _ = ended(["report-year", "--home", str(tmp_path)])
    assert code == 0
    assert "Cases opened: " in out
