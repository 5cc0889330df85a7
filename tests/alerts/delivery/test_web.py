"""The line to Microsoft over a true server: by the proxy, trusted, and over in time."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import time
from dataclasses import replace

import pytest
from support.microsoft import GRAPH, LOGIN, PAGE, SEND, TOKEN, microsoft
from support.proxies import proxy_to
from support.web_server import Answer, free_port

from alerts.delivery.results import Cause
from alerts.delivery.web import Broken, ask

URL = f"https://{GRAPH}{SEND}"
PLANTED = "Hunter2-planted"


@pytest.fixture(scope="module")
def there():
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


def test_it_goes_by_the_proxy_and_is_not_seen_there(there):
    there.mail = Answer(202)
    assert asked(there.web).status_code == 202
    assert there.way.asked[-1] == f"CONNECT {GRAPH}:443 HTTP/1.0"
    assert "authorization" not in there.way.headers[-1]


def test_addresses_that_lead_nowhere_are_left_for_those_of_the_other_family(there, monkeypatch):
    def found(host, port, **more):
        closed = free_port()
        dead = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", closed, 0, 0))] * 8
        return [*dead, (socket.AF_INET, socket.SOCK_STREAM, 6, "", (there.site.host, there.site.port))]

    monkeypatch.setattr("alerts.delivery.web.socket.getaddrinfo", found)
    there.mail = Answer(202)
    assert asked(replace(there.web, proxy=None)).status_code == 202


def test_each_request_has_a_connection_of_its_own(there):
    there.mail = Answer(202)
    before = len(there.way.asked)
    asked(there.web)
    asked(there.web)
    assert len(there.way.asked) == before + 2


def test_no_variable_of_the_environment_is_heard(there, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {GRAPH} login oak password {PLANTED}\n")
    for name, value in {"HTTPS_PROXY": "http://127.0.0.1:9", "NETRC": str(netrc), "NO_PROXY": "*"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
    there.mail = Answer(202)
    assert asked(there.web).status_code == 202
    assert there.site.asked[-1].headers["authorization"] == "Bearer x"


def test_a_redirect_is_not_followed(there):
    there.mail = Answer(302, b"", {"Location": f"https://{LOGIN}{TOKEN}"})
    before = len(there.site.asked)
    assert asked(there.web).status_code == 302
    assert len(there.site.asked) == before + 1


def test_what_is_said_beside_a_redirect_is_not_read_on_without_an_end(there):
    """A library that looks where it leads would first read all of it, however long that is."""
    written = []

    def endless(exchange):
        exchange.head(302, Location="/sign-in")
        with contextlib.suppress(OSError):
            while len(written) < 2000:
                written.append(exchange.write(b"x" * 65536))

    there.mail = endless
    assert len(asked(there.web).text) <= 256 * 1024
    assert len(written) < 1000


def test_a_redirect_to_no_address_at_all_is_a_redirect(there):
    there.mail = Answer(302, PAGE, {"Location": "https://["})
    assert asked(there.web).status_code == 302


def test_a_certificate_that_is_not_trusted_is_told_and_nothing_is_handed_over(there):
    before = len(there.site.asked)
    distrusting = replace(there.web, tls=ssl.create_default_context())
    assert broken(distrusting) == (Cause.MICROSOFT_CERTIFICATE, False)
    assert len(there.site.asked) == before


def test_a_certificate_for_another_name_is_told():
    with microsoft(named=("portal.example.org",)) as portal:
        assert broken(portal.web) == (Cause.MICROSOFT_CERTIFICATE, False)


def test_a_server_that_speaks_no_tls_is_told():
    with (
        socket.create_server(("127.0.0.1", 0)) as plain,
        proxy_to({(GRAPH, 443): plain.getsockname()}) as way,
    ):
        with microsoft() as any_one:
            web = replace(any_one.web, proxy=way.url, connect_s=0.2)
        assert broken(web) == (Cause.MICROSOFT_UNREACHABLE, False)


def test_a_proxy_that_is_not_there_or_refuses_us_is_told_without_its_password(there, caplog):
    caplog.set_level(logging.DEBUG)
    gone = replace(there.web, proxy=f"http://oak:{PLANTED}@127.0.0.1:9")
    assert broken(gone) == (Cause.MICROSOFT_UNREACHABLE, False)
    with proxy_to({}, sign_in="oak:another") as way:
        refusing = replace(there.web, proxy=way.url.replace("://", f"://oak:{PLANTED}@"))
        assert broken(refusing) == (Cause.MICROSOFT_UNREACHABLE, False)
    assert PLANTED not in caplog.text


def test_a_server_that_takes_the_request_and_is_silent_may_have_taken_the_mail(there):
    there.mail = lambda exchange: exchange.wait(1) and None
    assert broken(replace(there.web, answer_s=0.2)) == (Cause.MICROSOFT_UNREACHABLE, True)


def test_a_server_that_hangs_up_on_the_request_may_have_taken_the_mail(there):
    there.mail = lambda exchange: None
    assert broken(there.web) == (Cause.MICROSOFT_UNREACHABLE, True)


def test_a_server_that_drips_its_answer_is_left_when_the_time_is_over(there):
    def drip(exchange):
        for letter in b"HTTP/1.1 202 Accepted\r\nX-Long: " + b"x" * 100:
            exchange.write(bytes([letter]))
            if not exchange.wait(0.05):
                return

    there.mail = drip
    assert broken(replace(there.web, request_s=0.4)) == (Cause.MICROSOFT_UNREACHABLE, True)


def test_a_status_that_came_counts_though_the_rest_does_not_come(there):
    def begin(exchange):
        exchange.head(202, Content_Length="1000")
        exchange.wait(1)

    there.mail = begin
    assert asked(replace(there.web, request_s=0.4)).status_code == 202


def test_an_answer_without_an_end_is_cut(there):
    there.mail = Answer(200, PAGE * 20_000)
    assert len(asked(there.web).text) <= 256 * 1024


def test_where_no_time_is_left_nothing_is_asked(there):
    before = len(there.way.asked)
    assert broken(there.web, ends_at=time.monotonic()) == (Cause.MICROSOFT_UNREACHABLE, False)
    assert len(there.way.asked) == before
