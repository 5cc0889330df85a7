"""Mail by Microsoft Graph: its tokens, its answers, and the line to it."""

import contextlib
import json
import logging
import os
import re
import socket
import ssl
import stat
import sys
import tempfile
import time
import traceback
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from inspect import getsource
from pathlib import Path

import pytest
import requests
import responses
from builders.mention import NOW, Clock, a_message
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from hypothesis import given as given_any
from hypothesis import strategies as st
from support.microsoft import (
    CLIENT,
    DISCOVERY,
    GRAPH,
    LOGIN,
    PAGE,
    SEND,
    SENDER,
    TENANT,
    TOKEN,
    discovered,
    failed,
    given,
    microsoft,
    refused,
)
from support.proxies import proxy_to
from support.web_server import Answer, free_port

from alerts.delivery import web as asking_microsoft
from alerts.delivery.mail import compose_mail
from alerts.delivery.results import SENT, Cause, Result, SendOutcome, Unready
from alerts.delivery.web import (
    GRAPH_SCOPE,
    LARGEST,
    SMTP_SCOPE,
    Application,
    Broken,
    GraphCourier,
    GraphMailbox,
    Tokens,
    WebAccess,
    WebAnswer,
    ask,
    probe_mailbox,
    read_answer,
)
from data.types import Person, Role
from monitor.config.home.paths import write_private

