"""Mails as a mailbox gives them, and what is read in them."""

from dataclasses import replace

from conformance import FETCHED_AT

from data.types import Page, Response, Source
from sources.mailbox.mail import Bundle, MailAsFetched, MailWords, bytes_to_text
from sources.registry import collector

WHERE = "imaps://imap.example.org/INBOX"
HEAD = {
    "From": "Jo Parent <jo.parent@example.org>",
    "Subject": "Seen",
    "Date": "Mon, 16 Nov 2026 18:00:00 +0000",
    "Message-ID": "<1@example.org>",
}


def parse(body: bytes, at: str = WHERE, **given: object) -> Page:
    source = Source("alerts", "mailbox", at, settings=given, names=("st marys",))
    return collector("mailbox").parse(source, Response(WHERE, 200, (), body, FETCHED_AT))


def mail(words: str | bytes, **changes: object) -> MailAsFetched:
    """A mail; headers by name with underscores, the rest as the fields have it."""
    enclosed = changes.pop("enclosed", ())
    fields = {
        name: changes.pop(name)
        for name in ("charset", "encoding", "html", "calendar", "holds")
        if name in changes
    }
    head = HEAD | {name.replace("_", "-"): str(value) for name, value in changes.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    body = words.encode() if isinstance(words, str) else words
    part = replace(MailWords(body=bytes_to_text(body)), **fields)
    where = f"{WHERE};UIDVALIDITY=7;UID=1:1"
    return MailAsFetched(where, "2026-11-16T18:00:05+00:00", lines, (part,), enclosed=enclosed)


def read(*mails: MailAsFetched, at: str = WHERE, **given: object) -> Page:
    return parse(Bundle(mails, f"{WHERE};UIDVALIDITY=7;UID=2:*").to_document(), at, **given)
