"""What a mailbox brings, as a collector: the suite of all, over mails in the shapes that are sent."""

from __future__ import annotations

from typing import ClassVar

from conformance import CollectorConformance, Document

WHERE = "imaps://imap.example.org/INBOX"
BUNDLE = "application/json; charset=utf-8"


def _document(name: str, mentions: int, words: str = "", url: str = WHERE) -> Document:
    return Document(f"mailbox/{name}.json", url, mentions, words, "json", BUNDLE)


AT_MICROSOFT = "graph://alerts@oakfield.example.sch.uk"


class TestMailboxAtMicrosoft(CollectorConformance):
    kind = "mailbox"
    schemes = ("graph",)
    settings: ClassVar = {"tenant": "oakfield.example.sch.uk", "client_id": "1", "secret_file": "s"}
    documents = (_document("graph-1", 2, "Post 21 about Oakfield", AT_MICROSOFT),)
    pages = (
        _document("graph-1", 2, url=AT_MICROSOFT),
        _document(
            "graph-2",
            2,
            url=f"{AT_MICROSOFT};LINK=%2Fv1.0%2Fusers%2Fa%2FmailFolders%2Finbox%2Fmessages%2Fdelta%3F%24skiptoken%3D1",
        ),
    )


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
