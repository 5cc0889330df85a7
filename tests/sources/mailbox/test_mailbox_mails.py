"""Mails as people and programs send them, and what each becomes."""

import base64
import time
from dataclasses import replace
from typing import ClassVar

from conformance import FETCHED_AT, CollectorConformance, Document
from support.checkout import FIXTURES
from support.for_each import for_each
from support.mails import TABLE, expected, raw

from data.types import MentionKind, Page, Response, Source
from sources.mailbox.collector import MailboxOfAlerts
from sources.mailbox.mail import Bundle, MailAsFetched, MailWords, as_bytes, as_text, eml_of

WHERE = "imaps://imap.example.org/INBOX"
HEAD = {
    "From": "Jo Parent <jo.parent@example.org>",
    "Subject": "Seen",
    "Date": "Mon, 16 Nov 2026 18:00:00 +0000",
    "Message-ID": "<1@example.org>",
}


def parse(body: bytes) -> Page:
    source = Source("alerts", "mailbox", WHERE)
    return MailboxOfAlerts().parse(source, Response(WHERE, 200, (), body, FETCHED_AT))


def document(name: str) -> Page:
    return parse((FIXTURES / "mailbox" / f"{name}.json").read_bytes())


def mail(words: str | bytes, **changes: object) -> MailAsFetched:
    """A mail; headers by name with underscores, the rest as the fields have it."""
    enclosed = changes.pop("enclosed", ())
    fields = {name: changes.pop(name) for name in ("charset", "encoding", "html") if name in changes}
    head = HEAD | {name.replace("_", "-"): str(value) for name, value in changes.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    body = words.encode() if isinstance(words, str) else words
    part = replace(MailWords(body=as_text(body)), **fields)
    where = f"{WHERE};UIDVALIDITY=7;UID=1:1"
    return MailAsFetched(where, "2026-11-16T18:00:05+00:00", lines, (part,), enclosed=enclosed)


def read(*mails: MailAsFetched) -> Page:
    return parse(Bundle(mails, f"{WHERE};UIDVALIDITY=7;UID=2:*").as_document())


def only(*mails: MailAsFetched):
    (found,) = read(*mails).mentions
    return found


# ------------------------------------------------------------------ alerts
def test_a_result_stands_where_its_address_leads_not_at_google():
    news, post, talk = document("alerts").mentions
    assert (news.url, news.channel, news.kind) == (
        "https://gazette.example.org/choir-at-hospice",
        "google_news",
        MentionKind.ARTICLE,
    )
    assert news.author == "Northvale Gazette"
    assert "We have never heard the hall so quiet" in news.text
    assert (post.channel, post.kind, post.author) == ("facebook", MentionKind.POST, None)
    assert (talk.channel, talk.title) == ("mumsnet", "Larch Road parking | Mumsnet")
    assert talk.text == "Does anybody else from Oakfield find the gate shut at ten to nine?"


def test_an_item_of_two_alerts_or_a_mail_read_twice_is_one_and_one_without_words_is_counted():
    alert = {"From": "Google Alerts <googlealerts-noreply@google.com>"}
    words = "Gate shut\nGazette\nAgain ...\n<https://www.google.com/url?url=https://gazette.example.org/gate&usg={}>\n"
    first, second = (mail(words.format(n), Message_ID=f"<{n}@google.com>", **alert) for n in "ab")
    assert only(first, second).url == "https://gazette.example.org/gate"
    first, second = (mail("Shocking, Oakfield.", Message_ID=f"<{n}@example.org>") for n in "ab")
    assert len(read(first, second).mentions) == 2
    assert only(first, first)
    page = read(mail("", Subject=""))
    assert (page.mentions, page.warnings) == ((), ())
    assert "without words" in page.left_out[0]


# ------------------------------------------------------------------ notices
def test_a_notice_brings_the_post_or_where_it_is():
    found = {m.title: m for m in document("notices").mentions}
    assert {title: (m.author, m.channel) for title, m in found.items()} == {
        "Parking at the school gate": ("gatekeeper", "local_forum"),
        "School run chaos": ("hazel", "local_forum"),
        "Uniform prices at Oakfield": ("Ash Tree", "local_forum"),
        "Office shut on Monday": (None, "local_forum"),
        "Clubs after school": ("rowan", "local_forum"),
        "Larch Road parking": ("LarchRoadMum", "mumsnet"),
        "Robin Example commented on Oakfield Primary's post": ("Robin Example", "facebook"),
    }
    assert found["School run chaos"].text == (
        "Oakfield never answers the telephone. I stood there for half an hour."
    )
    assert found["Uniform prices at Oakfield"].url == "https://village.example.org/posts/900/"
    assert found["Clubs after school"].text == "The Oakfield chess club is the best thing in town."
    assert not [m for m in found.values() if "unsub" in f"{m.url} {m.text}".lower()]
    first = document("notices").mentions[0]
    assert (first.text, first.url) == ("", "https://talk.example.org/viewtopic.php?f=3&t=12&p=88&e=88")
    found = only(
        mail("Our autumn news from Oakfield\nhttps://news.example.org/autumn", List_Unsubscribe="<x>")
    )
    assert (found.kind, found.url) == (MentionKind.ARTICLE, "https://news.example.org/autumn")


# ------------------------------------------------------------------ reports
def test_what_was_forwarded_is_the_post_and_the_forwarders_words_a_comment_in_each_programs_shape():
    post, said, *_ = document("reports").mentions
    assert post.text == "The man with the van at Oakfield should not be near anybody's child."
    assert (post.channel, post.kind, post.title) == ("facebook", MentionKind.POST, "look at this")
    assert said.text == "Have you seen this? It is about our caretaker, I think."
    assert (said.kind, said.parent, said.channel) == (MentionKind.COMMENT, post.id, "manual_report")
    _, _, outlook, _, apple = document("reports").mentions
    assert outlook.url == "https://blog.example.org/oakfield-heads"
    assert outlook.text.startswith("Look what is written about Oakfield here")
    assert apple.url == "https://reviews.example.org/oakfield#r12"
    assert "iPhone" not in apple.text
    post, said, *_ = document("reports").mentions
    assert post.enclosed == ("image/jpeg", "image/png")
    assert post.mail == f"{WHERE};UIDVALIDITY=7;UID=10:10"
    assert (said.enclosed, said.mail) == ((), "")


def test_nobody_who_sent_or_got_a_mail_is_kept():
    for name in ("alerts", "notices", "reports", "posts"):
        for m in document(name).mentions:
            said = f"{m.url} {m.title} {m.text} {m.quoted} {m.author}"
            assert "@" not in said, said
            assert "Jo Parent" not in said


def test_what_somebody_reports_is_kept_without_an_address_and_without_anybodys_profile():
    found = only(mail("My son says that a teacher at Oakfield hit him."))
    assert (found.url, found.channel, found.kind) == ("", "manual_report", MentionKind.POST)
    found = only(mail("This man writes about Oakfield: https://www.facebook.com/some.body.12"))
    assert (found.url, "facebook.com" in found.text) == ("", False)
    words = "They say write to her at j.sample@example.com about Oakfield.\njo.parent@example.org\n"
    found = only(mail(words))
    assert "j.sample@example.com" in found.text
    assert "jo.parent@example.org" not in found.text
    assert found.author is None


# ------------------------------------------------------------------ what is no mention
@for_each(
    ("marks", "said"),
    [
        ({"Auto_Submitted": "auto-replied"}, "Automatic replies"),
        ({"X_Autoreply": "yes"}, "Automatic replies"),
        ({"From": "MAILER-DAEMON@example.org"}, "Automatic replies"),
        ({"Content_Type": "multipart/report; report-type=delivery-status"}, "Automatic replies"),
        ({"X_Spam_Flag": "YES"}, "takes for spam"),
        ({"Subject": f"Re: Act today [ref:{'a' * 16}]"}, "without “mine”"),
    ],
)
def test_replies_bounces_and_spam_are_counted_and_nothing_else(marks, said):
    page = read(mail("Oakfield is closed.", **marks))
    assert page.mentions == ()
    assert said in page.left_out[0]
    assert page.left_out[0].endswith(": 1.")


# ------------------------------------------------------------------ letters


def test_a_mail_that_is_cut_in_encoded_words_or_dated_wrongly_is_read_as_far_as_it_goes():
    cut = base64.encodebytes(b"The gate at Oakfield was shut.")[:-7]
    assert only(mail(cut, encoding="base64")).text.startswith("The gate at Oakfield")
    assert only(mail("x y z", Subject="Fwd: =?utf-8?Q?t=C5=B7_?= =?utf-8?B?YmFjaA==?=")).title == "tŷ bach"
    content = bytes(range(256))
    assert as_bytes(as_text(content)) == content
    for said in ("Tue, 99 Nov 2026", "Mon, 16 Nov 2099 18:00:00 +0000"):
        assert f"{only(mail('x y', Date=said)).published:%d %b %H:%M:%S}" == "16 Nov 18:00:05"


def test_a_mail_handed_in_says_what_it_says_in_the_mailbox_and_names_its_files():
    for name in TABLE:
        told, held = expected(name), eml_of(raw(name))
        mails = [line for one in told["mails"] for line in (one["subject"], *one["lines"])]
        said = [
            line.strip() for line in held.words.replace("<https://", "https://").split("\n") if line.strip()
        ]
        assert [
            line.replace("<https://", "https://") for line in (told["subject"], *told["lines"], *mails)
        ] == said
        assert ("a child.png" in held.enclosed) == ("image/png" in told["enclosed"] or name == "enclosed")


# ------------------------------------------------------------------ ids, harm


@for_each(
    "words",
    [
        "From: " * 40_000, "https://" * 30_000, "a@" * 100_000, "> " * 100_000, "x replied " * 20_000,
        "From: a\nSent: b\nTo: c\n" * 10_000, "===" * 60_000, "=?utf-8?Q?" * 20_000, '"' * 200_000,
        "- " * 100_000, "<p style='font-size:0'>x " * 9_000, "<img alt='a b c d'>" * 9_000,
        "<https://a.example.org/t/1/2> x\n" * 7_000,
    ],
)  # fmt: skip
@for_each("sender", ["jo@example.org", "googlealerts-noreply@google.com", "noreply@mumsnet.com"])
def test_a_mail_made_to_exhaust_is_read_in_no_time(words, sender):
    started = time.process_time()
    read(
        mail(
            words[:40_000],
            html=words[:2] in ("<p", "<i"),
            From=sender,
            Subject=words[:9_000].replace("\n", " "),
        )
    )
    assert time.process_time() - started < 0.5


# ------------------------------------------------------------------ mails that are made to break us

ALERT = {"From": "Google Alerts <googlealerts-noreply@google.com>", "Message_ID": "<8@google.com>"}
NOTICE = {"From": "Forum <noreply@forum.example.org>", "Subject": "New reply to a thread", "List_Id": "forum"}


@for_each("sent", [{}, ALERT, NOTICE])
@for_each("address", ["https://[abc/d", "https://exa\u2100mple.org/x", "https://a@[x]/"])
def test_what_only_looks_like_an_address_is_none(sent: dict[str, str], address: str) -> None:
    words = f"Oakfield gate\nGazette\nShut again\n<{address}>\n<https://gazette.example.org/news/gate>\n"
    assert only(mail(words, **sent)).url == "https://gazette.example.org/news/gate"


def test_a_mail_that_breaks_its_reader_is_counted_and_hides_no_other() -> None:
    page = read(
        mail("Hello all", From=f"{'(' * 16_000}<a@example.org>"), mail("Look at the gate of Oakfield")
    )
    assert [found.text for found in page.mentions] == ["Look at the gate of Oakfield"]
    assert page.left_out == ("Mails that could not be read: look at them in the mailbox: 1.",)


# -------------------------------------------------------- as a collector


BUNDLE = "application/json; charset=utf-8"


def _document(name: str, mentions: int, words: str = "", url: str = WHERE) -> Document:
    return Document(f"mailbox/{name}.json", url, mentions, words, "json", BUNDLE)


AT_MICROSOFT = "graph://alerts@oakfield.example.sch.uk"


class TestMailboxAtMicrosoft(CollectorConformance):
    kind = "mailbox"
    test_a_page_made_to_exhaust_is_read_in_no_time = None  # as the others of its kind
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
    pages = (_document("page-1", 2), _document("page-2", 2, url=f"{WHERE};UIDVALIDITY=7;UID=1:20,23:*"))
