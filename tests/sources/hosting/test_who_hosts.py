"""Who hosts a website: registers of names and of networks, as far as each can be asked."""

import json
import ssl
from datetime import timedelta

import pytest
import trustme
from builders.fetcher import fetcher_for
from builders.registries import (
    NOMINET,
    NOW,
    PUBLIC,
    RIPE,
    VERISIGN,
    Registers,
    a_failure,
    document,
    iana,
    resolving,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support.for_each import for_each
from support.web_server import Answer, serve

from data.steps.classes import facts_to_store
from data.types import FetchFailure, Outcome, Request
from sources.hosting import candidates, host_name_of, known_front, registries, who_hosts
from sources.http.connection import tls_context

TALK = "https://www.northvale-talk.co.uk/threads/12#post-3"
WHOLE = {NOMINET + "northvale-talk.co.uk": document("nominet"), RIPE + PUBLIC: document("ripe")}


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    return registries(tmp_path_factory.mktemp("home"), NOW)


def ask(short, url=TALK, answers=WHOLE, addresses=(PUBLIC,)):
    fetch = Registers(answers)
    return who_hosts(url, fetch, resolve=resolving(*addresses), registries=short), fetch


def test_a_uk_website_has_a_registrar_with_its_tag_a_network_and_where_abuse_is_told(short):
    found, fetch = ask(short)
    assert facts_to_store(found) == {
        "host": "www.northvale-talk.co.uk",
        "domain": "northvale-talk.co.uk",
        "registrar": "Example Registrations Ltd",
        "registrar_abuse": "abuse@registrar.example",
        "network": "Example Hosting Ltd",
        "network_abuse": "abuse@host.example",
        "addresses": PUBLIC,
        "nominet": "EXAMPLEREG",
    }
    assert fetch.urls == list(WHOLE)
    assert ("Accept", "application/rdap+json, application/json;q=0.8") in fetch.asked[0].headers


def test_a_com_name_is_asked_for_at_its_register_and_of_a_thin_one_at_the_registrars_own(short):
    answers = {VERISIGN + "northvale-talk.com": document("verisign"), RIPE + PUBLIC: document("ripe")}
    found, fetch = ask(short, "https://northvale-talk.com/a", answers)
    assert (found.registrar, found.registrar_abuse) == ("Example Domains, LLC", "abuse@domains.example")
    assert not found.nominet
    assert "nominet" not in facts_to_store(found)
    assert len(fetch.asked) == 2
    own = "https://rdap.registrar.example/domain/NORTHVALE-TALK.COM"
    answers = {VERISIGN + "northvale-talk.com": document("verisign_thin"), own: document("registrar")}
    found, _ = ask(short, "https://northvale-talk.com/a", answers)
    assert found.registrar_abuse == "report-abuse@domains.example"


def test_neither_the_registrants_nor_a_persons_name_is_kept(short):
    raw = json.loads(document("nominet"))
    raw["entities"][0]["vcardArray"][1][1][3] = "Ms Example Poster"
    found, _ = ask(short, answers=WHOLE | {NOMINET + "northvale-talk.co.uk": json.dumps(raw).encode()})
    assert "Poster" not in repr(found)
    raw = json.loads(document("ripe"))
    raw["remarks"] = [{"description": ["Ms Example Poster, at home"]}]
    holder = next(e for e in raw["entities"] if "registrant" in e["roles"])
    holder["vcardArray"][1] += [["kind", {}, "text", "individual"], ["fn", {}, "text", "Ms Example Poster"]]
    for entity in raw["entities"]:
        if entity is not holder and "registrant" in entity["roles"]:
            entity["roles"].remove("registrant")
    found, _ = ask(short, answers=WHOLE | {RIPE + PUBLIC: json.dumps(raw).encode()})
    assert found.network == raw["name"]
    assert "Poster" not in repr(found)


def test_an_answer_of_many_thousand_addresses_is_not_read(short):
    raw = json.loads(document("ripe"))
    mails = [["email", {}, "text", f"a{n}@host.example"] for n in range(20_000)]
    raw["entities"][0]["vcardArray"] = ["vcard", mails]
    found, _ = ask(short, answers=WHOLE | {RIPE + PUBLIC: json.dumps(raw).encode()})
    said = f"The register of networks was asked for {PUBLIC}: Its answer is too large for registration data."
    assert found.failed == said


@for_each("tel", ["Ring us, and pay first", "+44 1632 960999 and then send the money to Sam"])
def test_a_number_to_ring_is_a_number(short, tel):
    raw = json.loads(document("ripe"))
    for entity in raw["entities"]:
        if "abuse" in entity["roles"]:
            entity["vcardArray"][1] = [["fn", {}, "text", "Abuse"], ["tel", {}, "uri", f"tel:{tel}"]]
    found, _ = ask(short, answers=WHOLE | {RIPE + PUBLIC: json.dumps(raw).encode()})
    assert found.network_abuse == ""


def test_a_name_below_a_registered_one_is_found_by_walking_up_five_times_at_most(short):
    answers = WHOLE | {NOMINET + "forum.northvale-talk.co.uk": 400}
    found, fetch = ask(short, "https://old.forum.northvale-talk.co.uk/x", answers)
    assert found.domain == "northvale-talk.co.uk"
    facts = [u.removeprefix(NOMINET) for u in fetch.urls[:3]]
    assert facts == ["old.forum.northvale-talk.co.uk", "forum.northvale-talk.co.uk", "northvale-talk.co.uk"]
    assert len(candidates(".".join("abcdefghij") + ".org")) == 5


def test_the_front_of_a_site_is_named_as_one(short):
    found, _ = ask(short, answers=WHOLE | {RIPE + PUBLIC: document("arin")})
    assert found.network == "Cloudflare, Inc."
    assert found.network_abuse == "abuse@front.example"
    assert facts_to_store(found)["front"] == "Cloudflare"
    assert known_front("Example Hosting Ltd") == ""


@for_each(
    ("answer", "said"),
    [
        (404, "The register of .uk has no entry for www.northvale-talk.co.uk."),
        (429, "The register of .uk was asked for northvale-talk.co.uk: It answered 429."),
        (503, "The register of .uk was asked for northvale-talk.co.uk: It answered 503."),
        (b"<html>", "cannot be read as registration data."),
        (b"[]", "cannot be read as registration data."),
        (b"{}", "cannot be read as registration data."),
        (b'{"objectClassName": "entity", "handle": "X"}', "cannot be read as registration data."),
        (b'{"objectClassName": "domain", "events": [{}]}', "cannot be read as registration data."),
        (b"[" * 100_000, "cannot be read as registration data."),
    ],
)
def test_what_the_register_of_names_does_not_tell_leaves_the_network(short, answer, said):
    found, _ = ask(short, answers=WHOLE | {NOMINET + "northvale-talk.co.uk": answer})
    assert found.failed.startswith(("The register of .uk has", "The register of .uk was"))
    assert found.failed.endswith(said)
    assert found.network == "Example Hosting Ltd"
    assert facts_to_store(found)["nominet"] == "yes"


@for_each("answer", [404, 429, b"no"])
def test_what_the_register_of_networks_does_not_tell_leaves_the_registrar(short, answer):
    found, _ = ask(short, answers=WHOLE | {RIPE + PUBLIC: answer})
    assert found.failed.startswith("The register of networks")
    assert "network" not in facts_to_store(found)
    assert found.nominet == "EXAMPLEREG"


@for_each("addresses", [(), ("10.0.0.7",), (PUBLIC, "169.254.169.254"), ("127.0.0.1",)])
def test_a_name_without_a_public_address_is_asked_about_at_no_register_of_networks(short, addresses):
    found, fetch = ask(short, addresses=addresses)
    assert found.addresses == ""
    assert found.failed
    assert fetch.urls == [NOMINET + "northvale-talk.co.uk"]


def test_which_address_is_asked_about_and_which_is_refused(short):
    found, fetch = ask(short, f"http://{PUBLIC}:8080/x")
    assert found.network_abuse == "abuse@host.example"
    assert "no registrar" in found.failed
    assert fetch.urls == [RIPE + PUBLIC]
    found, fetch = ask(short, "http://192.168.1.1/router")
    assert "private network" in found.failed
    assert not fetch.asked
    _, fetch = ask(short, "https://[2a00:1450:4009:80b::200e]/", {})
    assert fetch.urls == ["https://rdap.db.ripe.net/ip/2a00:1450:4009:80b::200e"]
    _, fetch = ask(short, addresses=("2a00:1450:4009:80b::200e", PUBLIC))
    assert fetch.urls[-1] == RIPE + PUBLIC


def test_a_name_without_a_register_is_said_and_one_in_other_letters_asked_for_in_plain_ones(short):
    found, fetch = ask(short, "https://forum.example.zz/x")
    assert found.failed.startswith("There is no public register of .zz to ask (RDAP).")
    assert fetch.urls == [RIPE + PUBLIC]
    found, _ = ask(short, "http://intranet/x", addresses=())
    assert "not a name on the public internet" in found.failed
    _, fetch = ask(short, "https://ysgol-tŷ.cymru/")
    assert fetch.urls[0] == "https://rdap.nominet.uk/cymru/domain/xn--ysgol-t-xvb.cymru"


@for_each("url", ["mailto:a@example.org", "", "https://", "http://[::1", "ftp://example.org/"])
def test_what_is_no_web_address_is_hosted_by_nobody(short, url):
    assert ask(short, url)[0] is None


def test_words_of_a_server_cannot_move_the_cursor_nor_be_a_mail_to_somebody_else(short):
    raw = json.loads(document("nominet"))
    raw["entities"][1]["vcardArray"][1][1][3] = "Example\x1b[2J\nRegistrations " + "x" * 400
    raw["entities"][1]["entities"][0]["vcardArray"][1][-1][3] = "abuse@a.example, head@oakfield.example"
    found, _ = ask(short, answers=WHOLE | {NOMINET + "northvale-talk.co.uk": json.dumps(raw).encode()})
    assert found.registrar.startswith("Example[2J Registrations x")
    assert len(found.registrar) == 160
    assert found.registrar_abuse == "+44.1632960900"


KEYS = st.sampled_from(("objectClassName", "handle", "entities", "roles", "vcardArray", "links", "events"))
ANSWERS = st.recursive(
    st.none() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


@settings(max_examples=50)
@given(ANSWERS)
def test_whatever_a_register_answers_it_raises_nothing(short, raw):
    found, _ = ask(short, answers={NOMINET + "northvale-talk.co.uk": json.dumps(raw).encode()})
    assert found.host == "www.northvale-talk.co.uk"


@for_each(
    ("url", "host"),
    [
        ("https://Example.ORG./x", "example.org"),
        ("http://user:pw@example.org:81/", "example.org"),
        ("https://[2A00::1]/", "2a00::1"),
    ],
)
def test_the_host_of_an_address(url, host):
    assert host_name_of(url) == host


@for_each(
    ("host", "names"),
    [
        ("example.org", ("example.org",)),
        ("www.example.org", ("example.org",)),
        ("a.b.example.co.uk", ("a.b.example.co.uk", "b.example.co.uk", "example.co.uk", "co.uk")),
        ("www.uk", ("www.uk",)),
    ],
)
def test_names_are_asked_for_from_the_longest_up(host, names):
    assert candidates(host) == names


def test_over_real_sockets_with_a_redirect_a_refusal_and_no_robots_txt(short, tmp_path):
    """As a registry does it: one sends us to another, one refuses for now; robots.txt is not asked for."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = ("rdap.nominet.uk", "rdap.db.ripe.net", "moved.example")
    authority.issue_cert(*names).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    routes = {
        "/robots.txt": "User-agent: *\nDisallow: /\n",
        "/moved": document("nominet"),
        f"/ip/{PUBLIC}": Answer(429, b"", {"Retry-After": "90"}),
    }
    with serve(routes, tls=context) as site:
        routes["/uk/domain/northvale-talk.co.uk"] = Answer(
            302, headers={"Location": f"https://moved.example:{site.port}/moved"}
        )
        fetcher = fetcher_for(
            resolve=lambda host, port: ["127.0.0.1"], tls=tls_context(str(tmp_path / "ca.pem")),
            allow_loopback=frozenset((name, site.port) for name in names), obey_robots=False,
        )  # fmt: skip

        def here(request):
            scheme, rest = request.url.split("://")
            host, path = rest.split("/", 1)
            return fetcher(Request(f"{scheme}://{host}:{site.port}/{path}", headers=request.headers))

        found = who_hosts(TALK, here, resolve=resolving(PUBLIC), registries=short)
    assert found.nominet == "EXAMPLEREG"
    assert "asked too often" in found.failed
    assert "/robots.txt" not in [asked.path for asked in site.asked]


def test_a_site_that_is_not_there_is_a_sentence(short):
    failed = FetchFailure(Outcome.UNREACHABLE, "", "The site did not answer.", NOW)
    found, _ = ask(short, answers={NOMINET + "northvale-talk.co.uk": failed, RIPE + PUBLIC: a_failure(500)})
    assert found.failed.startswith("The register of .uk was asked")
    assert "The register of networks was asked" in found.failed


# ----- which server answers for what: IANA’s lists, or the best there is


LISTS = iana(
    dns=[[["uk", "org"], ["https://rdap.one.example/uk/"]]],
    ipv4=[[["93.0.0.0/8"], ["https://rdap.net.example/"]]],
    ipv6=[[["2a00::/12"], ["https://rdap.net.example/"]]],
)
HERE = "https://rdap.one.example/uk/domain/a.co.uk"


def test_ianas_lists_are_asked_for_once_kept_for_a_month_and_used_where_they_cannot_be_written(tmp_path):
    fetch = Registers(LISTS)
    first = registries(tmp_path, NOW, fetch)
    again = registries(tmp_path, NOW + timedelta(days=29), fetch)
    assert first.for_domain("a.co.uk") == again.for_domain("a.co.uk") == HERE
    assert first.for_address("93.184.216.34") == "https://rdap.net.example/ip/93.184.216.34"
    assert (len(fetch.asked), again.as_of) == (3, NOW)
    registries(tmp_path, NOW + timedelta(days=30), fetch)
    assert len(fetch.asked) == 6
    registries(tmp_path, NOW, Registers(LISTS))
    assert json.loads((tmp_path / "rdap-registries.json").read_text())["as_of"] == NOW.isoformat()
    known = registries(tmp_path / "missing", NOW, Registers(LISTS))
    assert not known.short
    known = registries(tmp_path, NOW)
    assert known.for_address("10.1.1.1") is None
    assert known.for_address("2001:200::1") is None


@pytest.mark.parametrize("fetch", [None, Registers({})], ids=["offline", "it does not answer"])
def test_where_iana_cannot_be_asked_the_last_lists_serve_whatever_their_age(tmp_path, fetch):
    registries(tmp_path, NOW, Registers(LISTS))
    later = registries(tmp_path, NOW + timedelta(days=400), fetch)
    assert (later.for_domain("a.co.uk"), later.as_of) == (HERE, NOW)


@pytest.mark.parametrize("fetch", [None, Registers({})])
def test_without_any_list_a_short_one_knows_the_registers_that_matter_here(tmp_path, fetch):
    known = registries(tmp_path, NOW, fetch)
    assert known.short
    assert known.for_domain("a.co.uk") == "https://rdap.nominet.uk/uk/domain/a.co.uk"
    for name in ("a.com", "a.net", "a.org", "a.wales", "a.cymru"):
        assert known.for_domain(name)
    regions = {
        "41.1.1.1": "afrinic", "1.1.1.1": "apnic", "8.8.8.8": "arin", "93.184.216.34": "ripe",
        "200.1.1.1": "lacnic", "2606:4700::1111": "arin",
    }  # fmt: skip
    for address, region in regions.items():
        assert region in known.for_address(address)


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
