"""A server that drips, floods, lies, breaks off, and leads where nobody may go."""

import gzip
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import support.strain
import trustme
from builders.fetcher import QUICK, fetcher_for, with_key
from builders.mutants import SETTINGS
from hypothesis import given, settings
from hypothesis import strategies as st
from support.checkout import TESTS
from support.for_each import for_each
from support.proxies import proxy_to
from support.strain import FAST, Both
from support.web_server import Answer, free_port, serve

from data.errors import InputError, Unreadable
from data.types import FetchFailure, Outcome, Request, Response, Source
from data.web.public_addresses import public_name
from sources import base
from sources.base import read_each
from sources.blocks import recognise_block
from sources.http.connection import Caps, Deadline, exchange, proxy_of, tls_context
from sources.parser_process import Bounds, ParserProcess
from sources.registry import CATALOGUE, collector

HASTY = replace(QUICK, connect_s=0.4, deadline_s=0.4)


def failure(routes, **kwargs):
    with serve(routes) as site:
        result = fetcher_for(site, **kwargs).fetch(Request(f"{site}/page"))
    assert isinstance(result, FetchFailure), result
    return result


def drip_body(exchange):
    exchange.head(200, Content_Length="100000")
    while exchange.wait(0.02):
        exchange.write(b"x")


def drip_chunks(exchange):
    exchange.head(200, Transfer_Encoding="chunked")
    while exchange.wait(0.02):
        exchange.write(b"1\r\nx\r\n")


def drip_headers(exchange):
    exchange.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while exchange.wait(0.02):
        exchange.write(b"y")


def silence(exchange):
    while exchange.wait(0.05):
        pass


@for_each("route", [drip_body, drip_chunks, drip_headers, silence])
def test_the_deadline_covers_the_whole_answer_however_it_drips(route):
    began = time.monotonic()
    result = failure({"/page": route, "/robots.txt": b""}, limits=HASTY)
    assert time.monotonic() - began < 2
    facts = (result.outcome, result.detail)
    assert facts == (Outcome.UNREACHABLE, "The site did not answer in full within 0.4 seconds.")


def test_the_deadline_covers_all_redirects_together_and_the_tls_handshake():
    def slowly(exchange):
        exchange.wait(0.15)
        return Answer(302, b"", {"Location": exchange.asked.path + "x"})

    result = failure({"/page" + "x" * n: slowly for n in range(6)}, limits=HASTY)
    assert "within 0.4 seconds" in result.detail
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        fetcher = fetcher_for(allow_loopback=frozenset({("127.0.0.1", port)}), limits=HASTY)
        result = fetcher.fetch(Request(f"https://127.0.0.1:{port}/"))
    assert (result.outcome, "within 0.4 seconds" in result.detail) == (Outcome.UNREACHABLE, True)


def test_a_body_without_end_or_a_bomb_is_cut_off_and_an_error_pages_flood_left_unread():
    sent = []

    def endless(exchange):
        exchange.head(200)
        while exchange.wait(0):
            exchange.write(b"x" * 65536)
            sent.append(65536)

    result = failure({"/page": endless}, limits=replace(QUICK, max_body_bytes=500_000))
    assert result.outcome is Outcome.TOO_LARGE
    assert sum(sent) < 50_000_000
    bomb = gzip.compress(b"\0" * 20_000_000)
    result = failure(
        {"/page": Answer(200, bomb, {"Content-Encoding": "gzip"})},
        limits=replace(QUICK, max_decompressed_bytes=1_000_000),
    )
    assert (result.outcome, len(bomb) < 100_000) == (Outcome.TOO_LARGE, True)

    def endless(exchange):
        exchange.head(403)
        while exchange.wait(0):
            exchange.write(b"<p>no</p>" * 8192)

    assert failure({"/page": endless}).outcome is Outcome.BLOCKED


def endless_chunk_length(exchange):
    exchange.head(200, Transfer_Encoding="chunked")
    while exchange.wait(0):
        exchange.write(b"0" * 65536)


def endless_trailer(exchange):
    exchange.head(200, Transfer_Encoding="chunked")
    exchange.write(b"1\r\nx\r\n0\r\n")
    while exchange.wait(0):
        exchange.write(b"X-More: and more\r\n" * 4096)