SECRET = "Hunter2~planted"
GIVEN = "eyJ0-planted-token"
URL = f"https://{GRAPH}{SEND}"
WEB = WebAccess(ssl.create_default_context())
TO = "head@example.org"
MAIL = compose_mail(
    a_message("m1"), Person("p-head", "Jane Holt", (Role.HEAD,), TO), SENDER, "Oakfield"
).as_bytes()
RETRY, FAILED, UNSURE = SendOutcome.RETRY, SendOutcome.FAILED, SendOutcome.UNSURE
ANSWERS = [
    (403, "ErrorAccessDenied", RETRY, Cause.APP_NO_RIGHT),
    (403, "ErrorSendAsDenied", RETRY, Cause.SENDER_REFUSED),
    (404, "ErrorInvalidUser", RETRY, Cause.MAILBOX_UNKNOWN),
    (404, "ResourceNotFound", RETRY, Cause.MAILBOX_UNKNOWN),
    (404, "MailboxNotEnabledForRESTAPI", RETRY, Cause.MAILBOX_UNKNOWN),
    (400, "ErrorMessageSizeExceeded", FAILED, Cause.TOO_LARGE),
    (413, "RequestBodyTooLarge", FAILED, Cause.TOO_LARGE),
    (400, "ErrorInvalidRecipients", FAILED, Cause.ADDRESS_REFUSED),
    (400, "ErrorMimeContentInvalid", FAILED, Cause.MESSAGE_REFUSED),
    (400, "ErrorExceededMessageLimit", RETRY, Cause.LIMIT),
    (413, "ErrorQuotaExceeded", RETRY, Cause.BUSY), (429, "ApplicationThrottled", RETRY, Cause.BUSY),
    (500, "ErrorInternalServerError", RETRY, Cause.BUSY), (413, b"", FAILED, Cause.TOO_LARGE),
    (502, b"<html>", RETRY, Cause.BUSY), (503, b"", RETRY, Cause.BUSY),
    (504, b"", UNSURE, Cause.INTERRUPTED), (200, b"", UNSURE, Cause.INTERRUPTED),
    (200, PAGE, RETRY, Cause.NOT_MICROSOFT),
    (200, b"\xef\xbb\xbf <!-- a filter --><head>", RETRY, Cause.NOT_MICROSOFT),
    (403, PAGE, RETRY, Cause.NOT_MICROSOFT), (302, b"", RETRY, Cause.NOT_MICROSOFT),
    (403, failed("<b>planted</b>"), RETRY, Cause.NOT_MICROSOFT),
]  # fmt: skip
"""Status, the error's code or the body as it is, and what becomes of the message."""
ANY = st.builds(
    lambda status, body, wait: {
        "status": status,
        "body": body,
        "headers": {"Retry-After": wait} if wait else {},
    },
    st.sampled_from([200, 202, 204, 302, 400, 401, 403, 404, 413, 429, 500, 502, 503, 504, 599]),
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"", PAGE, b"[]", b'{"error": []}', b'{"error": {"code": 1}}', b"[" * 100_000]),
        st.sampled_from(["ErrorAccessDenied", "ErrorMessageSizeExceeded", "ErrorQuotaExceeded", ""]).map(
            failed
        ),
    ),
    st.sampled_from(["", "1", "soon", "Fri, 13 Nov 2026 12:01:30 GMT", "Fri, 99 Nov"]),
)
NONE = st.sampled_from([requests.ConnectionError("planted"), requests.Timeout("planted")]).map(
    lambda error: {"body": error}
)
BASE = f"https://{LOGIN}"
REFUSALS = {
    "a wrong secret": (401, refused(7000215), Cause.APP_SECRET, "AADSTS7000215"),
    "a secret that has run out": (401, refused(7000222), Cause.APP_EXPIRED, "AADSTS7000222"),
    "a certificate that is not registered": (401, refused(700027), Cause.APP_SECRET, "AADSTS700027"),
    "an unknown application": (400, refused(700016, "unauthorized_client"), Cause.APP_UNKNOWN,
     "AADSTS700016"),
    "an application switched off": (400, refused(7000112, "unauthorized_client"), Cause.APP_UNKNOWN,
     "AADSTS7000112"),
    "a tenant without Exchange": (400, refused(500011, "invalid_resource"), Cause.APP_NO_RIGHT,
     "AADSTS500011"),
    "a wrong scope": (400, refused(70011, "invalid_scope"), Cause.APP_NO_RIGHT, "AADSTS70011"),
    "no such account": (400, refused(50034, "invalid_grant"), Cause.TOKEN_REFUSED, "AADSTS50034"),
    "a number nobody knows": (401, refused(7999999), Cause.APP_SECRET, "AADSTS7999999"),
    "no number at all": (400, b'{"error": "invalid_scope"}', Cause.APP_NO_RIGHT, "invalid_scope"),
    "a kind nobody knows": (400, b'{"error": "<b>no</b>"}', Cause.TOKEN_REFUSED, "400"),
    "a number that is none": (400, b'{"error": "x", "error_codes": ["7000215"]}', Cause.TOKEN_REFUSED, "x"),
    "a number too long to be one": (400, b'{"error": "x", "error_codes": [' + b"7" * 400 + b"]}",
     Cause.TOKEN_REFUSED, "x"),
    "too many": (429, b"{}", Cause.BUSY, "429"),
    "a service that is down": (503, b"<html>", Cause.BUSY, "503"),
    "a passing fault": (400, refused(90033, "temporarily_unavailable"), Cause.BUSY, "AADSTS90033"),
    "not JSON": (200, b"hello", Cause.NOT_MICROSOFT, "200"),
    "the page of a filter": (403, PAGE, Cause.NOT_MICROSOFT, "403"),
    "a portal": (302, b"", Cause.NOT_MICROSOFT, "302"), "a list": (200, b"[]", Cause.NOT_MICROSOFT, "200"),
    "no token": (200, b'{"token_type": "Bearer"}', Cause.NOT_MICROSOFT, "200"),
    "half a token": (200, given(GIVEN)[:-3], Cause.NOT_MICROSOFT, "200"),
}  # fmt: skip
OF_NO_KIND = b"""-----BEGIN PRIVATE KEY-----
MCUCAQAwBgYEKoEcAQQYMBYCAQEEEQABAgMEBQYHCAkKCwwNDg8Q
-----END PRIVATE KEY-----
"""
PLANTED = "Hunter2-planted"


