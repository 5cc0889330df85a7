"""When the digest is due, and what time it covers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.register.calendar import Calendar, Term
from monitor.matters.due import LIFE, due_now, due_on, window

LONDON = ZoneInfo("Europe/London")
AT = time(7, 30)
TERM = Calendar("england", (Term(date(2026, 9, 1), date(2027, 7, 20)),), frozenset((date(2026, 11, 16),)))


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2026, 10, 23), "06:30"),  # summer time
        (date(2026, 10, 26), "07:30"),  # the first school day after the clocks went back
        (date(2027, 3, 26), "07:30"),
        (date(2027, 3, 29), "06:30"),  # after they went forward
    ],
)
def test_it_is_half_past_seven_where_the_school_is_on_either_side_of_a_clock_change(day, utc):
    assert f"{due_on(day, TERM, AT, LONDON).at:%H:%M}" == utc


@pytest.mark.parametrize("change", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)])
@pytest.mark.parametrize("at", [AT, time(1, 30), time(2, 0), time(0, 0), time(23, 30)])
def test_each_day_around_a_clock_change_has_one_digest_and_no_more(change, at):
    steps = (change - timedelta(days=3) + timedelta(minutes=7 * n) for n in range(7 * 24 * 60 // 7))
    found = [due for now in steps if (due := due_now(TERM, at, LONDON, now))]
    days = sorted({due.day for due in found})
    assert days[1:-1] == [days[1] + timedelta(days=n) for n in range(len(days) - 2)]
    assert len({(due.day, due.at) for due in found}) == len(days)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("07:29:59", False), ("07:30:00", True), ("12:00:00", True), ("19:29:59", True), ("19:30:00", False),
    ],
)  # fmt: skip
def test_it_is_caught_up_until_twelve_hours_after_its_time(now, due):
    moment = datetime.fromisoformat(f"2026-11-17T{now}+00:00")
    assert (due_now(TERM, AT, LONDON, moment) is not None) is due


@pytest.mark.parametrize(
    ("day", "school_day"),
    [
        (date(2026, 11, 17), True), (date(2026, 11, 16), False), (date(2026, 11, 21), False),
        (date(2026, 12, 25), False), (date(2026, 8, 4), False),
    ],
)  # fmt: skip
def test_terms_closed_days_weekends_and_bank_holidays_decide_what_day_it_is(day, school_day):
    due = due_on(day, TERM, AT, LONDON)
    assert due.school_day is school_day
    assert due.kind == ("digest" if school_day else "grave")


def test_without_terms_a_bank_holiday_of_the_nation_is_no_school_day():
    saint_andrew = date(2026, 11, 30)
    assert due_on(saint_andrew, Calendar("england"), AT, LONDON).school_day
    assert not due_on(saint_andrew, Calendar("scotland"), AT, LONDON).school_day


def test_it_covers_from_the_last_one_that_was_sent_up_to_its_own_time():
    due = due_on(date(2026, 11, 17), TERM, AT, LONDON)
    sent = datetime(2026, 11, 12, 7, 30, tzinfo=UTC)
    covers = window(due, sent, TERM, due.at + timedelta(seconds=8), LONDON)
    assert (covers.since, covers.until) == (sent, due.at)


def test_a_late_one_covers_up_to_when_it_is_composed():
    due = due_on(date(2026, 11, 17), TERM, AT, LONDON)
    now = due.at + timedelta(hours=5)
    assert window(due, None, TERM, now, LONDON).until == now


def test_the_first_ever_begins_at_the_time_of_the_last_school_day():
    due = due_on(date(2026, 11, 17), TERM, AT, LONDON)  # a Tuesday; Monday is closed
    assert window(due, None, TERM, due.at, LONDON).since == datetime(2026, 11, 13, 7, 30, tzinfo=UTC)


def test_the_first_ever_after_long_holidays_begins_a_day_back():
    due = due_on(date(2026, 9, 1), TERM, AT, LONDON)
    assert window(due, None, TERM, due.at, LONDON).since == due.at - timedelta(days=1)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001 - made aware below
def test_at_any_moment_at_most_one_is_due_and_it_is_not_stale(moment):
    now = moment.replace(tzinfo=UTC)
    due = due_now(TERM, AT, LONDON, now)
    assert due is None or due.at <= now < due.at + LIFE