@for_each(
    ("route", "outcome"), [(endless_chunk_length, Outcome.UNREACHABLE), (endless_trailer, Outcome.TOO_LARGE)]
)
def test_what_frames_a_body_has_its_limit_too(route, outcome):
    assert failure({"/page": route}, limits=replace(QUICK, max_body_bytes=1000)).outcome is outcome


def short_length(exchange):
    exchange.head(200, Content_Length="1000")
    exchange.write(b"only this")


def short_chunk(exchange):
    exchange.head(200, Transfer_Encoding="chunked")
    exchange.write(b"64\r\nonly this")


def no_last_chunk(exchange):
    exchange.head(200, Transfer_Encoding="chunked")
    exchange.write(b"4\r\nonly\r\n")


def short_gzip(exchange):
    exchange.head(200, Content_Encoding="gzip")
    exchange.write(gzip.compress(b"<p>only this</p>" + bytes(range(256)) * 9)[:-300])


def partial(exchange):
    exchange.head(206, Content_Range="bytes 0-8/1000")
    exchange.write(b"only this")


@for_each("route", [short_length, no_last_chunk, short_gzip, partial])
def test_what_comes_in_part_may_be_read_and_is_never_taken_for_whole(route):
    with serve({"/page": route}) as site:
        fetcher, page = fetcher_for(site), Request(f"{site}/page")
        part, looked_for = fetcher.fetch(page), fetcher(page)
    assert (part.status, b"only" in part.body) == (206, True)
    assert looked_for.outcome in (Outcome.UNREACHABLE, Outcome.MALFORMED)
    assert failure({"/page": short_chunk}).outcome is Outcome.UNREACHABLE


def one_answer(said, path="/", **asked):
    """What one connection was asked first, and the status of the answer to it."""
    seen = []

    def answer(line):
        with line.accept()[0] as one:
            seen.append(one.recv(64))
            one.sendall(said)
            one.shutdown(socket.SHUT_WR)
            time.sleep(0.2)

    with socket.create_server(("127.0.0.1", 0)) as line:
        threading.Thread(target=answer, args=(line,), daemon=True).start()
        port = line.getsockname()[1]
        got = exchange(
            requests.Request(url=f"http://127.0.0.1:{port}{path}", **asked).prepare(),
            lambda: socket.create_connection(("127.0.0.1", port)),
            deadline=Deadline(time.monotonic, 5.0), caps=Caps(1000, 1000), tls=tls_context(),
        )  # fmt: skip
    return seen[0], got.status


def test_a_refusal_before_our_body_is_read_is_read_as_one():
    said = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert one_answer(said, method="POST", data=b"x" * 8_000_000)[1] == 413


def test_the_address_that_robots_txt_was_asked_about_is_the_one_that_is_asked():
    asked, _ = one_answer(b"HTTP/1.1 204 No Content\r\n\r\n", "//closed/page", method="GET")
    assert asked.startswith(b"GET //closed/page ")


def test_what_is_not_http_has_headers_without_end_or_a_closed_port_is_unreachable():
    def junk(exchange):
        exchange.write(b"220 mail.example.org ESMTP\r\n")

    assert failure({"/page": junk}).outcome is Outcome.UNREACHABLE

    def many(exchange):
        exchange.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n")

    result = failure({"/page": many})
    assert (result.outcome, result.detail) == (Outcome.UNREACHABLE, "What the site sent is not HTTP.")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    fetcher = fetcher_for(allow_loopback=frozenset({("127.0.0.1", port)}))
    result = fetcher.fetch(Request(f"http://127.0.0.1:{port}/"))
    assert (result.outcome, result.detail) == (Outcome.UNREACHABLE, "The site refused the connection.")


def unknown(host, port):
    raise socket.gaierror(-2, "Name or service not known")


def test_a_name_without_address_or_answer_is_unreachable_within_the_deadline(dialled):
    result = fetcher_for(resolve=unknown).fetch(Request("http://nowhere.example.org/"))
    assert result.outcome is Outcome.UNREACHABLE
    assert "nowhere.example.org" in result.detail
    assert dialled == []
    release = threading.Event()

    def asleep(host, port):
        release.wait(10)
        return []

    began = time.monotonic()
    result = fetcher_for(resolve=asleep, limits=HASTY).fetch(Request("http://slow.example.org/"))
    release.set()
    assert result.outcome is Outcome.UNREACHABLE
    assert time.monotonic() - began < 2