@pytest.fixture
def there():
    """Microsoft Entra, which gives a token to whoever asks, and Graph without an answer."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(BASE + DISCOVERY, body=discovered())
        mock.post(BASE + TOKEN, body=given(GIVEN))
        yield mock


@pytest.fixture
def mailbox(tmp_path):
    return a_mailbox(tmp_path)


def a_mailbox(folder):
    application = Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET)
    return GraphMailbox(
        SENDER, Tokens(application, folder / "t.json", WEB, Clock(), write_private), WEB, Clock()
    )


def send(mailbox, before=lambda: True, content=MAIL):
    with GraphCourier(mailbox) as courier:
        return courier.send(content, SENDER, TO, before)


def fared(mailbox, **more):
    """The outcome, whether it was told of this message or of all."""
    try:
        return send(mailbox, **more)
    except Unready as unready:
        return unready.result


def posts(there):
    return [call.request for call in there.calls if call.request.url == URL]


def test_the_mail_goes_as_it_would_to_a_mail_server(there, mailbox):
    there.post(URL, status=202)
    assert send(mailbox) == SENT
    (asked,) = posts(there)
    assert asked.headers["Content-Type"] == "text/plain"
    assert asked.headers["Authorization"] == f"Bearer {GIVEN}"
    assert b64decode(asked.body) == MAIL
    mail = message_from_bytes(b64decode(asked.body), policy=default)
    assert (mail["Message-ID"], mail["To"].addresses[0].addr_spec) == ("<m1@example.org>", TO)
    assert [mail[name] for name in ("Cc", "Bcc")] == [None, None]


def test_what_must_not_lie_in_sent_items_goes_as_json_that_keeps_no_copy(there, mailbox):
    there.post(URL, status=202)
    assert send(replace(mailbox, kept=False)) == SENT
    (asked,) = posts(there)
    assert asked.headers["Content-Type"] == "application/json"
    said, mail = json.loads(asked.body), message_from_bytes(MAIL, policy=default)
    assert said["saveToSentItems"] is False
    assert said["message"]["subject"] == mail["Subject"]
    assert said["message"]["body"] == {
        "contentType": "Text", "content": mail.get_body(("plain",)).get_content(),
    }  # fmt: skip
    assert said["message"]["toRecipients"] == [{"emailAddress": {"address": TO}}]


def test_it_is_asked_right_before_the_mail_is_handed_over_and_what_is_no_longer_ours_is_not(there, mailbox):
    assert send(mailbox, before=lambda: False) is None
    assert posts(there) == []
    there.post(URL, status=202)
    asked_before = []
    assert send(mailbox, before=lambda: asked_before.append(len(there.calls)) is None) == SENT
    assert asked_before == [len(there.calls) - 1]


def test_a_kept_token_that_is_refused_is_asked_for_anew_and_the_mail_given_once_more(there, mailbox):
    mailbox.tokens.token()
    there.post(URL, status=401, body=failed("InvalidAuthenticationToken"))
    there.post(URL, status=202)
    asked = []
    assert send(mailbox, before=lambda: asked.append(1) is None) == SENT
    assert (len(posts(there)), len(asked)) == (2, 2)


def test_a_fresh_token_that_is_refused_is_thrown_away_and_nobody_is_served(there, mailbox, tmp_path):
    there.post(URL, status=401, body=failed("InvalidAuthenticationToken"))
    with pytest.raises(Unready) as unready:
        send(mailbox)
    assert unready.value.result == Result(
        SendOutcome.RETRY, Cause.TOKEN_NOT_TAKEN, "401 InvalidAuthenticationToken"
    )
    assert (len(posts(there)), list(tmp_path.iterdir())) == (1, [])


def test_a_sender_is_one_part_of_the_address_that_is_asked_whatever_letters_it_has(there, mailbox):
    """Each of these is an address that mail servers take."""
    there.post(re.compile(r".*"), status=202)
    for odd, part in {
        "../../me/x": "..%2F..%2Fme%2Fx", "a%2fb": "a%252fb", "a?b#c&d=e": "a%3Fb%23c%26d%3De",
    }.items():  # fmt: skip
        courier = GraphCourier(mailbox)
        assert courier.send(MAIL, f"{odd}@example.org", TO, lambda: True) == SENT
        asked = there.calls[-1].request.url
        assert asked == f"https://{GRAPH}/v1.0/users/{part}@example.org/sendMail"


def test_a_refused_token_whose_file_stays_is_not_shown_again(there, mailbox, monkeypatch):
    """As in a home that this account may not write to."""
    mailbox.tokens.token()

    def stays(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", stays)
    monkeypatch.setattr(mailbox.tokens, "_keep", stays)
    there.replace(responses.POST, f"https://{LOGIN}{TOKEN}", body=given(f"{GIVEN}-new"))
    there.post(URL, status=401, body=failed("InvalidAuthenticationToken"))
    there.post(URL, status=202)
    there.post(URL, body=AssertionError("shown again"))
    assert send(mailbox) == SENT
    shown = [request.headers["Authorization"] for request in posts(there)]
    assert shown == [f"Bearer {GIVEN}", f"Bearer {GIVEN}-new"]


@pytest.mark.parametrize(("status", "said", "outcome", "cause"), ANSWERS)
def test_each_answer_is_a_result_with_its_code(there, mailbox, caplog, status, said, outcome, cause):
    caplog.set_level(logging.DEBUG)
    body = failed(said) if isinstance(said, str) else said
    code = f"{status} {said}" if isinstance(said, str) else str(status)
    there.post(URL, status=status, body=body, headers={"Location": "https://portal.example.org/"})
    assert fared(mailbox) == Result(outcome, cause, code, 3600.0 if cause is Cause.LIMIT else None)
    assert len(posts(there)) == 1
    assert GIVEN not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("said", "waited"), [
    ("120", 120.0), ("Fri, 13 Nov 2026 12:01:30 GMT", 90.0), ("Fri, 13 Nov 2020 12:01:30 GMT", 0.0),
    ("99999999999999999999", 7 * 86400.0), ("-5", None), ("soon", None),
    ("Fri, 13 Nov 99999999999999999999 12:01:30 GMT", None),
    ("Fri, 13 Nov 2026 12:01:30 +99999999999999999999", None), ("", None), ("१२", None),
])  # fmt: skip
def test_retry_after_is_read_as_seconds_and_as_a_date(said, waited):
    now = NOW.replace(year=2026, month=11, day=13, hour=12, minute=0, second=0, microsecond=0)
    assert read_answer(WebAnswer(429, {"retry-after": said}, ""), now).wait_s == waited


def test_whoever_is_throttled_gives_no_other_and_none_that_cannot_be_taken(there, mailbox):
    assert send(mailbox, content=b"x" * (LARGEST * 3 // 4 + 3)) == Result(SendOutcome.FAILED, Cause.TOO_LARGE)
    assert len(there.calls) == 0
    there.post(URL, status=429, body=failed("ApplicationThrottled"), headers={"Retry-After": "30"})
    with pytest.raises(Unready) as unready:
        send(mailbox)
    assert unready.value.result.wait_s == 30


def test_a_probe_gets_a_token_sends_nothing_and_tells_why_there_is_none(there, mailbox):
    there.replace(responses.POST, f"https://{LOGIN}{TOKEN}", status=401, body=refused(7000222))
    assert probe_mailbox(mailbox) == Result(SendOutcome.RETRY, Cause.APP_EXPIRED, "AADSTS7000222")
    there.replace(responses.POST, f"https://{LOGIN}{TOKEN}", body=given(GIVEN))
    assert probe_mailbox(mailbox) == SENT
    assert posts(there) == []


@given_any(st.lists(st.one_of(ANY, ANY, NONE), min_size=1, max_size=4), st.booleans())
def test_whatever_is_answered_a_message_is_never_lost_nor_given_again_once_taken(answers, kept):
    """Sent where 202 was said and only there; else tried again, failed for good, or unsure."""
    with (
        tempfile.TemporaryDirectory() as folder,
        responses.RequestsMock(assert_all_requests_are_fired=False) as mock,
    ):
        mock.get(f"https://{LOGIN}{DISCOVERY}", body=discovered())
        mock.post(f"https://{LOGIN}{TOKEN}", body=given(GIVEN))
        for answer in answers:
            mock.post(URL, **answer)
        mailbox = a_mailbox(Path(folder))
        if kept:
            mailbox.tokens.token()
        result = fared(mailbox)
        asked = len(posts(mock))
    assert result is not None
    said = [answers[min(n, len(answers) - 1)].get("status") for n in range(asked)]
    assert asked in (1, 2)
    assert (result == SENT) == (said[-1] == 202)
    assert 202 not in said[:-1]
    assert asked == 1 or (kept and said[0] == 401)
    assert (result.cause is None) == (result == SENT)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def entra():
    """Microsoft Entra, which knows the tenant and gives nothing yet."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(BASE + DISCOVERY, body=discovered())
        yield mock


