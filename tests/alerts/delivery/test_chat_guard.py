"""Short messages go to the public internet, and to a server of the school's own where it is named."""

from __future__ import annotations

import ssl

import pytest
import trustme
from builders.mention import a_message
from support.proxies import proxy_to
from support.web_server import Answer, serve

from alerts.delivery.chat import post
from alerts.delivery.chat_guard import Guard, Way
from alerts.delivery.results import SENT, Cause, SendOutcome
from data.types import Via
from data.words.say import words

LINE = a_message(via=Via.CHAT, body="Oakfield: alert 482913 needs you now.")
OWN = Way(own=("127.0.0.1",))
SERVICE = "ntfy.example.org"


def refused(result) -> bool:
    """For good, and not because the service did not take it. Some addresses apprise itself does not take."""
    return result.outcome is SendOutcome.FAILED and result.cause in (Cause.CHAT_PRIVATE, Cause.BAD_ADDRESS)


PRIVATE = (
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "fd12::1",
)


@pytest.mark.parametrize("host", [*PRIVATE, "localhost", "ntfy.example.org"])
def test_neither_a_private_address_nor_a_name_that_is_not_looked_up_yet_is_dialled(host):
    guard = Guard(f"json://{SERVICE}/", Way())
    assert not guard.may((host, 443))
    assert not guard.may((host, 443, 0, 0))


@pytest.mark.parametrize("place", ["/run/dbus/system_bus_socket", b"\0abstract", None, (1,)])
def test_no_socket_of_this_machine_is_opened(place):
    assert not Guard(f"json://{SERVICE}/", Way()).may(place)


def test_the_public_internet_is_dialled():
    assert Guard(f"json://{SERVICE}/", Way()).may(("8.8.8.8", 443))
    assert Guard(f"json://{SERVICE}/", Way()).may(("2606:4700::1", 443, 0, 0))


@pytest.mark.parametrize("host", ["2130706433", "localhost"])
def test_an_address_in_a_private_network_is_not_dialled(host):
    with serve({"/": Answer(200)}) as trap:
        assert refused(post(LINE, f"json://{host}:{trap.port}/"))
        assert trap.asked == []


def test_whoever_reads_why_it_failed_is_told_of_the_private_network():
    assert post(LINE, "json://127.0.0.1:9/").cause is Cause.CHAT_PRIVATE
    assert "private network" in words("en")("failure.cause.chat_private")


@pytest.mark.parametrize("kind", ["ntfy", "rsyslog", "mailto"])
def test_no_plug_in_gets_round_it(kind):
    with serve({"/": Answer(200)}) as trap:
        result = post(LINE, f"{kind}://user:word@127.0.0.1:{trap.port}/topic", wait_s=20)
        assert result != SENT
        assert trap.asked == []


def test_a_clouds_metadata_is_not_asked_though_it_be_named():
    assert refused(post(LINE, "json://169.254.169.254/", Way(own=("169.254.169.254",))))


def test_a_server_of_the_schools_own_is_asked_where_it_is_named():
    with serve({"/": Answer(200)}) as site:
        assert post(LINE, f"json://127.0.0.1:{site.port}/", OWN) == SENT
        assert refused(post(LINE, f"json://127.0.0.1:{site.port}/", Way(own=("ntfy.example.org",))))
    assert len(site.asked) == 1


@pytest.mark.parametrize(("status", "host"), [(302, "127.0.0.1"), (307, "[::ffff:0:127.0.0.1]")])
def test_its_redirect_leads_to_no_other_private_place(status, host):
    with serve({"/": Answer(200)}) as trap:
        onward = Answer(status, b"", {"Location": f"http://{host}:{trap.port}/"})
        with serve({"/": onward}) as site:
            assert refused(post(LINE, f"json://127.0.0.1:{site.port}/", OWN))
            assert len(site.asked) == 1
        assert trap.asked == []


def test_neither_a_proxy_nor_passwords_of_the_machine_are_used(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login planted password planted")
    netrc.chmod(0o600)
    with serve({"/": Answer(200)}) as site, serve({"/": Answer(200)}) as trap:
        monkeypatch.setenv("HTTP_PROXY", str(trap))
        monkeypatch.setenv("http_proxy", str(trap))
        monkeypatch.setenv("NETRC", str(netrc))
        assert post(LINE, f"json://127.0.0.1:{site.port}/", OWN) == SENT
    assert "authorization" not in site.asked[0].headers
    assert trap.asked == []


# ------------------------------------------------------------------ in a school's network


@pytest.fixture(scope="module")
def filter_():
    return trustme.CA()


def served_by(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(SERVICE, "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def pem(filter_, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "filter.pem"
    filter_.cert_pem.write_to_path(str(path))
    return str(path)


def test_an_authority_of_this_machine_or_of_the_settings_is_trusted_and_no_other(filter_, pem, monkeypatch):
    with serve({"/": Answer(200)}, tls=served_by(filter_)) as site:
        address = f"jsons://127.0.0.1:{site.port}/"
        assert post(LINE, address, OWN).cause is Cause.CHAT_REFUSED
        assert site.asked == []
        assert post(LINE, address, Way(own=OWN.own, ca_file=pem)) == SENT
        monkeypatch.setenv("SSL_CERT_FILE", pem)
        assert post(LINE, address, OWN) == SENT


def test_it_goes_out_by_the_proxy_with_its_name_and_password(filter_, pem):
    with (
        serve({"/": Answer(200)}, tls=served_by(filter_)) as site,
        proxy_to({(SERVICE, 443): (site.host, site.port)}, sign_in="oak:gate:key/@") as way,
    ):
        by = Way(proxy=way.url.replace("://", "://oak:gate%3Akey%2F%40@"), ca_file=pem)
        assert post(LINE, f"jsons://{SERVICE}/", by) == SENT
    assert [line.partition(" HTTP")[0] for line in way.asked] == [f"CONNECT {SERVICE}:443"]
    assert "proxy-authorization" not in site.asked[0].headers


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "169.254.169.254", "[::1]", "localhost", "intranet", "printer.local", "0x7f.1", "127.1"],
)
def test_the_proxy_is_asked_for_no_private_place(host):
    guard = Guard(f"json://{SERVICE}/", Way(proxy="http://127.0.0.1:9"))
    assert not guard.may_ask_proxy(f"http://{host}/")
    assert guard.may_ask_proxy("https://8.8.8.8/")


def test_nor_is_it_by_a_redirect():
    onward = Answer(307, b"", {"Location": "http://10.0.0.1/"})
    with serve({"/": onward}) as site, proxy_to({(SERVICE, 80): (site.host, site.port)}) as way:
        assert refused(post(LINE, f"json://{SERVICE}/", Way(proxy=way.url)))
    assert way.asked == [f"POST http://{SERVICE}/ HTTP/1.1"]


def test_a_server_of_the_schools_own_is_not_asked_through_the_proxy():
    with serve({"/": Answer(200)}) as site, proxy_to({}) as way:
        assert post(LINE, f"json://127.0.0.1:{site.port}/", Way(own=OWN.own, proxy=way.url)) == SENT
    assert way.asked == []


def test_the_way_shows_no_password():
    assert "planted" not in repr(Way(proxy="http://oak:planted@proxy.example.org:8080"))
