"""A mailbox is read over a true line: bounded, resumed, never changed; what goes wrong is said for people."""

import logging
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from support.for_each import for_each
from support.imap_server import PASSWORD, USER, Session, imap_server
from support.mails import TABLE, expected, raw, told
from support.processor import within

from data.types import Outcome, Request, Response, Source, SourceState
from monitor.pipeline.collect import collect
from sources.fetch import Fetcher
from sources.http.connection import tls_context
from sources.http.politeness import Limits
from sources.mailbox import reading
from sources.mailbox.collector import bundle_of
from sources.mailbox.mail import mail_of
from sources.registry import collector

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
SETTINGS = {"user": USER, "password_env": "SCHOOLGATE_MAILBOX_PASSWORD"}


def mail(
    n: int = 1,
    words: str = "",
    subject: str = "Seen on the town page",
    sender: str = "A Parent <p@example.org>",
):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, USER, subject
    made["Date"], made["Message-ID"] = "Mon, 16 Nov 2026 18:00:00 +0000", f"<{n}@example.org>"
    made.set_content(
        words or f"Post {n}: the gate at Oakfield was shut.\nhttps://forum.example.org/t/gate/{n}\n"
    )
    return made.as_bytes()


def fetcher(server, *, deadline_s=5.0, password=PASSWORD, **changes):
    limits = Limits(connect_s=2.0, deadline_s=deadline_s, per_host_interval_s=0.0)
    given = {"tls": server.context, "credentials": {"alerts": (USER, password)}.get} | changes
    return Fetcher(agent="x", clock=lambda: NOW, sleep=lambda _: None, limits=limits, **given)


def source(server, folder="INBOX", scheme="imaps", max_pages=5):
    url = f"{scheme}://localhost:{server.port}/{folder}"
    return Source("alerts", "mailbox", url, ("900001",), settings=SETTINGS, max_pages=max_pages)


def ask(server, *, folder="INBOX", scheme="imaps", **changes):
    return fetcher(server, **changes).fetch(Request(source(server, folder, scheme).url, auth="alerts"))


def read(server, state=None, **changes):
    of = source(server, **changes)
    return collect(
        of, state or SourceState("alerts"), collector("mailbox"), fetcher(server).fetch, lambda: NOW
    )


def after(run, server):
    from monitor.pipeline.collect import scope_of

    return SourceState("alerts", resume=run.resume, scope=scope_of(source(server)))


# ------------------------------------------------------------------ what is asked for
def test_a_mailbox_is_opened_for_reading_only_and_nobody_it_was_sent_to_is_asked_for():
    with imap_server({"INBOX": [mail(1), mail(2)]}) as server:
        answer = ask(server)
    assert isinstance(answer, Response), answer
    assert [one.address.rpartition("=")[2] for one in bundle_of(answer.body.decode()).mails] == ["1:1", "2:2"]
    allowed = ("CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT", "")
    assert set(server.verbs) <= {*allowed}
    assert not [line for line in server.told if "BODY[" in line.replace("BODY.PEEK[", "")]
    with imap_server({"INBOX": [mail(1)]}) as server:
        answer = ask(server)
    assert USER not in answer.body.decode()


def test_only_the_words_are_fetched_and_an_enclosed_picture_stays_where_it_is():
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Seen", "<9@example.org>"
    made.set_content("Have you seen this?")
    made.add_alternative("<p>Have you seen <img src='cid:a'> this?</p>", subtype="html")
    made.add_attachment(
        b"\xff\xd8 nobody opens this", maintype="image", subtype="jpeg", filename="Jo Example.jpg"
    )
    with imap_server({"INBOX": [made.as_bytes()]}) as server:
        (one,) = bundle_of(ask(server).body.decode()).mails
        asked = " ".join(server.told)
    assert one.enclosed == ("image/jpeg",)
    assert "BODY.PEEK[1.1]<0." in asked
    assert "BODY.PEEK[2]" not in asked
    assert "Example.jpg" not in str(one)


def test_all_that_a_mail_says_is_read_in_one_reading_and_nothing_of_its_pictures():
    with imap_server({"INBOX": [raw(name) for name in TABLE]}) as server:
        answer = ask(server)
    mails = [mail_of(one, NOW) for one in bundle_of(answer.body.decode()).mails]
    assert "bea.larch@parents.example.org>,  <ros.teal@" in str(
        mails[[*TABLE].index("enclosed")].enclosed_mails
    )
    found = [*map(told, mails)]
    assert dict(zip(TABLE, found, strict=True)) == {name: expected(name) for name in TABLE}
    assert b"iVBORw0KGgo" not in answer.body
    assert "bea.larch" not in str(found)


