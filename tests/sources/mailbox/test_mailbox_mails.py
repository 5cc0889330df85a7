"""Mails as people and programs send them, and what each becomes."""

import base64
import re
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import ClassVar
from urllib.parse import quote

import pytest
from builders.mailbox import WHERE, mail, parse, read
from builders.signed_mail import encrypted, signed, signed_in_pieces
from conformance import CollectorConformance, Document
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.checkout import FIXTURES
from support.corpus import corpus_path
from support.for_each import for_each
from support.mails import TABLE, expected, raw
from support.sentences import sentences

from data.types import MentionKind, Page
from sources.mailbox.collector import stars_in
from sources.mailbox.mail import (
    MailAsFetched,
    MailWords,
    bytes_to_text,
    eml_of,
    mail_in_file,
    text_to_bytes,
    true_address,
)
from sources.mailbox.signed import Holds

AT_MICROSOFT = "graph://alerts@oakfield.example.sch.uk"


def document(name: str) -> Page:
    return parse((FIXTURES / "mailbox" / f"{name}.json").read_bytes())


def shapes(name: str, part: str = "mails") -> list:
    return tomllib.loads((FIXTURES / "mailbox" / f"{name}.toml").read_text(encoding="utf-8"))[part]


def only(*mails: MailAsFetched):
    (found,) = read(*mails).mentions
    return found


# ------------------------------------------------------------------ alerts
def test_a_result_stands_where_its_address_leads_not_at_google():
    news, post, talk = document("alerts").mentions
    assert (news.url, news.kind) == ("https://gazette.example.org/choir-at-hospice", MentionKind.ARTICLE)
    assert (news.channel, news.author) == ("google_news", "Northvale Gazette")
    assert "We have never heard the hall so quiet" in news.text
    assert (post.channel, post.kind, post.author) == ("facebook", MentionKind.POST, None)
    assert (talk.channel, talk.title) == ("mumsnet", "Larch Road parking | Mumsnet")
    assert talk.text == "Does anybody else from Oakfield find the gate shut at ten to nine?"


def test_an_item_of_two_alerts_or_a_mail_read_twice_is_one():
    alert = {"From": "Google Alerts <googlealerts-noreply@google.com>"}
    words = "Gate shut\nGazette\nAgain ...\n<https://www.google.com/url?url=https://gazette.example.org/gate&usg={}>\n"
    first, second = (mail(words.format(n), Message_ID=f"<{n}@google.com>", **alert) for n in "ab")
    assert only(first, second).url == "https://gazette.example.org/gate"
    first, second = (mail("Shocking, Oakfield.", Message_ID=f"<{n}@example.org>") for n in "ab")
    assert len(read(first, second).mentions) == 2
    assert only(first, first)


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
        "": ("Robin Example", "facebook"),
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


@for_each("shape", [*shapes("digests"), *shapes("repeated")])
def test_a_mail_of_several_posts_is_as_many_finds_each_with_its_own_address_or_none(shape):
    found = read(mail(shape["mail"], html=shape.get("html", False), **shape["head"])).mentions
    names = ("title", "text", "url", "author", *shape["posts"][0].keys() & {"published", "rating", "kind"})
    assert [{name: v for name in names if (v := getattr(m, name))} for m in found] == shape["posts"]
    assert {m.sent_on for m in found} == {shape.get("sent_on", False)}


# ------------------------------------------------------------------ reports
@for_each("shape", shapes("whose_words"))
def test_what_was_sent_on_is_told_apart_from_what_is_said_of_it(shape):
    sent = mail(
        shape["mail"],
        html=shape.get("html", False),
        **{"From": "Jo Alder <jo.alder@parents.example.org>", "Subject": "Seen this?"}
        | shape.get("head", {}),
    )
    post, *said = read(sent, at=AT_MICROSOFT).mentions
    found = (said[0].text if said else "", post.text) if "passed" in shape else (post.text, "")
    assert found == (shape.get("own", ""), shape.get("passed", ""))
    assert (post.title, post.url) == (shape.get("title", "Seen this?"), shape.get("url", ""))