# -------------------------------------------------------------- where nobody may go


def test_a_password_in_an_address_is_refused_and_not_repeated(dialled):
    result = fetcher_for().fetch(Request("http://me:hunter2@example.org/"))
    assert result.outcome is Outcome.MISCONFIGURED
    assert "hunter2" not in result.detail
    assert dialled == []


def test_a_name_that_leads_to_this_machine_alone_or_among_others_is_never_dialled(dialled):
    fetcher = fetcher_for(resolve=lambda host, port: ["127.0.0.1"])
    result = fetcher.fetch(Request("http://feeds.example.org/"))
    assert (result.outcome, dialled) == (Outcome.MISCONFIGURED, [])
    assert "127.0.0.1" in result.detail
    fetcher = fetcher_for(resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    assert fetcher.fetch(Request("http://feeds.example.org/")).outcome is Outcome.MISCONFIGURED
    assert dialled == []


def test_the_exception_for_one_port_opens_no_other(dialled):
    with serve({"/page": "x"}) as site:
        fetcher = fetcher_for(allow_loopback=frozenset({("127.0.0.1", site.port + 1)}))
        assert fetcher.fetch(Request(f"{site}/page")).outcome is Outcome.MISCONFIGURED
    assert dialled == []


def test_the_name_is_looked_up_once_and_the_judged_address_is_the_one_dialled(dialled):
    """A name server that says something else the second time (rebinding) is not asked again."""
    with serve({"/robots.txt": b"", "/page": "<p>here</p>"}) as site:
        name = ("feeds.example.org", site.port)
        lookups = []

        def once_each(host, port):
            lookups.append(host)
            return ["127.0.0.1"] if len(lookups) <= 2 else ["10.0.0.1"]

        fetcher = fetcher_for(resolve=once_each, allow_loopback=frozenset({name}))
        result = fetcher.fetch(Request(f"http://feeds.example.org:{site.port}/page"))
        assert site.asked[-1].headers["host"] == f"feeds.example.org:{site.port}"
    assert isinstance(result, Response)
    assert dialled == ["127.0.0.1"] * 2  # robots.txt and the page, one look-up each
    assert len(lookups) == 2


# ------------------------------------------------------------------------------ TLS
@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def serving(authority, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return tls_context(str(path))


def over_tls(site, name, **kwargs):
    fetcher = fetcher_for(
        resolve=lambda host, port: ["127.0.0.1"], allow_loopback=frozenset({(name, site.port)}), **kwargs
    )
    return fetcher.fetch(Request(f"https://{name}:{site.port}/page"))


def test_the_certificate_is_checked_against_the_name_and_one_that_the_settings_name_is_trusted(
    authority, tmp_path
):
    tls = trusting(authority, tmp_path)
    with serve({"/page": "<p>safe</p>"}, tls=serving(authority, "feeds.example.org")) as site:
        assert over_tls(site, "feeds.example.org", tls=tls).body == b"<p>safe</p>"
        other = over_tls(site, "other.example.org", tls=tls)
    assert other.outcome is Outcome.UNREACHABLE
    assert "certificate is not accepted" in other.detail
    assert "other.example.org" in other.detail
    with serve({"/page": "<p>read</p>"}, tls=serving(authority, PAPER)) as site:
        assert over_tls(site, PAPER, tls=tls).body == b"<p>read</p>"
    assert tls.cert_store_stats()["x509_ca"] > 100
    with serve({"/robots.txt": b"", "/page": drip_body}, tls=serving(authority, "feeds.example.org")) as site:
        result = over_tls(site, "feeds.example.org", tls=trusting(authority, tmp_path), limits=HASTY)
    assert "within 0.4 seconds" in result.detail


def test_a_credential_does_not_go_down_from_https_to_http(authority, tmp_path):
    with serve({"/page": "<p>open</p>"}) as plain:
        routes = {"/page": Answer(302, b"", {"Location": f"http://feeds.example.org:{plain.port}/page"})}
        with serve(routes, tls=serving(authority, "feeds.example.org")) as site:
            fetcher = fetcher_for(
                resolve=lambda host, port: ["127.0.0.1"],
                allow_loopback=frozenset(("feeds.example.org", s.port) for s in (site, plain)),
                tls=trusting(authority, tmp_path),
                **with_key("paper", "feeds.example.org"),
            )
            result = fetcher.fetch(Request(f"https://feeds.example.org:{site.port}/page", auth="paper"))
    assert result.outcome is Outcome.UNREACHABLE
    assert site.asked[-1].headers["authorization"] == "Bearer abc"
    assert "authorization" not in plain.asked[-1].headers


def test_no_bytes_a_server_sends_make_it_fail():
    sent = [b""]

    def anything(exchange):
        exchange.write(sent[0])

    with serve({"/robots.txt": b"", "/page": anything}) as site:
        fetcher = fetcher_for(site, limits=replace(QUICK, max_body_bytes=200, max_redirects=1))

        @settings(max_examples=60, deadline=None)
        @given(
            st.sampled_from(
                [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: ", b"HTTP/1.0 404 "]
            ),
            st.sampled_from([b"", b"Content-Encoding: gzip\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"]),
            st.binary(max_size=80),
        )
        def any_bytes(start, head, rest):
            sent[0] = start + head + rest
            result = fetcher.fetch(Request(f"{site}/page"))
            assert isinstance(result, Response | FetchFailure)

        any_bytes()


# --- ways to write an address of this machine so that a check overlooks it


NAMES = {
    "trap.example.org": "127.0.0.1",
    "10.0.0.1.wild.example.org": "10.0.0.1",
    "metadata.example.org": "169.254.169.254",
    "six.example.org": "::1",
    "mapped.example.org": "::ffff:127.0.0.1",
    "translated.example.org": "::ffff:0:127.0.0.1",
}
"""Names as the name servers of a stranger may answer them."""

HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "127.127.127.127", "0", "0.0.0.0", "localhost", "LOCALHOST.",
    "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1",
    "0177.1", "00000177.00.00.01", "127.0.0.0x1", "4294967296", "425.510.425.510", "7147006462",
    "0x41414141A9FEA9FE", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "0251.254.169.254",
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16", "10.0.0.1",
    "172.16.0.1", "192.168.0.1", "3232235521", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127%2e0%2e0%2e1",
    "%6cocalhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::1]", "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:a9fe:a9fe]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::127.0.0.1]", "[64:ff9b:1:7f00:0:100::]",
    "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fd00:ec2::254]", "[fd20:ce::254]", "[fe80::5efe:127.0.0.1]", "[2606:4700::5efe:10.0.0.1]",
    "[2606:4700::200:5efe:127.0.0.1]", "[fe80::1%25lo]", "[fec0::1]", "[ff02::1]", "[::1%25lo]",
    "[2001:db8::1]", "user@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1#@example.org",
    "127.0.0.1\\@example.org", "example.org\\@127.0.0.1", "127.0.0.1 &@example.org#", "[::1", "127.0.0.1]",
    "127.0.0.1\t", "127.0.0.1%00.example.org", "[v1.127.0.0.1]",
    *NAMES,
)  # fmt: skip
PLAIN = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00:ec2::254]", "localhost", "2130706433")
OTHERS = (
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stats", "ftp://127.0.0.1/",
    "ldap://localhost:389/", "jar:http://127.0.0.1!/", "netdoc:///etc/passwd", "javascript:alert(1)",
    "data:text/html,x", "//127.0.0.1/", "http:127.0.0.1", "http:/127.0.0.1", "http:///127.0.0.1",
    "http:\\\\127.0.0.1\\", "http://127.0.0.1:+80/", "http://127.0.0.1:00080a/", "http://", "unix:///run/x.sock",
)  # fmt: skip


def stranger(host: str, port: int) -> list[str]:
    """Numbers as the machine reads them, names as a stranger answers them; no name server is asked."""
    if host in (*NAMES, "localhost"):
        return [NAMES.get(host, "127.0.0.1")]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(entry[4][0]) for entry in found]


