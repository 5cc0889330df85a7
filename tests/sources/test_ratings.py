"""Every score brought to one scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reviews.ratings import on_five, shown_rating


@pytest.mark.parametrize(
    ("value", "best", "worst", "rating"),
    [
        (5, None, None, 5.0),
        (3.5, 5, 1, 3.5),
        (1, 5, 1, 1.0),
        (10, 10, 1, 5.0),
        (7, 10, 1, 3.67),
        (7, None, None, 3.67),
        (80, None, None, 4.19),
        (0, 10, 0, 1.0),
        (0, 5, None, 1.0),
        (6, 5, 1, None),
        (101, None, None, None),
        (3, 1, 5, None),
        (-1, 5, 0, None),
    ],
)
def test_a_score_is_normalised_or_refused(
    value: float, best: float | None, worst: float | None, rating: float | None
) -> None:
    assert on_five(value, best, worst) == rating


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4 out of 5", 4.0),
        ("Rated 8/10", 4.11),
        ("4,5 / 5", 4.5),
        ("width: 80%", 4.0),
        ("width:0%", 1.0),
        ("★★★★☆", 4.0),
        ("⭐⭐⭐", 3.0),
        ("☆☆☆☆☆", None),
        ("3.5 stars", 3.5),
        ("none given", None),
        ("7/5", None),
    ],
)
def test_what_a_page_shows_is_understood(text: str, rating: float | None) -> None:
    assert shown_rating(text) == rating


NUMBERS = st.none() | st.floats(-1e6, 1e6)


@given(st.floats(-1e6, 1e6), NUMBERS, NUMBERS)
def test_a_rating_is_in_one_to_five_or_missing(value: float, best: float | None, worst: float | None) -> None:
    rating = on_five(value, best, worst)
    assert rating is None or 1 <= rating <= 5


@given(st.text(st.sampled_from("0123456789/.,% outofwidth:★☆-"), max_size=20))
def test_no_shown_score_makes_it_raise(text: str) -> None:
    rating = shown_rating(text)
    assert rating is None or 1 <= rating <= 5
