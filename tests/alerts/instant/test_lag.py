"""How far behind we may be, said without naming a place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.wording.lag import UNKNOWN, Lag, Why, lag_of, sentence, worst_of
from data.words.say import words

NOW = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
EN = words("en")


def test_a_place_read_at_its_pace_lags_by_its_pace() -> None:
    assert lag_of(900.0, NOW - timedelta(minutes=16), NOW, search=False) == Lag(Why.EVERY, 900.0)


def test_a_place_that_was_out_of_sight_lags_since_it_was_last_read() -> None:
    assert lag_of(900.0, NOW - timedelta(hours=5), NOW, search=False) == Lag(Why.SINCE, 5 * 3600.0)


def test_of_a_place_never_read_before_nothing_is_known() -> None:
    assert lag_of(900.0, None, NOW, search=False) is UNKNOWN


def test_a_search_lags_by_more_than_its_pace() -> None:
    assert lag_of(900.0, NOW - timedelta(minutes=16), NOW, search=True) == Lag(Why.SEARCH)


def test_of_several_places_the_slowest_is_said_and_a_search_before_all() -> None:
    assert worst_of([(900.0, False), (7200.0, False)]) == Lag(Why.EVERY, 7200.0)
    assert worst_of([(900.0, True), (7200.0, False)]) == Lag(Why.SEARCH)
    assert worst_of([]) is UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(20, "1 minute,"), (900, "15 minutes"), (3600, "60 minutes"), (7200, "2 hours"), (86400, "24 hours"),
     (172800, "2 days")],
)  # fmt: skip
def test_it_is_said_in_a_unit_that_fits(seconds: float, says: str) -> None:
    assert f"every {says}" in sentence(Lag(Why.EVERY, seconds), EN)


@pytest.mark.parametrize("why", Why)
def test_each_has_a_sentence(why: Why) -> None:
    timed = 5400.0 if why in (Why.EVERY, Why.SINCE) else None
    assert sentence(Lag(why, timed), words("en")).endswith(".")