@for_each(
    "parts",
    [
        "--A0\n\nx\n" * 400, "--A0\nContent-Type: message/rfc822\n\nSubject: a\n\nx\n" * 60,
        "".join(f'--A{n}\nContent-Type: multipart/mixed; boundary="A{n + 1}"\n\n' for n in range(40)),
    ],
)  # fmt: skip
def test_a_mail_of_too_many_parts_is_read_as_far_as_it_goes_and_hides_no_other(parts):
    made = f'Message-ID: <b@example.org>\nContent-Type: multipart/mixed; boundary="A0"\n\n{parts}--A0--\n'
    with within(2):
        with imap_server({"INBOX": [mail(1), made.encode()]}) as server:
            got = read(server)
        assert "1" in {m.url[-1:] for m in got.mentions}
        assert any("only the beginning" in said for said in got.run.warnings) == (parts.count("--A0") > 50)


# ------------------------------------------------------------------ paging
def test_a_large_mailbox_is_read_in_pieces_newest_first_and_nothing_twice(monkeypatch):
    monkeypatch.setattr(reading, "MOST_MAILS", 5)
    with imap_server({"INBOX": [mail(n) for n in range(1, 24)]}) as server:
        first = read(server, max_pages=2)
        server.put(mail(24))
        second = read(server, after(first.run, server), max_pages=2)
        third = read(server, after(second.run, server), max_pages=2)
        told = len(server.told)
        fourth = read(server, after(third.run, server))
        said = server.verbs[told:]
    words = [[int(m.url.rpartition("/")[2]) for m in each.mentions] for each in (first, second, third)]
    assert [sorted(w) for w in words] == [list(range(14, 24)), [*range(5, 14), 24], [1, 2, 3, 4]]
    assert fourth.run.outcome is Outcome.NOT_MODIFIED
    assert "UID FETCH" not in said


def test_after_its_mails_are_numbered_anew_it_is_read_again_and_brings_the_same_ids():
    with imap_server({"INBOX": [mail(1), mail(2)]}) as server:
        first = read(server)
        server.validity = 8
        again = read(server, after(first.run, server))
    assert [m.id for m in again.mentions] == [m.id for m in first.mentions]
    assert ";UIDVALIDITY=8;UID=3:*" in again.run.resume


def test_another_folder_begins_from_its_own_beginning_and_is_opened_by_its_name():
    with imap_server({"INBOX": [mail(1)], "Alerts": [mail(2)]}) as server:
        first = read(server)
        other = read(server, after(first.run, server), folder="Alerts")
    assert len(other.mentions) == 1
    with imap_server({"Gl&APQ-w": [mail(1)]}) as server:
        assert isinstance(ask(server, folder="Gl%C3%B4w"), Response)
    with imap_server() as server:
        failure = ask(server, folder="Schoolgate")
    assert (failure.outcome, "“Schoolgate”" in failure.detail) == (Outcome.GONE, True)


def test_a_server_that_does_not_say_its_next_number_is_read_and_an_empty_mailbox_holds_nothing_new():
    with imap_server({"INBOX": [mail(1)]}, next_numbers=False) as server:
        first = read(server)
        again = read(server, after(first.run, server))
    assert (len(first.mentions), again.run.outcome) == (1, Outcome.NOT_MODIFIED)
    with imap_server() as server:
        assert read(server).run.outcome is Outcome.NOT_MODIFIED


# ------------------------------------------------------------------ mails made to harm
def _structure_of_one(number: int, answer: bytes):
    """A server's answer in which one mail breaks its reader, and the others are as they are."""

    def fetch(session: Session) -> None:
        asked = session.line.split()[2]
        if number in session.among(asked):
            session.send(answer)
            session.ok()
        else:
            session.answer("UID FETCH")

    return fetch


