"""`doctor`, the mail server and the network: what is wrong with the line, and how to mend it."""

import socket
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from builders.config import SCHOOL
from builders.delivery import configured
from builders.fetcher import fetcher_for
from pydantic import SecretStr
from support.command_call import called
from support.documents import content
from support.for_each import for_each
from support.mail_server import post_office
from support.oidc_provider import BACK, CLIENT, TENANT, LocalProvider, oidc_provider
from support.oidc_provider import SECRET as SIGN_IN_SECRET
from support.proxies import proxy_to
from support.web_server import free_port

from data.types import Source
from monitor.cli.commands.doctor import doctor_command
from monitor.config.hosts import hosts
from monitor.config.load import Config, Network, load_file
from monitor.config.model import MailSettings, SignInSettings
from monitor.desk import oidc
from monitor.setup import check_machine as mail
from monitor.setup.check_machine import check_network
from monitor.setup.findings import Finding, Level

SECRET = "Hunter2-planted"
HOME = Path("/nowhere")


def config(port, security="none", password=None, **given):
    table = MailSettings(host="localhost", port=port, security=security, sender="sg@example.org", **given)
    return replace(configured(mail=table), mail_password=SecretStr(password) if password else None)


def look(monkeypatch, office, **given):
    """What doctor says of the office, whose authority this machine trusts."""
    monkeypatch.setattr("alerts.delivery.deadline_smtp.ssl.create_default_context", lambda: office.context)
    (found,) = mail.server(config(office.port, office.security, **given), HOME)
    assert SECRET not in found.what + found.remedy
    assert office.taken == []
    return found


@for_each(
    ("host", "base_url", "warned"),
    [
        ("smtp.office365.com", "https://schoolgate.example.org", True),
        ("smtp.office365.com", None, False),
        ("smtp.example.org", "https://schoolgate.example.org", False),
    ],
)
def test_that_microsoft_365_may_keep_the_codes_it_sends_is_said_where_there_are_pages(host, base_url, warned):
    settings = configured(mail=MailSettings(host=host, sender="sg@example.org"))
    found = mail.check_copies(replace(settings, base_url=base_url))
    assert [f.level for f in found] == [Level.WARN] * warned


