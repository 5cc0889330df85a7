"""What cannot be printed is named; what can be is left as it is."""

from __future__ import annotations

from io import BytesIO
from unicodedata import category

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.layout.printable import _PRINTED, names_any, printable
from alerts.pack.pdf import PackDocument, Picture, Quote, Rows, _share, render


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
        ("a\tb\r\nc", "a b\nc"),
        ("\U0001d421\U0001d41e\U0001d425\U0001d429 \uff4d\uff45 \U0001d7d7 ﬁre", "help me 9 fire"),
        ("ok 👍🏽", "ok [thumbs up sign]"),
    ],
)
def test_letters_without_a_shape_are_named(text, shown):
    assert printable(text) == shown


def document(*blocks):
    return PackDocument(
        "en", "Title", "Title", "Sub", ("A line.",), "{page} of {pages}", "2026-11-20", blocks
    )


def test_everything_that_counts_as_printable_has_a_shape():
    letters = "".join(chr(c) for a, b in _PRINTED for c in range(a, b + 1) if category(chr(c)) != "Cn")
    assert render(document(Quote((letters,))), {}).startswith(b"%PDF")


@given(st.lists(st.text(max_size=120), min_size=1, max_size=4))
def test_whatever_was_posted_can_be_printed(lines):
    rows = Rows("", ("a", "b"), ((lines[0], "x"),), (1, 1), (0,))
    assert render(document(Quote(tuple(lines)), rows), {}).startswith(b"%PDF")


def test_what_is_no_picture_is_left_out():
    assert render(document(Picture("ab", "alt")), {"ab": b"GIF89a"}).startswith(b"%PDF")


def test_a_word_too_wide_for_a_line_is_broken_and_a_hash_is_not():
    pdf = render(document(Quote(("W" * 69, "0123456789abcdef" * 4))), {})
    said = pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "W" * 69 not in said
    assert "W" * 69 in said.replace("\n", "")
    assert "0123456789abcdef" * 4 in said


def test_a_long_address_that_fits_on_a_line_is_copied_as_it_is_written():
    address = "the.office.of.the.safeguarding.team@oakfieldprimaryschool.example.org"
    rows = Rows("", ("a", "b"), (("It is", address),), (1, 5))
    said = pypdf.PdfReader(BytesIO(render(document(Quote((f"From: {address}",)), rows), {})))
    assert said.pages[0].extract_text().count(address) == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [("a\r\nb\tc\u00a0d\u3000e", False), ("cafe\u0301", False), ("ha 😀", True), ("ﬁre", True)],
)
def test_other_blanks_than_ours_are_not_said_to_be_named(text, named):
    assert names_any(text) is named


@pytest.mark.parametrize(
    ("size", "share"), [((1200, 300), 1), ((600, 300), 0.5), ((100, 50), 0.3), ((800, 8000), 0.131)]
)
def test_a_picture_stands_whole_on_one_page(size, share):
    assert round(_share(*size), 3) == share
