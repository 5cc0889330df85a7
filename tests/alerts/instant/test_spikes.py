"""More talk than usual: what is a surge, and what is not."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.surges import LEAST, OVER_AFTER, goes_on, measure, measure_reviews
from data.register.calendar import Calendar, Term

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def weekday(day):
    return day.weekday() < 5


def at_rate(per_day, dice, begin, days):
    """Posts that know nothing of one another, by day and by night."""
    moments, at = [], begin
    while (at := at + timedelta(days=dice.expovariate(per_day))) < begin + days * DAY:
        moments.append(at)
    return moments


def burst(n, end=NOW):
    """So many posts in the three hours before `end`."""
    return [end - timedelta(minutes=170 * (n - i) / n) for i in range(n)]


def alone(moments):
    """Each post in a thread of its own."""
    return [str(n) for n in range(len(moments))]


def reading(moments, now=NOW, since=NOW - 15 * DAY):
    return measure(sorted(moments), alone(moments), now, LONDON, since, weekday)


def surges(moments, now=NOW, since=NOW - 15 * DAY):
    found = reading(moments, now, since)
    return found is not None and found.surge


def test_ten_posts_where_there_are_none_are_a_surge_once_seven_days_are_known():
    assert surges(burst(LEAST))
    assert not surges(burst(LEAST - 1))
    assert reading(burst(3)) is None
    assert not surges(burst(60), since=NOW - 7 * DAY + HOUR)
    assert surges(burst(60), since=NOW - 7 * DAY)


def test_what_comes_every_tuesday_is_usual_on_a_tuesday_and_a_surge_on_another_day():
    letters = [t for weeks in (1, 2) for t in burst(20, NOW - weeks * 7 * DAY)]
    tuesday, wednesday = reading(letters + burst(20)), reading(letters + burst(20, NOW + DAY), NOW + DAY)
    assert (tuesday.usual, wednesday.usual) == (14, 0)  # with an hour either side
    assert not tuesday.surge
    assert not surges(letters + burst(20) + burst(20, NOW + DAY), NOW + DAY)  # not twice the busiest
    assert surges(letters + burst(60, NOW + DAY), NOW + DAY, NOW - 14 * DAY)


def test_one_loud_day_or_long_thread_last_week_does_not_hide_todays_surge():
    assert surges(burst(50, NOW - 7 * DAY) + burst(30))
    posts = sorted([(t, "loud") for t in burst(80, NOW - 6 * DAY)] + [(t, "new") for t in burst(12)])
    found = measure([t for t, _ in posts], [s for _, s in posts], NOW, LONDON, NOW - 15 * DAY, weekday)
    assert found.surge


def test_a_busy_weekend_is_held_against_weekends_and_days_that_differ_want_more():
    sunday = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
    weekdays = [
        t for n in range(1, 15) if weekday((sunday - n * DAY).date()) for t in burst(30, sunday - n * DAY)
    ]
    found = reading(weekdays + burst(20, sunday), sunday, sunday - 15 * DAY)
    assert found.usual == 0
    alike = [t for n in range(1, 15) for t in burst(6, NOW - n * DAY)]
    uneven = [t for n in range(1, 15) for t in burst(2 + 8 * (n % 2), NOW - n * DAY)]
    calm, wild = reading(alike + burst(12)), reading(uneven + burst(12))
    assert wild.line > calm.line + 5
    steady = [NOW - timedelta(minutes=6 * n) for n in range(15 * 240)]  # ten an hour
    found = reading(steady + burst(59))
    assert (found.mentions, found.usual, found.line) == (89, 30, 90)
    assert surges(steady + burst(60))


def test_the_first_days_after_a_holiday_are_held_against_school_days_before_it():
    term = Calendar(
        terms=(Term(date(2026, 9, 2), date(2026, 10, 23)), Term(date(2026, 11, 2), date(2026, 12, 18)))
    )
    monday = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
    usual = [t for n in range(10, 15) for t in burst(12, monday - n * DAY)]
    posts = sorted(usual + burst(14, monday))
    found = measure(posts, alone(posts), monday, LONDON, monday - 15 * DAY, term.school_day)
    assert found.usual > 5
    assert not found.surge


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_change_of_clocks_makes_no_surge_and_hides_none(sunday):
    """Thirty posts at eight each evening by the school's clock, on both sides of the change."""
    evenings = []
    for n in range(-15, 8):
        eight = datetime(sunday.year, sunday.month, sunday.day, 20, 0, tzinfo=LONDON) + n * DAY
        evenings += burst(30, eight.astimezone(UTC))
    before = (datetime(sunday.year, sunday.month, sunday.day, 20, 0, tzinfo=LONDON) - DAY).astimezone(UTC)
    for n in range(8):
        now = (datetime(sunday.year, sunday.month, sunday.day, 20, 0, tzinfo=LONDON) + n * DAY).astimezone(
            UTC
        )
        found = reading(evenings, now, now - 15 * DAY)
        assert found.usual == reading(evenings, before, before - 15 * DAY).usual
        assert not found.surge
        assert surges(evenings + burst(70, now), now, now - 15 * DAY)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    per_day=st.floats(0.5, 60),
    weeks=st.integers(1, 12),
    extra=st.integers(0, 60),
)
def test_the_same_talk_some_weeks_later_is_read_the_same(seed, per_day, weeks, extra):
    """Within one stretch without a change of clocks."""
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    now = begin + 15 * DAY + 16 * HOUR
    moments = sorted(at_rate(per_day, random.Random(seed), begin, 16) + burst(extra, now))
    moments = [m for m in moments if m <= now]
    later = weeks * 7 * DAY
    one = reading(moments, now, begin)
    other = reading([m + later for m in moments], now + later, begin + later)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.mentions, one.usual, one.line) == (other.mentions, other.usual, other.line)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), per_day=st.floats(0.5, 40), n=st.integers(0, 80))
