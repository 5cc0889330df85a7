"""Time stamps by a real server of openssl: good ones are believed, all others are told as what they are."""

import hashlib
import subprocess
from dataclasses import replace

import pytest
from builders.fetcher import QUICK, fetcher_for
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
from support.for_each import for_each
from support.time_server import an_authority, time_server

from data.types import Request
from sources.http.politeness import Limits
from sources.timestamps import NoStamp, TimeStamp, Unstamped, stamp, with_sorted_certificates

CONTENT = b'{"case":"0001","files":[]}'


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return an_authority(tmp_path_factory.mktemp("tsa"))


def asked(authority, how="good", limits=QUICK, ca_pem=None):
    with time_server(authority, how) as site:
        fetch = fetcher_for(site, limits=limits)
        pem = authority.ca_pem if ca_pem is None else ca_pem
        return stamp(CONTENT, url=f"{site}/tsr", ca_pem=pem, fetch=fetch), site


def test_a_good_stamp_holds_for_openssl_with_the_files_that_are_kept(authority, tmp_path):
    got, _ = asked(authority)
    assert isinstance(got, TimeStamp)
    for name, content in {"m": CONTENT, "q": got.query, "r": got.reply, "ca": got.chain}.items():
        (tmp_path / name).write_bytes(content)
    for what in (("-data", "m"), ("-queryfile", "q")):
        words = ["openssl", "ts", "-verify", *what, "-in", "r", "-CAfile", "ca"]
        run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" in run.stdout, run.stderr


def test_the_server_is_sent_the_hash_and_a_nonce_and_nothing_else(authority):
    _, site = asked(authority)
    (request,) = site.asked
    assert (request.method, request.headers["content-type"]) == ("POST", "application/timestamp-query")
    assert hashlib.sha256(CONTENT).digest() in request.body
    assert len(request.body) < 80
    assert b"0001" not in request.body


@for_each(
    ("how", "why"),
    [
        ("another_hash", Unstamped.NOT_OURS),
        ("another_nonce", Unstamped.NOT_OURS),
        ("refused", Unstamped.REFUSED),
        ("garbage", Unstamped.NO_REPLY),
        ("error", Unstamped.NOT_REACHED),
    ],
)
def test_a_stamp_that_is_not_ours_is_none(authority, how, why):
    got, _ = asked(authority, how)
    assert isinstance(got, NoStamp)
    assert got.why is why


def test_a_stamp_that_was_changed_on_its_way_is_never_taken_for_what_it_is_not(authority):
    with time_server(authority) as site:
        fetch = fetcher_for(site)

        def changed(place):
            came = fetch(Request(f"{site}/tsr", "POST", (), query.as_bytes()))
            at = place % len(came.body)
            body = came.body[:at] + bytes([came.body[at] ^ 0x81]) + came.body[at + 1 :]
            return lambda request: replace(came, body=body)

        query = TimestampRequestBuilder(CONTENT, HashAlgorithm.SHA256).build()
        for place in range(5, 1200, 60):
            got = stamp(CONTENT, url=f"{site}/tsr", ca_pem=authority.ca_pem, fetch=changed(place))
            assert isinstance(got, NoStamp)  # its nonce is another request's, whatever else was changed


@given(st.binary(max_size=80))
@settings(max_examples=60)
def test_no_bytes_are_too_odd_to_be_sorted(body):
    assert sorted(with_sorted_certificates(body)) == sorted(body)
    with_sorted_certificates(b"\x30\x84" + body)
    with_sorted_certificates(b"\x30\x20\x30\x03\x02\x01\x00" + body)


def test_a_server_that_does_not_answer_in_time_or_is_none_is_told_as_such(authority):
    got, _ = asked(authority, "slow", Limits(connect_s=1, deadline_s=0.5, per_host_interval_s=0))
    assert isinstance(got, NoStamp)
    assert got.why is Unstamped.NOT_REACHED
    got = stamp(CONTENT, url=None, ca_pem=None, fetch=fetcher_for())
    assert isinstance(got, NoStamp)
    assert got.why is Unstamped.NOT_CONFIGURED


def test_a_stamp_of_another_authority_or_a_certificate_that_has_run_out_is_not_believed(authority, tmp_path):
    other = an_authority(tmp_path / "other")
    got, _ = asked(authority, ca_pem=other.ca_pem)
    assert isinstance(got, NoStamp)
    assert got.why is Unstamped.NOT_TRUSTED
    got, _ = asked(an_authority(tmp_path / "old", run_out=True))
    assert isinstance(got, NoStamp)
    assert got.why is Unstamped.NOT_TRUSTED


@for_each("pem", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_without_a_readable_authority_no_stamp_is_asked_for(authority, pem):
    with time_server(authority) as site:
        got = stamp(CONTENT, url=f"{site}/tsr", ca_pem=pem, fetch=fetcher_for(site))
    assert isinstance(got, NoStamp)
    assert got.why is Unstamped.NO_AUTHORITY
    assert site.asked == []
