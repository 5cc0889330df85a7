"""How often a host may be asked: arithmetic."""

from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.http.politeness import (
    CRAWL_DELAY_CAP_S,
    RETRY_AFTER_CAP_S,
    backoff_s,
    interval_s,
    retry_after_s,
    slot,
    user_agent,
)

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("0", 0),
        (" 120 ", 120),
        ("99999999999", RETRY_AFTER_CAP_S),
        ("Tue, 17 Nov 2026 09:10:00 GMT", 600),
        ("Tue, 17 Nov 2026 09:10:00 -0000", 600),
        ("Tuesday, 17-Nov-26 09:10:00 GMT", 600),
        ("Tue, 17 Nov 2026 08:00:00 GMT", 0),
        ("Fri, 17 Nov 2028 09:10:00 GMT", RETRY_AFTER_CAP_S),
        ("Tue, 17 Nov 2026 09:10:00 +99999999999999", None),
        ("Tue, 17 Nov 99999999 09:10:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=40))
def test_whatever_stands_there_retry_after_is_none_or_within_its_cap(value):
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_CAP_S


@given(st.integers(0, 4_000_000_000))
def test_every_http_date_is_read(seconds):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert retry_after_s(format_datetime(moment, usegmt=True), NOW) is not None


def test_a_crawl_delay_is_honoured_up_to_the_cap():
    assert interval_s(2, None) == 2
    assert interval_s(2, 1) == 2
    assert interval_s(2, 10) == 10
    assert interval_s(2, 86400) == CRAWL_DELAY_CAP_S


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0, 60))
def test_two_slots_are_never_closer_than_the_interval(gaps, every):
    now, free, starts = 0.0, 0.0, []
    for gap in gaps:
        now += gap
        start, free = slot(free, now, every)
        assert start >= now
        starts.append(start)
    assert all(later - earlier >= every - 1e-6 for earlier, later in pairwise(starts))


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_backoff_never_passes_its_cap_and_never_shrinks(failures, jitter):
    wait = backoff_s(failures, 60, 86400, jitter)
    assert 0.8 * 60 <= wait <= 86400
    assert backoff_s(failures + 1, 60, 86400, jitter) >= wait


def test_the_agent_names_the_tool_and_a_contact_in_plain_characters():
    assert (
        user_agent("0.1.0", "office@oakfield.example.sch.uk")
        == "Schoolgate/0.1.0 (+office@oakfield.example.sch.uk)"
    )
    assert user_agent("0.1.0", "Ysgol y Bont – tŷ\r\n") == "Schoolgate/0.1.0 (+Ysgol y Bont ? t???)"
