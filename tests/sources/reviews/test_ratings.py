"""Every score brought to one scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reviews.ratings import bare_score, count_of, number, on_five, shown_rating, unstated_best


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


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        ("1,234", 1234),
        ("1.234.567", 1_234_567),
        ("12 345 reviews", 12345),
        ("11.0", 11),
        ("1,5", 1),
        ("3 mums", 3),
        (7, 7),
        ("1.2k", None),
        ("2 k", None),
        ("none", None),
        ("", None),
        (-1, None),
        (True, None),
        (4.5, None),
        ("9" * 400, None),
        (10**400, None),
    ],
)
def test_a_count_is_a_whole_number_or_unknown(shown: object, count: int | None) -> None:
    assert count_of(shown) == count


@pytest.mark.parametrize("text", ["9" * 400, f"4/{'9' * 400}", f"4 out of {'9' * 400}", f"{'9' * 400}%"])
def test_no_number_is_too_long(text: str) -> None:
    assert shown_rating(text) is None


def test_a_number_that_no_score_reaches_is_none() -> None:
    assert number("9" * 400) is None
    assert number("4,5 of them") == 4.5


def test_one_scale_holds_all_scores_of_a_page() -> None:
    assert unstated_best([3, 9]) == 10
    assert unstated_best([3, 4.5]) == 5
    assert unstated_best([88, 3]) == 100
    assert unstated_best([]) is None
    assert unstated_best([101]) is None


def test_a_score_with_its_scale_is_not_bare() -> None:
    assert [bare_score(t) for t in ("9", "3.5 stars", "9/10", "80%", "★★★☆☆")] == [9, 3.5, None, None, None]


NUMBERS = st.none() | st.floats(-1e6, 1e6)


@given(st.floats(-1e6, 1e6), NUMBERS, NUMBERS)
def test_a_rating_is_in_one_to_five_or_missing(value: float, best: float | None, worst: float | None) -> None:
    rating = on_five(value, best, worst)
    assert rating is None or 1 <= rating <= 5


@given(st.text(st.sampled_from("0123456789/.,% outofwidth:★☆-"), max_size=20))
def test_no_shown_score_makes_it_raise(text: str) -> None:
    rating = shown_rating(text)
    assert rating is None or 1 <= rating <= 5
