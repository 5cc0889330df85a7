"""What came with a post by mail stays in the mailbox until a person has said what it is not."""

from __future__ import annotations

import hashlib
from contextlib import closing
from email.message import EmailMessage

import pytest
from builders.capture import capture, kept, manifest
from builders.case_desk import NOW, Desk
from builders.fetcher import fetcher_for
from builders.mention import a_batch, a_mention, a_run, a_verdict
from support.imap_server import PASSWORD, USER, imap_server

from data.errors import InputError
from data.retention.deleting import drop_texts
from data.store.mentions.batch import save
from data.store.verdicts.stories import enclosures_of
from data.types import About, Mention, Policy, Request, Response, Route, Severity, Source
from sources.mailbox.collector import MailboxOfAlerts

JPEG = b"\xff\xd8\xff\xe0 a picture of a poster"
PDF = b"%PDF-1.7 a leaflet"


def a_mail(*enclosed: tuple[bytes, str]) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Fwd: see this", "<1@example.org>"
    made["Date"] = "Mon, 16 Nov 2026 18:00:00 +0000"
    made.set_content("The poster about Mr Example is up again: https://forum.example.org/t/1#p2")
    for content, kind in enclosed:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename="Mr Example.jpg")
    return made.as_bytes()


def fetching(server):
    return lambda config: closing(fetcher_for(tls=server.context, credentials={"alerts": (USER, PASSWORD)}))


@pytest.fixture(scope="module")
def server():
    mails = [a_mail((JPEG, "image/jpeg"), (PDF, "application/pdf")), a_mail((b"MZ\x90", "image/png"))]
    with imap_server({"INBOX": mails}) as running:
        yield running


def read(server, number: int) -> Mention:
    """The post of that mail, as the mailbox brings it."""
    url = f"imaps://localhost:{server.port}/INBOX;UIDVALIDITY=7;UID={number}:{number}"
    with fetching(server)(None) as asking:
        answer = asking.fetch(Request(url, auth="alerts"))
    assert isinstance(answer, Response)
    page = MailboxOfAlerts().parse(Source("alerts", "mailbox", url.partition(";")[0]), answer)
    return page.mentions[0]


def a_case(desk: Desk, mention: Mention) -> None:
    given = {
        "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF,
        "content_class": "C7", "abuse": ("defamation",),
    }  # fmt: skip
    batch = a_batch(
        mention, verdicts=[a_verdict(mention, **given)], story_id="story-post", run=a_run("alerts")
    )
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=Policy())
    opened = desk("open", "story-post", "--as", "pike")
    assert opened.code == 0, opened.err


@pytest.fixture
def desk(tmp_path, server):
    found = Desk(tmp_path)
    a_case(found, read(server, 1))
    server.told.clear()
    return found


def test_the_case_says_of_which_kinds_it_is_and_no_name(desk):
    shown = desk("show", "1", "--as", "pike").out
    assert "With it came, unopened in the mailbox: 1 picture, 1 document" in shown
    assert "Mr Example.jpg" not in shown


def test_it_is_kept_as_what_is_handed_in_once_somebody_has_said_what_it_is_not(desk, server):
    code, said = capture(desk, attachment=True, child_image=False, fetching=fetching(server))
    assert code == 0, said
    files = kept(desk)
    assert files["supplied-1.jpg"] == JPEG
    assert files["supplied-2.pdf"] == PDF
    listed = {f["name"]: f["sha256"] for f in manifest(desk)["files"]}
    assert listed["supplied-1.jpg"] == hashlib.sha256(JPEG).hexdigest()
    assert manifest(desk)["handed_in"]["came"]["how"] == "email"
    assert "Mr Example.jpg" not in str(manifest(desk))
    assert set(server.verbs) <= {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID FETCH", "LOGOUT", ""}


@pytest.mark.parametrize("answer", ["yes", "unknown", ""])
def test_where_it_may_show_a_child_it_is_not_fetched_and_the_safeguarding_lead_is_told_where_it_lies(
    desk, server, answer
):
    with pytest.raises(InputError, match="Nothing was fetched, opened or kept"):
        capture(desk, attachment=True, fetching=fetching(server), ask=lambda question: answer)
    assert server.told == []
    with desk.store.read() as con:
        (text,) = con.execute("SELECT text FROM restricted_texts").fetchone()
        audience = con.execute("SELECT audience FROM alerts WHERE restricted").fetchone()[0]
    assert text.startswith("Image of a child. Mail: imaps://localhost:")
    assert "poster" not in text
    assert audience


def test_what_is_a_program_is_not_kept(tmp_path, server):
    desk = Desk(tmp_path)
    a_case(desk, read(server, 2))
    with pytest.raises(InputError, match="--attachment: it is a program"):
        capture(desk, attachment=True, child_image=False, fetching=fetching(server))


def test_a_mail_that_is_gone_is_said_to_be_gone(desk, server, monkeypatch):
    monkeypatch.setattr(server, "validity", 8)
    with pytest.raises(InputError, match="no longer where it was"):
        capture(desk, attachment=True, child_image=False, fetching=fetching(server))


def test_a_post_that_came_alone_has_nothing_to_fetch(tmp_path, server):
    desk = Desk(tmp_path)
    a_case(desk, a_mention("post"))
    with pytest.raises(InputError, match="nothing came with the post"):
        capture(desk, attachment=True, child_image=False, fetching=fetching(server))


def test_either_files_or_what_came_by_mail(desk, server, tmp_path):
    with pytest.raises(InputError, match="only one of these"):
        capture(desk, attachment=True, files=[tmp_path / "x"], fetching=fetching(server))


def test_where_it_lay_is_forgotten_with_the_post(desk, server):
    found = read(server, 1)
    with desk.store.write("test") as con:
        assert enclosures_of(con, found.id).kinds == ("image/jpeg", "application/pdf")
        drop_texts(con, [found.id])
        assert enclosures_of(con, found.id) is None
