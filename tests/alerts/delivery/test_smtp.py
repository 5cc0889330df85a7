"""A mail, and handing it to a true server: privately or not at all, by a password or a token."""

import contextlib
import logging
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import compat32, default

import pytest
import responses
from builders.mention import Clock, a_message
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from support.mail_server import HANG_UP, post_office
from support.microsoft import CLIENT, DISCOVERY, LOGIN, TENANT, TOKEN, discovered, given, refused

from alerts.delivery.deadline_smtp import Server, SmtpCourier, enhanced_code, probe_smtp, sign_in
from alerts.delivery.mail import Attachment, Unfit, compose_mail, header_line, read_attachment
from alerts.delivery.refusals import cause_of_refusal
from alerts.delivery.results import SENT, Cause, Result, SendOutcome, Unready
from alerts.delivery.web import SMTP_SCOPE, Application, Tokens, WebAccess
from data.types import Person, Role
from monitor.config.home.paths import write_private
from monitor.service.serve import DELIVER_S

SENDER = "schoolgate@example.org"
SECRET = "Hunter2-planted"
HEAD = Person("p-head", "Jane Holt", (Role.HEAD,), "head@example.org")
OURS = {
    "message-id", "date", "from", "to", "subject", "auto-submitted", "x-auto-response-suppress",
    "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip
EVIL = (
    "\r\nBcc: evil@example.test", "\n\nbody", "\r", "\x00", "\u2028", "\u2029", "\x0b\x0c\x1c\x85", "\u202e",
    "\u2066\u2069", "\u200b", "=?utf-8?q?=0ABcc:_evil=40example.test?=", '"', "<evil@example.test>", ",", ";",
    "@", "\\", "(", ")", ":", "x" * 1200, "ŵ" * 300, "\U0001f4a9" * 90, "\ud800", "\u200f", "é, ", "  ",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(EVIL), st.text(max_size=40)), max_size=6).map("".join)
LONG_LINES = (
    "Cyfarfod llywodraethwyr – ysgol Gŵyr – " * 5, "刘" * 60, "Larch " * 30, "x" * 180, '"' * 60, '\\"' * 28,
    "Żółć " * 16, "مدرسة " * 30, "💩" * 90, "=?é" * 40, "é" * 20,
    "Ysgol Gynradd Gymraeg Tŷ’r Wennol a’r Dderwen ger Pontrhydfendigaid",
)  # fmt: skip
LONG = "eyJ0-planted-" + "x" * 2000
"""Tokens of Microsoft are longer than a command of SMTP may be."""
WEB = WebAccess(ssl.create_default_context())


def mail(key="m1", to="head@example.org"):
    return compose_mail(
        a_message(key), Person("p-head", "Jane Holt", (Role.HEAD,), to), SENDER, "Oakfield"
    ).as_bytes()


def send(courier, key="m1", to="head@example.org", before=lambda: True):
    return courier.send(mail(key, to), SENDER, to, before)


def why_not(there):
    """The result for which no message can be sent at all."""
    with pytest.raises(Unready) as unready:
        sign_in(there)
    shown = repr(unready.value) + repr(unready.value.__context__) + repr(there)
    assert SECRET not in shown
    assert LONG not in shown
    assert unready.value.result.outcome is SendOutcome.RETRY
    return unready.value.result


def why(server):
    return why_not(server).cause


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name_or_of_an_unknown_authority_is_refused_and_nothing_is_sent(security):
    with post_office(
        security=security, certificate_for="other.example.org", user="u", password=SECRET
    ) as office:
        assert why(office.server(user="u", password=SECRET)) is Cause.CERTIFICATE
        assert office.taken == office.signed_in == []
    with post_office(security=security) as office:
        assert why(office.server(context=ssl.create_default_context())) is Cause.CERTIFICATE


