"""Which server answers for what: IANA's lists, kept for a month, or the best there is in their place."""

import json
from datetime import timedelta

import pytest
from builders.registries import NOW, Registers, iana

from sources.hosting.registries import registries

LISTS = iana(
    dns=[[["uk", "org"], ["https://rdap.one.example/uk/"]]],
    ipv4=[[["93.0.0.0/8"], ["https://rdap.net.example/"]]],
    ipv6=[[["2a00::/12"], ["https://rdap.net.example/"]]],
)
HERE = "https://rdap.one.example/uk/domain/a.co.uk"


def test_ianas_lists_are_asked_for_once_and_kept(tmp_path):
    fetch = Registers(LISTS)
    first = registries(tmp_path, NOW, fetch)
    again = registries(tmp_path, NOW + timedelta(days=29), fetch)
    assert first.for_domain("a.co.uk") == again.for_domain("a.co.uk") == HERE
    assert first.for_address("93.184.216.34") == "https://rdap.net.example/ip/93.184.216.34"
    assert len(fetch.asked) == 3
    assert again.as_of == NOW


def test_after_a_month_they_are_asked_for_again(tmp_path):
    fetch = Registers(LISTS)
    registries(tmp_path, NOW, fetch)
    registries(tmp_path, NOW + timedelta(days=30), fetch)
    assert len(fetch.asked) == 6


def test_where_iana_cannot_be_asked_the_last_lists_serve(tmp_path):
    registries(tmp_path, NOW, Registers(LISTS))
    later = registries(tmp_path, NOW + timedelta(days=400), Registers({}))
    assert later.for_domain("a.co.uk") == HERE
    assert later.as_of == NOW


@pytest.mark.parametrize("fetch", [None, Registers({})])
def test_without_any_list_a_short_one_knows_the_registers_that_matter_here(tmp_path, fetch):
    known = registries(tmp_path, NOW, fetch)
    assert known.short
    assert known.for_domain("a.co.uk") == "https://rdap.nominet.uk/uk/domain/a.co.uk"
    for name in ("a.com", "a.net", "a.org", "a.wales", "a.cymru"):
        assert known.for_domain(name)
    regions = {
        "41.1.1.1": "afrinic",
        "1.1.1.1": "apnic",
        "8.8.8.8": "arin",
        "93.184.216.34": "ripe",
        "200.1.1.1": "lacnic",
        "2606:4700::1111": "arin",
    }
    for address, region in regions.items():
        assert region in known.for_address(address)


def test_offline_a_list_of_any_age_serves(tmp_path):
    registries(tmp_path, NOW, Registers(LISTS))
    assert registries(tmp_path, NOW + timedelta(days=400)).for_domain("a.co.uk") == HERE


@pytest.mark.parametrize(
    "broken",
    [
        {"https://data.iana.org/rdap/dns.json": b"<html>"},
        {"https://data.iana.org/rdap/dns.json": b"[]"},
        {"https://data.iana.org/rdap/ipv4.json": b'{"services": [[["1.2.3.4/8"], ["https://x.example/"]]]}'},
        {"https://data.iana.org/rdap/ipv6.json": b'{"services": []}'},
        {"https://data.iana.org/rdap/ipv6.json": 500},
    ],
)
def test_a_damaged_list_is_not_taken_nor_kept(tmp_path, broken):
    known = registries(tmp_path, NOW, Registers(LISTS | broken))
    assert known.short
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "held", [b"", b"{}", b"[]", b'{"as_of": "2026-11-01", "dns": {}, "ipv4": {}, "ipv6": {}}']
)
def test_a_damaged_file_in_the_home_is_passed_over(tmp_path, held):
    (tmp_path / "rdap-registries.json").write_bytes(held)
    assert registries(tmp_path, NOW).short
    assert registries(tmp_path, NOW, Registers(LISTS)).for_domain("a.co.uk") == HERE


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(tmp_path):
    known = registries(tmp_path / "missing", NOW, Registers(LISTS))
    assert not known.short


def test_what_is_kept_says_when_it_was_had(tmp_path):
    registries(tmp_path, NOW, Registers(LISTS))
    assert json.loads((tmp_path / "rdap-registries.json").read_text())["as_of"] == NOW.isoformat()


def test_a_private_address_and_an_unknown_one_have_no_server(tmp_path):
    known = registries(tmp_path, NOW)
    assert known.for_address("10.1.1.1") is None
    assert known.for_address("2001:200::1") is None