@for_each("shape", shapes("whose_words", "turns"))
def test_each_hands_words_stand_apart_and_a_sentence_may_hold_the_address(shape):
    found = read(mail(shape["mail"], **shape.get("head", {})), at=AT_MICROSOFT).mentions
    assert [
        {name: getattr(m, name) for name in post} for m, post in zip(found, shape["posts"], strict=True)
    ] == (shape["posts"])


@for_each(
    ("packed", "plain"),
    [
        [
            "https://go.example.net/?u=https%3A%2F%2Ftalk.example.org%2Ft%2F1&k=2",
            "https://talk.example.org/t/1",
        ],
        [
            "https://go.example.net/c?to=https%3A%2F%2Ftalk.example.org%2Ft%2F1%23p4",
            "https://talk.example.org/t/1#p4",
        ],
        [
            "https://go.example.net/l/aHR0cHM6Ly90YWxrLmV4YW1wbGUub3JnL3QvMQ==/m1",
            "https://talk.example.org/t/1",
        ],
        ["https://go.example.net/r/https%3A%2F%2Ftalk.example.org%2Ft%2F1/9", "https://talk.example.org/t/1"],
        [
            "https://a.example.net/x?ref=https://b.example.net/",
            "https://a.example.net/x?ref=https://b.example.net/",
        ],
        [
            "https://a.example.net/web/https://b.example.net/y",
            "https://a.example.net/web/https://b.example.net/y",
        ],
        ["https://a.example.net/x?u=7&to=me", "https://a.example.net/x?u=7&to=me"],
    ],
)
def test_a_redirectors_address_is_that_which_it_carries(packed, plain):
    assert true_address(packed) == plain


@for_each(
    ("given", "stars"),
    [
        ["★★☆☆☆", 2],
        ["2 out of 5", 2],
        ["Rating: 4/5", 4],
        ["1 star: Bad", 1],
        ["5 stars out there", None],
        ["6/5", None],
    ],
)
def test_stars_are_read_where_a_line_gives_nothing_else(given, stars):
    assert stars_in(given) == stars


@for_each(
    ("words", "subject", "marks"),
    [
        [
            "Thank you. I am on annual leave until Monday and will not be reading messages.",
            "Re: Your enquiry",
            {},
        ],
        [
            "Thank you for your order. Order total: £22.48",
            "Your order of 30 glue sticks",
            {"List_Unsubscribe": "<x>"},
        ],
    ],
)
def test_who_is_away_and_what_was_bought_is_no_find_unless_it_speaks_of_danger(words, subject, marks):
    assert read(mail(words, Subject=subject, **marks)).mentions == ()
    assert read(mail(f"{words} He will stab Mr Lark.", Subject=subject, **marks)).mentions


PEOPLE = ("bea.larch@parents.example.org", "j_o-rowan+x@mail.parents.example.org")
CODED = [base64.urlsafe_b64encode(f"{n * '.'}{one}".encode()).decode() for n, one in enumerate(PEOPLE)]
CODED += [quote(PEOPLE[0], safe=""), PEOPLE[1].encode().hex()]


