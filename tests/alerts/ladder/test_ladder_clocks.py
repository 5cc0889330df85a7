"""When what a case waits for is due: the law's own vectors, holidays of each nation, both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.ladder import clocks
from data.cases import Profile
from data.register.calendar import Calendar, Term
from data.rungs import CaseClock

LONDON = ZoneInfo("Europe/London")
NATIONS = ("england", "wales", "scotland", "northern_ireland")
FEW = settings(max_examples=40, deadline=None)
START = datetime(2026, 11, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=425)).map(lambda after: START + after)

# Weekdays without the law: Good Friday, Easter Monday, the May, summer and Christmas days of GOV.UK's list.
HOLIDAYS = {
    date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
    date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
    date(2028, 1, 3),
}  # fmt: skip


def local(text: str) -> datetime:
    """A time as a London clock shows it, 2026-12-18 15:00."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def due(
    clock: CaseClock, start: str | datetime, calendar: Calendar | None = None, profile: Profile | None = None
) -> datetime:
    started = local(start) if isinstance(start, str) else start
    return clocks.due(
        clock, started, calendar=calendar or Calendar(), zone=LONDON, profile=profile or Profile()
    )


def shown(at: datetime) -> str:
    """As a London clock shows it."""
    assert at.tzinfo is UTC
    return f"{at.astimezone(LONDON):%a %d %b %Y %H:%M}"


# ------------------------------------------------------------------------- section 5, 48 hours


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        ("2026-12-18 15:00", "Tue 22 Dec 2026 15:00"),
        ("2026-12-24 10:00", "Wed 30 Dec 2026 10:00"),
        ("2026-11-21 09:00", "Wed 25 Nov 2026 00:00"),
        ("2026-11-16 09:00", "Wed 18 Nov 2026 09:00"),
        ("2026-12-31 09:00", "Tue 05 Jan 2027 09:00"),
        ("2027-03-24 12:00", "Tue 30 Mar 2027 12:00"),
        ("2027-03-25 10:00", "Wed 31 Mar 2027 10:00"),
        ("2027-03-26 10:00", "Thu 01 Apr 2027 00:00"),
        ("2026-10-23 12:00", "Tue 27 Oct 2026 12:00"),
        ("2026-10-25 01:30", "Wed 28 Oct 2026 00:00"),
        ("2026-11-19 00:00", "Sat 21 Nov 2026 00:00"),
    ],
    ids=lambda text: text.replace(" ", "_"),
)
def test_an_operators_48_hours_leave_out_weekends_and_the_bank_holidays_of_england_and_wales(
    received: str, ends: str
) -> None:
    assert shown(due(CaseClock.OPERATOR_S5_48H, received)) == ends


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("received", ["2026-11-27 10:00", "2027-03-16 10:00", "2027-07-09 10:00"])
def test_no_nations_own_holiday_stops_an_operators_48_hours(nation: str, received: str) -> None:
    assert due(CaseClock.OPERATOR_S5_48H, received, Calendar(nation)) == due(
        CaseClock.OPERATOR_S5_48H, received
    )


def test_st_andrews_day_and_st_patricks_day_count_against_an_operator() -> None:
    assert shown(due(CaseClock.OPERATOR_S5_48H, "2026-11-27 10:00", Calendar("scotland"))).startswith(
        "Tue 01 Dec"
    )
    irish = Calendar("northern_ireland")
    assert shown(due(CaseClock.OPERATOR_S5_48H, "2027-03-16 10:00", irish)).startswith("Thu 18 Mar")


def test_the_schools_own_terms_are_nothing_to_an_operator() -> None:
    half_term = Calendar(terms=(Term(date(2026, 9, 2), date(2026, 10, 23)),))
    assert shown(due(CaseClock.OPERATOR_S5_48H, "2026-10-26 10:00", half_term)) == "Wed 28 Oct 2026 10:00"


def counted_by_the_minute(started: datetime) -> datetime:
    """The regulation read word by word: let minutes pass until 48 hours of them have counted."""
    at, left = started, 48 * 60
    while left:
        day = at.astimezone(LONDON).date()
        left -= day.weekday() < 5 and day not in HOLIDAYS
        at += timedelta(minutes=1)
    return at


@FEW
@given(MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)))
def test_an_operators_48_hours_are_those_that_walking_minute_by_minute_counts(started: datetime) -> None:
    assert due(CaseClock.OPERATOR_S5_48H, started) == counted_by_the_minute(started)


@FEW
@given(MOMENTS)
def test_an_operators_time_is_never_under_48_hours_and_ends_in_no_discarded_day(started: datetime) -> None:
    end = due(CaseClock.OPERATOR_S5_48H, started)
    assert end - started >= timedelta(hours=48)
    last_moment = (end - timedelta(microseconds=1)).astimezone(LONDON).date()
    assert last_moment.weekday() < 5
    assert last_moment not in HOLIDAYS


