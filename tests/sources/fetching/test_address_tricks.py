"""The ways known to write an address of this machine, or of its network, so that a check overlooks it.

None is ever dialled, asked for outright or reached by a redirect. Every connection is noted.
"""

from __future__ import annotations

import socket

import pytest
from builders.fetcher import fetcher_for
from support.web_server import Answer, serve

from data.types import FetchFailure, Request

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
    assert (list(dialled), trap.asked) == ([], [])


@pytest.mark.parametrize("status", [302, 307])
def test_no_redirect_leads_to_one(status, dialled):
    routes: dict[str, Answer] = {}
    with serve({"/": "trap"}) as trap, serve(routes) as site:
        targets = tricks(trap.port)
        for n, url in enumerate(map(quotable, targets)):
            routes[f"/{n}"] = Answer(status, b"", {"Location": url})
        fetcher = fetcher_for(site, resolve=stranger, obey_robots=False)
        got = {url: fetcher.fetch(Request(f"{site}/{n}")) for n, url in enumerate(targets)}
    went_on = [url for url, answer in got.items() if not isinstance(answer, FetchFailure)]
    assert (went_on, trap.asked) == ([], [])
    assert len(dialled) == len(site.asked)


def quotable(url: str) -> str:
    """As a header carries it: bytes of UTF-8, no control."""
    return url.encode().decode("latin-1").replace("\t", "")
