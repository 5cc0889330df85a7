"""In a school's network: out through its proxy, past a filter that reads encrypted pages."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace

import pytest
import trustme
from builders.fetcher import QUICK, fetcher_for
from support.proxies import proxy_to
from support.web_server import Answer, free_port, serve

from data.types import FetchFailure, Outcome, Request, Response
from data.web.public_addresses import public_name
from sources.http.proxy import proxy_of
from sources.http.sockets import tls_context

PAPER = "paper.example.org"
KNOWN_TO_THE_PROXY_ALONE = {"127.0.0.1": ["127.0.0.1"]}


def nobody_knows(host, port):
    """The name server of a school: it knows the proxy and nothing outside."""
    if host in KNOWN_TO_THE_PROXY_ALONE:
        return KNOWN_TO_THE_PROXY_ALONE[host]
    raise OSError("no such name")


def place(site):
    return (site.host, site.port)


def through(way, user=None, password=None, **kwargs):
    return fetcher_for(**({"through": way.proxy(user, password), "resolve": nobody_knows} | kwargs))


@pytest.fixture(scope="module")
def filter_():
    """The authority of a web filter, which no list of authorities holds."""
    return trustme.CA()


def served_by(authority, *names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def pem(authority, folder):
    path = folder / "filter.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


# ------------------------------------------------------------------ what is trusted


def fetched(site, **kwargs):
    allowed = frozenset({(PAPER, site.port)})
    asked = fetcher_for(resolve=lambda host, port: ["127.0.0.1"], allow_loopback=allowed, **kwargs)
    return asked.fetch(Request(f"https://{PAPER}:{site.port}/page"))


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_an_authority_that_was_installed_on_this_machine_is_trusted(filter_, tmp_path, monkeypatch, platform):
    monkeypatch.setenv("SSL_CERT_FILE", pem(filter_, tmp_path))
    with serve({"/page": "<p>read</p>"}, tls=served_by(filter_, PAPER)) as site:
        assert fetched(site, tls=tls_context(platform=platform)).body == b"<p>read</p>"


def test_one_that_the_settings_name_is_trusted_beside_the_worlds_own(filter_, tmp_path):
    tls = tls_context(pem(filter_, tmp_path))
    with serve({"/page": "<p>read</p>"}, tls=served_by(filter_, PAPER)) as site:
        assert fetched(site, tls=tls).body == b"<p>read</p>"
    assert tls.cert_store_stats()["x509_ca"] > 100


def test_an_unknown_one_is_refused_and_it_is_said_how_to_mend_it(filter_):
    with serve({"/page": "x"}, tls=served_by(filter_, PAPER)) as site:
        result = fetched(site)
    assert (result.outcome, site.asked) == (Outcome.UNREACHABLE, [])
    assert "web filter reads encrypted pages" in result.detail
    assert "“ca_file” in [network]" in result.detail


def test_a_wrong_name_or_an_old_certificate_is_no_filters(filter_, tmp_path):
    tls = tls_context(pem(filter_, tmp_path))
    with serve({"/page": "x"}, tls=served_by(filter_, "other.example.org")) as site:
        assert "filter" not in fetched(site, tls=tls).detail


def test_old_tls_is_not_spoken_and_names_are_checked():
    for platform in ("linux", "darwin"):
        context = tls_context(platform=platform)
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert context.check_hostname
        assert context.verify_mode == ssl.CERT_REQUIRED


# ------------------------------------------------------------------ through the proxy


def test_https_goes_through_the_proxy_by_the_name_that_it_alone_knows(filter_, tmp_path, dialled):
    tls = tls_context(pem(filter_, tmp_path))
    with (
        serve({"/page": "<p>read</p>"}, tls=served_by(filter_, PAPER)) as site,
        proxy_to({(PAPER, 443): place(site)}) as way,
    ):
        result = through(way, tls=tls).fetch(Request(f"https://{PAPER}/page"))
    assert result.body == b"<p>read</p>"
    assert way.asked == [f"CONNECT {PAPER}:443 HTTP/1.1"] * 2
    assert site.asked[-1].path == "/page"


def test_plain_http_is_asked_of_the_proxy_by_its_whole_address():
    with serve({"/page": "<p>read</p>"}) as site, proxy_to({(PAPER, 80): place(site)}) as way:
        result = through(way).fetch(Request(f"http://{PAPER}/page?a=1#part"))
    assert result.body == b"<p>read</p>"
    assert way.asked[-1] == f"GET http://{PAPER}/page?a=1 HTTP/1.1"
    assert site.asked[-1].headers["host"] == PAPER


def test_the_proxy_alone_is_told_the_name_and_password_for_it(filter_, tmp_path):
    tls = tls_context(pem(filter_, tmp_path))
    with serve({"/page": "x"}, tls=served_by(filter_, PAPER)) as safe, serve({"/page": "x"}) as plain:
        places = {(PAPER, 443): place(safe), (PAPER, 80): place(plain)}
        with proxy_to(places, sign_in="oak:gate:key") as way:
            for scheme in ("https", "http"):
                answer = through(way, "oak", "gate:key", tls=tls).fetch(Request(f"{scheme}://{PAPER}/page"))
                assert isinstance(answer, Response)
    assert all("proxy-authorization" in headers for headers in way.headers)
    assert not any("proxy-authorization" in one.headers for one in (*safe.asked, *plain.asked))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_another_password_is_said_to_be_what_fails(scheme):
    with proxy_to({}, sign_in="oak:right") as way:
        result = through(way, "oak", "wrong").fetch(Request(f"{scheme}://{PAPER}/page"))
    assert result.outcome is Outcome.UNREACHABLE
    assert "“proxy_user”" in result.detail
    assert "“proxy_password_env”" in result.detail


@pytest.mark.parametrize(
    ("status", "said"), [(403, "let us through"), (502, "could not reach"), (302, "let us through")]
)
def test_what_the_proxy_refuses_is_told_as_its_refusal(status, said):
    with proxy_to({}, status=status) as way:
        result = through(way).fetch(Request(f"https://{PAPER}/page"))
    assert (result.outcome, said in result.detail, PAPER in result.detail) == (
        Outcome.UNREACHABLE,
        True,
        True,
    )


def test_a_proxy_that_is_not_there_is_named():
    result = fetcher_for(through=proxy_of(f"http://127.0.0.1:{free_port()}"), resolve=nobody_knows).fetch(
        Request(f"https://{PAPER}/page")
    )
    assert (result.outcome, "The proxy (127.0.0.1, port" in result.detail) == (Outcome.UNREACHABLE, True)
    unknown = fetcher_for(through=proxy_of("http://proxy.example.org:8080"), resolve=nobody_knows)
    assert "The proxy (proxy.example.org" in unknown.fetch(Request(f"https://{PAPER}/page")).detail


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"", b"HTTP/1.1 abc\r\n\r\n", b"x" * 20_000])
def test_what_is_no_proxy_is_said_to_be_none(said):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            line, _ = server.accept()
            with line:
                line.recv(4096)
                line.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        way = proxy_of(f"http://127.0.0.1:{server.getsockname()[1]}")
        asked = fetcher_for(through=way, resolve=nobody_knows, obey_robots=False)
        result = asked.fetch(Request(f"https://{PAPER}/page"))
        thread.join()
    assert isinstance(result, FetchFailure)
    assert "proxy" in result.detail


def test_a_proxy_that_says_nothing_is_not_waited_for_longer_than_for_a_site():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        way = proxy_of(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        limits = replace(QUICK, deadline_s=0.4)
        result = fetcher_for(through=way, resolve=nobody_knows, limits=limits).fetch(
            Request(f"https://{PAPER}/")
        )
    assert "within 0.4 seconds" in result.detail


# ------------------------------------------------------------------ what is not asked of it

CLOSED = (
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:0:127.0.0.1]", "[64:ff9b:1::7f00:1]",
    "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "1.2.3.4.5", "425.510.425.510", "0xA9.0xFE.0xA9.0xFE",
    "localhost", "intranet", "printer.local", "metadata.google.internal", "router.lan",
    "1.0.0.127.in-addr.arpa", "127.0.0.1&paper.example.org", "%5Cpaper.example.org",
)  # fmt: skip


@pytest.mark.parametrize("host", CLOSED)
def test_numbers_and_names_of_private_networks_are_refused_before_the_proxy_hears_of_them(host, dialled):
    with proxy_to({}) as way:
        for scheme in ("http", "https"):
            result = through(way).fetch(Request(f"{scheme}://{host}/"))
            assert result.outcome is Outcome.MISCONFIGURED
    assert (way.asked, list(dialled)) == ([], [])


@pytest.mark.parametrize(
    "host", ["0127.0.0.1", "00127.0.0.1", "010.0.0.1", "0330.072.0326.0316", "3627734734"]
)
def test_a_number_that_is_a_public_address_here_may_be_a_private_one_to_the_proxy(host, dialled):
    """Some read 0127 as octal, some as decimal."""
    with proxy_to({}) as way:
        result = through(way, resolve=lambda host, port: ["87.0.0.1"]).fetch(Request(f"https://{host}/"))
    assert (result.outcome, way.asked, list(dialled)) == (Outcome.MISCONFIGURED, [], [])


def test_a_name_that_is_known_here_to_be_private_is_refused_though_the_proxy_might_lead_there(dialled):
    with proxy_to({}) as way:
        for address in ("10.0.0.1", "127.0.0.1", "::ffff:0:10.0.0.1"):
            result = through(way, resolve=lambda host, port, a=address: [a]).fetch(
                Request(f"https://{PAPER}/")
            )
            assert result.outcome is Outcome.MISCONFIGURED
    assert (way.asked, list(dialled)) == ([], [])


def test_no_redirect_leads_to_one_through_the_proxy():
    routes = {f"/{n}": Answer(302, b"", {"Location": f"http://{host}/"}) for n, host in enumerate(CLOSED)}
    with serve(routes) as site, proxy_to({(PAPER, 80): place(site)}) as way:
        fetcher = through(way)
        for path in routes:
            assert isinstance(fetcher.fetch(Request(f"http://{PAPER}{path}")), FetchFailure)
    assert {line.split("/")[2].removesuffix(":80") for line in way.asked} == {PAPER}


def test_what_leads_to_this_machine_on_purpose_does_not_go_through_the_proxy():
    with serve({"/page": "<p>here</p>"}) as site, proxy_to({}) as way:
        result = fetcher_for(site, through=way.proxy()).fetch(Request(f"{site}/page"))
    assert (result.body, way.asked) == (b"<p>here</p>", [])


@pytest.mark.parametrize("host", ["paper.example.org", "xn--caf-dma.example.org", "8.8.8.8", "2606:4700::1"])
def test_names_and_addresses_of_the_public_internet_may_be_asked_of_it(host):
    assert public_name(host)