def tokens(folder, clock, scope=GRAPH_SCOPE, **proof):
    application = Application(TENANT, CLIENT, scope, **(proof or {"secret": SECRET}))
    return Tokens(application, folder / "mail-token.json", WEB, clock, write_private)


def why(asked):
    """Why there is none; nothing that is told of it holds the secret or a token."""
    with pytest.raises(Unready) as unready:
        asked.token()
    shown = "".join(traceback.format_exception(unready.value)) + repr(unready.value) + repr(vars(asked))
    assert SECRET not in shown
    assert GIVEN not in shown
    assert unready.value.result.outcome is SendOutcome.RETRY
    return unready.value.result


def forms(entra):
    """What the token endpoint was sent."""
    return [dict(part.split("=", 1) for part in call.request.body.split("&"))
            for call in entra.calls if call.request.url == BASE + TOKEN]  # fmt: skip


def test_a_token_is_asked_for_by_its_purpose_and_kept_with_no_more_than_it_takes(tmp_path, clock, there):
    assert tokens(tmp_path, clock).token().value == GIVEN
    assert tokens(tmp_path, clock, SMTP_SCOPE).token().value == GIVEN
    first, second = forms(there)
    assert (first["grant_type"], first["client_id"]) == ("client_credentials", CLIENT)
    assert first["client_secret"] == "Hunter2~planted"
    assert first["scope"] == "https%3A%2F%2Fgraph.microsoft.com%2F.default"
    assert second["scope"] == "https%3A%2F%2Foutlook.office365.com%2F.default"
    tokens(tmp_path, clock).token()
    held = json.loads((tmp_path / "mail-token.json").read_text())
    assert sorted(held) == ["for", "token", "until"]
    assert TENANT not in held["for"]


