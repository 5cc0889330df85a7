"""Word pieces of a text are those of the library that the model was trained with: these ids are its own."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scoring.model_card import MODEL_DIR, TOKENIZER_FILE
from classifiers.scoring.word_pieces import WordPieces, words_of

BY_THE_LIBRARY = {
    "Don't bring the kids in tomorrow!!": [2123, 1005, 1056, 3288, 1996, 4268, 1999, 4826, 999, 999],
    "Mae'r ysgol ar gau: ŵyr pwy pam? ŷd": [
        11530, 1005, 1054, 1061, 28745, 4747, 12098, 11721, 2226, 1024, 1059, 12541, 1052, 18418, 14089, 1029,
        21076,
    ],
    "K1ll ur self_": [1047, 2487, 3363, 24471, 2969, 1035],
    "café naïve Ångström": [7668, 15743, 17076, 15687],
    "İstanbul ΣΊΣΥΦΟΣ groß": [9960, 1173, 18199, 29733, 29735, 29736, 29730, 29733, 24665, 2080, 19310],
    "學校 is 校": [100, 100, 2003, 100],
    "😀👍🏽 ok": [100, 7929],
    "a\u200bb\u00adc\ufffd\x00d": [5925, 2094],
    "tab\tline\nend\u2028x\u0085y": [21628, 2240, 2203, 1060, 2100],
    "price: £5,000 – “half”…": [3976, 1024, 27813, 1010, 2199, 1516, 1523, 2431, 1524, 1529],
    "supercalifragilistic": [3565, 9289, 10128, 29181, 24411, 4588],
}  # fmt: skip


@pytest.fixture(scope="module")
def word_pieces():
    return WordPieces(MODEL_DIR / TOKENIZER_FILE)


@pytest.mark.parametrize("text", BY_THE_LIBRARY)
def test_it_is_cut_into_the_pieces_that_the_library_gives(word_pieces, text):
    assert word_pieces.ids([text]) == [BY_THE_LIBRARY[text]]


def test_the_name_of_a_mark_that_somebody_wrote_is_that_mark(word_pieces):
    assert word_pieces.ids(["[SEP] [sep] [MASK]x"]) == [[102, 1031, 19802, 1033, 103, 1060]]


def test_a_word_of_more_than_a_hundred_letters_is_unknown(word_pieces):
    short, long = word_pieces.ids(["x" * 100, "x" * 101])
    assert len(short) == 50
    assert long == [100]
    assert all(len(word) <= 100 for word in word_pieces._known)


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_texts_are_cut_each_by_itself_and_the_second_time_as_the_first(word_pieces, texts):
    found = word_pieces.ids(texts)
    assert found == [word_pieces.ids([text])[0] for text in texts]
    assert all(0 <= piece < 30_522 for pieces in found for piece in pieces)


@given(st.text(max_size=60))
def test_what_is_in_a_word_is_small_and_has_no_blank(text):
    assert all(word and word == word.lower() and not any(map(str.isspace, word)) for word in words_of(text))


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("normalizer", None),
        ("normalizer", {"lowercase": False}),
        ("normalizer", {"strip_accents": False}),
        ("model", {"type": "BPE"}),
        ("model", {"continuing_subword_prefix": "@@"}),
        ("model", {"max_input_chars_per_word": 50}),
        ("added_tokens", None),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, part, other):
    held = json.loads((MODEL_DIR / TOKENIZER_FILE).read_bytes())
    held[part] = held[part] | other if other else []
    (tmp_path / "tokenizer.json").write_text(json.dumps(held), "utf-8")
    with pytest.raises(ValueError, match="no word pieces that are cut"):
        WordPieces(tmp_path / "tokenizer.json")
