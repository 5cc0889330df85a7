"""[network]: what is read of it, and that every door goes by it."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
from builders.config import SCHOOL, faults, read
from builders.mention import a_message
from support.proxies import proxy_to
from support.web_server import serve

from alerts.delivery.results import SENT
from data.types import Request, Via
from monitor.config.settings import Secret
from monitor.home import wiring
from monitor.service.outgoing import poster
from monitor.service.state import heartbeat

PAPER = "paper.example.org"
TABLE = f"{SCHOOL}[network]\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "filter-ca.pem"))
    return tmp_path


def served(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(PAPER).configure_cert(context)
    return context


@pytest.mark.parametrize("by", ["env", "file"])
def test_the_proxys_password_is_read_and_shown_by_nothing(folder: Path, by: str) -> None:
    (folder / "secret").write_text("planted\n")
    key = {"env": 'proxy_password_env = "P"', "file": 'proxy_password_file = "secret"'}[by]
    way = 'proxy = "http://proxy.example.org:8080"\nproxy_user = "oak"\n'
    config = read(folder, TABLE + way + key, P="planted")
    assert config.network.proxy_password == Secret("planted")
    assert "planted" not in repr(config) + repr(wiring.way_out(config.network)) + repr(poster(config))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('proxy = "proxy.example.org:8080"', "is not a"),
        ('proxy = "https://proxy.example.org:8080"', "is not a proxy's address"),
        ('proxy = "http://proxy.example.org"', "its name and its port"),
        ('proxy = "http://oak:planted@proxy.example.org:8080"', "may not carry a secret"),
        ('proxy_password = "planted"', "proxy_password"),
        ('own_servers = ["https://ntfy.example.org"]', "is not a server's name"),
        ('own_servers = ["ntfy.example.org:8080"]', "is not a server's name"),
        ('proxy_user = "oak"', "There is no proxy it is for"),
        (
            'proxy = "http://p.example.org:8080"\nproxy_password_env = "P"\nproxy_password_file = "f"',
            "Keep one of them",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_without_showing_a_secret(folder: Path, line: str, told: str) -> None:
    (said,) = faults(folder, TABLE + line)
    assert told in said
    assert "planted" not in said


def test_pages_the_heartbeat_and_short_messages_all_go_by_it(folder: Path, authority: trustme.CA) -> None:
    with (
        serve({"/": "x", "/beat": "x"}, tls=served(authority)) as site,
        proxy_to({(PAPER, 443): (site.host, site.port)}, sign_in="oak:key") as way,
    ):
        lines = (
            f'proxy = "{way.url}"\nproxy_user = "oak"\nproxy_password_env = "P"\nca_file = "filter-ca.pem"'
        )
        config = read(folder, TABLE + lines, P="key")
        with wiring.fetcher(config, obey_robots=False) as fetch:
            assert fetch(Request(f"https://{PAPER}/")).status == 200
        with heartbeat.beating(Secret(f"https://{PAPER}/beat"), network=config.network) as fetch:
            assert fetch(Request(f"https://{PAPER}/beat")).status == 200
        assert poster(config)(a_message(via=Via.CHAT), f"jsons://{PAPER}/") == SENT
    assert [line.partition(" HTTP")[0] for line in way.asked] == [f"CONNECT {PAPER}:443"] * 3
    assert [asked.method for asked in site.asked] == ["GET", "GET", "POST"]


def test_a_file_of_authorities_that_is_not_there_stops_nothing(folder: Path) -> None:
    config = read(folder, TABLE + 'ca_file = "missing.pem"')
    with serve({"/": "read"}) as site, wiring.fetcher(config, allow_loopback=site.allowed) as fetch:
        assert fetch(Request(f"{site}/")).body == b"read"
