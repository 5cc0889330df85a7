"""When a message is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from builders.mention import a_message
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.results import LONGEST_TRYING, Cause, Result, SendOutcome, may_be_mended, next_try

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
TRIES = st.integers(1, 10_000)
JITTER = st.floats(0, 1, exclude_max=True)


def waits(count, *, urgent=False):
    return [(next_try(n, NOW, NOW, 0.0, urgent=urgent) - NOW).total_seconds() for n in range(1, count + 1)]


def test_the_wait_doubles_from_a_minute_to_an_hour():
    assert waits(9) == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_what_must_be_acted_on_now_is_never_left_longer_than_five_minutes():
    assert waits(6, urgent=True) == [20, 40, 80, 160, 300, 300]


@given(TRIES, JITTER, st.booleans())
def test_no_wait_is_longer_than_its_limit_or_shorter_than_three_quarters_of_it(tries, jitter, urgent):
    plain = next_try(tries, NOW, NOW, 0.0, urgent=urgent) - NOW
    wait = next_try(tries, NOW, NOW, jitter, urgent=urgent) - NOW
    assert plain * 0.75 <= wait <= plain <= timedelta(minutes=5 if urgent else 60)


@given(TRIES, JITTER)
def test_after_three_days_nothing_is_tried_again(tries, jitter):
    last = NOW + LONGEST_TRYING
    assert next_try(tries, NOW, last - timedelta(seconds=1), jitter) is not None
    assert next_try(tries, NOW, last, jitter) is None


@given(TRIES, JITTER)
def test_what_must_be_acted_on_now_is_tried_without_an_end(tries, jitter):
    later = NOW + timedelta(days=30)
    again = next_try(tries, NOW, later, jitter, urgent=True)
    assert again is not None
    assert again - later <= timedelta(minutes=5)


REFUSED = Result(SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "550 5.1.1")


@pytest.mark.parametrize(
    ("kind", "result", "again"),
    [
        ("instant", REFUSED, False),
        ("digest", REFUSED, False),
        ("failure", REFUSED, True),
        ("failure", Result(SendOutcome.FAILED, Cause.NO_PERSON), False),
        ("failure", Result(SendOutcome.UNSURE, Cause.INTERRUPTED), False),
        ("digest", Result(SendOutcome.RETRY, Cause.BUSY), True),
    ],
)
def test_a_refusal_is_for_good_but_of_what_tells_of_a_failure(kind, result, again):
    assert may_be_mended(a_message(kind=kind), result) is again
