"""When a source is asked next."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from data.types import BlockKind, Outcome, Source, SourceState
from data.web.channels import OF_SOURCES, PRESS
from sources.registry import CATALOGUE
from sources.runs import (
    DAY_S,
    LONDON,
    WEEK_S,
    due,
    due_interval_s,
    due_sources,
    in_school_hours,
    next_due_at,
    pupils_write,
    wait_s,
)
from sources.walls import REASONS

TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
HOUR = 3600.0
PAPER = Source("paper", "feed", "https://paper.example.org/feed.xml", channel="google_news")
FORUM = Source("forum", "forum.phpbb", "https://town.example.org/viewtopic.php?t=1")
REVIEWS = Source("reviews", "reviews.generic", "https://reviews.example.org/oakfield", listing=True)
NEW = SourceState("paper")
TICK = timedelta(seconds=20)


def asked(ago_s, at=TUESDAY, **state):
    known = {"last_outcome": Outcome.OK, "last_new_at": at} | state
    return SourceState("paper", last_run_at=at - timedelta(seconds=ago_s), **known)


def wait(source, state, now=TUESDAY):
    """Without jitter."""
    return wait_s(source, state, now, jitter_01=0.0)


def test_a_source_never_asked_is_due_and_one_that_is_off_never():
    assert due(PAPER, NEW, TUESDAY)
    off = replace(PAPER, disabled="The site's terms forbid it.")
    assert not due(off, NEW, TUESDAY)
    assert next_due_at(off, NEW, TUESDAY) is None


SEVEN_HOURS = replace(PAPER, interval_s=7 * HOUR)
FAULT = asked(0, last_outcome=Outcome.OUR_FAULT, our_faults=1, not_before=TUESDAY + timedelta(hours=2))
WAITS = {
    "before the pace of its kind has passed": (PAPER, asked(600), TUESDAY, 300),
    "after it": (PAPER, asked(900), TUESDAY, 0),
    "at half the pace outside school hours": (PAPER, asked(900, NIGHT), NIGHT, 900),
    "at a person's interval, to the second": (SEVEN_HOURS, asked(HOUR), TUESDAY, 6 * HOUR),
    "after a person's interval": (SEVEN_HOURS, asked(7 * HOUR), TUESDAY, 0),
    "a person's outside school hours": (replace(PAPER, interval_s=900), asked(900, NIGHT), NIGHT, 0),
    "a last run that lies ahead": (PAPER, asked(-5 * HOUR), TUESDAY, 0),
    "as the site asked": (PAPER, asked(HOUR, not_before=TUESDAY + timedelta(hours=3)), TUESDAY, 3 * HOUR),
    "a day at most": (PAPER, asked(HOUR, not_before=TUESDAY + timedelta(days=9)), TUESDAY, DAY_S),
    "as the site asked, after a fault of ours": (PAPER, FAULT, TUESDAY, 2 * HOUR),
}


@for_each(("source", "state", "now", "seconds"), WAITS.values())
def test_how_long_a_source_waits(source, state, now, seconds):
    assert wait(source, state, now) == seconds
    assert due(source, state, now) is (seconds == 0)


@for_each(
    ("moment", "open_"),
    [
        (datetime(2026, 11, 17, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 17, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 14, 6, 0, tzinfo=UTC), True),  # British Summer Time
        (datetime(2026, 7, 14, 18, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), False),  # a Saturday
    ],
)
def test_school_hours_are_londons(moment, open_):
    assert in_school_hours(moment) is open_


@for_each(("weeks", "times"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 4), (50, 4)])
def test_what_has_brought_nothing_new_for_weeks_is_asked_less_often_up_to_a_quarter(weeks, times):
    state = asked(0, last_new_at=TUESDAY - timedelta(weeks=weeks))
    assert due_interval_s(PAPER, state, TUESDAY, LONDON, 0.0) == times * 900


def test_however_slow_a_kind_and_however_long_nothing_new_came_a_source_is_asked_daily():
    reports = replace(PAPER, kind="inspection")
    for moment in (TUESDAY, NIGHT):
        state = asked(0, moment, last_new_at=moment - timedelta(weeks=50))
        assert due_interval_s(reports, state, moment, LONDON, 0.0) == DAY_S - HOUR


def test_the_wait_doubles_with_failures_and_a_silent_source_has_its_own_time():
    def after(n):
        return wait_s(
            PAPER, asked(0, last_outcome=Outcome.SUSPICIOUS, failures_in_a_row=n), TUESDAY, jitter_01=0.5
        )

    assert [after(n) for n in range(1, 4)] == [HOUR / 2, HOUR, 2 * HOUR]
    assert after(10_000) == 23 * HOUR
    state = asked(0, last_new_at=TUESDAY - timedelta(weeks=4), longest_gap_s=28 * DAY_S)
    assert due_interval_s(PAPER, state, TUESDAY, LONDON, 0.0) == 900


def after_a(outcome, n=1, **state):
    failed = asked(0, last_outcome=outcome, failures_in_a_row=n, **state)
    return wait_s(PAPER, failed, TUESDAY, jitter_01=0.5)


def test_how_soon_a_site_that_failed_is_asked_again():
    assert after_a(Outcome.BLOCKED) == after_a(Outcome.BLOCKED, 50) == 23 * HOUR
    often = f"{REASONS[BlockKind.RATE_LIMITED]} (it answered 429)."
    assert [after_a(Outcome.BLOCKED, n, last_detail=often) for n in (1, 2, 9)] == [HOUR, 2 * HOUR, 23 * HOUR]
    assert after_a(Outcome.GONE) == WEEK_S
    seen = {"last_ok_at": TUESDAY - timedelta(days=2)}
    assert [after_a(Outcome.GONE, n, **seen) for n in (1, 2, 9)] == [6 * HOUR, 12 * HOUR, WEEK_S]
    state = asked(0, last_outcome=Outcome.UNREACHABLE, failures_in_a_row=1)
    assert wait_s(REVIEWS, state, TUESDAY, jitter_01=0.5) == 300
    down = asked(0, last_outcome=Outcome.UNREACHABLE, failures_in_a_row=12)
    barred = replace(down, last_outcome=Outcome.BLOCKED)
    assert wait(FORUM, down) <= HOUR
    assert wait(FORUM, barred) > 12 * HOUR
    assert wait_s(replace(PAPER, interval_s=7 * HOUR), state, TUESDAY) == 7 * HOUR


@for_each("kind", CATALOGUE)
def test_in_every_forum_and_every_review_page_pupils_can_write(kind):
    there = kind.startswith(("forum.", "reviews.", "mailbox"))
    assert pupils_write(Source("s", kind, "https://example.org/x")) is there


@for_each("channel", OF_SOURCES)
def test_every_channel_is_either_open_to_pupils_or_known_not_to_be(channel):
    closed = {*PRESS, "manual_report", "blog", "website", "wikipedia"}
    assert pupils_write(replace(PAPER, channel=channel)) is (channel not in closed)


@for_each(
    ("url", "open_"),
    [
        ("https://www.reddit.com/r/northvale/.rss", True),
        ("https://gazette.example.org/comments/feed/", True),
        ("https://reddit.com.example.org/feed.xml", False),
        ("https://gazette.example.org/feed/", False),
    ],
)
def test_a_feed_of_an_open_channel_or_of_comments_is_known_by_its_address(url, open_):
    assert pupils_write(Source("s", "feed", url)) is open_


ZONES = st.sampled_from([ZoneInfo("Europe/London"), ZoneInfo("America/New_York")])
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
STATES = st.builds(
    SourceState,
    source_id=st.just("s"),
    last_new_at=st.none() | MOMENTS,
    last_outcome=st.sampled_from([o for o in Outcome if o.is_seen]),
    longest_gap_s=st.none() | st.floats(0, 400 * DAY_S),
    usual_mentions=st.none() | st.floats(0, 50),
)
OPEN = st.sampled_from([FORUM, REVIEWS, replace(PAPER, channel="tiktok"), replace(PAPER, own=True)])
ANY = st.one_of(OPEN, st.just(PAPER))


def askings(source, state, start, hours, zone, tick=TICK):
    """When a source that answers is asked, by a service that ticks."""
    now, end, found = start, start + timedelta(hours=hours), []
    while now < end:
        left = wait_s(source, state, now, zone)
        if left == 0:
            found.append(now)
            state = replace(state, last_run_at=now)
        now += max(tick, timedelta(seconds=min(left, 300.0)))
    return found


@given(OPEN, STATES, MOMENTS, ZONES)
def test_where_pupils_can_write_no_hour_of_the_day_passes_without_an_asking(source, state, start, zone):
    day = start.astimezone(zone).date()
    begins = datetime.combine(day, time(6), zone).astimezone(UTC)
    ends = datetime.combine(day, time(23), zone).astimezone(UTC)
    state = replace(state, last_run_at=begins - timedelta(minutes=30))
    found = askings(source, state, begins, 18, zone)
    seen = [begins - timedelta(minutes=30), *(t for t in found if t < ends), ends]
    gaps = [b - a for a, b in pairwise(seen)]
    assert max(gaps) <= timedelta(hours=1)
    if source.own:
        assert max(gaps) <= timedelta(minutes=35)


@given(ANY, STATES, MOMENTS, ZONES, st.floats(300, 31 * DAY_S))
def test_a_persons_interval_is_never_undercut_by_what_is_promised(source, state, now, zone, interval):
    source = replace(source, interval_s=interval)
    assert wait_s(source, replace(state, last_run_at=now), now, zone) == interval


@given(
    ANY,
    st.sampled_from(list(Outcome)),
    st.integers(0, 100),
    st.none() | st.floats(-DAY_S, 40 * DAY_S),
    st.floats(0, 1),
    MOMENTS,
)
def test_no_wait_is_longer_than_a_day_of_what_is_gone_a_week(source, outcome, failures, held_s, jitter, now):
    held = None if held_s is None else now + timedelta(seconds=held_s)
    state = SourceState(
        "s", last_run_at=now, last_outcome=outcome, failures_in_a_row=failures, not_before=held
    )
    most = WEEK_S if outcome is Outcome.GONE else DAY_S
    assert 0 <= wait_s(source, state, now, jitter_01=jitter) <= most


def test_sources_of_one_interval_do_not_all_come_together():
    states = [(replace(PAPER, id=f"s{n}"), asked(0)) for n in range(50)]
    waits = {wait_s(source, state, TUESDAY) for source, state in states}
    assert len(waits) > 40
    assert all(0.9 * 900 < one <= 900 for one in waits)


def test_what_is_due_is_asked_once_places_where_pupils_can_write_first():
    states = {"paper": asked(30 * DAY_S)}
    assert due_sources([PAPER], states, TUESDAY) == [PAPER]
    states = {"paper": replace(states["paper"], last_run_at=TUESDAY)}
    assert due_sources([PAPER], states, TUESDAY + TICK) == []
    assert due_sources([PAPER, FORUM, REVIEWS], {}, TUESDAY) == [FORUM, REVIEWS, PAPER]


@for_each("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_at_a_change_of_clocks_the_day_begins_and_ends_by_the_schools_clock(day):
    six = datetime.combine(day, time(6), LONDON).astimezone(UTC)
    state = SourceState("s", last_run_at=six - timedelta(minutes=56), last_outcome=Outcome.OK)
    assert not due(FORUM, state, six - timedelta(seconds=1))
    assert due(FORUM, state, six)


def test_after_faults_of_ours_a_source_is_due_after_1_5_and_15_minutes_then_at_its_pace_or_hourly():
    slow = replace(PAPER, interval_s=7 * HOUR)
    waits = [
        wait(slow, asked(0, last_outcome=Outcome.OUR_FAULT, our_faults=n, failures_in_a_row=n))
        for n in range(1, 6)
    ]
    assert waits == [60, 300, 900, 7 * HOUR, 7 * HOUR]
    quiet = asked(
        0, NIGHT, last_outcome=Outcome.OUR_FAULT, our_faults=9, last_new_at=NIGHT - timedelta(days=90)
    )
    assert wait(PAPER, quiet, NIGHT) <= HOUR
