"""What a mailbox brings, as a collector: the suite of all, over mails in the shapes that are sent."""

from __future__ import annotations

from typing import ClassVar

from conformance import CollectorConformance, Document

WHERE = "imaps://imap.example.org/INBOX"
BUNDLE = "application/json; charset=utf-8"


def _document(name: str, mentions: int, words: str = "", url: str = WHERE) -> Document:
    return Document(f"mailbox/{name}.json", url, mentions, words, "json", BUNDLE)


class TestMailbox(CollectorConformance):
    kind = "mailbox"
    schemes = ("imaps",)
    settings: ClassVar = {"user": "alerts@example.org", "password_env": "SCHOOLGATE_MAILBOX_PASSWORD"}
    documents = (
        _document("alerts", 3, "find the gate shut at ten to nine?"),
        _document("notices", 7, "costs twice what it did last year."),
        _document("posts", 2, "Look what is written about Oakfield here:"),
    )
    pages = (
        _document("page-1", 2),
        _document("page-2", 2, url=f"{WHERE};UIDVALIDITY=7;UID=1:20,23:*"),
    )
