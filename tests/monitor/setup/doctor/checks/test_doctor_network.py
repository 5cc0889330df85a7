"""`doctor` and the school's network: its proxy, the authorities it adds, the password for it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import replace

import pytest
import trustme
from builders.delivery import configured
from support.proxies import proxy_to
from support.web_server import free_port

from data.types import Source
from monitor.config.load import Network
from monitor.config.settings import Secret
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.mail import network


@contextmanager
def listening():
    """A place that the proxy may lead to; it says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        yield place.getsockname()[1]


def look(*sources, env=None, **given):
    config = replace(configured(), network=Network(**given), sources=sources)
    found = network(config, env or {})
    assert "planted" not in "".join(f.what + f.remedy for f in found)
    return found


def test_where_nothing_is_set_nothing_is_said():
    assert look() == []


def test_a_proxy_that_answers_is_in_order():
    with proxy_to({}) as way:
        (found,) = look(proxy=way.url, proxy_user="oak", proxy_password=Secret("planted"))
        assert way.asked in ([], [""])
    assert (found.level, found.what) == (Level.OK, f"The proxy answers (127.0.0.1, port {way.port}).")


def test_one_that_does_not_take_the_password_is_a_fault_and_one_that_takes_it_is_in_order():
    place = Source("paper", "feed", "https://paper.example.org/feed.xml")
    with (
        listening() as port,
        proxy_to({("paper.example.org", 443): ("127.0.0.1", port)}, sign_in="oak:planted") as way,
    ):
        (wrong,) = look(place, proxy=way.url, proxy_user="oak", proxy_password=Secret("planted-badly"))
        (none,) = look(place, proxy=way.url)
        (right,) = look(place, proxy=way.url, proxy_user="oak", proxy_password=Secret("planted"))
    for found in (wrong, none):
        assert (found.level, "needs a name and password" in found.what) == (Level.FAULT, True)
        assert "proxy_password_file" in found.whole_remedy
    assert right.level is Level.OK


def test_one_that_bars_a_place_is_told_with_its_name():
    place = Source("paper", "feed", "https://paper.example.org/feed.xml")
    with proxy_to({}, status=403) as way:
        (found,) = look(place, proxy=way.url)
    assert (found.level, "paper.example.org" in found.what) == (Level.WARN, True)


def test_one_that_does_not_is_a_fault():
    (found,) = look(proxy=f"http://127.0.0.1:{free_port()}")
    assert found.level is Level.FAULT
    assert "does not answer" in found.what
    assert "schoolgate set network.proxy" in found.whole_remedy


def test_a_password_that_cannot_be_read_is_a_fault():
    with proxy_to({}) as way:
        found = look(proxy=way.url, proxy_user="oak")
    assert [f.level for f in found] == [Level.FAULT, Level.OK]


def test_a_password_that_others_may_read_is_told(tmp_path):
    secret = tmp_path / "proxy-password"
    secret.write_text("planted")
    secret.chmod(0o644)
    with proxy_to({}) as way:
        found = look(proxy=way.url, proxy_user="oak", proxy_password=Secret("planted"), password_file=secret)
        secret.chmod(0o600)
        assert (
            look(proxy=way.url, proxy_user="oak", proxy_password=Secret("planted"), password_file=secret)
            == found[1:]
        )
    assert found[0].level is Level.WARN


def test_authorities_that_can_be_read_are_in_order_and_others_a_fault(tmp_path):
    good, bad = tmp_path / "filter.pem", tmp_path / "bad.pem"
    trustme.CA().cert_pem.write_to_path(str(good))
    bad.write_text("no certificate")
    assert [f.level for f in look(ca_file=good)] == [Level.OK]
    for file in (bad, tmp_path / "missing.pem", tmp_path):
        (found,) = look(ca_file=file)
        assert found.level is Level.FAULT
        assert "“ca_file”" in found.what


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy"])
def test_a_proxy_that_is_set_for_other_programs_is_told_of(name):
    (found,) = look(env={name: "http://oak:planted@proxy.example.org:8080"})
    assert (found.level, name in found.what) == (Level.WARN, True)
