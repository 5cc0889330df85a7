"""Signing in at a mail server with a token, as Exchange Online documents it, and each way it refuses."""

from __future__ import annotations

import logging
import ssl

import pytest
import responses
from builders.mention import Clock, a_message
from support.mail_server import post_office
from support.microsoft import CLIENT, DISCOVERY, LOGIN, SENDER, TENANT, TOKEN, discovered, given, refused

from alerts.delivery.deadline_smtp import probe, sign_in
from alerts.delivery.mail import compose
from alerts.delivery.results import SENT, Cause, Result, SendOutcome, Unready
from alerts.delivery.smtp import SmtpCourier
from alerts.delivery.tokens import SMTP_SCOPE, Application, Tokens
from alerts.delivery.web import WebAccess
from data.types import Person, Role
from monitor.config.home.paths import keep

SECRET = "Hunter2~planted"
LONG = "eyJ0-planted-" + "x" * 2000
"""Tokens of Microsoft are longer than a command of SMTP may be."""
WEB = WebAccess(ssl.create_default_context())
HEAD = Person("p-head", "Jane Holt", (Role.HEAD,), "head@example.org")


@pytest.fixture(scope="module")
def office():
    with post_office(security="starttls", tokens={LONG}) as running:
        yield running


@pytest.fixture(autouse=True)
def _as_new(office):
    office.tokens, office.refusal = {LONG}, None
    office.mail = office.rcpt = office.data = lambda address: None
    for kept in (office.taken, office.shown, office.answered):
        kept.clear()


@pytest.fixture
def entra():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"https://{LOGIN}{DISCOVERY}", body=discovered())
        mock.post(f"https://{LOGIN}{TOKEN}", body=given(LONG))
        yield mock


@pytest.fixture
def tokens(tmp_path):
    application = Application(TENANT, CLIENT, SMTP_SCOPE, SECRET)
    return Tokens(application, tmp_path / "t.json", WEB, Clock(), keep)


def server(office, tokens, **changes):
    return office.server(user=SENDER, tokens=tokens, **changes)


def send(there, key="m1"):
    content = compose(a_message(key), HEAD, SENDER, "Oakfield").as_bytes()
    with SmtpCourier(there) as courier:
        return courier.send(content, SENDER, "head@example.org", lambda: True)


def why(there):
    with pytest.raises(Unready) as unready:
        sign_in(there)
    shown = repr(unready.value) + repr(unready.value.__context__) + repr(there)
    assert SECRET not in shown
    assert LONG not in shown
    return unready.value.result


def given_out(entra):
    return len([call for call in entra.calls if call.request.url.endswith(TOKEN)])


def test_it_signs_in_as_the_mailbox_with_the_token_and_sends(office, tokens, entra, caplog):
    caplog.set_level(logging.DEBUG, "schoolgate")
    assert send(server(office, tokens)) == SENT
    assert office.shown == [f"user={SENDER}\x01auth=Bearer {LONG}\x01\x01"]
    (taken,) = office.taken
    assert (taken.id, taken.tls) == ("<m1@example.org>", True)
    assert LONG not in caplog.text


def test_one_token_serves_many_connections(office, tokens, entra):
    assert send(server(office, tokens), "m1") == send(server(office, tokens), "m2") == SENT
    assert given_out(entra) == 1


def test_a_refusal_is_explained_in_a_challenge_that_an_empty_line_answers(office, tokens, entra):
    office.tokens = set()
    assert why(server(office, tokens)).cause is Cause.TOKEN_NOT_TAKEN
    assert office.answered == [""]


def test_a_kept_token_that_is_refused_is_asked_for_anew_and_tried_once_more(office, tokens, entra):
    tokens.token()
    entra.replace(responses.POST, f"https://{LOGIN}{TOKEN}", body=given(f"{LONG}-new"))
    office.tokens = {f"{LONG}-new"}
    assert send(server(office, tokens)) == SENT
    assert (given_out(entra), len(office.shown)) == (2, 2)


def test_a_fresh_token_that_is_refused_is_thrown_away_and_not_asked_for_again_at_once(
    office, tokens, entra, tmp_path
):
    office.tokens = set()
    assert why(server(office, tokens)) == Result(SendOutcome.RETRY, Cause.TOKEN_NOT_TAKEN, "535 5.7.3")
    assert (given_out(entra), list(tmp_path.iterdir())) == (1, [])


@pytest.mark.parametrize(
    ("said", "cause", "code"),
    [
        ("535 5.7.139 SmtpClientAuthentication is disabled", Cause.TOKEN_NOT_TAKEN, "535 5.7.139"),
        ("550 5.7.30 Basic authentication is not supported", Cause.TOKEN_NOT_TAKEN, "550 5.7.30"),
        ("454 4.7.0 Temporary authentication failure", Cause.BUSY, "454 4.7.0"),
        ("432 4.3.2 Concurrent connections limit exceeded", Cause.BUSY, "432 4.3.2"),
    ],
)  # fmt: skip
def test_each_refusal_of_the_sign_in_is_a_cause_with_its_code(office, tokens, entra, said, cause, code):
    office.tokens, office.refusal = set(), said
    assert why(server(office, tokens)) == Result(SendOutcome.RETRY, cause, code)


@pytest.mark.parametrize(
    ("where", "said", "cause"),
    [
        ("mail", "530 5.7.57 Client not authenticated to send mail", Cause.SENDER_REFUSED),
        ("mail", "550 5.7.60 Client does not have permissions to send as this sender", Cause.SENDER_REFUSED),
        ("rcpt", "550 5.7.68 TenantInboundAttribution; Direct Send not allowed", Cause.SENDER_REFUSED),
        ("rcpt", "530 5.7.57 Client not authenticated to send mail", Cause.SENDER_REFUSED),
        ("data", "550 5.7.60 Client does not have permissions to send as this sender", Cause.SENDER_REFUSED),
        ("data", "554 5.2.252 SendAsDenied", Cause.SENDER_REFUSED),
        ("data", "530 5.7.57 Client not authenticated to send mail", Cause.SENDER_REFUSED),
        ("data", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Cause.BUSY),
        ("data", "451 4.7.500 Server busy", Cause.BUSY),
    ],
)
def test_what_exchange_does_not_let_us_do_is_mended_and_no_fault_of_the_message(
    office, tokens, entra, where, said, cause
):
    setattr(office, where, lambda address: said)
    result = send(server(office, tokens))
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, cause)
    assert result.code == " ".join(said.split()[:2])
    assert office.taken == []


def test_a_server_that_does_not_take_tokens_is_told_and_shown_none(tokens, entra):
    with post_office(user="u", password="p") as passwords:
        assert why(server(passwords, tokens)).cause is Cause.NO_SIGN_IN
        assert passwords.signed_in == []


def test_where_there_is_no_token_the_server_is_not_asked(office, tokens, entra):
    entra.replace(responses.POST, f"https://{LOGIN}{TOKEN}", status=401, body=refused(7000222))
    before = office.connections
    assert why(server(office, tokens)).cause is Cause.APP_EXPIRED
    assert office.connections == before


def test_a_token_does_not_go_over_an_open_line(tokens, entra):
    with post_office(tokens={LONG}) as open_line:
        assert why(server(open_line, tokens, security="starttls")).cause is Cause.NO_TLS
        assert open_line.shown == []


def test_a_probe_signs_in_and_sends_nothing(office, tokens, entra):
    assert probe(server(office, tokens)) == SENT
    assert office.taken == []