@pytest.mark.parametrize("clock", [c for c in CaseClock if c is not CaseClock.ART14_MONTH])
@FEW
@given(one=MOMENTS, more=st.timedeltas(timedelta(), timedelta(days=9)))
def test_what_begins_later_is_never_due_earlier(clock: CaseClock, one: datetime, more: timedelta) -> None:
    assert due(clock, one) <= due(clock, one + more)


# ------------------------------------------------------------------------------- elapsed hours


@pytest.mark.parametrize("start", ["2026-12-24 16:00", "2027-03-27 16:00", "2026-10-24 16:00"])
def test_the_hosts_target_is_24_elapsed_hours_over_christmas_and_both_clock_changes(start: str) -> None:
    assert due(CaseClock.BASILDON_24H, start) - local(start).astimezone(UTC) == timedelta(hours=24)


def test_24_elapsed_hours_end_an_hour_later_by_the_clock_in_spring_and_an_hour_earlier_in_autumn() -> None:
    assert shown(due(CaseClock.BASILDON_24H, "2027-03-27 16:00")) == "Sun 28 Mar 2027 17:00"
    assert shown(due(CaseClock.BASILDON_24H, "2026-10-24 16:00")) == "Sun 25 Oct 2026 15:00"


def test_the_hosts_target_is_the_number_of_hours_in_the_schools_policy() -> None:
    assert shown(due(CaseClock.BASILDON_24H, "2026-11-20 10:00", profile=Profile(host_hours=48))) == (
        "Sun 22 Nov 2026 10:00"
    )


def test_a_platforms_48_hours_are_elapsed_ones_weekend_or_not() -> None:
    assert shown(due(CaseClock.PLATFORM_48H, "2026-12-24 16:00")) == "Sat 26 Dec 2026 16:00"


def test_report_harmful_content_takes_a_silence_of_seven_whole_days() -> None:
    start = "2027-03-24 12:00"
    assert due(CaseClock.RHC_WEEK, start) - local(start).astimezone(UTC) == timedelta(days=7)


# -------------------------------------------------------------------------------- local days


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        ("2026-12-23 00:00", "Tue 29 Dec 2026 00:00"),
        ("2026-12-23 23:59", "Tue 29 Dec 2026 00:00"),
        ("2027-03-25 10:00", "Wed 31 Mar 2027 00:00"),
        ("2026-10-22 10:00", "Wed 28 Oct 2026 00:00"),
    ],
)
def test_the_poster_has_until_midnight_at_the_end_of_the_fifth_day_after_sending(
    sent: str, ends: str
) -> None:
    assert shown(due(CaseClock.POSTER_5D, sent)) == ends


def test_the_day_of_sending_is_londons_not_greenwichs() -> None:
    assert (
        shown(due(CaseClock.POSTER_5D, datetime(2027, 7, 1, 23, 30, tzinfo=UTC))) == "Thu 08 Jul 2027 00:00"
    )


@pytest.mark.parametrize(
    ("first", "by"),
    [
        ("2026-11-20 10:15", "Sun 20 Dec 2026 10:15"),
        ("2026-12-31 10:15", "Sun 31 Jan 2027 10:15"),
        ("2027-01-31 10:15", "Sun 28 Feb 2027 10:15"),
        ("2028-01-30 10:15", "Tue 29 Feb 2028 10:15"),
        ("2027-03-01 10:15", "Thu 01 Apr 2027 10:15"),
        ("2026-10-31 10:15", "Mon 30 Nov 2026 10:15"),
    ],
)
def test_people_are_told_of_their_data_within_a_calendar_month(first: str, by: str) -> None:
    assert shown(due(CaseClock.ART14_MONTH, first)) == by


@pytest.mark.parametrize("clock", [CaseClock.DP_COMPLAINT_30D, CaseClock.REVIEW_30D])
def test_thirty_days_end_at_the_same_time_by_the_clock_across_a_clock_change(clock: CaseClock) -> None:
    assert shown(due(clock, "2027-03-10 09:00")) == "Fri 09 Apr 2027 09:00"
    assert shown(due(clock, "2026-10-10 09:00")) == "Mon 09 Nov 2026 09:00"


# ------------------------------------------------------------------- the school's own days

TERMS = Calendar(
    terms=(Term(date(2026, 11, 2), date(2026, 12, 18)), Term(date(2027, 1, 5), date(2027, 3, 25))),
    closed=frozenset((date(2026, 11, 23),)),
)


