"""Tokens of Microsoft 365: asked for, kept for their owner alone, renewed; each refusal by its cause."""

from __future__ import annotations

import json
import logging
import os
import ssl
import stat
import subprocess
import sys
import traceback
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
import responses
from builders.mention import NOW, Clock
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
from support.microsoft import CLIENT, DISCOVERY, LOGIN, PAGE, TENANT, TOKEN, discovered, given, refused

from alerts.delivery.results import Cause, SendOutcome, Unready
from alerts.delivery.tokens import GRAPH_SCOPE, SMTP_SCOPE, Application, Tokens
from alerts.delivery.web import WebAccess
from monitor.config.home.paths import keep

SECRET = "Hunter2~planted"
GIVEN = "eyJ0-planted-token"
BASE = f"https://{LOGIN}"
WEB = WebAccess(ssl.create_default_context())


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
    return Tokens(application, folder / "mail-token.json", WEB, clock, keep)


def why(asked: Tokens):
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


def test_a_token_is_asked_for_by_client_credentials_for_its_purpose(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    assert tokens(tmp_path, clock).token().value == GIVEN
    assert tokens(tmp_path, clock, SMTP_SCOPE).token().value == GIVEN
    first, second = forms(entra)
    assert (first["grant_type"], first["client_id"]) == ("client_credentials", CLIENT)
    assert first["client_secret"] == "Hunter2~planted"
    assert first["scope"] == "https%3A%2F%2Fgraph.microsoft.com%2F.default"
    assert second["scope"] == "https%3A%2F%2Foutlook.office365.com%2F.default"


def test_it_tells_microsoft_nothing_of_this_machine(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    tokens(tmp_path, clock).token()
    assert [name for call in entra.calls for name in call.request.headers if "x-client" in name.lower()] == []
    assert {call.request.url for call in entra.calls} == {BASE + DISCOVERY, BASE + TOKEN}


def test_a_token_is_kept_and_used_until_shortly_before_it_runs_out(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN, 3600))
    assert tokens(tmp_path, clock).token().fresh
    clock.at += timedelta(minutes=54)
    assert not tokens(tmp_path, clock).token().fresh
    clock.at += timedelta(minutes=2)
    assert tokens(tmp_path, clock).token().fresh
    assert len(forms(entra)) == 2


def test_a_token_that_was_thrown_away_is_asked_for_anew(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    asked = tokens(tmp_path, clock)
    refused_one = asked.token()
    asked.throw_away(refused_one)
    assert list(tmp_path.iterdir()) == []
    asked.throw_away(refused_one)
    assert asked.token().fresh


def test_a_token_for_another_purpose_or_application_is_not_used(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    tokens(tmp_path, clock, GRAPH_SCOPE).token()
    assert tokens(tmp_path, clock, SMTP_SCOPE).token().fresh


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"token": 1}',
        b"[" * 100_000,
        b'{"for": "x", "token": "y", "until": "soon"}',
    ],
)
def test_a_damaged_file_is_as_none(tmp_path, clock, entra, held):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    (tmp_path / "mail-token.json").write_bytes(held)
    assert tokens(tmp_path, clock).token().fresh


@pytest.mark.parametrize("seconds", ["-1", "0", "99999999999999999999", "1e308", "1" * 400, '"3600"'])
def test_however_long_it_is_said_to_hold_it_serves(tmp_path, clock, entra, seconds):
    entra.post(BASE + TOKEN, body=given(GIVEN).replace(b"3599", seconds.encode()))
    assert tokens(tmp_path, clock).token().value == GIVEN
    clock.at += timedelta(hours=25)
    assert tokens(tmp_path, clock).token().fresh


