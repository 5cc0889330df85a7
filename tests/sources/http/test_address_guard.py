"""Which addresses may be dialled."""

import ipaddress
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from data.types import Outcome
from data.web.public_addresses import why_closed
from sources.http.guard import FetchAborted, Target, resolve_within, system_resolve, target_of, vet_addresses

OPEN = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
CLOSED = {
    "127.0.0.1": "this machine", "127.255.255.254": "this machine", "0.0.0.0": "this machine",
    "::": "this machine", "::1": "this machine", "10.0.0.1": "private", "172.16.0.1": "private",
    "172.31.255.255": "private", "192.168.1.1": "private", "fd12::1": "private", "fec0::1": "private",
    "169.254.0.1": "link-local", "fe80::1": "link-local", "fe80::1%eth0": "link-local",
    "100.64.0.1": "provider", "224.0.0.1": "multicast", "239.255.255.250": "multicast",
    "ff02::1": "multicast", "255.255.255.255": "reserved", "240.0.0.1": "reserved", "192.0.2.1": "reserved",
    "198.18.0.1": "reserved", "2001:db8::1": "reserved", "2001::1": "reserved",
    "169.254.169.254": "metadata", "fd00:ec2::254": "metadata", "100.100.100.200": "metadata",
    "168.63.129.16": "metadata", "::ffff:127.0.0.1": "this machine", "::ffff:169.254.169.254": "metadata",
    "::7f00:1": "this machine", "64:ff9b::a00:1": "private", "64:ff9b:1::1": "reserved",
    "2002:7f00:1::1": "this machine", "2002:a9fe:a9fe::": "metadata", "2002:808:808::1": "reserved",
    "2606:4700::5efe:10.0.0.1": "private", "2606:4700::200:5efe:192.168.1.1": "private",
    "2606:4700::300:5efe:127.0.0.1": "this machine", "::ffff:0:127.0.0.1": "this machine",
    "::ffff:0:169.254.169.254": "metadata", "::ffff:0:8.8.8.8": "reserved", "::8.8.8.8": "reserved",
    "64:ff9b:1:7f00:0:100::": "reserved", "64:ff9b::1:7f00:1": "reserved",
    "2001:0:4136:e378:8000:63bf:80ff:fffe": "reserved", "4000::1": "reserved", "::1:0:0:0:1": "reserved",
    "not an address": "not an address",
}  # fmt: skip


@for_each("address", OPEN)
def test_addresses_of_the_public_internet_are_open(address):
    assert why_closed(address) is None


@for_each("address", CLOSED)
def test_every_other_address_is_closed_and_named_for_what_it_is(address):
    assert CLOSED[address] in (why_closed(address) or "open")


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_as_itself(inner):
    number = int(inner)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    nat64 = ipaddress.IPv6Address(0x64FF9B << 96 | number)
    isatap = ipaddress.IPv6Address(0x26064700 << 96 | 0x5EFE << 32 | number)
    judged = why_closed(str(inner)) is None
    assert [why_closed(str(each)) is None for each in (mapped, nat64, isatap)] == [judged] * 3


@given(st.ip_addresses(v=4))
def test_forms_that_nobody_is_reached_by_any_more_are_closed_whatever_is_inside(inner):
    number = int(inner)
    compatible = ipaddress.IPv6Address(number)
    translated = ipaddress.IPv6Address(0xFFFF << 48 | number)
    teredo = ipaddress.IPv6Address(0x20010000 << 96 | number << 64 | (number ^ 0xFFFFFFFF))
    own_nat64 = ipaddress.IPv6Address(0x64FF9B0001 << 80 | number)
    sixtofour = ipaddress.IPv6Address(0x2002 << 112 | number << 80)
    assert all(why_closed(str(each)) for each in (compatible, translated, teredo, own_nat64, sixtofour))


@given(st.ip_addresses(v=6))
def test_only_what_iana_gave_to_the_public_internet_is_open_and_what_leads_to_ipv4(address):
    if why_closed(str(address)) is None:
        public = ipaddress.ip_network("2000::/3")
        leads = (ipaddress.ip_network("::ffff:0:0/96"), ipaddress.ip_network("64:ff9b::/96"))
        assert any(address in net for net in (public, *leads))


@given(st.ip_addresses())
def test_nothing_is_open_that_pythons_own_list_calls_private(address):
    if address.is_private and not getattr(address, "ipv4_mapped", None):
        assert why_closed(str(address)) is not None


@for_each(
    ("url", "target"),
    [
        ("http://Paper.Example.org/feed", Target("http", "paper.example.org", 80)),
        ("https://paper.example.org.:8443/", Target("https", "paper.example.org", 8443)),
        ("https://[2606:4700::1]/", Target("https", "2606:4700::1", 443)),
    ],
)
def test_a_url_leads_to_a_host_and_a_port(url, target):
    assert target_of(url) == target


@for_each(
    "url",
    [
        "", "feed.xml", "ftp://a.example.org", "http://", "http://a@b.example.org", "http://a:99999/",
        "http://[",
    ],
)  # fmt: skip
def test_anything_else_is_a_fault_of_the_configuration(url):
    with pytest.raises(FetchAborted) as stop:
        target_of(url)
    assert stop.value.outcome is Outcome.MISCONFIGURED


def test_an_exception_is_for_this_machine_only():
    target = Target("http", "feeds.example.org", 8000)
    allowed = frozenset({("feeds.example.org", 8000)})
    assert vet_addresses(target, ["127.0.0.2", "::1"], allowed) == ("127.0.0.2", "::1")
    for address in ("10.0.0.1", "169.254.169.254", "0.0.0.0"):
        with pytest.raises(FetchAborted):
            vet_addresses(target, [address], allowed)


def test_a_name_that_has_no_address_cannot_be_spelt_or_finds_no_thread_is_unreachable(monkeypatch):
    with pytest.raises(FetchAborted) as stop:
        vet_addresses(Target("http", "a.example.org", 80), [], frozenset())
    assert stop.value.outcome is Outcome.UNREACHABLE
    with pytest.raises(FetchAborted) as stop:
        resolve_within(system_resolve, Target("http", "a" * 300 + ".example.org", 80), 5)
    assert stop.value.outcome is Outcome.UNREACHABLE

    def refuses(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    with pytest.raises(FetchAborted) as stop:
        resolve_within(system_resolve, Target("http", "a.example.org", 80), 5)
    assert stop.value.outcome is Outcome.UNREACHABLE


def test_an_endless_address_is_not_asked_for_and_a_number_is_read_as_it_stands():
    assert target_of(f"https://town.example.org/{'a' * 3_900}").host == "town.example.org"
    with pytest.raises(FetchAborted, match="characters"):
        target_of(f"https://town.example.org/{'a' * 4_000}")
    assert system_resolve("127.0.0.1", 80) == ["127.0.0.1"]
