"""Days and moments as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from data.errors import InputError
from data.register.typed_days import is_day, read_day, read_moment

TODAY = date(2026, 11, 22)
NOON, LONDON = datetime(2026, 7, 22, 12, tzinfo=UTC), ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "said",
    ["2026-11-10", "10/11/2026", "10.11.26", "10-11-2026", "2026/11/10", "10 November 2026",
     "10th of Nov '26", "Tue 10th Nov", "November 10, 2026", "the 10th of November 2026", "10 Nov", "10/11"],
)  # fmt: skip
def test_a_day_is_understood_however_a_school_office_writes_it(said: str) -> None:
    assert read_day(said, TODAY) == date(2026, 11, 10)
    assert is_day(said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("31 June 2026", "There is no day “31 June 2026”"),
        ("11/25/2026", "the day comes first"),
        ("1 May", "may be 1 May 2026 or 1 May 2027. Write the year."),
        ("26/11/10", "of the year 2010?"),
        ("Mon 10 November 2026", "is a Tuesday"),
        ("soon", "“soon” is not a day"),
    ],
)
def test_a_day_that_is_none_or_may_be_two_is_refused_in_words(said: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_day(said, TODAY)


def test_without_a_year_it_is_the_last_or_the_next_where_that_is_known() -> None:
    assert read_day("1 May", TODAY, past=True) == date(2026, 5, 1)
    assert read_day("1 May", TODAY, past=False) == date(2027, 5, 1)
    with pytest.raises(InputError, match="would be 20 November 2027"):
        read_day("20 Nov", TODAY, past=False)


@pytest.mark.parametrize(
    "said",
    ["2026-07-20T15:20", "20/7/2026 15:20", "20 July at 3.20pm", "15:20 on Mon 20 July", "3:20 p.m. 20.7.26"],
)
def test_a_moment_is_that_of_the_schools_own_clock(said: str) -> None:
    assert read_moment(said, NOON, LONDON) == datetime(2026, 7, 20, 14, 20, tzinfo=UTC)
    assert not is_day(said)


def test_a_time_that_is_two_is_refused() -> None:
    with pytest.raises(InputError, match="03:20 or 15:20"):
        read_moment("20 July 3.20", NOON, LONDON)