def tricks(port: int) -> list[str]:
    """Every host at the port of a server that is there."""
    urls = []
    for host in HOSTS:
        host, mark, rest = host.partition("#")
        urls += [f"{scheme}://{host}:{port}/{mark}{rest}" for scheme in ("http", "https")]
    return [*urls, *OTHERS]


def test_no_way_to_write_a_private_address_is_dialled(dialled):
    with serve({"/": "trap"}) as trap:
        fetcher = fetcher_for(resolve=stranger)
        got = {url: fetcher.fetch(Request(url)) for url in tricks(trap.port)}
    assert [url for url, answer in got.items() if not isinstance(answer, FetchFailure)] == []
    assert {got[f"http://{host}:{trap.port}/"].outcome for host in PLAIN} == {Outcome.MISCONFIGURED}
    assert (list(dialled), trap.asked) == ([], [])


def test_no_redirect_leads_to_one(dialled):
    routes: dict[str, Answer] = {}
    with serve({"/": "trap"}) as trap, serve(routes) as site:
        targets = tricks(trap.port)
        for n, url in enumerate(map(quotable, targets)):
            routes[f"/{n}"] = Answer((302, 307, 307, 302)[n % 4], b"", {"Location": url})
        fetcher = fetcher_for(site, resolve=stranger, obey_robots=False)
        got = {url: fetcher.fetch(Request(f"{site}/{n}")) for n, url in enumerate(targets)}
    went_on = [url for url, answer in got.items() if not isinstance(answer, FetchFailure)]
    assert (went_on, trap.asked) == ([], [])
    plain = [got[f"http://{host}:{trap.port}/"] for host in PLAIN]
    assert all((one.outcome, "redirects" in one.detail) == (Outcome.UNREACHABLE, True) for one in plain)
    assert len(dialled) == len(site.asked)


