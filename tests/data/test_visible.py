"""What cannot be seen in what strangers write is marked, and what only looks so is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.web.visible import MARK, host_in_full, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟦U+202E⟧b"),
        ("pay\u200bpal", "pay⟦U+200B⟧pal"),
        ("\u202e\u2066" * 5000, "⟦U+202E ×10000⟧"),
        ("a\u200db", "a⟦U+200D⟧b"),
        ("\x00\x1b[2J", "⟦U+0000 ×2⟧[2J"),
        ("e" + "\u0301" * 90, "e" + "\u0301" * 4 + "⟦U+0301 ×86⟧"),
        ("\ufeffstart", "⟦U+FEFF⟧start"),
        ("tag\U000e0041\U000e0042", "tag⟦U+E0041 ×2⟧"),
        ("\u3164", "⟦U+3164⟧"),
        ("\ud800", "⟦U+D800⟧"),
        ("one\r\ntwo\u2028three\x85four", "one\ntwo\nthree\nfour"),
    ],
)
def test_what_cannot_be_seen_is_marked(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Plain words,\n\ton two lines – “quoted”.",
        "👩‍👩‍👧 and 👍🏽 and ❤️",
        "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "می‌خواهم",
        "שלום عليكم",
        "dôl, e\u0301te\u0301",
    ],
)
def test_what_people_write_every_day_stays_as_it_is(text):
    assert visible(text) == text


@given(st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Lu", "Mn", "Cs"])))
def test_nothing_that_steers_is_left(text):
    left = [c for c in visible(text) if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF")]
    left += [c for c in visible(text) if unicodedata.bidirectional(c) in ("RLI", "LRI", "FSI", "PDI")]
    assert left == []
    visible(text).encode()


@given(st.text())
def test_it_never_grows_without_bound(text):
    assert len(visible(text)) <= 16 * len(text)
    assert visible(text).count(MARK) <= len(text)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("forum.example.org", "forum.example.org"),
        ("ysgol-dôl.example", "ysgol-dôl.example (xn--ysgol-dl-b4a.example)"),
        ("xn--ysgol-dl-b4a.example", "ysgol-dôl.example (xn--ysgol-dl-b4a.example)"),
        ("аррӏе.example", "аррӏе.example (xn--80ak6aa92e.example)"),
        ("a" * 64 + ".example", "a" * 64 + ".example"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_a_host_of_other_letters_bears_how_it_is_looked_up(host, shown):
    assert host_in_full(host) == shown
