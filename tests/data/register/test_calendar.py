"""Which days are school days, days as people write them, and when a date bears its year."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.checkout import ROOT

from alerts.wording.cases import until
from data.errors import InputError
from data.register.calendar import Calendar, Term
from data.register.typed_days import is_day, read_day, read_moment
from data.words.say import words
from monitor.cli.views.layout import brief, brief_end, local

NATIONS = ("england", "wales", "scotland", "northern_ireland")
ENGLAND_AND_WALES = {
    date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31),
    date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
}  # fmt: skip
SCOTLAND = {
    date(2026, 11, 30), date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 1, 4), date(2027, 3, 26), date(2027, 5, 3), date(2027, 5, 31),
    date(2027, 8, 2), date(2027, 11, 30), date(2027, 12, 27), date(2027, 12, 28),
}  # fmt: skip
NORTHERN_IRELAND = ENGLAND_AND_WALES | {date(2027, 3, 17), date(2027, 7, 12)}
BY_NATION = {
    "england": ENGLAND_AND_WALES,
    "wales": ENGLAND_AND_WALES,
    "scotland": SCOTLAND,
    "northern_ireland": NORTHERN_IRELAND,
}

AUTUMN = Calendar(
    terms=(Term(date(2026, 9, 2), date(2026, 10, 23)), Term(date(2026, 11, 2), date(2026, 12, 18))),
    closed=frozenset((date(2026, 9, 2), date(2026, 11, 27))),
)


@pytest.mark.parametrize("nation", NATIONS)
def test_the_working_days_lost_from_november_2026_to_2027_are_gov_uks_list(nation: str) -> None:
    calendar = Calendar(nation)
    days = [date(2026, 11, 1) + timedelta(n) for n in range(426)]
    lost = {d for d in days if d.weekday() < 5 and calendar.bank_holiday(d)}
    assert lost == BY_NATION[nation]


def test_a_working_day_is_a_weekday_that_is_no_bank_holiday() -> None:
    calendar = Calendar()
    assert calendar.working_day(date(2026, 11, 20))
    assert not calendar.working_day(date(2026, 11, 21))
    assert not calendar.working_day(date(2026, 12, 28))


def test_easter_monday_is_worked_in_scotland_alone() -> None:
    easter_monday = date(2027, 3, 29)
    assert [n for n in NATIONS if Calendar(n).working_day(easter_monday)] == ["scotland"]


def test_a_day_out_of_term_is_a_working_day_but_no_school_day() -> None:
    half_term = date(2026, 10, 27)
    assert AUTUMN.working_day(half_term)
    assert not AUTUMN.in_term(half_term)
    assert not AUTUMN.school_day(half_term)


def test_the_first_and_the_last_day_of_a_term_belong_to_it() -> None:
    assert AUTUMN.in_term(date(2026, 9, 2))
    assert AUTUMN.school_day(date(2026, 10, 23))


def test_an_inset_day_is_in_term_but_no_school_day() -> None:
    assert AUTUMN.in_term(date(2026, 11, 27))
    assert not AUTUMN.school_day(date(2026, 11, 27))


def test_without_terms_every_working_day_is_a_school_day() -> None:
    assert Calendar().school_day(date(2026, 8, 12))


def test_past_the_last_term_weekdays_count_but_not_the_nations_bank_holidays() -> None:
    calendars = {nation: replace(AUTUMN, nation=nation) for nation in NATIONS}
    assert all(
        c.school_day(date(2027, 1, 5)) and not c.school_day(date(2027, 1, 9)) for c in calendars.values()
    )
    second_of_january, boyne = date(2027, 1, 4), date(2027, 7, 12)
    assert [n for n, c in calendars.items() if not c.school_day(second_of_january)] == ["scotland"]
    assert [n for n, c in calendars.items() if not c.school_day(boyne)] == ["northern_ireland"]
    assert not replace(AUTUMN, closed=frozenset((date(2027, 1, 5),))).school_day(date(2027, 1, 5))


def test_before_and_between_terms_that_are_known_no_weekday_counts() -> None:
    assert not AUTUMN.school_day(date(2026, 8, 12))
    assert not AUTUMN.school_day(date(2026, 10, 28))


@pytest.mark.parametrize(
    ("day", "ending", "ended"),
    [
        (date(2026, 11, 26), False, False),
        (date(2026, 11, 27), True, False),  # three weeks before
        (date(2026, 12, 18), True, False),
        (date(2026, 12, 19), False, True),
        (date(2028, 3, 1), False, True),
    ],
)
def test_from_three_weeks_before_the_last_term_ends_and_then_once_it_is_over(
    day: date, *, ending: bool, ended: bool
) -> None:
    last = date(2026, 12, 18)
    assert AUTUMN.ending(day) == (last if ending else None)
    assert AUTUMN.ended(day) == (last if ended else None)
    assert Calendar().ending(day) is Calendar().ended(day) is None


def test_a_bank_holiday_within_a_term_is_no_school_day() -> None:
    spring = Calendar(terms=(Term(date(2027, 4, 12), date(2027, 5, 28)),))
    assert not spring.school_day(date(2027, 5, 3))


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2026, 11, 26), date(2026, 11, 30)),  # over an INSET day and a weekend
        (date(2026, 10, 23), date(2026, 11, 2)),  # over half term
        (date(2026, 7, 1), date(2026, 9, 3)),  # over the summer and an INSET day
        (date(2024, 1, 1), date(2026, 9, 3)),  # however long before the first term
        (date(2026, 12, 18), date(2026, 12, 21)),  # the terms have run out
        (date(2026, 12, 24), date(2026, 12, 29)),
    ],
)
def test_the_next_school_day_is_found_over_holidays(day: date, then: date) -> None:
    assert AUTUMN.next_school_day(day) == then


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Up to four terms of any length, a few closed days, any nation."""
    firsts = draw(st.lists(DAYS, max_size=4))
    terms = tuple(Term(first, first + timedelta(draw(st.integers(0, 90)))) for first in firsts)
    return Calendar(draw(st.sampled_from(NATIONS)), terms, frozenset(draw(st.lists(DAYS, max_size=4))))


@settings(deadline=None)
@given(calendars(), DAYS)
def test_a_school_day_is_a_working_day_in_term_that_is_not_closed(calendar: Calendar, day: date) -> None:
    if calendar.school_day(day):
        assert calendar.working_day(day)
        assert calendar.in_term(day)
        assert day not in calendar.closed
        assert day.weekday() < 5


@settings(deadline=None)
@given(calendars(), DAYS)
def test_between_a_day_and_the_next_school_day_there_is_none(calendar: Calendar, day: date) -> None:
    found = calendar.next_school_day(day)
    until = (found - day).days
    assert until >= 1
    assert calendar.school_day(found)
    assert not any(calendar.school_day(day + timedelta(n)) for n in range(1, until))


def test_reading_a_configuration_does_not_load_the_list_of_holidays() -> None:
    script = "import sys, monitor.config.load; print('holidays' in sys.modules)"
    run = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


# ------------------------------------------------------------------- days as people write them


TODAY = date(2026, 11, 22)
NOON = datetime(2026, 7, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


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


# -------------------------------------------------------------------------- the year of a date


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
