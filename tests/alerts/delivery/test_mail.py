"""A mail holds our headers and no others, whatever stands in a name, a subject or a text."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import compat32, default

import pytest
from builders.mention import a_message
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.mail import Attachment, Unfit, compose, one_line, read_attachment
from alerts.delivery.results import Cause
from data.types import Person, Role

SENDER = "schoolgate@example.org"
HEAD = Person("p-head", "Jane Holt", (Role.HEAD,), "head@example.org")
OURS = {
    "message-id", "date", "from", "to", "subject", "auto-submitted", "x-auto-response-suppress",
    "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip
EVIL = (
    "\r\nBcc: evil@example.test", "\n\nbody", "\r", "\x00", "\u2028", "\u2029", "\x0b\x0c\x1c\x85", "\u202e",
    "\u2066\u2069", "\u200b", "=?utf-8?q?=0ABcc:_evil=40example.test?=", '"', "<evil@example.test>", ",", ";",
    "@", "\\", "(", ")", ":", "x" * 1200, "ŵ" * 300, "\U0001f4a9" * 90, "\ud800", "\u200f", "é, ", "  ",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(EVIL), st.text(max_size=40)), max_size=6).map("".join)


def sent(subject="One matter waits", name="Jane Holt", school="Oakfield Primary", html=None, body="Open it."):
    message = a_message(subject=subject, body=body, html=html)
    return compose(message, replace(HEAD, name=name), SENDER, school).as_bytes()


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_nothing_in_a_name_subject_or_text_adds_a_header_or_a_recipient(subject, name, school, body):
    raw = sent(subject, name, school, body=body)
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw)
    for policy in (default, compat32):
        assert {h.lower() for h in message_from_bytes(raw, policy=policy)} == OURS
    mail = message_from_bytes(raw, policy=default)
    assert len(mail.items()) == len(OURS)
    assert [a.addr_spec for a in mail["To"].addresses] == ["head@example.org"]
    (to,) = mail["To"].addresses
    assert "".join(to.display_name.split()) == "".join(one_line(name, 80).split())
    assert [a.addr_spec for a in mail["From"].addresses] == [SENDER]
    assert not mail.defects
    assert mail["Subject"] == one_line(subject, 180)


@given(TEXTS)
def test_a_line_has_no_unseen_letters_and_no_more_than_are_allowed(text):
    line = one_line(text, 50)
    assert len(line) <= 50
    assert "=?" not in line
    assert line == line.strip()
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", line)


def test_a_name_with_a_comma_is_one_person():
    mail = message_from_bytes(sent(name="Ŵyn, Ffion (Dr)"), policy=default)
    (to,) = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Ŵyn, Ffion (Dr)", "head@example.org")


def test_what_every_mail_says_of_itself():
    mail = message_from_bytes(sent(), policy=default)
    assert mail["Message-ID"] == "<m1@example.org>"
    assert mail["From"] == '"Oakfield Primary (Schoolgate)" <schoolgate@example.org>'
    assert mail["To"] == "Jane Holt <head@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Date"].datetime == a_message().due_at


def test_a_repeat_is_the_same_to_the_letter():
    file = Attachment("report.pdf", b"%PDF")
    whole = [compose(a_message(html="<p>Open it.</p>"), HEAD, SENDER, "Oakfield", file) for _ in range(2)]
    first, second = (mail.as_bytes() for mail in whole)
    assert first == second
    assert [p.get_content_type() for p in message_from_bytes(first, policy=default).walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip


def test_no_header_begins_with_an_empty_line():
    for school in ("Oakfield Primary School", "Ysgol Gynradd y Dderwen, Cwm-yr-Afon", "Ŵ" * 200, ""):
        assert b":\r\n" not in sent(school=school).partition(b"\r\n\r\n")[0]


def test_plain_text_comes_first_and_html_beside_it():
    html = "<p>Open it, Siân.</p>"
    mail = message_from_bytes(sent(html=html, body="Open it, Siân.\n.\n.dot"), policy=default)
    assert mail.get_content_type() == "multipart/alternative"
    plain, rich = mail.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == ["Open it, Siân.", ".", ".dot"]
    assert rich.get_content().splitlines() == [html]


def test_a_file_goes_with_it_as_it_is():
    message = compose(a_message(), HEAD, SENDER, "Oakfield", Attachment("report.pdf", b"%PDF-1.7 \x00\xff"))
    mail = message_from_bytes(message.as_bytes(), policy=default)
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "report.pdf")
    assert file.get_content() == b"%PDF-1.7 \x00\xff"


def test_only_a_file_below_the_home_folder_goes_out(tmp_path):
    home = tmp_path / "home"
    (home / "reports").mkdir(parents=True)
    (home / "reports" / "w47.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret.pdf").write_bytes(b"%PDF")
    (home / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    assert read_attachment(home, "reports/w47.pdf") == Attachment("w47.pdf", b"%PDF")
    for name in ("../secret.pdf", str(tmp_path / "secret.pdf"), "link.pdf", "gone.pdf", "reports"):
        with pytest.raises(Unfit) as unfit:
            read_attachment(home, name)
        assert unfit.value.cause is Cause.ATTACHMENT


@pytest.mark.parametrize(
    "address", ["head@example.org\r\nRCPT TO:<evil@example.test>", "a@b@example.org", "hëad@example.org", "x"]
)
def test_an_address_that_could_be_read_as_anything_else_is_refused(address):
    with pytest.raises(Unfit) as unfit:
        compose(a_message(), replace(HEAD, email=address), SENDER, "Oakfield")
    assert unfit.value.cause is Cause.BAD_ADDRESS


def test_somebody_without_an_address_gets_nothing():
    with pytest.raises(Unfit) as unfit:
        compose(a_message(), replace(HEAD, email=None), SENDER, "Oakfield")
    assert unfit.value.cause is Cause.NO_ADDRESS


def test_no_mail_fetches_anything_or_asks_for_a_receipt():
    raw = sent(html="<p>Open it.</p>").lower()
    for tracking in (b"disposition-notification", b"return-receipt", b"<img", b"http"):
        assert tracking not in raw


def test_what_answers_the_first_mail_of_a_matter_says_so_and_the_first_answers_nothing():
    first, later = a_message(thread="m1"), a_message("m2", thread="m1")
    mails = [
        message_from_bytes(compose(m, HEAD, SENDER, "Oakfield").as_bytes(), policy=default)
        for m in (first, later)
    ]
    assert [(m["In-Reply-To"], m["References"]) for m in mails] == [(None, None), ("<m1@example.org>",) * 2]


def test_a_long_key_keeps_the_thread_on_one_line():
    key = "a" * 64
    raw = compose(a_message("m2", thread=key), HEAD, SENDER, "Oakfield").as_bytes()
    assert f"References: <{key}@example.org>\r\n".encode() in raw
