"""A mailbox is read over a true line: bounded, resumed, never changed; what goes wrong is said for people."""

import logging
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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


# ------------------------------------------------------------------ answers in pieces
UNASKED = (
    "* 4 EXISTS", "* 1 RECENT", "* OK Searched 91% of the mailbox, ETA 0:01", "* NO the disk is nearly full",
    "* 2 FETCH (FLAGS (\\Seen))", "* 3 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (9))", "* VANISHED 40:42",
    "* 9 FETCH (UID 44 FLAGS ())", "* FLAGS (\\Seen \\Deleted)", "* OK [HIGHESTMODSEQ 9] x",
)  # fmt: skip
"""What a server may say at any time (RFC 3501, 2.2.2 and 7; RFC 7162)."""


def lines(*said: str):
    """A server's answer to a command, in these lines."""

    def answer(session: Session) -> None:
        session.send("".join(f"{line}\r\n" for line in said).encode())
        session.ok()

    return answer


def talkative(session: Session) -> None:
    """A server that answers a FETCH mail by mail, with what nobody asked for around each."""
    said = "".join(f"{line}\r\n" for line in UNASKED).encode()
    verb, asked, items = session.line[:9], *session.line.split(" ", 3)[2:]
    tag, session.tag = session.tag, "* OK"
    session.send(said)
    for number in session.among(asked):
        session.line = f"{verb} {number} {items}"
        session.answer("UID FETCH")
        session.send(said)
    session.tag = tag
    session.ok()


def read_by(**instead):
    """The mails of a mailbox of three, by their numbers, and what went wrong."""
    held = {n: mail(n) for n in (1, 2, 3)}
    tricks = {name.replace("_", " "): trick for name, trick in instead.items()}
    with imap_server({"INBOX": held}, instead=tricks) as server:
        got = read(server)
    return sorted(m.url[-1:] for m in got.mentions), got.run.detail or ""


@for_each(
    "said",
    [
        ("* SEARCH 1 2", "* SEARCH 3"),
        ("* SEARCH 3", "* SEARCH 1", "* SEARCH 2"),
        ("* SEARCH", "* SEARCH 1 2 3", "* SEARCH"),
        ("* SEARCH 1 2 (MODSEQ 7)", "* SEARCH 3 (MODSEQ 8)"),
        ("* SEARCH 1 2 3 ",),
        ("* search 1 2 3",),
        (UNASKED[4], "* SEARCH 1", *UNASKED, "* SEARCH 2 3", UNASKED[0]),
        ('* ESEARCH (TAG "a") UID ALL 1:3',),
        ('* ESEARCH (TAG "a") UID COUNT 3 ALL 1,3:2',),
        ("* ESEARCH UID ALL 1:2", "* ESEARCH UID ALL 3 MODSEQ 9"),
    ],
)
def test_the_numbers_of_a_search_are_taken_in_from_as_many_lines_as_they_come_in(said):
    assert read_by(UID_SEARCH=lines(*said)) == (["1", "2", "3"], "")


@for_each("said", [(), ("* SEARCH",), ('* ESEARCH (TAG "a") UID',), ("* ESEARCH UID COUNT 0",)])
def test_a_search_that_finds_nothing_is_no_fault(said):
    assert read_by(UID_SEARCH=lines(*said)) == ([], "")


@for_each(
    "said",
    [
        ("* ESEARCH UID ALL 1:4000000000",), ("* ESEARCH UID ALL 1:900000",) * 3, ("* SEARCH 1 two 3",),
        ("* ESEARCH UID ALL 1:2:,3",),
    ],
)  # fmt: skip
def test_numbers_that_nobody_can_have_are_no_answer(said):
    assert read_by(UID_SEARCH=lines(*said)) == (
        [],
        "What answers at this address does not speak IMAP as we know it.",
    )


def test_a_search_in_thousands_of_lines_takes_no_longer_than_in_one():
    with within(3.0):
        assert read_by(UID_SEARCH=lines(*["* SEARCH 1 2 3"] * 10_000)) == (["1", "2", "3"], "")


@given(st.permutations((1, 2, 3)), st.lists(st.sampled_from(UNASKED), max_size=6), st.integers(0, 3))
@settings(max_examples=6, deadline=None)
def test_however_a_search_is_cut_into_lines_every_mail_is_read(numbers, between, cut):
    parts = [" ".join(map(str, some)) for some in (numbers[:cut], numbers[cut:])]
    said = [f"* SEARCH {parts[0]}".strip(), *between, f"* SEARCH {parts[1]}".strip()]
    assert read_by(UID_SEARCH=lines(*said)) == (["1", "2", "3"], "")


def test_what_nobody_asked_for_between_mails_hides_none_and_no_words():
    assert read_by(UID_FETCH=talkative) == (["1", "2", "3"], "")
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Seen", "<9@example.org>"
    made.set_content("Plain words.")
    made.add_alternative("<p>Plain words.</p>", subtype="html")
    held = {1: mail(1), 2: made.as_bytes(), 3: mail(3)}
    quiet, loud = [], []
    for found, instead in ((quiet, {}), (loud, {"UID FETCH": talkative})):
        with imap_server({"INBOX": held}, instead=instead) as server:
            found += [(m.title, m.text) for m in read(server).mentions]
    assert loud == quiet


def test_a_server_that_marks_what_it_sends_as_another_kind_of_literal_is_understood():
    """RFC 7888 lets a client write “{5+}”, RFC 3516 a server “~{5}”; some servers write either."""

    def fetch(session: Session) -> None:
        send, session.send = session.send, lambda data: send(re.sub(rb"\{(\d+)\}\r\n", rb"~{\1+}\r\n", data))
        session.answer("UID FETCH")
        session.send = send

    assert read_by(UID_FETCH=fetch) == (["1", "2", "3"], "")


@for_each(
    "said",
    [
        ("* CAPABILITY IMAP4rev1", "* CAPABILITY AUTH=PLAIN"),
        ("* CAPABILITY AUTH=PLAIN", "* CAPABILITY IMAP4rev1"),
        ("* capability imap4rev1 auth=plain",),
    ],
)
def test_what_a_server_can_is_taken_in_from_several_lines(said):
    with imap_server({"INBOX": [mail(1)]}, instead={"CAPABILITY": lines(*said)}) as server:
        assert len(read(server).mentions) == 1
        assert "AUTHENTICATE" in server.verbs


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
        session.send(b"* 2 FETCH (FLAGS (\\Seen))\r\n")  # of another mail, which has that place
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