@pytest.mark.parametrize(
    ("asked", "days", "ends"),
    [
        ("2026-11-17 09:00", 1, "Thu 19 Nov 2026 00:00"),
        ("2026-11-17 09:00", 0, "Wed 18 Nov 2026 00:00"),
        ("2026-11-20 15:00", 1, "Wed 25 Nov 2026 00:00"),
        ("2026-12-18 15:00", 1, "Wed 06 Jan 2027 00:00"),
        ("2026-12-17 15:00", 3, "Thu 07 Jan 2027 00:00"),
    ],
    ids=["the next day", "today", "an INSET day", "over Christmas", "three days"],
)
def test_an_author_has_whole_school_days(asked: str, days: int, ends: str) -> None:
    assert shown(due(CaseClock.AUTHOR_DAYS, asked, TERMS, Profile(author_days=days))) == ends


def test_an_authors_days_go_on_by_weekdays_where_the_terms_have_run_out() -> None:
    assert shown(due(CaseClock.AUTHOR_DAYS, "2027-03-25 15:00", TERMS)) == "Wed 31 Mar 2027 00:00"


@pytest.mark.parametrize(
    ("nation", "asked", "ends"),
    [
        ("england", "2026-11-27 10:00", "Tue 01 Dec 2026 10:00"),
        ("scotland", "2026-11-27 10:00", "Wed 02 Dec 2026 10:00"),
        ("england", "2027-03-25 10:00", "Wed 31 Mar 2027 10:00"),
        ("scotland", "2027-03-25 10:00", "Tue 30 Mar 2027 10:00"),
        ("northern_ireland", "2027-03-16 10:00", "Fri 19 Mar 2027 10:00"),
        ("wales", "2026-12-24 10:00", "Wed 30 Dec 2026 10:00"),
        ("england", "2026-11-21 10:00", "Wed 25 Nov 2026 00:00"),
    ],
)
def test_a_host_is_asked_again_after_two_working_days_of_the_schools_nation(
    nation: str, asked: str, ends: str
) -> None:
    assert shown(due(CaseClock.CHASE_2_WORKING_DAYS, asked, Calendar(nation))) == ends


# --------------------------------------------------------------------------------- the helpline


@pytest.mark.parametrize(
    ("at", "open_", "opens"),
    [
        ("2026-11-20 10:00", True, "Fri 20 Nov 2026 10:00"),
        ("2026-11-20 15:59", True, "Fri 20 Nov 2026 15:59"),
        ("2026-11-20 16:00", False, "Mon 23 Nov 2026 10:00"),
        ("2026-11-20 09:59", False, "Fri 20 Nov 2026 10:00"),
        ("2026-11-21 12:00", False, "Mon 23 Nov 2026 10:00"),
        ("2026-12-24 16:30", False, "Tue 29 Dec 2026 10:00"),
        ("2027-03-25 16:30", False, "Tue 30 Mar 2027 10:00"),
        ("2027-03-29 09:00", False, "Tue 30 Mar 2027 10:00"),
        ("2026-11-30 12:00", True, "Mon 30 Nov 2026 12:00"),
    ],
)
def test_the_helpline_is_open_on_working_days_from_ten_to_four_in_london(
    at: str, open_: bool, opens: str
) -> None:
    assert clocks.posh_open(local(at)) is open_
    assert shown(clocks.posh_opens(local(at))) == opens


@FEW
@given(MOMENTS)
def test_the_helpline_is_open_when_it_is_said_to_open_and_not_before(at: datetime) -> None:
    opens = clocks.posh_opens(at)
    assert opens >= at
    assert clocks.posh_open(opens)
    assert opens == at or not clocks.posh_open(opens - timedelta(microseconds=1))


# ---------------------------------------------------------------------------------- rechecks


def test_what_is_said_to_be_gone_is_looked_at_five_times_in_a_month() -> None:
    gone = local("2027-03-27 16:00")
    times = clocks.recheck_times(gone)
    assert [at - gone.astimezone(UTC) for at in times] == [
        timedelta(hours=1), timedelta(hours=24), timedelta(hours=72), timedelta(days=7), timedelta(days=30)
    ]  # fmt: skip
    assert due(CaseClock.RECHECK, gone) == times[0]


@pytest.mark.parametrize("clock", list(CaseClock))
@FEW
@given(MOMENTS)
def test_every_clock_answers_in_utc_and_ends_after_it_began(clock: CaseClock, started: datetime) -> None:
    end = due(clock, started)
    assert end.tzinfo is UTC
    assert end > started


@pytest.mark.parametrize(
    ("published", "last"),
    [
        ("2026-11-11T10:00:00+00:00", "2027-11-11"),
        ("2027-06-30T23:30:00+00:00", "2028-07-01"),
        ("2028-02-29T12:00:00+00:00", "2029-02-28"),
    ],
)
def test_an_action_for_defamation_is_begun_within_a_year_of_the_day_in_london(published, last):
    assert clocks.limitation_ends(datetime.fromisoformat(published)).isoformat() == last
