"""What cannot be printed is named; what can be is left as it is."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.pack.document import Document, Picture, Quote, Rows
from alerts.pack.letters import _PRINTED, printable
from alerts.pack.pdf import render


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("“naïve” — £5, ŵŷ\nnext", "“naïve” — £5, ŵŷ\nnext"),
        ("ha 😀👍", "ha [grinning face][thumbs up sign]"),
        ("see عربي here", "see [ARABIC ×4] here"),
        ("漢字", "[CJK ×2]"),
        ("a\u200db\u202ec", "abc"),
        ("e\u0301", "é"),
        ("a\u00a0b\u3000c", "a b c"),
    ],
)
def test_letters_without_a_shape_are_named(text, shown):
    assert printable(text) == shown


def document(*blocks):
    return Document("en", "Title", "Title", "Sub", ("A line.",), "{page} of {pages}", "2026-11-20", blocks)


def test_everything_that_counts_as_printable_has_a_shape():
    letters = "".join(chr(c) for a, b in _PRINTED for c in range(a, b + 1) if category(chr(c)) != "Cn")
    assert render(document(Quote((letters,))), {}).startswith(b"%PDF")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=4))
def test_whatever_was_posted_can_be_printed(lines):
    rows = Rows("", ("a", "b"), ((lines[0], "x"),), (1, 1), (0,))
    assert render(document(Quote(tuple(lines)), rows), {}).startswith(b"%PDF")


def test_what_is_no_picture_is_left_out():
    assert render(document(Picture("ab", "alt")), {"ab": b"GIF89a"}).startswith(b"%PDF")