def test_it_tells_microsoft_nothing_of_this_machine(tmp_path, clock, there):
    tokens(tmp_path, clock).token()
    assert [name for call in there.calls for name in call.request.headers if "x-client" in name.lower()] == []
    assert {call.request.url for call in there.calls} == {BASE + DISCOVERY, BASE + TOKEN}


def test_a_token_is_kept_until_shortly_before_it_runs_out(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN, 3600))
    assert tokens(tmp_path, clock).token().fresh
    clock.at += timedelta(minutes=54)
    assert not tokens(tmp_path, clock).token().fresh
    clock.at += timedelta(minutes=2)
    assert tokens(tmp_path, clock).token().fresh
    assert len(forms(entra)) == 2


def test_a_token_that_was_thrown_away_or_is_for_another_purpose_is_asked_for_anew(tmp_path, clock, there):
    asked = tokens(tmp_path, clock)
    refused_one = asked.token()
    asked.throw_away(refused_one)
    assert list(tmp_path.iterdir()) == []
    asked.throw_away(refused_one)
    assert asked.token().fresh
    tokens(tmp_path, clock, GRAPH_SCOPE).token()
    assert tokens(tmp_path, clock, SMTP_SCOPE).token().fresh
    clock.at -= timedelta(days=3)
    assert tokens(tmp_path, clock, SMTP_SCOPE).token().fresh


@pytest.mark.parametrize("held", [
    b"", b"[]", b"{", b"\xff", b'{"token": 1}', b"[" * 100_000,
    b'{"for": "x", "token": "y", "until": "soon"}',
])  # fmt: skip
def test_a_damaged_file_is_as_none(tmp_path, clock, there, held):
    (tmp_path / "mail-token.json").write_bytes(held)
    assert tokens(tmp_path, clock).token().fresh


