"""The words of a letter that was kept, whatever somebody put into its file."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from builders.mention import NOW

from alerts.pack.letter_pages import letter_text
from data.cases import LETTER_SENT, EvidenceFile

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


def a_file(name: str) -> EvidenceFile:
    return EvidenceFile("e1", "900001", None, "0001", "c1", name, "0" * 64, "", 1, NOW, "holt", LETTER_SENT)


def word(body: str, before: str = "") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", f"{before}<w:document {NS}><w:body>{body}</w:body></w:document>")
    return held.getvalue()


def said(name: str, content: bytes) -> str | None:
    return letter_text([(a_file(name), content)])


def test_paragraphs_line_breaks_and_tabs_of_a_word_file_are_printed() -> None:
    body = "<w:p><w:r><w:t>Dear</w:t><w:tab/><w:t>all</w:t></w:r></w:p>"
    body += "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>"
    assert said("letter.docx", word(body)) == "Dear\tall\na\nb"


def test_a_mail_is_printed_with_who_wrote_to_whom_and_its_plain_part() -> None:
    mail = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?T=C5=B7?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<p>in a page</p>\r\n"
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nin words\r\n--x--\r\n"
    )
    told = said("letter.eml", mail)
    assert told is not None
    assert told.splitlines()[:3] == ["From: a@example.org", "To: b@example.org", "Subject: Tŷ"]
    assert told.endswith("in words")


def test_a_mail_that_is_a_page_alone_is_printed_as_its_words() -> None:
    mail = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please <b>look</b>.</p>"
    assert said("letter.eml", mail) == "Subject: x\n\nPlease look."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.docx", b"PK\x03\x04 no archive"),
        ("letter.docx", word("<w:p>")),
        ("letter.docx", word("<w:p><w:r><w:t>x</w:t></w:r></w:p>" + " " * (9 * 1024 * 1024))),
        ("letter.docx", word("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", ENTITY)),
        ("letter.eml", b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx"),
        ("letter.pdf", b"%PDF-1.7"),
    ],
)
def test_what_cannot_be_read_as_words_is_left_to_its_file(name: str, content: bytes) -> None:
    assert said(name, content) in (None, "x")


def test_the_text_is_taken_before_other_forms_of_the_same_letter() -> None:
    forms = [(a_file("letter.eml"), b"Subject: x\r\n\r\nmail"), (a_file("letter.txt"), b"text")]
    assert letter_text(forms) == "text"


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_letter_ends_no_pack(seed: int) -> None:
    dice = random.Random(seed)
    mail = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please <b>look</b>.</p>"
    for name, whole in (("letter.docx", word("<w:p><w:r><w:t>x</w:t></w:r></w:p>")), ("letter.eml", mail)):
        for _ in range(60):
            content = bytearray(whole)
            for _ in range(dice.randint(1, 6)):
                content[dice.randrange(len(content))] = dice.randrange(256)
            said(name, bytes(content))
