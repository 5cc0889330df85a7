"""When an alert goes out: danger at once at any hour, the rest in the school's working hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.next_date import due_at
from data.register.calendar import Calendar
from data.types import Alert, Route, Severity, Via

ZONE = ZoneInfo("Europe/London")
ENGLAND = Calendar()
FRIDAY_10 = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
CALM = Alert(
    id="0042ab9f00112233",
    story_id="story-1",
    urn="900001",
    severity=Severity.TODAY,
    route=Route.PLATFORM_REPORT,
    content_class="C2",
    restricted=False,
    audience=("head",),
    excluded=(),
    because=(),
    raised_at=FRIDAY_10,
)
any_moment = st.integers(0, 365 * 24 * 60).map(lambda minutes: FRIDAY_10 + timedelta(minutes=minutes))
any_severity = st.sampled_from(Severity)


def local(*parts: int, fold: int = 0) -> datetime:
    """A wall clock's moment in London, in UTC."""
    return datetime(*parts, tzinfo=ZONE, fold=fold).astimezone(UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (local(2026, 11, 20, 10), local(2026, 11, 20, 10)),
        (local(2026, 11, 20, 8), local(2026, 11, 20, 8)),
        (local(2026, 11, 20, 17, 59), local(2026, 11, 20, 17, 59)),
        (local(2026, 11, 20, 5), local(2026, 11, 20, 8)),
        (local(2026, 11, 19, 18), local(2026, 11, 20, 8)),
        (local(2026, 11, 20, 18), local(2026, 11, 23, 8)),
        (local(2026, 11, 21, 12), local(2026, 11, 23, 8)),
        (local(2026, 7, 1, 7, 30), local(2026, 7, 1, 8)),
        (local(2026, 12, 24, 19), local(2026, 12, 29, 8)),
        (local(2026, 12, 28, 10), local(2026, 12, 29, 8)),
        (local(2026, 8, 12, 10), local(2026, 8, 12, 10)),
    ],
    ids=[
        "in_hours", "at_eight", "before_six", "early", "evening", "friday_evening", "saturday", "summer_time",
        "christmas", "substitute_day", "in_the_holidays",
    ],
)  # fmt: skip
def test_what_can_wait_goes_out_in_working_hours(now: datetime, due: datetime) -> None:
    assert due_at(CALM, now, ZONE, ENGLAND) == due


@pytest.mark.parametrize(
    ("found", "due"),
    [
        (local(2026, 3, 29, 0, 30), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (local(2026, 3, 27, 18, 30), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (local(2026, 10, 25, 1, 30), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        (local(2026, 10, 25, 1, 30, fold=1), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        (local(2026, 10, 23, 18, 30), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
    ],
    ids=["night_of_spring", "over_spring", "first_half_past_one", "second_half_past_one", "over_autumn"],
)
def test_over_a_change_of_the_clocks_it_is_eight_on_the_clock(found: datetime, due: datetime) -> None:
    assert due_at(CALM, found, ZONE, ENGLAND) == due


def test_a_bank_holiday_is_that_of_the_schools_nation() -> None:
    st_andrews = local(2026, 11, 30, 10)
    assert due_at(CALM, st_andrews, ZONE, ENGLAND) == st_andrews
    assert due_at(CALM, st_andrews, ZONE, Calendar("scotland")) == local(2026, 12, 1, 8)


def test_an_inset_day_is_a_working_day() -> None:
    now = local(2026, 11, 20, 10)
    assert due_at(CALM, now, ZONE, Calendar(closed=frozenset({date(2026, 11, 20)}))) == now


@given(any_moment, any_severity, st.sampled_from([Route.SAFEGUARDING, Route.POLICE_NOW]))
def test_child_protection_and_police_go_out_at_any_hour_whatever_the_severity(
    now: datetime, severity: Severity, route: Route
) -> None:
    assert due_at(replace(CALM, severity=severity, route=route), now, ZONE, ENGLAND) == now


@given(any_moment, st.sampled_from(Route))
def test_severity_4_goes_out_at_any_hour_whatever_the_route(now: datetime, route: Route) -> None:
    assert due_at(replace(CALM, severity=Severity.THIS_HOUR, route=route), now, ZONE, ENGLAND) == now


@given(any_moment, st.sampled_from(["england", "wales", "scotland", "northern_ireland"]))
def test_what_can_wait_never_goes_out_at_night_or_on_a_free_day(now: datetime, nation: str) -> None:
    calendar = Calendar(nation)
    due = due_at(CALM, now, ZONE, calendar)
    there = due.astimezone(ZONE)
    assert due >= now
    assert 8 <= there.hour < 18
    assert calendar.working_day(there.date())


def test_what_is_odd_on_an_own_account_is_mailed_at_once_and_chatted_in_working_hours() -> None:
    odd, night = replace(CALM, content_class="C14"), local(2026, 11, 21, 3)
    assert due_at(odd, night, ZONE, ENGLAND) == night
    assert due_at(odd, night, ZONE, ENGLAND, Via.CHAT) == local(2026, 11, 23, 8)
    assert due_at(CALM, night, ZONE, ENGLAND) == local(2026, 11, 23, 8)