def quotable(url: str) -> str:
    """As a header carries it: bytes of UTF-8, no control."""
    return url.encode().decode("latin-1").replace("\t", "")


# ---------------------------------------------------------------------------- in a school's network

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


# ------------------------------------------------------------------ what is trusted
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_an_authority_that_is_installed_on_this_machine_is_trusted(
    authority, tmp_path, monkeypatch, platform
):
    trusting(authority, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serve({"/page": "<p>read</p>"}, tls=serving(authority, PAPER)) as site:
        assert over_tls(site, PAPER, tls=tls_context(platform=platform)).body == b"<p>read</p>"


def test_the_certificate_is_checked_against_the_name_and_what_may_be_the_matter_is_said(authority, tmp_path):
    with serve({"/page": "x"}, tls=serving(authority, PAPER)) as site:
        result = over_tls(site, PAPER)
    assert (result.outcome, site.asked) == (Outcome.UNREACHABLE, [])
    assert "certificate is not accepted" in result.detail
    assert "web filter reads encrypted pages" in result.detail
    assert "“ca_file” in [network]" in result.detail
    tls = trusting(authority, tmp_path)
    with serve({"/page": "x"}, tls=serving(authority, "other.example.org")) as site:
        assert "filter" not in over_tls(site, PAPER, tls=tls).detail
    with serve({"/page": "x"}) as site:
        result = over_tls(site, "127.0.0.1")
    assert (result.outcome, "TLS" in result.detail) == (Outcome.UNREACHABLE, True)


def test_old_tls_is_not_spoken_and_names_are_checked():
    for platform in ("linux", "darwin"):
        context = tls_context(platform=platform)
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert context.check_hostname
        assert context.verify_mode == ssl.CERT_REQUIRED


# ------------------------------------------------------------------ through the proxy
def test_https_goes_through_the_proxy_by_the_name_that_it_alone_knows(authority, tmp_path, dialled):
    tls = trusting(authority, tmp_path)
    with (
        serve({"/page": "<p>read</p>"}, tls=serving(authority, PAPER)) as site,
        proxy_to({(PAPER, 443): place(site)}) as way,
    ):
        result = through(way, tls=tls).fetch(Request(f"https://{PAPER}/page"))
    assert result.body == b"<p>read</p>"
    assert way.asked == [f"CONNECT {PAPER}:443 HTTP/1.1"] * 2
    assert site.asked[-1].path == "/page"


def test_plain_http_is_asked_of_the_proxy_and_what_leads_to_this_machine_is_not():
    with serve({"/page": "<p>read</p>"}) as site, proxy_to({(PAPER, 80): place(site)}) as way:
        result = through(way).fetch(Request(f"http://{PAPER}/page?a=1#part"))
    assert result.body == b"<p>read</p>"
    assert way.asked[-1] == f"GET http://{PAPER}/page?a=1 HTTP/1.1"
    assert site.asked[-1].headers["host"] == PAPER
    with serve({"/page": "<p>here</p>"}) as site, proxy_to({}) as way:
        result = fetcher_for(site, through=way.proxy()).fetch(Request(f"{site}/page"))
    assert (result.body, way.asked) == (b"<p>here</p>", [])


def test_the_proxy_alone_is_told_the_name_and_password_for_it(authority, tmp_path):
    tls = trusting(authority, tmp_path)
    with serve({"/page": "x"}, tls=serving(authority, PAPER)) as safe, serve({"/page": "x"}) as plain:
        places = {(PAPER, 443): place(safe), (PAPER, 80): place(plain)}
        with proxy_to(places, sign_in="oak:gate:key") as way:
            for scheme in ("https", "http"):
                answer = through(way, "oak", "gate:key", tls=tls).fetch(Request(f"{scheme}://{PAPER}/page"))
                assert isinstance(answer, Response)
    assert all("proxy-authorization" in headers for headers in way.headers)
    assert not any("proxy-authorization" in one.headers for one in (*safe.asked, *plain.asked))


@for_each("scheme", ["http", "https"])
def test_a_proxy_that_wants_another_password_is_said_to_be_what_fails(scheme):
    with proxy_to({}, sign_in="oak:right") as way:
        result = through(way, "oak", "wrong").fetch(Request(f"{scheme}://{PAPER}/page"))
    assert result.outcome is Outcome.UNREACHABLE
    assert "“proxy_user”" in result.detail
    assert "“proxy_password_env”" in result.detail


@for_each(("status", "said"), [(403, "let us through"), (502, "could not reach"), (302, "let us through")])
def test_what_the_proxy_refuses_is_told_as_its_refusal(status, said):
    with proxy_to({}, status=status) as way:
        result = through(way).fetch(Request(f"https://{PAPER}/page"))
    facts = (result.outcome, said in result.detail, PAPER in result.detail)
    assert facts == (Outcome.UNREACHABLE, True, True)


def test_a_proxy_that_is_not_there_is_named_and_one_that_says_nothing_not_waited_for():
    result = fetcher_for(through=proxy_of(f"http://127.0.0.1:{free_port()}"), resolve=nobody_knows).fetch(
        Request(f"https://{PAPER}/page")
    )
    assert (result.outcome, "The proxy (127.0.0.1, port" in result.detail) == (Outcome.UNREACHABLE, True)
    unknown = fetcher_for(through=proxy_of("http://proxy.example.org:8080"), resolve=nobody_knows)
    assert "The proxy (proxy.example.org" in unknown.fetch(Request(f"https://{PAPER}/page")).detail
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        way = proxy_of(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        limits = replace(QUICK, deadline_s=0.4)
        result = fetcher_for(through=way, resolve=nobody_knows, limits=limits).fetch(
            Request(f"https://{PAPER}/")
        )
    assert "within 0.4 seconds" in result.detail


@for_each("said", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"", b"HTTP/1.1 abc\r\n\r\n", b"x" * 20_000])
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


# ------------------------------------------------------------------ what is not asked of it

CLOSED = (
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:0:127.0.0.1]", "[64:ff9b:1::7f00:1]",
    "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "1.2.3.4.5", "425.510.425.510", "0xA9.0xFE.0xA9.0xFE",
    "localhost", "intranet", "printer.local", "metadata.google.internal", "router.lan",
    "1.0.0.127.in-addr.arpa", "127.0.0.1&paper.example.org", "%5Cpaper.example.org",
)  # fmt: skip