def test_more_posts_now_never_unmake_a_surge(seed, per_day, n):
    moments = at_rate(per_day, random.Random(seed), NOW - 15 * DAY, 15)
    assert not surges(moments + burst(n)) or surges(moments + burst(n + 1))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), per_day=st.floats(0.5, 40))
def test_a_surge_is_never_under_the_least_nor_under_three_times_what_is_usual(seed, per_day):
    found = reading(at_rate(per_day, random.Random(seed), NOW - 15 * DAY, 15) + burst(30))
    assert found.line >= max(LEAST, 3 * found.usual)


def in_threads(per_day, of, dice, begin, days):
    """Posts of which each begins a thread of so many on average, answered within hours."""
    posts = []
    for n, first in enumerate(at_rate(per_day / of, dice, begin, days)):
        posts.append((first, str(n)))
        while dice.random() < 1 - 1 / of:
            posts.append((first + timedelta(hours=dice.expovariate(1 / 2)), str(n)))
    posts.sort()
    return [at for at, _ in posts], [thread for _, thread in posts]


@pytest.mark.parametrize(("per_day", "of"), [(60, 1), (8, 4)])
def test_in_a_year_of_usual_talk_a_surge_is_told_three_times_at_most(per_day, of):
    """Looked at every three hours, and told once each."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments, threads = in_threads(per_day, of, random.Random(per_day), begin, 380)
    told, lasted_to, now = 0, begin, begin + 15 * DAY
    while now < begin + 380 * DAY:
        found = measure(moments, threads, now, LONDON, begin, weekday)
        if found is not None and goes_on(found, lasted_to, now):
            lasted_to = now
        elif found is not None and found.surge:
            told, lasted_to = told + 1, now
        now += 3 * HOUR
    assert told <= 3


def test_where_talk_comes_in_threads_one_more_thread_is_none_and_a_real_surge_is():
    posts = [(t, str(n)) for n in range(1, 15) for t in burst(8, NOW - n * DAY - 4 * HOUR)]

    def surge_of(n):
        moments, threads = zip(*posts, *((t, "new") for t in burst(n)), strict=True)
        found = measure(moments, threads, NOW, LONDON, NOW - 15 * DAY, weekday)
        return found is not None and found.surge

    assert surges([t for t, _ in posts] + burst(19))  # by themselves, not in threads
    assert not surge_of(19)
    assert surge_of(30)


@pytest.mark.parametrize(("usual_a_day", "an_hour"), [(2, 15), (8, 20), (24, 30), (60, 60)])
def test_a_real_surge_is_found_within_two_hours(usual_a_day, an_hour):
    begin = NOW - 15 * DAY
    for seed in range(5):
        dice = random.Random(seed)
        usual = at_rate(usual_a_day, dice, begin, 16)
        surge = at_rate(an_hour * 24, dice, NOW, 1)
        moments = sorted(usual + surge)
        waits = [m for m in range(0, 181, 10) if surges(moments, NOW + timedelta(minutes=m), begin)]
        assert waits
        assert waits[0] <= 120


def test_a_surge_goes_on_until_half_a_day_of_usual_talk():
    loud = reading(burst(40))
    assert loud is not None
    assert goes_on(loud, NOW - OVER_AFTER, NOW)
    assert not goes_on(loud, NOW - OVER_AFTER - timedelta(seconds=1), NOW)
    every_day = [t for n in range(1, 15) for t in burst(20, NOW - n * DAY)]
    calm = reading(every_day + burst(20))
    assert calm is not None
    assert not goes_on(calm, NOW - HOUR, NOW)


def reviews(*hours_ago, known_days=14):
    found = measure_reviews(sorted(NOW - h * HOUR for h in hours_ago), NOW, NOW - known_days * DAY)
    return found is not None and found.surge


def test_five_reviews_in_six_hours_are_a_rush_where_two_days_are_known_and_none_came_so_close():
    assert reviews(0, 1, 2, 3, 5)
    assert not reviews(0, 1, 2, 3)
    assert not reviews(0, 2, 4, 5, 6.5)
    assert not reviews(0, 1, 2, 3, 5, 100, 101, 102)
    assert reviews(0, 1, 2, 3, 4, 5, 100, 101, 102)
    assert not reviews(0, 1, 2, 3, 5, known_days=2)
    assert reviews(0, 1, 2, 3, 5, known_days=2.3)
