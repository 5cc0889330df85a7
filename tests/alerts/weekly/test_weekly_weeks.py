"""Friday 16:00 to Friday 16:00 in London, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from builders.report import FRIDAY, ZONE

from alerts.weekly.weeks import last_complete, named
from data.errors import InputError


def test_a_week_is_named_after_the_iso_week_it_ends_in():
    week = named("2026-W47")
    assert (week.name, week.number, week.year) == ("2026-W47", 47, 2026)
    assert week.end(ZONE) == FRIDAY
    assert week.start(ZONE) == FRIDAY - timedelta(days=7)


@pytest.mark.parametrize(("week", "hours"), [("2026-W44", 169), ("2026-W13", 168), ("2026-W14", 167)])
def test_a_week_with_a_change_of_the_clocks_is_an_hour_longer_or_shorter(week, hours):
    found = named(week)
    assert (found.end(ZONE) - found.start(ZONE)).total_seconds() == hours * 3600


def test_weeks_follow_one_another_without_a_gap_over_years_and_clock_changes():
    week = named("2025-W01")
    for _ in range(120):
        assert week.end(ZONE) == week.back(-1).start(ZONE)
        assert named(week.name) == week
        week = week.back(-1)


def test_the_week_is_whole_at_four_o_clock_and_not_a_second_before():
    assert last_complete(FRIDAY, ZONE).name == "2026-W47"
    assert last_complete(FRIDAY - timedelta(seconds=1), ZONE).name == "2026-W46"
    assert last_complete(datetime(2026, 7, 17, 15, 0, tzinfo=UTC), ZONE).name == "2026-W29"  # 16:00 in summer


def test_a_year_of_53_weeks_has_its_last():
    assert named("2026-W53").friday.isoformat() == "2027-01-01"


@pytest.mark.parametrize("text", ["2026-47", "W47", "2026-W54", "2025-W53", "2026-W00", "last", ""])
def test_what_is_no_week_is_refused_with_what_to_write(text):
    with pytest.raises(InputError, match=r"--week .*: (not a week|there is no week)"):
        named(text)