@pytest.mark.parametrize(
    ("security", "by"), [("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "only this machine")]
)
def test_a_server_that_takes_us_is_in_order(monkeypatch, security, by):
    with post_office(security=security, user="sg", password=SECRET) as office:
        found = look(monkeypatch, office, user="sg", password=SECRET)
    assert found.level is Level.OK
    assert found.what == f"The mail server answers (localhost, port {office.port}, by {by}, signed in as sg)."


def test_a_wrong_certificate_is_told_with_what_to_write(monkeypatch):
    with post_office(security="starttls", certificate_for="other.example.org") as office:
        found = look(monkeypatch, office)
    assert found.level is Level.FAULT
    assert found.what.startswith("The mail server’s certificate is not valid for its name (localhost, port ")
    assert "shows its own certificate" in found.what
    assert found.whole_remedy.endswith("the desk’s page /setup/mail")


def test_a_refused_password_is_told_without_it(monkeypatch):
    with post_office(security="tls", user="sg", password="another") as office:
        found = look(monkeypatch, office, user="sg", password=SECRET)
    assert found.what.startswith("The mail server refuses our name or password")
    assert "It says 535 5.7.8. The user or the password is wrong" in found.what
    assert found.whole_remedy.endswith("the desk’s page /setup/mail")


def test_a_server_that_speaks_no_tls_is_told_and_not_used_openly(monkeypatch):
    with post_office() as office:
        office.security = "starttls"
        found = look(monkeypatch, office, user="sg", password=SECRET)
    assert found.what.startswith("The mail server offers no encrypted connection")
    assert office.signed_in == []


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        (found,) = mail.server(config(port), HOME)
    assert found.what.startswith(f"The mail server cannot be reached (localhost, port {port}). No connection")
    assert found.remedy


def test_where_no_server_is_configured_none_is_asked():
    assert mail.server(configured(mail=None), HOME) == []


def test_addresses_for_short_messages_are_in_order_or_of_no_known_kind_which_is_a_fault_not_shown():
    (found,) = mail.chats(configured(dsl="json://ntfy.example.org/x", head=f"nosuch://{SECRET}/"))
    assert found.level is Level.FAULT
    assert found.what == "The address for short messages to p-head is not of a kind that we know."
    assert SECRET not in found.what + found.remedy
    (found,) = mail.chats(configured(dsl="json://ntfy.example.org/x", head="ntfy://a-topic"))
    assert found.level is Level.OK
    assert mail.chats(configured()) == []


@for_each("host", ["localhost", "127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:0:10.0.0.1]"])
def test_an_address_for_short_messages_in_a_private_network_is_a_fault_unless_its_server_is_named(host):
    here = configured(dsl=f"gotify://{host}:8080/{SECRET}")
    found = mail.chats(here)[-1]
    assert found.level is Level.FAULT
    assert "is on a private network" in found.what or "no kind that we know" in found.what
    assert SECRET not in found.what + found.remedy
    named = replace(here, network=Network(own_servers=("localhost", "127.0.0.1", "10.0.0.1", "::1")))
    assert not [f for f in mail.chats(named) if "private" in f.what and host in ("localhost", "10.0.0.1")]


# `doctor` and the school's network: its proxy, the authorities it adds, the password for it.


@contextmanager
def listening():
    """A place that the proxy may lead to; it says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        yield place.getsockname()[1]


def look_at(*sources, env=None, **given):
    config = replace(configured(), network=Network(**given), sources=sources)
    found = list(check_network(config, env or {}))
    assert "planted" not in "".join(f.what + f.remedy for f in found)
    return found


def test_a_proxy_that_answers_is_in_order_one_that_does_not_a_fault_and_of_none_nothing_is_said():
    assert look_at() == []
    with proxy_to({}) as way:
        (found,) = look_at(proxy=way.url, proxy_user="oak", proxy_password=SecretStr("planted"))
        assert way.asked in ([], [""])
    assert (found.level, found.what) == (Level.OK, f"The proxy answers (127.0.0.1, port {way.port}).")
    (found,) = look_at(proxy=f"http://127.0.0.1:{free_port()}")
    assert (found.level, "does not answer" in found.what) == (Level.FAULT, True)
    assert "schoolgate set network.proxy" in found.whole_remedy


def test_an_address_of_the_desk_at_which_nothing_answers_is_noticed():
    with listening() as port:
        for address, found in ((port, []), (free_port(), ["pages"])):
            at = replace(configured(), base_url=f"http://127.0.0.1:{address}")
            assert [f.check for f in mail.check_address(at)] == found


def test_one_that_does_not_take_the_password_is_a_fault_and_one_that_takes_it_is_in_order():
    place = Source("paper", "feed", "https://paper.example.org/feed.xml")
    with (
        listening() as port,
        proxy_to({("paper.example.org", 443): ("127.0.0.1", port)}, sign_in="oak:planted") as way,
    ):
        (wrong,) = look_at(place, proxy=way.url, proxy_user="oak", proxy_password=SecretStr("planted-badly"))
        (none,) = look_at(place, proxy=way.url)
        (right,) = look_at(place, proxy=way.url, proxy_user="oak", proxy_password=SecretStr("planted"))
    for found in (wrong, none):
        assert (found.level, "needs a name and password" in found.what) == (Level.FAULT, True)
        assert "proxy_password_file" in found.whole_remedy
    assert right.level is Level.OK


def test_one_that_bars_a_place_is_told_with_its_name():
    place = Source("paper", "feed", "https://paper.example.org/feed.xml")
    with proxy_to({}, status=403) as way:
        (found,) = look_at(place, proxy=way.url)
    assert (found.level, "paper.example.org" in found.what) == (Level.WARN, True)


def test_a_password_that_cannot_be_read_is_a_fault():
    with proxy_to({}) as way:
        found = look_at(proxy=way.url, proxy_user="oak")
    assert [f.level for f in found] == [Level.FAULT, Level.OK]


def test_authorities_that_can_be_read_are_in_order_and_others_a_fault(tmp_path):
    good, bad = tmp_path / "filter.pem", tmp_path / "bad.pem"
    trustme.CA().cert_pem.write_to_path(str(good))
    bad.write_text("no certificate")
    assert [f.level for f in look_at(ca_file=str(good))] == [Level.OK]
    for file in (bad, tmp_path / "missing.pem", tmp_path):
        (found,) = look_at(ca_file=str(file))
        assert found.level is Level.FAULT
        assert "“ca_file”" in found.what


@for_each("name", ["HTTPS_PROXY", "http_proxy"])
def test_a_proxy_that_is_set_for_other_programs_is_told_of(name):
    (found,) = look_at(env={name: "http://oak:planted@proxy.example.org:8080"})
    assert (found.level, name in found.what) == (Level.WARN, True)


# `doctor` and the accounts that people sign in with: what the provider says, and the address to register.


def a_config(home: Path, **given: object) -> Config:
    settings = SignInSettings(provider="microsoft", tenant=TENANT, client_id=CLIENT, secret_file="the-secret")
    (home / "the-secret").write_text(SIGN_IN_SECRET)
    (home / "the-secret").chmod(0o600)
    base = {
        "path": home / "schoolgate.toml", "base_url": "https://schoolgate.example.org",
        "sign_in": settings, "sign_in_secret": SecretStr(SIGN_IN_SECRET),
    }  # fmt: skip
    return replace(configured(), **base | given)


@pytest.fixture
def there(monkeypatch):
    with oidc_provider("microsoft") as there:
        monkeypatch.setattr(oidc, "MICROSOFT", str(there.site))
        asking = fetcher_for(there.site, obey_robots=False)
        monkeypatch.setattr("monitor.home.wiring.fetcher", lambda *_, **given: nullcontext(asking))
        yield there


def look_at_accounts(config: Config, home: Path) -> list[Finding]:
    found = mail.check_accounts(config, home)
    assert not any(SIGN_IN_SECRET in one.what + one.remedy for one in found)
    return found


def test_a_provider_that_answers_is_in_order_and_the_address_to_register_is_told(tmp_path, there):
    (found,) = look_at_accounts(a_config(tmp_path), tmp_path)
    assert found.level is Level.OK
    assert found.what.startswith(f"Microsoft answers. The address to register there: {BACK}")


def test_a_tenant_that_is_not_the_schools_is_told(tmp_path, there):
    there.routes[there.discovery] = there._discover
    other = TENANT.replace("0000aaaa", "9999aaaa")
    there.routes[there.discovery.replace(TENANT, other)] = there._discover
    settings = a_config(tmp_path).sign_in.model_copy(update={"tenant": other})
    (found,) = look_at_accounts(a_config(tmp_path, sign_in=settings), tmp_path)
    assert (found.level, "does not know the “tenant”" in found.what) == (Level.FAULT, True)


def test_a_secret_that_is_not_there_is_told(tmp_path, there):
    (missing,) = look_at_accounts(a_config(tmp_path, sign_in_secret=None), tmp_path)
    assert (missing.level, there.site.asked) == (Level.FAULT, [])


def test_a_provider_that_does_not_answer_is_told_with_the_way_that_is_left_and_none_is_not_asked(
    tmp_path, there: LocalProvider
):
    assert look_at_accounts(a_config(tmp_path, sign_in=None), tmp_path) == []
    assert there.site.asked == []
    there.routes.clear()
    (found,) = look_at_accounts(a_config(tmp_path), tmp_path)
    assert (found.level, "The code by email still works." in found.what) == (Level.FAULT, True)


# `network hosts`: what the settings reach, and nothing that is a secret.


TEXT = """
[[sources]]
id = "gazette"
kind = "feed"
url = "https://gazette.example.org:8443/feed.xml"
[[sources]]
id = "off"
kind = "feed"
url = "https://off.example.org/feed.xml"
disabled = "asked us to stop"
[[sources]]
id = "box"
kind = "mailbox"
url = "imap://mail.example.org/INBOX"
[sources.settings]
user = "a"
password_env = "BOX"
[[people]]
id = "head"
name = "Mrs Ada Example"
roles = ["head"]
chat_env = "CHAT"
[evidence]
timestamp_url = "http://tsa.example.org/tsr"
timestamp_ca = "ca.pem"
[serve]
heartbeat_env = "BEAT"
[sign_in]
provider = "google"
domain = "oakfield.example.sch.uk"
client_id = "123-abc.apps.googleusercontent.com"
secret_env = "SECRET"
"""
GRAPH = """
[mail]
sign_in = "graph"
sender = "sg@oakfield.example.sch.uk"
tenant = "oakfield.example.sch.uk"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
secret_env = "SECRET"
"""
RELAY = """
[mail]
sender = "sg@oakfield.example.sch.uk"
host = "relay.example.org"
port = 2525
[network]
proxy = "http://proxy.example.org:8080"
"""


def reached(folder: Path, text: str, chat: str = "ntfys://tk_hush@ntfy.example.org/hushed") -> dict[str, str]:
    path = folder / "schoolgate.toml"
    path.write_text(f'base_url = "https://sg.example.org"\n{SCHOOL}{text}')
    config = load_file(
        path, {"CHAT": chat, "BEAT": "https://beats.example.org/hush", "SECRET": "hush", "BOX": "hush"}
    )
    found = {f"{each.host}:{each.port}": ", ".join(each.what_for) for each in hosts(config)}
    return {host: why for host, why in found.items() if "RDAP" not in why}


def test_each_host_that_the_settings_reach_is_named_with_its_port_and_what_for(tmp_path):
    assert reached(tmp_path, TEXT + GRAPH) == {
        "gazette.example.org:8443": "sources that are read",
        "mail.example.org:143": "the mailbox box",
        "login.microsoftonline.com:443": "signing in to send email",
        "graph.microsoft.com:443": "sending mail",
        "accounts.google.com:443": "signing in at the desk",
        "oauth2.googleapis.com:443": "signing in at the desk",
        "www.googleapis.com:443": "signing in at the desk",
        "ntfy.example.org:443": "short messages",
        "tsa.example.org:80": "time stamps",
        "beats.example.org:443": "the heartbeat",
    }


@for_each(
    ("address", "host"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "hooks.slack.com"),
        ("ntfy://hushed", "ntfy.sh"),
        ("sendgrid://SG.hush.hush:sg@example.org/a@example.org", "api.sendgrid.com"),
    ],
)
def test_a_service_for_short_messages_is_named_and_no_token_of_its_address(tmp_path, address, host):
    found = reached(tmp_path, TEXT, chat=address)
    assert f"{host}:443" in found
    assert "hush" not in " ".join(found).lower()


def test_what_no_proxy_leads_to_is_said_and_programs_get_it_as_data(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(SCHOOL + RELAY)
    _, said = called(doctor_command, hosts=True, home=tmp_path)
    told = "through proxy.example.org:8080; directly: relay.example.org:2525."
    assert said[-1].endswith(told)
    _, (data,) = called(doctor_command, hosts=True, home=tmp_path, as_json=True)
    first, *_, rdap = content(data)
    assert first == {
        "host": "relay.example.org",
        "port": 2525,
        "what_for": ["sending mail"],
        "proxied": False,
    }
    assert rdap["what_for"] == ["who hosts a page (RDAP)"]
