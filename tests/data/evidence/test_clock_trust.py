"""Which clock may delete, as a table of what it said at each look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.mention import NOW
from hypothesis import given
from hypothesis import strategies as st

from data.effects import Uptime
from data.store.service.clock import LEAP, STOOD, Trust, looked, set_right

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = Trust(NOW, NOW)


def through(*moments, trust=START):
    """Whether each of these looks is believed, hours from the start."""
    said = []
    for hours in moments:
        trust = looked(trust, NOW + hours * HOUR)
        said.append(trust.until is None)
    return said


LOOKS = {
    "as time goes": ([1, 2, 25, 49], [True, True, True, True]),
    "40 days ahead for a moment and back": ([960, 0.01], [False, True]),
    "40 days ahead for half a day and back": ([960, 966, 972, 13], [False, False, False, True]),
    "after three weeks off, within a day": ([504, 510, 526, 527], [False, False, False, True]),
    "off over a weekend, scanned once a day": ([72, 96, 120], [False, True, True]),
    "scanned once a week": ([168, 336, 504, 672], [False, True, False, True]),
    "a month behind for a moment": ([-720, 0.1], [False, True]),
    "a month behind for good": ([-720, -710, -696], [False, False, True]),
    "ahead, and back by half": ([960, 480, 490, 504], [False, False, False, True]),
    "ahead by a day less a minute": ([23.9], [True]),
    "ahead by little more": ([24.1], [False]),
}


@pytest.mark.parametrize(("looks", "believed"), LOOKS.values(), ids=LOOKS.keys())
def test_a_clock_is_believed_within_a_day_of_what_is_known_or_once_it_has_stood_for_one(looks, believed):
    assert through(*looks) == believed


def test_with_nothing_known_nothing_speaks_against_it():
    assert looked(None, NOW).until is None


def test_of_a_home_that_kept_no_note_of_it_what_was_written_last_counts():
    assert looked(None, NOW + 40 * DAY, known=NOW).doubted == NOW + 40 * DAY
    assert looked(None, NOW + DAY, known=NOW).until is None


def test_what_was_written_by_a_clock_that_had_leapt_already_counts_for_nothing():
    leapt = NOW + 40 * DAY
    assert looked(START, leapt, known=leapt - timedelta(seconds=5)).doubted == leapt
    assert looked(START, NOW + 30 * HOUR, known=NOW + 8 * HOUR).until is None


def test_a_machine_that_ran_on_says_by_its_uptime_that_it_only_slept():
    before = Trust(NOW, NOW, None, Uptime("a", 100.0))
    assert looked(before, NOW + 21 * DAY, Uptime("a", 100.0 + 21 * 86400)).until is None
    assert looked(before, NOW + 21 * DAY, Uptime("b", 100.0 + 21 * 86400)).until is not None


def test_a_clock_that_leaps_twice_while_the_machine_runs_has_not_stood():
    leapt = looked(Trust(NOW, NOW, None, Uptime("a", 0.0)), NOW + 40 * DAY, Uptime("a", 10.0))
    again = looked(leapt, NOW + 80 * DAY, Uptime("a", 20.0))
    assert (again.doubted, again.believed) == (NOW + 80 * DAY, NOW)
    assert looked(again, NOW + 80 * DAY + STOOD, Uptime("a", 20.0 + 82800)).until is None


def test_a_clock_that_was_set_right_is_told_from_one_that_stood():
    leapt = looked(START, NOW + 40 * DAY)
    assert set_right(leapt, NOW + HOUR)
    assert not set_right(leapt, NOW + 41 * DAY)
    assert not set_right(START, NOW)


@given(st.lists(st.floats(-2000, 2000), max_size=12))
def test_no_look_further_from_the_last_believed_one_than_a_day_is_believed_at_once(hours):
    trust = START
    for moment in hours:
        before, trust = trust, looked(trust, NOW + moment * HOUR)
        if before.doubted is None and abs(NOW + moment * HOUR - before.believed) > LEAP:
            assert trust.doubted == NOW + moment * HOUR
