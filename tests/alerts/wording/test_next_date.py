"""By when something is next to be done in a matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case import a_case
from builders.mention import an_alert

from alerts.next_date import DECIDE, LADO, NextDate, SchoolDays, next_date
from data.cases import CaseState, RunningClock
from data.register.calendar import Calendar
from data.steps.codes import BypassRoute, Ending
from data.types import Route, Severity

LONDON = ZoneInfo("Europe/London")
ENGLAND = SchoolDays("england", LONDON, Calendar())
FRIDAY = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALLEGATION = BypassRoute.STAFF_ALLEGATION


def raised(at: datetime = FRIDAY, severity: Severity = Severity.THIS_HOUR):
    return replace(an_alert("s1"), raised_at=at, severity=severity)


def midnight(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def test_what_is_gravest_and_nobody_has_is_to_be_decided_within_the_hour():
    assert next_date(raised(), (), ENGLAND, FRIDAY, had=False) == NextDate(FRIDAY + HOUR, DECIDE, late=False)
    late = next_date(raised(), (), ENGLAND, FRIDAY + HOUR, had=False)
    assert late == NextDate(FRIDAY + HOUR, DECIDE, late=True)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (FRIDAY, midnight(21)),
        (FRIDAY.replace(hour=19), midnight(24)),
        (FRIDAY.replace(day=21), midnight(24)),
        (datetime(2026, 12, 24, 19, tzinfo=UTC), midnight(30, 12)),
    ],
    ids=["in working hours", "on Friday evening", "on Saturday", "before Christmas: Boxing Day is moved"],
)
def test_what_is_for_today_is_to_be_decided_on_the_working_day_on_which_it_is_told(at, end):
    found = next_date(raised(at, Severity.TODAY), (), ENGLAND, at, had=False)
    assert found == NextDate(end, DECIDE, late=False)


@pytest.mark.parametrize("route", [Route.SAFEGUARDING, Route.POLICE_NOW])
def test_what_is_told_at_any_hour_is_to_be_decided_by_the_day_that_its_mail_says(route):
    evening = FRIDAY.replace(hour=19)
    alert = replace(raised(evening, Severity.TODAY), route=route)
    assert next_date(alert, (), ENGLAND, evening, had=False) == NextDate(midnight(21), DECIDE, late=False)


def test_what_somebody_has_and_has_no_case_has_no_date():
    assert next_date(raised(), (), ENGLAND, FRIDAY, had=True) is None


def test_the_lado_is_told_within_one_working_day_whoever_has_it():
    found = next_date(raised(), (), ENGLAND, FRIDAY, had=True, lane=ALLEGATION)
    assert found == NextDate(midnight(24), LADO, late=False)
    assert next_date(raised(), (), ENGLAND, midnight(24), had=True, lane=ALLEGATION).late


def test_the_working_day_of_the_lado_runs_from_the_alert_though_the_case_was_opened_later():
    case = a_case(lane=ALLEGATION, state=CaseState.BYPASSED, opened_at=FRIDAY + timedelta(days=5))
    found = next_date(raised(), [case], ENGLAND, FRIDAY, had=True, lane=ALLEGATION)
    assert found == NextDate(midnight(24), LADO, late=False)


def test_once_the_lado_was_told_or_the_case_is_closed_nothing_is_due_to_them():
    case = a_case(lane=ALLEGATION, state=CaseState.BYPASSED, opened_at=FRIDAY, referred_to=("lado",))
    assert next_date(None, [case], ENGLAND, FRIDAY, had=True) is None
    closed = replace(case, referred_to=(), closed_at=FRIDAY, ending=Ending.HANDED_OVER)
    assert next_date(None, [closed], ENGLAND, FRIDAY, had=True) is None


@pytest.mark.parametrize("nation", ["wales", "scotland", "northern_ireland"])
def test_there_is_no_lado_outside_england(nation):
    days = replace(ENGLAND, nation=nation)
    assert next_date(raised(), (), days, FRIDAY, had=True, lane=ALLEGATION) is None


def test_a_case_is_due_by_its_next_clock_and_first_by_what_is_over():
    first = RunningClock("platform_48h", FRIDAY, FRIDAY + 48 * HOUR)
    then = RunningClock("review_30d", FRIDAY, FRIDAY + 720 * HOUR)
    case = a_case(waits=(first, then), state=CaseState.SEEKING)
    assert next_date(None, [case], ENGLAND, FRIDAY, had=True) == NextDate(
        first.due_at, "platform_48h", late=False
    )
    over = next_date(None, [case], ENGLAND, FRIDAY + 100 * HOUR, had=True)
    assert over == NextDate(first.due_at, "platform_48h", late=True)
    assert next_date(None, [replace(case, closed_at=FRIDAY)], ENGLAND, FRIDAY, had=True) is None
