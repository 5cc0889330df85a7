"""What a pack prints: letters without a shape, letters that were kept, and pictures."""

import io
import random
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from unicodedata import category
from zoneinfo import ZoneInfo

import pypdf
import pytest
from builders.case_desk import PNG
from builders.letter import a_case, a_file
from builders.mention import NOW
from hypothesis import given
from hypothesis import strategies as st

from alerts.layout.pdf import _PRINTED, Paragraph, names_any, printable
from alerts.pack.compose import exhibit_blocks
from alerts.pack.facts import Exhibit, PackFacts, Recipient
from alerts.pack.letter_pages import letter_text
from alerts.pack.pdf import PackDocument, Picture, Quote, Rows, _share, _size, render
from data.cases import LETTER_SENT, EvidenceFile
from data.steps.codes import BypassRoute, Relationship
from data.types import About, Person, Role, School
from data.words.say import words


def test_letters_without_a_shape_are_named_and_other_blanks_are_not():
    for text, shown in [
        ("“naïve” — £5, ŵŷ\nnext", "“naïve” — £5, ŵŷ\nnext"), ("ha 😀👍", "ha [grinning face][thumbs up sign]"),
        ("see عربي here", "see [ARABIC ×4] here"), ("漢字", "[CJK ×2]"), ("a\u200db\u202ec", "abc"),
        ("e\u0301", "é"), ("a\u00a0b\u3000c", "a b c"), ("a\tb\r\nc", "a b\nc"),
        ("\U0001d421\U0001d41e\U0001d425\U0001d429 \uff4d\uff45 \U0001d7d7 ﬁre", "help me 9 fire"),
        ("ok 👍🏽", "ok [thumbs up sign]"),
    ]:  # fmt: skip
        assert printable(text) == shown
    for text, named in [
        ("a\r\nb\tc\u00a0d\u3000e", False), ("cafe\u0301", False), ("ha 😀", True), ("ﬁre", True),
    ]:  # fmt: skip
        assert names_any(text) is named


def document(*blocks):
    return PackDocument(
        "en", "Title", "Title", "Sub", ("A line.",), "{page} of {pages}", "2026-11-20", blocks
    )


def test_everything_printable_has_a_shape_and_a_word_file_its_paragraphs_and_tabs():
    letters = "".join(chr(c) for a, b in _PRINTED for c in range(a, b + 1) if category(chr(c)) != "Cn")
    assert render(document(Quote((letters,))), {}).startswith(b"%PDF")
    body = "<w:p><w:r><w:t>Dear</w:t><w:tab/><w:t>all</w:t></w:r></w:p>"
    body += "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>"
    assert said("letter.docx", word(body)) == "Dear\tall\na\nb"


@given(st.lists(st.text(max_size=120), min_size=1, max_size=4))
def test_whatever_was_posted_can_be_printed(lines):
    rows = Rows("", ("a", "b"), ((lines[0], "x"),), (1, 1), (0,))
    assert render(document(Quote(tuple(lines)), rows), {}).startswith(b"%PDF")


def test_a_word_too_wide_is_broken_but_no_hash_nor_an_address_that_fits_on_a_line():
    pdf = render(document(Quote(("W" * 69, "0123456789abcdef" * 4))), {})
    said = pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "W" * 69 not in said
    assert "W" * 69 in said.replace("\n", "")
    assert "0123456789abcdef" * 4 in said
    address = "the.office.of.the.safeguarding.team@oakfieldprimaryschool.example.org"
    rows = Rows("", ("a", "b"), (("It is", address),), (1, 5))
    said = pypdf.PdfReader(BytesIO(render(document(Quote((f"From: {address}",)), rows), {})))
    assert said.pages[0].extract_text().count(address) == 2


def test_a_picture_stands_whole_on_one_page_by_the_size_of_its_header():
    for size, share in [((1200, 300), 1), ((600, 300), 0.5), ((100, 50), 0.3), ((800, 8000), 0.131)]:
        assert round(_share(*size), 3) == share
    assert _size(JPEG) == (64, 32)
    assert [_size(content) for content in (b"", b"\xff\xd8", b"\xff\xd8\xff", b"GIF89a", JPEG[:9])] == [
        None
    ] * 5


# ------------------------- the words of a letter that was kept, whatever somebody put into its file

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x20\x00\x40\x03\xff\xd9"
"""The header of one that is 64 wide and 32 high, without a picture."""