@settings(max_examples=settings.default.max_examples * 4)
@given(
    st.lists(
        st.tuples(st.sampled_from(shapes("whose_words", "above")), st.integers(0, 3)), min_size=1, max_size=4
    ),
    st.lists(st.sampled_from(shapes("whose_words", "below"))),
    st.sampled_from([(), (f"From: Jo <{PEOPLE[1]}>, {PEOPLE[0]}",)]),
)
def test_no_reply_or_forward_keeps_an_address_of_a_correspondent_or_loses_a_word(above, below, enclosed):
    lines = ["He came first.", ""]
    for n, (heading, depth) in enumerate(above):
        words = f"{heading.format(*PEOPLE)}\nThen came number {n}.\n"
        lines += [f"{'> ' * depth}{line}" for line in words.split("\n")]
    lines += [one.format(*PEOPLE, *CODED) for one in below]
    made = mail("\n".join(lines), From=PEOPLE[1], Subject=f"Re: {PEOPLE[0]}")
    parts = tuple(replace(part, of=len(enclosed)) for part in made.parts)
    found = read(replace(made, parts=parts, heads=enclosed)).mentions
    kept = "\n".join(f"{m.url} {m.title} {m.text} {m.author}" for m in found)
    assert not [who for who in (*PEOPLE, *CODED) if who.rstrip("=") in kept.replace("\n", "")]
    assert all(said in kept for said in ("He came first.", *(f"came number {n}." for n in range(len(above)))))


def test_a_report_has_its_address_and_what_is_enclosed_but_nobodys_name_or_profile():
    post, said, outlook, _, apple = document("reports").mentions
    assert (post.channel, post.kind, post.title) == ("facebook", MentionKind.POST, "look at this")
    assert (said.kind, said.parent, said.channel) == (MentionKind.COMMENT, post.id, "manual_report")
    assert (post.enclosed, said.enclosed, said.mail) == (("image/jpeg", "image/png"), (), "")
    assert post.mail == f"{WHERE};UIDVALIDITY=7;UID=10:10"
    assert outlook.url == "https://blog.example.org/oakfield-heads"
    assert apple.url == "https://reviews.example.org/oakfield#r12"
    for m in (m for name in ("alerts", "notices", "reports", "posts") for m in document(name).mentions):
        assert not re.search("@|Jo Parent|iPhone", f"{m.url} {m.title} {m.text} {m.quoted} {m.author}")
    found = only(mail("This man writes about Oakfield: https://www.facebook.com/some.body.12"))
    assert (found.url, found.author, "facebook.com" in found.text) == ("", None, False)


_CARDS = [row.partition(" | ")[2] for row in sentences("html/whose_words")["added to a post, and quoted"]]


@for_each("card", _CARDS)
def test_the_preview_that_a_program_makes_of_a_link_is_what_is_sent_on_and_not_the_writers(card):
    page = read(mail(f"<p>Cakes on Saturday by the gate, all welcome.</p>{card}", html=True))
    story, comment = page.mentions
    assert (story.url, comment.parent) == ("https://gazette.example.org/court", story.id)
    assert "Teacher jailed in Farwick" in story.text
    assert comment.text.startswith("Cakes on Saturday by the gate, all welcome.")
    assert "Farwick" not in comment.text


def test_a_mail_within_a_mail_is_a_post_of_its_own_whoever_sent_it_on():
    inner = "He will wait at the gate, says tom.hill@example.org."
    for cover, mark in (
        ("It is known, by tom.hill@example.org.", {}),
        ("A form.", {"Feedback_ID": "1:shop"}),
    ):
        made = mail(cover, **mark)
        parts = (*made.parts, MailWords(body=f"{inner}\n\nBea Larch\n07700 900123", of=1))
        heads = ("Subject: the van\r\nFrom: Bea Larch <bea@example.org>\r\n",)
        found = {m.text: m for m in read(replace(made, parts=parts, heads=heads)).mentions}
        within, around = (
            found["He will wait at the gate, says …."],
            found[cover.replace("tom.hill@example.org", "…")],
        )
        assert (within.title, around.parent) == ("the van", None if mark else within.id)


def test_a_notice_that_a_person_sends_on_within_a_mail_is_the_post_it_tells_of():
    notice = (
        "larchb has posted on a thread you're watching:\n\nThe gate was shut at ten to nine.\n\n"
        "View the post: https://www.mumsnet.com/talk/local/6001-gate?reply=7\n"
        "Stop watching: https://www.mumsnet.com/talk/watched/stop/6001"
    )
    made = mail("A nice one about you.")
    parts = (*made.parts, MailWords(body=notice, of=1))
    heads = ("Subject: Gate\r\nFrom: Mumsnet <noreply@mumsnet.com>\r\n",)
    post, *_ = read(replace(made, parts=parts, heads=heads)).mentions
    assert (post.text, post.author) == ("The gate was shut at ten to nine.", "larchb")
    assert (post.url, post.sent_on) == ("https://www.mumsnet.com/talk/local/6001-gate?reply=7", True)