def test_numbers_and_names_of_private_networks_are_refused_before_the_proxy_hears_of_them(dialled):
    with proxy_to({}) as way:
        for host in CLOSED:
            for scheme in ("http", "https"):
                assert through(way).fetch(Request(f"{scheme}://{host}/")).outcome is Outcome.MISCONFIGURED, (
                    host
                )
    assert (way.asked, list(dialled)) == ([], [])


@for_each("host", ["0127.0.0.1", "00127.0.0.1", "010.0.0.1", "0330.072.0326.0316", "3627734734"])
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


@for_each("host", ["paper.example.org", "xn--caf-dma.example.org", "8.8.8.8", "2606:4700::1"])
def test_names_and_addresses_of_the_public_internet_may_be_asked_of_it(host):
    assert public_name(host)


NOW = datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC)
PAGE = Response("https://town.example.org/t1", 200, (("content-type", "text/html"),), b"<p>Hello</p>", NOW)


class Timer:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def gone(pid: int, within_s: float = 5.0) -> bool:
    ends = time.monotonic() + within_s
    while time.monotonic() < ends and alive(pid):
        time.sleep(0.02)
    return not alive(pid)


def test_a_process_is_begun_for_the_first_document_with_no_secret_of_ours_and_let_go_after_a_minute(
    monkeypatch,
):
    monkeypatch.setenv("SCHOOLGATE_MAIL_PASSWORD", "drowssap")
    timer, value = Timer(), Both("two\nlines é 🎒", NOW, (1.5, -0.0), None)
    reader = support.strain.reader(timer=timer)
    assert reader.pid is None
    assert reader(support.strain.echo, value) == value
    assert "drowssap" not in reader(support.strain.environment).values()
    child, timer.at = reader.pid, 59.0
    assert not reader.let_go()
    timer.at = 60.0
    assert reader.let_go()
    assert gone(child)
    assert reader.pid is None


