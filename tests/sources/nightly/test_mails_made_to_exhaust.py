"""Mails that are made to keep their reader busy."""

from builders.mailbox import mail, read
from support.for_each import for_each
from support.processor import within


@for_each(
    "words",
    [
        "From: " * 40_000, "https://" * 30_000, "a@" * 100_000, "> " * 100_000, "x replied " * 20_000,
        "From: a\nSent: b\nTo: c\n" * 10_000, "= " + "=" * 60_000 + "=|a",
        "===" * 60_000, "=?utf-8?Q?" * 20_000, '"' * 200_000,
        "- " * 100_000, "<p style='font-size:0'>x " * 9_000, "<img alt='a b c d'>" * 9_000,
        "<https://a.example.org/t/1/2> x\n" * 7_000, "On a " * 60_000,
        "Caution: from outside your organisation. " * 6_000, "From: a@b.test, " * 15_000,
        "a@b.test 2026:\n" * 15_000, "Name: Jo Alder\nMessage: x y z\n" * 8_000, "a?\nb\n" * 50_000,
        "<table><tr><td>a<td>b" * 5_000, "<b>a</b>: b<br>" * 16_000,
        "<tr><td><a href='https://a.example.org/t/1/2'>Shut gate again</a><td>b" * 3_600,
    ],
)  # fmt: skip
@for_each(
    "sender",
    ["jo@example.org", "googlealerts-noreply@google.com", "noreply@mumsnet.com", "noreply@jotform.com"],
)
def test_a_mail_made_to_exhaust_is_read_in_no_time(words, sender):
    with within(1):
        html = words[:2] in ("<p", "<i", "<t", "<b")
        read(mail(words[: 1 << 18], html=html, From=sender, Subject=words[:9_000].replace("\n", " ")))
