"""A date of another year than now's says its year, wherever people are shown one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.checkout import ROOT

from alerts.wording.cases import until
from data.words.say import words
from monitor.cli.views.layout import brief, brief_end, local

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = map(datetime.fromisoformat, ("2015-01-01", "2035-12-31"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@given(MOMENTS, MOMENTS)
def test_a_day_bears_its_year_exactly_where_that_is_not_this_one(moment, now):
    w = words("en")
    there, here = moment.astimezone(LONDON), now.astimezone(LONDON)
    for said in (w.day(moment, now, LONDON), w.brief_day(moment, now, LONDON)):
        assert (str(there.year) in said) is (there.year != here.year)
    assert str(there.year) in w.full_day(moment, LONDON)


@given(MOMENTS, MOMENTS)
def test_a_moment_in_a_list_bears_its_year_exactly_where_that_is_not_this_one(moment, now):
    there, here = moment.astimezone(LONDON), now.astimezone(LONDON)
    assert (str(there.year) in brief(moment, now, LONDON)) is (there.year != here.year)
    last = (moment - timedelta(microseconds=1)).astimezone(LONDON) if midnight(there) else there
    assert (str(last.year) in brief_end(moment, now, LONDON)) is (last.year != here.year)
    assert str(there.year) in local(moment, LONDON)


@given(MOMENTS, MOMENTS)
def test_an_end_more_than_a_week_away_bears_its_year_where_that_is_not_this_one(moment, now):
    said = until(words("en"), moment, now.astimezone(LONDON).date(), LONDON)
    last = (moment - timedelta(microseconds=1)).astimezone(LONDON)
    far = abs(last.date() - now.astimezone(LONDON).date()) > timedelta(days=7)
    if far and last.year != now.astimezone(LONDON).year:
        assert str(last.year) in said


@pytest.mark.parametrize("year", [2026, 2027])
def test_an_end_at_midnight_is_the_day_that_ends(year):
    end = datetime(2027, 1, 1, tzinfo=UTC)
    said = brief_end(end, datetime(year, 6, 1, tzinfo=UTC), LONDON)
    assert said == ("Thu 31 Dec" if year == 2026 else "Thu 31 Dec 2026")


def test_no_code_writes_a_month_without_asking_what_year_it_is():
    """All that people are shown goes by `data.words.say`, or says the year itself."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in ("data", "sources", "classifiers", "alerts", "monitor")
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"%[bB]|\bMMM", line) and "%Y" not in line
    ]
    saying = ("data/words/say.py", "data/words/say.py")
    assert [line for line in found if not line.startswith(saying)] == []


def midnight(there: datetime) -> bool:
    return (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0)
