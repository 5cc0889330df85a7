"""When a source is due, what its answer amounts to, when its silence is news."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Block, BlockKind, Mention, MentionKind, Outcome, Page, Source, SourceState
from sources.plan import (
    Trouble,
    Unseen,
    detail_of,
    due,
    in_school_hours,
    not_before,
    outcome_of,
    unseen,
    wait_s,
)

TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
SOURCE = Source("paper", "feed", "https://paper.example.org/feed.xml")
NEW = SourceState("paper")
HOUR = 3600.0
MENTION = Mention("1" * 16, "https://paper.example.org/1", "news", MentionKind.ARTICLE, "t", "x", TUESDAY)


def asked(ago_s, **state):
    return SourceState("paper", last_run_at=TUESDAY - timedelta(seconds=ago_s), **state)


def test_a_source_never_asked_is_due():
    assert due(SOURCE, NEW, TUESDAY, HOUR)


def test_a_source_is_due_once_its_interval_has_passed():
    assert wait_s(SOURCE, asked(3000), TUESDAY, HOUR) == 600
    assert not due(SOURCE, asked(3599), TUESDAY, HOUR)
    assert due(SOURCE, asked(3600), TUESDAY, HOUR)


def test_its_own_interval_comes_before_the_default():
    own = Source("paper", "feed", SOURCE.url, interval_s=60)
    assert due(own, asked(60), TUESDAY, HOUR)


def test_outside_school_hours_the_default_counts_double_and_a_set_one_does_not():
    state = SourceState("paper", last_run_at=NIGHT - timedelta(hours=1))
    own = Source("paper", "feed", SOURCE.url, interval_s=HOUR)
    assert wait_s(SOURCE, state, NIGHT, HOUR) == HOUR
    assert due(own, state, NIGHT, HOUR)


@pytest.mark.parametrize(
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


def test_what_the_site_asked_for_outlasts_the_interval():
    assert wait_s(SOURCE, asked(HOUR, not_before=TUESDAY + timedelta(hours=3)), TUESDAY, HOUR) == 3 * HOUR


def test_a_source_that_is_off_is_never_due():
    off = Source("paper", "feed", SOURCE.url, disabled="The site's terms forbid it.")
    assert not due(off, NEW, TUESDAY, HOUR)


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.NOT_MODIFIED, Outcome.EMPTY, Outcome.DISABLED])
def test_after_a_good_run_only_the_interval_counts(outcome):
    assert not_before(outcome, NEW, TUESDAY) is None


def test_failures_in_a_row_double_the_wait_up_to_a_day():
    def wait(failures):
        state = SourceState("paper", failures_in_a_row=failures)
        return (not_before(Outcome.BLOCKED, state, TUESDAY) - TUESDAY).total_seconds()

    assert [wait(n) for n in range(6)] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR]
    assert wait(10_000) == 24 * HOUR


def test_retry_after_is_kept_where_it_is_longer():
    assert not_before(Outcome.BLOCKED, NEW, TUESDAY, retry_after_s=9000) == TUESDAY + timedelta(seconds=9000)
    assert not_before(Outcome.BLOCKED, NEW, TUESDAY, retry_after_s=1) == TUESDAY + timedelta(hours=1)


@given(st.sampled_from(list(Outcome)), st.integers(0, 100), st.floats(0, 1))
def test_every_wait_lies_between_now_and_a_day_from_now(outcome, failures, jitter):
    until = not_before(outcome, SourceState("s", failures_in_a_row=failures), TUESDAY, jitter_01=jitter)
    assert until is None or TUESDAY < until <= TUESDAY + timedelta(days=1)


def blocked(kind):
    return Page(block=Block(kind, "why"))


@pytest.mark.parametrize(
    ("page", "usual", "outcome"),
    [
        (Page((MENTION,)), None, Outcome.OK),
        (Page((MENTION,), warnings=("one date was odd",)), 5, Outcome.OK),
        (Page(), None, Outcome.EMPTY),
        (Page(), 0.0, Outcome.EMPTY),
        (Page(), 6.0, Outcome.SUSPICIOUS),
        (Page(warnings=("It breaks off.",)), 6.0, Outcome.MALFORMED),
        (blocked(BlockKind.CHALLENGE), 6.0, Outcome.BLOCKED),
        (blocked(BlockKind.REMOVED), 6.0, Outcome.GONE),
        (blocked(BlockKind.SOFT_404), None, Outcome.GONE),
    ],
)
def test_a_page_amounts_to_what_it_holds_and_what_it_usually_held(page, usual, outcome):
    assert outcome_of(page, SourceState("paper", usual_mentions=usual)) is outcome


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page((MENTION,)), ""),
        (Page(), "It holds nothing; usually there are 6 posts."),
        (Page(warnings=("It breaks off.",)), "It breaks off."),
        (blocked(BlockKind.CONSENT), "why"),
    ],
)
def test_the_outcome_comes_with_a_sentence(page, said):
    assert detail_of(page, SourceState("paper", usual_mentions=6.0)) == said


def test_a_silence_longer_than_ever_is_news():
    state = SourceState("paper", last_new_at=TUESDAY - timedelta(days=4), longest_gap_s=2 * 86400)
    assert unseen(state, TUESDAY) == Unseen(Trouble.SILENT, state.last_new_at, 2 * 86400)


def test_an_ordinary_silence_is_none():
    state = SourceState("paper", last_new_at=TUESDAY - timedelta(days=2), longest_gap_s=2 * 86400)
    assert unseen(state, TUESDAY) is None
    assert unseen(NEW, TUESDAY) is None


def test_a_source_that_keeps_failing_is_news_after_its_longest_gap():
    state = SourceState("paper", last_ok_at=TUESDAY - timedelta(days=3), failures_in_a_row=3)
    assert unseen(state, TUESDAY) == Unseen(Trouble.FAILING, state.last_ok_at, 2 * 86400)
    once = SourceState("paper", last_ok_at=TUESDAY - timedelta(days=3), failures_in_a_row=1)
    assert unseen(once, TUESDAY) is None