@pytest.mark.parametrize("seconds", ["-1", "0", "99999999999999999999", "1e308", "1" * 400, '"3600"'])
def test_however_long_it_is_said_to_hold_it_serves(tmp_path, clock, entra, seconds):
    entra.post(BASE + TOKEN, body=given(GIVEN).replace(b"3599", seconds.encode()))
    assert tokens(tmp_path, clock).token().value == GIVEN
    clock.at += timedelta(hours=25)
    assert tokens(tmp_path, clock).token().fresh


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_the_file_is_for_its_owner_alone_from_its_first_instant(tmp_path, clock, there):
    """Whatever is opened for writing while it is kept is made by this process, and closed to others."""
    modes, before = set(), os.umask(0)

    def watch(path, held):
        def look(event, args):
            if watching and event == "os.rename":
                modes.add(stat.S_IMODE(Path(args[0]).stat().st_mode))

        sys.addaudithook(look)
        write_private(path, held)

    watching = [True]
    try:
        asked = Tokens(Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET), tmp_path / "t", WEB, clock, watch)
        asked.token()
    finally:
        watching.clear()
        os.umask(before)
    assert modes == {0o600}
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(tmp_path, clock, there):
    (tmp_path / "elsewhere").write_text("not ours")
    (tmp_path / "mail-token.json").symlink_to(tmp_path / "elsewhere")
    asked = tokens(tmp_path, clock)
    assert asked.token().fresh
    assert not asked.token().fresh
    assert not (tmp_path / "mail-token.json").is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "not ours"


def test_a_folder_that_takes_nothing_does_not_hold_mail_back(tmp_path, clock, there, caplog):

    def full(path, held):
        raise OSError(28, f"No space left on device {held!r}")

    asked = Tokens(Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET), tmp_path / "t", WEB, clock, full)
    assert asked.token().value == GIVEN
    assert GIVEN not in caplog.text


