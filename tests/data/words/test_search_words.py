"""Words as somebody looks for them, and the bits by which a text is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.store.verdicts.search import COLUMNS, bits_asked, bits_of, searched

POST = ("Parking again", "Nobody rang back about it. Café Zoë, Larch Road!", "Is it Tuesday?", "Tamsin P.")


def may_hold(asked: str, fields) -> bool:
    held = dict(zip(COLUMNS, bits_of(fields), strict=True))
    return all(held[column] & bits == bits for column, bits in bits_asked(searched(asked)).items())


@pytest.mark.parametrize(
    "asked",
    [
        "parking",
        "PARK",
        "cafe zoe",
        "café",
        "road larch",
        '"larch road"',
        "larch-road",
        "tamsin tuesday",
        "“rang back”",
        "it nobody",
    ],
)
def test_a_post_is_found_by_its_words_wherever_they_stand_in_it(asked):
    assert searched(asked).found_in(POST)
    assert may_hold(asked, POST)


@pytest.mark.parametrize(
    "asked", ["arking", "parking gate", '"road larch"', '"park"', "larch-ro-ad", '"again nobody"', "parkings"]
)
def test_a_post_is_not_found_by_what_does_not_stand_in_it_so(asked):
    assert not searched(asked).found_in(POST)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("St Mary's", "at st marys again"),
        ("marys", "St Mary’s"),
        ("mary", "St Mary's"),
        ("dont", "I don't"),
        ("o'brien", "Mrs O’Brien"),
        ("brien", "Mrs O'Brien"),
        ("o'r ysgol", "o’r Ysgol"),
        ("bully", "𝐁𝐔𝐋𝐋𝐘"),
        ("parking", "par\u00adking"),
        ("strasse", "Straße"),
    ],
)
def test_a_word_is_found_however_it_is_written(asked, said):
    assert searched(asked).found_in([said])
    assert may_hold(asked, [said])


@pytest.mark.parametrize("asked", ["", "   ", "it", "a b", '""', "!!!", '"it is"'])
def test_too_little_is_refused_without_repeating_it(asked):
    with pytest.raises(InputError, match="at least one word of 3 letters") as refused:
        searched(asked)
    assert asked.strip() not in str(refused.value) or len(asked.strip()) < 3


@given(st.lists(st.text(min_size=1, max_size=12), max_size=4), st.text(max_size=30))
def test_the_bits_never_hide_a_post_that_holds_the_words(fields, asked):
    try:
        wanted = searched(asked)
    except InputError:
        return
    for whole in (fields, [*fields, asked]):
        if wanted.found_in(whole):
            assert may_hold(asked, whole)


@given(st.text(alphabet="abcdeéß ", min_size=3, max_size=40), st.integers(0, 30), st.integers(3, 8))
def test_any_beginning_of_any_word_finds_it(text, start, length):
    words = [w for w in text.split() if len(w) >= 3]
    if words:
        word = words[start % len(words)]
        assert searched(word[:length]).found_in([text])
        assert may_hold(word[:length], [text])


def test_hardly_any_other_post_has_all_the_bits():
    others = [f"word{n} gate{n * 7} school{n * 13} again{n * 31} larch{n % 9}" for n in range(2000)]
    assert sum(may_hold("uniform prices", [other]) for other in others) < 20