def test_a_token_from_a_clock_that_was_set_back_is_not_used(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    tokens(tmp_path, clock).token()
    clock.at -= timedelta(days=3)
    assert tokens(tmp_path, clock).token().fresh


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_the_file_is_for_its_owner_alone_from_its_first_instant(tmp_path, clock, entra):
    """Whatever is opened for writing while it is kept is made by this process, and closed to others."""
    entra.post(BASE + TOKEN, body=given(GIVEN))
    modes, before = set(), os.umask(0)

    def watch(path: Path, held: bytes) -> None:
        def look(event, args):
            if watching and event == "os.rename":
                modes.add(stat.S_IMODE(Path(args[0]).stat().st_mode))

        sys.addaudithook(look)
        keep(path, held)

    watching = [True]
    try:
        asked = Tokens(Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET), tmp_path / "t", WEB, clock, watch)
        asked.token()
    finally:
        watching.clear()
        os.umask(before)
    assert modes == {0o600}
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_a_link_in_the_place_of_the_file_is_replaced_and_what_it_leads_to_is_not_written(
    tmp_path, clock, entra
):
    (tmp_path / "elsewhere").write_text("not ours")
    (tmp_path / "mail-token.json").symlink_to(tmp_path / "elsewhere")
    entra.post(BASE + TOKEN, body=given(GIVEN))
    asked = tokens(tmp_path, clock)
    assert asked.token().fresh
    assert not asked.token().fresh
    assert not (tmp_path / "mail-token.json").is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "not ours"


def test_a_folder_that_takes_nothing_does_not_hold_mail_back(tmp_path, clock, entra, caplog):
    entra.post(BASE + TOKEN, body=given(GIVEN))

    def full(path: Path, held: bytes) -> None:
        raise OSError(28, f"No space left on device {held!r}")

    asked = Tokens(Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET), tmp_path / "t", WEB, clock, full)
    assert asked.token().value == GIVEN
    assert GIVEN not in caplog.text


REFUSALS = {
    "a wrong secret": (401, refused(7000215), Cause.APP_SECRET, "AADSTS7000215"),
    "a secret that has run out": (401, refused(7000222), Cause.APP_EXPIRED, "AADSTS7000222"),
    "a certificate that is not registered": (401, refused(700027), Cause.APP_SECRET, "AADSTS700027"),
    "an unknown application": (
        400, refused(700016, "unauthorized_client"), Cause.APP_UNKNOWN, "AADSTS700016",
    ),
    "an application switched off": (
        400, refused(7000112, "unauthorized_client"), Cause.APP_UNKNOWN, "AADSTS7000112",
    ),
    "a tenant without Exchange": (
        400, refused(500011, "invalid_resource"), Cause.APP_NO_RIGHT, "AADSTS500011",
    ),
    "a wrong scope": (400, refused(70011, "invalid_scope"), Cause.APP_NO_RIGHT, "AADSTS70011"),
    "no such account": (400, refused(50034, "invalid_grant"), Cause.TOKEN_REFUSED, "AADSTS50034"),
    "a number nobody knows": (401, refused(7999999), Cause.APP_SECRET, "AADSTS7999999"),
    "no number at all": (400, b'{"error": "invalid_scope"}', Cause.APP_NO_RIGHT, "invalid_scope"),
    "a kind nobody knows": (400, b'{"error": "<b>no</b>"}', Cause.TOKEN_REFUSED, "400"),
    "a number that is none": (400, b'{"error": "x", "error_codes": ["7000215"]}', Cause.TOKEN_REFUSED, "x"),
    "a number too long to be one": (
        400, b'{"error": "x", "error_codes": [' + b"7" * 400 + b"]}", Cause.TOKEN_REFUSED, "x",
    ),
    "too many": (429, b"{}", Cause.BUSY, "429"),
    "a service that is down": (503, b"<html>", Cause.BUSY, "503"),
    "a passing fault": (400, refused(90033, "temporarily_unavailable"), Cause.BUSY, "AADSTS90033"),
    "not JSON": (200, b"hello", Cause.NOT_MICROSOFT, "200"),
    "the page of a filter": (403, PAGE, Cause.NOT_MICROSOFT, "403"),
    "a portal": (302, b"", Cause.NOT_MICROSOFT, "302"),
    "a list": (200, b"[]", Cause.NOT_MICROSOFT, "200"),
    "no token": (200, b'{"token_type": "Bearer"}', Cause.NOT_MICROSOFT, "200"),
    "half a token": (200, given(GIVEN)[:-3], Cause.NOT_MICROSOFT, "200"),
}  # fmt: skip