def test_one_process_reads_for_all_threads_through_signals_and_chatter(apart):
    assert apart(support.strain.pid) == apart(support.strain.pid) == apart.pid != os.getpid()
    found = []
    threads = [threading.Thread(target=lambda: found.append(apart(support.strain.pid))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [apart.pid] * 8
    child = apart(support.strain.pid)
    os.kill(child, signal.SIGTERM)
    os.kill(child, signal.SIGINT)
    assert apart(support.strain.pid) == child
    assert (apart(support.strain.chatter), apart(support.strain.pid)) == (1, apart.pid)
    wall = Response(PAGE.url, 403, (), b"<html><title>Just a moment...</title></html>", NOW)
    assert apart(recognise_block, wall) == recognise_block(wall) is not None
    assert apart(recognise_block, PAGE) is None


@for_each("kind", sorted(CATALOGUE))
def test_every_kind_is_read_there_as_it_is_here(apart, kind):
    source = Source("s", kind, PAGE.url, settings=SETTINGS.get(kind, {}))
    read = collector(kind).parse
    assert apart(read, source, PAGE) == read(source, PAGE)


def test_a_document_that_takes_too_long_is_ended_and_the_next_is_read(apart):
    before = apart(support.strain.pid)
    with pytest.raises(Unreadable, match=r"more than 0\.3 seconds"):
        apart(support.strain.spin)
    assert apart(support.strain.pid) != before
    assert gone(before)


def test_one_that_waits_for_ever_is_ended_too():
    reader = support.strain.reader(Bounds(work_s=5.0, whole_s=1.5))
    with pytest.raises(Unreadable, match=r"more than 1\.5 seconds"):
        reader(support.strain.hang)
    assert reader.pid is None


def test_a_busy_machine_is_no_fault_of_the_documents(apart):
    """What counts is the processor's time of its own."""
    apart(support.strain.pid)
    os.kill(apart.pid, signal.SIGSTOP)
    waker = threading.Timer(2 * FAST.work_s, os.kill, (apart.pid, signal.SIGCONT))
    waker.start()
    assert apart(support.strain.pid) == apart.pid
    waker.join()


@pytest.mark.skipif(sys.platform != "linux", reason="a bound on memory is Linux's")
def test_a_document_that_takes_too_much_memory_is_ended(apart):
    with pytest.raises(Unreadable, match="memory"):
        apart(support.strain.hoard)
    assert apart(support.strain.pid) == apart.pid


def test_whatever_breaks_or_ends_the_process_costs_one_document_at_most(apart):
    with pytest.raises(Unreadable, match="crashed"):
        apart(support.strain.crash)
    assert apart(support.strain.pid) == apart.pid
    with pytest.raises(Unreadable):
        apart(support.strain.lie)
    assert apart(support.strain.pid) == apart.pid
    os.kill(apart(support.strain.pid), signal.SIGKILL)
    with suppress(Unreadable):
        apart(support.strain.pid)
    assert apart(support.strain.pid) == apart.pid


def test_a_fault_of_ours_keeps_its_kind_loses_its_words_and_a_sentence_for_people_comes_whole(apart, caplog):
    file = Path(support.strain.__file__).name
    with pytest.raises(Exception, match=rf"{re.escape(file)}:\d+") as raised:
        apart(support.strain.stumble, "words of a post")
    assert type(raised.value).__name__ == "LookupError"
    assert "fault=LookupError" in caplog.text
    assert "words of a post" not in f"{raised.value}{caplog.text}"
    with pytest.raises(InputError, match=r"^Name another kind$"):
        apart(support.strain.refuse, "Name another kind")


def test_what_calls_itself_an_error_is_one_short_line_of_the_log(apart, caplog):
    with pytest.raises(Exception, match=r"strain\.py:\d+"):
        apart(support.strain.stumble_over, "a\nERROR \x1b" + "x" * 999)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("fault=a\\nERROR \\x1bxxx")
    assert len(line) < 700


@for_each("said", [b"r" + b"[" * 100_000, b"r[1, 2, 3]", b"f" + b"[" * 100_000, b"x", b""])
def test_a_reader_that_answers_what_is_no_answer_is_ended(said):
    told = f"{struct.pack('>Q', len(said))!r} + {said!r}"
    answers = (
        f"import sys, time; sys.stdin.buffer.read(8); sys.stdout.buffer.write({told}); sys.stdout.flush()"
    )
    reader = ParserProcess(time.monotonic, command=(sys.executable, "-c", f"{answers}; time.sleep(60)"))
    with pytest.raises(Unreadable):
        reader(support.strain.pid)
    assert reader.pid is None


def test_it_ends_with_its_parent_however_that_ended():
    name = support.strain.__name__
    code = (
        f"import sys, time; sys.path.insert(0, {str(TESTS)!r})\n"
        f"from {name} import pid, reader\n"
        "read = reader(); print(read(pid), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.communicate()
    assert gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from Linux's /proc")
def test_a_process_that_has_grown_is_begun_anew():
    reader = support.strain.reader(Bounds())
    child = reader(support.strain.pid)
    assert reader(support.strain.grow) > 100
    assert reader.pid is None
    assert reader(support.strain.pid) != child
    reader.let_go(0.0)


# ------ an item that takes too long is left out, and the others are read
@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base._Turn, "began", None)
    base.time_items()


def _spun(seconds: float) -> float:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return seconds


@pytest.mark.usefixtures("timed")
def test_an_item_that_takes_too_long_is_left_out_and_counted() -> None:
    found, said = read_each(_spun, [0.01, 60.0, 0.02], item_s=0.05)
    assert found == [0.01, 0.02]
    assert said == ("Items that took too long to be read: 1.",)


@pytest.mark.usefixtures("timed")
def test_of_a_document_that_took_its_time_no_further_item_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_ALL_S", 0.05)
    assert read_each(_spun, [0.06, 0.0, 0.0]) == ([0.06], ("Items that took too long to be read: 2.",))


def test_outside_the_process_that_reads_nothing_is_timed() -> None:
    assert read_each(_spun, [0.02], item_s=0.01) == ([0.02], ())


_NAME = f"<author>{('A' * 499 + '<x/>') * 90}</author>"
"""Feedparser seeks an e-mail address from each letter of a name; this one is in pieces, and is not cut."""


def test_an_item_that_would_take_all_time_of_its_feed_hides_no_other():
    """Takes as long as such an item is given, in a process of its own."""
    items = f"<item><title>a & b</title>{_NAME}</item><item><title>Good</title></item>"
    feed = f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"
    answer = Response("https://e.test/feed", 200, (), feed.encode(), datetime(2026, 11, 20, tzinfo=UTC))
    apart = ParserProcess(time.monotonic)
    try:
        page = apart(collector("feed").parse, Source("s", "feed", answer.url), answer)
    finally:
        apart.let_go(0.0)
    assert "Good" in [mention.title for mention in page.mentions]
    assert page.unread == ("Items that took too long to be read: 1.",)