@for_each(
    "row",
    [
        '<table><tr><td><a href="https://forum.example.org/t/gate-{0}/{0}">Shut again, gate {0}</a></td></tr>'
        "<tr><td>Posted by user_{0}</td></tr><tr><td>Nobody came to the gate again, {0}.</td></tr></table>",
        "<a href='https://forum.example.org/t/gate-{0}/{0}'>Shut again, gate {0}</a> Nobody came, {0}. ",
    ],
)
def test_what_is_done_for_a_mail_grows_no_faster_than_its_links(row):
    few, many = (_count_calls("".join(map(row.format, range(n, 2 * n)))) for n in (50, 100))
    assert many < 2.4 * few


def _count_calls(html: str) -> int:
    """Count what is called while a mail is read."""
    count = 0

    def note(frame: object, event: str, called: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        read(mail(html, html=True, List_Unsubscribe="<x>", Subject="Daily digest"))
    finally:
        sys.setprofile(before)
    return count


# ------------------------------------------------------------------ calendars
CALENDAR = """BEGIN:VCALENDAR
METHOD:{}
BEGIN:VTIMEZONE
BEGIN:STANDARD
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Protest outside Oakfield
{}
END:VEVENT
END:VCALENDAR
"""


@for_each(("event", "says"), [(one["event"], one["says"]) for one in shapes("events", "events")])
def test_an_event_says_when_it_is_how_long_and_how_often(event, says):
    found = only(mail(CALENDAR.format("REQUEST", event), calendar=True))
    title, *lines = found.text.split("\n")
    assert (title, lines) == ("Protest outside Oakfield", says)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_the_end_of_an_event_of_whole_days_is_the_day_after_its_last_however_it_is_written(first, days):
    """RFC 5545, 3.6.1: the end does not belong to it."""
    after = first + timedelta(days=days)
    ways = (f"DTEND;VALUE=DATE:{after:%Y%m%d}", f"DURATION:P{days}D")
    last = after - timedelta(days=1)
    shown = [f"{day.day} {day:%B %Y}" for day in dict.fromkeys((first, last))]
    for way in ways:
        event = f"DTSTART;VALUE=DATE:{first:%Y%m%d}\n{way}"
        text = only(mail(CALENDAR.format("REQUEST", event), calendar=True)).text
        assert text.split("\n")[1:] == [" – ".join(shown)]


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_event_breaks_its_reader(start, end, rule):
    event = f"DTSTART:{start}\nDTEND:{end}\nDURATION:{end}\nRRULE:FREQ=DAILY;{rule}"
    assert only(mail(CALENDAR.format("REQUEST", event), calendar=True)).text.startswith("Protest outside")


# ------------------------------------------------------------------ signed and encrypted
SAID = "He will wait for Mr Lark of Oakfield with a bat on Friday."
ENTITY = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{SAID}\r\n".encode()
MIXED = f"""Content-Type: multipart/mixed; boundary="I"

--I
Content-Type: multipart/alternative; boundary="J"

--J
Content-Type: text/plain

{SAID}
--J
Content-Type: text/html

<p>{SAID}</p>
--J--
--I
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--I--
""".encode()
OPAQUE = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
HEADER = (
    "From: Dan Poole <dan@police.example.org>\r\nSubject: For you\r\nMessage-ID: <s@police.example.org>\r\n"
)


def packed(kind: str, content: bytes, above: str = HEADER) -> bytes:
    """A part, or a mail, of this kind, in base64."""
    coded = base64.encodebytes(content).decode()
    return f"{above}Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}".encode()


def in_file(content: bytes):
    """What is found in a mail of a file."""
    return read(mail_in_file(content, cut=False)).mentions


@for_each(
    "sent",
    [
        packed(OPAQUE, signed(ENTITY)),
        packed("application/x-pkcs7-mime; name=smime.p7m", signed(ENTITY)),
        packed("application/octet-stream; name=SMIME.P7M", signed(ENTITY)),
        packed("application/pkcs7-mime", signed(ENTITY)),
        packed(OPAQUE, signed(MIXED)),
        packed(OPAQUE, signed_in_pieces(ENTITY)),
        packed(OPAQUE, signed_in_pieces(ENTITY[:50], ENTITY[50:51], b"", ENTITY[51:])),
        packed(OPAQUE, signed(packed(OPAQUE, signed(ENTITY), ""))),
        packed(OPAQUE, signed(ENTITY)[:-300]),
        f"{HEADER}Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n".encode()
        + packed(OPAQUE, signed(MIXED), "")
        + b"\r\n--A--\r\n",
        f"{HEADER}Content-Type: multipart/signed; boundary=A; micalg=sha-256\r\n\r\n--A\r\n".encode()
        + ENTITY
        + b"--A\r\n"
        + packed("application/pkcs7-signature; name=smime.p7s", signed(ENTITY), "")
        + b"\r\n--A--\r\n",
    ],
)
def test_the_words_of_a_signed_mail_are_read_once_as_those_of_any_other(sent):
    """RFC 8551, 3.5."""
    (found,) = in_file(sent)
    assert (found.text, found.sent_on) == (SAID, True)
    assert eml_of(sent).words == f"For you\n\n{SAID}"


PGP = "-----BEGIN PGP MESSAGE-----\n\nhQEMA1ZlcnNpb24K\n=abcd\n-----END PGP MESSAGE-----\n"


@for_each(
    "sent",
    [
        packed("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", encrypted(ENTITY)),
        packed("application/x-pkcs7-mime; name=smime.p7m", encrypted(ENTITY)),
        packed("application/pkcs7-mime; name=smime.p7m", encrypted(MIXED)),
        packed(OPAQUE, signed(packed("application/pkcs7-mime", encrypted(ENTITY), ""))),
        f"{HEADER}\r\n{PGP}".encode(),
        f"{HEADER}Content-Type: multipart/encrypted; protocol=application/pgp-encrypted; boundary=A\r\n\r\n"
        f"--A\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--A\r\n"
        f"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n{PGP}--A--\r\n".encode(),
    ],
)
def test_of_an_encrypted_mail_it_is_said_that_it_is(sent):
    (found,) = in_file(sent)
    assert found.title == "For you (an encrypted mail, from a person)"
    assert (found.text, found.sent_on) == ("For you", True)


def test_what_stands_beside_something_encrypted_is_read_and_that_is_said_too():
    found = in_file(f"{HEADER}\r\nMr Lark again:\n\n{PGP}\nI am afraid.".encode())
    assert [m.text for m in found] == ["Mr Lark again:\n\nI am afraid.", "For you"]
    assert found[1].title.startswith("For you (an encrypted mail")


@for_each("content", [b"", b"%PDF-1.7 no mail", b"MZ\x90\0: \r\n\r\nx"])
def test_a_file_that_is_signed_is_no_words(content):
    (found,) = in_file(packed("application/pkcs7-mime; name=letter.pdf.p7m", signed(content)))
    assert found.title == "For you (a mail without words, from a person)"


@given(st.binary(max_size=120), st.integers(0, 2000))
@example(b">!", 200)
def test_whatever_stands_in_a_signed_part_brings_one_post_and_what_is_said_of_it(content, cut):
    whole = signed_in_pieces(ENTITY, content)
    for body in (content, whole[:cut], b"\x30\x80" + content, signed_in_pieces(content)):
        post, *said = in_file(packed(OPAQUE, body))
        assert [m.parent for m in said] in ([], [post.id])


# ------------------------------------------------------------------ who sent it
OURS = {"From": "Kate Boardman <k.boardman@oakfield.example.sch.uk>"}
FACEBOOK = {"From": "Facebook <notification@facebookmail.com>"}


@for_each(("marks", "person"), [(one["marks"], one["person"]) for one in shapes("whose_words", "senders")])
def test_a_person_or_a_program_is_told_by_headers_and_not_by_letters_of_a_name(marks, person):
    found = only_at_school(mail("I'm coming for Mr Lark of Oakfield at home time", **marks))
    assert found.sent_on is person
    assert (found.channel == "manual_report" and found.kind is MentionKind.POST) is person


def only_at_school(*mails: MailAsFetched):
    (found,) = read(*mails, at=AT_MICROSOFT).mentions
    return found


@for_each(("marks", "said"), [(one["marks"], one["said"]) for one in shapes("whose_words", "automatic")])
def test_replies_receipts_and_bounces_are_counted_and_nothing_else(marks, said):
    page = read(mail("Your message\nTo: alerts\nwas read on 24/11/2026.", **marks))
    assert page.mentions == ()
    assert said in page.left_out[0]
    assert page.left_out[0].endswith(": 1.")


BOUNCED = (
    "This is the mail system at host mx.example.net.\nYour message could not be delivered to one address."
)
OF_DOMAIN = "Report Domain: oakfield.example.sch.uk Submitter: mx.example.net Report-ID: <5@x>"


def reporting(kind: str) -> dict[str, str]:
    return {"Content_Type": f"multipart/report; report-type={kind}"}


OF_MACHINES = [
    # DMARC (RFC 7489, 7.2.1.1) and TLS (RFC 8460, 5.3)
    (
        "",
        "noreply-dmarc-support@google.com",
        OF_DOMAIN.replace("D", "d").replace("<", "").replace(">", ""),
        {},
    ),
    ("This is a DMARC aggregate report.", "dmarcreport@microsoft.com", f"[Preview] {OF_DOMAIN}", {}),
    ("", "noreply@dmarc.yahoo.com", OF_DOMAIN.replace(" S", "; S").replace(" Report-", "; Report-"), {}),
    (
        "",
        "reports@ses.example.net",
        f"Dmarc Aggregate {OF_DOMAIN.replace(': o', ': {o').replace('uk', 'uk}')}",
        {},
    ),
    ("", "tls@mx.example.net", OF_DOMAIN, {}),
    ("Summary of TLS.", "tls@mx.example.net", "TLS report", {"TLS_Report_Domain": "oakfield.example.sch.uk"}),
    ("", "tls@mx.example.net", "TLS report", reporting("tlsrpt")),
    ("An abuse report.", "fbl@mx.example.net", "complaint", reporting("feedback-report")),
    # delivery (RFC 3464), also where it says so in words alone
    (BOUNCED, "MAILER-DAEMON@mx.example.net", "Undelivered Mail Returned to Sender", {}),
    (BOUNCED, "bounces@mx.example.net", "Undelivered Mail Returned to Sender", {"Return_Path": "<>"}),
    (BOUNCED, "mail@mx.example.net", "Delivery Status Notification (Failure)", {"Return_Path": "<>"}),
    (BOUNCED, "mail@mx.example.net", "Warning: message delayed", {"Auto_Submitted": "auto-replied"}),
    (BOUNCED, "MicrosoftExchange329e71@x.example.net", "Undeliverable: Seen", reporting("delivery-status")),
    ("Your message was read.", "jo@example.net", "Read: Seen", reporting("disposition-notification")),
    # absence
    ("I am away until Monday.", "jo@example.net", "Re: Seen", {"Precedence": "auto_reply"}),
    ("I am away until Monday.", "jo@example.net", "Away", {"X_Autorespond": "1"}),
    ("I am away until Monday.", "jo@example.net", "Away", {"Auto_Submitted": "auto-replied (vacation)"}),
    ("I am away until Monday.", "jo@example.net", "Abwesend: Seen", {"Auto_Submitted": "auto-replied; x=y"}),
    ("Rwyf i ffwrdd tan ddydd Llun.", "jo@example.net", "Ateb awtomatig: Gweld", {}),
]


@for_each(("words", "sender", "subject", "marks"), OF_MACHINES)
def test_what_a_machine_reports_is_counted_and_was_reported_by_nobody(words, sender, subject, marks):
    page = read(mail(words, From=sender, Subject=subject, **marks))
    assert page.mentions == ()
    assert page.left_out == ("Automatic replies, and mails that came back: 1.",)


@given(st.sampled_from(OF_MACHINES), st.sampled_from(["", "Fwd: "]), st.booleans())
def test_danger_in_a_machines_report_is_never_passed_over_in_silence(row, label, within):
    words, sender, subject, marks = row
    said = "He has a knife and will stab Mr Lark."
    page = read(
        mail(f"{words}\n{said}" if within else said, From=sender, Subject=f"{label}{subject}", **marks)
    )
    assert page.left_out or any("knife" in m.text for m in page.mentions)


ANSWERED = CALENDAR.format(
    "REPLY", "DTSTART:20261204T150000Z\nATTENDEE;PARTSTAT=ACCEPTED:mailto:jo@example.net"
)


@for_each("words", ["", "Jo Alder has accepted this invitation.\nProtest outside Oakfield"])
def test_an_answer_to_an_invitation_is_no_report_unless_somebody_wrote_words(words):
    def answered(said):
        made = mail(said, Subject="Accepted: Protest outside Oakfield")
        event = MailWords(body=bytes_to_text(ANSWERED.encode()), calendar=True, holds=Holds.ANSWER)
        return replace(made, parts=(*made.parts, event))

    assert read(answered(words)).mentions == ()
    assert only(answered("I will come, and I am afraid of Mr Lark.")).text.startswith("I will come")


def test_an_answer_to_an_invitation_is_known_by_the_method_of_its_calendar():
    """RFC 6047, 2.4."""
    head = "From: Jo <jo@example.net>\r\nSubject: Tentative: Protest\r\n"
    for kind, finds in (("REPLY", 0), ("REQUEST", 1), ("CANCEL", 1), ("COUNTER", 1)):
        sent = f"{head}Content-Type: text/calendar; method={kind}\r\n\r\n{CALENDAR.format(kind, '')}"
        assert len(in_file(sent.encode())) == finds, kind


@for_each("subject", ["Read: what they say", "Out of office bullies", "Automatic reply: x", "Delivered"])
def test_a_subject_that_only_begins_as_a_programs_does_is_a_persons(subject):
    assert only(mail("He hit my son.", Subject=subject)).sent_on


def test_what_a_server_takes_for_spam_is_judged_by_its_words_unless_its_sender_is_known():
    page = read(mail("I will stab Mr Lark.", X_Spam_Flag="YES"))
    (found,) = page.mentions
    assert (found.text, found.sent_on, found.channel) == ("I will stab Mr Lark.", False, "email")
    assert "spam" in page.left_out[0]
    spam = mail("I will stab Mr Lark.", X_Spam_Status="Yes, score=9", **OURS)
    assert only_at_school(spam).sent_on
    assert read(spam, senders=["oakfield.example.sch.uk"]).mentions[0].sent_on
    for words, finds in (("Cheap pills", 0), ("Ask oakfield", 1), ("A bomb!", 1), ("Not St. Mary’s?", 1)):
        assert len(read(mail(words, X_Spam_Flag="YES"), at=AT_MICROSOFT).mentions) == finds


@for_each(
    ("subject", "marks", "text", "title"),
    [
        ("Man with knife outside Oakfield now", {}, "Man with knife outside Oakfield now", "from a person)"),
        ("Fwd:", OURS, "", "from somebody at the school)"),
        ("", {"Auto_Submitted": "auto-generated"}, "", "from a program)"),
    ],
)
def test_a_mail_without_words_is_looked_at_and_its_subject_is_words(subject, marks, text, title):
    found = only_at_school(mail("", Subject=subject, enclosed=("image/png",), **marks))
    assert (found.text, found.enclosed, found.channel) == (text, ("image/png",), "manual_report")
    assert found.title.endswith(title)


@pytest.mark.corpus
def test_mails_that_were_once_misread_bring_finds_or_are_counted_and_keep_no_address():
    for file in corpus_path("cases").glob("*/*.eml"):
        content = file.read_bytes()
        part = message_from_bytes(content, policy=policy.default).get_body(("html", "plain"))
        head = {k.replace("-", "_"): v for k, v in message_from_bytes(content).items() if "Content" not in k}
        html = bool(part) and part.get_content_subtype() == "html"
        page = read(mail(part.get_content() if part else "", html=html, **head), at=AT_MICROSOFT)
        assert page.mentions or page.left_out, file
        assert not re.search(r"\w@|CAUTION", "".join(f"{m.url} {m.title} {m.text}" for m in page.mentions)), (
            file
        )


# ------------------------------------------------------------------ letters
def test_a_mail_that_is_cut_in_encoded_words_or_dated_wrongly_is_read_as_far_as_it_goes():
    cut = base64.encodebytes(b"The gate at Oakfield was shut.")[:-7]
    assert only(mail(cut, encoding="base64")).text.startswith("The gate at Oakfield")
    assert only(mail("x y z", Subject="Fwd: =?utf-8?Q?t=C5=B7_?= =?utf-8?B?YmFjaA==?=")).title == "tŷ bach"
    content = bytes(range(256))
    assert text_to_bytes(bytes_to_text(content)) == content
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
DANGER = "he will stab ben on monday with a knife"


@for_each("words", shapes("whose_words", "danger"))
def test_what_speaks_of_danger_is_never_left_out_as_a_footer_or_as_ours(words):
    for marks in ({"Subject": "Re: Ben", "In_Reply_To": "<1@oakfield.example.sch.uk>"}, FACEBOOK):
        found = read(mail(words, html=words[0] == "<", **marks)).mentions
        assert DANGER in " ".join(one.text for one in found).casefold()


# ------------------------------------------------------------------ mails that are made to break us
ALERT = {"From": "Google Alerts <googlealerts-noreply@google.com>", "Message_ID": "<8@google.com>"}
NOTICE = {"From": "Forum <noreply@forum.example.org>", "Subject": "New reply to a thread", "List_Id": "forum"}


@for_each("sent", [{}, ALERT, NOTICE])
@for_each("address", ["https://[abc/d", "https://exa\u2100mple.org/x", "https://a@[x]/"])
def test_what_only_looks_like_an_address_is_none(sent: dict[str, str], address: str) -> None:
    words = f"Oakfield gate\nGazette\nShut again\n<{address}>\n<https://gazette.example.org/news/gate>\n"
    assert only(mail(words, **sent)).url == "https://gazette.example.org/news/gate"


def test_a_mail_that_breaks_its_reader_is_counted_and_to_be_looked_at_and_hides_no_other() -> None:
    page = read(
        mail("Hello all", From=f"{'(' * 16_000}<a@example.org>"), mail("Look at the gate of Oakfield")
    )
    title = "A mail that could not be read: look at it in the mailbox (2026-11-16 18:00)"
    assert [found.text or found.title for found in page.mentions] == [title, "Look at the gate of Oakfield"]
    assert page.left_out == ("Mails that could not be read: look at them in the mailbox: 1.",)


# -------------------------------------------------------- as a collector


def _document(name: str, mentions: int, words: str = "", url: str = WHERE) -> Document:
    return Document(f"mailbox/{name}.json", url, mentions, words, "json", "application/json; charset=utf-8")


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