def test_no_private_line_gets_a_password_and_a_refused_one_is_told_without_it(caplog):
    with post_office(user="u", password=SECRET) as office:
        assert why(office.server(security="starttls", user="u", password=SECRET)) is Cause.NO_TLS
        assert why(office.server(security="tls", user="u", password=SECRET)) is Cause.NO_TLS
        assert office.taken == office.signed_in == []
    with post_office(security="starttls") as office:
        assert why(office.server(user="u", password=SECRET)) is Cause.NO_SIGN_IN
    with post_office() as office:
        assert why(office.server(host="mail.example.org")) is Cause.PLAIN
        assert probe_smtp(office.server(host="mail.localhost")).cause is not Cause.PLAIN
        sign_in(office.server(host="127.0.0.1")).close()
    caplog.set_level(logging.DEBUG)
    with post_office(security="starttls", user="u", password="another") as office:
        assert why(office.server(user="u", password=SECRET)) is Cause.SIGN_IN_REFUSED
        assert why(office.server(user="u", password=None)) is Cause.PASSWORD
        assert why(office.server(user="u", password=f"{SECRET}\u20ac")) is Cause.PASSWORD
    assert SECRET not in caplog.text


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_several_messages_go_over_one_connection_signed_in_each_to_one_person(security):
    with (
        post_office(security=security, user="u", password=SECRET) as office,
        SmtpCourier(office.server(user="u", password=SECRET)) as courier,
    ):
        assert send(courier, "m1", "head@example.org") == SENT
        assert send(courier, "m2", "dsl@example.org") == SENT
    assert (office.connections, office.signed_in) == (1, [(b"u", SECRET.encode())])
    assert [t.to for t in office.taken] == [("head@example.org",), ("dsl@example.org",)]
    assert [t.tls for t in office.taken] == [security != "none"] * 2
    assert [t.id for t in office.taken] == ["<m1@example.org>", "<m2@example.org>"]


@pytest.mark.parametrize(("said", "cause"), [
    ("550 5.7.30 Basic authentication is not supported for Client Submission", Cause.SIGN_IN_REFUSED),
    ("535 5.7.139 SmtpClientAuthentication is disabled for the Tenant", Cause.SIGN_IN_REFUSED),
    ("534 5.7.9 Application-specific password required", Cause.SIGN_IN_REFUSED),
    ("454 4.7.0 Temporary authentication failure", Cause.BUSY),
])  # fmt: skip
def test_each_refusal_of_a_password_is_a_cause_with_its_code(said, cause):
    with post_office(user="u", password="another") as office:
        office.refusal = said
        result = probe_smtp(office.server(user="u", password=SECRET))
    assert (result.cause, result.code) == (cause, " ".join(said.split()[:2]))


def test_a_probe_signs_in_sends_nothing_and_tells_of_a_server_that_is_not_there():
    with post_office(security="tls", user="u", password=SECRET) as office:
        assert probe_smtp(office.server(user="u", password=SECRET)) == SENT
        assert probe_smtp(office.server(user="u", password="wrong")).cause is Cause.SIGN_IN_REFUSED
    assert office.taken == []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with post_office() as office:
        assert why(office.server(port=port)) is Cause.UNREACHABLE
        assert why(office.server(host="mail..example.org", security="tls")) is Cause.UNREACHABLE


@pytest.mark.parametrize(("said", "outcome", "cause", "code"), [
    ("550 5.1.1 no such box, head@example.org", SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "550 5.1.1"),
    ("553 no", SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "553"),
    ("450 4.2.0 greylisted", SendOutcome.RETRY, Cause.BUSY, "450 4.2.0"),
    ("554 5.7.1 relay access denied", SendOutcome.RETRY, Cause.SENDER_REFUSED, "554 5.7.1"),
    ("550 relay not permitted", SendOutcome.RETRY, Cause.SENDER_REFUSED, "550"),
    ("550 Delivery is not allowed to this address.", SendOutcome.RETRY, Cause.SENDER_REFUSED, "550"),
    ("553 sorry, not in my rcpthosts (#5.7.1)", SendOutcome.RETRY, Cause.SENDER_REFUSED, "553"),
    ("550 5.1.1 relay@example.org is gone", SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "550 5.1.1"),
    (HANG_UP, SendOutcome.RETRY, Cause.DROPPED, ""),
    ("421 4.3.2 closing", SendOutcome.RETRY, Cause.DROPPED, ""),
])  # fmt: skip
def test_what_a_server_says_of_one_address_holds_no_other_back(said, outcome, cause, code):
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.rcpt = lambda address: said if address == "head@example.org" else None
        result = send(courier, "m1", "head@example.org")
        assert (result.outcome, result.cause, result.code) == (outcome, cause, code)
        assert send(courier, "m2", "dsl@example.org") == SENT
    assert [t.to for t in office.taken] == [("dsl@example.org",)]


