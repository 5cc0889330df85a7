from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.text.undisguise import undisguise


@for_each(
    ("written", "meant"),
    [
        ("k1ll", "kill"),
        ("f.u.c.k", "fuck"),
        ("k i l l", "kill"),
        ("p*do", "pedo"),
        ("sh00t", "shoot"),
        ("m0nd4y", "monday"),
        ("kys", "kill yourself"),
        ("unalive", "kill"),
        ("Wеst", "west"),  # the e is Cyrillic
        ("KILL", "kill"),
        ("k\u200bi\u00adll", "kill"),
        ("kíl\u0323l", "kill"),
        ("ki\u3164ll", "kill"),
        ("kıll", "kill"),
        ("K I L L  Y O U R S E L F", "kill yourself"),
        ("K I L L Y O U R S E L F", "kill yourself"),
        ("´kill´ “him”", "'kill' \"him\""),
        ("kill\t  him", "kill him"),
        ("s|t|a|b him", "stab him"),
        ("i will s🌸tab him", "i will stab him"),
        ("i\u200bwill\u200bkill\u200bhim\u200bat\u200bten", "i will kill him at ten"),
        ("s,t,a,b him", "stab him"),
        ("s~t~a~b him", "stab him"),
        ("a b o m b in here", "a bomb in here"),
        ("ᴋɪʟʟ ʜɪᴍ", "kill him"),
        ("ŧhɛ bomb", "the bomb"),
        ("τoηιghτ", "tonight"),
        ("i'll-kill-him-at-the-gates", "i'll kill him at the gates"),
        ("i'll_kill_him_at_the_gates", "i'll kill him at the gates"),
        ("#i #will #kill #him", "i will kill him"),
        ("i 🌸 will 🌸 kill 🌸 him", "i will kill him"),
        ("i👏will👏kill👏him", "i will kill him"),
    ],
)
def test_a_disguised_word_is_read_as_meant(written: str, meant: str) -> None:
    assert undisguise(written).text == meant


@pytest.mark.parametrize(
    "plain",
    [
        "#oakfield",
        "#drunk #trash #trashed #wasted",
        "lovely 🌸 day",
        "kill 🔪 him",
        "a well-run up-to-date school",
        "goodbye",
        "aaa",
        "www.oakfield-school-news-and-events-page.example.org",
        "y9",
        "7b",
        "3.20pm",
        "£50",
        "ks2",
        "1st",
        "10am",
        "m62",
        "@oakfield1",
        "2026",
        "u14s",
    ],
)
def test_class_names_times_and_prices_stay(plain: str) -> None:
    assert undisguise(plain).text == plain


def test_emoji_and_lines_stay() -> None:
    assert undisguise("❄️ one\ntwo 🔪").text == "❄ one\ntwo 🔪"


@pytest.mark.parametrize("piece", ["f*", "k1", "k i ", "a.b", "í", "\u200b", "!", "*"])
def test_a_long_text_of_disguise_is_read_quickly(piece: str) -> None:
    began = time.process_time()
    undisguise(piece * (50_000 // len(piece)))
    assert time.process_time() - began < 0.2


def test_what_was_hidden_is_named() -> None:
    assert undisguise("i will k1ll u").disguised == ("kill",)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(undisguise(text).text, str)


@given(st.from_regex(r"[a-z]{2,9}( [a-z]{2,9}){0,8}", fullmatch=True))
def test_plain_words_are_left_alone_but_for_slang(text: str) -> None:
    slang = ("unalive", "unalived", "unaliving", "kys", "sewerslide", "suislide", "seggs", "secks")
    if not set(text.split()) & set(slang):
        assert undisguise(text).text == text
