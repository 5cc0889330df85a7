"""Handing mails to a true server: privately or not at all, one person's refusal apart from the others."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from builders.mention import a_message
from support.mail_server import HANG_UP, post_office

from alerts.delivery.deadline_smtp import Server, probe, sign_in
from alerts.delivery.mail import compose
from alerts.delivery.results import SENT, Cause, SendOutcome, Unready
from alerts.delivery.smtp import SmtpCourier
from data.types import Person, Role
from monitor.service.running import DELIVER_S

SENDER = "schoolgate@example.org"
SECRET = "Hunter2-planted"


def mail(key="m1", to="head@example.org"):
    return compose(
        a_message(key), Person("p-head", "Jane Holt", (Role.HEAD,), to), SENDER, "Oakfield"
    ).as_bytes()


def send(courier, key="m1", to="head@example.org", before=lambda: True):
    return courier.send(mail(key, to), SENDER, to, before)


def why(server):
    """The cause for which no message can be sent at all."""
    with pytest.raises(Unready) as unready:
        sign_in(server)
    assert unready.value.result.outcome is SendOutcome.RETRY
    assert SECRET not in repr(unready.value) + repr(unready.value.__context__) + repr(server)
    return unready.value.result.cause


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_several_messages_go_over_one_connection_each_to_one_person(security):
    with post_office(security=security) as office, SmtpCourier(office.server()) as courier:
        assert send(courier, "m1", "head@example.org") == SENT
        assert send(courier, "m2", "dsl@example.org") == SENT
    assert office.connections == 1
    assert [t.to for t in office.taken] == [("head@example.org",), ("dsl@example.org",)]
    assert [t.tls for t in office.taken] == [security != "none"] * 2
    assert [t.id for t in office.taken] == ["<m1@example.org>", "<m2@example.org>"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name_is_refused_and_nothing_is_sent(security):
    with post_office(
        security=security, certificate_for="other.example.org", user="u", password=SECRET
    ) as office:
        assert why(office.server(user="u", password=SECRET)) is Cause.CERTIFICATE
        assert office.taken == office.signed_in == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(security):
    import ssl

    with post_office(security=security) as office:
        assert why(office.server(context=ssl.create_default_context())) is Cause.CERTIFICATE


def test_a_server_that_offers_no_private_line_gets_neither_password_nor_mail():
    with post_office(user="u", password=SECRET) as office:
        assert why(office.server(security="starttls", user="u", password=SECRET)) is Cause.NO_TLS
        assert why(office.server(security="tls", user="u", password=SECRET)) is Cause.NO_TLS
        assert office.taken == office.signed_in == []


def test_an_open_line_is_for_this_machine_alone():
    with post_office() as office:
        assert why(office.server(host="mail.example.org")) is Cause.PLAIN
        assert probe(office.server(host="mail.localhost")).cause is not Cause.PLAIN
        sign_in(office.server(host="127.0.0.1")).close()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_it_signs_in_with_the_configured_name_and_password(security):
    with (
        post_office(security=security, user="u", password=SECRET) as office,
        SmtpCourier(office.server(user="u", password=SECRET)) as courier,
    ):
        assert send(courier) == SENT
    assert office.signed_in == [(b"u", SECRET.encode())]


def test_a_refused_password_is_told_without_it_and_tried_again_later(caplog):
    caplog.set_level(logging.DEBUG)
    with post_office(security="starttls", user="u", password="another") as office:
        assert why(office.server(user="u", password=SECRET)) is Cause.SIGN_IN_REFUSED
        assert why(office.server(user="u", password=None)) is Cause.PASSWORD
        assert why(office.server(user="u", password=f"{SECRET}\u20ac")) is Cause.PASSWORD
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("550 5.7.30 Basic authentication is not supported for Client Submission", Cause.SIGN_IN_REFUSED),
        ("535 5.7.139 SmtpClientAuthentication is disabled for the Tenant", Cause.SIGN_IN_REFUSED),
        ("534 5.7.9 Application-specific password required", Cause.SIGN_IN_REFUSED),
        ("454 4.7.0 Temporary authentication failure", Cause.BUSY),
    ],
)
def test_each_refusal_of_a_password_is_a_cause_with_its_code(said, cause):
    with post_office(user="u", password="another") as office:
        office.refusal = said
        result = probe(office.server(user="u", password=SECRET))
    assert (result.cause, result.code) == (cause, " ".join(said.split()[:2]))


def test_a_probe_signs_in_and_sends_nothing():
    with post_office(security="tls", user="u", password=SECRET) as office:
        assert probe(office.server(user="u", password=SECRET)) == SENT
        assert probe(office.server(user="u", password="wrong")).cause is Cause.SIGN_IN_REFUSED
    assert office.taken == []


def test_a_server_without_sign_in_is_told():
    with post_office(security="starttls") as office:
        assert why(office.server(user="u", password=SECRET)) is Cause.NO_SIGN_IN


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with post_office() as office:
        assert why(office.server(port=port)) is Cause.UNREACHABLE


@pytest.mark.parametrize(
    ("said", "outcome", "cause", "code"),
    [
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
    ],
)
def test_what_a_server_says_of_one_address_holds_no_other_back(said, outcome, cause, code):
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.rcpt = lambda address: said if address == "head@example.org" else None
        result = send(courier, "m1", "head@example.org")
        assert (result.outcome, result.cause, result.code) == (outcome, cause, code)
        assert send(courier, "m2", "dsl@example.org") == SENT
    assert [t.to for t in office.taken] == [("dsl@example.org",)]


@pytest.mark.parametrize(
    ("said", "outcome", "cause"),
    [
        ("554 5.6.0 no", SendOutcome.FAILED, Cause.MESSAGE_REFUSED),
        ("451 4.3.0 later", SendOutcome.RETRY, Cause.BUSY),
        (HANG_UP, SendOutcome.UNSURE, Cause.INTERRUPTED),
    ],
)
def test_what_a_server_says_of_the_message_itself(said, outcome, cause):
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.data = lambda address: said if address == "head@example.org" else None
        result = send(courier)
        assert (result.outcome, result.cause) == (outcome, cause)
        assert send(courier, "m2", "dsl@example.org") == SENT


def test_a_refused_sender_is_a_fault_that_can_be_mended():
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.mail = lambda address: "550 5.1.8 not you"
        result = send(courier)
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, Cause.SENDER_REFUSED)


def test_a_line_that_was_dropped_between_two_messages_is_opened_again():
    with post_office() as office, SmtpCourier(office.server()) as courier:
        assert send(courier, "m1") == SENT
        calls = iter([HANG_UP])
        office.mail = lambda address: next(calls, None)
        assert send(courier, "m2") == SENT
    assert office.connections == 2
    assert [t.id for t in office.taken] == ["<m1@example.org>", "<m2@example.org>"]


def test_a_message_taken_back_at_the_last_moment_is_not_handed_over():
    with post_office() as office, SmtpCourier(office.server()) as courier:
        assert send(courier, "m1", before=lambda: False) is None
        assert send(courier, "m2") == SENT
    assert [t.id for t in office.taken] == ["<m2@example.org>"]


def test_the_last_question_comes_after_the_address_was_taken_and_before_the_message():
    seen = []
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.rcpt = lambda address: seen.append("address")
        office.data = lambda address: seen.append("message")
        send(courier, before=lambda: seen.append("asked") is None)
    assert seen == ["address", "asked", "message"]


def test_nothing_the_server_says_is_kept_but_its_codes():
    with post_office() as office, SmtpCourier(office.server()) as courier:
        office.rcpt = lambda address: f"550 5.1.1 {SECRET}"
        assert SECRET not in repr(send(courier))


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


def test_a_server_that_takes_the_line_and_is_silent_is_known_within_half_a_minute():
    """The service looks for what is due, then waits to be greeted; a command is given longer."""
    assert DELIVER_S + Server("127.0.0.1", 25, "none", "example.org").connect_s < 30
    with odd(lambda line: line.recv(9)) as server:
        began = time.monotonic()
        assert why(replace(server, connect_s=0.2, command_s=60, message_s=150)) is Cause.DROPPED
        assert time.monotonic() - began < 2


def test_an_answer_longer_than_any_is_not_read_to_its_end():
    began = time.monotonic()
    with odd(floods) as server:
        assert why(replace(server, command_s=3, message_s=3)) is Cause.DROPPED
    assert time.monotonic() - began < 1


def test_where_the_line_ends_before_the_message_was_asked_for_it_is_tried_again():
    """Not a byte of it has left us, so nobody can have it."""
    with odd(hangs_up_before_the_message) as server, SmtpCourier(server) as courier:
        result = send(courier)
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, Cause.DROPPED)


def test_an_answer_to_the_message_that_does_not_end_leaves_us_unsure():
    with odd(drips_at_the_end) as server, SmtpCourier(server) as courier:
        assert send(courier).outcome is SendOutcome.UNSURE


def test_a_name_that_no_server_can_have_is_told():
    with post_office() as office:
        assert why(office.server(host="mail..example.org", security="tls")) is Cause.UNREACHABLE