@pytest.mark.parametrize(("where", "said", "outcome", "cause"), [
    ("data", "554 5.6.0 no", SendOutcome.FAILED, Cause.MESSAGE_REFUSED),
    ("data", "451 4.3.0 later", SendOutcome.RETRY, Cause.BUSY),
    ("data", HANG_UP, SendOutcome.UNSURE, Cause.INTERRUPTED),
    ("mail", "550 5.1.8 not you", SendOutcome.RETRY, Cause.SENDER_REFUSED),
])  # fmt: skip
def test_what_a_server_says_of_the_message_itself_or_of_its_sender(where, said, outcome, cause):
    with post_office() as office, SmtpCourier(office.server()) as courier:
        answers = iter([said])
        setattr(office, where, lambda address: next(answers, None))
        result = send(courier)
        assert (result.outcome, result.cause) == (outcome, cause)
        assert send(courier, "m2", "dsl@example.org") == SENT


WHOSE = [
    # ours and passing: a limit of our account, a system that is busy
    ("data", "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail", Cause.LIMIT),
    ("rcpt", "550 5.4.5 Daily SMTP relay limit exceeded for customer", Cause.LIMIT),
    ("mail", "550 5.4.5 Daily user sending quota exceeded", Cause.LIMIT),
    (
        "data",
        "550 5.1.90 Your message can't be sent, you reached your daily limit for recipients",
        Cause.LIMIT,
    ),
    ("rcpt", "550 5.1.90 no more today", Cause.LIMIT),
    ("data", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", Cause.LIMIT),
    (
        "data",
        "554 5.7.0 The limit on the number of allowed outgoing messages was exceeded. Try again later.",
        Cause.LIMIT,
    ),
    ("rcpt", "550 5.7.1 Your account has exceeded its sending limit of 100 messages per hour", Cause.LIMIT),
    ("data", "550 5.7.705 Access denied, tenant has exceeded threshold", Cause.LIMIT),
    ("data", "550 5.7.232 trial tenant exceeded its daily limit for external recipients", Cause.LIMIT),
    (
        "data",
        "550 Domain example.org has exceeded the max emails per hour (151/150) allowed. Discarded.",
        Cause.LIMIT,
    ),
    ("rcpt", "550 Connection frequency limited", Cause.LIMIT),
    ("rcpt", "554 Too many messages from this sender", Cause.LIMIT),
    ("data", "552 5.2.2 your sending quota is used up", Cause.LIMIT),
    ("data", "554 5.2.0 STOREDRV.Submission.Exception:StorageTransientException", Cause.BUSY),
    ("data", "550 5.3.2 system not accepting network messages", Cause.BUSY),
    ("rcpt", "550 5.2.1 The user you are trying to contact is receiving mail too quickly", Cause.BUSY),
    ("data", "554 Resources temporarily unavailable. Please try again later.", Cause.BUSY),
    # ours and lasting: our account, address or machine
    ("data", "550 5.1.8 Access denied, bad outbound sender", Cause.SENDER_REFUSED),
    ("rcpt", "550 5.1.8 Sender address rejected: Domain not found", Cause.SENDER_REFUSED),
    ("rcpt", "550 5.1.7 Invalid address of the sender", Cause.SENDER_REFUSED),
    (
        "data",
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
        Cause.SENDER_REFUSED,
    ),
    ("data", "550 5.7.26 This mail is unauthenticated: SPF and DKIM did not pass", Cause.SENDER_REFUSED),
    ("data", "550 5.7.1 Sender not authorised to send from this address", Cause.SENDER_REFUSED),
    ("data", "554 5.7.1 The account is disabled from sending because of spam", Cause.SENDER_REFUSED),
    (
        "data",
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using a list",
        Cause.SENDER_REFUSED,
    ),
    ("data", "550 5.7.501 Access denied, spam abuse detected", Cause.SENDER_REFUSED),
    ("data", "554 Relay access denied", Cause.SENDER_REFUSED),
    # the person's
    ("rcpt", "550 5.1.1 user unknown", Cause.ADDRESS_REFUSED),
    ("data", "550 5.1.1 The email account that you tried to reach does not exist", Cause.ADDRESS_REFUSED),
    ("rcpt", "552 5.2.2 mailbox over quota: it has exceeded its limit", Cause.ADDRESS_REFUSED),
    (
        "data",
        "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
        Cause.ADDRESS_REFUSED,
    ),
    ("data", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Cause.ADDRESS_REFUSED),
    ("rcpt", "550 5.2.1 the account is disabled", Cause.ADDRESS_REFUSED),
    ("rcpt", "552 The recipient's mailbox quota exceeded the limit", Cause.ADDRESS_REFUSED),
    ("rcpt", "550 5.4.1 Recipient address rejected: Access denied", Cause.ADDRESS_REFUSED),
    # the message's
    ("data", "552 5.3.4 Message size exceeds the limit for outgoing messages", Cause.MESSAGE_REFUSED),
    ("data", "552 5.2.3 Your message exceeded the size limit", Cause.MESSAGE_REFUSED),
    ("data", "550 5.7.1 This message has been rejected as likely spam", Cause.MESSAGE_REFUSED),
    ("data", "554 5.7.1 Message contains a virus", Cause.MESSAGE_REFUSED),
    ("data", "554 5.6.0 not as RFC 5322 has it", Cause.MESSAGE_REFUSED),
    ("data", "554 refused", Cause.MESSAGE_REFUSED),
]
OURS_ALONE = (Cause.LIMIT, Cause.BUSY, Cause.SENDER_REFUSED)


@pytest.mark.parametrize(("where", "said", "cause"), WHOSE)
def test_a_refusal_is_of_the_side_that_it_names_and_what_is_ours_is_tried_again(where, said, cause):
    with post_office() as office, SmtpCourier(office.server()) as courier:
        setattr(office, where, lambda address: said)
        result = send(courier)
    assert result.cause is cause
    assert result.outcome is (SendOutcome.RETRY if cause in OURS_ALONE else SendOutcome.FAILED)
    assert (result.wait_s is not None) is (cause is Cause.LIMIT), "later than after minutes"


@given_any(st.sampled_from(WHOSE), st.sampled_from(["\n", "\r\n", "  ", "\t"]), st.booleans())
def test_a_refusal_means_the_same_in_several_lines_and_in_capitals(row, between, capitals):
    where, said, cause = row
    code = enhanced_code(said[4:]).decode()
    words = between.join(said.split(" "))
    assert cause_of_refusal(where, code, words.upper() if capitals else words) is cause


@given_any(st.text(max_size=80), st.sampled_from(["", "5.1.1", "5.4.5", "5.7.1", "5.2.2", "5.3.4"]))
def test_a_refusal_of_our_own_address_is_never_laid_to_a_person_or_a_message(words, code):
    assert cause_of_refusal("mail", code, words) in (Cause.LIMIT, Cause.SENDER_REFUSED)


@pytest.mark.parametrize(
    "said", ["535 5.4.5 Daily user sending limit exceeded", "554 5.7.0 Too many messages"]
)
def test_a_limit_that_is_reached_is_no_wrong_password(said):
    with post_office(user="u", password="another") as office:
        office.refusal = said
        result = probe_smtp(office.server(user="u", password=SECRET))
    assert (result.cause, result.wait_s) == (Cause.LIMIT, 3600)


def test_a_line_that_was_dropped_is_opened_again_and_of_what_is_said_codes_alone_are_kept():
    with post_office() as office, SmtpCourier(office.server()) as courier:
        assert send(courier, "m1") == SENT
        calls = iter([HANG_UP])
        office.mail = lambda address: next(calls, None)
        assert send(courier, "m2") == SENT
    assert (office.connections, [t.id for t in office.taken]) == (2, ["<m1@example.org>", "<m2@example.org>"])
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.rcpt = lambda address: f"550 5.1.1 {SECRET}"
        assert SECRET not in repr(send(courier))


def test_a_message_is_taken_back_at_the_last_moment_after_its_address_was_taken():
    with post_office() as office, SmtpCourier(office.server()) as courier:
        assert send(courier, "m1", before=lambda: False) is None
        assert send(courier, "m2") == SENT
    assert [t.id for t in office.taken] == ["<m2@example.org>"]
    seen = []
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.rcpt = lambda address: seen.append("address")
        office.data = lambda address: seen.append("message")
        send(courier, before=lambda: seen.append("asked") is None)
    assert seen == ["address", "asked", "message"]


@contextmanager
def odd(answer):
    """A server that does with its one connection what `answer` does; how to reach it, impatiently."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run():
            line, _ = listening.accept()
            with line, contextlib.suppress(OSError):
                answer(line)

        thread = threading.Thread(target=run)
        thread.start()
        port = listening.getsockname()[1]
        yield Server("127.0.0.1", port, "none", "example.org", command_s=0.2, message_s=0.4)
        thread.join()


def drip(line, said):
    for n in range(200):
        line.sendall(said[n % len(said) :][:1])
        time.sleep(0.05)


def endless(line):
    while True:
        line.sendall(b"220-and more\r\n")
        time.sleep(0.01)


def floods(line):
    while True:
        line.sendall(b"220-" + b"x" * 8000 + b"\r\n")


def hangs_up_before_the_message(line):
    line.sendall(b"220 mail.example.org\r\n")
    for said in (b"250 OK\r\n", b"250 OK\r\n", b"250 OK\r\n"):
        line.recv(9999)
        line.sendall(said)
    line.recv(9999)


def slow(line):
    line.sendall(b"220 mail.example.org\r\n")
    while line.recv(9999):
        time.sleep(0.15)
        line.sendall(b"250 OK\r\n")


def drips_at_the_end(line):
    line.sendall(b"220 mail.example.org\r\n")
    for said in (b"250 OK\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
        line.recv(9999)
        line.sendall(said)
    drip(line, b"250-taken, or not\r\n")


@pytest.mark.parametrize(
    "answer", [lambda line: drip(line, b"220 x"), endless, slow, lambda line: line.recv(9)]
)
def test_no_server_holds_a_message_for_ever_however_it_answers(answer):
    began = time.monotonic()
    with odd(answer) as server, SmtpCourier(server) as courier:
        try:
            result = send(courier)
        except Unready as unready:
            result = unready.result
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, Cause.DROPPED)
    assert time.monotonic() - began < 2


def test_a_silent_server_is_known_within_half_a_minute_and_a_flood_not_read_to_its_end():
    """The service looks for what is due, then waits to be greeted; a command is given longer."""
    assert DELIVER_S + Server("127.0.0.1", 25, "none", "example.org").connect_s < 30
    with odd(lambda line: line.recv(9)) as server:
        began = time.monotonic()
        assert why(replace(server, connect_s=0.2, command_s=60, message_s=150)) is Cause.DROPPED
        assert time.monotonic() - began < 2
    began = time.monotonic()
    with odd(floods) as server:
        assert why(replace(server, command_s=3, message_s=3)) is Cause.DROPPED
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(hangs_up_before_the_message, SendOutcome.RETRY), (drips_at_the_end, SendOutcome.UNSURE)],
)
def test_only_a_message_of_which_a_byte_has_left_us_leaves_us_unsure(answer, outcome):
    """Before it was asked for nobody can have it, so it is tried again."""
    with odd(answer) as server, SmtpCourier(server) as courier:
        result = send(courier)
    assert result.outcome is outcome
    assert (result.cause is Cause.DROPPED) is (outcome is SendOutcome.RETRY)


def sent(subject="One matter waits", name="Jane Holt", school="Oakfield Primary", html=None, body="Open it."):
    message = a_message(subject=subject, body=body, html=html)
    return compose_mail(message, replace(HEAD, name=name), SENDER, school).as_bytes()


@settings(deadline=None)
@given_any(TEXTS, TEXTS, TEXTS, TEXTS)
def test_nothing_in_a_name_subject_or_text_adds_a_header_or_a_recipient(subject, name, school, body):
    raw = sent(subject, name, school, body=body)
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw)
    for policy in (default, compat32):
        assert {h.lower() for h in message_from_bytes(raw, policy=policy)} == OURS
    mail = message_from_bytes(raw, policy=default)
    assert len(mail.items()) == len(OURS)
    assert [a.addr_spec for a in mail["To"].addresses] == ["head@example.org"]
    (to,) = mail["To"].addresses
    assert "".join(to.display_name.split()) == "".join(header_line(name, 80).split())
    assert [a.addr_spec for a in mail["From"].addresses] == [SENDER]
    assert not mail.defects
    assert mail["Subject"] == header_line(subject, 180)


@settings(deadline=None)
@given_any(*[TEXTS | st.sampled_from(LONG_LINES)] * 3)
def test_no_encoded_word_and_no_line_of_a_header_is_longer_than_mail_programs_must_take(
    subject, name, school
):
    """RFC 2047, 2: 75 letters, in lines of 76; RFC 5322, 2.1.1: else lines of 78."""
    for line in sent(subject, name, school).partition(b"\r\n\r\n")[0].split(b"\r\n"):
        words = re.findall(rb"=\?\S+?\?=", line)
        assert len(line) <= (76 if words else 78)
        assert max(map(len, words), default=0) <= 75


@given_any(TEXTS)
def test_a_line_has_no_unseen_letters_and_no_more_than_are_allowed(text):
    line = header_line(text, 50)
    assert len(line) <= 50
    assert "=?" not in line
    assert line == line.strip()
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", line)


def test_a_name_with_a_comma_is_one_person_and_no_header_begins_with_an_empty_line():
    mail = message_from_bytes(sent(name="Ŵyn, Ffion (Dr)"), policy=default)
    (to,) = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Ŵyn, Ffion (Dr)", "head@example.org")
    for school in ("Oakfield Primary School", "Ysgol Gynradd y Dderwen, Cwm-yr-Afon", "Ŵ" * 200, ""):
        assert b":\r\n" not in sent(school=school).partition(b"\r\n\r\n")[0]
    key = "a" * 64
    raw = compose_mail(a_message("m2", thread=key), HEAD, SENDER, "Oakfield").as_bytes()
    assert f"References: <{key}@example.org>\r\n".encode() in raw


def test_every_mail_says_what_it_is_fetches_nothing_and_answers_the_first_of_its_matter():
    mail = message_from_bytes(sent(), policy=default)
    assert mail["Message-ID"] == "<m1@example.org>"
    assert mail["From"] == '"Oakfield Primary (Schoolgate)" <schoolgate@example.org>'
    assert (mail["To"], mail["Auto-Submitted"]) == ("Jane Holt <head@example.org>", "auto-generated")
    assert (mail["X-Auto-Response-Suppress"], mail["Date"].datetime) == ("All", a_message().due_at)
    raw = sent(html="<p>Open it.</p>").lower()
    for tracking in (b"disposition-notification", b"return-receipt", b"<img", b"http"):
        assert tracking not in raw
    first, later = a_message(thread="m1"), a_message("m2", thread="m1")
    mails = [
        message_from_bytes(compose_mail(m, HEAD, SENDER, "Oakfield").as_bytes(), policy=default)
        for m in (first, later)
    ]
    assert [(m["In-Reply-To"], m["References"]) for m in mails] == [(None, None), ("<m1@example.org>",) * 2]


def test_a_repeat_is_the_same_to_the_letter_and_a_file_goes_with_it_as_it_is():
    file = Attachment("report.pdf", b"%PDF")
    whole = [
        compose_mail(a_message(html="<p>Open it.</p>"), HEAD, SENDER, "Oakfield", file) for _ in range(2)
    ]
    first, second = (mail.as_bytes() for mail in whole)
    assert first == second
    assert [p.get_content_type() for p in message_from_bytes(first, policy=default).walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    message = compose_mail(
        a_message(), HEAD, SENDER, "Oakfield", Attachment("report.pdf", b"%PDF-1.7 \x00\xff")
    )
    mail = message_from_bytes(message.as_bytes(), policy=default)
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "report.pdf")
    assert file.get_content() == b"%PDF-1.7 \x00\xff"


def test_plain_text_comes_first_and_html_beside_it():
    html = "<p>Open it, Siân.</p>"
    mail = message_from_bytes(sent(html=html, body="Open it, Siân.\n.\n.dot"), policy=default)
    assert mail.get_content_type() == "multipart/alternative"
    plain, rich = mail.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == ["Open it, Siân.", ".", ".dot"]
    assert rich.get_content().splitlines() == [html]


def test_only_a_file_below_the_home_folder_goes_out(tmp_path):
    home = tmp_path / "home"
    (home / "reports").mkdir(parents=True)
    (home / "reports" / "w47.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret.pdf").write_bytes(b"%PDF")
    (home / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    assert read_attachment(home, "reports/w47.pdf") == Attachment("w47.pdf", b"%PDF")
    for name in ("../secret.pdf", str(tmp_path / "secret.pdf"), "link.pdf", "gone.pdf", "reports"):
        with pytest.raises(Unfit) as unfit:
            read_attachment(home, name)
        assert unfit.value.cause is Cause.ATTACHMENT


@pytest.mark.parametrize(("address", "cause"), [
    ("head@example.org\r\nRCPT TO:<evil@example.test>", Cause.BAD_ADDRESS),
    ("a@b@example.org", Cause.BAD_ADDRESS), ("hëad@example.org", Cause.BAD_ADDRESS), ("x", Cause.BAD_ADDRESS),
    (None, Cause.NO_ADDRESS),
])  # fmt: skip
def test_no_address_and_one_that_could_be_read_as_anything_else_is_refused(address, cause):
    with pytest.raises(Unfit) as unfit:
        compose_mail(a_message(), replace(HEAD, email=address), SENDER, "Oakfield")
    assert unfit.value.cause is cause


@pytest.fixture(scope="module")
def exchange():
    with post_office(security="starttls", tokens={LONG}) as running:
        yield running


@pytest.fixture
def office(exchange):
    office = exchange
    office.tokens, office.refusal = {LONG}, None
    office.mail = office.rcpt = office.data = lambda address: None
    for kept in (office.taken, office.shown, office.answered):
        kept.clear()
    return office


@pytest.fixture
def entra():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"https://{LOGIN}{DISCOVERY}", body=discovered())
        mock.post(f"https://{LOGIN}{TOKEN}", body=given(LONG))
        yield mock


@pytest.fixture
def tokens(tmp_path):
    application = Application(TENANT, CLIENT, SMTP_SCOPE, SECRET)
    return Tokens(application, tmp_path / "t.json", WEB, Clock(), write_private)


def server(office, tokens, **changes):
    return office.server(user=SENDER, tokens=tokens, **changes)


def send_by_token(there, key="m1"):
    with SmtpCourier(there) as courier:
        return send(courier, key)


def given_out(entra):
    return len([call for call in entra.calls if call.request.url.endswith(TOKEN)])


def test_it_signs_in_as_the_mailbox_with_one_token_for_many_connections(office, tokens, entra, caplog):
    caplog.set_level(logging.DEBUG, "schoolgate")
    assert send_by_token(server(office, tokens)) == SENT
    assert office.shown == [f"user={SENDER}\x01auth=Bearer {LONG}\x01\x01"]
    (taken,) = office.taken
    assert (taken.id, taken.tls) == ("<m1@example.org>", True)
    assert LONG not in caplog.text
    assert send_by_token(server(office, tokens), "m1") == send_by_token(server(office, tokens), "m2") == SENT
    assert given_out(entra) == 1


def test_a_refusal_is_answered_by_an_empty_line_and_the_token_thrown_away(office, tokens, entra, tmp_path):
    office.tokens = set()
    assert why_not(server(office, tokens)) == Result(SendOutcome.RETRY, Cause.TOKEN_NOT_TAKEN, "535 5.7.3")
    assert office.answered == [""]
    assert (given_out(entra), list(tmp_path.iterdir())) == (1, [])


def test_a_kept_token_that_is_refused_is_asked_for_anew_and_tried_once_more(office, tokens, entra):
    tokens.token()
    entra.replace(responses.POST, f"https://{LOGIN}{TOKEN}", body=given(f"{LONG}-new"))
    office.tokens = {f"{LONG}-new"}
    assert send_by_token(server(office, tokens)) == SENT
    assert (given_out(entra), len(office.shown)) == (2, 2)


@pytest.mark.parametrize(("said", "cause", "code"), [
    ("535 5.7.139 SmtpClientAuthentication is disabled", Cause.TOKEN_NOT_TAKEN, "535 5.7.139"),
    ("550 5.7.30 Basic authentication is not supported", Cause.TOKEN_NOT_TAKEN, "550 5.7.30"),
    ("454 4.7.0 Temporary authentication failure", Cause.BUSY, "454 4.7.0"),
    ("432 4.3.2 Concurrent connections limit exceeded", Cause.BUSY, "432 4.3.2"),
])  # fmt: skip
def test_each_refusal_of_the_sign_in_is_a_cause_with_its_code(office, tokens, entra, said, cause, code):
    office.tokens, office.refusal = set(), said
    assert why_not(server(office, tokens)) == Result(SendOutcome.RETRY, cause, code)


@pytest.mark.parametrize(("where", "said", "cause"), [
    ("mail", "530 5.7.57 Client not authenticated to send mail", Cause.SENDER_REFUSED),
    ("mail", "550 5.7.60 Client does not have permissions to send as this sender", Cause.SENDER_REFUSED),
    ("rcpt", "550 5.7.68 TenantInboundAttribution; Direct Send not allowed", Cause.SENDER_REFUSED),
    ("rcpt", "530 5.7.57 Client not authenticated to send mail", Cause.SENDER_REFUSED),
    ("data", "550 5.7.60 Client does not have permissions to send as this sender", Cause.SENDER_REFUSED),
    ("data", "554 5.2.252 SendAsDenied", Cause.SENDER_REFUSED),
    ("data", "530 5.7.57 Client not authenticated to send mail", Cause.SENDER_REFUSED),
    ("data", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Cause.BUSY),
    ("data", "451 4.7.500 Server busy", Cause.BUSY),
])  # fmt: skip
def test_what_exchange_does_not_let_us_do_is_mended(office, tokens, entra, where, said, cause):
    setattr(office, where, lambda address: said)
    result = send_by_token(server(office, tokens))
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, cause)
    assert (result.code, office.taken) == (" ".join(said.split()[:2]), [])


def test_a_server_without_tokens_or_a_private_line_is_shown_none(tokens, entra):
    with post_office(user="u", password="p") as passwords:
        assert why_not(server(passwords, tokens)).cause is Cause.NO_SIGN_IN
        assert passwords.signed_in == []
    with post_office(tokens={LONG}) as open_line:
        assert why_not(server(open_line, tokens, security="starttls")).cause is Cause.NO_TLS
        assert open_line.shown == []


def test_without_a_token_no_server_is_asked_and_a_probe_with_one_sends_nothing(office, tokens, entra):
    before = office.connections
    entra.replace(responses.POST, f"https://{LOGIN}{TOKEN}", status=401, body=refused(7000222))
    assert why_not(server(office, tokens)).cause is Cause.APP_EXPIRED
    assert office.connections == before
    entra.replace(responses.POST, f"https://{LOGIN}{TOKEN}", body=given(LONG))
    assert probe_smtp(server(office, tokens)) == SENT
    assert office.taken == []
