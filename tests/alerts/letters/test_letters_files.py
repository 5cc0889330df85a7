"""A draft as text, as a mail that was never sent, and as a PDF that everybody can read."""

from __future__ import annotations

import io
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from builders.letter import a_case, example, whole
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alerts.letters.kinds import LetterKind
from alerts.letters.layout import eml, pdf, text


def mail(made):
    return message_from_bytes(eml(made), policy=default)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_mail_opens_for_writing_and_never_looks_sent(kind):
    read = mail(example(kind))
    assert read["X-Unsent"] == "1"
    assert not {"Date", "Message-ID", "From", "Sender", "Received", "Cc", "Bcc"} & set(read.keys())
    assert read["Subject"].startswith("DRAFT: ")
    assert read.get_content().startswith("DRAFT. ")


def test_a_mail_is_addressed_to_an_abuse_desk_alone():
    assert mail(example(LetterKind.HOST_ABUSE))["To"] == "abuse@hosting.example"
    assert not mail(example(LetterKind.PARENT_INVITATION))["To"]


def test_a_mail_holds_the_whole_letter():
    made = example(LetterKind.S5_NOTICE)
    held = mail(made).get_content()
    assert all(part in held for part in (*made.body, *made.signed, made.dated, made.reference))


@given(said=st.text(min_size=1, max_size=60))
def test_nothing_in_a_subject_adds_a_header(said):
    made = replace(example(LetterKind.THANKS), subject=f"{said}\r\nBcc: a@b.example\n\nBody")
    read = mail(made)
    assert set(read.keys()) == {
        "X-Unsent", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"
    }  # fmt: skip


def test_lines_of_a_mail_end_as_mail_has_them():
    assert b"\n" not in eml(example(LetterKind.THANKS)).replace(b"\r\n", b"")


def read_pdf(made) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(made)))


@pytest.mark.parametrize("kind", [LetterKind.PARENT_INVITATION, LetterKind.REPLY, LetterKind.S5_NOTICE])
def test_a_pdf_is_marked_titled_in_its_language_and_for_screen_readers(kind):
    made = example(kind)
    read = read_pdf(made)
    said = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    assert made.mark in said
    assert made.reference in said
    assert made.signed[0] in said
    assert read.metadata.title == f"{made.mark}: {made.title}"
    assert read.trailer["/Root"]["/Lang"].startswith("en")
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in pdf(made)


def test_the_same_draft_gives_the_same_pdf():
    assert pdf(example(LetterKind.POSH)) == pdf(example(LetterKind.POSH))


def test_every_page_of_a_long_letter_says_that_it_is_a_draft():
    made = example(LetterKind.POLICE)
    read = read_pdf(replace(made, body=made.body * 4))
    assert len(read.pages) > 2
    assert all("DRAFT" in page.extract_text() and "0007" in page.extract_text() for page in read.pages)


def test_what_somebody_typed_is_set_as_it_is():
    made = whole(
        LetterKind.PARENT_INVITATION,
        a_case(),
        {"to": "Ms #Ex*ample_ $x$", "meeting": '@home <here> \\ "then"'},
    )
    said = " ".join(read_pdf(made).pages[0].extract_text().split())
    assert "Dear Ms #Ex*ample_ $x$," in said
    assert '@home <here> \\ "then"' in said


@pytest.mark.parametrize("name", ["🦊 Foxy", "李雷", "مريم", "\ufffe?", "Ŵyn Llŷr"])
def test_a_name_in_any_letters_makes_a_pdf_and_stands_in_the_mail_as_it_is(name):
    made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": name, "meeting": f"Thursday {name}"})
    assert pdf(made).startswith(b"%PDF")
    assert f"Dear {name}," in mail(made).get_content()


def test_text_is_wrapped_between_words_and_a_list_hangs():
    lines = text(example(LetterKind.WIKIPEDIA), 60).splitlines()
    assert all(len(line) <= 60 or " " not in line.strip() for line in lines)
    assert any(line.startswith("  ") for line in lines)


def test_what_is_posted_stands_apart_from_what_is_for_the_file():
    head, posted = text(example(LetterKind.REPLY)).split("--------")
    assert "Jane Holt" in head
    assert "Jane Holt" not in posted
    assert "0007" not in posted


def test_who_signs_stands_on_the_page_of_the_last_words():
    made = example(LetterKind.S5_NOTICE)
    for lines in range(30):
        pages = read_pdf(replace(made, body=(*("A line of it.",) * lines, *made.body))).pages
        (last,) = [page for page in pages if "Yours faithfully" in page.extract_text()]
        assert "Sam Vale" in last.extract_text().partition("Yours faithfully")[2]


@pytest.mark.parametrize("body", [(), ("word " * 3000,)])
def test_a_letter_of_nothing_or_of_one_long_paragraph_can_be_printed(body):
    assert read_pdf(replace(example(LetterKind.THANKS), body=body, public=False)).pages