@for_each(
    "answer",
    [
        b"* 1 FETCH (UID 2 BODYSTRUCTURE " + b"(" * 20_000 + b"\r\n",
        b"* 1 FETCH (UID 2 BODYSTRUCTURE {1073741824}\r\n",
        b"* 1 FETCH (UID 2 " + b"x" * 1_100_000 + b"\r\n",
    ],
)
def test_one_mail_that_breaks_its_reader_hides_no_other(answer):
    mails = {n: mail(n) for n in (1, 2, 3)}
    with imap_server({"INBOX": mails}, instead={"UID FETCH": _structure_of_one(2, answer)}) as server:
        got = read(server)
    assert sorted(m.url[-1:] for m in got.mentions) == ["", "1", "3"], "and a find in its place"
    assert any("could not be read: look at them in the mailbox" in said for said in got.run.warnings)
    assert ";UID=4:*" in got.run.resume


@for_each("before", [(), (1,)])
def test_a_mail_that_is_deleted_after_the_search_is_none_that_could_not_be_read(before):
    def fetch(session: Session) -> None:
        session.folder = {n: mail(n) for n in before}
        session.answer("UID FETCH")

    held = {n: mail(n) for n in (*before, 2)}
    with imap_server({"INBOX": held}, instead={"UID FETCH": fetch}) as server:
        bundle = bundle_of(ask(server).body.decode())
    assert (len(bundle.mails), bundle.broken) == (len(before), 0)


def test_words_without_end_are_cut_and_a_server_that_drips_is_given_up():
    with imap_server({"INBOX": [mail(1, "the gate was shut " * 40_000)]}) as server:
        got = read(server)
    assert 100_000 < len(got.mentions[0].text) <= 262_144
    assert any("only the beginning" in said for said in got.run.warnings)
    with imap_server({"INBOX": [mail(1)]}, instead={"UID SEARCH": _drip}) as server:
        failure = ask(server, deadline_s=0.5)
    assert failure.outcome is Outcome.UNREACHABLE
    assert "within 0.5 seconds" in failure.detail


# ------------------------------------------------------------------ what goes wrong
def _drip(session: Session) -> None:
    while session.wait(0.05):
        session.send(b"* ")


def _hang_up(session: Session) -> None:
    session._wire.close()
    raise ConnectionError


def _to(command: str, answer: object) -> dict[str, object]:
    """A server that answers one command like that."""
    return {"instead": {command: answer}}