@pytest.mark.parametrize(("status", "body", "cause", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_of_the_token_endpoint_is_a_cause_with_its_number(
    tmp_path, clock, entra, caplog, status, body, cause, code
):
    caplog.set_level(logging.DEBUG)
    entra.post(BASE + TOKEN, status=status, body=body, headers={"Location": "https://portal.example.org/"})
    result = why(tokens(tmp_path, clock))
    assert (result.cause, result.code) == (cause, code)
    assert SECRET not in caplog.text
    assert GIVEN not in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_tenant_is_told_by_its_number(tmp_path, clock):
    with responses.RequestsMock() as mock:
        mock.get(BASE + DISCOVERY, status=400, body=refused(90002, "invalid_tenant"))
        result = why(tokens(tmp_path, clock))
    assert (result.cause, result.code) == (Cause.TENANT_UNKNOWN, "AADSTS90002")


def test_the_secret_goes_to_microsoft_alone_whatever_the_tenant_says_of_itself(tmp_path, clock):
    elsewhere = discovered().replace(LOGIN.encode(), b"login.example.org")
    with responses.RequestsMock() as mock:
        mock.get(BASE + DISCOVERY, body=elsewhere)
        assert why(tokens(tmp_path, clock)).cause is Cause.NOT_MICROSOFT
        assert len(mock.calls) == 1


@pytest.mark.parametrize("error", [requests.ConnectionError("planted"), requests.ReadTimeout("planted")])
def test_an_endpoint_that_is_not_there_is_told(tmp_path, clock, entra, error):
    entra.post(BASE + TOKEN, body=error)
    assert why(tokens(tmp_path, clock)).cause is Cause.MICROSOFT_UNREACHABLE


def test_the_time_that_it_asks_us_to_wait_is_handed_on(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, status=429, body=b"{}", headers={"Retry-After": "120"})
    assert why(tokens(tmp_path, clock)).wait_s == 120


def test_without_a_secret_nothing_is_asked(tmp_path, clock, entra):
    assert why(tokens(tmp_path, clock, secret=None)).cause is Cause.NO_SECRET
    assert why(tokens(tmp_path, clock, certificate=tmp_path / "not-there.pem")).cause is Cause.NO_SECRET
    assert len(entra.calls) == 0


OF_NO_KIND = b"""-----BEGIN PRIVATE KEY-----
MCUCAQAwBgYEKoEcAQQYMBYCAQEEEQABAgMEBQYHCAkKCwwNDg8Q
-----END PRIVATE KEY-----
"""


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key, until: datetime = NOW + timedelta(days=30), sealed=False) -> tuple[bytes, bytes]:
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
def test_a_certificate_signs_instead_of_a_secret(tmp_path, clock, entra, key, order):
    file = tmp_path / "app.pem"
    file.write_bytes(b"".join(pem(key)[::order]))
    entra.post(BASE + TOKEN, body=given(GIVEN))
    assert tokens(tmp_path, clock, certificate=file).token().value == GIVEN
    (form,) = forms(entra)
    assert "client_secret" not in form
    assert form["client_assertion"].count(".") == 2


def test_a_certificate_that_has_run_out_is_told_without_asking(tmp_path, clock, entra, key):
    file = tmp_path / "app.pem"
    file.write_bytes(b"".join(pem(key, until=NOW - timedelta(days=1))))
    assert why(tokens(tmp_path, clock, certificate=file)).cause is Cause.APP_EXPIRED
    assert len(entra.calls) == 0


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


def test_a_token_and_what_proves_us_never_show():
    application = Application(TENANT, CLIENT, GRAPH_SCOPE, SECRET)
    web = WebAccess(WEB.tls, "http://oak:planted@proxy.example.org:8080")
    assert SECRET not in repr(application)
    assert "planted" not in repr(web)


def test_msal_is_imported_only_when_a_token_is_asked_for():
    code = "import sys, alerts.delivery.tokens, alerts.delivery.graph; print('msal' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


def test_what_is_kept_is_no_more_than_it_takes(tmp_path, clock, entra):
    entra.post(BASE + TOKEN, body=given(GIVEN))
    tokens(tmp_path, clock).token()
    held = json.loads((tmp_path / "mail-token.json").read_text())
    assert sorted(held) == ["for", "token", "until"]
    assert TENANT not in held["for"]
