"""What takes too long to read hides nothing that comes after it, and is never counted as read."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from builders.fetcher import fetcher_for
from builders.judges import OAKFIELD, judges, read_in
from support.for_each import for_each
from support.imap_server import PASSWORD, USER, imap_server

from data.errors import Unreadable
from data.types import BackFill, Outcome, Request, Response, Route, Source, SourceState
from monitor.pipeline.collect import collect
from sources import base, feeds, threads
from sources.html.sanitise import clean_mention
from sources.mailbox import archive, collector, whose_words
from sources.registry import collector as collector_of

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
THREAT = "I am going to stab Mr Hart at Oakfield on Monday."
DEAR, SLOW, PLAIN = "dear", "slow", "plain"
"""Takes more than any time; more than it has among others, and less than by itself; takes none."""
URNS = ("900001",)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(base, "_ITEM_S", 0.04)
    monkeypatch.setattr(base, "_ALL_S", 0.3)
    monkeypatch.setattr(collector, "_ALONE_S", 0.1)
    automatic = whose_words.is_automatic

    def read_dearly(mail):
        spin({DEAR: 60.0, SLOW: 0.06}.get(mail.subject, 0.0))
        return automatic(mail)

    monkeypatch.setattr(whose_words, "is_automatic", read_dearly)


def spin(seconds):
    until = time.process_time() + seconds
    while base._Turn.began is not None and time.process_time() < until:
        sum(range(1_000))  # the clock alone is the system's time, not ours


def timed(work, *args, **given):
    """Calls it as the process does that can be ended, without one."""
    base.time_items()
    try:
        return work(*args, **given)
    finally:
        base._Turn.began = None


def ended(work, *args, **given):
    """The same where no timer reaches what is dear: the process is ended."""
    if any(DEAR.encode() in one for one in [getattr(args[-1], "body", b""), *to_list(args[-1])]):
        raise Unreadable("It was stopped.")
    return timed(work, *args, **given)


def to_list(said):
    return said if isinstance(said, list) else []


def a_mail(n, subject, words="Nothing new at the gate of Oakfield."):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Jo <jo@example.org>", USER, subject
    mail["Date"], mail["Message-ID"] = "Mon, 16 Nov 2026 18:00:00 +0000", f"<{n}@example.org>"
    mail.set_content(words)
    return mail.as_bytes()


def mails_of(what):
    return [*(a_mail(n, what) for n in range(5)), a_mail(5, PLAIN, THREAT), a_mail(6, PLAIN)]


def by_imap(what, apart):
    with imap_server({"INBOX": mails_of(what)}) as server:
        fetcher = fetcher_for(tls=server.context, credentials={"box": (USER, PASSWORD)}.get)
        url = f"imaps://localhost:{server.port}/INBOX"
        box = Source("box", "mailbox", url, URNS, settings={"user": USER})
        return collect(box, SourceState("box"), collector_of("mailbox"), fetcher.fetch, lambda: NOW, apart)


def by_file(what, apart, folder):
    path = folder / "old.mbox"
    path.write_bytes(b"".join(b"From jo@example.org\n" + mail + b"\n" for mail in mails_of(what)))
    box = Source("box", "mailbox", "imaps://imap.example.org/INBOX", URNS, settings={"user": USER})
    fill = BackFill("box", URNS, NOW, datetime(2026, 1, 1, tzinfo=UTC), "f", left=(Request("mbox:0"),))
    file = archive.ArchiveReader(path, lambda: NOW, apart)
    state, by = SourceState("box"), collector_of("mailbox")
    got = collect(box, state, by, file.fetch, lambda: NOW, apart, fill)
    file.close()
    return got


@for_each("door", ["imap", "file"])
@pytest.mark.parametrize(
    ("what", "apart", "lost"), [(DEAR, timed, 5), (SLOW, timed, 0), (DEAR, ended, 5), (PLAIN, ended, 0)]
)
def test_a_threat_behind_dear_mails_is_read_and_somebody_hears_of_those(door, what, apart, lost, tmp_path):
    got = by_imap(what, apart) if door == "imap" else by_file(what, apart, tmp_path)
    assert THREAT in [m.text for m in got.mentions]
    titles = [m.title for m in got.mentions]
    assert sum(title.startswith("A mail that could not be read") for title in titles) == lost
    assert titles.count(SLOW) == (5 if what == SLOW else 0)
    assert got.run.outcome is (Outcome.PARTLY if lost else Outcome.OK)
    assert got.run.detail == ("Mails that could not be read: look at them in the mailbox: 5." if lost else "")
    if door == "imap":
        assert ";UID=8:*" in got.run.resume


FEED = """<rss version='2.0'><channel><title>News</title>{}</channel></rss>"""
ITEM = "<item><title>{}</title></item>"
THREAD = """<html><body id="phpbb" class="section-viewtopic"><h2 class="topic-title">
<a href="./viewtopic.php?t=1">Gate</a></h2>{}</body></html>"""
POST = """<div class="post"><div class="postbody"><p class="author"><a href="./viewtopic.php">x</a> by
<strong><a class="username">jo</a></strong></p><div class="content">{}</div></div></div>"""


@for_each(
    "kind, whole, item",
    [("feed", FEED, ITEM), ("forum.phpbb", THREAD, POST)],
)
def test_a_threat_behind_dear_items_of_a_feed_or_posts_of_a_thread_is_read(monkeypatch, kind, whole, item):
    def clean_dearly(mention):
        spin(60.0 if DEAR in mention.title else 0.0)
        return clean_mention(mention)

    def read_dearly(shape, frame, body, *given):
        spin(60.0 if DEAR in body.text_content() else 0.0)
        return reading_post(shape, frame, body, *given)

    reading_post = threads._reading_post
    monkeypatch.setattr(feeds, "clean_mention", clean_dearly)
    monkeypatch.setattr(threads, "_reading_post", read_dearly)
    said = [*(f"{DEAR} {n} at the gate" for n in range(8)), THREAT]
    page = whole.format("".join(map(item.format, said))).encode()
    source = Source("f", kind, "https://talk.example.org/viewtopic.php?t=1", URNS)
    parse, answer = collector_of(kind).parse, Response(source.url, 200, (), page, NOW)
    assert len(parse(source, answer).mentions) == 9
    got = timed(parse, source, answer)
    assert [m for m in got.mentions if THREAT in (m.title, m.text)]
    assert "took too long to be read: 8" in " ".join(got.unread)


def test_somebody_is_to_look_at_a_mail_that_could_not_be_read(undone, tmp_path):
    got = by_file(DEAR, timed, tmp_path)
    by = judges(OAKFIELD)
    batch = read_in(undone, by, replace(got, source=replace(got.source, surfaced=True)))
    lost = {m.id for m in got.mentions if not m.text}
    shown = [v.look or v.route is not Route.IGNORE for v in batch.verdicts if v.mention_id in lost]
    assert shown == [True] * 5