@for_each(
    ("changes", "outcome", "said"),
    [
        ({"password": "another"}, Outcome.MISCONFIGURED, "refused the user name or the password"),
        ({"capability": "IMAP4rev1 LOGINDISABLED"}, Outcome.MISCONFIGURED, "takes no user name and password"),
        ({"greeting": b"* BYE too many\r\n"}, Outcome.UNREACHABLE, "ended the connection"),
        ({"greeting": b"220 this is a web shop\r\n"}, Outcome.UNREACHABLE, "ended the connection"),
        (_to("EXAMINE", b"* BYE later\r\n"), Outcome.UNREACHABLE, "ended the connection"),
        (_to("EXAMINE", b"{tag} BAD no\r\n"), Outcome.GONE, "has no folder “INBOX”"),
        (_to("AUTHENTICATE", _hang_up), Outcome.UNREACHABLE, ""),
        (_to("AUTHENTICATE", b"{tag} NO [UNAVAILABLE] x\r\n"), Outcome.UNREACHABLE, "at the moment"),
        (_to("UID SEARCH", b"* SEARCH {2147483648}\r\n"), Outcome.TOO_LARGE, ""),
        (_to("UID SEARCH", b"* SEARCH one two\r\n{tag} OK x\r\n"), Outcome.MALFORMED, "not speak IMAP"),
        (_to("EXAMINE", b"* OK [UIDNEXT 2] x\r\n{tag} OK x\r\n"), Outcome.MALFORMED, "numbers its mails"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_an_outcome_with_what_to_do(changes, outcome, said):
    with imap_server({"INBOX": [mail(1)]}, **changes) as server:
        failure = ask(server, password=PASSWORD)
    assert failure.outcome is outcome, failure
    assert said in failure.detail


def test_what_the_line_is_encrypted_by_is_checked_before_the_password_is_told():
    with imap_server(certificate_for="other.example.org") as server:
        failure = ask(server)
    assert (failure.outcome, server.told) == (Outcome.UNREACHABLE, [])
    assert "certificate" in failure.detail
    with imap_server(security="none") as server:
        failure = ask(server)
    assert (failure.outcome, "imap://" in failure.detail) == (Outcome.MISCONFIGURED, True)
    with imap_server({"INBOX": [mail(1)]}, security="starttls") as server:
        assert isinstance(ask(server, scheme="imap"), Response)
    assert server.verbs.index("STARTTLS") < server.verbs.index("AUTHENTICATE")
    with imap_server({"INBOX": [mail(1)]}, security="none") as server:
        assert isinstance(ask(server, scheme="imap"), Response)


def test_a_server_is_contacted_and_told_the_password_only_where_the_settings_and_tls_allow_it():
    def anywhere(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with imap_server({"INBOX": [mail(1)]}, security="none") as server:
        url = f"imap://mail.example.org:{server.port}/INBOX"
        asking = fetcher(server, resolve=anywhere, own_servers=("mail.example.org",))
        failure = asking.fetch(Request(url, auth="alerts"))
    assert (failure.outcome, "AUTHENTICATE" in server.verbs) == (Outcome.MISCONFIGURED, False)
    assert "STARTTLS" in failure.detail
    with imap_server({"INBOX": [mail(1)]}, certificate_for="mail.example.org") as server:
        request = Request(f"imaps://mail.example.org:{server.port}/INBOX", auth="alerts")
        there = {"resolve": lambda host, port: ["127.0.0.1"]}
        refused = fetcher(server, **there).fetch(request)
        named = fetcher(server, **there, own_servers=("mail.example.org",)).fetch(request)
    assert refused.outcome is Outcome.MISCONFIGURED
    assert isinstance(named, Response)
    with imap_server() as server:
        failure = fetcher(server, credentials={}.get).fetch(Request(source(server).url, auth="alerts"))
    assert (failure.outcome, server.connections) == (Outcome.MISCONFIGURED, 0)
    assert "password_env" in failure.detail


def test_it_is_read_through_a_proxy_where_nothing_else_leads_out():
    from support.proxies import proxy_to

    with (
        imap_server({"INBOX": [mail(1)]}, certificate_for="mail.example.org") as server,
        proxy_to({("mail.example.org", 993): ("127.0.0.1", server.port)}) as way,
    ):
        asking = fetcher(server, through=way.proxy())
        answer = asking.fetch(Request("imaps://mail.example.org/INBOX", auth="alerts"))
    assert isinstance(answer, Response), answer
    assert way.asked == ["CONNECT mail.example.org:993 HTTP/1.1"]


def test_the_authorities_of_the_settings_are_trusted(tmp_path: Path):
    with imap_server({"INBOX": [mail(1)]}) as server:
        file = tmp_path / "ca.pem"
        server.authority.cert_pem.write_to_path(str(file))
        assert isinstance(ask(server, tls=tls_context(str(file))), Response)


def test_login_is_used_where_there_is_no_sasl_and_accents_go_where_the_server_takes_them():
    with imap_server({"INBOX": [mail(1)]}, capability="IMAP4rev1") as server:
        assert isinstance(ask(server), Response)
    assert "LOGIN" in server.verbs
    with imap_server({"INBOX": [mail(1)]}, password="tŷ-bach") as server:
        assert isinstance(ask(server, password="tŷ-bach"), Response)
    with imap_server({"INBOX": [mail(1)]}, password="tŷ-bach", capability="IMAP4rev1") as server:
        assert "without accents" in ask(server, password="tŷ-bach").detail


@pytest.mark.parametrize("capability", ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"])
def test_a_password_stands_in_no_log_no_failure_and_no_repr(caplog, capability):
    caplog.set_level(logging.DEBUG)
    with imap_server({"INBOX": [mail(1)]}, capability=capability, password="hush-hush") as server:
        failure = ask(server, password="swordfish-9")
        answer = ask(server, password="hush-hush")
    assert isinstance(answer, Response)
    everywhere = f"{caplog.text} {failure!r} {answer.url}"
    assert "swordfish-9" not in everywhere
    assert "hush-hush" not in everywhere


@for_each(
    ("host", "said"),
    [
        ("outlook.office365.com", "XOAUTH2"),
        ("imap.gmail.com", "app password"),
        ("imap.example.org", "Correct “user”"),
    ],
)
def test_a_refused_password_is_explained_as_its_provider_means_it(host, said):
    from sources.mailbox.address import mailbox_at
    from sources.mailbox.reading import explain_refusal

    assert said in explain_refusal("NO LOGIN failed.", mailbox_at(f"imaps://{host}/INBOX")).detail