def a_letter_file(name):
    return EvidenceFile("e1", "900001", None, "0001", "c1", name, "0" * 64, "", 1, NOW, "holt", LETTER_SENT)


def word(body, before=""):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", f"{before}<w:document {NS}><w:body>{body}</w:body></w:document>")
    return held.getvalue()


def said(name, content):
    return letter_text([(a_letter_file(name), content)])


def test_a_mail_is_printed_by_its_plain_part_else_its_words():
    mail = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?T=C5=B7?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<p>in a page</p>\r\n"
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nin words\r\n--x--\r\n"
    )
    told = said("letter.eml", mail)
    assert told.splitlines()[:3] == ["From: a@example.org", "To: b@example.org", "Subject: Tŷ"]
    assert told.endswith("in words")
    mail = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please <b>look</b>.</p>"
    assert said("letter.eml", mail) == "Subject: x\n\nPlease look."
    forms = [(a_letter_file("letter.eml"), b"Subject: x\r\n\r\nmail"), (a_letter_file("letter.txt"), b"text")]
    assert letter_text(forms) == "text"


@pytest.mark.parametrize(("name", "content"), [
    ("letter.docx", b"PK\x03\x04 no archive"), ("letter.docx", word("<w:p>")),
    ("letter.docx", word("<w:p><w:r><w:t>x</w:t></w:r></w:p>" + " " * (9 * 1024 * 1024))),
    ("letter.docx", word("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", ENTITY)),
    ("letter.eml", b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx"),
    ("letter.pdf", b"%PDF-1.7"),
])  # fmt: skip
def test_what_cannot_be_read_as_words_is_left_to_its_file(name, content):
    assert said(name, content) in (None, "x")


def test_a_damaged_letter_or_picture_ends_no_pack():
    for seed in range(20):
        dice = random.Random(seed)
        mail = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please <b>look</b>.</p>"
        for name, whole in (
            ("letter.docx", word("<w:p><w:r><w:t>x</w:t></w:r></w:p>")), ("letter.eml", mail),
        ):  # fmt: skip
            for _ in range(60):
                content = bytearray(whole)
                for _ in range(dice.randint(1, 6)):
                    content[dice.randrange(len(content))] = dice.randrange(256)
                said(name, bytes(content))
    # Dear: it makes a PDF.
    for content in [JPEG, PNG, b"GIF89a"]:
        blocks = (Paragraph("What was handed in."), Picture("1" * 64, "a picture"))
        document = PackDocument("en", "t", "t", "s", (), "{page} {pages}", "2026-11-20", blocks)
        assert render(document, {"1" * 64: content}).startswith(b"%PDF")


# --- pictures that somebody brought: which are printed in a pack, how large, and one that is broken


def printed(case, name="supplied-1.png", media_type="image/png"):
    """The pictures on the page of what was handed in."""
    files = (
        EvidenceFile(
            "e2", "900001", "m1", "0007", "c2", name, "1" * 64, media_type, 9, AT, "head", "supplied"
        ),
    )
    exhibit = Exhibit(1, "A/1", "head", AT, "supplied", files, {"kind": "supplied", "handed_in": {}})
    maker = Person("head", "Jane Holt", (Role.HEAD,))
    facts = PackFacts(
        a_file(case), School("900001", "Oakfield"), (maker,), maker, Recipient.POLICE, AT, "1",
        ZoneInfo("UTC"), (exhibit,), {}, (), "",
    )  # fmt: skip
    return [block for block in exhibit_blocks(exhibit, facts, words("en")) if isinstance(block, Picture)]


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("supplied-1.png", "image/png", True),
        ("supplied-1.jpg", "image/jpeg", True),
        *(
            ("supplied-1.bin", media_type, False)
            for media_type in ("application/pdf", "text/plain", "image/svg+xml")
        ),
    ],
)
def test_a_plain_picture_that_was_handed_in_is_printed_and_says_what_it_is(name, media_type, shown):
    said = f"The picture that was handed in as {name}"
    assert [shot.alt for shot in printed(a_case(), name, media_type)] == [said] * shown


@pytest.mark.parametrize("changes", [
    {"about": About.PUPIL}, {"relationship": Relationship.PUPIL}, {"content_class": "C5"},
    {"proposed_class": "C5"}, {"lane": BypassRoute.SAFEGUARDING}, {"returned_at": AT}, {"restricted": True},
])  # fmt: skip
def test_no_picture_is_printed_that_may_show_a_child_or_nudity_or_of_what_bypasses_the_ladder(changes):
    assert printed(replace(a_case(), **changes)) == []
