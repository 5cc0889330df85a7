"""Letters that are the same to a reader are read as one."""

import unicodedata

from builders.letters import CAPITALS, WAYS
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within

from data.letters import plain_address, plain_letters

ALPHABETS = (
    "abcdéłßøğệŵŷ“”‘’–—…½²™€ \n.,!?",
    "Абвгдеж о не", "अआ", "あ漢字、", "عربي", "😀🏫👍🏽",
)  # fmt: skip
PLAIN = st.text(st.characters(codec="latin-1", exclude_characters="\xa0\xad\xb4"), max_size=80) | st.one_of(
    *(st.text(letters, max_size=40) for letters in ALPHABETS)
)
SENTENCE = "Ada saw the first staff-room of St Anne's at Oakfield"


@for_each("way", [*WAYS])
def test_a_text_in_other_letters_reads_as_in_plain_ones(way: str) -> None:
    assert plain_letters(WAYS[way](SENTENCE)) == SENTENCE


@for_each("way", [*CAPITALS])
def test_letters_that_have_but_one_case_read_as_those_of_the_alphabet(way: str) -> None:
    assert plain_letters(CAPITALS[way](SENTENCE)).lower() == SENTENCE.lower()


@for_each(
    ("written", "plain"),
    [
        ("ŉever a ſtep, Ⅷ of ĳ", "'never a step, VIII of ij"),
        ("ｈｅａｄ＠ｅｘａｍｐｌｅ．ｏｒｇ", "head@example.org"),
        ("ᵗʰᵉ ˢᶜʰᵒᵒˡ", "the school"), ("❝quiet❞ ＂now＂", '"quiet" "now"'), ("it´s, it′s", "it's, it's"),
        ("i\u200bwill\u200bcome\u200bhome\u200bat\u200bten", "i will come home at ten"),
        ("Oak\u200bfield", "Oakfield"), ("أح\ufee3\ufeaa", "أحمد"), ("Ｙ９ ７ｂ", "Y9 7b"),
    ],
)  # fmt: skip
def test_what_looks_the_same_is_written_plainly(written: str, plain: str) -> None:
    assert plain_letters(written) == plain


@for_each(
    ("written", "address"),
    [
        ("ｏａｋｆｉｅｌｄ．example.org", "oakfield.example.org"),
        ("\u200bhttps://oak\u00adfield.example.org/\ufeff", "https://oakfield.example.org/"),
        ("head＠ex\u200dample.org", "head@example.org"),
    ],
)
def test_an_address_is_written_plainly_where_it_leads_to_the_same_place(written: str, address: str) -> None:
    assert plain_address(written) == address


@for_each("address", ["https://оakfield.example.org/", "https://ɢoogle.example.org/", "🅾akfield.example.org"])
def test_an_address_of_letters_that_only_look_alike_leads_elsewhere_and_stays(address: str) -> None:
    assert plain_address(address) == address
    assert plain_letters(address) != address


@for_each(
    "text",
    [
        "“quoted” – it’s … 2½ m² ™ naïve", "Привет, школа", "Αθήνα", "می\u200cخواهم", "漢字、カナ",
        "👍🏽 🏫 🇬🇧", "ệ Łódź Ŵyn ap Gŵyr",
    ],
)  # fmt: skip
def test_letters_that_a_reader_tells_apart_stay(text: str) -> None:
    assert plain_letters(text) == text


@given(PLAIN)
def test_nothing_of_a_plain_text_changes(text: str) -> None:
    assert plain_letters(unicodedata.normalize("NFC", text)) == unicodedata.normalize("NFC", text)


@given(st.text(max_size=120))
def test_a_text_that_was_made_plain_stays_as_it_is(text: str) -> None:
    assert plain_letters(plain_letters(text)) == plain_letters(text)


@given(
    st.text(st.characters(codec="ascii"), max_size=80), st.sampled_from(["full-width", "mathematical bold"])
)
def test_any_plain_text_survives_being_written_in_other_letters(text: str, way: str) -> None:
    assert plain_letters(WAYS[way](text)) == text


@for_each("piece", ["a\u200b", "oо", "о", "\u00ad", "ﬁ ", "𝐚", "\u200d", "aА", "´"])
def test_a_long_text_is_made_plain_quickly(piece: str) -> None:
    with within(0.3):
        plain_letters(piece * (100_000 // len(piece)))
