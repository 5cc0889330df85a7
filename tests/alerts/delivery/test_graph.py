"""Mail by Microsoft Graph: the same bytes once, and each answer becomes what happens to the message."""

from __future__ import annotations

import json
import logging
import re
import ssl
import tempfile
from base64 import b64decode
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import requests
import responses
from builders.mention import NOW, Clock, a_message
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
    refused,
)

from alerts.delivery.graph import LARGEST, GraphCourier, GraphMailbox, probe, read
from alerts.delivery.mail import compose
from alerts.delivery.results import SENT, Cause, Result, SendOutcome, Unready
from alerts.delivery.tokens import GRAPH_SCOPE, Application, Tokens
from alerts.delivery.web import WebAccess, WebAnswer
from data.types import Person, Role
from monitor.config.home.paths import keep

SECRET = "Hunter2~planted"
GIVEN = "eyJ0-planted-token"
URL = f"https://{GRAPH}{SEND}"
WEB = WebAccess(ssl.create_default_context())
TO = "head@example.org"
MAIL = compose(
    a_message("m1"), Person("p-head", "Jane Holt", (Role.HEAD,), TO), SENDER, "Oakfield"
).as_bytes()


@pytest.fixture
def there():
    """Microsoft Entra, which gives a token to whoever asks, and Graph without an answer."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"https://{LOGIN}{DISCOVERY}", body=discovered())
        mock.post(f"https://{LOGIN}{TOKEN}", body=given(GIVEN))
        yield mock


@pytest.fixture
def mailbox(tmp_path):
    return a_mailbox(tmp_path)


def a_mailbox(folder):
    application = Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET)
    return GraphMailbox(SENDER, Tokens(application, folder / "t.json", WEB, Clock(), keep), WEB, Clock())


def send(mailbox, before=lambda: True, content=MAIL):
    with GraphCourier(mailbox) as courier:
        return courier.send(content, SENDER, TO, before)


def fared(mailbox, **more):
    """What became of it, whether it was told of this message or of all."""
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


def test_it_is_asked_right_before_the_mail_is_handed_over(there, mailbox):
    there.post(URL, status=202)
    asked_before = []
    assert send(mailbox, before=lambda: asked_before.append(len(there.calls)) is None) == SENT
    assert asked_before == [len(there.calls) - 1]


def test_what_is_no_longer_ours_is_not_handed_over(there, mailbox):
    assert send(mailbox, before=lambda: False) is None
    assert posts(there) == []


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
    (413, "ErrorQuotaExceeded", RETRY, Cause.BUSY),
    (429, "ApplicationThrottled", RETRY, Cause.BUSY),
    (500, "ErrorInternalServerError", RETRY, Cause.BUSY),
    (413, b"", FAILED, Cause.TOO_LARGE),
    (502, b"<html>", RETRY, Cause.BUSY),
    (503, b"", RETRY, Cause.BUSY),
    (504, b"", UNSURE, Cause.INTERRUPTED),
    (200, b"", UNSURE, Cause.INTERRUPTED),
    (200, PAGE, RETRY, Cause.NOT_MICROSOFT),
    (200, b"\xef\xbb\xbf <!-- a filter --><head>", RETRY, Cause.NOT_MICROSOFT),
    (403, PAGE, RETRY, Cause.NOT_MICROSOFT),
    (302, b"", RETRY, Cause.NOT_MICROSOFT),
    (403, failed("<b>planted</b>"), RETRY, Cause.NOT_MICROSOFT),
]
"""Status, the error's code or the body as it is, and what becomes of the message."""


@pytest.mark.parametrize(("status", "said", "outcome", "cause"), ANSWERS)
def test_each_answer_is_a_result_with_its_code(there, mailbox, caplog, status, said, outcome, cause):
    caplog.set_level(logging.DEBUG)
    body = failed(said) if isinstance(said, str) else said
    code = f"{status} {said}" if isinstance(said, str) else str(status)
    there.post(URL, status=status, body=body, headers={"Location": "https://portal.example.org/"})
    assert fared(mailbox) == Result(outcome, cause, code)
    assert len(posts(there)) == 1
    assert GIVEN not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("120", 120.0),
        ("Fri, 13 Nov 2026 12:01:30 GMT", 90.0),
        ("Fri, 13 Nov 2020 12:01:30 GMT", 0.0),
        ("99999999999999999999", 7 * 86400.0),
        ("-5", None),
        ("soon", None),
        ("Fri, 13 Nov 99999999999999999999 12:01:30 GMT", None),
        ("Fri, 13 Nov 2026 12:01:30 +99999999999999999999", None),
        ("", None),
        ("१२", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(said, waited):
    now = NOW.replace(year=2026, month=11, day=13, hour=12, minute=0, second=0, microsecond=0)
    assert read(WebAnswer(429, {"retry-after": said}, ""), now).wait_s == waited


def test_whoever_is_throttled_gives_no_other_message_now(there, mailbox):
    there.post(URL, status=429, body=failed("ApplicationThrottled"), headers={"Retry-After": "30"})
    with pytest.raises(Unready) as unready:
        send(mailbox)
    assert unready.value.result.wait_s == 30


def test_a_message_that_graph_cannot_take_is_not_given_to_it(there, mailbox):
    assert send(mailbox, content=b"x" * (LARGEST * 3 // 4 + 3)) == Result(SendOutcome.FAILED, Cause.TOO_LARGE)
    assert len(there.calls) == 0


def test_a_probe_gets_a_token_and_sends_nothing(there, mailbox):
    assert probe(mailbox) == SENT
    assert posts(there) == []


def test_a_probe_tells_why_there_is_no_token(there, mailbox):
    there.replace(responses.POST, f"https://{LOGIN}{TOKEN}", status=401, body=refused(7000222))
    assert probe(mailbox) == Result(SendOutcome.RETRY, Cause.APP_EXPIRED, "AADSTS7000222")


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