@pytest.mark.parametrize(("status", "body", "cause", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_of_a_token_is_a_cause_with_its_number(
    tmp_path, clock, entra, caplog, status, body, cause, code
):
    caplog.set_level(logging.DEBUG)
    entra.post(BASE + TOKEN, status=status, body=body, headers={"Location": "https://portal.example.org/"})
    result = why(tokens(tmp_path, clock))
    assert (result.cause, result.code) == (cause, code)
    assert SECRET not in caplog.text
    assert GIVEN not in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_the_secret_goes_to_microsoft_alone_and_an_unknown_tenant_is_told_by_its_number(tmp_path, clock):
    with responses.RequestsMock() as mock:
        mock.get(BASE + DISCOVERY, status=400, body=refused(90002, "invalid_tenant"))
        result = why(tokens(tmp_path, clock))
    assert (result.cause, result.code) == (Cause.TENANT_UNKNOWN, "AADSTS90002")
    elsewhere = discovered().replace(LOGIN.encode(), b"login.example.org")
    with responses.RequestsMock() as mock:
        mock.get(BASE + DISCOVERY, body=elsewhere)
        assert why(tokens(tmp_path, clock)).cause is Cause.NOT_MICROSOFT
        assert len(mock.calls) == 1


@pytest.mark.parametrize("error", [requests.ConnectionError("planted"), requests.ReadTimeout("planted")])
def test_an_endpoint_that_is_not_there_is_told(tmp_path, clock, entra, error):
    entra.post(BASE + TOKEN, body=error)
    assert why(tokens(tmp_path, clock)).cause is Cause.MICROSOFT_UNREACHABLE


def test_a_refusal_hands_on_the_time_to_wait(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, status=429, body=b"{}", headers={"Retry-After": "120"})
    assert why(tokens(tmp_path, clock)).wait_s == 120


def test_without_a_secret_or_a_certificate_that_holds_nothing_is_asked(tmp_path, clock, entra, key):
    assert why(tokens(tmp_path, clock, secret=None)).cause is Cause.NO_SECRET
    assert why(tokens(tmp_path, clock, certificate=tmp_path / "not-there.pem")).cause is Cause.NO_SECRET
    assert len(entra.calls) == 0
    file = tmp_path / "app.pem"
    file.write_bytes(b"".join(pem(key, until=NOW - timedelta(days=1))))
    assert why(tokens(tmp_path, clock, certificate=file)).cause is Cause.APP_EXPIRED
    assert len(entra.calls) == 0


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key, until=NOW + timedelta(days=30), sealed=False):
    """A private key and its certificate."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "schoolgate.example.org")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(until - timedelta(days=90)).not_valid_after(until)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    how = BestAvailableEncryption(b"x") if sealed else NoEncryption()
    held = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    return held, certificate.public_bytes(Encoding.PEM)


@pytest.mark.parametrize("order", [1, -1])
def test_a_certificate_signs_instead_of_a_secret(tmp_path, clock, there, key, order):
    file = tmp_path / "app.pem"
    file.write_bytes(b"".join(pem(key)[::order]))
    assert tokens(tmp_path, clock, certificate=file).token().value == GIVEN
    (form,) = forms(there)
    assert "client_secret" not in form
    assert form["client_assertion"].count(".") == 2


@pytest.mark.parametrize(
    "part", ["key", "certificate", "sealed", "neither", "binary", "not RSA", "a kind nobody knows"]
)
def test_a_file_that_does_not_hold_both_is_told_without_its_content(tmp_path, clock, entra, key, part):
    private, certificate = pem(key)
    held = {
        "key": private, "certificate": certificate, "sealed": pem(key, sealed=True)[0] + certificate,
        "neither": b"planted", "binary": b"\xff\xfe", "a kind nobody knows": OF_NO_KIND + certificate,
        "not RSA": b"".join(pem(ec.generate_private_key(ec.SECP256R1()))),
    }  # fmt: skip
    file = tmp_path / "app.pem"
    file.write_bytes(held[part])
    assert why(tokens(tmp_path, clock, certificate=file)).cause is Cause.NO_SECRET
    assert len(entra.calls) == 0


def test_a_token_and_what_proves_us_never_show_and_msal_is_imported_late():
    application = Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET)
    web = WebAccess(WEB.tls, "http://oak:planted@proxy.example.org:8080")
    assert SECRET not in repr(application)
    assert "planted" not in repr(web)
    assert not re.search(r"^(import|from) msal", getsource(asking_microsoft), re.M)


@pytest.fixture(scope="module")
def server():
    with microsoft() as running:
        yield running


def asked(web, url=URL, **more):
    return ask(web, "POST", url, headers={"Authorization": "Bearer x"}, data=b"eA==", **more)


def broken(web, url=URL, **more):
    """Why no answer came, and whether the request had been handed over."""
    begun = time.monotonic()
    with pytest.raises(Broken) as error:
        asked(web, url, **more)
    assert time.monotonic() - begun < 2
    assert PLANTED not in repr(error.value) + repr(
        error.value.__context__ and error.value.__suppress_context__
    )
    return error.value.cause, error.value.handed_over


def test_each_request_has_a_connection_by_the_proxy_and_an_answer_without_an_end_is_cut(server):
    server.mail = Answer(202)
    assert asked(server.web).status_code == 202
    assert server.way.asked[-1] == f"CONNECT {GRAPH}:443 HTTP/1.0"
    assert "authorization" not in server.way.headers[-1]
    server.mail = Answer(202)
    before = len(server.way.asked)
    asked(server.web)
    asked(server.web)
    assert len(server.way.asked) == before + 2
    server.mail = Answer(200, PAGE * 20_000)
    assert len(asked(server.web).text) <= 256 * 1024
    before = len(server.way.asked)
    assert broken(server.web, ends_at=time.monotonic()) == (Cause.MICROSOFT_UNREACHABLE, False)
    assert len(server.way.asked) == before


def test_addresses_that_lead_nowhere_are_left_for_those_of_the_other_family(server, monkeypatch):
    def found(host, port, **more):
        closed = free_port()
        dead = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", closed, 0, 0))] * 8
        return [*dead, (socket.AF_INET, socket.SOCK_STREAM, 6, "", (server.site.host, server.site.port))]

    monkeypatch.setattr("alerts.delivery.web.socket.getaddrinfo", found)
    server.mail = Answer(202)
    assert asked(replace(server.web, proxy=None)).status_code == 202


def test_no_variable_of_the_environment_is_heard(server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {GRAPH} login oak password {PLANTED}\n")
    for name, value in {"HTTPS_PROXY": "http://127.0.0.1:9", "NETRC": str(netrc), "NO_PROXY": "*"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
    server.mail = Answer(202)
    assert asked(server.web).status_code == 202
    assert server.site.asked[-1].headers["authorization"] == "Bearer x"


@pytest.mark.parametrize(("body", "to"), [(b"", f"https://{LOGIN}{TOKEN}"), (PAGE, "https://[")])
def test_a_redirect_even_to_no_address_is_one_and_is_not_followed(server, body, to):
    server.mail = Answer(302, body, {"Location": to})
    before = len(server.site.asked)
    assert asked(server.web).status_code == 302
    assert len(server.site.asked) == before + 1


def test_what_is_said_beside_a_redirect_is_not_read_on_without_an_end(server):
    """A library that looks where it leads would first read all of it, however long that is."""
    written = []

    def endless(exchange):
        exchange.head(302, Location="/sign-in")
        with contextlib.suppress(OSError):
            while len(written) < 2000:
                written.append(exchange.write(b"x" * 65536))

    server.mail = endless
    assert len(asked(server.web).text) <= 256 * 1024
    assert len(written) < 1000


def test_a_certificate_that_is_not_trusted_or_no_tls_is_told_and_nothing_handed_over(server):
    before = len(server.site.asked)
    distrusting = replace(server.web, tls=ssl.create_default_context())
    assert broken(distrusting) == (Cause.MICROSOFT_CERTIFICATE, False)
    assert len(server.site.asked) == before
    with microsoft(named=("portal.example.org",)) as portal:
        assert broken(portal.web) == (Cause.MICROSOFT_CERTIFICATE, False)
    with (
        socket.create_server(("127.0.0.1", 0)) as plain,
        proxy_to({(GRAPH, 443): plain.getsockname()}) as way,
    ):
        with microsoft() as any_one:
            web = replace(any_one.web, proxy=way.url, connect_s=0.2)
        assert broken(web) == (Cause.MICROSOFT_UNREACHABLE, False)


def test_a_proxy_that_is_not_there_or_refuses_us_is_told_without_its_password(server, caplog):
    caplog.set_level(logging.DEBUG)
    gone = replace(server.web, proxy=f"http://oak:{PLANTED}@127.0.0.1:9")
    assert broken(gone) == (Cause.MICROSOFT_UNREACHABLE, False)
    with proxy_to({}, sign_in="oak:another") as way:
        refusing = replace(server.web, proxy=way.url.replace("://", f"://oak:{PLANTED}@"))
        assert broken(refusing) == (Cause.MICROSOFT_UNREACHABLE, False)
    assert PLANTED not in caplog.text


def drip(exchange):
    for letter in b"HTTP/1.1 202 Accepted\r\nX-Long: " + b"x" * 100:
        exchange.write(bytes([letter]))
        if not exchange.wait(0.05):
            return


@pytest.mark.parametrize(("answer", "limits"), [
    (lambda exchange: exchange.wait(1) and None, {"answer_s": 0.2}), (lambda exchange: None, {}),
    (drip, {"request_s": 0.4}),
], ids=["is silent", "hangs up", "drips its answer"])  # fmt: skip
def test_a_server_that_was_asked_and_does_not_answer_may_have_taken_the_mail(server, answer, limits):
    server.mail = answer
    assert broken(replace(server.web, **limits)) == (Cause.MICROSOFT_UNREACHABLE, True)


def test_a_status_that_came_counts_though_the_rest_does_not_come(server):
    def begin(exchange):
        exchange.head(202, Content_Length="1000")
        exchange.wait(1)

    server.mail = begin
    assert asked(replace(server.web, request_s=0.4)).status_code == 202
