"""What the model reads: context on one line, words on the next, both normalised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.text.model_text import CONTEXT_END, MAX_TITLE_CHARS, model_text, normalise


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("it\\u2019s shut", "it’s shut"),
        ("well \\ud83d\\ude00 done", "well grinning face done"),
        ("Tom &amp; Ann &lt;3", "Tom & Ann <3"),
        ("one<br/>two <b>three</b>", "one two three"),
        ("one &#" + "9" * 5_000 + "; two", "one two"),
        ("see https://example.org/a?b=c now", "see http now"),
        ("thanks @AshgroveHead and a@example.org", "thanks @user and a@example.org"),
        ("great 👏🏽 day", "great clapping hands sign day"),
        ("love ❤️ it", "love heavy black heart it"),
        ("in\u200bvis\u00adible", "invisible"),
        ("ｆｕｌｌ　width", "full width"),
        ("soooooo good!!!!!!", "sooo good!!!"),
        ("call 0000000", "call 0000000"),
        ("  a \n\t b  ", "a b"),
    ],
)
def test_normalise_undoes_what_the_vocabulary_cannot_read(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


def test_context_tells_family_stars_and_title() -> None:
    text = model_text("google_review", "Ashgrove Primary", "Kind staff.", 5)
    assert text == "review | 5 of 5 stars | Ashgrove Primary\nKind staff."


def test_an_unknown_channel_without_title_or_stars_is_a_post() -> None:
    assert model_text("somewhere_new", "", "Kind staff.", None) == "post\nKind staff."


def test_a_title_that_begins_the_words_is_not_said_twice() -> None:
    assert model_text("x", "Kind staff", "Kind staff at Ashgrove.", None) == "social\nKind staff at Ashgrove."


def test_what_a_reply_answers_is_context() -> None:
    text = model_text("x", "", "Same here.", None, quoted="He grabbed my son in the corridor.")
    assert text == "social | re: He grabbed my son in the corridor.\nSame here."


def test_without_words_the_title_is_the_words() -> None:
    assert model_text("google_news", "Fire at Ashgrove Primary", "", None) == "news\nFire at Ashgrove Primary"


def test_a_title_keeps_its_handle_since_it_tells_who_speaks() -> None:
    assert model_text("x", "@anon_881", "Hm.", None) == "social | @anon_881\nHm."


@given(st.text())
def test_normalising_leaves_one_line(raw: str) -> None:
    assert normalise(raw) == " ".join(normalise(raw).split())


@given(st.text(), st.text(), st.text(), st.none() | st.floats(1, 5))
def test_a_model_text_is_one_line_of_context_and_one_of_words(
    channel: str, title: str, text: str, rating: float | None
) -> None:
    made = model_text(channel, title, text, rating)
    assert made.count(CONTEXT_END) == 1
    assert len(made.partition(CONTEXT_END)[0]) <= MAX_TITLE_CHARS + 40
