"""Which days are school days: against GOV.UK's lists, and for any terms."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.register.calendar import Calendar, Term

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
